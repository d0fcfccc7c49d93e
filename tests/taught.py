"""What tests of training need: a run whose rows are figures and bare sums, and a training of it on a few steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from conftest import Place
from mmdata import recipe_file
from mmdata.progress import Shown
from mmdata.store import Run
from mmdata.train import sft

SCRATCH = {"image_size": 32, "patch_size": 8, "vision_layers": 1, "text_layers": 1, "vocabulary": 400}
FIGURES = {"use": "figures", "options": {"families": {"counting": {}}, "levels": [1], "figures": 8}}
OWN = {"name": "own", "model": "mmdata", "engine": "source", "serve": {"sources": ["figures"]}}


def sums(folder: Path, count: int = 8) -> Place:
    """A place whose SFT rows are sums, without images."""
    place = Place(folder, count=count, samples=1)
    place.recipe["mix"] = {"system": "", "rl": None}
    return place


def mixed(folder: Path) -> Place:
    """A place whose SFT rows are sums, and questions about figures."""
    place = sums(folder)
    place.recipe["sources"] = [*place.recipe["sources"], FIGURES]  # type: ignore[misc]
    place.recipe["distill"]["teachers"][0]["serve"] = {"sources": ["adds"]}  # type: ignore[index]
    place.recipe["distill"]["teachers"].append(OWN)  # type: ignore[index]
    return place


def train(
    run: Run, out: Path, section: dict[str, Any], seed: int = 3, console: Console | None = None
) -> dict[str, Any]:
    """Train on the run with that section `train`."""
    path = run.folder / "recipe.yaml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    # Kept, so that a command line may follow.
    path.write_text(yaml.safe_dump({**written, "train": section}), encoding="utf-8")
    shown = Shown(console or Console(), quiet=console is None)
    return sft.train(recipe_file.load(path), Path(), run, out, seed, shown)
