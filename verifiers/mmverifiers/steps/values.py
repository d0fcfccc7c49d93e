"""Formula → values: one for each way to read it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

from mmverifiers.steps import balls
from mmverifiers.steps.balls import ONE, PI, ZERO, Ball, Unknown, divide, logarithm, multiply, sized
from mmverifiers.steps.nodes import Node, walk

MAX_READINGS = 24
"""Most values of one formula."""
ROUGH = Fraction(1, 300)
"""What a root may be off by, relatively, where roundings are allowed: √3 as 1.73."""
ROUGH_PI = Fraction(15, 100)
"""What π may be off by there: 3.14, 22/7, even 3."""

Slack = Callable[[Node], Fraction]
"""How far a number in the text may be from what it stands for."""


def exact(node: Node) -> Fraction:
    """Every number is what it says."""
    return ZERO


def values(node: Node, slack: Slack = exact) -> tuple[Ball, ...]:
    """All values of a formula. Unknown where it has variables, is not defined, is too large or has too many."""
    found = tuple(dict.fromkeys(_each(node, slack)))
    if slack is not exact and node.op in ("root", "pow"):
        found = tuple(Ball(ball.mid, ball.rad + abs(ball.mid) * ROUGH) if ball.rad else ball for ball in found)
    if len(found) > MAX_READINGS:
        raise Unknown
    return found


def _each(node: Node, slack: Slack) -> Iterable[Ball]:
    op = node.op
    if op == "num":
        return (Ball(node.value, slack(node)),)
    if op == "cut":
        return (Ball(node.args[0].value, node.args[0].ulp),)
    if op in ("sym", "unknown"):
        raise Unknown
    if op == "func":
        return _function(node, slack)
    inner = [values(arg, slack) for arg in node.args]
    if op == "either":
        return [ball for found in inner for ball in found]
    if op == "maybe":
        return inner[0]
    if op == "pct":
        return [*(Ball(ball.mid / 100, ball.rad / 100) for ball in inner[0]), *inner[0]]
    if op in _UNARY:
        return [_UNARY[op](ball) for ball in inner[0]]
    if op in _SIGNS:
        return _added(node, inner)
    return [sized(_BINARY[op](a, b)) for a in inner[0] for b in inner[1]]


def _added(node: Node, inner: list[tuple[Ball, ...]]) -> Iterable[Ball]:
    """Sums and differences; a percentage that is added may be one of the other part: 50 + 10% is 55."""
    found = []
    for sign in _SIGNS[node.op]:
        signed = [Ball(sign * ball.mid, ball.rad) for ball in inner[1]]
        found += [sized(balls.add(a, b)) for a in inner[0] for b in signed]
        if node.args[1].op == "pct":
            shares = signed[: len(signed) // 2]
            found += [sized(multiply(a, balls.add(ONE, share))) for a in inner[0] for share in shares]
    return found


_SIGNS = {"add": (1,), "sub": (-1,), "pm": (1, -1)}
_UNARY: dict[str, Callable[[Ball], Ball]] = {
    "neg": lambda a: Ball(-a.mid, a.rad),
    "deg": lambda a: a,
    "fact": balls.factorial,
    "abs": lambda a: Ball(abs(a.mid), a.rad),
    "floor": lambda a: balls.stepped(a, math.floor),
    "ceil": lambda a: balls.stepped(a, math.ceil),
    "exp": lambda a: balls.smooth(Decimal.exp, a),
    "ln": logarithm,
}
_BINARY: dict[str, Callable[[Ball, Ball], Ball]] = {
    "mul": multiply,
    "div": divide,
    "mod": balls.remainder,
    "pow": balls.power,
    "root": balls.root,
    "choose": balls.choose,
}
_ANGLES: dict[str, Callable[[Ball], Ball]] = {
    "sin": balls.sine,
    "cos": balls.cosine,
    "tan": lambda x: divide(balls.sine(x), balls.cosine(x)),
    "cot": lambda x: divide(balls.cosine(x), balls.sine(x)),
    "sec": lambda x: divide(ONE, balls.cosine(x)),
    "csc": lambda x: divide(ONE, balls.sine(x)),
}


def _function(node: Node, slack: Slack) -> Iterable[Ball]:
    name = node.text
    if name == "pi":
        return (Ball(PI, Fraction(1, 10**80) if slack is exact else ROUGH_PI),)
    args = [values(arg, slack) for arg in node.args]
    if name in ("gcd", "lcm", "gcf", "hcf", "max", "min"):
        return (_of_list(name, args),)
    if len(args) == 2 and name == "log_":
        return [sized(divide(logarithm(ball), logarithm(base))) for base in args[0] for ball in args[1]]
    if len(args) != 1:
        raise Unknown
    if name in _ANGLES:
        degrees = [multiply(ball, Ball(PI / 180)) for ball in args[0]]
        radians = [] if any(part.op == "deg" for part in walk(node)) else args[0]
        return [sized(_ANGLES[name](angle)) for angle in (*degrees, *radians)]
    if name == "log":
        natural = [logarithm(ball) for ball in args[0]]
        return [*natural, *(divide(ball, logarithm(Ball(Fraction(10)))) for ball in natural)]
    if name in ("ln", "exp", "abs", "floor", "ceil"):
        return [_UNARY[name](ball) for ball in args[0]]
    raise Unknown


def _of_list(name: str, args: list[tuple[Ball, ...]]) -> Ball:
    """The greatest common divisor, least common multiple, largest or smallest of exact numbers."""
    found = [each[0] for each in args]
    if any(len(each) > 1 or each[0].rad for each in args):
        raise Unknown
    if name in ("max", "min"):
        return (max if name == "max" else min)(found)
    if any(ball.mid.denominator != 1 for ball in found):
        raise Unknown
    integers = [int(ball.mid) for ball in found]
    return sized(Ball(Fraction(math.lcm(*integers) if name == "lcm" else math.gcd(*integers))))
