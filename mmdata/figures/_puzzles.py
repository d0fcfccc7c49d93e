"""Puzzles of coloured shapes: their rules, and how they are set up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from mmdata.figures._instruments import GROUNDS, INKS, added, taken
from mmdata.figures._rules import Grid, certain
from mmdata.figures._words import COLORS, a, join

SHAPES = ("circle", "triangle", "square", "pentagon", "hexagon", "star", "heart", "diamond")
TURNS = ("up", "up-right", "right", "down-right", "down", "down-left", "left", "up-left")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one cell shows: some alike shapes."""

    shape: str
    color: str
    count: int = 1
    turn: int = 0
    """Of an arrow: a place in `TURNS`."""

    def words(self, several: bool) -> str:
        """`a red star`; where numbers matter (`several`) `1 red star`."""
        name = f"{self.color} {self.shape}"
        name = f"{self.count} {name}{'s' * (self.count > 1)}" if several else a(name)
        return f"{name} pointing {TURNS[self.turn]}" if self.shape == "arrow" else name


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A row or a square of cells of which one is missing."""

    level: int
    rows: int
    cells: tuple[Cell, ...]
    """Row by row, the missing one too."""
    missing: int
    following: tuple[tuple[Cell, tuple[str, ...]], ...]
    """How a row goes on, and why."""
    reasons: tuple[str, ...]
    """Which rule each attribute follows."""
    options: tuple[Cell, ...]
    cell: int
    """Its size in pixels; likewise the others."""
    gap: int
    margin: int
    ground: str
    paper: str
    ink: str
    line: float
    round: int
    edge: bool
    """Do the shapes have an outline?"""
    scale: float
    """Of the shapes."""

    @property
    def several(self) -> bool:
        """Do numbers matter?"""
        return any(cell.count > 1 for cell in (*self.cells, *self.options))

    def words(self, cell: Cell) -> str:
        """What a cell shows."""
        return cell.words(self.several)

    @property
    def right(self) -> Cell:
        """The missing cell."""
        return self.cells[self.missing]


def setup(rng: random.Random, level: int) -> Scene:
    """A row (level 1, some of level 2) or a square whose attributes follow rules; redrawn until it has one answer."""
    wide = level == 1 or (level == 2 and rng.random() < 0.4)
    while True:
        made = _row(rng, level) if wide else _square(rng, level)
        if made:
            break
    cells, missing, following, reasons = made
    shown = options(rng, cells, cells[missing])
    largest = {6: 90, 7: 78, 8: 68, 9: 104}[len(cells)]
    return Scene(
        level=level, rows=1 if wide else 3, cells=cells, missing=missing, following=following, reasons=reasons,
        options=shown, cell=rng.randint(largest - 16, largest), gap=rng.choice((0, 3, 5, 7)),
        margin=rng.randint(12, 22), ground=rng.choice(GROUNDS), paper=rng.choice(("#ffffff", "#fffdf6", "#fbfcff")),
        ink=rng.choice(INKS), line=rng.choice((1, 1.5, 2)), round=rng.choice((0, 0, 4, 8)), edge=rng.random() < 0.4,
        scale=rng.choice((0.86, 0.92, 0.97, 1.0)),
    )  # fmt: skip


Later = tuple[tuple[Cell, tuple[str, ...]], ...]
Made = tuple[tuple[Cell, ...], int, Later, tuple[str, ...]]


def _row(rng: random.Random, level: int) -> Made | None:
    count = rng.randint(6, 7) if level == 1 else rng.randint(6, 8)
    missing, more = rng.randrange(2, count), count + 6
    arrows = rng.random() < 0.3
    colors = rng.choice((1, 2, 2, 3, 3) if level == 1 else (2, 3))
    shapes = 0 if arrows else 5 - colors if level > 1 else rng.choice((1, 2, 3)) if colors > 1 else rng.choice((2, 3))
    values: dict[str, list[Any]] = {}
    reasons: list[list[str]] = [[] for _ in range(more)]
    if arrows:
        by, start = rng.choice((2, 6) if level == 1 else (1, 7, 3, 5)), rng.choice((0, 2, 4, 6))
        values |= {"shape": ["arrow"] * more, "turn": [(start + by * i) % 8 for i in range(more)]}
        turn = f"{45 * min(by, 8 - by)}° {'clockwise' if by < 4 else 'counterclockwise'}"
        for i, why in enumerate(reasons):
            why.append(f"Each arrow is turned {turn} from the one before; place {i + 1}: {TURNS[values['turn'][i]]}.")
    for name, every, pool in (("shape", shapes, SHAPES), ("color", colors, tuple(COLORS))):
        cycle = rng.sample(pool, every)
        values |= {name: [cycle[i % every] for i in range(more)]} if every else {}
        for i, why in enumerate(reasons if every > 1 else ()):
            why.append(f"The {name}s repeat: {join(cycle)}; place {i + 1} has {cycle[i % every]}.")
    step = rng.choice((1, -1)) if level > 1 else rng.choice((0, 0, 1))
    first = 1 if not step else rng.randint(1, 10 - count) if step > 0 else rng.randint(count, 9)
    values["count"] = [first + step * i for i in range(more)]
    for i, why in enumerate(reasons if step else ()):
        equation = (added if step > 0 else taken)(values["count"][i] - step, 1)
        why.append(f"The number changes by {step} from place to place; place {i + 1}: {equation}.")
    for name, row in values.items():
        seen = {(0, i): row[i] for i in range(count) if i != missing}
        if not all(certain(seen, name, 0, i, True) for i in (missing, *range(count, more if level == 1 else count))):
            return None
    cells = tuple(Cell(**{name: row[i] for name, row in values.items()}) for i in range(more))
    return (
        cells[:count],
        missing,
        tuple(zip(cells[count:], map(tuple, reasons[count:]), strict=True)),
        tuple(reasons[missing]),
    )


def _square(rng: random.Random, level: int) -> Made | None:
    missing = rng.randrange(9)
    at = (missing // 3, missing % 3)
    arrows = rng.random() < 0.3
    values: dict[str, Grid] = {"shape": {(i, j): "arrow" for i in range(3) for j in range(3)}} if arrows else {}
    reasons = []
    axis, shift = rng.randrange(2), rng.choice((1, 2))
    for name, pool in (("turn" if arrows else "shape", TURNS if arrows else SHAPES), ("color", tuple(COLORS))):
        three = rng.sample(pool, 3)
        once = level == 3 or rng.random() < 0.15
        key = {
            (i, j): three[(i + shift * j) % 3] if once else three[(i, j)[axis]] for i, j in product(range(3), repeat=2)
        }
        shift = 3 - shift  # Else a shape would always have the same color.
        values[name] = {p: TURNS.index(v) for p, v in key.items()} if name == "turn" else key
        line, what = ("row", "column")[axis], {"turn": "direction"}.get(name, name)
        if once:
            reasons.append(f"Every row has each of {join(three)} once: only {key[at]} is missing in row {at[0] + 1}.")
        else:
            reasons.append(f"Every {line} has one {what}: {line} {at[axis] + 1} has {key[at]}.")
            axis = 1 - axis
    values["count"], reason = _counts(rng, level, at)
    if not all(0 < value < 10 for value in values["count"].values()):
        return None
    for name, grid in values.items():
        if not certain({p: v for p, v in grid.items() if p != at}, name, *at, False):
            return None
    cells = tuple(Cell(**{name: grid[p] for name, grid in values.items()}) for p in values["count"])
    return cells, missing, (), (*reasons, reason)


def _counts(rng: random.Random, level: int, at: tuple[int, int]) -> tuple[Grid, str]:
    """How many shapes each cell of a square has, and why the missing cell has its number."""
    row, column = at
    if level == 2:
        base, down, along = rng.randint(1, 9), rng.choice((-2, -1, 0, 1, 2, 3)), rng.choice((-2, -1, 1, 2, 3))
        counts = {(i, j): base + down * i + along * j for i, j in product(range(3), repeat=2)}
        other = counts[row, column - 1 if column else 1]
        equation = (added if counts[at] > other else taken)(other, abs(along))
        return counts, f"Along a row the number changes by {along} from cell to cell: {equation}."
    sign = rng.choice((1, -1))
    counts = {(i, j): rng.randint(1, 8) for i, j in product(range(3), repeat=2)}
    counts |= {(i, 2): counts[i, 0] + sign * counts[i, 1] for i in range(3)}
    one, two, three = (counts[row, j] for j in range(3))
    equation = (
        (taken(three, two), taken(three, one), added(one, two)) if sign > 0
        else (added(three, two), taken(one, three), taken(one, two))
    )[column]  # fmt: skip
    word = "first number plus" if sign > 0 else "first number minus"
    return counts, f"In every row the {word} the second is the third: {equation}."


def options(rng: random.Random, cells: Sequence[Cell], right: Cell) -> tuple[Cell, ...]:
    """A cell among four: two attributes, two values each, so that no option stands out."""
    names = ["color", "turn" if right.shape == "arrow" else "shape"]
    if any(cell.count > 1 for cell in cells):
        names.append("count")
    wrong: dict[str, Any] = {}
    for name in sorted(rng.sample(names, 2)):
        own = getattr(right, name)
        near = [own + i for i in (-2, -1, 1, 2) if 0 < own + i < 10] if name == "count" else []
        others = near or [v for v in dict.fromkeys(getattr(cell, name) for cell in cells) if v != own]
        pool: tuple[Any, ...] = {"color": tuple(COLORS), "shape": SHAPES}.get(name, tuple(range(8)))
        wrong[name] = rng.choice(others or [value for value in pool if value != own])
    first, second = wrong
    shown = [
        right,
        replace(right, **{first: wrong[first]}),
        replace(right, **{second: wrong[second]}),
        replace(right, **wrong),
    ]
    rng.shuffle(shown)
    return tuple(shown)
