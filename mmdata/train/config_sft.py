"""The grammar of `train.sft`: how a model is fine-tuned. Nothing heavy is imported here."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from mmdata.train.part import Part


class Lora(Part):
    """Small matrices learn beside frozen weights (peft). The model that is written has them merged into it."""

    rank: int = Field(default=16, ge=1, description="Columns of the matrices.")
    alpha: int = Field(default=32, ge=1, description="What they add is scaled by alpha / rank.")
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0, description="Of what goes into them, while training.")
    targets: Literal["all-linear"] | tuple[str, ...] = Field(
        default="all-linear",
        description="Names of the layers that get them; all-linear: all but the head.",
    )

    @field_validator("targets")
    @classmethod
    def _some(cls, targets: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if not targets:
            raise ValueError("name at least one layer, or all-linear")
        if "lm_head" in targets:
            raise ValueError("TRL trains no adapter on lm_head: take it out")
        return targets


class TrainSft(Part):
    """Supervised fine-tuning with TRL, loss on the assistant's text alone."""

    steps: int = Field(default=1000, ge=1, description="Of the optimizer.")
    batch: int = Field(default=32, ge=1, description="Rows a step, over all processes; packed ones if they are packed.")
    accumulate: int = Field(
        default=1, ge=1, description="Parts in which each process takes its rows of a step: the same step, less memory."
    )
    learning_rate: float = Field(default=1e-3, gt=0, description="Its highest value.")
    warmup: int = Field(default=50, ge=0, description="Steps in which the learning rate rises.")
    scheduler: Literal["cosine", "linear", "constant"] = Field(
        default="cosine", description="How it falls after that; constant: it does not."
    )
    weight_decay: float = Field(default=0.0, ge=0.0, description="AdamW's, of all but biases and norms.")
    max_length: int | None = Field(
        default=None, ge=16, description="Tokens of a row; its end is cut off beyond. null: nothing is cut."
    )
    packing: bool = Field(
        default=False,
        description="Put rows together up to max_length, without seeing each other. For text: TRL packs no images.",
    )
    max_pixels: int | None = Field(
        default=None, ge=28 * 28, description="The processor shrinks larger images; null: as the model's own says."
    )
    lora: Lora | None = Field(default=None, description="Adapters instead of all weights.")
    precision: Literal["auto", "bf16", "fp32"] = Field(
        default="auto", description="Of the computation; auto: bf16 where CUDA has it, else fp32."
    )
    gradient_checkpointing: bool = Field(default=False, description="Compute twice what would be kept: less memory.")
    liger: bool = Field(default=False, description="Liger's kernels: need CUDA and the package liger-kernel.")
    workers: int = Field(default=0, ge=0, le=256, description="Processes that prepare batches; 0: the trainer itself.")
    log_every: int = Field(default=50, ge=1, description="Steps between two points of the curves.")
    save_every: int = Field(
        default=200, ge=0, description="Steps between two checkpoints, from which a killed training goes on; 0: none."
    )

    @model_validator(mode="after")
    def _possible(self) -> TrainSft:
        if self.batch % self.accumulate:
            raise ValueError("batch must be a multiple of accumulate")
        if self.packing and self.max_length is None:
            raise ValueError("packing needs max_length: how long a packed row is")
        return self
