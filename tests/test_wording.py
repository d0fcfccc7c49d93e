"""Which spellings of a question are the same question, and which differences are not spelling."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdata.screen.wording import canonical, gold_key, numbers, options_of, shingles, wording_key
from screening import problem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is $\\dfrac{1}{2} \\times 3{,}000$?", "what is  \\frac12 · 3000"),
        ("12. How many apples?", "Question 5: How many apples"),
        ("Q3) How many apples?", "**7.** how many apples?"),
        ("Please answer the following question. Find x.", "Find $x$"),
        ("The angle is $45^\\circ$.", "The angle is 45°"),
        ("$x^2 \\leq \\left(3\\right)$", "x² ≤ (3)"),
        ("It costs 1,250 dollars", "It costs 1250 dollars."),
        ("There are twelve pears", "There are 12 pears"),
        ("a well-known shape", "a well known shape"),
        ("5 \\%", "5%"),
        ("\\text{Area} = 3\\,\\mathrm{cm}", "Area = 3 cm"),
    ],
)
def test_one_question_in_two_spellings_reads_the_same(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is 2 + 2?", "What is 2 - 2?"),
        ("There are two pears", "There are three pears"),
        ("x^2", "x_2"),
        ("\\frac{1}{23}", "\\frac{12}{3}"),
        ("1.5 km", "15 km"),
        ("more than 3", "less than 3"),
    ],
)
def test_other_questions_read_otherwise(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_numbers_are_compared_by_their_value() -> None:
    assert numbers(canonical("007 apples, 3.0 pears and 3.50 dollars")) == ("3", "3.5", "7")
    assert numbers(canonical("2 and 2")) == ("2", "2")


def test_options_are_a_set_without_labels_and_the_gold_is_the_option_it_names() -> None:
    one = problem("a", choices=("A. red", "B. blue"), answer="B")
    other = problem("b", choices=("(1) Blue", "(2) red"), answer="A")
    assert options_of(one) == options_of(other) == ("blue", "red")
    assert gold_key(one) == gold_key(other)
    assert gold_key(one) != gold_key(replace(other, answer="B"))
    assert gold_key(problem("c", answer="B")) != gold_key(one)


@given(st.text(max_size=400))
def test_any_text_has_a_wording(text: str) -> None:
    said = canonical(text)
    assert said == " ".join(said.split())
    found = shingles(said)
    assert (np.diff(found.astype(np.int64)) > 0).all()
    assert wording_key(said) == wording_key(said)


@pytest.mark.parametrize("unit", ["1. ", "\\frac", "please ", "(a) ", "$", "{,}", "^ ", "-a", "question 1 ", "1,000"])
def test_long_repetitions_take_no_time(unit: str) -> None:
    started = time.process_time()
    canonical(unit * 200_000)
    assert time.process_time() - started < 2


def test_hashes_are_those_that_indexes_were_written_with() -> None:
    assert shingles("what is x").tolist() == sorted(shingles("what is x").tolist())
    assert wording_key("what is x") == GOLDEN_KEY
    assert int(shingles("what is x").sum(dtype=np.uint64)) == GOLDEN_SUM


GOLDEN_KEY = 14508834357663262217
GOLDEN_SUM = 13603187583
