"""The parts of a formula, and numbers as they are written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

MAX_DIGITS = 400
"""Longest number that is evaluated, in digits; also the largest power of ten that one is written with."""


class Node(NamedTuple):
    """A part of a formula."""

    op: str
    """num, sym, unknown; cut (digits go on), maybe (a doubtful reading); neg, add, sub, pm, mul, div, mod, pow, root,
    fact, pct, deg, abs, floor, ceil, choose, either (one of several readings), or func."""
    args: tuple[Node, ...] = ()
    value: Fraction = Fraction(0)
    """Of a num."""
    ulp: Fraction = Fraction(0)
    """One unit in the last written place of a num; 0 for one that is not written as a decimal."""
    text: str = ""
    """The digits of a num, the name of a sym or func."""


UNKNOWN = Node("unknown")


@lru_cache(maxsize=4096)
def number(text: str) -> Node:
    """The node of a number as written; one that is too long is unknown, one that is written doubtfully `maybe`."""
    plain = text.replace("{,}", "").replace("\\,", "").replace("\\!", "")
    doubtful = len(plain) > 1 and plain[0] == "0" and plain.isdigit()
    if "," in plain:
        groups = plain.partition(".")[0].split(",")
        if len(groups[-1]) == 3 and len(groups[0]) <= 3 and groups[0] != "0":
            plain = plain.replace(",", "")
        else:
            plain, doubtful = plain.replace(",", "."), True  # a decimal comma, or a list
    mantissa, _, power = plain.lower().partition("e")
    exponent = int(power or 0)
    if len(mantissa) > MAX_DIGITS or abs(exponent) > MAX_DIGITS:
        return UNKNOWN
    ulp = Fraction(10) ** (exponent - len(mantissa.partition(".")[2]))
    node = Node("num", value=int(mantissa.replace(".", "")) * ulp, ulp=ulp, text=plain)
    return Node("maybe", (node,)) if doubtful else node


def whole(value: int) -> Node:
    """A number that the text does not spell in digits."""
    return Node("num", value=Fraction(value))


def repeating(text: str) -> Node:
    r"""The node of `0.1\overline{6}`."""
    integer, _, rest = text.partition(".")
    fixed, _, period = rest.partition("\\")
    period = "".join(c for c in period if c.isdigit())
    shift, cycle = 10 ** len(fixed), 10 ** len(period) - 1
    value = Fraction(int(integer + fixed or "0"), shift) + Fraction(int(period), shift * cycle)
    return Node("num", value=value, text=text)


def vulgar(text: str) -> Node:
    """The node of `½` and the like."""
    value = Fraction(unicodedata.numeric(text)).limit_denominator(10)
    return Node("div", (whole(value.numerator), whole(value.denominator)))


def raised(text: str) -> Node:
    """The node of `²` and the like."""
    return number("".join(str(unicodedata.digit(c)) for c in text))


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.args


def is_ratio(node: Node) -> bool:
    """Is it one number over another?"""
    return node.op == "div" and all(part.op == "num" for part in node.args)
