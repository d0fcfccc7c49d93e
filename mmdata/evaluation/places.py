"""What `--on` means: a run's split, a source's split, or a recipe's sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdata import recipe_file
from mmdata import sources as source_modules
from mmdata.card import resolved
from mmdata.errors import UserError
from mmdata.evaluation.questions import Place, of_run, of_sources
from mmdata.progress import Shown
from mmdata.recipe import SYSTEM, Recipe
from mmdata.store import Run

HELD_OUT = ("test", "testmini", "testdev", "validation", "val", "dev")
"""Splits that a source is asked by where none is named, in this order, if its first is for training."""


@dataclass(frozen=True, kw_only=True)
class On:
    """Everything that is asked, not read yet."""

    runs: tuple[tuple[Run, str], ...]
    """Runs with their splits."""
    recipe: Recipe | None
    """The sources, as a recipe that reads them."""
    base: Path
    """Where the recipe's relative paths start."""

    @property
    def label(self) -> str:
        """Short, for a folder's name."""
        names = [f"{run.folder.resolve().name}-{split}" for run, split in self.runs]
        return "+".join(names + [f"{s.name}-{s.split}" for s in (self.recipe.sources if self.recipe else ())])

    def system(self) -> str:
        """The system message that suits the questions: the one of the run's own rows where all come from runs that
        have one and the same, else the standard one."""
        said = {str((resolved(run).get("mix") or {}).get("system", SYSTEM)) for run, _ in self.runs}
        return said.pop() if len(said) == 1 and self.recipe is None else SYSTEM

    def places(self, out: Run, workers: int, shown: Shown) -> list[Place]:
        """Where the questions are; those of sources are read into `out`. Raises UserError."""
        found = [of_run(run, split) for run, split in self.runs]
        if self.recipe is not None:
            found.append(of_sources(self.recipe, self.base, out, workers, shown))
        return found


def understood(on: Sequence[str], options: Sequence[str]) -> On:
    """What `--on` and `--option` mean. Raises UserError for what cannot be understood."""
    given = recipe_file.source_options(options)
    runs: list[tuple[Run, str]] = []
    entries: list[dict[str, Any]] = []
    recipes = [each for each in on if each.endswith((".yaml", ".yml"))]
    for each in on:
        if each in recipes:
            continue
        if (run := _run(each)) is not None:
            if (run[0].folder.resolve(), run[1]) in [(r.folder.resolve(), s) for r, s in runs]:
                raise UserError(f"--on {each} is there twice")
            of_run(*run)  # what is wrong with it is said before anything is written
            runs.append(run)
        else:
            entries.append(_entry(each, given))
    if recipes and (len(recipes) > 1 or entries or options):
        raise UserError("a recipe says all its sources by itself: give it without another one, a source or --option")
    if left := given.keys() - {entry["use"] for entry in entries}:
        raise UserError(f"--option {min(left)}.…: no such source is asked")
    recipe, base = None, Path()
    if recipes:
        recipe, base = recipe_file.load(Path(recipes[0])), Path(recipes[0]).parent
    elif entries:
        recipe = recipe_file.of_sources(entries, "--on")
    return On(runs=tuple(runs), recipe=recipe, base=base)


def _run(text: str) -> tuple[Run, str] | None:
    """A run with its split, if this names one."""
    name, colon, split = text.rpartition(":")
    folder, split = (Path(name), split) if colon and not Path(text).is_dir() else (Path(text), "eval")
    if (folder / "recipe.yaml").is_file() or (folder / "screened" / "manifest.json").is_file():
        return Run(folder), split
    if folder.is_dir() and str(folder) not in source_modules.names():
        raise UserError(f"--on {text}: the folder {folder} holds no run")
    return None


def _entry(text: str, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A source with its split, as a recipe has it."""
    use, _, split = text.partition(":")
    if use not in source_modules.names():
        raise UserError(f"--on {text}: there is no such run, source or recipe; `mmdata sources` lists the sources")
    return {"use": use, "split": split or usual(use), "options": dict(given.get(use, {}))}


def usual(use: str) -> str:
    """The split that a source is asked by where none is named: the first on its card, unless that is for training and
    there is another."""
    splits = source_modules.load(use).CARD.splits
    if not splits[0].startswith("train"):
        return splits[0]
    return next((split for split in HELD_OUT if split in splits), splits[0])


def trained_model(run: Run) -> str:
    """The one model that was trained on a run. Raises UserError where there is none, or several."""
    found = sorted(p for p in (run.folder / "models").glob("*") if (p / "config.json").is_file())
    if len(found) != 1:
        names = ", ".join(map(str, found))
        what = (
            f"holds {len(found)} models: name one of {names}" if found else "holds no model: mmdata train sft makes one"
        )
        raise UserError(f"{run.folder} {what}")
    return str(found[0])
