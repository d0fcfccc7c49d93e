"""Analog clocks to read, and time that passes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from mmdata.figures import Drawing, Question
from mmdata.figures._canvas import Canvas
from mmdata.figures._dial import Style, draw_dial, style
from mmdata.figures._words import options, plural

TITLE = "Clock"
DOMAIN = "measurement"
FORMS = {
    "read": (1, 2, 3), "pick": (1, 2, 3), "hour": (1,), "shows": (1, 2), "later": (1, 2, 3), "earlier": (2, 3),
    "left": (2, 3), "angle": (2, 3), "span": (3,), "longer": (3,),
}  # fmt: skip
_GROUNDS = ("#ffffff", "#f4f1e8", "#e6eef5", "#efe8f3", "#e9f2e6", "#dfe3e8", "#f7e9dc")


@dataclass(frozen=True, kw_only=True)
class Dial:
    """One clock; its place in pixels."""

    name: str
    """What is written under it, or empty."""
    hour: int
    """1 to 12."""
    minute: int
    x: int
    y: int

    @property
    def time(self) -> str:
        """As one writes it."""
        return f"{self.hour}:{self.minute:02d}"

    @property
    def total(self) -> int:
        """Minutes since 12:00."""
        return self.hour % 12 * 60 + self.minute


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One clock or two, alike in style."""

    level: int
    width: int
    height: int
    ground: str
    radius: int
    style: Style
    dials: tuple[Dial, ...]


def scene(rng: random.Random, level: int) -> Scene:
    """Clocks whose hands move in half hours (level 1), five minutes (2) or single minutes (3: two clocks)."""
    if level < 3:
        width = height = 256 if level == 1 else rng.randrange(240, 341, 4)
        radius = rng.randint(round(0.39 * width), round(0.46 * width))
        slack = width // 2 - radius - 5
        minute = rng.choice((0, 0, 30)) if level == 1 else 5 * rng.randint(1, 11)
        x, y = (width // 2 + rng.randint(-slack, slack) for _ in range(2))
        dials = [Dial(name="", hour=rng.randint(1, 12), minute=minute, x=x, y=y)]
    else:
        radius, gap = rng.randint(98, 124), rng.randint(12, 26)
        width, height = 4 * radius + 3 * gap, 2 * radius + gap + 34
        first = rng.randrange(720)
        both = [first, (first + rng.randint(16, 229)) % 720]
        rng.shuffle(both)
        dials = []
        for i, total in enumerate(both):
            hour, minute = total // 60 or 12, total % 60 or 1
            x = gap + radius + i * (2 * radius + gap)
            dials.append(Dial(name="AB"[i], hour=hour, minute=minute, x=x, y=gap + radius))
    return Scene(
        level=level, width=width, height=height, ground=rng.choice(_GROUNDS), radius=radius,
        style=style(rng, bold=level == 1), dials=tuple(dials),
    )  # fmt: skip


def caption(scene: Scene) -> str:
    """The time on each clock."""
    if len(scene.dials) == 1:
        return f"The picture shows an analog clock. The time on it is {scene.dials[0].time}."
    one, two = scene.dials
    return f"The picture shows two analog clocks. Clock A shows {one.time}, clock B shows {two.time}."


def labels(scene: Scene) -> Mapping[str, str]:
    """Hour and minute of the clock, or the hours of two clocks."""
    hours = {f"hour {dial.name}".strip(): str(dial.hour) for dial in scene.dials}
    return hours if scene.level == 3 else {**hours, "minute": str(scene.dials[0].minute)}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    if form in ("span", "longer"):
        return _passing(scene, form, rng)
    dial = rng.choice(scene.dials)
    if form in ("later", "earlier"):
        return _moved(scene, dial, rng, 1 if form == "later" else -1)
    steps, kind = _reading(dial), "number"
    wordings: tuple[str, ...]
    choices: tuple[str, ...] = ()
    if form == "read":
        wordings = ("What time does {} show?", "What is the time on {}?", "Read the time on {}.")
        answer, kind = dial.time, "time"
    elif form == "pick":
        wordings = ("Which of these times does {} show?", "Which time is shown on {}?")
        choices, answer = options(dial.time, _mistakes(dial, scene.level), rng)
        kind = "choice"
    elif form == "hour":
        wordings = ("Write the time on {} as hour:minutes. Which number is the hour?",)
        wordings += ("Which hour has begun at the time on {}? Give a number from 1 to 12.",)
        answer = str(dial.hour)
    elif form == "shows":
        answer, kind = rng.choice(("yes", "no")), "yesno"
        claimed = dial.time if answer == "yes" else rng.choice(_mistakes(dial, scene.level))
        wordings = tuple(f"{words} {claimed}?" for words in ("Does {} show", "Is the time on {}"))
        steps.append(f"That is {'' if answer == 'yes' else 'not '}{claimed}.")
    elif form == "left":
        wordings = ("How many minutes is it from the time on {} to the next full hour?",)
        wordings += ("How long after the time on {} is the next full hour, in minutes?",)
        left = 60 - dial.minute
        steps.append(f"An hour has 60 minutes: 60 - {dial.minute} = {left}.")
        answer, kind = plural(left, "minute"), "quantity"
    else:
        wordings = (
            "How many degrees is the smaller angle between the hands of {}?",
            "What is the smaller angle between the two hands of {}, in degrees?",
        )
        answer, turns = _angle(dial)
        steps += turns
    text = rng.choice(wordings).format(_name(dial))
    return Question(text=text, answer=answer, kind=kind, steps=tuple(steps), choices=choices)


def draw(scene: Scene) -> Drawing:
    """The clocks side by side."""
    canvas = Canvas(scene.width, scene.height, scene.ground)
    for dial in scene.dials:
        draw_dial(canvas, scene.style, (dial.x, dial.y), scene.radius, dial.hour, dial.minute)
        if dial.name:
            canvas.text((dial.x, dial.y + scene.radius + 18), f"Clock {dial.name}", 15, "#222222", bold=True)
    return canvas.done()


def _name(dial: Dial) -> str:
    return f"clock {dial.name}" if dial.name else "the clock"


def _reading(dial: Dial) -> list[str]:
    """How the time is read."""
    hour, minute = dial.hour, dial.minute
    past, small = divmod(minute, 5)
    if minute == 0:
        seen = f"The hour hand points to the {hour} and the minute hand straight up."
    elif minute == 30:
        seen = f"The hour hand stands halfway from {hour} to {hour % 12 + 1} and the minute hand points straight down."
    else:
        place = f"{plural(small, 'tick')} past the {past or 12}" if small else f"to the {past}"
        count = f"{past} × 5 + {small} = {minute}" if small and past else f"{past} × 5 = {minute}" if past else minute
        seen = f"The hour hand stands between {hour} and {hour % 12 + 1}; the minute hand points {place}: {count}."
    return [seen, f"So {_name(dial)} shows {dial.time}."]


def _angle(dial: Dial) -> tuple[str, list[str]]:
    """The smaller angle between the hands in degrees, and how it is found."""
    short, long = 30 * (dial.hour % 12) + dial.minute / 2, 6 * dial.minute
    large, small = max(short, long), min(short, long)
    steps = [
        f"The hour hand has turned by 30 × {dial.hour % 12} + 0.5 × {dial.minute} = {short:g} degrees from 12.",
        f"The minute hand has turned by 6 × {dial.minute} = {long} degrees.",
        f"{large:g} - {small:g} = {large - small:g}.",
    ]
    if large - small > 180:
        steps.append(f"The smaller angle is 360 - {large - small:g} = {360 - large + small:g} degrees.")
    return f"{min(large - small, 360 - large + small):g}", steps


def _clock_time(total: int) -> str:
    return f"{total // 60 % 12 or 12}:{total % 60:02d}"


def _mistakes(dial: Dial, level: int) -> list[str]:
    """Times that a hasty reader may take it for."""
    shifts = (60, -60, 120, -120, 360, 30) if level == 1 else (60, -60, 60 - 2 * dial.minute, 5, -5)
    wrong = [dial.total + shift for shift in shifts]
    if level > 1:
        # The hands mistaken for each other.
        wrong.append(dial.minute // 5 * 60 + dial.hour % 12 * 5)
    return [time for time in dict.fromkeys(map(_clock_time, wrong)) if time != dial.time]


def _moved(scene: Scene, dial: Dial, rng: random.Random, sign: int) -> Question:
    """What time it will be, or was."""
    steps = _reading(dial)
    if scene.level == 1:
        hours = rng.randint(2, 9)
        by, amount, after = 60 * hours, f"{hours} hours", dial.hour + hours
        steps.append(
            f"{dial.hour} + {hours} = {after}" + (f", and {after} - 12 = {after - 12}." if after > 12 else ".")
        )
    else:
        by = 5 * rng.randint(3, 22) if scene.level == 2 else rng.randint(21, 175)
        amount = f"{by} minutes"
        total = dial.total + (720 if dial.total + sign * by < 0 else 0)
        moved = total + sign * by
        steps.append(f"In minutes since 12 o'clock that is {total // 60} × 60 + {dial.minute} = {total}.")
        steps.append(
            f"{total} {'+' if sign > 0 else '-'} {by} = {moved}, and {moved} = {moved // 60} × 60 + {moved % 60}."
        )
    end = _clock_time((dial.total + sign * by) % 720)
    steps.append(f"So the time is {end}.")
    wordings = ("What time is it {} after the time on {}?", "What is the time {} later than on {}?")
    if sign < 0:
        wordings = ("What time was it {} before the time on {}?", "What is the time {} earlier than on {}?")
    text = rng.choice(wordings).format(amount, _name(dial))
    return Question(text=text, answer=end, kind="time", steps=tuple(steps))


def _passing(scene: Scene, form: str, rng: random.Random) -> Question:
    """How long it is from one clock's time to the other's."""
    start, end = scene.dials
    if (end.total - start.total) % 720 > 360:
        start, end = end, start
    span = (end.total - start.total) % 720
    hours = (end.total // 60 - start.total // 60) % 12
    steps = [*_reading(start), *_reading(end)]
    if hours:
        rest, whole = 60 - start.minute, 60 * (hours - 1)
        steps.append(f"To the next full hour it is {plural(rest, 'minute')}; full hours: {hours - 1} × 60 = {whole}.")
        steps.append(f"{rest} + {whole} + {end.minute} = {span} minutes.")
    else:
        steps.append(f"Both are in the same hour: {end.minute} - {start.minute} = {span} minutes.")
    what, ends = rng.choice((("film", "ends"), ("lesson", "is over"), ("trip", "ends"), ("game", "finishes")))
    text = f"A {what} starts at the time on {_name(start)} and {ends}, "
    text += f"less than 12 hours later, at that on {_name(end)}. "
    if form == "span":
        text += rng.choice((f"How many minutes does the {what} last?", f"How long is the {what}, in minutes?"))
        return Question(text=text, answer=plural(span, "minute"), kind="quantity", steps=tuple(steps))
    answer = rng.choice(("yes", "no"))
    bound = span + (-1 if answer == "yes" else 1) * rng.randint(3, 14)
    steps.append(f"{span} {'>' if answer == 'yes' else '<'} {bound}.")
    text += rng.choice((f"Does the {what} last longer than {bound} minutes?", f"Is it longer than {bound} minutes?"))
    return Question(text=text, answer=answer, kind="yesno", steps=tuple(steps))
