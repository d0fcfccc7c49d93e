"""Kinds `date` and `time`: days, months and years, and times of the day, in the usual writings. Durations are
quantities.

All parsing is strict: a text that is more than a date, or could be none, is not read as one.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from mmverifiers.clock import Time, parse_time
from mmverifiers.gold import Gold, Ruling

LONGEST = 200
"""Characters. Nothing longer is a date or a time."""

_MONTHS = {name.casefold(): at for at, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: at for name, at in _MONTHS.items()} | {"sept": 9}
_DAYS = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in calendar.day_name) + "|Tues|Thurs?|Wednes"
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{1,4})(?:\s*(?P<era>BCE?|CE|AD|B\.C\.(?:E\.)?|A\.D\.))?"
_FULL_YEAR = r"(?:(?P<before>AD|A\.D\.)\s*)?" + _YEAR
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"{_MONTH}\s+(?:the\s+)?{_DAY}(?:\s*,\s*|\s+|\s+of\s+){_YEAR}",  # March 4, 2020
        rf"{_DAY}(?:\s+|-|\s+of\s+){_MONTH}(?:\s*,?\s*|-){_YEAR}",  # 4 March 2020
        rf"{_YEAR}(?:\s*,?\s+|-){_MONTH}(?:\s+|-){_DAY}",  # 2020 March 4
        rf"{_MONTH}\s+(?:the\s+)?{_DAY}",  # March 4
        rf"{_DAY}(?:\s+|\s+of\s+){_MONTH}",  # 4 March
        rf"{_MONTH}(?:\s*,?\s+|\s+of\s+|-)(?P<year>\d{{4}})",  # March 2020
        rf"(?P<year>\d{{4}})\s+{_MONTH}",  # 2020 March
        rf"{_MONTH}",
        r"(?P<year>\d{4})-(?P<number>\d{1,2})-(?P<day>\d{1,2})"
        r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?",
        r"(?P<year>\d{4})(?P<slash>[/.])(?P<number>\d{1,2})(?P=slash)(?P<day>\d{1,2})",
        r"(?P<year>(?:1[0-9]|20)\d{2})(?P<number>[01]\d)(?P<day>[0-3]\d)",
        r"(?P<year>\d{4})-(?P<number>\d{2})",
        r"(?P<day>\d{1,2})\.\s?(?P<number>\d{1,2})\.\s?(?P<year>\d{4})",  # with dots the day comes first
        r"(?P<year>\d{4})\s*年\s*(?P<number>\d{1,2})\s*月(?:\s*(?P<day>\d{1,2})\s*[日号])?",
        r"(?P<number>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]",
        r"(?:the\s+)?(?P<decade>\d{3}0)'?s",
        rf"{_FULL_YEAR}",
    )
)
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{2}|\d{4})", re.ASCII)
_LEAD = re.compile(
    r"(?:(?:it|this|that|he|she|they|the\s[^\d]{1,60}?)\s+(?:is|was|were|will\s+be|falls?|fell|occurred|happened|took\s+place)"
    r"(?:\s+[a-z]{2,15}(?=\s+(?:on|in|at)\b))?\s+)?(?:(?:on|in|at|the\s+year)\s+)?(?:(?:exactly|about|"
    r"approximately|around|circa|ca\.|c\.)\s+)?(?:the\s+(?=\d))?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"(?:on\s+)?(?:{_DAYS})\.?\s*,?\s+(?:the\s+)?(?=\S)|\s*[,(]?\s*\(?(?:a\s+)?(?:{_DAYS})\.?\)?$", re.IGNORECASE
)
_REFUSED = re.compile(r"\b(?:not|no|never|before|after|until|since|between|either|or|than)\b|n't", re.IGNORECASE)
_ORDINALS = {
    word: str(at)
    for at, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third "
        "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth "
        "thirty-first".split(),
        start=1,
    )
}
_ORDINAL = re.compile(rf"\b(?:{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Date:
    """A day, or what is known of it."""

    year: int | None = None
    """Negative before Christ: 44 BC is -44."""
    month: int | None = None
    day: int | None = None
    decade: int | None = None
    """1990 for "the 1990s"."""
    unsure: tuple[int, int, int] | None = None
    """(first, second, year) as written where day and month cannot be told apart, as in 03/04/2020; then the rest is
    None. Years of two digits are below 100."""


def read_date(text: str, choices: tuple[str, ...] = (), question: str = "") -> Date | None:
    """The gold as a date; None where it is none."""
    return parse_date(text)


def fast_date(answer: str, gold: Gold) -> Ruling:
    """Judge an extracted answer; always decides.

    Right: the gold's day, month and year, as far as the gold has them; the answer may know more. `ambiguous`: day and
    month cannot be told apart in one of the two and some reading agrees (the same digits in the same order are right),
    or there are two dates. `parse_failed`: no date.
    """
    want: Date = gold.value
    if answer == gold.text:
        return "ok", "string"
    told = parse_date(answer)
    if told is None:
        several = len(answer) <= LONGEST and re.search(r"\bor\b|/\D", answer)
        return ("ambiguous" if several else "parse_failed"), "date"
    if told.unsure and want.unsure:
        return ("ok" if _same_unsure(told.unsure, want.unsure) else "wrong_answer"), "date"
    fits = [_fits(mine, theirs) for mine in _readings(told) for theirs in _readings(want)]
    if all(fits):
        return "ok", "date"
    return ("ambiguous" if any(fits) else "wrong_answer"), "date"


def read_time(text: str, choices: tuple[str, ...] = (), question: str = "") -> Time | None:
    """The gold as a time of the day; None where it is none."""
    return parse_time(text)


def fast_time(answer: str, gold: Gold) -> Ruling:
    """Judge an extracted answer; always decides.

    3:05 PM is 15:05. A gold without AM or PM (`3:05`) takes either; an answer without it is `ambiguous` where the
    gold is in the second half of the day, as `03:05` is to 3:05 PM. `unit`: the same hands in two time zones.
    `parse_failed`: no time of the day.
    """
    want: Time = gold.value
    if answer == gold.text:
        return "ok", "string"
    told = parse_time(answer)
    if told is None:
        return ("ambiguous" if len(answer) <= LONGEST and re.search(r"\bor\b", answer) else "parse_failed"), "time"
    half = 12 * 3600
    if told.seconds % half != want.seconds % half:
        return "wrong_answer", "time"
    if told.zone and want.zone and told.zone != want.zone:
        return "unit", "time"
    if told.seconds == want.seconds or want.either:
        return "ok", "time"
    unsure = told.either or told.padded or want.padded
    return ("ambiguous" if unsure else "wrong_answer"), "time"


def parse_date(text: str) -> Date | None:
    """A date, with words such as "on", "It was" and a day of the week around it; None for anything else."""
    text = " ".join(text.split()).strip(" .*_\"'")
    if not text or len(text) > LONGEST:
        return None
    text = _ORDINAL.sub(lambda found: _ORDINALS[found.group().casefold()], text)
    for _ in range(2):
        lead = _LEAD.match(text)
        if lead and not _REFUSED.search(lead.group()):
            text = text[lead.end() :]
        text = _WEEKDAY.sub("", text, count=1).strip(" ,")
    if slashed := _SLASHED.fullmatch(text):
        return _slashed(int(slashed.group(1)), int(slashed.group(3)), slashed.group(4))
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _date({name: value for name, value in found.groupdict().items() if value})
    return None


def _date(found: dict[str, str]) -> Date | None:
    if "decade" in found:
        return Date(decade=int(found["decade"]))
    year = int(found["year"]) if "year" in found else None
    month = (
        _MONTHS[found["month"].casefold()] if "month" in found else int(found["number"]) if "number" in found else None
    )
    day = int(found["day"]) if "day" in found else None
    era = (found.get("era") or found.get("before") or "").upper()
    if year is not None and era.startswith("B"):
        year = -year
    elif year is not None and not era and len(found["year"]) < 3:
        return None  # a bare 20, or `March 4, 20`
    return _valid(year, month, day)


def _valid(year: int | None, month: int | None, day: int | None) -> Date | None:
    if year == 0 or (month is not None and not 1 <= month <= 12):
        return None
    if day is not None and month is not None:
        leap = year is None or calendar.isleap(abs(year))
        longest = 29 if month == 2 and leap else calendar.monthrange(2001, month)[1]
        if not 1 <= day <= longest:
            return None
    return Date(year, month, day)


def _slashed(first: int, second: int, year: str) -> Date | None:
    years = [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)]
    readings = {_valid(years[-1], *pair) for pair in ((first, second), (second, first))} - {None}
    if len(readings) == 1 and len(years) == 1:
        return readings.pop()
    return Date(unsure=(first, second, int(year))) if readings else None


def _readings(date: Date) -> list[Date]:
    if date.unsure is None:
        return [date]
    first, second, year = date.unsure
    years = [year] if year > 99 else [1900 + year, 2000 + year]
    pairs = {(first, second), (second, first)}
    return [found for y in years for pair in pairs if (found := _valid(y, *pair))]


def _same_unsure(told: tuple[int, int, int], want: tuple[int, int, int]) -> bool:
    same_year = told[2] == want[2] or (min(told[2], want[2]) < 100 and told[2] % 100 == want[2] % 100)
    return told[:2] == want[:2] and same_year


def _fits(told: Date, want: Date) -> bool:
    if want.decade is not None or told.decade is not None:
        return told.decade == want.decade
    pairs = ((told.year, want.year), (told.month, want.month), (told.day, want.day))
    return all(theirs is None or mine == theirs for mine, theirs in pairs)
