"""Boards of coloured cells or coloured shapes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

from mmdata.figures import Drawing, Question
from mmdata.figures._board import SHAPES, Board, Place, draw_board, leaders
from mmdata.figures._words import COLORS, a, join, options

TITLE = "Grid"
DOMAIN = "puzzle"
FORMS = {
    "content": (1, 2, 3), "is": (1, 2, 3), "count": (1, 2, 3), "which": (1, 2), "list": (2,), "beside": (2,),
    "line": (2, 3), "most": (2, 3), "around": (3,), "walk": (3,), "difference": (3,),
}  # fmt: skip
_GROUNDS = ("#ffffff", "#f4f1e8", "#eaf2f7", "#f2ecf5", "#e9f2e6", "#e4e6ea")
_LINES = ("#111111", "#444444", "#1b2a49", "#4a2511", "#ffffff")
_SIDES = {
    "directly above": (-1, 0), "directly below": (1, 0),
    "directly to the left of": (0, -1), "directly to the right of": (0, 1),
}  # fmt: skip
_WAYS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


def scene(rng: random.Random, level: int) -> Board:
    """2 or 3 rows of large plain cells (level 1), 4 or 5 rows (2), 5 or 6 rows, often of shapes (3)."""
    names = rng.choice(("none", "none", "top", "top", "top", *(("bottom", "letters") if level > 1 else ())))
    margin = 0 if names == "none" else 26
    if level == 1:
        rows = columns = rng.choice((2, 3, 3))
        side = (256 - margin - 2 * rng.randint(6, 14)) // rows
        width = height = 256
    else:
        rows, columns = rng.randint(level + 2, level + 3), rng.randint(level + 2, level + 4)
        side, border = rng.randint(46, 60), rng.randint(8, 22)
        width, height = (2 * border + margin + n * side for n in (columns, rows))
    with_shapes = level == 3 and rng.random() < 0.6
    cells: tuple[tuple[str, ...], ...] = ()
    while not _fit(cells):
        palette = rng.sample(
            list(COLORS)[: 7 if with_shapes else min(6, level + 4)],
            rng.randint(2, 4) if level == 1 else rng.randint(3, 4),
        )
        weights = [rng.randint(2, 6) for _ in palette]
        drawn = [rng.choices(palette, weights, k=columns) for _ in range(rows)]
        if with_shapes:
            shown = rng.sample(list(SHAPES), rng.randint(2, 3))
            drawn = [[f"{color} {rng.choice(shown)}" for color in row] for row in drawn]
        cells = tuple(map(tuple, drawn))
    return Board(
        cells=cells, names=names, width=width, height=height, side=side,
        left=margin + (width - margin - columns * side) // 2, top=margin + (height - margin - rows * side) // 2,
        gap=rng.choice((0, 0, 2, 4, 6)), line=rng.choice(_LINES), wide=rng.choice((1, 1.5, 2, 3)),
        round=rng.choice((4, 8)), ground=rng.choice(_GROUNDS), paper=rng.choice(("#ffffff", "#fffaf0", "#f7fbff")),
    )  # fmt: skip


def _fit(cells: tuple[tuple[str, ...], ...]) -> bool:
    """Can every form be asked about the board: do two colours differ in number, and does a line hold most of one?"""
    counts = Counter(cell.split()[0] for row in cells for cell in row)
    return len(set(counts.values())) > 1 and (len(cells) < 4 or bool(leaders(cells)))


def caption(scene: Board) -> str:
    """The labels, and what each row holds."""
    text = f"The picture shows a board of {len(scene.rows)} rows and {len(scene.columns)} columns"
    if scene.names != "none":
        text += f"; from left to right the columns are labeled {join([scene.column(j) for j in scene.columns])}"
        text += f", from top to bottom the rows {join([scene.row(i) for i in scene.rows])}"
    rows = [f"row {scene.row(i)}: {', '.join(row)}" for i, row in enumerate(scene.cells)]
    return f"{text}. From top to bottom, each row from left to right: {'; '.join(rows)}."


def labels(scene: Board) -> Mapping[str, str]:
    """The colours of the corners, and how many rows there are."""
    facts = {"rows": str(len(scene.rows))}
    for i, v in ((0, "top"), (-1, "bottom")):
        facts |= {f"{v} {h}": scene.cells[i][j].split()[0] for j, h in ((0, "left"), (-1, "right"))}
    return facts


def ask(scene: Board, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    return _ASK[form](scene, rng)


def draw(scene: Board) -> Drawing:
    """The board."""
    return draw_board(scene)


def _sort(scene: Board, rng: random.Random) -> str:
    """Something to count: what a cell holds, or a part of that, or (rarely) what none holds."""
    held = scene.at(rng.choice(scene.places)).split()
    if rng.random() < 0.12:
        return rng.choice(list(COLORS)[:5])
    return rng.choice((" ".join(held), *held)) if len(held) > 1 else held[0]


def _content(scene: Board, rng: random.Random) -> Question:
    return _what(scene, rng.choice(scene.places), [], rng)


def _what(scene: Board, place: Place, before: list[str], rng: random.Random, cell: str = "") -> Question:
    """What a cell holds, which may be called otherwise."""
    held, name = scene.at(place), cell or scene.cell(place)
    wordings = ("What color is {}?", "Which color does {} have?", "What is the color of {}?")
    name = f"the shape in {name}" if scene.shapes else name
    steps = (*before, f"{_up(scene.cell(place))} {'holds ' + a(held) if scene.shapes else 'is ' + held}.")
    return Question(text=rng.choice(wordings).format(name), answer=held.split()[0], kind="text", steps=steps)


def _up(text: str) -> str:
    return text[0].upper() + text[1:]


def _claim(scene: Board, rng: random.Random) -> Question:
    place, answer = rng.choice(scene.places), rng.choice(("yes", "no"))
    held = scene.at(place)
    others = sorted({cell for row in scene.cells for cell in row} - {held})
    claimed = held if answer == "yes" else rng.choice(others)
    name = scene.cell(place)
    if scene.shapes:
        text = rng.choice(("Is there {thing} in {cell}?", "Does {cell} hold {thing}?"))
        thing, seen = a(claimed), f"{_up(name)} holds {a(held)}."
    else:
        text = rng.choice(("Is {cell} {thing}?", "Is {thing} the color of {cell}?"))
        thing, seen = claimed, f"{_up(name)} is {held}."
    return Question(text=text.format(cell=name, thing=thing), answer=answer, kind="yesno", steps=(seen,))


def _count(scene: Board, rng: random.Random) -> Question:
    sort = _sort(scene, rng)
    text = rng.choice(("How many {} are there?", "How many {} does the board have?", "Count the {} on the board."))
    answer = str(scene.number(scene.places, sort))
    return Question(text=text.format(scene.noun(sort)), answer=answer, kind="number", steps=(scene.by_rows(sort),))


def _which(scene: Board, rng: random.Random) -> Question:
    right = rng.choice(scene.places)
    color = scene.at(right)
    others = [scene.cell(place) for place in scene.places if scene.at(place) != color]
    shown, letter = options(scene.cell(right), others, rng)
    text = rng.choice(("Which of these cells is {}?", "Which of these is {}?")).format(color)
    steps = tuple(f"{_up(scene.cell(p))} is {scene.at(p)}." for p in scene.places if scene.cell(p) in shown)
    return Question(text=text, answer=letter, kind="choice", steps=steps, choices=shown)


def _list(scene: Board, rng: random.Random) -> Question:
    place, axis = rng.choice(scene.places), rng.randrange(2)
    held = ", ".join(scene.at(p) for p in scene.places if p[axis] == place[axis])
    text = rng.choice(("List the colors of {}, {}.", "Which colors do the cells of {} have, {}?"))
    name, way = scene.line_name(place, axis), ("from left to right", "from top to bottom")[axis]
    steps = (f"Reading {name} {way}: {held}.",)
    return Question(text=text.format(name, way), answer=held, kind="list", steps=steps)


def _beside(scene: Board, rng: random.Random) -> Question:
    side, (down, across) = rng.choice(list(_SIDES.items()))
    place = rng.choice([(i, j) for i, j in scene.places if i + down in scene.rows and j + across in scene.columns])
    to = (place[0] + down, place[1] + across)
    before = [f"{_up(side)} {scene.cell(place)} is {scene.cell(to)}."]
    return _what(scene, to, before, rng, f"the cell {side} {scene.cell(place)}")


def _line(scene: Board, rng: random.Random) -> Question:
    place, axis = rng.choice(scene.places), rng.randrange(2)
    line = [p for p in scene.places if p[axis] == place[axis]]
    # So that large counts are asked for as often as small ones.
    by_count = {scene.number(line, sort): sort for sort in (_sort(scene, rng) for _ in range(12))}
    count, sort = rng.choice(sorted(by_count.items()))
    name = scene.line_name(place, axis)
    text = rng.choice(("How many {} are there in {}?", "How many {} does {} have?")).format(scene.noun(sort), name)
    steps = (f"Look at the cells of {name}.", scene.by_cells(line, sort))
    return Question(text=text, answer=str(count), kind="number", steps=steps)


def _most(scene: Board, rng: random.Random) -> Question:
    axis, best, color, counts = rng.choice(leaders(scene.cells))
    kind, start = (("row", "top"), ("column", "left"))[axis]
    text = rng.choice(("Which {} has the most {}?", "In which {} are there the most {}?"))
    text = text.format(kind, scene.noun(color))
    if scene.names == "none":
        text += f" Give its number, counted from the {start}."
    label = (scene.column if axis else scene.row)(best)
    steps = (
        f"From the {start}, the {kind}s hold {join(list(map(str, counts)))} {scene.noun(color)}.",
        f"The largest count is {max(counts)}, in {kind} {label}.",
    )
    return Question(text=text, answer=label, kind="number" if label.isdigit() else "text", steps=steps)


def _around(scene: Board, rng: random.Random) -> Question:
    by_count: dict[int, list[tuple[Place, str]]] = {}
    for place in scene.places:
        for color in scene.colors:
            by_count.setdefault(scene.number(scene.neighbors(place), color), []).append((place, color))
    count = rng.choice(sorted(by_count))
    place, color = rng.choice(by_count[count])
    text = "How many of the cells that share a side with {} {} {}?"
    if rng.random() < 0.5:
        text = "{} has neighbors above, below, left and right (fewer at the edge). How many of these {} {}?"
    holds = ("hold", f"{a(color)} shape") if scene.shapes else ("are", color)
    steps = (f"Look at the neighbors of {scene.cell(place)}.", scene.by_cells(scene.neighbors(place), color))
    return Question(text=_up(text.format(scene.cell(place), *holds)), answer=str(count), kind="number", steps=steps)


def _walk(scene: Board, rng: random.Random) -> Question:
    start = place = rng.choice(scene.places)
    moves: list[str] = []
    steps, axis = [], rng.randrange(2)
    for _ in range(3):
        # Along a row and along a column by turns, so that no walk turns back.
        axis = 1 - axis
        way = rng.choice([w for w, move in _WAYS.items() if move[axis] and scene.steps(place, move)])
        n = rng.randint(1, scene.steps(place, _WAYS[way]))
        place = (place[0] + n * _WAYS[way][0], place[1] + n * _WAYS[way][1])
        moves.append(f"{n} {way}")
        steps.append(f"{n} {way}: {scene.cell(place)}.")
    text = f"Start in {scene.cell(start)} and go {join(moves, 'and then')} (numbers count cells)."
    end = _what(scene, place, steps, rng, "the cell where you arrive")
    return Question(text=f"{text} {end.text}", answer=end.answer, kind="text", steps=end.steps)


def _difference(scene: Board, rng: random.Random) -> Question:
    counts = Counter(cell.split()[0] for row in scene.cells for cell in row)
    pairs = [(one, two) for one in sorted(counts) for two in sorted(counts) if counts[one] > counts[two]]
    one, two = rng.choice(pairs)
    noun = "shapes" if scene.shapes else "cells"
    text = rng.choice(("How many more {} {n} than {} {n} are there?", "By how many do {} {n} outnumber {} {n}?"))
    left = counts[one] - counts[two]
    steps = (scene.by_rows(one), scene.by_rows(two), f"{counts[one]} - {counts[two]} = {left}.")
    return Question(text=text.format(one, two, n=noun), answer=str(left), kind="number", steps=steps)


_ASK = {
    "content": _content, "is": _claim, "count": _count, "which": _which, "list": _list, "beside": _beside,
    "line": _line, "most": _most, "around": _around, "walk": _walk, "difference": _difference,
}  # fmt: skip
