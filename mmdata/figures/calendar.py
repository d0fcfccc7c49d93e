"""Calendar pages with marked days: weekdays, dates and spans of days."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import pairwise, permutations

from mmdata.figures import Drawing, Question, _month
from mmdata.figures._month import DAYS, MONTHS, Scene, listed, seen
from mmdata.figures._words import options

TITLE = "Calendar page"
DOMAIN = "measurement"
FORMS = {
    "date": (1,), "weekday": (1, 2), "is_on": (1,), "dates": (1,), "nth": (1, 2), "count": (1, 2), "gap": (2,),
    "later": (2,), "order": (2,), "next_word": (2,), "later_weekday": (3,), "next_month": (3,), "between": (3,),
    "repeat": (3,), "nth_gap": (3,),
}  # fmt: skip
_NAMES = ("Mia", "Ben", "Zoe", "Omar", "Lena", "Raj", "Eva", "Tom", "Aiko", "Nina")
_HABITS = ("waters the ferns", "goes running", "bakes bread", "cleans the aquarium", "swims", "calls a friend")
_NTH = ("first", "second", "third", "fourth", "fifth")


def scene(rng: random.Random, level: int) -> Scene:
    """A month with two to six marked days."""
    return _month.page(rng, level)


def caption(scene: Scene) -> str:
    """The month, where it begins, and what is marked."""
    return _month.told(scene)


def labels(scene: Scene) -> Mapping[str, str]:
    """The month, how it lies in the weeks, and how many days are marked."""
    return {
        "month": scene.month, "days": str(scene.days), "first day": scene.weekday(1), "weeks": str(scene.weeks),
        "marked days": str(len(scene.marks)),
    }  # fmt: skip


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    return _ASK[form](scene, rng)


def draw(scene: Scene) -> Drawing:
    """The page."""
    return _month.draw(scene)


def _number(text: str, answer: int, *steps: str) -> Question:
    return Question(text=text, answer=str(answer), kind="number", steps=steps)


def _date(scene: Scene, rng: random.Random) -> Question:
    mark = rng.choice(scene.marks)
    wording = rng.choice(("Which date in {} is {}?", "Give the date in {} of {}.", "What day of {} is {}?"))
    return _number(wording.format(scene.month, mark.name), mark.day, seen(mark, scene))


def _weekday(scene: Scene, rng: random.Random) -> Question:
    wording = rng.choice(("Which weekday is {}?", "What day of the week is {}?", "On which weekday does {} fall?"))
    if scene.level == 1:
        end = rng.randint(1, scene.days)
        name, steps = f"{scene.month} {end}", [f"{scene.month} {end} stands in the {scene.weekday(end)} column."]
    else:
        # A mark is looked up first; the day asked for is a few days from it.
        mark, apart = rng.choice(scene.marks), rng.choice((-2, -1, 1, 2, 3))
        end = mark.day + apart
        far = f"the day {abs(apart)} days" if abs(apart) > 1 else "the day"
        name = f"{far} {'after' if apart > 0 else 'before'} {mark.name}"
        steps = [seen(mark, scene), f"It stands in the {scene.weekday(mark.day)} column."]
        if 1 <= end <= scene.days:
            steps.append(f"{mark.day} {'+' if apart > 0 else '-'} {abs(apart)} = {end}.")
        steps.append(f"The day in question falls on {scene.weekday(end)}.")
    return Question(text=wording.format(name), answer=scene.weekday(end), kind="text", steps=tuple(steps))


def _is_on(scene: Scene, rng: random.Random) -> Question:
    mark = rng.choice(scene.marks)
    true = scene.weekday(mark.day)
    yes = rng.random() < 0.5
    said = true if yes else rng.choice([day for day in DAYS if day != true])
    text = rng.choice(("Is {} a {}?", "Does {} fall on a {}?")).format(mark.name, said)
    steps = (seen(mark, scene), f"It stands in the {true} column.")
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)


def _dates(scene: Scene, rng: random.Random) -> Question:
    weekday = rng.choice(DAYS)
    found = scene.dates(weekday)
    wording = rng.choice(("What are the dates of all {}s?", "List the dates of all {}s.", "On what dates are the {}s?"))
    steps = (f"The column of {weekday} shows {listed(found)}.",)
    return Question(text=wording.format(weekday), answer=", ".join(map(str, found)), kind="set", steps=steps)


def _nth(scene: Scene, rng: random.Random) -> Question:
    weekday = rng.choice(DAYS)
    found = scene.dates(weekday)
    place = rng.randrange(3) if scene.level == 1 else rng.choice((2, 3, len(found) - 1))
    word = "last" if place == len(found) - 1 else _NTH[place]
    wording = rng.choice(("What is the date of the {} {}?", "Which date is the {} {} of the month?"))
    steps = [f"The first {weekday} is {scene.month} {found[0]}."]
    if place:
        steps.append(f"{found[0]} + {place} × 7 = {found[place]}.")
    return _number(wording.format(word, weekday), found[place], *steps)


def _count(scene: Scene, rng: random.Random) -> Question:
    weekday, start, end = rng.choice(DAYS), 0, scene.days + 1
    if scene.level == 1 and rng.random() < 0.35:
        want = rng.choice((4, 5))
        weekday = rng.choice([day for day in DAYS if len(scene.dates(day)) == want] or DAYS)
        text = rng.choice(("How many {}s are there in this month?", "How many {}s does the month have?"))
    else:
        if scene.level == 1:
            spans = [(a, end) for a in range(1, scene.days)]
            text = rng.choice(("How many {}s come after {} {}?", "How many {}s are left in the month after {} {}?"))
        else:
            spans = [(a, b) for a in range(1, scene.days) for b in range(a + 4, scene.days + 1)]
            spans = [(a, b) for a, b in spans if weekday not in (scene.weekday(a), scene.weekday(b))]
            text = rng.choice(
                ("How many {}s are between {} {} and {} {}?", "How many {}s lie after {} {} and before {} {}?")
            )
        counts = {span: sum(span[0] < day < span[1] for day in scene.dates(weekday)) for span in spans}
        want = rng.choice(sorted({1, 2, 3, 2 + scene.level} & set(counts.values())))
        start, end = rng.choice([span for span in spans if counts[span] == want])
    found = [day for day in scene.dates(weekday) if start < day < end]
    step = f"Those {weekday}s are on {listed(found)}: {' + '.join('1' for _ in found)} = {len(found)}."
    step = step if len(found) > 1 else f"There is one such {weekday}, on {scene.month} {found[0]}."
    return _number(text.format(weekday, scene.month, start, scene.month, end), len(found), step)


def _gap(scene: Scene, rng: random.Random) -> Question:
    one, two = sorted(rng.sample(scene.marks, 2), key=lambda mark: mark.day)
    wording = rng.choice(("How many days after {0} is {1}?", "How many days before {1} is {0}?"))
    steps = (seen(one, scene), seen(two, scene), f"{two.day} - {one.day} = {two.day - one.day}.")
    return _number(wording.format(one.name, two.name), two.day - one.day, *steps)


def _later(scene: Scene, rng: random.Random) -> Question:
    places = [(m, n) for m in scene.marks for n in range(-20, 21) if abs(n) > 3 and 1 <= m.day + n <= scene.days]
    mark, n = rng.choice(places)
    wording = rng.choice(("Which date is {} days {} {}?", "What is the date {} days {} {}?"))
    text = wording.format(abs(n), "after" if n > 0 else "before", mark.name)
    step = f"{mark.day} {'+' if n > 0 else '-'} {abs(n)} = {mark.day + n}."
    return _number(text, mark.day + n, seen(mark, scene), step)


def _order(scene: Scene, rng: random.Random) -> Question:
    early = rng.random() < 0.5
    marks = scene.words if early else scene.words[::-1]
    wording = rng.choice(("List the words by their dates, {} first.", "Order the marked words by date, {} first."))
    steps = [seen(mark, scene) for mark in scene.words]
    steps += [f"{a.day} {'<' if early else '>'} {b.day}." for a, b in pairwise(marks)]
    answer, text = ", ".join(mark.word for mark in marks), wording.format("earliest" if early else "latest")
    return Question(text=text, answer=answer, kind="list", steps=tuple(steps))


def _next_word(scene: Scene, rng: random.Random) -> Question:
    befores = [1, *(mark.day for mark in scene.words)]
    mark, before = rng.choice([(m, b) for m, b in zip(scene.words, befores, strict=False) if b < m.day])
    day = rng.randint(before, mark.day - 1)
    shown, letter = options(mark.word, [m.word for m in scene.words], rng)
    wording = rng.choice(
        ("Which marked word comes next after {} {}?", "Which of these words is the first after {} {}?")
    )
    steps = [seen(m, scene) for m in scene.words]
    steps.append(f"The first of them after {scene.month} {day} is {mark.word}: {mark.day} > {day}.")
    text = wording.format(scene.month, day)
    return Question(text=text, answer=letter, kind="choice", steps=tuple(steps), choices=shown)


def _later_weekday(scene: Scene, rng: random.Random) -> Question:
    mark, top = rng.choice(scene.marks), rng.choice((60, 120, 200))
    n = rng.choice([n for n in range(23, top) if n % 7])
    begin, end = scene.weekday(mark.day), scene.weekday(mark.day + n)
    wording = rng.choice(("Which weekday is {} days after {}?", "What day of the week will it be {} days after {}?"))
    steps = (
        seen(mark, scene), f"It stands in the {begin} column.", f"{n} = {n // 7} × 7 + {n % 7}.",
        f"Whole weeks change nothing; counting {n % 7} on from {begin} gives {end}.",
    )  # fmt: skip
    return Question(text=wording.format(n, mark.name), answer=end, kind="text", steps=steps)


def _next_month(scene: Scene, rng: random.Random) -> Question:
    months = list(MONTHS)
    after, day = months[(months.index(scene.month) + 1) % 12], rng.randint(9, 28)
    wording = rng.choice(("Which weekday is {} {}, in the next month?", "On which weekday does the next {} {} fall?"))
    last, one, end = (scene.weekday(scene.days + n) for n in (0, 1, day))
    steps = (
        f"The last day, {scene.month} {scene.days}, stands in the {last} column.", f"So {after} 1 falls on {one}.",
        f"{after} {day} is {day} - 1 = {day - 1} days later.",
        f"{day - 1} = {(day - 1) // 7} × 7 + {(day - 1) % 7}.", f"Counting on from {one} gives {end}.",
    )  # fmt: skip
    return Question(text=wording.format(after, day), answer=end, kind="text", steps=steps)


def _between(scene: Scene, rng: random.Random) -> Question:
    one, two = rng.choice([(a, b) for a in scene.marks for b in scene.marks if b.day - a.day > 5])
    free = [day for day in range(one.day + 1, two.day) if scene.weekday(day) in ("Saturday", "Sunday")]
    total = two.day - one.day - 1
    wording = rng.choice(("lie between {} and {}, not counting these two", "come after {} and before {}"))
    text = f"How many days from Monday to Friday {wording.format(one.name, two.name)}?"
    steps = (
        seen(one, scene), seen(two, scene), f"Between them lie {two.day} - {one.day} - 1 = {total} days.",
        f"On a Saturday or Sunday are {listed(free) or 'none'}.", f"{total} - {len(free)} = {total - len(free)}.",
    )  # fmt: skip
    return _number(text, total - len(free), *steps)


def _repeat(scene: Scene, rng: random.Random) -> Question:
    early = [(mark.day, mark.name) for mark in scene.marks if mark.day < 15]
    start, name = rng.choice(early or [(day, f"{scene.month} {day}") for day in range(1, 10)])
    every, steps = rng.randint(2, 6), [f"The first time is {scene.month} {start}."]
    text = f"{rng.choice(_NAMES)} {rng.choice(_HABITS)} every {every} days, for the first time on {name}. "
    rest = scene.days - start
    more = rest // every
    if rng.random() < 0.5:
        place = rng.randint(1, min(4, more))
        text += f"On which date in {scene.month} is the {_NTH[place]} time?"
        steps += [f"The {_NTH[place]} time comes {place} × {every} = {place * every} days later."]
        return _number(text, start + place * every, *steps, f"{start} + {place * every} = {start + place * every}.")
    text += f"How many times is that in {scene.month}, the first time included?"
    steps += [f"Then {scene.days} - {start} = {rest} days are left.", f"{rest} = {more} × {every} + {rest % every}."]
    return _number(text, more + 1, *steps, f"With the first time that is {more} + 1 = {more + 1} times.")


def _nth_gap(scene: Scene, rng: random.Random) -> Question:
    one, two = rng.choice(list(permutations(DAYS, 2)))
    low, high = rng.choice(((0, 1), (0, 2), (0, 3), (1, 2), (1, 3)))
    start, end = scene.dates(one)[low], scene.dates(two)[high]
    wording = rng.choice(
        ("How many days after the {} {} is the {} {}?", "The {2} {3} is how many days after the {0} {1}?")
    )
    steps = (
        f"The {_NTH[low]} {one} is {scene.month} {start}.", f"The {_NTH[high]} {two} is {scene.month} {end}.",
        f"{end} - {start} = {end - start}.",
    )  # fmt: skip
    return _number(wording.format(_NTH[low], one, _NTH[high], two), end - start, *steps)


_ASK = {
    "date": _date, "weekday": _weekday, "is_on": _is_on, "dates": _dates, "nth": _nth, "count": _count, "gap": _gap,
    "later": _later, "order": _order, "next_word": _next_word, "later_weekday": _later_weekday,
    "next_month": _next_month, "between": _between, "repeat": _repeat, "nth_gap": _nth_gap,
}  # fmt: skip
