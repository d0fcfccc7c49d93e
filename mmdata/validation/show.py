"""The findings of an experiment as tables and sentences, for the terminal, its page and the card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdata.evaluation.show import interval, points
from mmdata.show import number, printable, table

if TYPE_CHECKING:
    from rich.console import Console

Row = Mapping[str, Any]
HEADINGS = ("arm", "rows", "questions", "right", "yes/no", "open", "without images")
PAIRED = ("arm", "beside", "gain", "verdict", "what would tell")
NOTE = (
    "Right: of the held-out questions, mean over seeds; intervals are 95 % and cover seeds and questions. Gain: in "
    "points, paired by seed and question. Each pair is tested by itself: of twenty, one is wrong by "
    "chance."
)


def rows(found: Row) -> Iterator[tuple[str, ...]]:
    """A row an arm."""
    for arm in found["arms"]:
        yield (
            arm["name"], number(arm["rows"]), number(arm["problems"]), interval(arm["accuracy"]),
            interval(arm["yes_no"]), interval(arm["open"]), interval(arm["blind"]),
        )  # fmt: skip


def pairs(found: Row) -> Iterator[tuple[str, ...]]:
    """A row a pair of arms: by how much one is better."""
    for pair in found["pairs"]:
        yield pair["other"], pair["one"], points(pair), pair["verdict"], pair["needed"] or "–"


def conditions(found: Row) -> Iterator[str]:
    """Seeds, budget, student and questions, in sentences."""
    student, asked, sft = found["student"], found["held_out"], found["student"]["sft"]
    whom = "a model with random weights" if student["scratch"] else str(student["model"])
    seeds = ("seeds " if len(found["seeds"]) > 1 else "seed ") + ", ".join(map(str, found["seeds"]))
    yield f"Student: {whom}, {found['parameters']:,} parameters" + (
        f", whose tower first learnt to name labels in {student['tower']['steps']:,} steps of "
        f"{student['tower']['batch']:,} images."
        if found["tower"] else "."
    )  # fmt: skip
    yield (
        f"Budget: {sft['steps']:,} steps of {sft['batch']:,} rows, learning rate {sft['learning_rate']:g}, for every "
        f"arm; {seeds}; {found['training_seconds']:,.0f} s a training here."
    )
    yield (
        f"Held out: {asked['questions']:,} questions of {asked['name']}, {asked['yes_no']:,} of them yes/no; no arm is "
        "taught an image or a question of them."
    )
    if len(found["seeds"]) == 1:
        yield "One seed says nothing of others: intervals and verdicts are of these students alone."
    for name, other in found["same"].items():
        yield f"{name} has the very rows of {other}, and was not trained again."
    for arm in found["arms"]:
        if arm["is"] != "the run's own rows":
            yield f"{arm['name']}: {arm['is']}."
        for what in ("undecided", "unanswered"):
            if arm[what]:
                yield f"{arm['name']}: {arm[what]:,} answers over all seeds were {what}, and count as not right."


def show(found: Row, written: Iterable[Path], console: Console) -> None:
    """Print them; nothing in them can steer the terminal."""
    table(console, f"{found['name']}: does this data teach?", HEADINGS, list(rows(found)))
    table(console, "Pairs", PAIRED, list(pairs(found)), words=5)
    for line in (NOTE, *conditions(found)):
        console.print(printable(line, 2_000), markup=False, highlight=False, style="dim")
    for path in written:
        console.print(str(path), markup=False, highlight=False)
