"""Values in other units, by pint's definitions, as exact fractions. Importing pint takes a second: for workers only."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import Any

from mmverifiers import latex
from mmverifiers.number import parse_number
from mmverifiers.units import MONEY, Unit, in_degrees, kinds

CLOSE = 1e-9
"""Relative difference that is allowed between decimals where the factor is a power of pi, and only there."""
_SCALES = ("degree_Celsius", "degree_Fahrenheit")


def converted(value: str, unit: Unit, gold: str, target: Unit) -> str | None:
    """The value, given in one unit, as a number or formula in another; the gold itself where it is as close to it as
    a factor with pi allows. None where one unit does not convert into the other."""
    found = conversion(unit, target)
    if found is None:
        return None
    factor, offset, pi = found
    number, want = parse_number(value), parse_number(gold)
    if number is not None and (not pi or want is not None):
        exact = factor * number.value + offset
        if not pi:
            return str(exact)
        assert want is not None
        try:
            close = math.isclose(float(exact) * math.pi**pi, float(want.value), rel_tol=CLOSE)
        except OverflowError:
            close = False
        return gold if close else f"{exact}*10^400"
    formula = rf"\frac{{{factor.numerator}}}{{{factor.denominator}}}({latex.tidy(value)})"
    formula += rf"(\pi)^{{{pi}}}" if pi else ""
    return formula + (rf"+\frac{{{offset.numerator}}}{{{offset.denominator}}}" if offset else "")


@lru_cache(maxsize=1024)
def conversion(unit: Unit, target: Unit) -> tuple[Fraction, Fraction, int] | None:
    """(factor, offset, power of pi) such that a value times factor times pi to that power, plus the offset, is in the
    target unit; None where there is no such thing.

    Temperatures by themselves have an offset; in products they are differences. Money converts only within one
    currency; angles, ratios, bits and doses only into their like, though pint takes them for pure numbers.
    """
    if kinds(unit) != kinds(target):
        return None
    source, factor, pi = in_degrees(unit)
    goal, below, pi_below = in_degrees(target)
    registry = _registry()
    try:
        zero, one = (_to(registry, Fraction(n), source, goal) for n in (0, 1))
    except Exception:  # pint has a dozen ways to say that two units do not convert
        return None
    return (one - zero) * factor / below, zero / below, pi - pi_below


def _to(registry: Any, value: Fraction, unit: Unit, target: Unit) -> Fraction:
    return Fraction(registry.Quantity(value, _spelled(unit)).to(_spelled(target)).magnitude)


def _spelled(unit: Unit) -> str:
    if len(unit) == 1 and unit[0][1] == 1:
        return unit[0][0]
    return "*".join(f"{'delta_' if name in _SCALES else ''}{name}**{power}" for name, power in unit)


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(non_int_type=Fraction, cache_folder=None)
    for name in sorted(MONEY - {"cent"}):
        registry.define(f"{name} = [money_{name.lower()}]")
    registry.define("cent = USD / 100")
    return registry
