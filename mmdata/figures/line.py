"""Line charts: one or several lines over time, with marks on the grid."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from mmdata.figures import Drawing, Question, _series
from mmdata.figures import _charts as charts
from mmdata.figures import _readings as readings
from mmdata.figures._charts import Scale, Style, Topic, number
from mmdata.figures._readings import Readings, minus

TITLE = "Line chart"
DOMAIN = "chart"
FORMS = {
    "value": (1, 2, 3),
    "lookup": (1,),
    "extreme": (1, 2),
    "compare": (1,),
    "trend": (1, 2),
    "change": (1, 2, 3),
    "above": (2, 3),
    "rank": (2,),
    "range": (2, 3),
    "highest": (2, 3),
    "gap": (2, 3),
    "over": (2, 3),
    "steepest": (3,),
    "rises": (3,),
    "widest": (3,),
    "mean": (3,),
}
_POINTS = {1: (4, 6), 2: (5, 7), 3: (6, 9)}
_LINES = {1: (1, 1), 2: (2, 3), 3: (2, 4)}
_MARKS = "osD^vPX"
_TOPICS = tuple(topic for topic in charts.SERIES if topic.ordered and len(topic.pool) > 5)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The chart."""

    topic: Topic
    names: tuple[str, ...]
    """Of the items, which are moments."""
    series: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    """By series: all values of one differ, and so do all at one moment."""
    bounds: Scale
    style: Style
    marks: str
    dashes: tuple[str, ...]
    filled: bool
    """Are the marks filled?"""
    upright: bool
    """Are there grid lines at the moments?"""

    def lines(self) -> list[Readings]:
        """The lines."""
        return _series.rows(self.topic, self.names, self.series, self.values, self.bounds.fine)


def scene(rng: random.Random, level: int) -> Scene:
    """Lines whose marks lie on grid lines."""
    topic = rng.choice(_TOPICS)
    count, lines = rng.randint(*_POINTS[level]), rng.randint(*_LINES[level])
    series = tuple(rng.sample(topic.series, min(lines, len(topic.series))))
    bounds, heights = charts.scale(rng, level, topic)
    shift = bounds.major * rng.choice((-2, -1, -1, 0, 1) if topic.unit == "°C" else (0, 0, 1, 2) if level > 1 else (0,))
    marks = rng.sample(_MARKS, len(series)) if rng.random() < 0.5 else [rng.choice(_MARKS[:3])] * len(series)
    found = Scene(
        topic=topic,
        names=topic.choose(rng, min(count, len(topic.pool))),
        series=series,
        values=(),
        bounds=replace(bounds, low=bounds.low + shift, high=bounds.high + shift),
        style=charts.seated(charts.style(rng, legend=lines > 1), series),
        marks="".join(marks),
        dashes=tuple(rng.choice(("-", "-", "--")) for _ in series),
        filled=rng.random() < 0.75,
        upright=rng.random() < 0.5,
    )
    while True:
        found = replace(found, values=_values(rng, found, [round(y + shift, 6) for y in heights]))
        if all(_series.moves(line)[1] for line in found.lines()) and (lines < 2 or _series.gapped(found.lines())):
            return found


def _values(rng: random.Random, scene: Scene, heights: list[float]) -> tuple[tuple[float, ...], ...]:
    """Of every line, such that no two marks coincide."""
    values: list[tuple[float, ...]] = []
    while len(values) < len(scene.series):
        line = rng.sample(heights, len(scene.names))
        if rng.random() < 0.35:
            # A trend: up or down, but for two values.
            line.sort(reverse=rng.random() < 0.5)
            i, j = rng.sample(range(len(line)), 2)
            line[i], line[j] = line[j], line[i]
        if all(one != two for other in values for one, two in zip(line, other, strict=True)):
            values.append(tuple(line))
    return tuple(values)


def caption(scene: Scene) -> str:
    """Every line with its values."""
    return f'A line chart with the title "{scene.topic.title}" {_series.told(scene.lines())}.'


def labels(scene: Scene) -> Mapping[str, str]:
    """How many lines and points there are, and whether the first line ends above its start."""
    first = scene.values[0]
    return {
        "lines": str(len(scene.series)),
        "points of each": str(len(scene.names)),
        "first line ends": "higher than it starts" if first[-1] > first[0] else "lower than it starts",
    }


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    if form in _OF_ONE:
        return _OF_ONE[form](rng.choice(scene.lines()), rng)
    return _OF_MORE[form](scene.lines(), rng)


def draw(scene: Scene) -> Drawing:
    """The lines, and a legend if there are several."""
    style, several = scene.style, len(scene.series) > 1
    title = scene.topic.title + ("" if several else f": {charts.label(scene.series[0])}")
    plot = charts.start(style, title, above=style.legend == "top")
    charts.dress(
        plot, style, scene.topic, scene.bounds, scene.names, room=0.2 if style.legend == "inside" else 0.04, edge=0.25
    )
    if scene.upright:
        plot.axes.vlines(
            range(len(scene.names)),
            0,
            1,
            transform=plot.axes.get_xaxis_transform(),
            color=style.grid,
            linewidth=0.6,
            zorder=0.3,
        )
    for i, series in enumerate(scene.series):
        color = style.colors[i]
        plot.axes.plot(
            scene.values[i], color=color, linestyle=scene.dashes[i], linewidth=1 + 1.6 * style.thick,
            marker=scene.marks[i], markersize=4.5 + 3 * style.thick, label=charts.label(series),
            markerfacecolor=color if scene.filled else style.ground,
        )  # fmt: skip
    if several:
        charts.legend(plot, style, len(scene.series))
    return plot.done()


def _trend(line: Readings, rng: random.Random) -> Question:
    yes, rise = rng.random() < 0.5, rng.random() < 0.5
    pairs = [p for p in pairwise(line.names) if (line.of(p[1]) > line.of(p[0])) == (rise == yes)]
    if not pairs or rng.random() < 0.5:
        pairs = [
            (a, b)
            for i, a in enumerate(line.names)
            for b in line.names[i + 1 :]
            if (line.of(b) > line.of(a)) == (rise == yes)
        ]
    if not pairs:
        # A line that only falls, or only rises: the other answer.
        yes, pairs = not yes, list(pairwise(line.names))
    start, end = rng.choice(pairs)
    text = rng.choice(
        (
            f"Is {line.what} {'higher' if rise else 'lower'} {line.at.format(end)} than {line.at.format(start)}?",
            f"From {start} to {end}, did {line.what} {'rise' if rise else 'fall'} overall?",
        )
    )
    one, two = line.of(start), line.of(end)
    steps = (line.read([start, end]), f"{number(one)} {'<' if one < two else '>'} {number(two)}.")
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)


def _change(line: Readings, rng: random.Random) -> Question:
    start, end = sorted(rng.sample(line.names, 2), key=line.names.index)
    one, two = line.of(start), line.of(end)
    way, gap = "rise" if two > one else "fall", abs(two - one)
    text = rng.choice(
        (
            f"By how much did {line.what} {way} from {start} to {end}?",
            f"From {start} to {end}, {line.what} {way}s. By how much?",
            f"How big is the overall {way} of {line.what} between {start} and {end}?",
        )
    )
    return line.gives(text, gap, line.read([start, end]), minus(max(one, two), min(one, two)))


_OF_ONE = {
    "value": readings.value, "lookup": readings.lookup, "extreme": readings.extreme, "compare": readings.compare,
    "above": readings.above, "rank": readings.rank, "range": readings.spread, "mean": readings.mean, "trend": _trend,
    "change": _change, "rises": _series.rises, "steepest": _series.steepest,
}  # fmt: skip
_OF_MORE = {"highest": _series.highest, "gap": _series.gap, "over": _series.over, "widest": _series.widest}
