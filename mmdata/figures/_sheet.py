"""Matplotlib pictures laid out in pixels: a sheet with a title, and the pies that are drawn on one."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from mmdata.figures import Drawing, Question
from mmdata.figures import _charts as charts
from mmdata.figures._canvas import text_size
from mmdata.figures._charts import Style, label
from mmdata.figures._plot import DPI, Plot

PALETTES = (
    ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3", "#d8b84a", "#7fc4d8"),
    ("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#9acd32", "#e6c229", "#8c6d46"),
    ("#26546b", "#2a9d8f", "#e9c46a", "#f08a4b", "#c8553d", "#a7c7e7", "#8e7cc3"),
    ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#7fd0f5", "#c8442b", "#f0e442"),
    ("#e63946", "#457b9d", "#f4b400", "#2b9348", "#7b2cbf", "#9c6644", "#ff9ecb"),
    ("#8dd3c7", "#fdb462", "#fb8072", "#80b1d3", "#bebada", "#b3de69", "#f5e663"),
    ("#5b8e7d", "#f4a259", "#bc4b51", "#9cc069", "#f4e285", "#5c7ba6", "#b08ea2"),
)
"""Well told apart, as a legend needs it."""


def look(rng: random.Random, wide: tuple[int, int], high: tuple[int, int]) -> Style:
    """The style of a chart, of a size between these bounds."""
    return replace(charts.style(rng, legend=False), width=rng.randint(*wide), height=rng.randint(*high))


def made(
    rng: random.Random,
    wordings: Sequence[str],
    answer: str,
    kind: str,
    steps: Sequence[str],
    choices: Sequence[str] = (),
) -> Question:
    """A question in one of the wordings."""
    return Question(text=rng.choice(wordings), answer=answer, kind=kind, steps=tuple(steps), choices=tuple(choices))


def chain(values: Sequence[float], down: bool) -> str:
    """`3 > 2 > 1.`"""
    return f"{(' > ' if down else ' < ').join(map(charts.number, values))}."


def limit(rng: random.Random, values: Sequence[float], step: float) -> tuple[bool, float, list[int]]:
    """Is a limit passed upwards, the limit (a multiple of the step), and the places of the values beyond it: some, not
    all."""
    over = rng.random() < 0.5
    order = sorted(set(values), reverse=over)
    count = rng.randint(1, len(order) - 1)
    # From the first value outside, which is not beyond, up to the last inside.
    gap = round(abs(order[count - 1] - order[count]) / step)
    least = order[count] + (1 if over else -1) * rng.randrange(gap) * step
    return over, least, [i for i, value in enumerate(values) if (value > least if over else value < least)]


class Sheet:
    """A picture whose axes are not shown and count pixels, from its lower left corner, within the margin."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.plot = Plot(style.width, style.height, style.ground, style.font, style.family)
        self.axes: Any = self.plot.axes
        self.axes.set_axis_off()
        self.wide, self.high = style.width - 14.0, style.height - 14.0
        self.line = style.font * DPI / 72 * 1.25
        """Height of a line of text."""

    def width(self, words: str, size: float = 0, bold: bool = False) -> float:
        """About how wide a text is."""
        broad = 1.12 if self.style.family == "DejaVu Serif" else 1.04
        return text_size(words, (size or self.style.font) * DPI / 72, bold)[0] * broad

    def write(self, x: float, y: float, words: str, across: str = "center", **more: Any) -> None:
        """A text whose middle (`left`, `right` edge) is there."""
        more = {"color": self.style.ink, "va": "center_baseline", "fontsize": self.style.font, **more}
        self.axes.text(x, y, words, ha=across, **more)

    def title(self, words: str, below: str = "") -> float:
        """The title, a line below it in smaller letters, and the height of both."""
        style, size = self.style, self.style.font + 2.5
        while self.width(words, size, style.bold) > self.wide - 8:
            size -= 0.5
        x, across = (4.0, "left") if style.left else (self.wide / 2, "center")
        bold = "bold" if style.bold else "normal"
        self.write(x, self.high - self.line * 0.6, words, across, fontsize=size, weight=bold)
        if below:
            self.write(x, self.high - self.line * 1.75, below, across)
        return self.line * (2.4 if below else 1.3)

    def done(self) -> Drawing:
        """The finished picture."""
        self.axes.set(xlim=(0, self.wide), ylim=(0, self.high), aspect="auto")
        return self.plot.done()


@dataclass(frozen=True, kw_only=True)
class Pie:
    """How a pie looks."""

    layout: str
    """Where names stand: `outside` with what is written of the slices, `split` from it, or in a legend at the `right`
    or the `bottom`."""
    hole: float
    """Its radius as a share of the pie's."""
    turn: int
    """Where the first slice starts: degrees clockwise from three o'clock."""
    pulled: int
    """Which slice is pulled out, or -1."""
    colors: tuple[str, ...]


def pie(
    sheet: Sheet, look: Pie, head: float, names: Sequence[str], values: Sequence[float], told: Sequence[str]
) -> None:
    """Slices clockwise, with their names and what is told of them, below `head` pixels."""
    style, count, line = sheet.style, len(names), sheet.line
    names = [label(name) for name in names]
    room, foot, side, columns = max(sheet.width(name) for name in names), 0.0, 0.0, 1
    if look.layout == "right":
        side = room + 44
    elif look.layout == "bottom":
        columns = max(1, min(4, int((sheet.wide - 10) / (room + 46))))
        columns = -(-count // -(-count // columns))
        foot = -(-count // columns) * line * 1.2 + 6
    beside, tall = look.layout in ("outside", "split"), 2 if look.layout == "outside" else 1
    half = ((sheet.wide - side) / 2, (sheet.high - head - foot) / 2)
    middle = (half[0], foot + half[1])
    radius = min(half[0] - (room + 30 if beside else 44), half[1] - (tall * line + 8 if beside else line + 4))
    radius /= 1.08 if look.pulled >= 0 else 1
    wedges, *_ = sheet.axes.pie(
        values, colors=look.colors, startangle=-look.turn, radius=radius, center=middle, counterclock=False,
        explode=[0.08 if i == look.pulled else 0 for i in range(count)],
        wedgeprops={"width": radius * (1 - look.hole), "linewidth": 0.9 if style.edge else 1.6,
                    "edgecolor": "#222222" if style.edge else style.ground},
    )  # fmt: skip
    if not beside:
        where: dict[str, Any] = {"loc": "center right"} if side else {"loc": "lower center", "ncols": columns}
        sheet.axes.legend(wedges, names, frameon=False, labelcolor=style.ink, borderaxespad=0, handlelength=1.1,
                          handleheight=1.0, columnspacing=1.4, fontsize=style.font, **where)  # fmt: skip
    sides: tuple[list[tuple[float, float, str]], ...] = ([], [])
    passed = 0.0
    for i, value in enumerate(values):
        angle = -math.radians(look.turn + 3.6 * (passed + value / 2))
        passed += value
        x, y = math.cos(angle), math.sin(angle)
        shift = radius * (0.08 if i == look.pulled else 0)
        deep = radius * ((1 + look.hole) / 2 if look.hole else 0.66) + shift
        # What is told of a slice stands in it, if it is wide enough there.
        inside = look.layout != "outside" and 2 * math.pi * deep * value / 100 > sheet.width(told[i]) + 5
        if inside:
            sheet.write(middle[0] + deep * x, middle[1] + deep * y, told[i], color=_ink(look.colors[i]))
        words = [*([names[i]] if beside else []), *([] if inside else [told[i]])]
        if words:
            text = ("\n" if tall == 2 else " ").join(words)
            sides[x < 0].append((radius + shift, angle, text))
    for which, some in enumerate(sides):
        _around(sheet, middle, radius, some, 1 - 2 * which)


def _around(
    sheet: Sheet, middle: tuple[float, float], radius: float, words: list[tuple[float, float, str]], way: int
) -> None:
    """Labels at one side of a circle, each at its angle or as near to it as the others let it."""
    placed: list[list[Any]] = []
    for far, angle, text in words:
        high = sheet.line * (1 + text.count("\n"))
        placed.append([(far + 7 + high / 2) * math.sin(angle), high, far, angle, text])
    placed.sort(key=lambda label: -label[0])
    for _ in range(40):
        for upper, lower in pairwise(placed):
            over = (upper[1] + lower[1]) / 2 + 1 - (upper[0] - lower[0])
            if over > 0.01:
                upper[0] += over / 2
                lower[0] -= over / 2
    for y, high, far, angle, text in placed:
        # The nearest place beside the circle at which the label's inner corner is clear of it.
        inner = max(0.0, abs(y) - high / 2)
        clear = math.sqrt(max(0.0, (far + 7) ** 2 - inner**2))
        x = max(4.0, clear, (far + 5) * abs(math.cos(angle)))
        at = (middle[0] + way * x, middle[1] + y)
        sheet.write(*at, text, "left" if way > 0 else "right", va="center", linespacing=1.15)
        if sheet.style.spines == "box" or abs(y - (far + 7) * math.sin(angle)) > high * 0.8:
            start = (middle[0] + far * math.cos(angle), middle[1] + far * math.sin(angle))
            sheet.axes.plot((start[0], at[0] - way * 2), (start[1], at[1]), color=sheet.style.ink, linewidth=0.7)


def _ink(color: str) -> str:
    """Black or white, whichever is read better on a colour."""
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return "#111111" if 0.3 * red + 0.59 * green + 0.11 * blue > 0.5 else "#ffffff"
