"""Times of the day in figures and in English words: `3:05 PM`, `15:05`, "half past three", "noon"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mmverifiers.number import parse_number

LONGEST = 120
"""Characters. Nothing longer is a time."""

_DAY = 24 * 3600
_LEAD = re.compile(
    r"(?:(?:it|it's|the\s(?:current\s|correct\s)?(?:time|clock|watch|answer)(?:\s(?:shown|now|on the clock))?)\s*"
    r"(?:is|was|shows|reads|says|:)?\s+(?:that\s)?)?(?:at\s+)?(?:(?:exactly|about|approximately|around)\s+)?",
    re.IGNORECASE,
)
_HAPPENS = re.compile(r"(?:it|he|she|they|the\s[^\d,;]{1,60}?)\s+(?=at\s)", re.IGNORECASE)
_REFUSED = re.compile(r"\b(?:not|no|never|before|after|until|since|between|either|or|than)\b|n't", re.IGNORECASE)
_HALF = r"(?P<half>a\.?\s?m\.?|p\.?\s?m\.?|(?:in the |this )?(?:early |late )?(?:morning|afternoon|evening)|at night)"
_ZONE = r"(?P<zone>UTC|GMT|[ECMP][SD]T|CEST|CET|BST|IST|JST|Z)"
_FIGURES = re.compile(
    rf"(?P<hour>\d{{1,2}})(?:\s?[:.h]\s?(?P<minute>\d{{2}})(?::(?P<second>\d{{2}}))?)?(?:\s*(?:hrs|hours))?"
    rf"(?P<clock>\s+o'?\s?clock)?(?:\s*{_HALF})?(?:\s*{_ZONE})?",
    re.IGNORECASE | re.ASCII,
)
_MILITARY = re.compile(r"(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)\s*(?:hours|hrs|h)", re.IGNORECASE | re.ASCII)
_WORDS = re.compile(rf"(?P<words>[a-z0-9 '-]{{2,60}}?)(?:\s+{_HALF})?(?:\s+{_ZONE})?", re.IGNORECASE | re.ASCII)
_RELATIVE = re.compile(
    r"(?:a )?(?P<amount>half|quarter|[a-z0-9-]+?)(?: minutes?)? (?P<side>past|after|to|before|till) (?P<hour>[a-z0-9]+)"
    r"(?: o'?clock)?"
)
_NAMED = {
    "noon": 12,
    "midday": 12,
    "12 noon": 12,
    "twelve noon": 12,
    "midnight": 0,
    "12 midnight": 0,
    "twelve midnight": 0,
}


@dataclass(frozen=True, slots=True)
class Time:
    """A time of the day."""

    seconds: int
    """Since midnight."""
    either: bool = False
    """Could it be twelve hours later too? True for `3:05`, False for `3:05 AM`, `15:05` and `03:05`."""
    padded: bool = False
    """Is it written as `03:05`? On a clock of twelve hours that may be the afternoon."""
    zone: str = ""
    """The time zone's abbreviation, in capitals."""


def parse_time(text: str) -> Time | None:
    """A time of the day, with words such as "at" and "It is" around it; None for anything else. A bare number is no
    time, nor is a duration."""
    text = " ".join(text.replace("’", "'").split()).strip(' *_"')
    if not text or len(text) > LONGEST:
        return None
    happens = _HAPPENS.match(text)
    text = text[happens.end() :] if happens and not _REFUSED.search(happens.group()) else text
    lead = _LEAD.match(text)
    text = text[lead.end() :] if lead else text
    if not re.search(r"[ap]\.\s?m\.$", text, re.IGNORECASE):
        text = text.rstrip(". ")
    if text.casefold() in _NAMED:
        return Time(_NAMED[text.casefold()] * 3600)
    if found := _MILITARY.fullmatch(text):
        return _time(found.group("hour"), found.group("minute"), "0", "", "")
    if found := _FIGURES.fullmatch(text):
        hour, half = found.group("hour"), found.group("half") or ""
        if not (found.group("minute") or half or found.group("clock")):
            return None  # a number, or a duration
        return _time(hour, found.group("minute") or "0", found.group("second") or "0", half, found.group("zone") or "")
    return _in_words(text.casefold())


def _in_words(text: str) -> Time | None:
    """`half past three`, `quarter to four in the afternoon`, `three thirty`, `three oh five`, `five o'clock`."""
    found = _WORDS.fullmatch(text)
    if not found:
        return None
    words, half, zone = found.group("words"), found.group("half") or "", found.group("zone") or ""
    if relative := _RELATIVE.fullmatch(words):
        amount = {"half": 30, "quarter": 15}.get(relative.group("amount")) or _small(relative.group("amount"), 59)
        named = _NAMED.get(relative.group("hour"))
        hour = _small(relative.group("hour"), 23) if named is None else named
        if not amount or hour is None:
            return None
        minutes = (hour * 60 + (amount if relative.group("side") in ("past", "after") else -amount)) % (24 * 60)
        if named is not None:
            return Time(minutes * 60, zone=zone.upper())
        hour = minutes // 60 if hour > 12 else (minutes // 60 - 1) % 12 + 1
        return _time(str(hour), str(minutes % 60), "0", half, zone)
    clock = re.fullmatch(r"([a-z]+) o'?clock", words)
    parts = words.replace("-", " ").split()
    hour = _small(clock.group(1) if clock else parts[0], 23)
    if hour is None or not (clock or half or len(parts) > 1):
        return None
    rest = [] if clock else parts[1:]
    minute = 0 if not rest else _small(" ".join(rest[1:] if rest[0] in ("oh", "o") else rest), 59)
    return None if minute is None else _time(str(hour), str(minute), "0", half, zone)


def _small(text: str, most: int) -> int | None:
    number = parse_number(text)
    if number is None or number.percent or number.value.denominator != 1 or not 0 <= number.value <= most:
        return None
    return int(number.value)


def _time(hour: str, minute: str, second: str, half: str, zone: str) -> Time | None:
    h, m, s = int(hour), int(minute), int(second)
    half = half.casefold().replace(".", "").replace(" ", "")
    if h > 24 or m > 59 or s > 59 or (h == 24 and (m or s or half)):
        return None
    zone = "UTC" if zone.upper() == "Z" else zone.upper()
    if not half:
        either = 1 <= h <= 12 and not hour.startswith("0")
        return Time((h * 3600 + m * 60 + s) % _DAY, either, 1 <= h <= 12 and not either, zone)
    if h > 12 or h == 0:
        late = half not in ("am", "inthemorning", "thismorning", "morning")
        return Time(h * 3600 + m * 60 + s, zone=zone) if h > 12 and late else None
    early = (
        (half.startswith("a") and half.endswith("m")) or "morning" in half or (half == "atnight" and (h == 12 or h < 5))
    )
    return Time((h % 12 + (0 if early else 12)) * 3600 + m * 60 + s, zone=zone)
