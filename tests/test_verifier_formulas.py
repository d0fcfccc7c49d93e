"""Formulas: our reading of LaTeX against sympy's arithmetic, and what must hold for any answer."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from mmverifiers.expression import fast, read, slow
from mmverifiers.gold import Gold

Pair = tuple[str, sympy.Expr]
"""The same expression in LaTeX of our own and in sympy."""


def judged(answer: str, gold: str, question: str = "") -> str:
    """The reason code of kind `math`, in this process: nothing below can hang."""
    wanted = Gold(kind="math", text=gold, question=question, value=read(gold))
    assert wanted.value is not None
    return (fast(answer, wanted) or slow(answer, wanted))[0]


numbers = st.integers(1, 40).map(lambda n: (str(n), sympy.Integer(n)))
fractions = st.tuples(st.integers(1, 20), st.integers(2, 20)).map(
    lambda f: (rf"\frac{{{f[0]}}}{{{f[1]}}}", sympy.Rational(f[0], f[1]))
)
letters = st.sampled_from([("x", sympy.Symbol("x", real=True)), ("y", sympy.Symbol("y", real=True))])
constants = st.sampled_from([(r"\pi", sympy.pi), ("e", sympy.E)])


def _grow(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda p: (f"({p[0][0]} + {p[1][0]})", p[0][1] + p[1][1])),
        pairs.map(lambda p: (f"({p[0][0]} - {p[1][0]})", p[0][1] - p[1][1])),
        pairs.map(lambda p: (rf"{p[0][0]} \cdot {p[1][0]}", p[0][1] * p[1][1])),
        inner.map(lambda p: (rf"\sqrt{{{p[0]}}}", sympy.sqrt(p[1]))),
        inner.map(lambda p: (f"({p[0]})^2", p[1] ** 2)),
        inner.map(lambda p: (f"-({p[0]})", -p[1])),
    )


real = st.recursive(st.one_of(numbers, fractions, constants), _grow, max_leaves=5).filter(lambda p: p[1].is_real)
functions = st.recursive(st.one_of(numbers, letters, fractions), _grow, max_leaves=5).filter(
    lambda p: not p[1].has(sympy.I)
)


@given(pair=real)
def test_a_constant_is_what_sympy_says_it_is(pair: Pair) -> None:
    ours, theirs = pair
    assert judged(ours, sympy.latex(theirs)) == "ok"
    assert judged(sympy.latex(theirs), ours) == "ok"


@given(pair=real, off=st.fractions(max_denominator=10**6).filter(bool))
def test_a_constant_with_something_added_is_another(pair: Pair, off: Fraction) -> None:
    other = sympy.latex(pair[1] + sympy.Rational(off.numerator, off.denominator))
    assert judged(other, pair[0]) == "wrong_answer"


@given(pair=functions)
def test_a_function_is_what_sympy_expands_it_to(pair: Pair) -> None:
    assert judged(sympy.latex(sympy.expand(pair[1])), pair[0]) == "ok"


@given(pair=functions, letter=letters)
def test_a_function_with_a_term_added_is_another(pair: Pair, letter: Pair) -> None:
    other = sympy.latex(sympy.expand(pair[1]) + letter[1])
    assert judged(other, pair[0]) == "wrong_answer"


@given(pair=st.one_of(real, functions))
def test_every_formula_is_itself_whatever_its_spacing(pair: Pair) -> None:
    text = pair[0]
    wrapped = (f"${text}$", rf"\left({text}\right)")
    for spelling in (text, *wrapped, text.replace(" ", ""), text.replace(r"\frac", r"\dfrac")):
        assert judged(spelling, text) == "ok", spelling


@given(left=st.one_of(real, functions), right=st.one_of(real, functions))
def test_equality_has_no_direction(left: Pair, right: Pair) -> None:
    assert (judged(left[0], right[0]) == "ok") == (judged(right[0], left[0]) == "ok")


@given(values=st.lists(st.integers(-50, 50), min_size=2, max_size=5, unique=True), seed=st.randoms())
def test_order_counts_in_round_brackets_only(values: list[int], seed: object) -> None:
    shuffled = list(values)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    told, gold = ", ".join(map(str, shuffled)), ", ".join(map(str, values))
    assert judged(told, gold) == "ok"
    assert judged(rf"\{{{told}\}}", rf"\{{{gold}\}}") == "ok"
    assert judged(f"({told})", f"({gold})") == ("ok" if shuffled == values else "wrong_answer")
    assert judged(told, gold, "List them in increasing order.") == ("ok" if shuffled == values else "wrong_answer")


@given(low=st.integers(-50, 50), size=st.integers(1, 50), ends=st.tuples(st.booleans(), st.booleans()))
def test_an_interval_is_its_inequality_and_no_other(low: int, size: int, ends: tuple[bool, bool]) -> None:
    def interval(left: bool, right: bool) -> str:
        return f"{'[' if left else '('}{low}, {low + size}{']' if right else ')'}"

    gold = interval(*ends)
    signs = [r"\le" if closed else "<" for closed in ends]
    assert judged(rf"{low} {signs[0]} x {signs[1]} {low + size}", gold) == "ok"
    for left in (False, True):
        for right in (False, True):
            assert (judged(interval(left, right), gold) == "ok") == ((left, right) == ends)


@given(text=st.text(alphabet=r"0123456789x+-*/^(){}[]\,=<>._ frac sqrt", max_size=60))
def test_no_text_makes_the_readers_raise(text: str) -> None:
    for gold in (text, "x+1", "[1,2]"):
        value = read(gold)
        if value is not None and "^" not in text.replace("^2", ""):
            assert judged(text, gold)


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("2^{100}+1", "2^{100}"), (r"\frac{1}{2004!}", r"\frac{1}{2006!}"), ("1.6e-19", "6.6e-34"),
        (r"1-\frac{1}{e}", r"1+\frac{1}{e}"), (r"4\sqrt(2)", "4"), ("x^2+y^2-1=0", "x+y=0"), ("x=3", "y=3"),
        ("1_2", "1_3"), (r"\sqrt{10^{200}+1}", "10^{100}"), ("e^{-1000}", "0"), (r"\sqrt{x^2}", "x"),
        (r"0.333", r"\frac{1}{3}"), ("2x+3=7", "7"), ("x^2-1=0", "0"),
    ],
)  # fmt: skip
def test_what_other_graders_take_for_equal_is_not(answer: str, gold: str) -> None:
    assert judged(answer, gold) != "ok"
