"""Grouped bar charts: several bars for each item, one for each series."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mmdata.figures import Drawing, Question, _series
from mmdata.figures import _charts as charts
from mmdata.figures import _readings as readings
from mmdata.figures._charts import Scale, Style, Topic, number
from mmdata.figures._readings import Readings

TITLE = "Grouped bar chart"
DOMAIN = "chart"
FORMS = {
    "value": (1, 2, 3),
    "lookup": (1,),
    "extreme": (1, 2),
    "compare": (1,),
    "highest": (2,),
    "gap": (1, 2, 3),
    "above": (2, 3),
    "over": (2, 3),
    "sum": (2, 3),
    "difference": (2,),
    "added": (2, 3),
    "rank": (3,),
    "order": (2, 3),
    "widest": (3,),
    "most": (3,),
    "mean": (3,),
    "share": (3,),
    "half": (2, 3),
}
_SIZES = {1: (3, 4, 2, 2), 2: (3, 5, 2, 3), 3: (5, 6, 2, 3)}
"""By level: fewest and most groups, fewest and most series."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The chart."""

    topic: Topic
    names: tuple[str, ...]
    """Of the groups."""
    series: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    """By series: all values of one differ, and so do all of one group."""
    bounds: Scale
    written: bool
    upright: bool
    style: Style

    def rows(self) -> list[Readings]:
        """The series."""
        step = self.topic.grain if self.written else self.bounds.fine
        return _series.rows(self.topic, self.names, self.series, self.values, step)

    @property
    def thick(self) -> float:
        """Of one bar, as a share of the place of a group."""
        return (0.55 + 0.35 * self.style.thick) / len(self.series)


def scene(rng: random.Random, level: int) -> Scene:
    """Groups of bars whose values can be read exactly."""
    fewest, most, few, many = _SIZES[level]
    topic = rng.choice([t for t in charts.SERIES if t.adds and len(t.pool) >= (5 if level == 3 else 4)])
    names = topic.choose(rng, min(rng.randint(fewest, most), len(topic.pool)))
    series = tuple(rng.sample(topic.series, min(rng.randint(few, many), len(topic.series))))
    style = charts.seated(charts.style(rng), series)
    if len(names) * len(series) > 9:
        style = replace(style, width=rng.randint(500, 620), height=rng.randint(380, 480))
    written = rng.random() < 0.35
    bounds, heights = (charts.written if written else charts.scale)(rng, level, topic)
    found = Scene(
        topic=topic,
        names=names,
        series=series,
        values=(),
        bounds=bounds,
        written=written,
        upright=charts.beside(style, names) and rng.random() < 0.75,
        style=style,
    )
    while True:
        values = tuple(tuple(rng.sample(heights, len(names))) for _ in series)
        found = replace(found, values=values)
        rows = found.rows()
        sums = _series.totals(rows).values
        apart = all(len(set(group)) == len(series) for group in zip(*values, strict=True))
        if apart and sums.count(max(sums)) == 1 and _series.gapped(rows):
            break
    if written and found.upright:
        # Where the numbers would not stand beside each other, the bars lie.
        room = (style.width - (210 if style.legend == "right" else 80)) / len(names) * found.thick
        widest = max(charts.width_of(number(v), style) for row in values for v in row)
        found = replace(found, upright=widest < room)
    if written and not found.upright:
        # High enough for a number at every bar.
        least = round(130 + len(names) * (style.font * 1.9 + 2) / found.thick)
        found = replace(found, style=replace(style, height=max(style.height, least)))
    return found


def caption(scene: Scene) -> str:
    """Every series with its values."""
    way = "upright" if scene.upright else "horizontal"
    return f'A grouped bar chart with {way} bars and the title "{scene.topic.title}" {_series.told(scene.rows())}.'


def labels(scene: Scene) -> Mapping[str, str]:
    """How many groups and series there are, which way the bars go, and how their values can be read."""
    return {
        "groups": str(len(scene.names)),
        "series": str(len(scene.series)),
        "bars are": "vertical" if scene.upright else "horizontal",
        "values": "written" if scene.written else "on grid lines",
    }


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    if form == "most":
        return readings.extreme(_series.totals(scene.rows()), rng, most=True)
    if form in _OF_ONE:
        return _OF_ONE[form](rng.choice(scene.rows()), rng)
    return _OF_ALL[form](scene.rows(), rng)


def draw(scene: Scene) -> Drawing:
    """The bars with their legend."""
    style, upright = scene.style, scene.upright
    plot = charts.start(style, scene.topic.title, above=style.legend == "top")
    room = (0.1 if scene.written else 0.02) + (0.16 if style.legend == "inside" and upright else 0)
    charts.dress(plot, style, scene.topic, scene.bounds, scene.names, upright, room=room)
    for i, (name, row) in enumerate(zip(scene.series, scene.values, strict=True)):
        shift = (i - (len(scene.series) - 1) / 2) * scene.thick
        charts.bars(plot, style, row, style.colors[i], upright, scene.thick * 0.94, shift, name=name)
        places = [x + shift for x in range(len(row))]
        for place, value in zip(places, row, strict=True) if scene.written else ():
            at = (place, value) if upright else (value, place)
            charts.write(plot, style, number(value), at, "up" if upright else "right")
    if style.legend == "inside" and not upright:
        plot.axes.set_ylim(len(scene.names) - 0.4, -0.5 - 0.16 * len(scene.names))
    charts.legend(plot, style, len(scene.series))
    return plot.done()


_OF_ONE = {
    "value": readings.value, "lookup": readings.lookup, "extreme": readings.extreme, "compare": readings.compare,
    "above": readings.above, "sum": readings.total, "difference": readings.difference, "rank": readings.rank,
    "order": readings.order, "mean": readings.mean,
}  # fmt: skip
_OF_ALL = {
    "highest": _series.highest, "gap": _series.gap, "over": _series.over, "widest": _series.widest,
    "added": _series.added, "share": _series.share, "half": _series.half,
}  # fmt: skip
