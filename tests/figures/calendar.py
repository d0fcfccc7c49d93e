"""What is asked about calendar pages, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

WEEK = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
NTH = ["first", "second", "third", "fourth", "fifth", "last"]
DAY = "|".join(WEEK)


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, by counting days from the first of the month."""
    month, length = re.findall(r"page for (\w+), which has (\d+) days", caption)[0]
    days = int(length)
    offset = WEEK.index(re.findall(rf" 1 is a ({DAY})\.", caption)[0])
    words = {word: int(day) for day, word in re.findall(r"(\d+) is marked “(\w+)”", caption)}
    rings = {color: int(day) for day, color in re.findall(r"(\d+) has an? (\w+) ring", caption)}

    def name(day: int) -> str:
        return WEEK[(offset + day - 1) % 7]

    def column(weekday: str) -> list[int]:
        return [day for day in range(1, days + 1) if name(day) == weekday]

    def nth(place: str, weekday: str) -> int:
        return column(weekday)[-1 if place == "last" else NTH.index(place)]

    text = re.sub(r'the day marked "(\w+)"', lambda m: f"@{words[m[1]]}", question)
    text = re.sub(r"the day with the (\w+) ring", lambda m: f"@{rings[m[1]]}", text)
    if found := re.search(r", in the next month|does the next \w+ (\d+) fall", text):
        day = found[1] or re.findall(r"\d+", text)[0]
        return name(days + int(day))
    text = re.sub(rf"\b{month} (\d+)", r"@\1", text)
    spots = [int(day) for day in re.findall(r"@(\d+)", text)]
    weekdays = re.findall(DAY, text)
    places = re.findall(rf"({'|'.join(NTH)}) ({DAY})", text)
    if choices:
        return "ABCD"[min(range(len(choices)), key=lambda i: (words[choices[i]] <= spots[0], words[choices[i]]))]
    if "first." in text:
        order = sorted(words, key=lambda word: words[word])
        return ", ".join(order[::-1] if "latest" in text else order)
    if " every " in text:
        every = int(re.findall(r"every (\d+) days", text)[0])
        times = list(range(spots[0], days + 1, every))
        which = re.findall(r"is the (\w+) time", text)
        return str(times[NTH.index(which[0])] if which else len(times))
    if len(places) == 2:
        return str(abs(nth(*places[1]) - nth(*places[0])))
    if places:
        return str(nth(*places[0]))
    if "Monday to Friday" in text:
        return str(sum(name(day) not in ("Saturday", "Sunday") for day in range(spots[0] + 1, spots[1])))
    if re.match(r"Is |Does ", text):
        return "yes" if name(spots[0]) == weekdays[0] else "no"
    if weekdays:
        low, high = [*spots, 0, 0][0], [*spots, days + 1, days + 1][1 if spots else 0]
        inside = [day for day in column(weekdays[0]) if low < day < high]
        return ", ".join(map(str, inside)) if "dates" in text else str(len(inside))
    if len(spots) == 2:
        return str(abs(spots[0] - spots[1]))
    shift = re.findall(r"(?:(\d+) days|the day) (after|before) @", text)
    moved = spots[0] + sum(int(n or 1) * (1 if side == "after" else -1) for n, side in shift)
    return name(moved) if re.search(r"weekday|day of the week", text) else str(moved)
