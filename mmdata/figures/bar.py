"""Bar charts: one value for each item, upright or lying."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from mmdata.figures import Drawing, Question
from mmdata.figures import _charts as charts
from mmdata.figures import _readings as readings
from mmdata.figures._charts import Scale, Style, Topic, number
from mmdata.figures._words import join

TITLE = "Bar chart"
DOMAIN = "chart"
_ASK = {
    "value": readings.value,
    "lookup": readings.lookup,
    "extreme": readings.extreme,
    "compare": readings.compare,
    "above": readings.above,
    "sum": readings.total,
    "difference": readings.difference,
    "rank": readings.rank,
    "order": readings.order,
    "range": readings.spread,
    "beyond": readings.beyond,
    "mean": readings.mean,
    "fraction": readings.fraction,
    "against": readings.against,
}
FORMS = {
    "value": (1, 2, 3),
    "lookup": (1, 2),
    "extreme": (1, 2),
    "compare": (1, 2),
    "above": (1, 2, 3),
    "sum": (2, 3),
    "difference": (2, 3),
    "rank": (2, 3),
    "order": (2, 3),
    "range": (2, 3),
    "beyond": (3,),
    "mean": (3,),
    "fraction": (3,),
    "against": (3,),
}
_BARS = {1: (3, 5), 2: (4, 6), 3: (5, 8)}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The chart."""

    topic: Topic
    names: tuple[str, ...]
    values: tuple[float, ...]
    """Of the items: all different."""
    bounds: Scale
    written: bool
    """Do the values stand at the bars? Otherwise the bars end on grid lines."""
    upright: bool
    style: Style
    colors: tuple[str, ...]
    """Of the bars."""


def scene(rng: random.Random, level: int) -> Scene:
    """Bars with different values that can be read exactly."""
    topic, style = rng.choice(charts.TOPICS), charts.style(rng, legend=False)
    names = topic.choose(rng, min(rng.randint(*_BARS[level]), len(topic.pool)))
    written = rng.random() < 0.4
    bounds, values = (charts.written if written else charts.scale)(rng, level, topic)
    upright = charts.beside(style, names) and rng.random() < 0.7
    many = rng.random() < 0.4
    return Scene(
        topic=topic,
        names=names,
        values=tuple(rng.sample(values, len(names))),
        bounds=bounds,
        written=written,
        upright=upright,
        style=style,
        colors=tuple(style.colors[i if many else 0] for i in range(len(names))),
    )


def caption(scene: Scene) -> str:
    """Every bar with its value."""
    bars = join(
        [f"{name} ({scene.topic.amount(value)})" for name, value in zip(scene.names, scene.values, strict=True)]
    )
    way = "vertical" if scene.upright else "horizontal"
    return (
        f'A bar chart with {way} bars and the title "{scene.topic.title}" shows {scene.topic.what()} '
        f"for these {scene.topic.items}: {bars}."
    )


def labels(scene: Scene) -> Mapping[str, str]:
    """How many bars there are, which way they go, and how the values can be read."""
    return {
        "bars": str(len(scene.names)),
        "bars are": "vertical" if scene.upright else "horizontal",
        "values": "written" if scene.written else "on grid lines",
        "tallest": str(scene.values.index(max(scene.values)) + 1),
    }


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    topic = scene.topic
    step = topic.grain if scene.written else scene.bounds.fine
    bars = readings.Readings(
        topic=topic, names=scene.names, values=scene.values, step=step, what=topic.what(), at=topic.at,
        thing=topic.item, things=topic.items,
    )  # fmt: skip
    return _ASK[form](bars, rng)


def draw(scene: Scene) -> Drawing:
    """The bars, with their values where they are written."""
    style, upright = scene.style, scene.upright
    plot = charts.start(style, scene.topic.title)
    charts.dress(plot, style, scene.topic, scene.bounds, scene.names, upright, room=0.1 if scene.written else 0)
    charts.bars(plot, style, scene.values, scene.colors, upright, style.thick)
    for i, value in enumerate(scene.values if scene.written else ()):
        charts.write(plot, style, number(value), (i, value) if upright else (value, i), "up" if upright else "right")
    return plot.done()
