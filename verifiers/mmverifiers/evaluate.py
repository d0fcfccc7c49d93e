"""Are two formulas equal? Rational constants exactly, everything else by its values to fifty digits.

No simplification: a constant is compared at two precisions, a function at several points (two analytic functions that
agree to fifty digits at unrelated points are the same; Schwartz 1980 and Zippel 1979 for polynomials).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from mmverifiers.exact import TooLarge, Unknown, exact
from mmverifiers.formula import Tree

DIGITS = 60
"""Working precision of constants, in decimal digits; checked again with twice as many."""
AGREE = 40
"""Decimal digits to which two values must agree to be one."""
_POINTS: tuple[tuple[int, bool], ...] = ((1, False), (2, False), (3, False), (4, True), (5, True))
"""(seed, also negative values?) of the points at which functions are compared."""


def equal(left: Tree, right: Tree) -> bool | None:
    """Are two formulas equal wherever both are defined? None where that cannot be told."""
    if left == right:
        return True
    try:
        names = symbols(left) | symbols(right)
        if not names:
            return _equal_constants(left, right)
        return _equal_functions(left, right, tuple(sorted(names)))
    except TooLarge:
        if left[0] == right[0] == "^" and equal(left[1], right[1]):
            return equal(left[2], right[2])
        return None if names or (_too_large(left) and _too_large(right)) else False
    except (Unknown, ArithmeticError, ValueError, TypeError, RecursionError):
        return None


@lru_cache(maxsize=4096)
def symbols(tree: Tree) -> frozenset[str]:
    """Names of the free symbols of a tree."""
    if tree[0] == "sym":
        return frozenset((tree[1],))
    return frozenset().union(*(symbols(part) for part in tree[1:] if isinstance(part, tuple)))


@lru_cache(maxsize=4096)
def _digits(tree: Tree) -> int:
    """Digits of the largest exact number in a tree, at most 4,000; 0 below ten digits."""
    try:
        known = exact(tree)
    except ValueError:
        return 0
    if known is not None:
        bits = max(known.numerator.bit_length(), known.denominator.bit_length())
        return min(4000, bits // 3) if bits > 33 else 0
    return max((_digits(part) for part in tree[1:] if isinstance(part, tuple)), default=0)


def _too_large(tree: Tree) -> bool:
    try:
        _value(tree, {})
    except TooLarge:
        return True
    except (ArithmeticError, ValueError):
        return False
    return False


def _equal_constants(left: Tree, right: Tree) -> bool | None:
    import mpmath

    a, b = exact(left), exact(right)
    if a is not None and b is not None:
        return a == b
    differences = []
    size = max(_digits(left), _digits(right))  # so that 1 is not lost beside 10^200
    for digits in (DIGITS + size, 2 * DIGITS + 2 * size):
        with mpmath.workdps(digits):
            x, y = _value(left, {}), _value(right, {})
            if _infinite(x) or _infinite(y):
                return bool(x == y) if _infinite(x) and _infinite(y) else False
            scale, off = max(abs(x), abs(y)), abs(x - y)
            if off == 0:
                return True
            if off > scale * mpmath.mpf(10) ** -(AGREE + size) and scale > mpmath.mpf(10) ** -AGREE:
                return False
            differences.append(off)
    # Equal so far: the difference is rounding only if it falls with the precision.
    return bool(differences[1] <= differences[0] * mpmath.mpf(10) ** -(DIGITS // 3))


def _equal_functions(left: Tree, right: Tree, names: tuple[str, ...]) -> bool | None:
    import mpmath

    agreed = differed = 0
    size = max(_digits(left), _digits(right))
    with mpmath.workdps(DIGITS + size):
        for seed, negative in _POINTS:
            point = {name: _sample(i, seed, negative) for i, name in enumerate(names)}
            try:
                x, y = _value(left, point), _value(right, point)
            except (ArithmeticError, ValueError):
                continue
            if _infinite(x) or _infinite(y) or mpmath.isnan(x) or mpmath.isnan(y):
                continue
            real = mpmath.im(x) == 0 and mpmath.im(y) == 0
            if negative and not real:
                continue
            scale = max(abs(x), abs(y))
            if abs(x - y) <= scale * mpmath.mpf(10) ** -(AGREE + size) or scale < mpmath.mpf(10) ** -AGREE:
                agreed += 1
            elif real:
                return False
            else:
                differed += 1
    if differed:
        return None if agreed else False
    return True if agreed >= 2 else None


def numeric(tree: Tree) -> Fraction | None:
    """The value of a real constant as a fraction good to fifty digits; None where there is none."""
    import mpmath

    try:
        with mpmath.workdps(DIGITS):
            value = _value(tree, {})
            if mpmath.im(value) != 0 or _infinite(value) or abs(value) > mpmath.mpf(10) ** 40:
                return None
            scaled = mpmath.nint(mpmath.re(value) * mpmath.mpf(10) ** 50)
            return Fraction(int(scaled), 10**50)
    except (ArithmeticError, ValueError, TypeError, RecursionError):
        return None


def sample_values(tree: Tree) -> list[Any] | None:
    """The values of a tree at the points where it has one; None where none is found."""
    import mpmath

    names, values = tuple(sorted(symbols(tree))), []
    with mpmath.workdps(DIGITS):
        for seed, negative in _POINTS:
            try:
                value = _value(tree, {name: _sample(i, seed, negative) for i, name in enumerate(names)})
            except (ArithmeticError, ValueError):
                continue
            if not (_infinite(value) or mpmath.isnan(value)):
                values.append(value)
    return values or None


def _sample(index: int, seed: int, negative: bool) -> Any:
    """A value unrelated to the others: the fractional part of a multiple of a root, in (0.1, 2.1) or mirrored."""
    import mpmath

    primes = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    value = mpmath.mpf("0.1") + 2 * mpmath.frac(mpmath.sqrt(primes[index % 12] + 40 * (index // 12)) * (3 * seed + 1))
    return -value if negative and (index + seed) % 2 == 0 else value


def _infinite(value: Any) -> bool:
    import mpmath

    return bool(mpmath.isinf(value))


def _value(tree: Tree, point: dict[str, Any]) -> Any:
    """The number that a tree denotes at a point, at mpmath's current precision."""
    import mpmath

    kind = tree[0]
    if kind == "num":
        return mpmath.mpf(tree[1].numerator) / tree[1].denominator
    if kind == "sym":
        if tree[1] not in point:
            raise Unknown(tree[1])
        return point[tree[1]]
    if kind == "const":
        return {"pi": +mpmath.pi, "e": +mpmath.e, "i": mpmath.mpc(0, 1), "oo": mpmath.inf}[tree[1]]
    if kind == "fn":
        return _apply(tree[1], _value(tree[2], point))
    if kind == "^":
        return _raise(_value(tree[1], point), _value(tree[2], point), tree[2])
    if kind in ("fact", "binom", "floor", "ceil", "root") and (known := exact(tree)) is not None:
        return mpmath.mpf(known.numerator) / known.denominator
    parts = [_value(part, point) for part in tree[1:]]
    first = parts[0]
    if kind == "+":
        return sum(parts[1:], first)
    if kind == "*":
        return first * parts[1]
    if kind == "/":
        return first / parts[1]
    if kind == "neg":
        return -first
    if kind == "root":
        degree = int(exact(tree[1]) or 0)
        if degree % 2 and mpmath.im(parts[1]) == 0 and parts[1] < 0:
            return -mpmath.root(-parts[1], degree)  # the real root of a negative number
        return mpmath.root(parts[1], degree) if degree > 0 else parts[1] ** (1 / first)
    simple = {
        "abs": abs,
        "floor": mpmath.floor,
        "ceil": mpmath.ceil,
        "percent": lambda x: x / 100,
        "deg": mpmath.radians,
    }
    if kind in simple:
        return simple[kind](first)
    if kind == "log":
        return mpmath.log(parts[1]) / mpmath.log(first)
    if kind == "fact" and abs(first) < 1000:
        return mpmath.factorial(first)
    if kind == "binom" and abs(first) < 1000:
        return mpmath.binomial(first, parts[1])
    raise Unknown(kind)


def _raise(base: Any, exponent: Any, written: Tree) -> Any:
    import mpmath

    if abs(base) != 0 and abs(mpmath.log(abs(base)) * exponent) > 1e7:
        raise TooLarge
    if mpmath.im(base) == 0 and base < 0 and written[0] == "/":
        value = exact(written)
        if value is not None and value.denominator % 2:  # (-8)^{1/3} is -2 where answers are real
            return (-1 if value.numerator % 2 else 1) * (-base) ** exponent
    return base**exponent


def _apply(name: str, x: Any) -> Any:
    import mpmath

    if name == "exp" or name in ("sinh", "cosh", "tanh"):
        if abs(x) > 1e7:
            raise TooLarge
        return getattr(mpmath, name)(x)
    if name.startswith("arc"):
        return getattr(mpmath, "a" + name[3:])(x)
    return getattr(mpmath, name)(x)
