"""What the screen keeps out, for which reason, and that it keeps the rest."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mmdata.keys import normalise, question_key
from mmdata.screen.licences import commercial
from mmdata.store import Run
from screening import problem, put, screened


def test_of_exact_duplicates_one_stays_and_the_others_name_it(tmp_path: Path) -> None:
    rows = [problem("b", "what is 2+2? ", "4"), problem("a", "What is  2+2?", "4"), problem("c", "What is 2+3?", "5")]
    kept, dropped = screened(rows, tmp_path)
    assert kept == ["s/a", "s/c"]
    assert dropped == {"s/b": ("duplicate", "s/a")}
    assert screened(rows, tmp_path, duplicates="keep")[0] == ["s/b", "s/a", "s/c"]
    assert [twin.twin for twin in Run(tmp_path).read("twins")] == ["s/a"]


def test_the_source_that_is_preferred_wins_over_the_order_of_the_recipe(tmp_path: Path) -> None:
    rows = [problem("1", "What is 2+2?", "4", source=name) for name in ("alpha", "beta")]
    assert screened(rows, tmp_path / "a")[0] == ["alpha/1"]
    assert screened(rows, tmp_path / "b", prefer=["beta"])[0] == ["beta/1"]


def test_the_same_words_about_other_images_or_choices_are_no_duplicates(tmp_path: Path) -> None:
    one, two = (put(tmp_path, Image.linear_gradient("L").rotate(turn).resize((64, 64))) for turn in (0, 90))
    rows = [
        problem("a", images=(one,)), problem("b", images=(two,)), problem("c", images=(one, two)),
        problem("d", choices=("x", "y")), problem("e", choices=("x", "z")), problem("f"),
    ]  # fmt: skip
    assert len(screened(rows, tmp_path)[0]) == 6


def test_conflicting_gold_is_quarantined_whole_and_shows_both_golds(tmp_path: Path) -> None:
    rows = [problem("a", answer="4"), problem("b", answer="5"), problem("c", answer="4"), problem("d", "Other?")]
    kept, dropped = screened(rows, tmp_path)
    assert kept == ["s/d"]
    assert {reason for reason, _ in dropped.values()} == {"conflicting_gold"}
    assert "s/a says '4'" in dropped["s/c"][1]
    assert "s/b says '5'" in dropped["s/c"][1]


def test_a_row_that_is_dropped_for_another_reason_is_nobody_s_twin(tmp_path: Path) -> None:
    kept, dropped = screened([problem("a", "Q", ""), problem("b", "Q", "4")], tmp_path)
    assert kept == ["s/b"]
    assert dropped == {"s/a": ("empty_answer", "")}
    kept, dropped = screened([problem("a", "Q1"), problem("a", "Q2"), problem("c", "Q2")], tmp_path)
    assert kept == ["s/a", "s/c"]
    broken = put(tmp_path, b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    kept, _ = screened([problem("a", "Q", images=(broken,)), problem("b", "Q")], tmp_path)
    assert kept == ["s/b"]


def test_an_id_is_used_once(tmp_path: Path) -> None:
    kept, dropped = screened([problem("a", "One?"), problem("a", "Two?")], tmp_path)
    assert (kept, dropped["s/a"][0]) == (["s/a"], "duplicate_id")


@pytest.mark.parametrize(("question", "answer", "reason"), [(" ", "1", "empty_question"), ("?", "\n", "empty_answer")])
def test_rows_without_a_question_or_an_answer_are_dropped(
    tmp_path: Path, question: str, answer: str, reason: str
) -> None:
    assert screened([problem("a", question, answer)], tmp_path)[1]["s/a"][0] == reason


def test_workers_change_neither_rows_nor_order(tmp_path: Path) -> None:
    shapes = [Image.radial_gradient("L").rotate(11 * i).resize((20 + i, 40)) for i in range(20)]

    def tables(folder: Path, workers: int) -> list[str]:
        images = [put(folder, shape) for shape in shapes]
        rows = [problem(str(i), f"Q{i % 7}", str(i % 2), images=(images[i % 20],)) for i in range(600)]
        screened(rows, folder, workers=workers)
        return [Run(folder).need(table).digest for table in ("pictures", "leaks", "twins", "screened")]

    assert tables(tmp_path / "one", 1) == tables(tmp_path / "three", 3)


def test_only_rows_with_the_demanded_licence_stay(tmp_path: Path) -> None:
    rows = [
        problem(name, f"Question {name}?", license=name)
        for name in ("MIT", "CC-BY-NC-4.0", "unknown", "CC-BY-SA-4.0", "house rules")
    ]  # fmt: skip
    assert len(screened(rows, tmp_path)[0]) == 5
    kept, dropped = screened(rows, tmp_path, licenses="commercial")
    assert kept == ["s/MIT", "s/CC-BY-SA-4.0"]
    assert dropped["s/unknown"] == ("license", "unknown is not known to allow commercial use")
    assert screened(rows, tmp_path, licenses=["House Rules"])[0] == ["s/house rules"]


@pytest.mark.parametrize("name", ["MIT", "apache-2.0", "CC0-1.0", "CC-BY-4.0", "cc-by-sa-3.0", "GPL-3.0-or-later"])
def test_licences_that_allow_commercial_use(name: str) -> None:
    assert commercial(name)


@pytest.mark.parametrize(
    "name", ["CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "cc-by-nd-4.0x", "unknown", "", "MIT-ish", "MAA copyright", "other"]
)
def test_licences_that_are_not_known_to_allow_it(name: str) -> None:
    assert not commercial(name)


@given(st.text(), st.text())
def test_folding_is_idempotent_and_the_key_keeps_parts_apart(one: str, two: str) -> None:
    assert normalise(normalise(one)) == normalise(one)
    together = problem("a", f"{one} {two}")
    apart = problem("a", one, choices=(two,))
    assert question_key(together) != question_key(apart)
