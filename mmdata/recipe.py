"""The grammar of `recipes/*.yaml`: closed, typed, frozen. `recipe_file` reads one and reports all its mistakes."""

from __future__ import annotations

import string
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from mmdata import sources as source_modules
from mmdata.errors import SourceError
from mmdata.recipe_verify import Section, Share, Verify
from mmdata.train.config import Train

SYSTEM = (
    "Reason about the question step by step between <think> and </think>, "
    "then write the final answer alone between <answer> and </answer>."
)
TARGET = "<think>{think}</think><answer>{answer}</answer>"

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class SourceSpec(Section):
    """One source: which adapter, which rows, and the adapter's own options."""

    use: str = Field(description="An adapter's name: see `mmdata sources`.")
    name: Name = Field(default="", description="What the rows are called in ids and reports; by default `use`.")
    split: str = Field(default="", description="Upstream split; by default the first on the source's card.")
    limit: int | None = Field(default=None, ge=1, description="Read at most so many rows.")
    options: dict[str, Any] = Field(default_factory=dict, description="See `mmdata sources show NAME`.")

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and isinstance(raw.get("use"), str):
            return {**raw, "name": raw.get("name") or raw["use"]}
        return raw

    @field_validator("use")
    @classmethod
    def _known(cls, use: str) -> str:
        try:
            source_modules.load(use)
        except SourceError as error:
            raise ValueError(str(error)) from None
        return use


class Near(Section):
    """When two problems are nearly the same: the same gold and numbers, wordings and images as similar as this."""

    act: Literal["drop", "keep"] = Field(default="drop", description="keep: they are found and told, nothing more.")
    text: float = Field(default=0.7, ge=0.3, le=1.0, description="Shared shingles of their wordings over all.")
    image: float = Field(
        default=0.8,
        ge=0.6,
        le=1.0,
        description="Similarity of what each pair of their images looks like; their pixels then have the last word.",
    )
    joint: Share = Field(default=0.0, description="The mean of both has to reach this too (arXiv 2511.16334: 0.99).")
    within: bool = Field(default=True, description="Also within one source; false: only across sources.")


class Leaks(Section):
    """Which benchmarks a corpus must not hold."""

    indexes: tuple[str, ...] = Field(
        default=("packaged",), description="packaged, or files that `mmdata decontam index` wrote."
    )
    act: Literal["drop", "report", "off"] = Field(default="drop", description="report: the rows stay, and are told.")
    text: float = Field(default=0.8, ge=0.5, le=1.0, description="Share of the benchmark's shingles that is here.")
    image: float = Field(default=0.97, ge=0.9, le=1.0, description="Similarity of a pair of images.")
    images_alone: bool = Field(default=True, description="An image of a benchmark is a leak whatever is asked of it.")
    crops: bool = Field(default=False, description="Look for cut-outs of the benchmarks' images too; takes long.")


Processor = Literal["qwen2.5-vl", "qwen3-vl"]


class Screen(Section):
    """What is kept out before anyone is asked."""

    min_side: int = Field(default=28, ge=1, description="Pixels; Qwen2.5-VL's patches need 28.")
    max_aspect: float = Field(default=200.0, gt=1, description="Longer side over shorter (Qwen3-VL #220).")
    max_pixels: int = Field(default=89_478_485, ge=1, description="Above this an image is taken for a bomb.")
    processors: tuple[Processor, ...] = Field(
        default=("qwen2.5-vl", "qwen3-vl"), description="Whose bounds every image must keep; its tokens are counted."
    )
    duplicates: Literal["drop", "keep"] = Field(default="drop", description="Exact duplicates but the one that wins.")
    near: Near = Near()
    prefer: tuple[str, ...] = Field(
        default=(), description="Sources whose rows win over their twins', the first most; the rest in recipe order."
    )
    leaks: Leaks = Leaks()
    licenses: Literal["any", "commercial"] | tuple[str, ...] = Field(
        default="any", description="any, commercial, or the licences that rows may have."
    )


class Sampling(Section):
    """How a teacher's paths are drawn. Defaults are the reference recipe's (arXiv 2511.16334)."""

    temperature: float = Field(default=1.0, ge=0.0, le=5.0)
    top_p: float = Field(default=1.0, gt=0.0, le=1.0)
    max_tokens: int = Field(default=16_384, ge=1)
    stop: tuple[str, ...] = Field(default=(), description="Texts that end a path; they are kept in the response.")


class Shot(Section):
    """A worked example shown to the teacher before the question."""

    question: str
    caption: str | None = None
    choices: tuple[str, ...] = ()
    think: str
    answer: str


class Serve(Section):
    """Which problems a teacher takes; an empty list means any."""

    sources: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    modality: Literal["any", "text", "image"] = "any"
    caption: bool | None = Field(default=None, description="true: only with a caption; false: only without.")


class Teacher(Section):
    """Who is asked, through which engine, and what it is shown. The first teacher that can serve a problem does."""

    name: Name
    model: str = Field(
        description="A Hub id, a local folder, the name a server knows it by, or (source) who wrote the solutions."
    )
    revision: str | None = Field(default=None, description="Commit of the model on the Hub.")
    engine: Literal["auto", "vllm", "transformers", "openai", "replay", "source"] = "auto"
    see: Literal["image", "caption", "text"] = Field(
        default="image", description="caption: a description stands in for the image; text: no images at all."
    )
    serve: Serve = Serve()
    samples: int | None = Field(default=None, ge=1, le=1024, description="Instead of distill.samples.")
    sampling: Sampling = Sampling()
    system: str = SYSTEM
    examples: tuple[Shot, ...] = ()
    dtype: Literal["auto", "bfloat16", "float16", "float32"] = "auto"
    max_model_len: int | None = Field(default=None, ge=64, description="Tokens; by default the model's own.")
    tensor_parallel: int = Field(default=1, ge=1)
    base_url: str | None = Field(default=None, description="openai: http://host:port/v1")
    api_key_env: str = Field(default="OPENAI_API_KEY", description="openai: the variable that holds the key.")
    concurrency: int = Field(default=32, ge=1, le=4096, description="openai: requests under way at once.")
    timeout: float = Field(default=600.0, gt=0, description="openai: seconds a request may take.")
    retries: int = Field(default=5, ge=0, le=20, description="openai: further tries after a failure.")
    path: str | None = Field(default=None, description="replay: a recording (JSONL) or a run's traces folder.")

    @model_validator(mode="after")
    def _engine_needs(self) -> Teacher:
        if self.engine == "openai" and not self.base_url:
            raise ValueError("engine openai needs base_url, for instance http://localhost:8000/v1")
        if self.engine == "replay" and not self.path:
            raise ValueError("engine replay needs path, a recording or a run's traces folder")
        return self


class Blind(Section):
    """Problems with images are asked again without them, caption included: can they be solved from the words alone?"""

    teacher: Name | None = Field(default=None, description="Whom to ask; by default the teacher that serves it.")
    samples: int = Field(default=4, ge=1, le=1024, description="Blind paths per problem.")


class Distill(Section):
    """How many paths, from whom. Without teachers nothing is sampled and only RL rows can be made."""

    samples: int = Field(default=8, ge=1, le=1024, description="Paths per problem.")
    teachers: tuple[Teacher, ...] = ()
    blind: Blind | None = Field(default=None, description="Whether the images are needed; null: nobody is asked.")


class SolvableBlind(Section):
    """How many rows may be of problems that are solved without their image.

    Whoever guesses is right by chance. With 4 blind samples a guess among four options gets a blind pass rate above 0.5
    in 5 % of problems, a guess between yes and no in 31 %. Set `above` well over the chance of the questions at hand,
    and `distill.blind.samples` higher (with 16, a yes/no guess is above 0.75 in 1 % of problems).
    """

    above: float = Field(default=0.5, ge=0.0, lt=1.0, description="Solvable: a blind pass rate above this.")
    share: Share = Field(default=0.0, description="At most this share of the split's rows; 0: none.")


class Portion(Section):
    """How much of each source goes into a split: a count, or a share of what is there."""

    rows: dict[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, description="source: at most so many rows."
    )
    weights: dict[str, Share] = Field(default_factory=dict, description="source: this share of its rows.")
    balance: bool = Field(
        default=False,
        description="Of yes/no questions of one source, family and form, as many of each answer: the rest is dropped.",
    )
    blind: SolvableBlind | None = Field(default=None, description="Rows that need no image; null: all may stay.")


class Sft(Portion):
    """Rows from accepted paths."""

    per_problem: int = Field(default=8, ge=1, description="At most so many paths of one problem.")


class Rl(Portion):
    """Rows from problems with verifiable gold."""

    pass_rate: tuple[Share, Share] = Field(default=(0.0, 1.0), description="Window, ends included.")
    unsampled: Literal["keep", "drop"] = Field(default="keep", description="Problems without judged paths.")


class Eval(Section):
    """A held-out split: whole groups of problems that share an image or a question."""

    fraction: float = Field(default=0.0, ge=0.0, le=0.5)


class Mix(Section):
    """The published splits."""

    system: str = SYSTEM
    target: str = Field(default=TARGET, description="The assistant's text, from {think} and {answer}.")
    sft: Sft | None = Sft()
    rl: Rl | None = Rl()
    eval: Eval = Eval()

    @field_validator("target")
    @classmethod
    def _fields(cls, target: str) -> str:
        try:
            fields = sorted(f for _, f, _, _ in string.Formatter().parse(target) if f is not None)
        except ValueError as error:
            raise ValueError(f"not a template: {error}; write literal braces twice") from None
        if fields != ["answer", "think"]:
            raise ValueError("must hold {think} and {answer} once each, and no other field")
        return target


class Recipe(Section):
    """A whole recipe."""

    name: Name
    seed: int = Field(default=0, ge=0, lt=2**63)
    sources: tuple[SourceSpec, ...] = Field(min_length=1)
    screen: Screen = Screen()
    distill: Distill = Distill()
    verify: Verify = Verify()
    mix: Mix = Mix()
    train: Train | None = Field(default=None, description="What `mmdata train` makes of the run.")
