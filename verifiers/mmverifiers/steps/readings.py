"""Is there another way to take a statement, by its form alone? Only asked of statements that look false."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from mmverifiers.steps.balls import Ball, Unknown
from mmverifiers.steps.context import Surroundings
from mmverifiers.steps.formula import read
from mmverifiers.steps.nodes import Node, is_ratio, walk
from mmverifiers.steps.relations import holds
from mmverifiers.steps.statements import Link, Side
from mmverifiers.steps.tokens import hide, tokens
from mmverifiers.steps.values import values
from mmverifiers.steps.words import GLUED, MEASURES

CONVERSIONS = frozenset(
    (12, 16, 20, 24, 25, 30, 36, 48, 50, 52, 60, 100, 128, 144, 168, 360, 365, 366, 480, 1000, 1024, 1440, 1728, 1760,
     2000, 3600, 5280, 7200, 10_000, 86_400, 100_000, 1_000_000)
)  # fmt: skip
"""Ratios of units that are named together: 12 inches, 60 minutes, 100 cents, 1,760 yards in a mile."""
_INEXACT = tuple(Fraction(ratio) for ratio in ("3.6", "2.54", "1.609", "2.2046", "28.35", "3.785", "30.48", "3.281"))
"""The like between unlike systems: km/h in m/s, cm in an inch, km in a mile, ..., feet in a metre."""
_MEASURED = {unit.rstrip("s") for unit in MEASURES | GLUED} | {"feet", "foot", "inche", "pennie"}
_COINS = frozenset("cent dime nickel quarter penny pennie".split())
_EQUALITIES = ("=", "~")

Values = tuple[Ball, ...]


def doubtful(link: Link, have: Values, want: Values, around: Surroundings) -> bool:
    """May the statement mean something else than that the values of its sides are related so?"""
    left, right = link.left, link.right
    if any(part.op in ("maybe", "cut", "unknown") for side in (left, right) for part in walk(side.node)):
        return True
    if around.variable_x and re.search(r"\d ?x ?\d", around.text[left.start : right.end]):
        return True  # 2x1 + 3x2 = 12
    if link.relation in _EQUALITIES:
        doubt = (
            _label_or_share(link, have, want)
            or _another_unit(link, have, want, around.percent)
            or any(_goes_round(a.mid - b.mid, around.cycles) for a in have for b in want)
        )
    else:
        doubt = (left.bare and right.bare and not _decimals(link)) or _measures(left) != _measures(right)
    return (
        doubt
        or _mixed(left)
        or _mixed(right)
        or _european(link)
        or _runs_on(link, have)
        or _starts_late(link, want, around.text[left.start : left.end])
    )


def _label_or_share(link: Link, have: Values, want: Values) -> bool:
    left, right = link.left, link.right
    if left.bare and (right.bare or _percent(left) != _percent(right)):
        return True  # 5 = 3; 48 = 120% of something
    if link.spoken and (is_ratio(left.node) or not right.bare or left.bare):
        return True
    if _is_range(left.node) or any(a.mid == -b.mid for a in have for b in want):
        return True  # 3-5 is a range; "5 - 8 = 3" a difference
    for side, share, other in ((left, have[0], want[0]), (right, want[0], have[0])):
        if is_ratio(side.node) and abs(share.mid) < 1 <= abs(other.mid):
            return True  # "1/3 = 20" of something
    more = right.node.op == "pct"  # "60/50 = 20%" more
    return more and any(abs(a.mid - 1) == b.mid for a in have for b in want)


def _goes_round(gap: Fraction, cycles: tuple[int, ...]) -> bool:
    """Do the sides differ by full rounds, as in "Friday is 5, and 5 + 4 = 2"?"""
    return gap.denominator == 1 and any(gap % length == 0 for length in cycles)


def _is_range(node: Node) -> bool:
    if node.op != "sub" or {part.op for part in node.args} != {"num"}:
        return False
    return node.args[0].value < node.args[1].value


def _percent(side: Side) -> bool:
    return any(part.op == "pct" for part in walk(side.node))


def _measures(side: Side) -> set[str]:
    """The units of measurement beside a side's numbers, in the singular."""
    return {unit.lstrip("/").rstrip("s") for unit in side.units} & _MEASURED


def _another_unit(link: Link, have: Values, want: Values, percent: bool) -> bool:
    """Do the sides differ by a ratio between units?"""
    one, other = _measures(link.left), _measures(link.right)
    measured = bool(one or other or link.left.money or link.right.money)
    for a in have:
        for b in want:
            if not a.mid or not b.mid:
                continue
            ratio = max(abs(a.mid / b.mid), abs(b.mid / a.mid))
            if (measured and ratio in CONVERSIONS) or (percent and ratio == 100):
                return True
            if one and other and one != other and any(abs(ratio - odd) < odd / 50 for odd in _INEXACT):
                return True
    return False


def _mixed(side: Side) -> bool:
    """Does it add different measures, such as pounds and ounces, or dollars and cents?"""
    measures = _measures(side)
    if side.money and measures & _COINS:
        return True
    return len(measures) > 1 and any(part.op in ("add", "sub", "pm") for part in walk(side.node))


def _decimals(link: Link) -> bool:
    """Does it compare numbers of which one is no integer? Integers are also ranks, scores and labels."""
    return any(part.op == "num" and 0 < part.ulp < 1 for side in (link.left, link.right) for part in walk(side.node))


def _european(link: Link) -> bool:
    """Is it true where a point before three digits separates thousands, as in 1.500?"""
    if not any(_grouped(part) for side in (link.left, link.right) for part in walk(side.node)):
        return False
    return _satisfied(link.relation, lambda: (values(_regrouped(link.left.node)), values(_regrouped(link.right.node))))


def _grouped(node: Node) -> bool:
    integer, point, part = node.text.partition(".")
    return node.op == "num" and bool(point) and len(part) == 3 and 1 <= len(integer) <= 3


def _regrouped(node: Node) -> Node:
    if _grouped(node):
        return Node("num", value=node.value * 1000)
    return node._replace(args=tuple(_regrouped(arg) for arg in node.args)) if node.args else node


def _runs_on(link: Link, have: Values) -> bool:
    """Is the statement already true of the beginning of its right side, as in "3 + 4 = 7 + 2 = 9"?"""
    node = link.right.node
    while node.args and node.op != "neg":
        node = node.args[0]
        if _satisfied(link.relation, lambda part=node: (have, values(part))):  # type: ignore[misc]
            return True
    return False


def _starts_late(link: Link, want: Values, text: str) -> bool:
    """Is the statement true of a later part of its left side, as in "chapter 5 - 3 + 4 = 7"?"""
    seen = tokens(hide(text)[0])
    for at, token in enumerate(seen[:60]):
        if token.kind != "op" or token.text not in "+-*/×÷·" or at + 1 >= len(seen):
            continue
        later = read(seen, at + 1)
        if later is None or later.end != len(seen) or later.node.op == "num":
            continue
        if _satisfied(link.relation, lambda part=later.node: (values(part), want)):  # type: ignore[misc]
            return True
    return False


def _satisfied(relation: str, sides: Callable[[], tuple[Values, Values]]) -> bool:
    try:
        return holds(relation, *sides())
    except Unknown:
        return False
