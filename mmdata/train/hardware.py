"""What a training runs on: how many processes, which of them speaks and writes, and the settings that follow."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mmdata.errors import UserError


def first() -> bool:
    """Whether this is the process that prints and writes; `accelerate launch` and torchrun start several."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def one_voice() -> Iterator[None]:
    """Of processes that train together and all meet the user's mistake, the first one tells it; the others end."""
    try:
        yield
    except UserError:
        if first():
            raise
        sys.exit(2)


def processes() -> int:
    """How many train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def shares(batch: int, accumulate: int) -> dict[str, int]:
    """A step's rows, divided among the processes and the parts of a step, as TRL's configurations want it.

    Raises UserError where they cannot be divided evenly.
    """
    each, left = divmod(batch, accumulate * processes())
    if left or not each:
        raise UserError(
            f"a step of {batch} rows cannot be divided into {accumulate} parts on {processes()} processes: "
            f"make the batch a multiple of {accumulate * processes()}"
        )
    return {"per_device_train_batch_size": each, "gradient_accumulation_steps": accumulate}


def bf16(precision: str) -> bool:
    """Whether to compute in bfloat16. Raises UserError where a GPU cannot."""
    import torch

    able = torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    if precision == "bf16" and torch.cuda.is_available() and not able:
        raise UserError("precision bf16: this GPU cannot compute in bfloat16: set precision to fp32")
    return able if precision == "auto" else precision == "bf16"


def settings(precision: str, gradient_checkpointing: bool, liger: bool) -> dict[str, Any]:
    """What any of TRL's configurations is told of the machine.

    Raises UserError for what this one cannot do.
    """
    import torch

    cuda = torch.cuda.is_available()
    if liger and not cuda:
        raise UserError("liger: its kernels need a GPU with CUDA: set it to false on this machine")
    if liger and importlib.util.find_spec("liger_kernel") is None:
        raise UserError("liger: the package is not installed: pip install liger-kernel, or set it to false")
    if cuda and processes() == 1 and torch.cuda.device_count() > 1:
        raise UserError(
            f"there are {torch.cuda.device_count()} GPUs and one process: start it with "
            "`accelerate launch -m mmdata train …`, or set CUDA_VISIBLE_DEVICES to one of them"
        )
    told: dict[str, Any] = {
        "use_cpu": not cuda, "bf16": bf16(precision), "use_liger_kernel": liger,
        "gradient_checkpointing": gradient_checkpointing,
    }  # fmt: skip
    if gradient_checkpointing:
        told["gradient_checkpointing_kwargs"] = {"use_reentrant": False}
    return told
