"""When a relation holds between values that are known to a radius, and for formulas with variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from mmverifiers.steps.balls import Ball, Unknown
from mmverifiers.steps.nodes import Node, walk
from mmverifiers.steps.values import values

_MARGIN = 1 - Fraction(1, 10**20)
"""A rounding is off by less than one unit in its last place, and not by one."""
_RELATIONS: dict[str, Callable[[Fraction, Fraction, Fraction], bool]] = {
    "=": lambda gap, slack, size: gap == 0 or abs(gap) < slack * _MARGIN,
    "!=": lambda gap, slack, size: abs(gap) > slack,
    "<": lambda gap, slack, size: gap < slack,
    "<=": lambda gap, slack, size: gap <= slack,
    ">": lambda gap, slack, size: -gap < slack,
    ">=": lambda gap, slack, size: -gap <= slack,
    "~": lambda gap, slack, size: abs(gap) <= slack + size / 10,
}
KNOWN = frozenset(_RELATIONS)
"""Relations that can be checked; all others are opaque. `~` is "about": within a tenth."""
POINTS = tuple(Fraction(*ratio) for ratio in ((7, 3), (-11, 5), (13, 17), (29, 7), (-3, 19), (41, 23)))
"""Where formulas with variables are compared: numbers at which two different short formulas hardly agree."""


def holds(relation: str, left: Iterable[Ball], right: Iterable[Ball]) -> bool:
    """Does the relation hold for some reading of either side, somewhere in the balls?"""
    test, right = _RELATIONS[relation], tuple(right)
    return any(test(a.mid - b.mid, a.rad + b.rad, max(abs(a.mid), abs(b.mid))) for a in left for b in right)


def identical(left: Node, right: Node) -> bool:
    """Are two formulas equal whatever their variables are? True may be wrong, with a chance that does not matter."""
    names = sorted({part.text for side in (left, right) for part in walk(side) if part.op == "sym"})
    if not names or len(names) > len(POINTS):
        return False
    try:
        for turn in range(3):
            at = {name: POINTS[(place + turn) % len(POINTS)] + turn for place, name in enumerate(names)}
            if not holds("=", values(_placed(left, at)), values(_placed(right, at))):
                return False
    except Unknown:
        return False
    return True


def _placed(node: Node, at: dict[str, Fraction]) -> Node:
    """The formula with numbers for its variables."""
    if node.op == "sym":
        return Node("num", value=at[node.text])
    return node._replace(args=tuple(_placed(arg, at) for arg in node.args)) if node.args else node
