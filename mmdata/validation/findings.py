"""What an experiment found, as plain data fit for JSON: the terminal, the report, the plot and the card show it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from statistics import fmean
from typing import Any

from mmdata.errors import UserError
from mmdata.evaluation.figures import Seen, seen
from mmdata.train.config import Train
from mmdata.validation import compare
from mmdata.validation.arms import describe
from mmdata.validation.config import HeldOut
from mmdata.validation.trials import Trial

Row = dict[str, Any]
Of = Callable[[Seen], float]


def found(
    name: str, every: Sequence[Trial], same: Mapping[str, str], held_out: HeldOut, asked: str, student: Train
) -> Row:  # fmt: skip
    """The findings of all trials. The first arm is what the others are compared with.

    Raises UserError where students were not asked the same questions.
    """
    answers = _aligned({(trial.arm.name, trial.seed): seen(trial.results) for trial in every})
    arms = {trial.arm.name: trial for trial in every}
    seeds = tuple(dict.fromkeys(trial.seed for trial in every))
    first = next(iter(arms))
    some = answers[first, seeds[0]]
    seconds = [_told(trial)["seconds"] for trial in every]
    each = {arm: [answers[arm, s] for s in seeds] for arm in arms}
    pairs = [
        {"one": one, "other": other} | _told_gain(_gain(each[other], each[one]))
        for one, other in combinations(arms, 2)
    ]  # fmt: skip
    return {
        "name": name, "arms": [_arm(trial, each[arm]) for arm, trial in arms.items()], "pairs": pairs,
        "same": dict(same), "seeds": list(seeds),
        "held_out": {
            "name": asked, "questions": len(some), "yes_no": sum(q.kind == "yesno" for q in some),
            "limit": held_out.limit,
        },
        # By its weights: where they lie on this machine is nobody's business.
        "student": student.model_dump(mode="json", exclude={"rl"})
        | {"model": every[0].origin if student.model else ""},
        "tower": _tower(every),
        "parameters": max(_told(trial)["parameters"] for trial in every),
        "versions": _told(every[0])["versions"], "training_seconds": round(fmean(seconds), 1),
    }  # fmt: skip


def _aligned(answers: Mapping[tuple[str, int], list[Seen]]) -> Mapping[tuple[str, int], list[Seen]]:
    asked = {tuple((q.id, q.asks) for q in rows) for rows in answers.values()}
    if len(asked) != 1:
        raise UserError("the students were not asked the same questions: remove the experiment's results and run again")
    return answers


def _tower(every: Sequence[Trial]) -> dict[str, float] | None:
    """How well the towers of the starts name each label, the worst of them; None where there was nothing to name."""
    starts = {trial.primed for trial in every if trial.primed is not None}
    named = [json.loads((start / "training.json").read_text(encoding="utf-8"))["tower"] for start in sorted(starts)]
    return {label: min(each[label] for each in named) for label in named[0]} if named and named[0] else None


def _told(trial: Trial) -> Row:
    told: Row = json.loads((trial.model / "training.json").read_text(encoding="utf-8"))
    return told


def _arm(trial: Trial, ours: list[list[Seen]]) -> Row:
    manifest = trial.run.need("sft")
    images = any(q.image for q in ours[0])
    return {
        "name": trial.arm.name, "rows": manifest.rows, "problems": _problems(trial),
        "is": describe(trial.arm.control), "changes": dict(trial.arm.changes), "sft": manifest.digest,
        "accuracy": _spread(ours, lambda q: q.right),
        "yes_no": _spread(_kind(ours, yes_no=True), lambda q: q.right),
        "open": _spread(_kind(ours, yes_no=False), lambda q: q.right),
        "undecided": sum(q.state == "undecided" for rows in ours for q in rows),
        "unanswered": sum(q.state == "unanswered" for rows in ours for q in rows),
        "blind": _spread(ours, lambda q: float((q.blind or q.state) == "right")) if images else None,
    }  # fmt: skip


def _problems(trial: Trial) -> int:
    """How many questions the rows are of."""
    count, last = 0, ""
    for (problem,) in trial.run.read("sft", ["problem_id"]):
        count, last = count + (problem != last), problem
    return count


def _kind(answers: list[list[Seen]], *, yes_no: bool) -> list[list[Seen]]:
    return [[q for q in rows if (q.kind == "yesno") == yes_no] for rows in answers]


def _spread(answers: list[list[Seen]], of: Of) -> Row | None:
    if not answers[0]:
        return None
    return asdict(compare.spread([[of(q) for q in rows] for rows in answers], [q.cluster for q in answers[0]]))


def _gain(ours: list[list[Seen]], base: list[list[Seen]]) -> compare.Spread:
    here, there = ([[q.right for q in rows] for rows in answers] for answers in (ours, base))
    return compare.gain(here, there, [q.cluster for q in ours[0]])


def _told_gain(found: compare.Spread) -> Row:
    return asdict(found) | {"verdict": compare.verdict(found), "needed": compare.needed(found)}
