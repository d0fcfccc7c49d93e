"""The grammar of `train.rl`: how `mmdata train rl` trains, and what it rewards."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from mmdata.train.config_sft import Lora
from mmdata.train.part import Part

Algorithm = Literal["gspo", "grpo", "dapo", "dr_grpo"]


class Overlong(Part):
    """DAPO's soft punishment (arXiv 2503.14476, eq. 13): 0 up to `max_tokens - buffer` tokens, then down to -1."""

    buffer: int = Field(ge=1, description="Tokens before max_tokens in which it falls. The reference: 4,096 of 28,696.")
    factor: float = Field(default=1.0, gt=0, description="How much the whole of it weighs.")


class Reward(Part):
    """What a completion earns: the weighted sum of its terms. The reference's weights are 0.9 and 0.1."""

    accuracy: float = Field(default=0.9, gt=0, description="1 where the run's verifier calls the answer right, else 0.")
    format: float = Field(default=0.1, ge=0, description="1 where the completion is in the target format, else 0.")
    consistency: float = Field(
        default=0.0, ge=0, description="0 where a step is false, or the last statement says another answer; else 1."
    )
    timeout: float = Field(default=2.0, gt=0, description="Seconds that judging one completion may take.")
    overlong: Overlong | None = Field(default=None, description="null: length is not punished.")


class TrainRl(Part):
    """Reinforcement learning with TRL's GRPOTrainer, rewarded by the run's own verifier."""

    algorithm: Algorithm = Field(
        default="gspo",
        description="gspo: one ratio a sequence (arXiv 2507.18071); grpo: one a token; dapo: loss by tokens over the "
        "batch, clipped higher above (arXiv 2503.14476); dr_grpo: no division by length or spread (arXiv 2503.20783).",
    )
    clip: tuple[float, float] | None = Field(
        default=None,
        description="How far the ratio may go below and above 1; by default 3e-4 and 4e-4 (gspo), 0.2 and 0.28 (dapo), "
        "0.2 and 0.2.",
    )
    steps: int = Field(default=100, ge=1, description="Updates of the weights.")
    questions: int = Field(default=16, ge=1, description="Asked anew before each round of updates.")
    rollouts: int = Field(default=16, ge=2, description="Completions of each question, which are compared.")
    updates: int = Field(default=1, ge=1, description="Updates from one round, each with its share of the questions.")
    accumulate: int = Field(
        default=1, ge=1, description="Parts in which each process takes its completions of an update: less memory."
    )
    learning_rate: float = Field(default=1e-6, gt=0)
    warmup: int = Field(default=10, ge=0, description="Steps in which the learning rate rises.")
    scheduler: Literal["cosine", "linear", "constant"] = Field(
        default="constant", description="How it falls after that; constant: it does not."
    )
    weight_decay: float = Field(default=0.0, ge=0)
    kl: float = Field(default=0.0, ge=0, description="Weight of staying near the model that training starts from.")
    temperature: float = Field(default=1.0, gt=0, description="Of rollouts.")
    top_p: float = Field(default=1.0, gt=0, le=1)
    max_tokens: int = Field(default=512, ge=2, description="Of a completion; longer ones are cut off.")
    truncated: Literal["mask", "punish"] = Field(
        default="punish", description="Completions that are cut off: left out of the loss, or wrong like any other."
    )
    reward: Reward = Reward()
    curriculum: bool = Field(default=False, description="Easy questions first, by their pass rates.")
    patience: int = Field(
        default=25, ge=2, description="Stop where a term of the reward is the same for all completions so many steps."
    )
    vllm: Literal["off", "colocate", "server"] = Field(
        default="off", description="Who generates: transformers, vLLM beside the trainer, or `trl vllm-serve`."
    )
    vllm_memory: float = Field(default=0.3, gt=0, lt=1, description="colocate: share of the GPU's memory.")
    vllm_url: str | None = Field(default=None, description="server: http://host:port")
    lora: Lora | None = Field(default=None, description="Adapters instead of all weights.")
    precision: Literal["auto", "bf16", "fp32"] = Field(
        default="auto", description="Of the computation; auto: bf16 where CUDA has it, else fp32."
    )
    gradient_checkpointing: bool = Field(default=False, description="Compute twice what would be kept: less memory.")
    liger: bool = Field(default=False, description="Liger's kernels: need CUDA and the package liger-kernel.")
    save_every: int = Field(
        default=50, ge=0, description="Steps between two checkpoints, from which a killed training goes on; 0: none."
    )
    frozen: tuple[str, ...] = Field(
        default=(), description="Parts of the model that keep their weights, by the start of their parameters' names."
    )

    @model_validator(mode="after")
    def _fits(self) -> TrainRl:
        if self.questions % self.updates:
            raise ValueError("questions must be a multiple of updates")
        if self.completions % self.accumulate:
            raise ValueError("questions × rollouts / updates must be a multiple of accumulate")
        if self.save_every % self.updates:
            raise ValueError("save_every must be a multiple of updates: a checkpoint holds no completions")
        if self.reward.overlong and self.reward.overlong.buffer > self.max_tokens:
            raise ValueError("reward.overlong.buffer must be at most max_tokens")
        if (self.vllm == "server") != (self.vllm_url is not None):
            raise ValueError("vllm_url goes with vllm: server")
        if self.clip and not (0 < self.clip[0] < 1 and self.clip[1] > 0):
            raise ValueError("clip: two distances from 1, for instance [0.2, 0.28]")
        return self

    @property
    def completions(self) -> int:
        """Of one update."""
        return self.questions * self.rollouts // self.updates
