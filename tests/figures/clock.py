"""What is asked about clocks, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, by counting minutes since 12."""
    found = re.findall(r"(?:clock (\w) shows|is) (\d+):(\d\d)", caption, re.IGNORECASE)
    minutes = {name: int(h) * 60 + int(m) for name, h, m in found}
    names = re.findall(r"clock ([AB])\b", question)
    now = minutes[names[0] if names else ""]
    numbers = [int(n) for n in re.findall(r"\d+", question.replace("12 hours", ""))]
    if "less than" in question:
        span = (minutes[names[1]] - now) % 720
        return f"{span} minutes" if "longer" not in question else "yes" if span > numbers[0] else "no"
    if choices:
        return "ABCD"[list(choices).index(written(now))]
    if claimed := re.search(r"\d+:\d\d", question):
        return "yes" if claimed[0] == written(now) else "no"
    if moved := re.search(r"(\d+) (hour|minute)s (after|later|before|earlier)", question):
        by = int(moved[1]) * (60 if moved[2] == "hour" else 1)
        return written(now + by if moved[3] in ("after", "later") else now - by)
    if "full hour" in question:
        return f"{-now % 60} minutes"
    if "angle" in question:
        apart = abs(now / 2 - now % 60 * 6) % 360
        return f"{min(apart, 360 - apart):g}"
    return str(now // 60) if "hour" in question else written(now)


def written(minutes: int) -> str:
    """As a clock shows it."""
    return f"{minutes % 720 // 60 or 12}:{minutes % 60:02d}"
