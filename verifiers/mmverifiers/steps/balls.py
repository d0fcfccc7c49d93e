"""Numbers that are known to a radius, and what can be computed with them. Nothing here can run long or grow large.

Rational arithmetic is exact and has radius 0; roots, logarithms, powers and angles come from 50-digit decimals, with a
radius that covers their error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

MAX_BITS = 8192
"""Largest numerator or denominator that is computed, in bits."""
MAX_FACTORIAL = 400
"""Largest factorial, and largest upper number of a binomial."""
MAX_DEGREE = 64
"""Largest root."""
DIGITS = 50
"""Decimal digits of what is not rational."""
ERROR = Fraction(1, 10**45)
"""Relative error that is granted to it."""
ZERO = Fraction(0)
PI = Fraction(Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803"))


class Ball(NamedTuple):
    """Some number between mid - rad and mid + rad."""

    mid: Fraction
    rad: Fraction = ZERO


class Unknown(Exception):
    """The value cannot be told, or is too large."""


ONE = Ball(Fraction(1))


def sized(ball: Ball) -> Ball:
    """The ball, rounded outwards where it is inexact anyway; Unknown where it is too large."""
    mid, rad = ball
    if mid.numerator.bit_length() > MAX_BITS or mid.denominator.bit_length() > MAX_BITS:
        raise Unknown
    if rad and rad.denominator.bit_length() > 512:
        places = max(rad.denominator.bit_length() - rad.numerator.bit_length(), 0) + 32
        rad = Fraction((rad.numerator << places) // rad.denominator + 1, 1 << places)
    if rad and mid.denominator.bit_length() > 1024:
        places = max(mid.denominator.bit_length() - mid.numerator.bit_length(), 0) + 512
        mid = Fraction((mid.numerator << places) // mid.denominator, 1 << places)
        rad += Fraction(1, 1 << places)
    return Ball(mid, rad)


def add(a: Ball, b: Ball) -> Ball:
    """a + b"""
    if not a.rad and not b.rad:
        return Ball(a.mid + b.mid)
    return Ball(a.mid + b.mid, a.rad + b.rad)


def multiply(a: Ball, b: Ball) -> Ball:
    """a · b"""
    if not a.rad and not b.rad:
        return Ball(a.mid * b.mid)
    return Ball(a.mid * b.mid, abs(a.mid) * b.rad + abs(b.mid) * a.rad + a.rad * b.rad)


def divide(a: Ball, b: Ball) -> Ball:
    """a / b; Unknown where b may be 0."""
    if abs(b.mid) <= b.rad:
        raise Unknown
    mid = a.mid / b.mid
    if not a.rad and not b.rad:
        return Ball(mid)
    return Ball(mid, (a.rad + abs(mid) * b.rad) / (abs(b.mid) - b.rad))


def remainder(a: Ball, b: Ball) -> Ball:
    """The remainder of exact numbers, with the sign of b."""
    if a.rad or b.rad or not b.mid:
        raise Unknown
    return Ball(a.mid % b.mid)


def power(a: Ball, b: Ball) -> Ball:
    """a to the power of b; for a power that is no integer, a must be positive."""
    if not b.rad and b.mid.denominator == 1:
        return _integer_power(a, b.mid.numerator)
    if a.mid <= a.rad:
        raise Unknown
    if not a.rad and not b.rad and b.mid.denominator <= MAX_DEGREE:
        base = _exact_root(a.mid, b.mid.denominator)
        if base is not None:
            return _integer_power(Ball(base), b.mid.numerator)
    return smooth(Decimal.exp, multiply(b, smooth(Decimal.ln, a)))


def _integer_power(a: Ball, exponent: int) -> Ball:
    n = abs(exponent)
    if n * max(a.mid.numerator.bit_length(), a.mid.denominator.bit_length()) > MAX_BITS:
        raise Unknown
    if n > 1 and a.rad:
        low, mid, high = (a.mid - a.rad) ** n, a.mid**n, (a.mid + a.rad) ** n
        result = Ball(mid, max(abs(high - mid), abs(low - mid)))
    else:
        result = Ball(a.mid**n, a.rad if n == 1 else Fraction(0))
    return divide(ONE, result) if exponent < 0 else result


def _exact_root(value: Fraction, degree: int) -> Fraction | None:
    """The root, where it is rational."""
    parts = []
    for part in (value.numerator, value.denominator):
        if degree > 2 and part.bit_length() > 500:
            return None
        root = math.isqrt(part) if degree == 2 else round(part ** (1 / degree))
        if root**degree != part:
            return None
        parts.append(root)
    return Fraction(parts[0], parts[1])


def root(a: Ball, degree: Ball) -> Ball:
    """The real root; of a negative number only for an odd degree."""
    if degree.rad or degree.mid.denominator != 1 or not 2 <= degree.mid <= MAX_DEGREE:
        raise Unknown
    if a.mid < 0 and degree.mid % 2:
        positive = root(Ball(-a.mid, a.rad), degree)
        return Ball(-positive.mid, positive.rad)
    if a.mid < 0:
        raise Unknown
    exact = None if a.rad else _exact_root(a.mid, int(degree.mid))
    if exact is not None:
        return Ball(exact)
    if a.mid <= a.rad:
        raise Unknown
    return smooth(Decimal.sqrt, a) if degree.mid == 2 else power(a, Ball(1 / degree.mid))


def choose(a: Ball, b: Ball) -> Ball:
    """The binomial coefficient."""
    integers = not (a.rad or b.rad) and a.mid.denominator == b.mid.denominator == 1
    if not integers or not 0 <= b.mid <= a.mid <= MAX_FACTORIAL:
        raise Unknown
    return Ball(Fraction(math.comb(int(a.mid), int(b.mid))))


def factorial(a: Ball) -> Ball:
    """1 · 2 · … · a"""
    if a.rad or a.mid.denominator != 1 or not 0 <= a.mid <= MAX_FACTORIAL:
        raise Unknown
    return Ball(Fraction(math.factorial(int(a.mid))))


def stepped(a: Ball, step: Callable[[Fraction], int]) -> Ball:
    """Floor or ceiling; Unknown where the ball holds several."""
    low, high = step(a.mid - a.rad), step(a.mid + a.rad)
    if low != high:
        raise Unknown
    return Ball(Fraction(low))


def smooth(function: Callable[[Decimal], Decimal], at: Ball) -> Ball:
    """A monotone function of a ball."""
    found = []
    with localcontext(Context(prec=DIGITS, Emax=4000, Emin=-4000, traps=[])):
        for x in (at.mid, at.mid - at.rad, at.mid + at.rad) if at.rad else (at.mid,):
            y = function(Decimal(x.numerator) / Decimal(x.denominator))
            if not y.is_finite() or abs(y.adjusted()) > 2000:
                raise Unknown
            found.append(Fraction(y))
    spread = max(abs(y - found[0]) for y in found)
    return sized(Ball(found[0], spread + abs(found[0]) * ERROR + Fraction(1, 10**300)))


def logarithm(a: Ball) -> Ball:
    """The natural logarithm."""
    if a.mid <= a.rad:
        raise Unknown
    return Ball(Fraction(0)) if a == ONE else smooth(Decimal.ln, a)


def sine(x: Ball) -> Ball:
    """The sine of an angle in radians, by its series."""
    if abs(x.mid) > 10**6:
        raise Unknown
    scale = 10**70
    angle = Fraction(round((x.mid - round(x.mid / (2 * PI)) * 2 * PI) * scale), scale)
    term = total = angle
    for n in range(2, 90, 2):  # |angle| ≤ π: the 45th term is below 10⁻⁵⁰
        term = Fraction(round(-term * angle * angle / (n * (n + 1)) * scale), scale)
        total += term
    return Ball(total, x.rad + Fraction(1, 10**45))  # its slope is at most 1


def cosine(x: Ball) -> Ball:
    """The cosine of an angle in radians."""
    return sine(Ball(x.mid + PI / 2, x.rad))
