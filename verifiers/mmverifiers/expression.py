"""Kind `math`: expressions, equations, sets, intervals, matrices. Fast rules first, math-verify for the rest.

math-verify parses and compares; the guards around it undo what it is known to accept wrongly. `fast` needs no
sympy; `slow` may run for ever or take all memory, so only a worker process that can be killed calls it.
"""

from __future__ import annotations

from typing import Any

from mmverifiers import latex
from mmverifiers.number import equal, parse_number
from mmverifiers.text import normalise, plain
from mmverifiers.verdict import Verdict, ruling

MAX_LENGTH = 2000
"""Longest answer or gold that is parsed, in characters."""
RELATIVE = 1e-12
"""Two constants that math-verify holds for equal must agree to this fraction of the larger one."""


def fast(answer: str, gold: str, choices: tuple[str, ...] = (), question: str = "") -> Verdict | None:
    """Judge an extracted answer without sympy; None where that cannot be done.

    Decides: a gold that is blank, unbalanced or over-long (`gold_unverifiable`); equal strings after tidying;
    two plain numbers; numbers with a base; golds that are words in a `\\text{…}`; an over-long answer
    (`parse_failed`).
    """
    squeezed = latex.squeeze(gold) if len(gold) <= MAX_LENGTH else ""
    if (not any(c.isalnum() for c in squeezed) and "\\" not in squeezed) or not latex.balanced(gold):
        return _rule("gold_unverifiable", answer, "string")
    if len(answer) > MAX_LENGTH:
        return _rule("parse_failed", answer, "length")
    if latex.squeeze(answer) == squeezed:
        return _rule("ok", answer, "string")
    want, got = parse_number(gold), parse_number(answer)
    if want is not None and got is not None:
        return _rule("ok" if equal(got, want) else "wrong_answer", answer, "number")
    digits, written = latex.based(gold), latex.based(answer)
    if digits and written and (digits[1] or written[1]):
        return _rule(_same_base(written, digits), answer, "base")
    if plain(gold) != gold.strip():
        return _rule("ok" if normalise(answer) == normalise(gold) else "wrong_answer", answer, "text")
    return None


def slow(answer: str, gold: str) -> str:
    """Judge an extracted answer with math-verify; returns a reason code. Call it in a process that can be
    killed.

    Lets MemoryError out. Any other failure inside sympy is `error`, which is not a wrong answer.
    """
    left, right = latex.tidy(gold), latex.tidy(answer)
    if latex.prose(left, known=left if len(left) < 12 else ""):
        return "gold_unverifiable"
    if latex.prose(right, known=left) or not latex.balanced(right):
        return "parse_failed"
    try:
        want, got = _parse(left), _parse(right)
        if want is None:
            return "gold_unverifiable"
        if got is None:
            return "parse_failed"
        return _compare(got, want, answer=right, gold=left)
    except MemoryError:
        raise
    except Exception:
        return "error"


def warm_up() -> None:
    """Import math-verify and build its regexes and parser tables, so that no item pays for it."""
    for gold, answer in ((r"\frac{\sqrt{3}}{2}", r"\frac{3}{2\sqrt{3}}"), ("x+1", "1+x"), ("(1,2]", "(1,2]")):
        slow(answer, gold)


def _rule(reason: str, answer: str, method: str) -> Verdict:
    return ruling(reason, extracted=answer, method=method, kind="math")


def _same_base(answer: tuple[str, str | None], gold: tuple[str, str | None]) -> str:
    """Same digits in the same base, or with the base left out where the gold names it."""
    if answer[0] != gold[0]:
        return "wrong_answer" if answer[1] == gold[1] or answer[1] is None else "unit"
    if answer[1] == gold[1] or answer[1] is None:
        return "ok"
    return "wrong_answer" if gold[1] is not None else "unit"


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
    units = {latex.unit(answer), latex.unit(gold)} - {""}
    return "unit" if len(units) > 1 else "ok"


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
