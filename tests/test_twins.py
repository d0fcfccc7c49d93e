"""Which problems are taken for twins, which never, and that nothing but the rows decides."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageEnhance

from mmdata.store import Run
from mmdata.types import Problem
from screening import drawn, problem, put, screened

TRAIN = "A train with 12 cars carries 40 people in each car. How many people does it carry?"


def near(rows: list[Problem], folder: Path, **keys: object) -> dict[str, str]:
    """By id, the twin that a near duplicate was dropped for."""
    dropped = screened(rows, folder, near=keys)[1]
    return {id: detail.split(" ")[0] for id, (reason, detail) in dropped.items() if reason == "near_duplicate"}


@pytest.mark.parametrize(
    "other",
    [
        "Please answer the following question. " + TRAIN,
        "7. " + TRAIN,
        TRAIN.replace("12", "$12$").replace("40", "$40$"),
        TRAIN.replace("carries", "transports"),
    ],
)
def test_the_same_problem_in_other_words_is_a_twin(tmp_path: Path, other: str) -> None:
    assert near([problem("a", TRAIN, "480"), problem("b", other, "480")], tmp_path) == {"s/b": "s/a"}


@pytest.mark.parametrize(
    ("other", "gold"),
    [
        (TRAIN.replace("12", "13"), "480"),
        (TRAIN, "481 people"),
        (TRAIN.replace("12", "40").replace("40 people", "12 people"), "480.5"),
        ("A shop with 12 shelves has 40 books on each shelf. How many books does it have?", "480"),
    ],
)
def test_another_problem_of_the_same_template_is_none(tmp_path: Path, other: str, gold: str) -> None:
    rows = [problem("a", TRAIN, "480"), problem("b", other, gold)]
    assert near(rows, tmp_path) == {}


def test_reordered_options_make_a_twin_and_other_options_do_not(tmp_path: Path) -> None:
    rows = [
        problem("a", "Which city is the capital?", "A", choices=("Paris", "Rome"), answer_kind="choice"),
        problem("b", "Which city is the capital?", "B", choices=("Rome", "Paris"), answer_kind="choice"),
        problem("c", "Which city is the capital?", "B", choices=("Bonn", "Paris"), answer_kind="choice"),
    ]
    assert near(rows, tmp_path) == {"s/b": "s/a"}


def test_a_constant_question_about_other_images_never_collapses(tmp_path: Path) -> None:
    """As PuzzleVQA asks one question of a hundred pictures."""
    asked = "What is the missing number of the part denoted with a question mark?"
    rows = [problem(str(i), asked, str(i % 3), images=(put(tmp_path, drawn(i)),)) for i in range(60)]
    assert len(screened(rows, tmp_path)[0]) == 60


def test_the_same_image_in_another_file_with_the_same_question_is_a_twin(tmp_path: Path) -> None:
    image = drawn(1)
    copies = [
        put(tmp_path, image),
        put(tmp_path, image, "JPEG", quality=70),
        put(tmp_path, image.resize((480, 360))),
        put(tmp_path, ImageEnhance.Contrast(image).enhance(0.9)),
    ]
    rows = [problem(str(i), "How many squares are there?", "6", images=(name,)) for i, name in enumerate(copies)]
    assert near(rows, tmp_path) == {"s/1": "s/0", "s/2": "s/0", "s/3": "s/0"}
    other = [problem(str(i), f"Question {'ab'[i]} here?", "6", images=(name,)) for i, name in enumerate(copies[:2])]
    assert near(other, tmp_path) == {}


def test_twins_can_be_kept_and_looked_for_across_sources_alone(tmp_path: Path) -> None:
    rows = [
        problem("a", TRAIN, "480"), problem("b", "7. " + TRAIN, "480"),
        problem("a", "Q1: " + TRAIN, "480", source="t"),
    ]  # fmt: skip
    assert near(rows, tmp_path / "1") == {"s/b": "s/a", "t/a": "s/a"}
    assert near(rows, tmp_path / "2", within=False) == {"t/a": "s/a"}
    assert near(rows, tmp_path / "3", act="keep") == {}
    assert [twin.problem_id for twin in Run(tmp_path / "3").read("twins")] == ["s/b", "t/a"]


def test_a_twin_of_a_dropped_row_alone_stays(tmp_path: Path) -> None:
    """Small differences do not add up: what is near a dropped row, and not near the one that stays, stays."""
    words = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima".split()

    def text(changed: int) -> str:
        return " ".join(["other" + "abc"[i] if i < changed else word for i, word in enumerate(words)])

    rows = [problem("a", text(0)), problem("b", text(1)), problem("c", text(2))]
    assert near(rows, tmp_path, text=0.8) == {"s/b": "s/a"}


WORDS = st.lists(st.sampled_from("red blue green cat dog 1 2 3 is the a of".split()), min_size=1, max_size=8)


@given(st.lists(st.tuples(WORDS, st.sampled_from("xy")), min_size=2, max_size=60), st.randoms())
@settings(max_examples=15)
def test_the_order_of_rows_decides_nothing(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[list[str], str]], rng: random.Random
) -> None:
    rows = [problem(f"{i:03}", " ".join(words), gold) for i, (words, gold) in enumerate(said)]
    shuffled = rng.sample(rows, len(rows))
    one = screened(rows, tmp_path_factory.mktemp("one"))
    other = screened(shuffled, tmp_path_factory.mktemp("other"))
    assert sorted(one[0]) == sorted(other[0])
    twins = {id: found for id, found in one[1].items() if found[0] != "conflicting_gold"}
    assert twins == {id: found for id, found in other[1].items() if found[0] != "conflicting_gold"}


def test_a_large_block_gives_what_comparing_all_would(tmp_path: Path) -> None:
    """Past a certain size an index is asked for what can be near; it must miss nothing."""
    rng = random.Random(3)
    words = "red blue green cat dog bird is the a of on under big small old new runs sees".split()
    said = [" ".join(rng.choice(words) for _ in range(9)) for _ in range(120)]
    rows = [problem(f"{i:03}", text) for i, text in enumerate(dict.fromkeys(said))]
    more = [problem(f"x{i:03}", rows[i].question + " now") for i in range(0, len(rows), 3)]
    found = near(rows + more, tmp_path, text=0.6)
    from mmdata.screen.wording import canonical, shingles

    sets = {row.id: set(shingles(canonical(row.question)).tolist()) for row in rows + more}
    winners: list[str] = []
    expected = {}
    for id in sorted(sets):
        twin = next((w for w in winners if len(sets[id] & sets[w]) >= 0.6 * len(sets[id] | sets[w])), None)
        if twin is None:
            winners.append(id)
        else:
            expected[id] = twin
    assert found == expected
    assert len(expected) >= len(more)
