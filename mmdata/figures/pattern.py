"""Puzzles: rows and squares of shapes that follow rules, with one cell missing."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from mmdata.figures import Drawing, Question
from mmdata.figures._canvas import Canvas, Point
from mmdata.figures._instruments import put
from mmdata.figures._puzzles import Cell, Scene, options, setup
from mmdata.figures._words import COLORS

TITLE = "Pattern puzzle"
DOMAIN = "puzzle"
FORMS = {
    "words": (1,), "next": (1,), "letter": (2, 3), "color": (1, 2, 3), "fits": (1, 2, 3), "count": (2, 3),
    "total": (2, 3),
}  # fmt: skip
_CORNERS = {"triangle": 3, "square": 4, "pentagon": 5, "hexagon": 6, "star": 10, "diamond": 4}


def scene(rng: random.Random, level: int) -> Scene:
    """A puzzle that has one answer."""
    return setup(rng, level)


def caption(scene: Scene) -> str:
    """What the cells show, in order."""
    shown = [scene.words(cell) for cell in scene.cells]
    shown[scene.missing] = "a question mark"
    if scene.rows == 1:
        text = f"A row of {len(shown)} cells shows, from left to right: {'; '.join(shown)}."
    else:
        lines = [f"row {i + 1}: {'; '.join(shown[3 * i : 3 * i + 3])}" for i in range(3)]
        text = f"A square of nine cells shows {' / '.join(lines)}."
    if scene.level == 1:
        return text
    below = [f"{letter} {scene.words(cell)}" for letter, cell in zip("ABCD", scene.options, strict=True)]
    return f"{text} Below are the options: {'; '.join(below)}."


def labels(scene: Scene) -> Mapping[str, str]:
    """How many cells there are, how many rules, and what is missing."""
    facts = {"cells": str(len(scene.cells)), "rules": str(len(scene.reasons)), "color": scene.right.color}
    return facts | {"count": str(scene.right.count)}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    return _ASK[form](scene, rng)


def draw(scene: Scene) -> Drawing:
    """The cells; at levels 2 and 3 the options under them."""
    size, gap, margin = scene.cell, scene.gap, scene.margin
    across = len(scene.cells) // scene.rows
    small = min(size, 78)
    wide, strip = across * (size + gap) - gap, 4 * (small + 14) - 14
    height = scene.rows * (size + gap) - gap + 2 * margin
    total = max(wide, strip if scene.level > 1 else 0) + 2 * margin
    full = height + (small + 44 if scene.level > 1 else 0)
    canvas = Canvas(total, max(full, 200), scene.ground)
    top = margin if scene.level > 1 else (canvas.height - size) / 2
    several = max(cell.count for cell in (*scene.cells, *scene.options))
    for i, cell in enumerate(scene.cells):
        x = (total - wide) / 2 + i % across * (size + gap)
        y = top + i // across * (size + gap)
        _box(canvas, scene, x, y, size)
        if i == scene.missing:
            canvas.text((x + size / 2, y + size / 2), "?", size * 0.45, scene.ink, bold=True)
        else:
            _fill(canvas, scene, cell, (x + size / 2, y + size / 2), size, several)
    if scene.level > 1:
        canvas.line([(margin, height + 2), (total - margin, height + 2)], "#b4b8be", 1)
    for i, cell in enumerate(scene.options if scene.level > 1 else ()):
        x, y = (total - strip) / 2 + i * (small + 14), height + 12
        _box(canvas, scene, x, y, small)
        _fill(canvas, scene, cell, (x + small / 2, y + small / 2), small, several)
        canvas.text((x + small / 2, y + small + 14), "ABCD"[i], 15, scene.ink, bold=True)
    return canvas.done()


def _box(canvas: Canvas, scene: Scene, x: float, y: float, size: float) -> None:
    canvas.rectangle(x, y, x + size, y + size, scene.paper, scene.ink, scene.line, scene.round if scene.gap else 0)


def _fill(canvas: Canvas, scene: Scene, cell: Cell, center: Point, size: float, several: int) -> None:
    """The shapes of a cell, in rows of at most three."""
    side = 1 if several == 1 else 2 if several < 5 else 3
    radius = size * (0, 0.34, 0.185, 0.128)[side] * scene.scale
    step = size * (0, 0, 0.44, 0.3)[side]
    rows = math.ceil(cell.count / side)
    for i in range(cell.count):
        row, column = divmod(i, side)
        here = min(side, cell.count - row * side)
        x = center[0] + (column - (here - 1) / 2) * step
        _shape(canvas, scene, cell, (x, center[1] + (row - (rows - 1) / 2) * step), radius)


def _shape(canvas: Canvas, scene: Scene, cell: Cell, center: Point, radius: float) -> None:
    color, edge = COLORS[cell.color], "#222222" if scene.edge else None
    x, y = center
    if cell.shape == "circle":
        canvas.circle(center, radius * 0.92, color, edge, 1.2)
        return
    if cell.shape in _CORNERS:
        corners = _CORNERS[cell.shape]
        start = -45 if cell.shape == "square" else -90
        points = []
        for i in range(corners):
            far = 0.45 if cell.shape == "star" and i % 2 else 0.66 if cell.shape == "diamond" and i % 2 else 1.05
            turn = math.radians(start + 360 * i / corners)
            points.append((far * math.cos(turn), far * math.sin(turn)))
    elif cell.shape == "heart":
        turns = [math.pi * i / 20 for i in range(40)]
        down = [5 * math.cos(2 * t) + 2 * math.cos(3 * t) + math.cos(4 * t) - 13 * math.cos(t) for t in turns]
        points = [(math.sin(t) ** 3, far / 16) for t, far in zip(turns, down, strict=True)]
    else:
        flat = ((0, -1.05), (0.72, -0.15), (0.26, -0.15), (0.26, 1), (-0.26, 1), (-0.26, -0.15), (-0.72, -0.15))
        turn = math.radians(45 * cell.turn)
        points = [(u * math.cos(turn) - v * math.sin(turn), u * math.sin(turn) + v * math.cos(turn)) for u, v in flat]
    canvas.polygon([(x + radius * u, y + radius * v) for u, v in points], color, edge, 1.2)


def _so(scene: Scene) -> tuple[str, ...]:
    return (*scene.reasons, f"So the missing cell shows {scene.words(scene.right)}.")


def _words(scene: Scene, rng: random.Random) -> Question:
    shown = rng.sample(scene.options, 4)
    words = (
        "What belongs in place of the question mark?", "Which of these replaces the question mark?",
        "What is missing in the row?",
    )  # fmt: skip
    choices = tuple(map(scene.words, shown))
    letter = "ABCD"[shown.index(scene.right)]
    return Question(text=put(rng, words), answer=letter, kind="choice", steps=_so(scene), choices=choices)


def _next(scene: Scene, rng: random.Random) -> Question:
    i = rng.randrange(len(scene.following))
    cell, reasons = scene.following[i]
    shown = options(rng, scene.cells, cell)
    words = (
        "If the row goes on in the same way, what does place {} show?",
        "Suppose the row continues by the same rules. What comes at place {}?",
        "The row is continued. What will stand at place {}?",
    )
    several = scene.several or any(cell.count > 1 for cell in shown)
    choices = tuple(cell.words(several) for cell in shown)
    steps = (*reasons, f"So place {len(scene.cells) + i + 1} shows {cell.words(several)}.")
    text, letter = put(rng, words, len(scene.cells) + i + 1), "ABCD"[shown.index(cell)]
    return Question(text=text, answer=letter, kind="choice", steps=steps, choices=choices)


def _letter(scene: Scene, rng: random.Random) -> Question:
    words = (
        "Which option belongs in place of the question mark?", "Which of the lettered pictures completes the pattern?",
        "Which lettered cell is the missing one?",
    )  # fmt: skip
    letter = "ABCD"[scene.options.index(scene.right)]
    steps = (*_so(scene), f"That is option {letter}.")
    return Question(text=put(rng, words), answer=letter, kind="choice", steps=steps, choices=tuple("ABCD"))


def _color(scene: Scene, rng: random.Random) -> Question:
    words = (
        "What color do the shapes in the missing cell have?", "Which color belongs where the question mark is?",
        "Name the color that the question mark stands for.",
    )  # fmt: skip
    return Question(text=put(rng, words), answer=scene.right.color, kind="text", steps=_so(scene))


def _fits(scene: Scene, rng: random.Random) -> Question:
    yes = rng.random() < 0.5
    cell = scene.right if yes else rng.choice([cell for cell in scene.options if cell != scene.right])
    words = (
        "Should the question mark be replaced by {}?", "Would {} complete the pattern?",
        "Is the missing cell one with {}?",
    )  # fmt: skip
    text = put(rng, words, scene.words(cell))
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=_so(scene))


def _count(scene: Scene, rng: random.Random) -> Question:
    words = ("How many {0}s belong in the missing cell?", "How many {0}s does the question mark stand for?")
    text = put(rng, words, "arrow" if scene.right.shape == "arrow" else "shape")
    return Question(text=text, answer=str(scene.right.count), kind="number", steps=_so(scene))


def _total(scene: Scene, rng: random.Random) -> Question:
    words = (
        "How many {0}s are there in all {1} cells once the missing one is filled in?",
        "When the question mark has been replaced, how many {0}s do the {1} cells hold together?",
    )
    text = put(rng, words, "arrow" if scene.right.shape == "arrow" else "shape", len(scene.cells))
    counts = [cell.count for cell in scene.cells]
    steps = (*_so(scene), f"{' + '.join(map(str, counts))} = {sum(counts)}.")
    return Question(text=text, answer=str(sum(counts)), kind="number", steps=steps)


_ASK = {
    "words": _words, "next": _next, "letter": _letter, "color": _color, "fits": _fits, "count": _count,
    "total": _total,
}  # fmt: skip
