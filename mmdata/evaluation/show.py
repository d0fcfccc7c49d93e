"""An evaluation's figures as tables: headings and cells, which the terminal and the page both show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdata.recipe import SYSTEM
from mmdata.show import number, percent, printable, table

if TYPE_CHECKING:
    from rich.console import Console

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table, as words."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    """What a reader has to know of it."""


def tables(found: Row) -> Iterator[Table]:
    """Every table of an evaluation's figures that has rows."""
    every = (_accuracy(found), _balanced(found["balanced"]), _budgets(found["budgets"]), _passes(found["pass_at_k"]))
    yield from (each for each in every if each.rows)
    if found.get("against"):
        yield _against(found["against"])


def show(found: Row, written: Iterable[Path], console: Console) -> None:
    """Print them all; nothing in them can steer the terminal."""
    for line in head(found):
        console.print(printable(line, 2_000), markup=False, highlight=False)
    for warning in found["warnings"]:
        console.print(printable(f"warning: {warning}", 2_000), markup=False, highlight=False)
    for each in tables(found):
        table(console, each.title, each.headings, each.rows)
        if each.note:
            console.print(printable(each.note, 2_000), markup=False, highlight=False, style="dim")
    for path in written:
        console.print(str(path), markup=False, highlight=False)


def head(found: Row) -> Iterator[str]:
    """What was asked, of whom, and how: a line each."""
    model, asked, how = found["model"], found["questions"], found["settings"]
    yield f"model {model['model']} on {model['engine']}"
    places = ", ".join(f"{place['name']} {place['questions']:,}" for place in asked["places"])
    yield f"{asked['asked']:,} questions, {asked['with_images']:,} with images: {places}"
    limits = [f"at most {how['limit']:,} of each source, drawn with seed {how['seed']}"] if how["limit"] else []
    limits += [f"{how['modality']} questions alone"] if how["modality"] != "any" else []
    said = f"system message {printable(how['system'], 60)!r}" if how["system"] else "no system message"
    said = "the standard system message" if how["system"] == SYSTEM else said
    greedy = f"greedy, at most {how['max_tokens']:,} tokens, answers read {how['format']}ly"
    yield "; ".join([greedy, said, *limits])


def _accuracy(found: Row) -> Table:
    groups = _distinct(found["groups"])
    seen = any(g["blind"] for g in groups)
    blind = ("without images", "images add") if seen else ()
    headings = ("questions", "n", "right", *blind, "undecided", "unanswered", "cut off", "tokens")
    rows = []
    for g in groups:
        cells = [_name(g), number(g["questions"]), interval(g["accuracy"])]
        if seen:
            b = g["blind"]
            of = f" of {b['questions']:,}" if b and b["questions"] != g["questions"] else ""
            cells += [interval(b["accuracy"]) + of, points(b["gain"])] if b else ["–", "–"]
        cells += [number(g[key]) if g[key] else "–" for key in ("undecided", "unanswered", "cut_off")]
        rows.append((*cells, "–" if g["tokens_mean"] is None else f"{g['tokens_mean']:,.0f}"))
    top = groups[0]["accuracy_if_undecided_were_right"]
    note = (
        "Right of all that were asked, with 95 % intervals; undecided and unanswered ones are not counted as right. "
        f"Were all undecided ones right, it would be {percent(top)}."
    )
    return Table(title="Accuracy", headings=headings, rows=tuple(rows), note=note)


def _distinct(groups: Sequence[Row]) -> list[Row]:
    """The groups without modalities and domains that hold every question, as the first group does."""
    return [g for g in groups if g["by"] in ("all", "source") or g["questions"] < groups[0]["questions"]]


def _name(group: Row) -> str:
    return "all" if group["by"] == "all" else f"{group['by']}: {group['name']}"


def _balanced(found: Sequence[Row]) -> Table:
    rows = tuple(
        (row["name"], number(row["questions"]), interval(row["accuracy"]), interval(row["blind"])) for row in found
    )
    note = "The mean over both answers: who always says the same gets a half."
    headings = ("source", "n", "right", "without images")
    return Table(title="Yes/no questions, balanced", headings=headings, rows=rows, note=note)


def _budgets(found: Sequence[Row]) -> Table:
    rows = tuple(
        (
            f"{row['budget']:,}", f"{row['share']:.2g} ×",
            "told to the model" if row["told"] else "cut off there" if row["share"] < 1 else "whole",
            number(row["questions"]), interval(row["accuracy"]),
            "–" if row["tokens_mean"] is None else f"{row['tokens_mean']:,.0f}",
        )
        for row in found
    )  # fmt: skip
    headings = ("budget", "share", "how", "n", "right", "tokens")
    return Table(title="Accuracy against the budget of tokens", headings=headings, rows=rows if len(rows) > 1 else ())


def _passes(found: Sequence[Row]) -> Table:
    sources = [row for row in found if row["by"] == "source"]
    shown = found if len({row["name"] for row in sources}) > 1 else [r for r in found if r["by"] == "all"]
    rows = tuple((_name(row), str(row["k"]), number(row["questions"]), interval(row["rate"])) for row in shown)
    return Table(title="pass@k of drawn answers", headings=("questions", "k", "n", "pass@k"), rows=rows)


def _against(found: Row) -> Table:
    rows = tuple(
        (
            _name(g), number(g["questions"]), percent(g["accuracy_here"]), percent(g["accuracy_there"]),
            points(g["difference"]), f"{g['only_here_right']:,} / {g['only_there_right']:,}",
            f"{g['mcnemar_p']:.2g}", f"{100 * g['detectable']:.1f}", g["verdict"],
        )
        for g in _distinct(found["groups"])
    )  # fmt: skip
    headings = ("questions", "n", "here", "there", "difference", "only here / there", "McNemar p", "detectable",
                "this model is")  # fmt: skip
    notes = ["Paired by question, greedy answers; differences in points. Detectable: what so many questions would tell "
             "four times out of five. Each row is tested by itself: of twenty, one is wrong by chance."]  # fmt: skip
    if found["only_here"] or found["only_there"]:
        notes.append(f"Not shared: {found['only_here']:,} questions asked here, {found['only_there']:,} there.")
    if found["settings"]:
        notes.append("The two were NOT asked alike: " + "; ".join(found["settings"]) + ".")
    return Table(title=f"Against {found['model']}", headings=headings, rows=rows, note=" ".join(notes))


def interval(found: Row | None) -> str:
    """A share with its interval in percent: `71.4 % [65.2–77.1]`."""
    if found is None:
        return "–"
    return f"{percent(found['value'])} [{100 * found['low']:.1f}–{100 * found['high']:.1f}]"


def points(found: Row | None) -> str:
    """A difference with its interval in points: `+4.0 [-1.2 to +9.3]`."""
    if found is None:
        return "–"
    return f"{100 * found['value']:+.1f} [{100 * found['low']:+.1f} to {100 * found['high']:+.1f}]"
