"""What is asked about line charts, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_POINT = re.compile(r"((?:week )?[\w:]+) \((\$?)(-?[\d.]+) ?([^()]*)\)")


def _places(names: Sequence[str], text: str) -> list[str]:
    found = {name: match.start() for name in names if (match := re.search(rf"\b{name}\b", text))}
    return sorted(found, key=lambda name: found[name])


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from the values in brackets."""
    lines = {what: _POINT.findall(points) for what, points in re.findall(r"shows the (.+?): (.+?)[;.](?: |$)", caption)}
    values = {what: {name: float(value) for name, _, value, _ in points} for what, points in lines.items()}
    _, dollar, _, unit = next(iter(lines.values()))[0]

    def amount(value: float) -> str:
        return f"{dollar}{round(value, 4):g}{' ' if unit else ''}{unit}"

    asked = sorted((what for what in values if re.search(rf"{what}\b", question)), key=question.index)
    every = list(next(iter(values.values())))
    # Names come after what the values are called, in which a name could stand as well.
    rest = question
    for what in asked:
        rest = rest.replace(f"the {what}", "").replace(what, "")
    named = _places(every, rest)
    if re.search("in the legend|of the series", question):
        pick = max if "highest" in question else min
        best = pick(values, key=lambda what: values[what][named[0]])
        return next(c for c, text in zip("ABCD", choices, strict=False) if re.search(rf"\b{text}\b", best, re.I))
    line = values[asked[0]]
    if len(asked) == 2:
        gaps = {name: line[name] - values[asked[1]][name] for name in every}
        if named:
            return amount(abs(gaps[named[0]]))
        if re.search("differ|gap", question):
            return max(every, key=lambda name: abs(gaps[name]))
        return str(sum(gap > 0 for gap in gaps.values()))
    if choices:
        if value := re.search(r"(?:is|of|equals) +\$?(-?[\d.]*\d)\D*$", rest):
            return "ABCD"[[line[name] for name in choices].index(float(value[1]))]
        moves = {f"{a} to {b}": line[b] - line[a] for a, b in pairwise(every)}
        best = (max if "rise" in rest else min)(moves, key=lambda move: moves[move])
        return "ABCD"[list(choices).index(best)]
    if re.search("one .* to the next|pairs of neighboring", rest):
        return str(sum(line[b] != line[a] and (line[b] > line[a]) == ("rise" in rest) for a, b in pairwise(every)))
    if re.search("mean|[Aa]verage", rest):
        return amount(sum(line[name] for name in named) / 3)
    if re.match("By how much did|From .*By how much|How big", rest):
        return amount(abs(line[named[0]] - line[named[1]]))
    if re.search("vary|difference", rest):
        return amount(max(line.values()) - min(line.values()))
    if limit := re.search(r"(greater|smaller) than \$?(-?[\d.]*\d)", rest):
        least, over = float(limit[2]), limit[1] == "greater"
        if re.search("how many|Count", rest):
            return str(sum(value > least if over else value < least for value in line.values()))
    if re.search("From|Is|Compare", rest):
        one, two = (line[name] for name in named)
        if "From" in rest:
            one, two = two, one
        return "yes" if (one > two if re.search("greater|higher|rise", rest) else one < two) else "no"
    if word := re.search("(?:(second|third) )?(greatest|smallest)", rest):
        order = sorted(line, key=lambda name: line[name], reverse=word[2] == "greatest")
        return order[{"": 0, "second": 1, "third": 2}[word[1] or ""]]
    return amount(line[named[0]])
