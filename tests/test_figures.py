"""The families of figures: one contract, held over families, levels, question types and seeds."""

from __future__ import annotations

import importlib.util
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdata import figures
from mmverifiers import KINDS, check_steps, verify, wrap_target

FAMILIES = figures.names()
SAME = {"stacked_bar": "grouped_bar"}
"""A family that is asked the same questions in the same words as another, and is answered by its module."""
PLACES = st.tuples(st.sampled_from(figures.LEVELS), st.integers(0, 10**6), st.integers(0, 2**32 - 1))


def key_of(family: str, place: tuple[int, int, int]) -> figures.Key:
    level, index, seed = place
    return figures.Key(family=family, level=level, index=index, seed=seed)


def derived(family: str) -> Any:
    """The module that answers a family's questions from captions: written apart from the family."""
    path = Path(__file__).parent / "figures" / f"{SAME.get(family, family)}.py"
    assert path.is_file(), f"{path} is missing: it answers the questions about {family} from the caption alone"
    spec = importlib.util.spec_from_file_location(f"derive_{family}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.derive


def right(question: figures.Question, answer: str) -> bool:
    """Does the question's verifier accept the answer?"""
    verdict = verify(
        wrap_target(answer, "So it is."), question.answer, kind=question.kind, choices=question.choices,
        question=question.text, extract="strict",
    )  # fmt: skip
    return verdict.score == 1.0


def asked(key: figures.Key) -> list[tuple[str, figures.Question]]:
    scene = figures.scene(key)
    return [(form, figures.question(key, scene, form)) for form in figures.forms(key.family, key.level)]


def test_there_are_at_least_twelve_families_with_several_question_types_at_three_levels() -> None:
    assert len(FAMILIES) >= 12
    for family in FAMILIES:
        assert len(figures.load(family).FORMS) >= 3, family
        assert all(len(figures.forms(family, level)) >= 2 for level in figures.LEVELS), family


@pytest.mark.parametrize("family", FAMILIES)
def test_every_answer_follows_from_the_caption(family: str) -> None:
    derive = derived(family)
    for level in figures.LEVELS:
        for index in range(40):
            key = figures.Key(family=family, level=level, index=index, seed=3)
            caption = figures.load(family).caption(figures.scene(key))
            for form, question in asked(key):
                found = derive(caption, question.text, question.choices)
                assert right(question, found), (key, form, caption, question, found)


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=25, derandomize=True)
@given(place=PLACES)
def test_golds_are_accepted_and_no_step_is_false(family: str, place: tuple[int, int, int]) -> None:
    key = key_of(family, place)
    for form, question in asked(key):
        assert question.kind in KINDS
        assert right(question, question.answer), (form, question)
        assert question.steps
        verdicts = [step.verdict for step in check_steps(" ".join(question.steps))]
        assert "false" not in verdicts, (form, question)
        assert not verdicts or "true" in verdicts, (form, question)


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=25, derandomize=True)
@given(place=PLACES)
def test_choices_are_distinct_and_only_the_answer_names_one(family: str, place: tuple[int, int, int]) -> None:
    key = key_of(family, place)
    for form, question in asked(key):
        assert (question.kind == "choice") == bool(question.choices)
        if question.choices:
            assert len({choice.strip().lower() for choice in question.choices}) == len(question.choices) >= 2
            assert question.answer in "ABCDEFGHIJ"[: len(question.choices)], (form, question)


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=25, derandomize=True)
@given(place=PLACES)
def test_texts_stand_on_the_picture_and_not_on_each_other(family: str, place: tuple[int, int, int]) -> None:
    key = key_of(family, place)
    drawing = figures.draw(key)
    width, height = drawing.image.size
    assert drawing.image.mode == "RGB"
    assert 128 <= width <= 800
    assert 128 <= height <= 800
    for box in drawing.texts:
        assert 0 <= box.left < box.right <= width, (key, box)
        assert 0 <= box.top < box.bottom <= height, (key, box)
    for one, two in combinations(drawing.texts, 2):
        apart = (
            one.right <= two.left or two.right <= one.left or one.bottom <= two.top or two.bottom <= one.top
        )  # fmt: skip
        assert apart, (key, one, two)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_answer_cannot_be_guessed_from_the_question(family: str) -> None:
    for level in figures.LEVELS:
        for form in figures.forms(family, level):
            answers: Counter[str] = Counter()
            for index in range(150):
                key = figures.Key(family=family, level=level, index=index, seed=5)
                answers[figures.question(key, figures.scene(key), form).answer] += 1
            assert answers.most_common(1)[0][1] <= 150 * 0.66, (level, form, answers.most_common(3))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_figure_is_the_same_whenever_it_is_drawn_and_scenes_differ(family: str) -> None:
    key = figures.Key(family=family, level=2, index=4)
    assert figures.draw(key).image.tobytes() == figures.draw(key).image.tobytes()
    prints = {
        figures.fingerprint(figures.scene(figures.Key(family=family, level=level, index=index)))
        for level in figures.LEVELS
        for index in range(300)
    }
    assert len(prints) >= 3 * 300 - 3
