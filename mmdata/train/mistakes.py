"""What libraries raise while training where a setting is the mistake, in words that name the setting."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from mmdata.errors import UserError


@contextmanager
def mended(section: str) -> Iterator[None]:
    """Around what builds and runs a trainer. `section`: of the recipe, that its settings are in."""
    try:
        with warnings.catch_warnings():
            # Advice of the day to whoever calls TRL.
            warnings.simplefilter("ignore", FutureWarning)
            yield
    except Exception as error:
        if told := _mistake(error, section):
            raise UserError(told) from None
        raise


def _mistake(error: Exception, section: str) -> str:
    """The user's mistake behind an error, or nothing."""
    import torch

    said = " ".join(str(error).split())[:300]
    if isinstance(error, torch.OutOfMemoryError):
        return (
            f"the GPU's memory is too small: raise {section}.accumulate, lower max_length or max_pixels, "
            "or set gradient_checkpointing or lora"
        )
    if type(error).__module__.split(".")[0] in ("wandb", "trackio"):
        return f"train.log: {type(error).__module__.split('.')[0]} says: {said}"
    if isinstance(error, ValueError) and "image placeholder tokens" in said:
        return f"{section}.max_length cuts a row's images off: raise it, or lower max_pixels"
    if isinstance(error, ValueError) and "arget modules" in said:
        return f"{section}.lora.targets: {said}"
    return ""
