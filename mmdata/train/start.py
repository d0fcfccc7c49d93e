"""What every training shares: the checks before it, the model that it starts from, the folder that it leaves."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
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
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        import datasets
        import transformers
        import trl  # noqa: F401
    except ImportError as error:
        raise UserError(f"training needs {error.name or 'trl'}: pip install 'mmdata-toolkit[train]'") from None
    # Loading bars of libraries are no progress of ours.
    transformers.utils.logging.disable_progress_bar()
    datasets.disable_progress_bars()
    return recipe.train


def opened(model: str, base: Path) -> tuple[Any, Any]:
    """A model's weights, in 32 bits, and its processor. `base`: what a relative path is relative to."""
    from transformers import AutoModelForCausalLM, AutoModelForImageTextToText, AutoProcessor

    from mmdata.engines.weights import resolve

    path = resolve(model, None, base).path
    settings = json.loads((path / "config.json").read_text(encoding="utf-8"))
    kind = AutoModelForImageTextToText if "vision_config" in settings else AutoModelForCausalLM
    weights = kind.from_pretrained(path, dtype="float32", trust_remote_code=False)
    return weights, AutoProcessor.from_pretrained(path, trust_remote_code=False)


def cuda() -> bool:
    """Whether there is a GPU to train on."""
    import torch

    return bool(torch.cuda.is_available())


def versions() -> dict[str, str]:
    """Of the libraries that train."""
    return {name: importlib.metadata.version(name) for name in ("torch", "transformers", "trl")}


def write(model: Any, processor: Any, told: dict[str, Any], out: Path) -> None:
    """The model in bfloat16, its processor, and what is known of the training: written aside, then renamed."""
    import torch

    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".{out.name}.partial")
    shutil.rmtree(aside, ignore_errors=True)
    model.to(torch.bfloat16).save_pretrained(aside)
    processor.save_pretrained(aside)
    (aside / TOLD).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    aside.rename(out)
