"""The grammar of a recipe's `verify` section, and what all sections share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Section(BaseModel):
    """A part of the recipe: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Judge(Section):
    """An LLM that is asked where the rules cannot decide, through any server that speaks OpenAI's chat completions."""

    model: str = Field(description="The name the server knows it by.")
    base_url: str = Field(min_length=1, description="http://host:port/v1")
    api_key_env: str = Field(default="OPENAI_API_KEY", description="The variable that holds the key.")
    ask: tuple[Literal["parse_failed", "unit"], ...] = Field(
        default=("parse_failed", "unit"),
        description="The verdicts that it is asked about: an answer that cannot be read, or is right but for its unit.",
    )
    audit: int = Field(default=0, ge=0, le=10_000, description="Ask it also about so many answers that are decided.")
    max_tokens: int = Field(default=1_024, ge=16, description="Of its reply, with what it thinks before.")
    concurrency: int = Field(default=32, ge=1, le=4096, description="Requests under way at once.")
    timeout: float = Field(default=120.0, gt=0, description="Seconds a request may take.")
    retries: int = Field(default=5, ge=0, le=20, description="Further tries after a failure.")


class SuspectGold(Section):
    """When the gold is doubted: so many paths agree on one answer that is not the gold. Of two answers, such as yes and
    no, a teacher that only guesses agrees with itself often enough: `least` is then better set higher."""

    agree: float = Field(default=0.75, gt=0.5, le=1.0, description="So large a share of all sampled paths.")
    least: int = Field(default=6, ge=2, description="And at least so many: with fewer samples no gold is doubted.")


class Verify(Section):
    """How answers are judged."""

    format: Literal["strict", "lenient"] = Field(
        default="strict",
        description="strict: a path must keep the target format; lenient: any stated answer.",
    )
    timeout: float = Field(default=5.0, gt=0, description="Seconds for one judgement.")
    memory_mb: int = Field(default=2048, ge=256, description="Memory of a judging process.")
    steps: Literal["off", "report", "drop", "downrank"] = Field(
        default="off",
        description="The reasoning of right paths is searched for steps that are provably false. report: they are "
        "marked and counted; drop: such a path is in no SFT row; downrank: only after a problem's other paths.",
    )
    suspect: SuspectGold | None = Field(
        default=SuspectGold(),
        description="Problems whose paths agree on an answer that is not the gold are put aside: in no split.",
    )
    judge: Judge | None = Field(default=None, description="Whom to ask where the rules cannot decide.")

    @field_validator("steps", mode="before")
    @classmethod
    def _off(cls, steps: Any) -> Any:
        return "off" if steps is False else steps  # YAML reads a bare `off` as false
