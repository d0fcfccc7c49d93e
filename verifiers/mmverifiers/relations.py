"""Equations, chains and inequalities against one another, against values, and against intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmverifiers.evaluate import equal, symbols
from mmverifiers.formula import Tree, read_formula
from mmverifiers.number import parse_number
from mmverifiers.structure import Node

if TYPE_CHECKING:
    from mmverifiers.compare import Comparer

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_INFINITY: Node = ("leaf", "\\infty")
_MINUS_INFINITY: Node = ("leaf", "-\\infty")


def compare_relations(comparer: Comparer, a: Node, g: Node) -> str:
    """The reason code where the answer, the gold or both are relations."""
    if a[0] == "relation" and "~" in a[1] and (g[0] != "relation" or "~" not in g[1]):
        return _rounded(comparer, a, g)
    if g[0] == "relation" and "~" in g[1]:
        g = _exact_part(g)
    if a[0] == "relation" and a[1] == ("in",):
        return comparer.nodes(a[3], g if g[0] != "relation" or g[1] != ("in",) else g[3])
    if g[0] == "relation" and g[1] == ("in",):
        return comparer.nodes(a, g[3])
    if a[0] == g[0] == "relation":
        return _both(comparer, a, g)
    if g[0] == "relation":
        if (region := _region(g)) and a[0] != "leaf":
            return comparer.nodes(a, region)
        value = _value(g)
        return "wrong_answer" if value is None else comparer.nodes(a, value)
    if (region := _region(a)) and g[0] != "leaf":
        return comparer.nodes(region, g)
    value = _value(a)
    if value is not None:
        return comparer.nodes(value, g)
    if a[1][-1] == "=" and comparer.nodes(a[-1], g) == "ok":
        from mmverifiers.shapes import asked_form

        left = a[-2]
        if left[0] == "leaf" and comparer.same(left[1], a[-1][1] if a[-1][0] == "leaf" else "") == "ok":
            return "ok"  # 3 + 4 = 7 for 7
        if left[0] == "leaf" and (asked_form(left[1]) or "..." in left[1]) and a[-1] != ("leaf", "0"):
            return "ok"  # a + b = 7 for 7
        return "ambiguous"  # 0 for any equation `… = 0`
    return "wrong_answer"


def _exact_part(node: Node) -> Node:
    """What stands before the approximation: the exact value, and its name."""
    end = node[1].index("~")
    if end == 0:
        from mmverifiers.shapes import is_name

        named = node[2][0] == "leaf" and is_name(node[2][1])
        return ("relation", ("=",), node[2], node[3]) if named else node[2]
    return ("relation", node[1][:end], *node[2 : end + 3])


def _rounded(comparer: Comparer, a: Node, g: Node) -> str:
    """`x = 7/12 ≈ 0.583`: the exact value counts, or the rounding where the gold is one."""
    end = a[1].index("~")
    exact = a[2] if end == 0 else _exact_part(a)
    reason = comparer.nodes(exact, g)
    return reason if reason == "ok" else comparer.nodes(a[-1], g)


def _value(node: Node) -> Node | None:
    """The value in `x = 5`, `5 = x`, `x = 2 + 3 = 5`; None where the relation names none."""
    from mmverifiers.shapes import is_name

    if set(node[1]) != {"="}:
        return None
    if node[2][0] == "tuple" and all(part[0] == "leaf" and is_name(part[1]) for part in node[2][1:]):
        return node[-1]  # type: ignore[no-any-return]
    if node[2][0] == "leaf" and is_name(node[2][1]):
        return node[-1]  # type: ignore[no-any-return]
    if len(node) == 4 and node[3][0] == "leaf" and is_name(node[3][1]) and node[2][0] == "leaf":
        return node[2]  # type: ignore[no-any-return]
    return None


def _both(comparer: Comparer, a: Node, g: Node) -> str:
    a, g = _turned(a), _turned(g)
    if a[1] == g[1] and len(a) == len(g):
        reasons = [comparer.nodes(x, y) for x, y in zip(a[2:], g[2:], strict=True)]
        if all(reason == "ok" for reason in reasons):
            return "ok"
    if set(a[1]) == set(g[1]) == {"="}:
        value_a, value_g = _value(a), _value(g)
        if value_a is not None and value_g is not None and _same_name(_name(a), _name(g)):
            return comparer.nodes(value_a, value_g)
        return _proportional(a, g)
    region_a, region_g = _region(a), _region(g)
    if region_a and region_g:
        if _variable(a) != _variable(g):
            return "wrong_answer"
        return comparer.nodes(region_a, region_g)
    if a[1] == g[1] and len(a) == 4:
        return _proportional(a, g)
    return "wrong_answer" if set(a[1]) == {"="} or set(g[1]) == {"="} else "undecided"


def _name(node: Node) -> str:
    from mmverifiers.shapes import is_name

    for side in (node[2], node[-1]):
        if side[0] == "leaf" and is_name(side[1]):
            return "".join(side[1].split())
    return ""


def _same_name(left: str, right: str) -> bool:
    """One name, `y` and `y(x)`, or `y` and `f(x)`, which all name a function's value."""
    return bool(left) and (left.split("(")[0] == right.split("(")[0] or {left, right} == {"y", "f(x)"})


def _turned(node: Node) -> Node:
    """The relation with its inequalities pointing upwards: `a < b < c`."""
    if node[1] and all(mark in (">", ">=") for mark in node[1]):
        return ("relation", tuple(_FLIPPED[mark] for mark in reversed(node[1])), *reversed(node[2:]))
    return node


def _variable(node: Node) -> str:
    """The letter that an inequality bounds."""
    for side in node[2:]:
        if side[0] == "leaf" and (read := read_formula(side[1])):
            tree = read[0][1] if read[0][0] == "abs" else read[0]
            if tree[0] == "sym":
                return str(tree[1])
    return ""


def _region(node: Node) -> Node | None:
    """The interval or union that an inequality in one letter describes."""
    turned = _turned(node)
    marks, sides = turned[1], turned[2:]
    letter = [i for i, side in enumerate(sides) if side[0] == "leaf" and _variable(("relation", marks, side))]
    if len(sides) == 2 and (bounds := _absolute(turned)):
        return bounds
    if not letter or any(mark not in ("<", "<=", ">", ">=", "!=") for mark in marks):
        return None
    if len(sides) == 2 and marks[0] == "!=":
        point = sides[1 - letter[0]]
        return (
            "union",
            ("interval", _MINUS_INFINITY, point, False, False),
            ("interval", point, _INFINITY, False, False),
        )
    if len(sides) == 2:
        closed = marks[0] == "<="
        if letter[0] == 0:
            return ("interval", _MINUS_INFINITY, sides[1], False, closed)
        return ("interval", sides[0], _INFINITY, closed, False)
    if len(sides) == 3 and letter == [1] and all(mark in ("<", "<=") for mark in marks):
        return ("interval", sides[0], sides[2], marks[0] == "<=", marks[1] == "<=")
    return None


def as_region(node: Node) -> Node:
    """`x < 1 or x > 3` as a union of intervals, `x > 1 and x < 3` as one; any other node as it is."""
    if node[0] not in ("list", "both", "either") or any(member[0] != "relation" for member in node[1:]):
        return ("list", *node[1:]) if node[0] in ("both", "either") else node
    regions = [_region(member) for member in node[1:]]
    found = [region for region in regions if region is not None]
    if len(found) < len(regions) or len({_variable(member) for member in node[1:]}) != 1:
        return ("list", *node[1:])
    if len(found) == 2 and all(region[0] == "interval" for region in found):
        lower = [region for region in found if region[2] == _INFINITY]
        upper = [region for region in found if region[1] == _MINUS_INFINITY]
        if len(lower) == len(upper) == 1:
            low, high = parse_number(lower[0][1][1]), parse_number(upper[0][2][1])
            overlap = low is not None and high is not None and low.value < high.value
            if overlap and node[0] == "either":
                return ("words", "reals")
            if overlap:
                return ("interval", lower[0][1], upper[0][2], lower[0][3], upper[0][4])
            if node[0] == "both" and low is not None and high is not None:
                return ("words", "empty")
    return ("union", *found)


def _absolute(node: Node) -> Node | None:
    """`|x| < 3` as an interval, `|x| > 3` as a union of two."""
    (mark,), sides = node[1], node[2:]
    for inner, outer, inside in ((sides[0], sides[1], ("<", "<=")), (sides[1], sides[0], (">", ">="))):
        if (
            inner[0] != "leaf"
            or outer[0] != "leaf"
            or not (read := read_formula(inner[1]))
            or parse_number(outer[1]) is None
        ):
            continue
        if read[0][0] == "abs" and read[0][1][0] == "sym":
            closed = "=" in mark
            minus: Node = ("leaf", f"-{outer[1]}")
            if mark in inside:
                return ("interval", minus, outer, closed, closed)
            if mark != "!=":
                low: Node = ("interval", _MINUS_INFINITY, minus, False, closed)
                return ("union", low, ("interval", outer, _INFINITY, closed, False))
    return None


def _proportional(a: Node, g: Node) -> str:
    """Two equations, or two inequalities of the same direction: is one a constant multiple of the other?"""
    left, right = _difference(a), _difference(g)
    if left is None or right is None:
        return "undecided"
    if symbols(left) != symbols(right):
        return "wrong_answer"
    ratio: Tree = ("/", left, right)
    constant = _constant(ratio)
    if constant is None:
        return "undecided"
    if not constant:
        return "wrong_answer"
    if a[1][0] not in ("=", "!="):
        return "ok" if constant == "positive" else "wrong_answer"
    return "ok"


def _difference(node: Node) -> Tree | None:
    if len(node) != 4 or node[2][0] != "leaf" or node[3][0] != "leaf":
        return None
    left, right = read_formula(node[2][1]), read_formula(node[3][1])
    return ("+", left[0], ("neg", right[0])) if left and right else None


def _constant(ratio: Tree) -> str | None:
    """`positive` or `negative` where the ratio is a constant other than zero, empty where it is none."""
    import mpmath

    from mmverifiers.evaluate import sample_values

    values = sample_values(ratio)
    if values is None or len(values) < 2:
        return None
    first = values[0]
    if first == 0 or any(abs(value - first) > abs(first) * mpmath.mpf(10) ** -30 for value in values):
        return ""
    if equal(ratio, ("num", 0)):
        return ""
    return "positive" if mpmath.re(first) > 0 else "negative"
