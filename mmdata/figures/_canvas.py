"""Drawing with Pillow: twice the size, then halved, so that edges are smooth. Every text is remembered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mmdata.figures import Box, Drawing

SCALE = 2
Point = tuple[float, float]


@cache
def _font(size: float, bold: bool) -> ImageFont.FreeTypeFont:
    # The fonts that matplotlib brings: the same letters on every machine.
    import matplotlib

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
    return ImageFont.truetype(str(path), round(size * SCALE), layout_engine=ImageFont.Layout.BASIC)


def text_size(words: str, size: float, bold: bool = False) -> tuple[float, float]:
    """Width and height of a text in pixels."""
    left, top, right, bottom = _font(size, bold).getbbox(words)
    return (right - left) / SCALE, (bottom - top) / SCALE


class Canvas:
    """A picture being drawn. Sizes and places are pixels of the finished picture, y downwards; colours are what
    Pillow knows: names or #rrggbb."""

    def __init__(self, width: int, height: int, background: str = "white") -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * SCALE, height * SCALE), background)
        self._draw = ImageDraw.Draw(self._image)
        self._texts: list[Box] = []

    def line(self, points: Sequence[Point], color: str = "black", width: float = 2, dash: float | None = None) -> None:
        """A line through the points; with `dash`, broken into pieces of that length."""
        if dash is None:
            self._draw.line(_all(points), fill=color, width=_wide(width), joint="curve")
            return
        for start, end in pairwise(points):
            length = math.dist(start, end)
            for i in range(0, max(1, round(length / dash)), 2):
                pieces = [min(1.0, (i + j) * dash / length) for j in (0, 1)]
                ends = [(start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])) for t in pieces]
                self._draw.line(_all(ends), fill=color, width=_wide(width))

    def polygon(
        self, points: Sequence[Point], fill: str | None = None, outline: str | None = None, width: float = 2
    ) -> None:
        """A closed shape."""
        if fill:
            self._draw.polygon(_all(points), fill=fill)
        if outline:
            self._draw.line(_all([*points, *points[:2]]), fill=outline, width=_wide(width), joint="curve")

    def rectangle(
        self, left: float, top: float, right: float, bottom: float,
        fill: str | None = None, outline: str | None = None, width: float = 2, radius: float = 0,
    ) -> None:  # fmt: skip
        """An upright rectangle, with rounded corners if a radius is given."""
        corners = _all([(left, top), (right, bottom)])
        self._draw.rounded_rectangle(corners, radius * SCALE, fill, outline, _wide(width) if outline else 0)

    def circle(
        self, center: Point, radius: float, fill: str | None = None, outline: str | None = None, width: float = 2
    ) -> None:
        """A circle."""
        self.ellipse(center, radius, radius, fill, outline, width)

    def ellipse(
        self, center: Point, across: float, down: float,
        fill: str | None = None, outline: str | None = None, width: float = 2,
    ) -> None:  # fmt: skip
        """An upright ellipse with these half axes."""
        x, y = center
        corners = _all([(x - across, y - down), (x + across, y + down)])
        self._draw.ellipse(corners, fill, outline, _wide(width) if outline else 0)

    def arc(
        self, center: Point, radius: float, start: float, end: float, color: str = "black", width: float = 2
    ) -> None:
        """A piece of a circle, from `start` to `end` degrees, clockwise from three o'clock."""
        x, y = center
        corners = _all([(x - radius, y - radius), (x + radius, y + radius)])
        self._draw.arc(corners, start, end, color, _wide(width))

    def slice(
        self, center: Point, radius: float, start: float, end: float,
        fill: str | None = None, outline: str | None = None, width: float = 2,
    ) -> None:  # fmt: skip
        """A slice of a disc, angles as for `arc`."""
        x, y = center
        corners = _all([(x - radius, y - radius), (x + radius, y + radius)])
        self._draw.pieslice(corners, start, end, fill, outline, _wide(width) if outline else 0)

    def arrow(self, start: Point, end: Point, color: str = "black", width: float = 2, head: float = 9) -> None:
        """A line with a head at its end."""
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        back = (end[0] - 0.8 * head * math.cos(angle), end[1] - 0.8 * head * math.sin(angle))
        self.line([start, back], color, width)
        sides = [(end[0] - head * math.cos(angle + t), end[1] - head * math.sin(angle + t)) for t in (-0.42, 0.42)]
        self.polygon([end, *sides], fill=color)

    def text(
        self, at: Point, words: str, size: float = 14, color: str = "black",
        anchor: str = "mm", bold: bool = False, ground: str | None = None,
    ) -> None:  # fmt: skip
        """A line of text. `anchor` as in Pillow: `mm` is its middle, `lm` its left edge's middle, `ms` middle on the
        base line. With `ground`, a patch of that colour is laid under it."""
        place, font = (at[0] * SCALE, at[1] * SCALE), _font(size, bold)
        box = self._draw.textbbox(place, words, font=font, anchor=anchor)
        if ground:
            self._draw.rectangle((box[0] - 3, box[1] - 3, box[2] + 3, box[3] + 3), fill=ground)
        self._draw.text(place, words, fill=color, font=font, anchor=anchor)
        left, top, right, bottom = (side / SCALE for side in box)
        self._texts.append(Box(text=words, left=left, top=top, right=right, bottom=bottom))

    def done(self) -> Drawing:
        """The finished picture."""
        return Drawing(image=self._image.reduce(SCALE), texts=tuple(self._texts))


def _all(points: Sequence[Point]) -> list[tuple[float, float]]:
    return [(x * SCALE, y * SCALE) for x, y in points]


def _wide(width: float) -> int:
    return max(1, round(width * SCALE))
