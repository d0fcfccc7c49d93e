"""What every training shares: the checks before it, the model that it starts from, the folder that it leaves."""

from __future__ import annotations

import importlib.metadata
import json
import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmdata.errors import UserError
from mmdata.recipe import Recipe
from mmdata.store import Run
from mmdata.train.config import Train

TOLD = "training.json"
"""In a model's folder: how it was made."""


def ready(recipe: Recipe, run: Run, out: Path) -> Train:
    """The recipe's section `train`, once everything that training needs is there.

    Raises UserError where there is nothing to train, nothing to train with, or `out` is there already.
    """
    if recipe.train is None:
        raise UserError(f"{run.folder / 'recipe.yaml'} has no section `train`: say there what is trained")
    if out.exists():
        raise UserError(f"{out} is there already: remove it, or choose another folder with --out")
    available()
    return recipe.train


def available() -> None:
    """Raises UserError where TRL is not installed."""
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        import trl  # noqa: F401
    except ImportError as error:
        raise UserError(f"training needs {error.name or 'trl'}: pip install 'mmdata-toolkit[train]'") from None


def opened(model: str, base: Path) -> tuple[Any, Any]:
    """A model's weights, in 32 bits, and its processor. `base`: what a relative path is relative to."""
    from mmdata.engines.weights import resolve

    path = resolve(model, None, base).path
    return loaded(path), reader(path)


def loaded(path: Path, dtype: str = "float32") -> Any:
    """The weights in a folder."""
    from transformers import AutoModelForCausalLM, AutoModelForImageTextToText

    settings = json.loads((path / "config.json").read_text(encoding="utf-8"))
    kind = AutoModelForImageTextToText if "vision_config" in settings else AutoModelForCausalLM
    return kind.from_pretrained(path, dtype=dtype, trust_remote_code=False)


def reader(path: Path) -> Any:
    """The processor in a folder: a tokenizer alone, where the model reads text alone.

    Raises UserError where it needs a library that is not there, or knows no chat.
    """
    from transformers import AutoProcessor

    try:
        found = AutoProcessor.from_pretrained(path, trust_remote_code=False)
    except ImportError as error:
        raise UserError(f"the processor of {path} cannot be loaded: {' '.join(str(error).split())[:300]}") from None
    if not found.chat_template:
        raise UserError(f"the model in {path} has no chat template: take one that was made for instructions")
    return found


def sees(processor: Any) -> bool:
    """Whether images can be shown to the model that it belongs to."""
    return getattr(processor, "image_processor", None) is not None


def bound(processor: Any, pixels: int) -> None:
    """Have a processor shrink images of more pixels than that. What is saved with the model says so too.

    The Qwen processors count pixels; others bound the longer side, to a multiple of the square that their tower sees.
    Where images have one fixed size, that stays.
    """
    images = processor.image_processor
    size = {name: value for name, value in dict(images.size).items() if value is not None}
    if "longest_edge" not in size:
        return
    if "max_pixels" in getattr(images.valid_kwargs, "__annotations__", {}):
        longest = pixels
        size["shortest_edge"] = min(size["shortest_edge"], pixels)
    else:
        square = dict(getattr(images, "max_image_size", None) or {}).get("longest_edge") or 1
        longest = max(square, math.isqrt(pixels) // square * square)
    images.size = type(images.size)(**{**size, "longest_edge": min(size["longest_edge"], longest)})


def cuda() -> bool:
    """Whether there is a GPU to train on."""
    import torch

    return bool(torch.cuda.is_available())


def versions() -> dict[str, str]:
    """Of the libraries that train."""
    return {name: importlib.metadata.version(name) for name in ("torch", "transformers", "trl")}


def hush() -> None:
    """Libraries draw no bars and give no advice: what is to be said, we say."""
    import datasets
    from transformers.utils import logging

    datasets.disable_progress_bars()
    logging.disable_progress_bar()
    logging.set_verbosity_error()


def write(
    model: Any, processor: Any, told: dict[str, Any], out: Path, *, state: dict[str, Any] | None = None,
    more: Callable[[Path], None] | None = None,
) -> None:  # fmt: skip
    """The model in bfloat16, its processor, and what is known of the training: written aside, then renamed.
    `state`: the weights, where the model itself holds only a share of them. `more` writes further files beside them.
    """
    import torch

    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".{out.name}.partial")
    shutil.rmtree(aside, ignore_errors=True)
    if state is None:
        model.to(torch.bfloat16).save_pretrained(aside)
    else:
        model.config.dtype = torch.bfloat16
        halves = {name: tensor.bfloat16() if tensor.is_floating_point() else tensor for name, tensor in state.items()}
        model.save_pretrained(aside, state_dict=halves)
    processor.save_pretrained(aside)
    if more is not None:
        more(aside)
    (aside / TOLD).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    aside.rename(out)
