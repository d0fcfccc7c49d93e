"""The mathematics of the polygon family: what follows from the lengths of each sort of polygon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mmdata.figures._canvas import Point
from mmdata.figures._words import a as article
from mmdata.figures._words import join

_WAYS = {"L-shape": "RULULD", "T-shape": "RURULDRD", "U-shape": "RULDLULD"}
"""Right, up, left, down: how the sides run."""
_STEPS = {"R": (1, 0), "U": (0, 1), "L": (-1, 0), "D": (0, -1)}


@dataclass
class Plan:
    """What follows from a scene."""

    points: dict[str, Point]
    says: list[str]
    marks: dict[str, int | None]
    """Lengths on the picture by the names of the ends; None for the one that is asked for."""
    measures: list[tuple[str, int, list[str]]]
    """`perimeter` or `area`, its value, and the steps."""
    asked: str = ""
    value: int = 0
    why: list[str] = field(default_factory=list)
    printed: str = ""
    """Told below the figure."""
    ticks: list[str] = field(default_factory=list)
    height: str = ""
    """Ends of a dashed line."""
    right: list[str] = field(default_factory=list)


def plan(sort: str, names: str, values: tuple[int, ...], level: int, mode: int, unit: str) -> Plan:
    """What follows from a scene of the sort."""
    if sort in _WAYS:
        return _stairs(sort, names, values, level, mode)
    return _frame(names, values) if sort == "frame" else _four(sort, names, values, level, mode, unit)


def _four(sort: str, names: str, values: tuple[int, ...], level: int, mode: int, unit: str) -> Plan:
    """A quadrilateral."""
    (a, b, c, d), names = tuple(names[:4]), names[:4]
    ab, bc, cd, da, foot = a + b, b + c, c + d, d + a, d + "f"
    if len(values) < 3:
        w, h = values[0], values[-1]
        steps = [f"2 × ({w} + {h}) = {2 * (w + h)}.", f"{w} × {h} = {w * h}."]
        if w == h:
            steps[0] = f"4 × {w} = {4 * w}."
        plan = Plan(
            points=_named(names, [(0, 0), (w, 0), (w, h), (0, h)]), says=[f"The figure is {article(sort)} {names}."],
            marks={ab: w} if w == h else {ab: w, bc: h}, right=[d + a + b, a + b + c, b + c + d, c + d + a],
            measures=[("perimeter", 2 * (w + h), steps[:1]), ("area", w * h, steps[1:])],
        )  # fmt: skip
        if w == h:
            plan.ticks, plan.says = [ab, bc, cd, da], [f"{plan.says[0]} Its sides are marked as equally long."]
        if level == 2:
            plan.marks[bc], plan.asked, plan.value = None, bc, h
            given = mode % 2
            plan.printed = f"The {plan.measures[given][0]} is {plan.measures[given][1]} {unit}{'²' * given}"
            half = f"Half the perimeter is {2 * (w + h)} / 2 = {w + h}, and {w + h} - {w} = {h}."
            plan.why = [f"The area is divided by the known side: {w * h} / {w} = {h}." if given else half]
            name, value, steps = plan.measures[1 - given]
            plan.measures = [(name, value, [*plan.why, *steps])]
        return plan
    if sort == "parallelogram":
        w, p, h, s = values
        around, area = 2 * (w + s), w * h
        plan = Plan(
            points=_named(names, [(0, 0), (w, 0), (w + p, h), (p, h)]) | {"f": (float(p), 0.0)}, height=foot,
            says=[f"The figure is a parallelogram {names}. A dashed line is its height on side {ab}."],
            marks={ab: w, bc: s, foot: h}, right=[b + "f" + d],
            measures=[("perimeter", around, [f"2 × ({w} + {s}) = {around}."])],
        )  # fmt: skip
        if level == 2:
            plan.marks[foot], plan.asked, plan.value = None, "the height", h
            plan.why = [f"The area is base times height: {area} / {w} = {h}."]
            plan.printed = f"The area is {area} {unit}²"
        else:
            plan.measures.append(("area", area, [f"{w} × {h} = {area}."]))
        return plan
    w, top, p, h, s, pair = values
    around, area, left = w + s + top + (s if pair else h), (w + top) * h // 2, p
    corners = [(0, 0), (w, 0), (w - p * pair, h), (left, h)]
    says = [f"The figure is a trapezoid {names} with {ab} parallel to {cd}."]
    plan = Plan(
        points=_named(names, corners) | ({"f": (float(left), 0.0)} if pair and level > 1 else {}), says=says,
        marks={ab: w, cd: top, da: s}, measures=[],
    )  # fmt: skip
    if pair:
        plan.ticks = [da, bc]
        says.append(f"{da} and {bc} are marked as equally long.")
    else:
        plan.right, plan.marks[bc] = [a + b + c, b + c + d], h
        says.append(f"Squares mark the right angles at {b} and {c}.")
    if pair and level > 1:
        plan.marks[foot], plan.height, plan.right = h, foot, [b + "f" + d]
        says.append("A dashed line is its height.")
    sides = f"{w} + {s} + {top} + {s if pair else h}"
    plan.measures = [("perimeter", around, [f"{sides} = {around}."])]
    if level == 2:
        plan.printed, plan.marks[cd], plan.asked, plan.value = f"The perimeter is {around} {unit}", None, cd, top
        plan.why = [f"{around} - {w} - {s} - {s if pair else h} = {top}."]
        plan.measures = [("area", area, [*plan.why, f"({w} + {top}) × {h} / 2 = {area}."])]
    if level == 3:
        over = f"({w} - {top}) / 2 = {p}" if pair else f"{w} - {top} = {p}"
        plan.marks[da], plan.asked, plan.value = None, da, s
        plan.why = [f"{ab} reaches beyond {cd} by {over}.", f"{p}² + {h}² = {s * s} and √{s * s} = {s}."]
        plan.measures = [("perimeter", around, [*plan.why, f"{sides} = {around}."])]
    return plan


def _stairs(sort: str, names: str, values: tuple[int, ...], level: int, mode: int) -> Plan:
    """A polygon with right angles only."""
    ways, count, at = _WAYS[sort], len(values), (0, 0)
    names, spots = names[:count], []
    for way, size in zip(ways, values, strict=True):
        spots.append(at)
        at = at[0] + size * _STEPS[way][0], at[1] + size * _STEPS[way][1]
    ends = [names[i] + names[(i + 1) % count] for i in range(count)]
    # A corner points inwards where the way turns right.
    inwards = [i for i in range(count) if ways[i - 1] + ways[i] in "RDLUR"]
    level_sides, upright = ([i for i in range(count) if ways[i] in pair] for pair in ("RL", "UD"))
    hidden = [level_sides[mode % len(level_sides)], upright[mode // 8 % len(upright)]]
    hidden = hidden[:: -1 if mode // 64 % 2 else 1][: level - 1]
    found, steps = {}, []
    for i in hidden:
        beside = level_sides if i in level_sides else upright
        same = [values[j] for j in beside if ways[j] == ways[i] and j != i]
        against = [values[j] for j in beside if ways[j] != ways[i]]
        sum_ = " - ".join([" + ".join(map(str, against)), *map(str, same)])
        found[i] = f"Sides parallel to {ends[i]}, there and back, add up alike: it is {sum_} = {values[i]}."
        steps.append(found[i])
    blocks = [(values[0], values[1]), (values[4], values[3])]
    if sort == "U-shape":
        blocks = [(values[2], values[1]), (values[4], values[1] - values[3]), (values[6], values[7])]
    around, area = sum(values), sum(w * h for w, h in blocks)
    cut = " + ".join(f"{w} × {h}" for w, h in blocks)
    asked = hidden[0]
    shape = "hexagon" if count == 6 else "octagon"
    inner = [names[i] for i in inwards]
    plural = "corner {} points" if len(inner) == 1 else "corners {} point"
    said = f"The figure is {'an' if sort[0] == 'L' else 'a'} {sort}, the {shape} {names}. "
    said += f"All its angles are right angles, and the {plural.format(join(inner))} inwards."
    return Plan(
        points=_named(names, spots), says=[said],
        marks={end: None if i == asked else values[i] for i, end in enumerate(ends) if i not in hidden[1:]},
        measures=[
            ("perimeter", around, [*steps, f"{' + '.join(map(str, values))} = {around}."]),
            ("area", area, [*steps, f"Cut into rectangles: {cut} = {area}."]),
        ],
        asked=ends[asked], value=values[asked], why=[found[asked]],
        right=[names[i - 1] + names[i] + names[(i + 1) % count] for i in range(count) if i not in inwards],
    )  # fmt: skip


def _frame(names: str, values: tuple[int, ...]) -> Plan:
    """A rectangle with a rectangular hole, equally far from the edge all around."""
    w, h, d = values
    p, q = w - 2 * d, h - 2 * d
    ab, bc, ef, fg = names[:2], names[1:3], names[4:6], names[5:7]
    corners = [(0, 0), (w, 0), (w, h), (0, h), (d, d), (w - d, d), (w - d, h - d), (d, h - d)]
    why = [f"The frame is as wide everywhere: ({w} - {p}) / 2 = {d}.", f"{h} - 2 × {d} = {q}."]
    said = f"Rectangle {names[:4]} has a rectangular hole {names[4:]}. The shaded frame is equally wide on all sides."
    return Plan(
        points=_named(names, corners), says=[said], marks={ab: w, bc: h, ef: p, fg: None},
        measures=[("area", w * h - p * q, [*why, f"{w} × {h} - {p} × {q} = {w * h} - {p * q} = {w * h - p * q}."])],
        asked=fg, value=q, why=why,
    )  # fmt: skip


def _named(names: str, points: Sequence[tuple[int, int]]) -> dict[str, Point]:
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, points, strict=True)}
