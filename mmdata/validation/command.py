"""`mmdata validate` and `mmdata ablate`, behind the command line: what is meant, carried out and told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mmdata.errors import RecipeError, UserError
from mmdata.progress import Shown
from mmdata.recipe_file import apply
from mmdata.store import Run
from mmdata.train.config import Train
from mmdata.validation import config, experiment, page, show
from mmdata.validation.config import CONTROLS, Arm, HeldOut
from mmdata.validation.experiment import Experiment

if TYPE_CHECKING:
    from rich.console import Console


def validation(
    runs: Sequence[Path], *, controls: str, model: str | None, steps: int | None, changes: Sequence[str], seeds: str,
    on: str | None, limit: int | None, max_tokens: int,
) -> Experiment:  # fmt: skip
    """The experiment that `mmdata validate` means. Raises UserError for what cannot be understood."""
    arms = [Arm(name=name, run=str(folder)) for name, folder in zip(_names(runs), runs, strict=True)]
    for control in [] if controls in ("", "none") else controls.split(","):
        if control not in CONTROLS:
            raise UserError(f"--controls {controls}: there are {', '.join(CONTROLS)}, and none")
        arms.append(Arm(name=f"{arms[0].name}, {control}", run=str(runs[0]), control=control))
    if len(arms) < 2:
        raise UserError("one run without controls is compared with nothing: name another run, or --controls")
    if len({arm.folder for arm in arms}) < len(arms):
        raise UserError("a run or a control is there twice, or two have the same name")
    folder, colon, split = (on or str(runs[0])).rpartition(":")
    run, split = (folder, split) if colon and not Path(on or "").is_dir() else (on or str(runs[0]), "eval")
    if not run:
        raise UserError(f"--on {on}: write it as RUN or RUN:SPLIT")
    return Experiment(
        name=arms[0].name, arms=tuple(arms), recipe=None, student=_student(model, steps, changes), seeds=_seeds(seeds),
        held_out=HeldOut(run=run, split=split, limit=limit, max_tokens=max_tokens), base=Path(),
    )  # fmt: skip


def ablation(path: Path, seeds: str | None, steps: int | None, changes: Sequence[str]) -> Experiment:
    """The experiment of a grid. Raises UserError for what cannot be understood."""
    more = [] if steps is None else [f"student.sft.steps={steps}"]
    more += [] if seeds is None else [f"seeds={json.dumps(_seeds(seeds))}"]
    grid = config.load(path, [*changes, *more])
    student, local = grid.student, path.parent / grid.student.model
    if student.model and local.is_dir():
        student = student.model_copy(update={"model": str(local.resolve())})
    return Experiment(
        name=grid.name, arms=tuple(grid.arms()), recipe=path.parent / grid.recipe if grid.recipe else None,
        student=student, seeds=grid.seeds, held_out=grid.held_out, base=path.parent,
    )  # fmt: skip


def run(
    what: Experiment, out: Path, jobs: int | None, workers: int, shown: Shown, console: Console, *, as_json: bool
) -> None:  # fmt: skip
    """Carry out an experiment, tell what came out, and put it on the cards of its runs. Raises UserError."""
    about = {folder: _rows(what.base / folder) for folder in dict.fromkeys(arm.run for arm in what.arms if arm.run)}
    found = experiment.run(what, Run(out), jobs=jobs, workers=workers, shown=shown)
    if as_json:
        console.file.write(json.dumps(found, indent=1, sort_keys=True) + "\n")
    elif not shown.quiet:
        show.show(found, (out / "report.md", out / "plot.png", out / experiment.FOUND), console)
    for folder, digest in about.items():
        if _rows(what.base / folder) == digest:
            page.on_card(Run(what.base / folder), found)
        else:
            shown.say(f"warning: {folder} was built anew meanwhile: its card does not tell of this experiment")


def _rows(folder: Path) -> str:
    """Which SFT rows a run has. Raises StoreError if it has none."""
    return Run(folder).need("sft").digest


def _names(runs: Sequence[Path]) -> list[str]:
    """Short names: of the folder, with the one above where two are the same."""
    short = [run.resolve().name for run in runs]
    return [f"{run.resolve().parent.name}-{name}" if short.count(name) > 1 else name
            for run, name in zip(runs, short, strict=True)]  # fmt: skip


def _seeds(text: str) -> tuple[int, ...]:
    seeds = [word.strip() for word in text.split(",")]
    found = tuple(int(seed) for seed in seeds if seed.isascii() and seed.isdecimal())
    if len(set(found)) < len(seeds):
        raise UserError(f"--seeds {text}: write distinct numbers, such as 0,1,2")
    return found


def _student(model: str | None, steps: int | None, changes: Sequence[str]) -> Train:
    """Who is taught, as given. Raises RecipeError, with every mistake by its key."""
    raw: dict[str, Any] = {}
    if model:
        raw["model"] = str(Path(model).resolve()) if Path(model).is_dir() else model
    if steps:
        raw.setdefault("sft", {})["steps"] = steps
    problems = [found for change in changes if (found := apply(raw, change))]
    try:
        student = Train.model_validate(config.student(raw))
    except ValidationError as error:
        problems += [config.said(e) for e in error.errors(include_url=False)]
    if problems:
        raise RecipeError("the student", problems)
    return student
