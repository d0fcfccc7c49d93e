"""What is asked about balances, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

NAMES = "ball|cube|cone|can|sack|vase"


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, by solving one balance after the other."""
    unit = re.findall(r"weight of \d+ (k?g)", caption)[0]
    values: dict[str, Fraction] = {}
    pans: list[tuple[dict[str, int], int]] = []
    for text in re.findall(r"on its \w+ pan there (?:is|are) (.*?)[;.]", caption):
        things: dict[str, int] = {}
        for count, kind in re.findall(rf"(\d+) ({NAMES})s?\b", text):
            things[kind] = int(count)
        pans.append((things, sum(map(int, re.findall(r"weight of (\d+)", text)))))
        if len(pans) % 2 == 0:
            (left, one), (right, two) = pans[-2:]
            gaps = {kind: left.get(kind, 0) - right.get(kind, 0) for kind in {*left, *right}}
            rest = two - one - sum(gap * values[kind] for kind, gap in gaps.items() if kind in values)
            (new,) = [kind for kind in gaps if kind not in values]
            values[new] = Fraction(rest) / gaps[new]

    def out(value: Fraction) -> str:
        return f"{float(value):g} {unit}"

    if "expression" in question:
        side = re.search(r"(left|right) pan", question)
        kind = re.search(rf"one ({NAMES})", question, re.IGNORECASE)
        sign = re.search(r"expression in (\w)", question)
        assert side
        assert kind
        assert sign
        things, load = pans[side[1] == "right"]
        return f"{things[kind[1]]}{sign[1]} + {load}"
    counted = re.findall(rf"(\d+|one|an?)(?: such| of these)? ({NAMES})", question)
    parts = [(int(n) if n.isdigit() else 1, values[kind]) for n, kind in counted]
    first, last = parts[0][1], parts[-1][1]
    if choices:
        return "ABCD"[list(choices).index(out(first))]
    if re.match(r"Is|Does", question):
        limit = re.search(r"than (\d+) ", question)
        bound = Fraction(limit[1]) if limit else last
        return "yes" if (first > bound if re.search("heavier|more", question) else first < bound) else "no"
    if re.search("heavier|difference", question):
        return out(abs(first - last))
    return out(sum((n * value for n, value in parts), Fraction(0)))
