"""A board of cells that hold colours or coloured shapes: what its parts are called, and how it is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmdata.figures import Drawing
from mmdata.figures._canvas import Canvas
from mmdata.figures._words import COLORS, join

SHAPES = {"circle": 0, "square": 4, "triangle": 3, "star": 10}
"""Shapes and how many corners they have."""
Place = tuple[int, int]
"""Row and column, from 0, rows from the top."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board; sizes in pixels."""

    cells: tuple[tuple[str, ...], ...]
    """By rows from the top: a colour, or a colour and a shape."""
    names: str
    """`none`, or how the rows are labelled: `top` and `bottom`: with numbers from there; `letters`."""
    width: int
    height: int
    left: int
    top: int
    side: int
    """Of a cell."""
    gap: int
    """Between the cells; without one, lines divide them."""
    line: str
    wide: float
    round: int
    ground: str
    paper: str
    """The colour of cells that hold shapes."""

    @property
    def rows(self) -> range:
        """Their numbers."""
        return range(len(self.cells))

    @property
    def columns(self) -> range:
        """Their numbers."""
        return range(len(self.cells[0]))

    @property
    def places(self) -> list[Place]:
        """All cells."""
        return [(i, j) for i in self.rows for j in self.columns]

    @property
    def shapes(self) -> bool:
        """Do the cells hold shapes?"""
        return " " in self.cells[0][0]

    def at(self, place: Place) -> str:
        """What a cell holds."""
        return self.cells[place[0]][place[1]]

    @property
    def colors(self) -> list[str]:
        """Those that the board shows, sorted."""
        return sorted({cell.split()[0] for row in self.cells for cell in row})

    def number(self, places: list[Place], sort: str) -> int:
        """How many of the cells hold a sort of thing: a colour, a shape or both."""
        return sum(set(sort.split()) <= set(self.at(place).split()) for place in places)

    def noun(self, sort: str) -> str:
        """`red cells`, `red shapes`, `circles` or `red circles`."""
        return f"{sort}s" if sort.split()[-1] in SHAPES else f"{sort} {'shapes' if self.shapes else 'cells'}"

    def neighbors(self, place: Place) -> list[Place]:
        """The cells that share a side with one."""
        near = [(place[0] + down, place[1] + across) for down, across in ((-1, 0), (1, 0), (0, -1), (0, 1))]
        return [(i, j) for i, j in near if i in self.rows and j in self.columns]

    def steps(self, place: Place, move: Place) -> int:
        """How often one can move on from a cell."""
        inside = (self.rows[-1] - place[0], self.columns[-1] - place[1])
        along = 0 if move[0] else 1
        return inside[along] if move[along] > 0 else place[along]

    def by_rows(self, sort: str) -> str:
        """Counts row by row, added."""
        counts = [self.number([(i, j) for j in self.columns], sort) for i in self.rows]
        seen = f"From the top, the rows have {join(list(map(str, counts)))} {self.noun(sort)}"
        return f"{seen}: {' + '.join(map(str, counts))} = {sum(counts)}."

    def by_cells(self, places: list[Place], sort: str) -> str:
        """Counts cell by cell, added."""
        ones = " + ".join(str(self.number([place], sort)) for place in places)
        held = join([self.at(place) for place in places])
        return f"These hold {held}; counting the {self.noun(sort)}: {ones} = {self.number(places, sort)}."

    def row(self, i: int) -> str:
        """A row's label, or its number from the top."""
        return "ABCDEFG"[i] if self.names == "letters" else str(len(self.rows) - i if self.names == "bottom" else i + 1)

    def column(self, j: int) -> str:
        """A column's label, or its number from the left."""
        return "ABCDEFG"[j] if self.names in ("top", "bottom") else str(j + 1)

    def cell(self, place: Place) -> str:
        """What a cell is called."""
        row, column = self.row(place[0]), self.column(place[1])
        if self.names != "none":
            return f"cell {row}{column}" if self.names == "letters" else f"cell {column}{row}"
        if len(self.rows) > 3:
            return f"the cell in row {row} from the top and column {column} from the left"
        words = [("top", "middle", "bottom")[place[0] * 2 // max(self.rows)]]
        words.append(("left", "middle", "right")[place[1] * 2 // max(self.columns)])
        return f"the {' '.join(dict.fromkeys(words))} cell"

    def line_name(self, place: Place, axis: int) -> str:
        """What the row (axis 0) or column (1) of a cell is called."""
        name = self.column(place[1]) if axis else self.row(place[0])
        side = ("from the top", "from the left")[axis]
        return f"{('row', 'column')[axis]} {name}" + (f" {side}" if self.names == "none" else "")


def leaders(cells: tuple[tuple[str, ...], ...]) -> list[tuple[int, int, str, list[int]]]:
    """Axis, line, colour and the counts of all lines, where one line holds more of a colour than any other."""
    found = []
    for axis, lines in enumerate((cells, tuple(zip(*cells, strict=True)))):
        for color in sorted({cell.split()[0] for row in cells for cell in row}):
            counts = [sum(cell.split()[0] == color for cell in line) for line in lines]
            if counts.count(max(counts)) == 1:
                found.append((axis, counts.index(max(counts)), color, counts))
    return found


def draw_board(board: Board) -> Drawing:
    """The cells, and labels at the left and on top."""
    canvas = Canvas(board.width, board.height, board.ground)
    side, left, top = board.side, board.left, board.top
    # White lines would not divide white cells, nor show on a white ground.
    line = "#444444" if board.shapes and board.line == "#ffffff" else board.line
    for i, j in board.places:
        words = board.at((i, j)).split()
        x, y, gap = left + j * side, top + i * side, board.gap / 2
        fill = board.paper if board.shapes else COLORS[words[0]]
        canvas.rectangle(
            x + gap, y + gap, x + side - gap, y + side - gap, fill, line, board.wide, board.round if gap else 0
        )
        if board.shapes:
            _shape(canvas, words[1], COLORS[words[0]], x + side / 2, y + side / 2, 0.31 * side)
    if board.names != "none":
        for i in board.rows:
            canvas.text((left - 14, top + (i + 0.5) * side), board.row(i), 16, "#222222", bold=True)
        for j in board.columns:
            canvas.text((left + (j + 0.5) * side, top - 14), board.column(j), 16, "#222222", bold=True)
    return canvas.done()


def _shape(canvas: Canvas, shape: str, color: str, x: float, y: float, size: float) -> None:
    corners, points = SHAPES[shape], []
    if not corners:
        canvas.circle((x, y), size, color, "#333333", 1)
    for i in range(corners):
        far = size * (0.5 if shape == "star" and i % 2 else 1.15)
        angle = math.radians(45 * (shape == "square") - 90 + 360 * i / corners)
        points.append((x + far * math.cos(angle), y + far * math.sin(angle) + 0.12 * size * (shape == "triangle")))
    if points:
        canvas.polygon(points, color, "#333333", 1)
