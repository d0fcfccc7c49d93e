"""What is asked about triangles, answered from the caption alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from the sides and angles that follow from the caption."""
    corners = re.findall(r"triangle (\w+)\.", caption)[0]
    angles: dict[str, float] = {}
    sides = {frozenset(n): float(v) for n, v in re.findall(r"(\w\w) is (\d+) \w+ long", caption)}
    unit = (re.findall(r"\d (\w+)\b", caption) or ["°"])[0]
    terms = {}
    for name, size in re.findall(r"[aA]ngle (\w+) is (?!marked)([^.]+)\.", caption):
        if re.fullmatch(r"\d+°", size):
            angles[name] = float(size[:-1])
        else:
            factor, rest = re.fullmatch(r"(\d*)[a-z](.*)", size).groups()  # type: ignore[union-attr]
            terms[name] = (int(factor or 1), int(re.sub(r"[ °]", "", rest) or 0))
    for name in re.findall(r"right angle (\w)", caption):
        angles[name] = 90.0
    value = None
    if terms:
        value = (180 - sum(m for _, m in terms.values())) / sum(f for f, _ in terms.values())
        angles |= {n: f * value + m for n, (f, m) in terms.items()}
    outer = [name for name in angles if len(name) == 3 and "extended" in caption]
    for name in outer:
        angles[name[1]] = 180 - angles[name]
    if equal := re.search(r"Sides (\w)(\w) and \w(\w) carry", caption):
        top, left, right = equal.groups()
        if top in angles:
            angles[left] = (180 - angles[top]) / 2
        base = angles.get(left, angles.get(right, 0))
        angles |= {left: base, right: base, top: 180 - 2 * base}
    if foot := re.search(r"(\w) lies on side (\w)(\w), and (\w)", caption):
        d, b, c, a = foot.groups()
        angles[a] = 180 - angles[b] - angles[c]
        part = angles[b + a + d]
        angles |= {d + a + c: angles[a] - part, a + d + b: 180 - part - angles[b], b + a + c: angles[a]}
    single = [n for n in corners if n in angles]
    if len(single) == 2:
        angles |= {n: 180 - sum(angles[s] for s in single) for n in corners if n not in single}
    if total := re.search(r"perimeter is (\d+)", caption):
        sides |= {
            frozenset(n): int(total[1]) - sum(sides.values()) for n in re.findall(r"Side (\w+) is marked", caption)
        }
    if height := re.search(r"height from (\w) meets side (\w)(\w) at (\w)", caption):
        c, a, b, d = height.groups()
        for _ in range(2):
            for p in (a, b):
                _complete(sides, p + d, d + c, p + c)
        sides[frozenset(a + b)] = sides[frozenset(a + d)] + sides[frozenset(d + b)]
    elif square := re.search(r"right angle (\w)", caption):
        p, q = (n for n in corners if n != square[1])
        _complete(sides, p + square[1], q + square[1], p + q)
    if "area" in question:
        s, (x, y, z) = 0.0, [sides[frozenset(corners.replace(n, ""))] for n in corners]
        s = (x + y + z) / 2
        return f"{round(math.sqrt(s * (s - x) * (s - y) * (s - z)))} {unit}²"

    def size(words: str) -> float:
        if "perimeter" in words:
            return sum(sides[frozenset(corners.replace(n, ""))] for n in corners)
        name = re.findall(r"\b[A-Z]+\b", words)
        if "exterior" in words:
            return 180 - angles[name[0]]
        if "largest" in words:
            return max(angles[n] for n in corners)
        if "angle" in words:
            return angles[name[0]] if name[0] in angles else angles[name[0][::-1]]
        return sides[frozenset(name[0])]

    if choices:
        return "ABC"[_pick(question, choices, corners, angles, sides)]
    if check := re.search(r"[iI]s (.+) (larger|longer|greater|smaller|shorter|less) than (.+)\?", question):
        bound = re.findall(r"\d+", check[3])
        one, two = size(check[1]), float(bound[0]) if bound else size(check[3])
        return "yes" if (one > two) == (check[2] in ("larger", "longer", "greater")) else "no"
    if re.search(r"value of|Work out \w\.", question):
        return f"{value:g}"
    return f"{size(question):g}" + ("°" if "angle" in question and "perimeter" not in question else f" {unit}")


def _complete(sides: dict[frozenset[str], float], leg: str, other: str, long: str) -> None:
    """Adds the missing side of a right triangle, if two are known."""
    one, two, three = (sides.get(frozenset(n)) for n in (leg, other, long))
    if one and two:
        sides[frozenset(long)] = math.hypot(one, two)
    elif three and (one or two):
        sides[frozenset(other if one else leg)] = math.sqrt(three**2 - (one or two or 0) ** 2)


def _pick(
    question: str, choices: Sequence[str], corners: str, angles: dict[str, float], sides: dict[frozenset[str], float]
) -> int:
    """The place of the right option."""
    if "angles" in question:
        largest = max(angles[n] for n in corners)
        return choices.index("acute" if largest < 90 else "right" if largest == 90 else "obtuse")
    if "By its sides" in question or "by its sides" in question:
        return choices.index(("equilateral", "isosceles", "scalene")[len(set(sides.values())) - 1])
    far = [sides.get(frozenset(c), 0) or angles[(set(corners) - set(c)).pop()] for c in choices]
    return far.index(min(far) if "shortest" in question else max(far))
