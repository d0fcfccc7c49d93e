"""The exact value of a formula that is rational by its form, within bounds."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from mmverifiers.formula import Tree

MAX_BITS = 200_000
"""Largest exact number, in bits; what is larger is not evaluated."""


class Unknown(ValueError):
    """The value cannot be found."""


class TooLarge(Unknown):
    """The value is beyond every bound, such as a tower of powers."""


@lru_cache(maxsize=4096)
def exact(tree: Tree) -> Fraction | None:
    """The value of a tree without symbols where it is rational by its form; None otherwise.

    Unknown where a number would be too large.
    """
    kind = tree[0]
    if kind == "num":
        return tree[1]  # type: ignore[no-any-return]
    if kind in ("sym", "const", "fn", "log", "deg"):
        return None
    parts = [exact(part) for part in tree[1:]]
    if any(part is None for part in parts):
        return None
    value = _combine(kind, parts)
    if value is not None and max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise TooLarge
    return value


def _combine(kind: str, parts: list[Any]) -> Fraction | None:
    first = parts[0]
    if kind == "+":
        return sum(parts, Fraction(0))
    if kind == "*":
        return Fraction(first * parts[1])
    if kind == "neg":
        return Fraction(-first)
    if kind == "/":
        if parts[1] == 0:
            raise Unknown("a division by zero")
        return Fraction(first / parts[1])
    if kind == "percent":
        return Fraction(first / 100)
    if kind == "abs":
        return abs(Fraction(first))
    if kind in ("floor", "ceil"):
        return Fraction(first.__floor__() if kind == "floor" else first.__ceil__())
    if kind == "^":
        return _power(first, parts[1])
    if kind == "root":
        return _root(first, parts[1])
    if kind in ("fact", "binom"):
        return _counting(kind, parts)
    return None


def _power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if exponent.denominator != 1:
        root = _root(Fraction(exponent.denominator), base)
        return None if root is None else _power(root, Fraction(exponent.numerator))
    if base == 0 and exponent <= 0:
        raise Unknown("a power of zero")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if base not in (0, 1, -1) and bits * abs(exponent) > MAX_BITS:
        raise TooLarge
    if base == -1:
        return Fraction(-1 if exponent % 2 else 1)
    return Fraction(1) if base == 1 else base ** int(exponent)


def _root(degree: Fraction, base: Fraction) -> Fraction | None:
    """An exact root, or None where it is irrational."""
    from math import isqrt

    if degree.denominator != 1 or not 2 <= degree <= 64 or base < 0:
        return None
    found = []
    for number in (base.numerator, base.denominator):
        root = isqrt(number) if degree == 2 else _integer_root(number, int(degree))
        if root ** int(degree) != number:
            return None
        found.append(root)
    return Fraction(*found)


def _integer_root(number: int, degree: int) -> int:
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= number else (low, middle - 1)
    return low


def _counting(kind: str, parts: list[Any]) -> Fraction:
    from math import comb, factorial

    if any(part.denominator != 1 or not 0 <= part <= 5000 for part in parts):
        raise Unknown("no count")
    return Fraction(factorial(int(parts[0])) if kind == "fact" else comb(int(parts[0]), int(parts[1])))
