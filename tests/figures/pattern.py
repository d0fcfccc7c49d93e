"""What is asked about puzzles of shapes, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

TURNS = ("up", "up-right", "right", "down-right", "down", "down-left", "left", "up-left")
CELL = re.compile(r"(an?|\d+) (\w+) ([a-z]+?)s?(?: pointing ([a-z-]+))?")
Grid = dict[tuple[int, int], object]


def parse(text: str) -> tuple[object, ...]:
    """Number, color, shape and direction of a described cell."""
    found = CELL.fullmatch(text.strip())
    assert found, text
    number, color, shape, turn = found.groups()
    return int(number) if number.isdigit() else 1, color, shape, TURNS.index(turn) if turn else 0


def row(seen: dict[int, object], at: int, ring: bool) -> object:
    """The value at a place of a row: a cycle of one to three, or equal steps."""
    for every in (1, 2, 3):
        if all(seen[i] == seen[j] for i, j in product(seen, seen) if (i - j) % every == 0):
            return next(seen[i] for i in seen if (i - at) % every == 0)
    for step in range(-7, 8):
        start = int(str(next(iter(seen.values())))) - step * next(iter(seen))
        if all((start + step * i - int(str(v))) % 8 == 0 if ring else start + step * i == v for i, v in seen.items()):
            return (start + step * at) % 8 if ring else start + step * at
    raise AssertionError(seen)


def square(seen: Grid, at: tuple[int, int], ring: bool) -> object:
    """The value missing in a square."""
    found = set()
    lines = [[seen.get((i, j)) for j in range(3)] for i in range(3)]
    for table, (i, j) in ((lines, at), (list(zip(*lines, strict=True)), at[::-1])):
        if all(len(set(line) - {None}) == 1 for line in table):
            found.add(next(iter(set(table[i]) - {None})))
        if all(isinstance(value, int) for value in seen.values()) and not ring:
            for way in (1, -1):
                others = [line for k, line in enumerate(table) if k != i]
                if all(a + way * b == c for a, b, c in others):
                    a, b, c = table[i]
                    found.add(c - way * b if j == 0 else (c - a) * way if j == 1 else a + way * b)
    every = set(seen.values())
    if len(every) == 3 and all(sum(v == value for v in seen.values()) in (2, 3) for value in every):
        left = every - {seen.get((at[0], k)) for k in range(3)}
        if len(left) == 1 and left == every - {seen.get((k, at[1])) for k in range(3)}:
            found |= left
    if all(isinstance(value, int) for value in seen.values()):
        (top, left), first = next(iter(seen.items()))
        for down, along in product(range(-7, 8), range(-7, 8)):
            start = int(str(first)) - down * top - along * left
            gaps = [start + down * i + along * j - int(str(v)) for (i, j), v in seen.items()]
            if all(gap % 8 == 0 if ring else gap == 0 for gap in gaps):
                value = start + down * at[0] + along * at[1]
                found.add(value % 8 if ring else value)
    assert len(found) == 1, (seen, at, found)
    return found.pop()


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, by finding the rules."""
    main, _, below = caption.partition(". Below are the options: ")
    wide = caption.startswith("A row")
    texts = re.split("; | / ", re.sub(r"row \d: ", "", re.sub(r"^.*?(?:right: |shows )", "", main)).rstrip("."))
    missing = texts.index("a question mark")
    cells = {i: parse(text) for i, text in enumerate(texts) if i != missing}
    goal = re.search(r"at place (\d+)|does place (\d+)", question)
    at = int(goal[1] or goal[2]) - 1 if goal else missing
    right = []
    for k in range(4):
        values = {i: cell[k] for i, cell in cells.items()}
        if wide:
            right.append(row(values, at, k == 3))
        else:
            right.append(square({divmod(i, 3): value for i, value in values.items()}, divmod(at, 3), k == 3))
    if below:
        shown = [parse(text[2:]) for text in below.rstrip(".").split("; ")]
        assert shown.count(tuple(right)) == 1
        if choices:
            return "ABCD"[shown.index(tuple(right))]
    if choices:
        return "ABCD"[[parse(choice) for choice in choices].index(tuple(right))]
    if "olor" in question:
        return str(right[1])
    asked = re.search(r"(?:by|Would|with) ((?:an?|\d+) .*?)(?: complete the pattern)?\?", question)
    if asked:
        return "yes" if parse(asked[1]) == tuple(right) else "no"
    number = int(str(right[0]))
    return str(number + sum(int(str(cell[0])) for cell in cells.values()) if "cells" in question else number)
