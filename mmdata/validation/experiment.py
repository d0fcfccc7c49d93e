"""An experiment, top to bottom: the held-out questions, the arms, the starts, the trials, the findings. Its folder:

held-out/          the questions, if a recipe makes them; sampled/ runs whose paths arms share, if recipes make these
arms/NAME/         a run each: mmdata explain and mmdata report answer for its rows
models/ results/   students, and what they answered: one a seed and arm
experiment.json    the findings; report.md and plot.png show them
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mmdata import recipe_file
from mmdata.build import build
from mmdata.card import put
from mmdata.engines.weights import resolve
from mmdata.errors import UserError
from mmdata.evaluation.questions import of_run
from mmdata.progress import Shown
from mmdata.store import Run
from mmdata.train import start
from mmdata.train.config import Train
from mmdata.validation import findings, page, plot, primer, trials
from mmdata.validation.arms import Apart, derive
from mmdata.validation.config import Arm, HeldOut
from mmdata.validation.trials import Jobs, Trial

FOUND = "experiment.json"


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """What is compared, and how."""

    name: str
    arms: tuple[Arm, ...]
    """The first is what the others are compared with."""
    recipe: Path | None
    """What arms without a run come from."""
    student: Train
    seeds: tuple[int, ...]
    held_out: HeldOut
    base: Path
    """What relative paths are relative to."""


def run(what: Experiment, out: Run, *, jobs: int | None, workers: int, shown: Shown) -> findings.Row:
    """Carry out an experiment in the folder `out`, and write what came out. What is there already is taken as it is.

    Raises UserError for what only the user can mend; everything finished by then is kept.
    """
    start.available()
    jobs = jobs or at_once()
    if (out.folder / "recipe.yaml").exists():
        raise UserError(f"{out.folder} is a run: choose another folder for the experiment with --out")
    with out.locked("experiment", "experiment"):
        test = _test(what, out, workers, shown)
        held_out = of_run(test, what.held_out.split)
        apart = Apart(held_out.read())
        arms = [_arm(what, arm, apart, out, workers, shown) for arm in what.arms]
        same = _same(what.arms, arms, shown)
        kept = [(arm, run) for arm, run in zip(what.arms, arms, strict=True) if arm.name not in same]
        if len(kept) < 2:
            raise UserError(f"all arms have the same rows as {what.arms[0].name}: there is nothing to compare")
        every = _trials(what, kept, out, jobs, shown)
        _carry_out(every, test, what.held_out, jobs, shown)
        found = findings.found(what.name, every, same, what.held_out, held_out.name, what.student)
    put(out.folder / FOUND, json.dumps(found, indent=1, sort_keys=True) + "\n")
    put(out.folder / "report.md", page.markdown(found))
    plot.write(found, out.folder / "plot.png")
    return found


def _test(what: Experiment, out: Run, workers: int, shown: Shown) -> Run:
    """The run that holds the questions."""
    if what.held_out.run:
        return Run(what.base / what.held_out.run)
    path = what.base / what.held_out.recipe
    run = Run(out.folder / "held-out")
    build(recipe_file.load(path), path.parent, run, workers=workers, shown=shown)
    return run


def _arm(what: Experiment, arm: Arm, apart: Apart, out: Run, workers: int, shown: Shown) -> Run:
    """An arm's folder, with its rows."""
    shown.say(f"arm {arm.name}")
    run = Run(out.folder / "arms" / arm.folder)
    source = Run(what.base / arm.run) if arm.run else _sampled(what, arm, out, workers, shown)
    if arm.samples_anew:
        # The recipe that was built says these already.
        own = {key: value for key, value in arm.changes.items() if key.split(".")[0] in ("verify", "mix")}
        arm = arm.model_copy(update={"changes": own})
    derive(source, arm, what.student, apart, run, workers, shown)
    return run


def _sampled(what: Experiment, arm: Arm, out: Run, workers: int, shown: Shown) -> Run:
    """The run of an arm's paths, built unless another arm has the same."""
    assert what.recipe is not None
    recipe = recipe_file.load(what.recipe, changes=arm.words)
    own = recipe.model_dump(mode="json", include={"seed", "sources", "screen", "distill"})
    key = hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:8]
    run = Run(out.folder / "sampled" / f"{recipe.name}-{key}")
    # As the recipe says of itself: arms change its mix in their own folders.
    plain = recipe_file.load(what.recipe)
    recipe = recipe.model_copy(update={"mix": plain.mix, "verify": plain.verify, "train": None})
    build(recipe, what.recipe.parent, run, workers=workers, shown=shown)
    return run


def _same(arms: Sequence[Arm], runs: Sequence[Run], shown: Shown) -> dict[str, str]:
    """Arms whose rows are those of an earlier one, which answers for both: `{name: the earlier one's}`."""
    first: dict[str, str] = {}
    same = {}
    for arm, run in zip(arms, runs, strict=True):
        digest = run.need("sft").digest
        if digest in first:
            same[arm.name] = first[digest]
            shown.say(f"{arm.name} has the very rows of {first[digest]}: it is not trained again")
        first.setdefault(digest, arm.name)
    return same


def _trials(
    what: Experiment, arms: Sequence[tuple[Arm, Run]], out: Run, jobs: int, shown: Shown
) -> list[Trial]:  # fmt: skip
    """Every arm with every seed, and what they start from."""
    primed: dict[int, Path | None] = dict.fromkeys(what.seeds)
    origin = resolve(what.student.model, None, Path()).identity if what.student.model else ""
    if what.student.scratch is not None:
        runs = [run for _, run in arms]
        primed = {seed: primer.place(runs, what.student, seed, out.folder) for seed in what.seeds}
        missing = [(seed, place) for seed, place in primed.items() if place and not place.exists()]
        shown.say(f"{len(missing)} of {len(what.seeds)} starts to make")
        folders = [str(run.folder) for run in runs]
        words = [["mmdata.validation.primer", str(place), str(seed), *folders] for seed, place in missing]
        Jobs(jobs).run([partial(iter, [each]) for each in words], lambda i: shown.say(f"start {missing[i][0]} made"))
    return [
        Trial(
            arm=arm, run=run, seed=seed, primed=begun, origin=begun.name if begun else origin, student=what.student,
            out=out.folder,
        )
        for seed, begun in primed.items() for arm, run in arms
    ]  # fmt: skip


def _carry_out(every: list[Trial], test: Run, held_out: HeldOut, jobs: int, shown: Shown) -> None:
    def said(i: int) -> None:
        summary = json.loads((every[i].results.folder / "summary.json").read_text(encoding="utf-8"))
        right = summary["groups"][0]["accuracy"]["value"]
        shown.say(f"{every[i].arm.name}, seed {every[i].seed}: {right:.1%} right")

    Jobs(jobs).run([partial(trials.commands, trial, test, held_out) for trial in every], said)


def at_once() -> int:
    """How many trainings run side by side where nobody says: one on a GPU, else one a core."""
    return 1 if start.cuda() else os.cpu_count() or 1
