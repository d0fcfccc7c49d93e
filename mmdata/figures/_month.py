"""A month's calendar page: what it says and how it looks."""

from __future__ import annotations

import random
from dataclasses import dataclass

from mmdata.figures import Drawing
from mmdata.figures._canvas import Canvas
from mmdata.figures._instruments import GROUNDS, INKS
from mmdata.figures._words import COLORS, a, join

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = {
    "January": 31, "February": 28, "March": 31, "April": 30, "May": 31, "June": 30, "July": 31, "August": 31,
    "September": 30, "October": 31, "November": 30, "December": 31,
}  # fmt: skip
_WORDS = (
    "Fair", "Trip", "Test", "Game", "Play", "Party", "Race", "Dance", "Swim", "Zoo", "Film", "Choir", "Chess", "Visit",
    "Lunch", "Camp", "Sale", "Quiz", "Hike", "Walk", "Golf", "Yoga", "Bake", "Gym",
)  # fmt: skip
_RINGS = ("red", "blue", "green", "purple", "orange")
_ACCENTS = ("#1f4e79", "#8c2f39", "#2d6a4f", "#5b3a8c", "#9c4a1a", "#37474f", "#7a1f5c", "#00606b")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One marked day."""

    day: int
    word: str
    """Written on the day; empty for a ring."""
    color: str
    """Name of the ring's color; of a word the ink."""

    @property
    def name(self) -> str:
        """How questions call the day."""
        return f'the day marked "{self.word}"' if self.word else f"the day with the {self.color} ring"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One page and how it looks."""

    level: int
    month: str
    days: int
    first: int
    """Weekday of the 1st: 0 is Sunday; likewise `start`, the weekday of the left column."""
    start: int
    marks: tuple[Mark, ...]
    """By day."""
    cell: tuple[int, int]
    margin: int
    size: float
    """Of the dates' digits."""
    heads: int
    """How the weekdays are written: `Sun`, `SUN` or `Su`."""
    grid: int
    """0 no lines, 1 a grid, 2 lines between the weeks, 3 rounded cells."""
    banner: bool
    """Weekdays on a dark band."""
    weekend: bool
    """Saturdays and Sundays are tinted."""
    corner: bool
    """In cells, digits at the left, not in the middle."""
    ground: str
    ink: str
    accent: str

    @property
    def words(self) -> list[Mark]:
        """The days that bear a word."""
        return [mark for mark in self.marks if mark.word]

    @property
    def weeks(self) -> int:
        """How many rows of days the page has."""
        return -(-((self.first - self.start) % 7 + self.days) // 7)

    def weekday(self, day: int) -> str:
        """Weekday of a day of this month, or counted on from it."""
        return DAYS[(self.first + day - 1) % 7]

    def dates(self, weekday: str) -> list[int]:
        """All days of the month with that weekday."""
        return [day for day in range(1, self.days + 1) if self.weekday(day) == weekday]


def page(rng: random.Random, level: int) -> Scene:
    """A month with two to six marked days, some of them far apart."""
    month = rng.choice(list(MONTHS))
    days = MONTHS[month] + (month == "February" and rng.random() < 0.4)
    words = rng.randint(1, 2) if level == 1 else 4
    rings = rng.randint(1, 2) if level != 2 else 1
    while True:
        chosen = rng.sample(range(1, days + 1), words + rings)
        if level == 1 or max(chosen[:words]) - min(chosen[:words]) > 9:
            break
    texts, colors = rng.sample(_WORDS, words), rng.sample(_RINGS, rings)
    inks = [rng.choice(("red", "blue", "purple", "black")) for _ in texts]
    marks = [Mark(day=d, word=w, color=c) for d, w, c in zip(chosen, texts, inks, strict=False)]
    marks += [Mark(day=d, word="", color=c) for d, c in zip(chosen[words:], colors, strict=True)]
    return Scene(
        level=level,
        month=month,
        days=days,
        first=rng.randrange(7),
        start=rng.choice((0, 0, 1)),
        marks=tuple(sorted(marks, key=lambda mark: mark.day)),
        cell=(rng.randint(50, 72), rng.randint(46, 56)),
        margin=rng.randint(14, 26),
        size=rng.choice((13.5, 14, 14.5, 15)),
        heads=rng.randrange(3),
        grid=rng.randrange(4),
        banner=rng.random() < 0.5,
        weekend=rng.random() < 0.4,
        corner=rng.random() < 0.6,
        ground=rng.choice(GROUNDS),
        ink=rng.choice(INKS),
        accent=rng.choice(_ACCENTS),
    )


def told(scene: Scene) -> str:
    """The page in words."""
    s = scene
    marks = [f"{s.month} {m.day} " + (f"is marked “{m.word}”" if m.word else f"has {a(m.color)} ring") for m in s.marks]
    return (
        f"A calendar page for {s.month}, which has {s.days} days; its weeks run from {DAYS[s.start]} to "
        f"{DAYS[s.start - 1]}. {s.month} 1 is a {s.weekday(1)}. {join(marks)}."
    )


def seen(mark: Mark, scene: Scene) -> str:
    """The sentence that reads a mark's date."""
    return f"{mark.name[0].upper()}{mark.name[1:]} is {scene.month} {mark.day}."


def listed(days: list[int]) -> str:
    """Some days in words."""
    return join([str(day) for day in days])


def draw(scene: Scene) -> Drawing:
    """The page: the month's name, the weekdays, the days."""
    s, (wide, high), left = scene, scene.cell, scene.margin
    lead = (s.first - s.start) % 7
    rows, top = s.weeks, 76
    right, bottom = left + 7 * wide, top + rows * high
    canvas = Canvas(right + left, bottom + left, s.ground)
    canvas.text(((left + right) / 2, 28), s.month, 22, s.accent, bold=True)
    if s.banner:
        canvas.rectangle(left, 48, right, top - 4, fill=s.accent, radius=4)
    for column in range(7):
        weekday = (s.start + column) % 7
        words = (DAYS[weekday][:3], DAYS[weekday][:3].upper(), DAYS[weekday][:2])[s.heads]
        color = "white" if s.banner else s.accent
        canvas.text((left + (column + 0.5) * wide, 60), words, 12.5, color, bold=True)
        if s.weekend and weekday in (0, 6) and s.grid != 3:
            canvas.rectangle(left + column * wide, top, left + (column + 1) * wide, bottom, fill="#e3e3ea")
    pale = "#b9bcc4"
    for row in range(rows + 1) if s.grid in (1, 2) else ():
        canvas.line([(left, top + row * high), (right, top + row * high)], pale, 1)
    for column in range(8) if s.grid == 1 else ():
        canvas.line([(left + column * wide, top), (left + column * wide, bottom)], pale, 1)
    marked = {mark.day: mark for mark in s.marks}
    for day in range(1, s.days + 1):
        row, column = divmod(lead + day - 1, 7)
        x, y = left + column * wide, top + row * high
        if s.grid == 3:
            tint = "#e3e3ea" if s.weekend and (s.start + column) % 7 in (0, 6) else "#ffffff"
            canvas.rectangle(x + 2, y + 2, x + wide - 2, y + high - 2, fill=tint, outline=pale, width=1, radius=6)
        at = (x + (21 if s.corner and s.grid in (1, 3) else wide / 2), y + 17)
        mark = marked.get(day)
        if mark and not mark.word:
            canvas.circle(at, s.size * 0.96, outline=COLORS[mark.color], width=2.5)
        canvas.text(at, str(day), s.size, s.ink)
        if mark and mark.word:
            canvas.text((x + wide / 2, y + 37), mark.word, 11.5, COLORS[mark.color], bold=True)
    return canvas.done()
