"""Analog clocks to read, and time that passes."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from mmdata.figures import Drawing, Question
from mmdata.figures._canvas import Canvas, Point
from mmdata.figures._words import options, plural

TITLE = "Clock"
DOMAIN = "measurement"
FORMS = {
    "read": (1, 2, 3),
    "pick": (1, 2, 3),
    "hour": (1,),
    "shows": (1, 2),
    "later": (1, 2, 3),
    "earlier": (2, 3),
    "left": (2, 3),
    "angle": (2, 3),
    "span": (3,),
    "longer": (3,),
}
_GROUNDS = ("#ffffff", "#f4f1e8", "#e6eef5", "#efe8f3", "#e9f2e6", "#dfe3e8", "#f7e9dc")
_LIGHT = ("#ffffff", "#fffdf3", "#f6f9fc", "#fff6ea", "#f2f7ef")
_DARK = ("#22303c", "#2b2a3a", "#1f3a34")
_INKS = ("#111111", "#1b2a49", "#4a2511", "#24402a", "#3a1f4d")
_HANDS = (
    ("#111111", "#d62728"), ("#111111", "#1f5fd0"), ("#1b2a49", "#c2410c"), ("#7a1f1f", "#1b2a49"),
    ("#1f5fd0", "#d62728"), ("#24402a", "#8e3fbf"), ("#d62728", "#111111"), ("#111111", "#2a8a2a"),
)  # fmt: skip
"""Colours of the hour hand and of the minute hand on a light face."""
_HANDS_ON_DARK = (("#ffffff", "#ffcc33"), ("#ffb454", "#ffffff"), ("#8fd3ff", "#ffe08a"))
_ROMAN = ("XII", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI")


@dataclass(frozen=True, kw_only=True)
class Dial:
    """One clock; its place in pixels."""

    name: str
    """Empty, or what is written under it."""
    hour: int
    """1 to 12."""
    minute: int
    x: int
    y: int
    radius: int

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
    face: str
    ink: str
    """Of rim, numbers and ticks."""
    hands: tuple[str, str]
    numbers: str
    """`all`, `quarters`, `roman` or `none`."""
    outside: bool
    """Do the numbers stand outside the ring of ticks?"""
    rim: int
    thick: float
    """Of the minute hand; the hour hand is twice as thick."""
    tapered: bool
    square: bool
    dials: tuple[Dial, ...]


def scene(rng: random.Random, level: int) -> Scene:
    """Clocks whose hands move in half hours (level 1), five minutes (2) or single minutes (3: two clocks)."""
    side = 256 if level == 1 else rng.randrange(240, 341, 4)
    radius = rng.randint(94, 112) if level < 3 else rng.randint(98, 126)
    gap = rng.randint(12, 26)
    dials = []
    if level < 3:
        slack = side // 2 - radius - 8
        minute = rng.choice((0, 0, 30)) if level == 1 else 5 * rng.randint(1, 11)
        x, y = (side // 2 + rng.randint(-slack, slack) for _ in range(2))
        dials.append(Dial(name="", hour=rng.randint(1, 12), minute=minute, x=x, y=y, radius=radius))
        size = (side, side)
    else:
        first = rng.randrange(720)
        both = [first, (first + rng.randint(16, 229)) % 720]
        # A full hour needs no counting of minutes.
        both = [total + (total % 60 == 0) for total in both]
        rng.shuffle(both)
        for i, total in enumerate(both):
            x = gap + radius + i * (2 * radius + gap)
            hour, minute = total // 60 or 12, total % 60
            dials.append(Dial(name="AB"[i], hour=hour, minute=minute, x=x, y=gap + radius, radius=radius))
        size = (4 * radius + 3 * gap, 2 * radius + gap + 34)
    dark = rng.random() < 0.2
    return Scene(
        level=level,
        width=size[0],
        height=size[1],
        ground=rng.choice(_GROUNDS),
        face=rng.choice(_DARK if dark else _LIGHT),
        ink="#f2f2f2" if dark else rng.choice(_INKS),
        hands=rng.choice(_HANDS_ON_DARK if dark else _HANDS),
        numbers=rng.choice(("all", "all", "quarters", "roman", "none")),
        outside=level == 3 or rng.random() < 0.5,
        rim=rng.randint(2, 7),
        thick=rng.choice((5.5, 6, 6.5, 7)) if level == 1 else rng.choice((3, 3.5, 4)) + (0.5 if level == 2 else 0),
        tapered=rng.random() < 0.4,
        square=rng.random() < 0.25,
        dials=tuple(dials),
    )


def caption(scene: Scene) -> str:
    """The time on each clock."""
    if len(scene.dials) == 1:
        return f"The picture shows an analog clock. The time on it is {scene.dials[0].time}."
    one, two = scene.dials
    return f"The picture shows two analog clocks. Clock A shows {one.time}, clock B shows {two.time}."


def labels(scene: Scene) -> Mapping[str, str]:
    """Hour and minute of the first clock; from level 3 on the hours alone."""
    if len(scene.dials) == 1:
        return {"hour": str(scene.dials[0].hour), "minute": str(scene.dials[0].minute)}
    return {f"hour {dial.name}": str(dial.hour) for dial in scene.dials}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    dial = rng.choice(scene.dials)
    if form in ("span", "longer"):
        return _passing(scene, form, rng)
    if form in ("later", "earlier"):
        return _moved(scene, dial, rng, 1 if form == "later" else -1)
    hour, minute, steps = dial.hour, dial.minute, _reading(dial)
    clock = f"clock {dial.name}" if dial.name else "the clock"
    choices: tuple[str, ...] = ()
    if form == "read":
        wordings = ("What time does {} show?", "What is the time on {}?", "Read the time on {}.")
        answer, kind = dial.time, "time"
    elif form == "pick":
        wordings = ("Which of these times does {} show?", "Which time is shown on {}?")
        choices, answer = options(dial.time, _mistakes(dial, scene.level), rng)
        kind = "choice"
    elif form == "hour":
        wordings = (
            "Which hour has begun at the time on {}? Give a number from 1 to 12.",
            "The time on {} is written as hour:minutes. Which number is the hour?",
        )
        answer, kind = str(hour), "number"
    elif form == "shows":
        yes = rng.random() < 0.5
        claimed = dial.time if yes else rng.choice(_mistakes(dial, scene.level))
        wordings = tuple(f"{w} {claimed}?" for w in ("Does {} show", "Is the time on {}", "Is it true that {} shows"))
        answer, kind = "yes" if yes else "no", "yesno"
        steps.append(f"That is {'' if yes else 'not '}{claimed}.")
    elif form == "left":
        wordings = (
            "How many minutes are left from the time on {} until the next full hour?",
            "How long does the minute hand of {} still need to reach the next full hour, in minutes?",
        )
        answer, kind = plural(60 - minute, "minute"), "quantity"
        steps.append(f"An hour has 60 minutes: 60 - {minute} = {60 - minute}.")
    else:
        wordings = (
            "How many degrees is the smaller angle between the two hands of {}?",
            "What is the smaller angle between the hour hand and the minute hand of {}, in degrees?",
        )
        short, long = 30 * (hour % 12) + minute / 2, 6 * minute
        wide = abs(short - long)
        large, small = max(short, long), min(short, long)
        steps.append(
            f"From 12 the hour hand has turned by 30 × {hour % 12} + 0.5 × {minute} = {short:g} degrees, "
            f"the minute hand by 6 × {minute} = {long:g} degrees."
        )
        steps.append(f"{large:g} - {small:g} = {wide:g}.")
        if wide > 180:
            steps.append(f"The smaller angle is 360 - {wide:g} = {360 - wide:g} degrees.")
        answer, kind = f"{min(wide, 360 - wide):g}", "number"
    text = rng.choice(wordings).format(clock)
    return Question(text=text, answer=answer, kind=kind, steps=tuple(steps), choices=choices)


def draw(scene: Scene) -> Drawing:
    """The clocks, hour hands below minute hands."""
    canvas = Canvas(scene.width, scene.height, scene.ground)
    for dial in scene.dials:
        _face(canvas, scene, dial)
        ring = _ring(scene) * dial.radius
        reach = ring - 0.09 * dial.radius if scene.outside or scene.numbers == "none" else 0.64 * dial.radius
        for turn, length, width, color in (
            (dial.total / 2, 0.6 * reach, 2 * scene.thick, scene.hands[0]),
            (6 * dial.minute, reach, scene.thick, scene.hands[1]),
        ):
            if scene.tapered:
                # A leaf: broadest a third of the way out.
                points = [_at(dial, turn, length), _at(dial, turn + 90, 0.7 * width, (turn, 0.3 * length))]
                points += [_at(dial, turn, -0.14 * length), _at(dial, turn - 90, 0.7 * width, (turn, 0.3 * length))]
                canvas.polygon(points, fill=color)
            else:
                canvas.line([_at(dial, turn, -0.12 * length), _at(dial, turn, length)], color, width)
        canvas.circle((dial.x, dial.y), 1.3 * scene.thick, fill=scene.hands[1])
        if dial.name:
            canvas.text((dial.x, dial.y + dial.radius + 18), f"Clock {dial.name}", 15, "#222222", bold=True)
    return canvas.done()


def _ring(scene: Scene) -> float:
    """How far out the ticks end, as a share of the radius."""
    return 0.74 if scene.outside and scene.numbers != "none" else 0.94


def _at(dial: Dial, turn: float, far: float, start: tuple[float, float] = (0, 0)) -> Point:
    """The point that far from the middle, or from the point named by `start`, clockwise from 12."""
    x, y = (dial.x, dial.y) if start == (0, 0) else _at(dial, *start)
    return x + far * math.sin(math.radians(turn)), y - far * math.cos(math.radians(turn))


def _face(canvas: Canvas, scene: Scene, dial: Dial) -> None:
    """Rim, ticks and numbers."""
    x, y, radius = dial.x, dial.y, dial.radius
    if scene.square:
        canvas.rectangle(x - radius, y - radius, x + radius, y + radius, scene.face, scene.ink, scene.rim, 16)
    else:
        canvas.circle((x, y), radius, scene.face, scene.ink, scene.rim)
    ring = _ring(scene) * radius - (scene.rim if _ring(scene) > 0.9 else 0)
    for i in range(60 if scene.level > 1 else 12):
        hour = scene.level == 1 or i % 5 == 0
        turn = i * (30 if scene.level == 1 else 6)
        inner = ring - (0.08 if hour else 0.04) * radius
        canvas.line([_at(dial, turn, inner), _at(dial, turn, ring)], scene.ink, 2.5 if hour else 1)
    size = radius * (0.15 if scene.numbers == "roman" else 0.19 if scene.outside else 0.17)
    far = (0.855 if scene.outside else 0.75) * radius
    for i in range(12):
        if scene.numbers == "none" or (scene.numbers == "quarters" and i % 3):
            continue
        words = _ROMAN[i] if scene.numbers == "roman" else str(i or 12)
        canvas.text(_at(dial, 30 * i, far), words, size, scene.ink, bold=scene.level == 1)


def _reading(dial: Dial) -> list[str]:
    """How the time is read."""
    hour, minute = dial.hour, dial.minute
    name = f"clock {dial.name}" if dial.name else "the clock"
    if minute == 0:
        seen = f"The minute hand points straight up and the hour hand to the {hour}."
    elif minute == 30:
        seen = f"The minute hand points straight down and the hour hand stands halfway from {hour} to {hour % 12 + 1}."
    else:
        small = minute % 5
        past = minute // 5
        if not small:
            long = f"to the {past}: {past} × 5 = {minute}"
        elif past:
            long = f"{plural(small, 'step')} past the {past}: {past} × 5 + {small} = {minute}"
        else:
            long = f"{plural(small, 'step')} past the 12: minute {minute}"
        seen = f"The hour hand stands between {hour} and {hour % 12 + 1}; the minute hand points {long}."
    return [seen, f"So {name} shows {dial.time}."]


def _clock_time(total: int) -> str:
    return f"{total // 60 % 12 or 12}:{total % 60:02d}"


def _mistakes(dial: Dial, level: int) -> list[str]:
    """Times that a hasty reader may take it for."""
    total, minute = dial.total, dial.minute
    swapped = (minute // 5 % 12) * 60 + dial.hour % 12 * 5
    if level == 1:
        wrong = [total + 60, total - 60, total + 360, total + (30 if minute == 0 else -30), 60 * (6 if minute else 12)]
    else:
        wrong = [total + 60, total - 60, total - minute + 60 - minute, swapped, total + 5, total - 5]
    found = dict.fromkeys(_clock_time(one % 720) for one in wrong)
    return [time for time in found if time != dial.time]


def _moved(scene: Scene, dial: Dial, rng: random.Random, sign: int) -> Question:
    """What time it will be, or was."""
    clock = f"clock {dial.name}" if dial.name else "the clock"
    if scene.level == 1:
        hours = rng.randint(2, 9)
        by, amount = 60 * hours, f"{hours} hours"
    else:
        by = 5 * rng.randint(3, 22) if scene.level == 2 else rng.randint(21, 175)
        amount = f"{by} minutes"
    end = _clock_time((dial.total + sign * by) % 720)
    steps = _reading(dial)
    if scene.level == 1:
        after = dial.hour + hours
        steps.append(
            f"{dial.hour} + {hours} = {after}" + (f", and {after} - 12 = {after - 12}." if after > 12 else ".")
        )
    else:
        total = dial.total + (720 if dial.total + sign * by < 0 else 0)
        moved = total + sign * by
        shown = total // 60
        steps.append(f"In minutes since 12 o'clock that is {shown} × 60 + {dial.minute} = {total}.")
        steps.append(
            f"{total} {'+' if sign > 0 else '-'} {by} = {moved}, and {moved} = {moved // 60} × 60 + {moved % 60}."
        )
    steps.append(f"So the time is {end}.")
    wordings = {
        1: ("What time is it {amount} after the time on {clock}?", "What time will {clock} show {amount} later?"),
        -1: ("What time was it {amount} before the time on {clock}?", "What time did {clock} show {amount} earlier?"),
    }[sign]
    text = rng.choice(wordings).format(amount=amount, clock=clock)
    return Question(text=text, answer=end, kind="time", steps=tuple(steps))


def _passing(scene: Scene, form: str, rng: random.Random) -> Question:
    """How long it is from one clock's time to the other's."""
    start, end = scene.dials
    if (end.total - start.total) % 720 > 360:
        start, end = end, start
    span = (end.total - start.total) % 720
    what, begins, ends = rng.choice(
        (("film", "begins", "ends"), ("train ride", "starts", "finishes"), ("lesson", "begins", "is over"))
    )
    text = (
        f"A {what} {begins} at the time on clock {start.name} and {ends} at the time on clock {end.name}, "
        "less than 12 hours later. "
    )
    steps = [*_reading(start), *_reading(end)]
    hours = (end.total // 60 - start.total // 60) % 12
    if hours == 0:
        steps.append(f"Both are in the same hour: {end.minute} - {start.minute} = {span} minutes.")
    else:
        rest = 60 - start.minute
        steps.append(
            f"{plural(rest, 'minute')} to the next full hour, {hours - 1} × 60 = {60 * hours - 60} minutes of full hours, "
            f"{plural(end.minute, 'minute')} more: {rest} + {60 * hours - 60} + {end.minute} = {span}."
        )
    if form == "span":
        text += rng.choice((f"How many minutes does the {what} last?", f"How long is the {what}, in minutes?"))
        return Question(text=text, answer=plural(span, "minute"), kind="quantity", steps=tuple(steps))
    yes = rng.random() < 0.5
    bound = span + (-1 if yes else 1) * rng.randint(3, 14)
    steps.append(f"{span} {'>' if yes else '<'} {bound}.")
    text += rng.choice(
        (f"Does the {what} last longer than {bound} minutes?", f"Is the {what} longer than {bound} minutes?")
    )
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=tuple(steps))
