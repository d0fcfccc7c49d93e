"""The second opinion on two formulas: math-verify compares, guards undo what it is known to accept wrongly."""

from __future__ import annotations

from typing import Any

from mmverifiers import latex

RELATIVE = 1e-12
"""Two constants that math-verify holds for equal must agree to this fraction of the larger one."""


def opinion(answer: str, gold: str) -> str:
    """The reason code for two tidied texts. May hang or take all memory; lets MemoryError out."""
    if latex.prose(gold, known=gold if len(gold) < 12 else ""):
        return "gold_unverifiable"
    if latex.prose(answer, known=gold) or not latex.balanced(answer):
        return "parse_failed"
    try:
        want, got = _parse(gold), _parse(answer)
        if want is None:
            return "gold_unverifiable"
        if got is None:
            return "parse_failed"
        return _compare(got, want, answer=answer, gold=gold)
    except MemoryError:
        raise
    except Exception:
        return "error"


def _parse(text: str) -> Any:
    """The sympy object that the whole text denotes, or None; never what only a part of it denotes."""
    from math_verify import LatexExtractionConfig, parse

    found = parse(
        f"${text}$",
        extraction_config=[LatexExtractionConfig()],
        fallback_mode="no_fallback",
        extraction_mode="first_match",
        parsing_timeout=None,  # no SIGALRM: the pool holds the deadline
        raise_on_error=True,
    )
    return _exact(found[0]) if found else None


def _exact(value: Any) -> Any:
    """The same object with every decimal as the fraction that it spells: nothing is compared by rounding."""
    from sympy import Basic, Float, MatrixBase, Rational

    if isinstance(value, Float):
        return Rational(str(value))
    if isinstance(value, MatrixBase):
        return value.applyfunc(_exact)
    if not isinstance(value, Basic) or not value.atoms(Float):
        return value
    return value.func(*[_exact(part) for part in getattr(value, "_unsorted_args", value.args)])


def _compare(got: Any, want: Any, *, answer: str, gold: str) -> str:
    from math_verify import verify
    from math_verify.grader import is_assignment_relation, is_equation

    same = verify(want, got, timeout_seconds=None, allow_set_relation_comp=True, raise_on_error=True)
    if not same or not _close(got, want, answer, gold):
        return "wrong_answer"
    if is_equation(got) and not is_equation(want) and not _names_a_value(got):
        return "ambiguous"  # math-verify took the right-hand side: 0 for any equation `… = 0`
    if is_equation(got) and is_equation(want):
        assigned = is_assignment_relation(got) and is_assignment_relation(want)
        if not assigned and not _proportional(got, want):
            return "ambiguous"
    if "%" in answer and "%" not in gold:
        return "unit"
    return "ok"


def _close(got: Any, want: Any, answer: str, gold: str) -> bool:
    """False for constants that differ beyond `RELATIVE`: math-verify drops differences that are absolutely
    small."""
    from sympy import Expr, N

    if "%" in answer or "%" in gold or not (isinstance(got, Expr) and isinstance(want, Expr)):
        return True
    if got.free_symbols or want.free_symbols:
        return True
    a, b = N(got, 30), N(want, 30)
    if not (a.is_number and b.is_number and a.is_finite and b.is_finite):
        return True
    return bool(abs(a - b) <= RELATIVE * max(abs(a), abs(b)))


def _names_a_value(equation: Any) -> bool:
    """Is it `x = …` or `f(x) = …`, whose right-hand side is the answer?"""
    from math_verify.grader import is_assignment_relation, take_first_relation
    from sympy.core.function import AppliedUndef

    named = take_first_relation(equation).lhs
    return bool(is_assignment_relation(equation)) or isinstance(named, AppliedUndef)


def _proportional(got: Any, want: Any) -> bool:
    """Is one equation a constant multiple of the other? Chains of equations are taken at their word."""
    from sympy import Eq, simplify

    if not (isinstance(got, Eq) and isinstance(want, Eq)):
        return True
    ratio = simplify((got.lhs - got.rhs) / (want.lhs - want.rhs))
    return bool(ratio.is_number and ratio.is_finite and not ratio.is_zero)
