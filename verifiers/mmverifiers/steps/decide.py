"""A statement → true, false or unknown. False only what cannot be read as true."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from mmverifiers.steps.balls import Ball, Unknown
from mmverifiers.steps.context import Surroundings
from mmverifiers.steps.nodes import Node, walk
from mmverifiers.steps.readings import Values, doubtful
from mmverifiers.steps.relations import KNOWN, holds, identical
from mmverifiers.steps.statements import Link, Side
from mmverifiers.steps.values import Slack, values

COMPUTED = Fraction(1, 10**9)
"""Numbers with more places than this come from a computer, and are as exact as its arithmetic: 0.30000000000000004."""
PRECISE = 3
"""Significant digits from which an estimate must be within a tenth; with fewer, within a factor of two."""
_THIRDS = frozenset("33 66 67 17 16 83 14 11".split())
"""Percentages that are mostly rounded: 33 % for a third."""

MAX_SUSPECTS = 300
"""Statements of a text that look false and are looked at closely; no trace has as many."""
MAX_NODES = 24_000
"""Parts of formulas of a text that are evaluated; 4,000 statements of six parts each."""


@dataclass(slots=True)
class Known:
    """What has been learnt about a text so far."""

    around: Surroundings
    rounded: set[str] = field(default_factory=set)
    """Numbers that are rounded there, as written."""
    suspects: int = 0
    """Statements that looked false."""
    nodes: int = 0
    """Parts of formulas that were evaluated."""


def decide(link: Link, known: Known) -> tuple[str, str]:
    """(verdict, detail): for false what is right, for unknown one word that says why. Adds to `known` what it learns.

    Why unknown: `relation` (not one that is checked), `variables`, `value` (too large, or not defined), `rounding`
    (right but for roundings), `extent` (a part may lie outside), `reading` (may mean something else), `estimate`,
    `arithmetic` (remainders, bases, an operation of the text's own), `context` (supposed, quoted, refuted, corrected),
    `limit` (after too many that look false, or too long ones).
    """
    left, right = link.left, link.right
    known.nodes += left.size + right.size
    if known.nodes > MAX_NODES:
        return "unknown", "limit"
    if link.relation not in KNOWN:
        return "unknown", "relation"
    if left.symbolic or right.symbolic:
        same = link.relation == "=" and identical(left.node, right.node)
        return ("true", "") if same else ("unknown", "variables")
    try:
        have, want = values(left.node), values(right.node)
        if holds(link.relation, have, want):
            if link.relation == "~":
                _remember(known, left, right)
            return "true", ""
        if link.relation == "!=":
            return "unknown", "relation"
        if holds(link.relation, _loose(link, left, right, known), _loose(link, right, left, known)):
            _remember(known, left, right)
            return ("true", "") if left.bare or right.bare else ("unknown", "rounding")
    except Unknown:
        return "unknown", "value"
    known.suspects += 1
    if why := "limit" if known.suspects > MAX_SUSPECTS else _excuse(link, have, want, known.around):
        return "unknown", why
    return "false", _detail(link, known.around.text, have[0], want[0])


def _excuse(link: Link, have: Values, want: Values, around: Surroundings) -> str:
    """Why a statement that looks false is not called so; empty where nothing speaks for it."""
    left, right = link.left, link.right
    if not (left.sure and right.sure):
        return "extent"
    if doubtful(link, have, want, around):
        return "reading"
    if _estimate(link, have, want, around):
        return "estimate"
    if around.other_arithmetic:
        return "arithmetic"
    if link.relation not in ("=", "~") and around.tested(left.start, right.end):
        return "context"
    return "context" if around.excused(left.start, right.end) else ""


def _loose(link: Link, side: Side, other: Side, known: Known) -> Values:
    """A side's values where its numbers may be roundings."""
    return values(side.node, _slack(link, side, other, known))


def _slack(link: Link, side: Side, other: Side, known: Known) -> Slack:
    """How far each number of a side may be off: one unit in its last place where it may be rounded, else nothing.

    A result may be rounded at its own precision; a number that is used may be where the text shows it to be rounded,
    where it has three places or more, or where it looks like a rounding: two places that are no multiple of 0.05, one
    place that is .3 or .7, 33 %. Amounts of money are not.
    """
    leading = _leading(side.node)
    percentages = {part.args[0].text for part in walk(side.node) if part.op == "pct" and part.args[0].op == "num"}
    loose_text = known.around.rounds(side.start, side.end)
    result = link.relation in ("=", "~")
    whole = all(not ball.rad and ball.mid.denominator == 1 for ball in values(other.node))

    def slack(number: Node) -> Fraction:
        ulp = number.ulp
        if 0 < ulp < COMPUTED:
            return max(ulp, abs(number.value) * COMPUTED)
        if result and number is leading and (ulp < 1 or side.node.op == "mul" or not whole):
            return ulp
        if number.text in known.rounded or (number.text in _THIRDS and number.text in percentages):
            return ulp
        if ulp >= 1 or ulp == 0:
            return Fraction(0)
        digits = int(number.value / ulp)
        looks_rounded = {Fraction(1, 100): digits % 5 != 0, Fraction(1, 10): digits % 10 in (3, 7)}.get(ulp, True)
        return ulp if loose_text or ulp < Fraction(1, 100) or (looks_rounded and not side.money) else Fraction(0)

    return slack


def _leading(node: Node) -> Node | None:
    """The number of a side that is one number, perhaps times a power of ten."""
    while node.op in ("neg", "pct", "deg", "maybe", "cut", "either"):
        node = node.args[0]
    if node.op == "num":
        return node
    if node.op != "mul" or node.args[0].op != "num":
        return None
    factor = node.args[1]
    scaled = factor.op == "num" and not factor.text  # 3 million
    return node.args[0] if scaled or (factor.op == "pow" and factor.args[0].value == 10) else None


def _remember(known: Known, *sides: Side) -> None:
    for side in sides:
        number = _leading(side.node) if side.bare else None
        if number is not None:
            known.rounded.add(number.text)


def _estimate(link: Link, have: Values, want: Values, around: Surroundings) -> bool:
    """Does the text speak of rounding, and is the result near enough for that?"""
    if link.relation not in ("=", "~"):
        return False
    if link.relation == "=" and not around.rounds(link.left.start, link.right.end):
        return False
    number = _leading(link.right.node)
    precise = number is not None and len(number.text.replace(".", "").strip("0")) >= PRECISE
    allowed = Fraction(1, 10 if precise else 2)
    return any(abs(a.mid - b.mid) <= allowed * max(abs(a.mid), abs(b.mid)) for a in have for b in want)


def _detail(link: Link, text: str, have: Ball, want: Ball) -> str:
    """What is right, in a few words: "17*3 = 51, not 41"."""
    left, right = (" ".join(text[side.start : side.end].split()) for side in (link.left, link.right))
    one, other = _shown(have), _shown(want)
    if link.relation not in ("=", "~"):
        return f"{one} is not {link.relation} {other}"
    if link.left.bare and not link.right.bare:
        return f"{_short(right)} = {other}, not {_short(left)}"
    return f"{_short(left)} = {one}, not {_short(right if link.right.bare else other)}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _shown(ball: Ball) -> str:
    value = ball.mid
    if value.denominator == 1 and not ball.rad:
        return _short(str(value))
    if not ball.rad and value.denominator < 10**6 and 10**9 % value.denominator == 0:
        return f"{float(value):.10g}"
    if not ball.rad and value.denominator < 1000:
        return str(value)
    return f"{float(value):.6g}" if abs(value) < 10**300 else "a larger number"
