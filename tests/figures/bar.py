"""What is asked about bar charts, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence


def _show(value: float) -> str:
    return f"{round(value, 4):.4f}".rstrip("0").rstrip(".")


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from the values in brackets."""
    found = re.findall(r"((?:week )?\w+) \((\$?)([\d.]+)(%?)([^()]*)\)", caption.split("these ", 1)[1])
    bars = {name: float(value) for name, _, value, _, _ in found}
    _, dollar, _, percent, unit = found[0]

    def amount(value: float) -> str:
        return f"{dollar}{_show(value)}{percent}{unit}"

    places = {name: match.start() for name in bars if (match := re.search(rf"\b{name}\b", question))}
    named = sorted(places, key=lambda name: places[name])
    values = [bars[name] for name in named]
    up = sorted(bars, key=lambda name: bars[name])
    if choices:
        value = float(re.findall(r"[\d.]*\d", question)[-1])
        return next(letter for letter, name in zip("ABCD", choices, strict=False) if bars[name] == value)
    if "twice" in question:
        return "yes" if values[0] + values[1] > 2 * values[2] else "no"
    if "below the mean" in question:
        return "yes" if 2 * values[0] < values[1] + values[2] else "no"
    if re.match("Order|Put these", question):
        return ", ".join(sorted(named, key=lambda name: bars[name], reverse="greatest to" in question))
    if re.search("mean|[Aa]verage", question):
        return amount(sum(values) / 3)
    if "fraction" in question:
        low, high = sorted(round(value * 10) for value in values)
        return rf"\frac{{{low}}}{{{high}}}"
    if limit := re.search(r"(greater|smaller) than \$?([\d.]*\d)", question):
        least, over = float(limit[2]), limit[1] == "greater"
        inside = [name for name in bars if (bars[name] > least if over else bars[name] < least)]
        return str(len(inside)) if re.search("how many|Count", question) else ", ".join(inside)
    if re.match("Is |Compare", question):
        one, two = values[:2]
        return "yes" if (one > two if "greater" in question else one < two) else "no"
    if re.search("difference|vary|exceed|How much", question):
        return amount(max(values or bars.values()) - min(values or bars.values()))
    if word := re.search("(?:(second|third) )?(greatest|smallest)", question):
        place = {"": 0, "second": 1, "third": 2}[word[1] or ""]
        return (up[::-1] if word[2] == "greatest" else up)[place]
    return amount(sum(values))
