"""What is asked about polygons, answered from the caption alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from all lengths that follow from the caption."""
    if choices:
        return "ABCD"[choices.index(re.findall(r"is an? (\w+)", caption)[0])]
    unit = re.findall(r"\d ([a-z]+)\b", caption)[0]
    sizes = {frozenset(n): float(v) for n, v in re.findall(r"\b([A-Z]{2}) is (\d+) \w+ long", caption)}
    told = {what: float(v) for what, v in re.findall(r"(perimeter|area) is (\d+)", caption)}
    height = float((re.findall(r"height is (\d+)", caption) or ["0"])[0])
    names = re.findall(r"\b([A-Z]{4,})\b", caption)
    around = [frozenset(pair) for pair in zip(names[0], names[0][1:] + names[0][0], strict=True)]
    ab, bc, cd, da = around[:4]
    if "square" in caption.split("Squares")[0]:
        sizes |= dict.fromkeys(around, sizes[ab])
        area = sizes[ab] ** 2
    elif "hole" in caption:
        e, f, g, _ = names[1]
        border = (sizes[ab] - sizes[frozenset(e + f)]) / 2
        sizes[frozenset(f + g)] = sizes[bc] - 2 * border
        area = sizes[ab] * sizes[bc] - sizes[frozenset(e + f)] * sizes[frozenset(f + g)]
    elif "rectangle" in caption:
        if bc not in sizes:
            sizes[bc] = told["area"] / sizes[ab] if "area" in told else told["perimeter"] / 2 - sizes[ab]
        sizes |= {cd: sizes[ab], da: sizes[bc]}
        area = sizes[ab] * sizes[bc]
    elif "parallelogram" in caption:
        height = height or told["area"] / sizes[ab]
        sizes |= {cd: sizes[ab], da: sizes[bc]}
        area = sizes[ab] * height
    elif "trapezoid" in caption:
        right = "Squares" in caption
        height = sizes[bc] if right else height
        if da not in sizes:
            sizes[da] = math.hypot((sizes[ab] - sizes[cd]) / (1 if right else 2), height)
        if not right:
            sizes[bc] = sizes[da]
        if cd not in sizes:
            sizes[cd] = told["perimeter"] - sizes[ab] - sizes[bc] - sizes[da]
        area = (sizes[ab] + sizes[cd]) * height / 2
    else:
        area = _walk(caption, names[0], around, sizes)
    values = {"perimeter": sum(sizes.get(end, 0) for end in around), "area": area, "height": height}

    def value(words: str) -> float:
        for what, size in values.items():
            if what in words:
                return size
        return sizes[frozenset(re.findall(r"\b[A-Z]{2}\b", words)[0])]

    if cents := re.search(r"(\d+) cents", question):
        return f"{value('perimeter' if 'tape' in question else 'area') * int(cents[1]):g}"
    if check := re.search(r"[iI]s (.+) (longer|greater|shorter|less) than (\d+)", question):
        return "yes" if (value(check[1]) > int(check[3])) == (check[2] in ("longer", "greater")) else "no"
    return f"{value(question):g} {unit}{'²' * ('area' in question)}"


def _walk(caption: str, names: str, around: Sequence[frozenset[str]], sizes: dict[frozenset[str], float]) -> float:
    """Fills in the missing sides of a shape with right angles and returns its area."""
    inwards = re.findall(r"corners? ([A-Z](?: and [A-Z])*) point", caption)[0].split(" and ")
    ways, way = [], 0
    for name in names:
        way += -1 if name in inwards else 1
        ways.append(way % 4)
    for axis in (0, 1):
        here = [i for i in range(len(names)) if ways[i] % 2 == axis]
        sign = {i: 1 if ways[i] < 2 else -1 for i in here}
        off = sum(sign[i] * sizes.get(around[i], 0) for i in here)
        sizes |= {around[i]: -sign[i] * off for i in here if around[i] not in sizes}
    x = y = area = 0.0
    for i in range(len(names)):
        across, up = ((1, 0), (0, 1), (-1, 0), (0, -1))[ways[i]]
        u, v = x + across * sizes[around[i]], y + up * sizes[around[i]]
        area += (x * v - u * y) / 2
        x, y = u, v
    return abs(area)
