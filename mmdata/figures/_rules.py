"""The rules that rows and squares of a puzzle may follow, and whether they leave one answer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

Grid = dict[tuple[int, int], Any]
"""Values by row and column."""
Law = Callable[[Grid, int, int], Any]
"""The value that a rule gives a cell, or None if the rule does not fit what is seen."""


def _repeats(every: int) -> Law:
    def law(seen: Grid, row: int, column: int) -> Any:
        rest = {value for (_, c), value in seen.items() if (c - column) % every == 0}
        return rest.pop() if len(rest) == 1 else None

    return law


def _steps(turning: bool, wide: bool) -> Law:
    downs = (0,) if wide else range(-4, 5)

    def law(seen: Grid, row: int, column: int) -> Any:
        (top, left), first = next(iter(seen.items()))
        for down, along in product(downs, range(-4, 5)):
            gaps = (first + down * (i - top) + along * (j - left) - value for (i, j), value in seen.items())
            if not any(gap % 8 if turning else gap for gap in gaps):
                found = first + down * (row - top) + along * (column - left)
                return found % 8 if turning else found
        return None

    return law


def _alike(axis: int) -> Law:
    def law(seen: Grid, row: int, column: int) -> Any:
        lines = [{value for at, value in seen.items() if at[axis] == i} for i in range(3)]
        return next(iter(lines[(row, column)[axis]])) if all(len(line) == 1 for line in lines) else None

    return law


def _each_once(seen: Grid, row: int, column: int) -> Any:
    every = set(seen.values())
    left = every - {value for at, value in seen.items() if at[0] == row}
    whole = seen | {(row, column): next(iter(left))} if len(left) == 1 else {}
    lines = [[whole.get((i, j)) for j in range(3)] for i in range(3)]
    fits = len(every) == 3 and all(set(line) == every for line in [*lines, *zip(*lines, strict=True)])
    return left.pop() if fits else None


def _sums(axis: int, sign: int) -> Law:
    def law(seen: Grid, row: int, column: int) -> Any:
        answers = set()
        for i in range(3):
            line: list[Any] = [seen.get((j, i) if axis else (i, j)) for j in range(3)]
            first, second, third = line
            if first is None:
                answers.add(third - sign * second)
            elif second is None:
                answers.add(sign * (third - first))
            elif third is None:
                answers.add(first + sign * second)
            elif first + sign * second != third:
                return None
        return answers.pop()

    return law


def certain(seen: Grid, attribute: str, row: int, column: int, wide: bool) -> bool:
    """Do all simple rules that fit what is seen say the same about a cell?"""
    laws: list[Law] = [_alike(0), _alike(1), _each_once] if not wide else [_repeats(every) for every in (1, 2, 3)]
    if attribute in ("count", "turn"):
        laws.append(_steps(attribute == "turn", wide))
    if attribute == "count" and not wide:
        laws += [_sums(axis, sign) for axis in (0, 1) for sign in (1, -1)]
    return len({said for law in laws if (said := law(seen, row, column)) is not None}) == 1
