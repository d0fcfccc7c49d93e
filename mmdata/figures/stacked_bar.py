"""Stacked bar charts: the bar of each item is made of parts, one for each series."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import ne

from mmdata.figures import Drawing, Question, _series
from mmdata.figures import _charts as charts
from mmdata.figures import _readings as readings
from mmdata.figures._charts import Scale, Style, Topic, number
from mmdata.figures._readings import Readings, minus, plus
from mmdata.figures._words import join

TITLE = "Stacked bar chart"
DOMAIN = "chart"
FORMS = {
    "value": (1, 2, 3),
    "total": (1, 2),
    "tallest": (1, 2),
    "compare": (1, 2),
    "highest": (2,),
    "above": (2, 3),
    "sum": (2, 3),
    "gap": (2, 3),
    "half": (1, 2),
    "without": (2, 3),
    "over": (3,),
    "rank": (2, 3),
    "order": (3,),
    "range": (3,),
    "mean": (3,),
    "share": (3,),
}
_SIZES = {1: (3, 4, 2, 2), 2: (3, 5, 2, 3), 3: (5, 6, 2, 3)}
"""By level: fewest and most bars, fewest and most series."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The chart."""

    topic: Topic
    names: tuple[str, ...]
    """Of the bars."""
    series: tuple[str, ...]
    """From the bottom of the bars, or from the left."""
    values: tuple[tuple[float, ...], ...]
    """By series: all values of one differ, and so do all of one bar, and all bars."""
    bounds: Scale
    written: bool
    """Does every part bear its value? Otherwise it ends on grid lines."""
    upright: bool
    style: Style

    def rows(self) -> list[Readings]:
        """The series."""
        step = self.topic.grain if self.written else self.bounds.fine
        return _series.rows(self.topic, self.names, self.series, self.values, step)


def scene(rng: random.Random, level: int) -> Scene:
    """Bars whose parts can be read exactly."""
    fewest, most, few, many = _SIZES[level]
    topic = rng.choice([t for t in charts.SERIES if t.adds and len(t.pool) >= (5 if level == 3 else 4)])
    names = topic.choose(rng, min(rng.randint(fewest, most), len(topic.pool)))
    series = tuple(rng.sample(topic.series, min(rng.randint(few, many), len(topic.series))))
    style = charts.seated(charts.style(rng), series)
    style = replace(style, height=max(style.height, rng.randint(350, 400)), hatch="")
    written = rng.random() < 0.4
    while True:
        bounds, heights = (charts.written if written else charts.scale)(rng, level, topic)
        if written:
            # Parts that have room for their numbers.
            heights = [y for y in heights if y >= 0.11 * bounds.high]
        values = _values(rng, heights, len(series), len(names), 0.11 * bounds.high if written else 0)
        if values:
            break
    return Scene(
        topic=topic,
        names=names,
        series=series,
        values=values,
        bounds=bounds,
        written=written,
        upright=charts.beside(style, names) and rng.random() < 0.75,
        style=style,
    )


def _values(
    rng: random.Random, heights: Sequence[float], series: int, bars: int, least: float
) -> tuple[tuple[float, ...], ...]:
    """Of every series for every bar; nothing if they cannot be found soon. No part is smaller than `least`."""
    found: list[tuple[float, ...]] = []
    for _ in range(60 * bars):
        if len(heights) < series:
            break
        tops = [0.0, *sorted(rng.sample(heights, series))]
        parts = tuple(round(b - a, 6) for a, b in pairwise(tops))
        fine = len(set(parts)) == series and min(parts) >= least
        total = round(sum(parts), 6)
        if fine and all(round(sum(p), 6) != total and all(map(ne, p, parts)) for p in found):
            found.append(parts)
        if len(found) == bars:
            return tuple(zip(*found, strict=True))
    return ()


def caption(scene: Scene) -> str:
    """Every series with its values."""
    way = "upright" if scene.upright else "horizontal"
    return f'A stacked bar chart with {way} bars and the title "{scene.topic.title}" {_series.told(scene.rows())}.'


def labels(scene: Scene) -> Mapping[str, str]:
    """How many bars and series there are, which way the bars go, and how their parts can be read."""
    return {
        "bars": str(len(scene.names)),
        "series": str(len(scene.series)),
        "bars are": "vertical" if scene.upright else "horizontal",
        "values": "written" if scene.written else "on grid lines",
    }


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    rows = scene.rows()
    if form in _OF_ONE:
        return _OF_ONE[form](rng.choice(rows), rng)
    if form in _OF_TOTALS:
        asked = _OF_TOTALS[form](_series.totals(rows), rng)
        return replace(asked, steps=(*_totals(rows), *asked.steps))
    return _OF_ALL[form](rows, rng)


def draw(scene: Scene) -> Drawing:
    """The bars with their legend."""
    style, upright, bars = scene.style, scene.upright, len(scene.names)
    plot = charts.start(style, scene.topic.title, above=style.legend == "top")
    room = 0.18 if style.legend == "inside" and upright else 0.02
    charts.dress(plot, style, scene.topic, scene.bounds, scene.names, upright, room=room)
    low = [0.0] * bars
    for color, name, row in zip(style.colors, scene.series, scene.values, strict=False):
        top = [a + b for a, b in zip(low, row, strict=True)]
        charts.bars(plot, style, top, color, upright, style.thick, starts=low, name=name, outline=style.ground)
        for i, value in enumerate(row if scene.written else ()):
            middle = low[i] + value / 2
            charts.write(plot, style, number(value), (i, middle) if upright else (middle, i), color=charts.on(color))
        low = top
    if style.legend == "inside" and not upright:
        plot.axes.set_ylim(bars - 0.5, -0.5 - 0.18 * bars)
    charts.legend(plot, style, len(scene.series))
    return plot.done()


def _totals(rows: Sequence[Readings]) -> list[str]:
    """One sentence for each bar that adds up its parts."""
    return [f"{charts.label(name)}: {plus([r.of(name) for r in rows])}" for name in rows[0].names]


def _without(rows: Sequence[Readings], rng: random.Random) -> Question:
    """What is left of a bar without one of its parts?"""
    name, out = rng.choice(rows[0].names), rng.choice(rows)
    when, each = out.at.format(name), charts.plural(out.topic.each)
    text = rng.choice(
        (
            f"If {out.what} is left out, what is the total over the other {each} {when}?",
            f"What remains of the whole bar {when} when {out.what} is left out?",
        )
    )
    values = [r.of(name) for r in rows]
    read = join([f"{r.amount(name)} for {r.name}" for r in rows])
    left = round(sum(values) - out.of(name), 6)
    return out.gives(text, left, f"The chart shows {read}.", plus(values), minus(round(sum(values), 6), out.of(name)))


_OF_ONE = {"value": readings.value, "compare": readings.compare, "sum": readings.total}
_OF_TOTALS = {
    "tallest": readings.extreme, "above": readings.above, "rank": readings.rank, "order": readings.order,
    "range": readings.spread, "mean": readings.mean,
}  # fmt: skip
_OF_ALL = {
    "total": _series.added, "highest": _series.highest, "gap": _series.gap, "over": _series.over,
    "share": _series.share, "half": _series.half, "without": _without,
}  # fmt: skip
