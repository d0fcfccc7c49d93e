"""The grammar of a recipe's `train` section. Imported by `mmdata.recipe`, so nothing heavy is imported here."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from mmdata.train.config_rl import TrainRl
from mmdata.train.config_sft import TrainSft
from mmdata.train.part import Part


class Scratch(Part):
    """A vision-language model with random weights: Idefics3, a SigLIP-like tower before a Llama, images unsplit."""

    image_size: int = Field(default=64, ge=16, description="Images are resized to squares of so many pixels.")
    patch_size: int = Field(default=8, ge=4)
    scale_factor: int = Field(default=2, ge=1, description="So many patches squared become one image token.")
    vision_hidden: int = Field(default=128, ge=32)
    vision_layers: int = Field(default=3, ge=1)
    text_hidden: int = Field(default=128, ge=32)
    text_layers: int = Field(default=2, ge=1)
    heads: int = Field(default=4, ge=1, description="Of both; 32 or more wide for vLLM's CPU build.")
    vocabulary: int = Field(default=640, ge=300, description="Tokens of a byte-level BPE learnt from the rows.")
    context: int = Field(default=512, ge=64, description="Tokens a conversation may have.")

    @model_validator(mode="after")
    def _fits(self) -> Scratch:
        if self.image_size % (self.patch_size * self.scale_factor):
            raise ValueError("image_size must be a multiple of patch_size × scale_factor")
        if self.vision_hidden % self.heads or self.text_hidden % self.heads:
            raise ValueError("vision_hidden and text_hidden must be multiples of heads")
        return self

    @property
    def image_tokens(self) -> int:
        """Tokens that stand for an image."""
        return (self.image_size // self.patch_size // self.scale_factor) ** 2


class Tower(Part):
    """Before SFT: the vision tower of a model with random weights learns to name the labels in the rows' metadata."""

    steps: int = Field(default=1500, ge=11, description="The learning rate rises for a tenth of them.")
    batch: int = Field(default=64, ge=1, description="Images a step.")
    learning_rate: float = Field(default=1e-3, gt=0)


class Train(Part):
    """What is trained on the finished run, and how: `mmdata train sft RUN`, `mmdata train rl RUN`."""

    model: str = Field(default="", description="A folder or a Hub id to start from.")
    scratch: Scratch | None = Field(default=None, description="Or a small model with random weights.")
    tower: Tower | None = None
    log: Literal["none", "trackio", "wandb"] = Field(
        default="none", description="Where the curves go too, beside the model's folder; nothing is sent by default."
    )
    sft: TrainSft = TrainSft()
    rl: TrainRl = TrainRl()

    @model_validator(mode="after")
    def _one_start(self) -> Train:
        if bool(self.model) == (self.scratch is not None):
            raise ValueError("set either model or scratch: what training starts from")
        if self.tower and self.scratch is None:
            raise ValueError("tower is for a model from scratch")
        if self.sft.lora and self.scratch is not None:
            raise ValueError("sft.lora is for a model that knows something, not for one from scratch")
        return self
