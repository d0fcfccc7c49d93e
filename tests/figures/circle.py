"""What is asked about circles, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from the radius and the angles that follow from the caption."""
    assert not choices
    lengths = [(n, int(v)) for n, v in re.findall(r"(\w\w)(?:, the inner radius,)? is (\d+) \w+ long", caption)]
    unit = re.findall(r"\d (\w+) long", caption)[0]
    radius, inner = Fraction(lengths[0][1]), Fraction(0)
    if "diameter" in caption:
        radius /= 2
    if "inner radius" in caption:
        inner, radius = radius, radius + lengths[1][1]
    angles = {frozenset((n[0], n[2])): (n[1], int(v)) for n, v in re.findall(r"(\w{3}) is (\d+)°", caption)}
    center = re.findall(r"center (\w)", caption)[0]
    wide, rest = 0, {}
    if "unshaded part" in caption:
        wide = 360 - int(re.findall(r"angle of (\d+)°", caption)[0])
    elif "Three radii" in caption:
        wide = 360 - sum(size for _, size in angles.values())
    elif sector := re.search(r"its angle is (\d+)°", caption):
        wide = int(sector[1])
    elif angles:
        corner, size = next(iter(angles.values()))
        wide = size if corner == center else 2 * size
        if "diameter" in caption:
            a, b = lengths[0][0]
            far = b if corner == a else a
            rest[far] = 90 - size
        else:
            point = re.findall(r"angle \w(\w)\w (?:over|is)", caption)
            rest |= {p: wide // 2 for p in point if p != center}
    if check := re.search(r"[iI]s (.+) (longer|larger|shorter|smaller) than (\d+)", question):
        value = {"the diameter": 2 * radius, "the radius": radius}.get(check[1])
        value = _angle(check[1], center, wide, rest) if value is None else value
        return "yes" if (value > int(check[3])) == (check[2] in ("longer", "larger")) else "no"
    if "π" in question:
        if "arc" in question or "circumference" in question:
            return f"{2 * radius * (Fraction(wide, 360) if wide else 1)}\\pi"
        return f"{(radius**2 - inner**2) * (Fraction(wide, 360) if wide else 1)}\\pi"
    if "fraction" in question:
        return f"{Fraction(wide, 360)}"
    if re.search("radius|diameter", question):
        return f"{2 * radius if 'diameter' in question else radius} {unit}"
    return f"{_angle(question, center, wide, rest)}°"


def _angle(words: str, center: str, wide: int, rest: dict[str, int]) -> int:
    """The size of the angle that the words name."""
    if "unshaded" in words:
        return 360 - wide
    if "shaded" in words:
        return wide
    corner = re.findall(r"angle \w(\w)\w", words)[0]
    return wide if corner == center else rest[corner]
