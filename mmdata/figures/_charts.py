"""What the bar charts and line charts share: topics, scales, styles, and axes dressed in them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmdata.figures._canvas import text_size
from mmdata.figures._plot import DPI, Plot

_MONTHS = tuple("January February March April May June July August September October November December".split())
_SHORT = tuple(month[:3] for month in _MONTHS)
_DAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
_WEEK = tuple(day[:3] for day in _DAYS)
_YEARS = tuple(str(year) for year in range(2012, 2026))
_QUARTERS = ("Q1", "Q2", "Q3", "Q4")
_HOURS = tuple(f"{hour}:00" for hour in range(8, 19))
_WEEKS = tuple(f"week {i}" for i in range(1, 9))
_FRUIT = ("apples", "bananas", "cherries", "grapes", "kiwis", "lemons", "mangoes", "oranges", "peaches", "plums")
_PEOPLE = tuple("Anna Ben Carla David Emma Farid Grace Hugo Ines Jonas Kofi Lena Mei Nora Omar Priya".split())
_TOWNS = tuple("Ashford Brookdale Eastport Fairview Glenwood Hillcrest Lakeside Maplewood Riverton Westfield".split())
_CITIES = tuple("Oslo Lima Cairo Delhi Paris Tokyo Quito Dublin Boston Vienna Madrid Nairobi".split())
_TEAMS = ("Bears", "Comets", "Eagles", "Foxes", "Hawks", "Lions", "Otters", "Sharks", "Tigers", "Wolves")
_TRAILS = tuple("Birch Canyon Cedar Harbor Lake Meadow Oak Pine Ridge Valley".split())
_SUBJECTS = ("art", "biology", "French", "geography", "history", "math", "music", "physics", "sports")
_CLASSES = tuple(f"{year}{letter}" for year in (5, 6, 7) for letter in "ABC")


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What the numbers of a chart are about."""

    title: str
    axis: str
    noun: str
    """What one value is: `rainfall`; with `{}` for the series where there are several."""
    at: str
    """How an item follows the noun: `in {}`."""
    item: str
    """What the items are: `month`."""
    pool: tuple[str, ...]
    """The items a chart may show, in their natural order if they have one."""
    unit: str = ""
    """Of the values; none for numbers of things. A dollar sign stands before the number."""
    steps: tuple[float, ...] = (1, 2, 5, 10)
    """What the distance between two grid lines may stand for."""
    grain: float = 1
    """What numbers written on the chart are multiples of."""
    series: tuple[str, ...] = ()
    each: str = ""
    """What the series are: `city`."""
    adds: bool = True
    """Do sums over series mean something?"""
    ordered: bool = True
    """Neighbours in the pool follow each other, in time or otherwise."""

    @property
    def kind(self) -> str:
        """The verifier for values of this topic."""
        return "quantity" if self.unit else "number"

    @property
    def items(self) -> str:
        """The plural of the item."""
        return plural(self.item)

    def what(self, series: str = "") -> str:
        """`the rainfall`, of a series where there are several."""
        return f"the {self.noun.format(series)}"

    def value(self, item: str, series: str = "") -> str:
        """`the rainfall in May`."""
        return f"{self.what(series)} {self.at.format(item)}"

    def amount(self, value: float) -> str:
        """The value with its unit."""
        if self.unit == "$":
            return f"${number(value)}"
        return f"{number(value)}{'' if self.unit in ('', '%') else ' '}{self.unit}"

    def choose(self, rng: random.Random, count: int) -> tuple[str, ...]:
        """Some items of the pool: neighbours where they follow each other."""
        if not self.ordered:
            return tuple(rng.sample(self.pool, count))
        start = rng.randint(0, len(self.pool) - count)
        return self.pool[start : start + count]


def _topic(title: str, axis: str, noun: str, at: str, item: str, pool: tuple[str, ...], **more: Any) -> Topic:
    more.setdefault("ordered", item in ("month", "day", "year", "quarter", "hour", "week", "class"))
    return Topic(title=title, axis=axis, noun=noun, at=at, item=item, pool=pool, **more)


_BIG, _SMALL = (5.0, 10.0, 20.0, 50.0, 100.0), (0.5, 1.0, 2.0, 5.0)
TOPICS = (
    _topic("Monthly Rainfall", "Rainfall (mm)", "rainfall", "in {}", "month", _MONTHS, unit="mm", steps=(2, 5, 10)),
    _topic("Rain in One Year", "Rain (cm)", "rainfall", "in {}", "month", _SHORT, unit="cm", steps=_SMALL, grain=0.5),
    _topic("Books Sold", "Books", "number of books sold", "on {}", "day", _DAYS),
    _topic("Favorite Fruit", "Votes", "number of votes", "for {}", "fruit", _FRUIT, steps=(1, 2, 5)),
    _topic("Hiking Trails", "Length (km)", "length", "of the {} trail", "trail", _TRAILS, unit="km", steps=_SMALL,
           grain=0.1),
    _topic("Museum Visitors", "Visitors", "number of visitors", "on {}", "day", _WEEK, steps=_BIG, grain=2),
    _topic("Favorite Subjects", "Pupils", "number of pupils", "choosing {}", "subject", _SUBJECTS),
    _topic("Money Saved", "Savings ($)", "amount saved", "by {}", "child", _PEOPLE, unit="$", steps=_BIG),
    _topic("The Way to School", "Minutes", "travel time", "of {}", "pupil", _PEOPLE, unit="min", steps=(1, 2, 5)),
    _topic("Goals This Season", "Goals", "number of goals", "of the {}", "team", _TEAMS, steps=(1, 2, 5)),
    _topic("Cars Sold", "Cars", "number of cars sold", "in {}", "year", _YEARS, steps=_BIG),
    _topic("School Bags", "Weight (kg)", "bag weight", "of {}", "child", _PEOPLE, unit="kg", steps=_SMALL, grain=0.1),
    _topic("Trees Planted", "Trees", "number of trees planted", "in {}", "town", _TOWNS, steps=_BIG),
    _topic("Electricity Used", "Energy (kWh)", "energy used", "in {}", "month", _SHORT, unit="kWh", steps=_BIG),
    _topic("Quiz Results", "Points", "number of points", "of {}", "player", _PEOPLE),
    _topic("Snowfall", "Snow (cm)", "snowfall", "in {}", "town", _TOWNS, unit="cm"),
    _topic("Water Used", "Water (L)", "amount of water used", "on {}", "day", _WEEK, unit="L", steps=_BIG),
    _topic("Tickets", "Tickets sold", "number of tickets sold", "in {}", "week", _WEEKS, steps=_BIG, grain=5),
)  # fmt: skip
"""Of charts with one value for each item."""
SERIES = (
    _topic("Hot Drinks", "Cups sold", "number of cups of {} sold", "on {}", "day", _DAYS,
           each="drink", series=("tea", "coffee", "cocoa", "punch")),
    _topic("Rainfall", "Rainfall (mm)", "rainfall of {}", "in {}", "month", _SHORT, unit="mm", steps=(2, 5, 10),
           adds=False, each="city", series=_CITIES),
    _topic("Our School", "Children", "number of {}", "in class {}", "class", _CLASSES, steps=(1, 2),
           each="group", series=("girls", "boys")),
    _topic("Medals", "Medals", "number of {} medals", "won by the {}", "team", _TEAMS, steps=(1, 2),
           each="sport", series=("running", "swimming", "cycling", "rowing")),
    _topic("Visitors to the Zoo", "Visitors", "number of {} at the zoo", "on {}", "day", _WEEK, steps=_BIG,
           each="group", series=("adults", "children", "students", "seniors")),
    _topic("Green Energy", "Output (GWh)", "{} power output", "in {}", "year", _YEARS, unit="GWh", steps=(1, 2, 5, 10),
           each="source", series=("solar", "wind", "hydro")),
    _topic("Trips in the City", "Trips", "number of trips by {}", "in {}", "month", _MONTHS, steps=_BIG,
           each="vehicle", series=("bus", "bicycle", "car", "tram")),
    _topic("Recycling", "Collected (kg)", "amount of {} collected", "in {}", "month", _SHORT, unit="kg", steps=_BIG,
           each="material", series=("paper", "glass", "plastic", "metal")),
    _topic("Harvest", "Harvest (tonnes)", "{} harvest", "in {}", "year", _YEARS, unit="tonnes", steps=(1, 2, 5, 10),
           each="crop", series=("wheat", "corn", "barley", "rice")),
    _topic("Reading Time", "Minutes", "reading time of {}", "on {}", "day", _WEEK, unit="min", steps=(2, 5, 10),
           each="child", series=_PEOPLE),
    _topic("Phone Sales", "Phones sold", "number of phones sold by {}", "in {}", "quarter", _QUARTERS, steps=_BIG,
           each="seller", series=_PEOPLE),
    _topic("Fruit Picked", "Fruit (kg)", "amount of {} picked", "in {}", "week", _WEEKS, unit="kg", steps=(1, 2, 5, 10),
           each="fruit", series=_FRUIT),
    _topic("Money Spent", "Money ($)", "amount spent on {}", "in {}", "month", _MONTHS, unit="$", steps=_BIG,
           each="purpose", series=("food", "travel", "clothes", "games")),
    _topic("Bikes Rented", "Bikes", "number of bikes rented in {}", "at {}", "hour", _HOURS, steps=(1, 2, 5),
           each="town", series=_TOWNS),
    _topic("Library", "Books lent", "number of {} lent", "in {}", "town", _TOWNS, steps=_BIG,
           each="kind", series=("novels", "comics", "atlases")),
    _topic("Temperature", "Temperature (°C)", "temperature in {}", "at {}", "hour", _HOURS, unit="°C", steps=(1,),
           adds=False, each="city", series=_CITIES),
    _topic("Daily Weather", "Temperature (°C)", "temperature in {}", "on {}", "day", _DAYS, unit="°C", steps=(1,),
           adds=False, each="city", series=_CITIES),
    _topic("Website Visits", "Visits", "number of visits to the page of {}", "on {}", "day", _WEEK, steps=_BIG,
           each="club member", series=_PEOPLE),
    _topic("Bank Accounts", "Balance ($)", "balance of {}", "in {}", "month", _SHORT, unit="$", steps=_BIG,
           each="person", series=_PEOPLE),
    _topic("Town Growth", "New houses", "number of new houses in {}", "in {}", "year", _YEARS, steps=(1, 2, 5, 10),
           each="town", series=_TOWNS),
)  # fmt: skip
"""Of charts with several values for each item."""

_LIGHT = (
    ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3", "#937860", "#da8bc3", "#8c8c8c"),
    ("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d", "#666666"),
    ("#264653", "#2a9d8f", "#e9c46a", "#f4a261", "#e76f51", "#8ab17d", "#6d597a", "#b56576"),
    ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7f6f00", "#444444"),
    ("#e63946", "#457b9d", "#f4a300", "#2b9348", "#7b2cbf", "#9c6644", "#ff70a6", "#1d3557"),
    ("#66c2a5", "#fc8d62", "#8da0cb", "#e78ac3", "#a6d854", "#e5c100", "#c9a27a", "#9a9a9a"),
    ("#003f5c", "#bc5090", "#ffa600", "#58508d", "#ff6361", "#2f9e9e", "#7a5195", "#7d8597"),
    ("#5f0f40", "#fb8b24", "#0f8b8d", "#9a031e", "#e3b505", "#4f6d7a", "#95190c", "#6a994e"),
)
_DARK = (
    ("#8dd3c7", "#fdb462", "#fb8072", "#80b1d3", "#bebada", "#b3de69", "#fccde5", "#d9d9d9"),
    ("#4cc9f0", "#f72585", "#ffd166", "#06d6a0", "#b388ff", "#ff9f1c", "#f28482", "#cbd5e1"),
)
_GROUNDS = ("#ffffff", "#ffffff", "#ffffff", "#fbf7ee", "#f3f7fb", "#f6f6f6", "#f2f8f1", "#fdf3f0", "#f5f0fa")
_FAMILIES = ("DejaVu Sans", "DejaVu Sans", "DejaVu Sans", "DejaVu Serif", "STIXGeneral")


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a chart looks. Sizes are in pixels."""

    width: int
    height: int
    font: float
    """Size in points."""
    family: str
    ground: str
    ink: str
    grid: str
    """Colour of the grid lines."""
    dash: str
    spines: str
    """Which sides of the axes have a line: `box`, `corner`, `base` or `none`."""
    colors: tuple[str, ...]
    thick: float
    """Share of its place that a bar fills; of lines, scaled, how wide they are."""
    bold: bool
    left: bool
    """Is the title at the left?"""
    edge: bool
    """Do bars have an outline?"""
    hatch: str
    legend: str
    """Where it stands: `right`, `top` or `inside`, in room kept free for it, or nowhere."""


def style(rng: random.Random, legend: bool = True) -> Style:
    """A look."""
    dark = rng.random() < 0.1
    family = rng.choice(_FAMILIES)
    return Style(
        width=rng.randint(400, 600),
        height=rng.randint(320, 440),
        font=rng.choice((9.5, 10, 10.5, 11, 12)) + (1.5 if family == "STIXGeneral" else 0),
        family=family,
        ground=rng.choice(("#20242c", "#1b2a33", "#2b2433")) if dark else rng.choice(_GROUNDS),
        ink="#f2f2f2" if dark else rng.choice(("#111111", "#222222", "#333333", "#1f2d3d")),
        grid="#5a6270" if dark else rng.choice(("#b4b4b4", "#a8a8a8", "#aeb6c2", "#a3b0a8")),
        dash=rng.choice(("-", "-", "--", ":")),
        spines=rng.choice(("box", "corner", "corner", "base", "none")),
        colors=_apart(rng, rng.choice(_DARK if dark else _LIGHT)),
        thick=round(rng.uniform(0.5, 0.85), 2),
        bold=rng.random() < 0.35,
        left=rng.random() < 0.25,
        edge=rng.random() < 0.3,
        hatch=rng.choice(("/", "//", "x")) if rng.random() < 0.06 else "",
        legend=rng.choice(("right", "top", "inside")) if legend else "",
    )


def _apart(rng: random.Random, palette: Sequence[str]) -> tuple[str, ...]:
    """The colours in an order in which the first ones are easy to tell apart."""
    levels = {color: [int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in palette}
    order = [rng.choice(palette)]
    while left := [color for color in palette if color not in order]:
        order.append(max(left, key=lambda color: min(math.dist(levels[color], levels[other]) for other in order)))
    return tuple(order)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The axis of the values."""

    low: float
    high: float
    """The last tick."""
    major: float
    """Distance of the numbers at the axis."""
    fine: float
    """Distance of the grid lines."""
    grid: bool = True
    numbers: bool = True


def scale(rng: random.Random, level: int, topic: Topic) -> tuple[Scale, list[float]]:
    """A scale on whose grid lines values can be read, and the values that it can show: level 1 numbers every line."""
    step = rng.choice(topic.steps)
    lines = rng.randint(*{1: (6, 9), 2: (9, 13), 3: (14, 20)}[level])
    leading = int(f"{step:e}"[0])
    parts = {1: 1, 2: 5 if leading == 2 else 2, 3: 4 if leading == 5 else 5}[level]
    high = math.ceil(lines / parts) * parts * step
    return Scale(low=0, high=high, major=step * parts, fine=step), [step * i for i in range(1, lines + 1)]


def written(rng: random.Random, level: int, topic: Topic) -> tuple[Scale, list[float]]:
    """The same where the values are written on the chart: any multiple of the topic's grain."""
    most = rng.randint(*{1: (9, 30), 2: (20, 90), 3: (60, 240)}[level])
    top = most * topic.grain
    major = next(m for e in range(-2, 4) for f in (1, 2, 5) if (m := f * 10.0**e) * 5.5 >= top)
    # The numbers at the axis and the grid are there for looks.
    numbers = rng.random() < 0.5
    high = math.ceil(top / major - 1e-9) * major
    bounds = Scale(low=0, high=high, major=major, fine=major, grid=False, numbers=numbers)
    return bounds, [round(topic.grain * i, 6) for i in range(max(1, most // 12), most + 1)]


def plural(word: str) -> str:
    """`months`, `cities`."""
    return {"child": "children", "class": "classes", "city": "cities", "person": "people"}.get(word, f"{word}s")


def number(value: float) -> str:
    """Without needless zeros."""
    return f"{round(value, 6):.6f}".rstrip("0").rstrip(".")


def label(name: str) -> str:
    """As it stands on the chart: with a capital."""
    return name[0].upper() + name[1:]


def width_of(words: str, style: Style) -> float:
    """About how many pixels wide a text is."""
    return text_size(words, style.font * DPI / 72)[0] * 1.06


def beside(style: Style, names: Sequence[str]) -> bool:
    """Do names fit beside each other under the chart?"""
    room = style.width - 90 - (130 if style.legend == "right" else 0)
    return max(width_of(label(name), style) for name in names) + 6 < room / len(names)


def seated(style: Style, names: Sequence[str]) -> Style:
    """The style with its legend at a place that is wide enough for the names of the series."""
    wide = sum(width_of(label(name), style) + 3.2 * style.font * DPI / 72 for name in names)
    return style if wide < style.width - 120 else replace(style, legend="right", width=max(style.width, 500))


def start(style: Style, title: str, above: bool = False) -> Plot:
    """An empty chart with its title; `above`, a legend comes between the two."""
    plot = Plot(style.width, style.height, style.ground, style.font, style.family)
    weight = "bold" if style.bold else "normal"
    size = style.font + 2
    while text_size(title, size * DPI / 72, style.bold)[0] > style.width - 110:
        size -= 0.5
    # With its height given, matplotlib need not look for one, which takes long.
    place = {"loc": "left" if style.left else "center", "y": 1.0, "pad": style.font * 2.2 + 6 if above else 9}
    plot.axes.set_title(title, color=style.ink, size=size, weight=weight, **place)
    shown = {"box": "left right top bottom", "corner": "left bottom", "base": "bottom", "none": ""}[
        style.spines
    ].split()
    for side, spine in plot.axes.spines.items():
        spine.set_visible(side in shown)
        spine.set_color(style.ink)
    plot.axes.tick_params(colors=style.ink, length=0 if style.spines == "none" else 3)
    plot.axes.set_axisbelow(True)
    return plot


def dress(
    plot: Plot, style: Style, topic: Topic, bounds: Scale, names: Sequence[str], upright: bool = True,
    room: float = 0, edge: float = 0.6,
) -> None:  # fmt: skip
    """Both axes: values with their grid, and the names of the items, which are 1 apart. `room` is a share kept free
    above the values, `edge` how far the axis goes on beside the first and the last item."""
    axes: Any = plot.axes
    steps = round((bounds.high - bounds.low) / bounds.major)
    ticks = [round(bounds.low + i * bounds.major, 6) for i in range(steps + 1)]
    lines = [bounds.low + i * bounds.fine for i in range(1, round((bounds.high - bounds.low) / bounds.fine) + 1)]
    end = bounds.high + (bounds.high - bounds.low) * max(room, 0.02)
    places, texts = range(len(names)), [label(name) for name in names]
    if bounds.grid:
        heavy = [y for y in lines if abs(y / bounds.major - round(y / bounds.major)) < 1e-6]
        light = [y for y in lines if y not in heavy]
        for at, wide in ((heavy, 1.1), (light, 0.6)):
            draw = axes.hlines if upright else axes.vlines
            side = axes.get_yaxis_transform() if upright else axes.get_xaxis_transform()
            draw(
                at,
                0,
                1,
                transform=side,
                color=style.grid,
                linewidth=wide,
                linestyle="-" if light else style.dash,
                zorder=0.4,
            )
    ink: dict[str, Any] = {"color": style.ink}
    if upright:
        axes.set_ylim(bounds.low, end)
        axes.set_yticks(ticks if bounds.numbers else [], [number(t) for t in ticks] if bounds.numbers else [])
        axes.set_ylabel(topic.axis, **ink)
        turned = 0 if beside(style, names) else 90
        axes.set_xticks(places, texts, rotation=turned)
        axes.set_xlim(-edge, len(names) - 1 + edge)
    else:
        axes.set_xlim(bounds.low, end)
        axes.set_xticks(ticks if bounds.numbers else [], [number(t) for t in ticks] if bounds.numbers else [])
        axes.set_xlabel(topic.axis, **ink)
        axes.set_yticks(places, texts)
        axes.set_ylim(len(names) - 1 + edge, -edge)


def bars(
    plot: Plot, style: Style, ends: Sequence[float], colors: str | Sequence[str], upright: bool, thick: float,
    shift: float = 0, starts: Sequence[float] = (), name: str = "", outline: str = "",
) -> None:  # fmt: skip
    """A bar for each item, as one thing: much faster than matplotlib's own bars. `shift` moves them beside the middle
    of the item's place; they start at 0 if not told otherwise."""
    from matplotlib.collections import PolyCollection

    corners = []
    for i, (low, high) in enumerate(zip(starts or [0.0] * len(ends), ends, strict=True)):
        near, far = i + shift - thick / 2, i + shift + thick / 2
        box = [(near, low), (far, low), (far, high), (near, high)]
        corners.append(box if upright else [(y, x) for x, y in box])
    edge = style.ink if style.edge or style.hatch else outline or "none"
    shown = PolyCollection(
        corners, facecolors=colors, edgecolors=edge, linewidths=0.8 if style.edge or outline else 0,
        hatch=style.hatch or None, label=label(name) if name else None,
    )  # fmt: skip
    plot.axes.add_collection(shown, autolim=False)


def legend(plot: Plot, style: Style, count: int) -> None:
    """The legend of `count` series, where nothing is covered."""
    places: dict[str, dict[str, Any]] = {
        "right": {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)},
        "top": {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": count},
        "inside": {"loc": "upper center", "ncols": count},
    }
    where = places[style.legend]
    plot.axes.legend(
        fontsize=style.font, frameon=style.legend == "inside" or style.edge, labelcolor=style.ink,
        facecolor=style.ground, edgecolor=style.grid if style.edge else "none", framealpha=1,
        columnspacing=1.2, handlelength=1.6, borderaxespad=0.4, **where,
    )  # fmt: skip


def write(plot: Plot, style: Style, words: str, at: tuple[float, float], side: str = "", color: str = "") -> None:
    """A small text at a place: above it (`up`), at its right (`right`), or over it."""
    dx, dy = {"up": (0, 3), "right": (4, 0), "": (0, 0)}[side]
    plot.axes.annotate(
        words, at, (dx, dy), textcoords="offset points", color=color or style.ink, fontsize=max(9, style.font - 1),
        ha="left" if side == "right" else "center", va="bottom" if side == "up" else "center_baseline",
    )  # fmt: skip


def on(color: str) -> str:
    """Black or white, whichever is easier to read on a colour."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return "#111111" if 0.3 * red + 0.59 * green + 0.11 * blue > 125 else "#ffffff"
