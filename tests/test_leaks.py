"""Which problems are taken for a benchmark's, by words, by images or by both, and which never."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from mmdata.screen.looks import TURNS
from mmdata.store import Run
from mmdata.types import Leak, Problem
from screening import drawn, indexed, problem, put, screened

ASKED = "A farmer sows $\\frac{1}{4}$ of a field of 1,200 square metres with maize and the rest with 36 kg of rye. \
How many square metres are sown with rye?"
SHORT = "What is the area of the shaded triangle?"
LONG = "What is the area, in square centimetres, of the triangle that is shaded in the picture of a garden?"


def held(id: str = "1", question: str = ASKED, **more: Any) -> Problem:
    """A problem of the benchmark."""
    return problem(id, question, source="bench", **more)


def leaked(folder: Path, benchmark: list[Problem], rows: list[Problem], **keys: Any) -> dict[str, Leak]:
    """By id, what was found in the corpus of these benchmark problems; see `screened`."""
    indexed(folder, benchmark)
    near = {"act": "keep"}
    screened(rows, folder, leaks={"indexes": ["index.parquet"], **keys}, near=near, duplicates="keep")
    return {leak.problem_id: leak for leak in Run(folder).read("leaks")}


def told(leak: Leak) -> tuple[str, str, str]:
    return leak.match, leak.evidence, leak.turned


@pytest.mark.parametrize(
    "question",
    [
        ASKED,
        ASKED.replace(" ", "\n  ") + "\t",
        ASKED.replace("$\\frac{1}{4}$", "\\(\\dfrac14\\)").replace("1,200", "$1200$"),
        f"Question 17: {ASKED}",
        f"Please answer the following question. {ASKED.upper()}",
        ASKED.replace("A farmer", "Old Mary"),
        f"Read this story of the harvest first. {ASKED} Give a whole number.",
    ],
    ids=["the same", "white space", "LaTeX", "numbered", "polite", "another farmer", "longer"],
)
def test_a_question_is_found_however_it_is_spelt(tmp_path: Path, question: str) -> None:
    found = leaked(tmp_path, [held()], [problem("a", question)])
    assert told(found["s/a"]) == ("bench/1", "question", "")
    assert found["s/a"].image is None
    assert found["s/a"].text >= 0.8


@pytest.mark.parametrize(
    "question",
    [
        ASKED.replace("36", "37"),
        ASKED.replace("1,200", "1,300"),
        "A shop sells 1/4 of its 1,200 apples on Monday and 36 kg of pears on Sunday. How many are left to sell?",
        ASKED.split(" of a field", maxsplit=1)[0],
    ],
    ids=["another number", "another large number", "the same numbers", "a part"],
)
def test_another_question_of_the_same_template_is_none(tmp_path: Path, question: str) -> None:
    assert leaked(tmp_path, [held()], [problem("a", question)]) == {}


def test_the_share_of_a_question_that_has_to_be_there_is_the_recipe_s(tmp_path: Path) -> None:
    rows = [problem("a", ASKED.replace("A farmer", "Old Mary"))]
    assert list(leaked(tmp_path / "most", [held()], rows, text=0.8)) == ["s/a"]
    assert leaked(tmp_path / "all", [held()], rows, text=1.0) == {}


def test_a_short_question_is_found_to_the_letter_and_to_the_last_option(tmp_path: Path) -> None:
    options = ("A. 12", "B. 14", "C. 16")
    benchmark = [held("1", "Which of these is prime?", choices=options), held("2", "Find x.")]
    asked = "Which of these is prime?"
    rows = [
        problem("same", f"3. {asked.lower()}", choices=("(1) 16", "(2) 12", "(3) 14")),
        problem("other options", asked, choices=("A. 12", "B. 14", "C. 18")),
        problem("no options", asked),
        problem("more words", f"{asked} Choose one.", choices=options),
        problem("anybody's", "Find x."),
    ]
    found = leaked(tmp_path, benchmark, rows)
    assert {id: told(leak) for id, leak in found.items()} == {"s/same": ("bench/1", "question", "")}


COPIES: dict[str, Callable[[Path, Image.Image], str]] = {
    "the same file": put,
    "JPEG": lambda folder, image: put(folder, image, "JPEG", quality=60),
    "WEBP": lambda folder, image: put(folder, image, "WEBP", quality=60),
    "larger": lambda folder, image: put(folder, image.resize((800, 600))),
    "smaller": lambda folder, image: put(folder, image.resize((160, 120)), "JPEG"),
    "grey": lambda folder, image: put(folder, image.convert("L")),
    "framed": lambda folder, image: put(folder, ImageOps.expand(image, 30, "white")),
}


@pytest.mark.parametrize("copy", COPIES)
def test_an_image_is_found_in_any_file_whatever_is_asked_of_it(tmp_path: Path, copy: str) -> None:
    benchmark = [held(str(i), SHORT, images=(put(tmp_path, drawn(i)),)) for i in range(5)]
    rows = [
        problem("a", "How many squares can be seen?", images=(COPIES[copy](tmp_path, drawn(3)),)),
        problem("b", "How many squares can be seen?", images=(put(tmp_path, drawn(9)),)),
    ]
    (leak,) = leaked(tmp_path, benchmark, rows).values()
    assert (leak.problem_id, *told(leak)) == ("s/a", "bench/3", "image", "")
    assert (leak.text, leak.image is not None and leak.image >= 0.97) == (0.0, True)


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_image_is_found_and_its_turn_is_told(tmp_path: Path, turn: str) -> None:
    image = drawn(3)
    if "inverted" in turn:
        image = ImageOps.invert(image)
    if "mirrored" in turn:
        image = ImageOps.mirror(image)
    degrees = next((d for d in (90, 180, 270) if f"{d}°" in turn), 0)
    copy = put(tmp_path, image.rotate(degrees, expand=True), "JPEG")
    (leak,) = leaked(
        tmp_path, [held("1", SHORT, images=(put(tmp_path, drawn(3)),))], [problem("a", "?", images=(copy,))]
    ).values()
    # What makes the copy match again. What is mirrored and turned comes back the same way.
    back = turn if "mirrored" in turn or not degrees else turn.replace(f"{degrees}°", f"{360 - degrees}°")
    assert leak.turned == back
    assert leak.evidence == "image"


def test_of_several_images_the_one_that_a_benchmark_holds_counts(tmp_path: Path) -> None:
    benchmark = [held("1", SHORT, images=(put(tmp_path, drawn(1)), put(tmp_path, drawn(2))))]
    rows = [problem("a", "Compare.", images=tuple(put(tmp_path, drawn(i), "JPEG") for i in (7, 2, 8)))]
    assert told(leaked(tmp_path, benchmark, rows)["s/a"]) == ("bench/1", "image", "")


def test_words_and_image_together_name_the_row_that_has_both(tmp_path: Path) -> None:
    """The benchmark asks two questions of one image, and one of them of another."""
    one, other = put(tmp_path, drawn(1)), put(tmp_path, drawn(2))
    benchmark = [
        held("1", "How many red squares are there?", images=(one,)), held("2", SHORT, images=(one,)),
        held("3", SHORT, images=(other,)),
    ]  # fmt: skip
    rows = [problem("a", f"4. {SHORT}", images=(put(tmp_path, drawn(1), "JPEG"),))]
    leak = leaked(tmp_path, benchmark, rows)["s/a"]
    assert (told(leak), leak.text) == (("bench/2", "both", ""), 1.0)
    assert leaked(tmp_path, benchmark, rows, images_alone=False)["s/a"] == leak


def test_an_image_alone_is_let_pass_where_the_recipe_says_so(tmp_path: Path) -> None:
    benchmark = [held("1", SHORT, images=(put(tmp_path, drawn(1)),))]
    rows = [problem("a", "What is red?", images=(put(tmp_path, drawn(1), "JPEG"),))]
    assert list(leaked(tmp_path, benchmark, rows)) == ["s/a"]
    assert leaked(tmp_path, benchmark, rows, images_alone=False) == {}


def test_an_image_in_which_nothing_is_to_be_seen_is_nobody_s(tmp_path: Path) -> None:
    benchmark = [held("1", SHORT, images=(put(tmp_path, Image.new("RGB", (64, 64))),))]
    rows = [problem("a", "What is red?", images=benchmark[0].images)]
    assert leaked(tmp_path, benchmark, rows) == {}


def test_with_another_picture_a_long_question_tells_and_a_short_one_does_not(tmp_path: Path) -> None:
    one, other = put(tmp_path, drawn(1)), put(tmp_path, drawn(2))
    for question, found in ((LONG, ["s/a"]), (SHORT, [])):
        folder = tmp_path / str(len(question))
        Run(folder).images.put(Run(tmp_path).images.path(one))
        Run(folder).images.put(Run(tmp_path).images.path(other))
        benchmark = [held("1", question, images=(one,))]
        assert list(leaked(folder, benchmark, [problem("a", question, images=(other,))])) == found


def test_without_a_picture_on_one_side_eight_words_are_enough(tmp_path: Path) -> None:
    one = put(tmp_path, drawn(1))
    seen, unseen = held("1", SHORT, images=(one,)), problem("a", SHORT)
    assert told(leaked(tmp_path, [seen], [unseen])["s/a"]) == ("bench/1", "question", "")
    other = replace(unseen, images=(one,))
    assert told(leaked(tmp_path, [replace(seen, images=())], [other])["s/a"]) == ("bench/1", "question", "")


def test_what_a_benchmark_asks_of_many_images_tells_nothing_by_its_words(tmp_path: Path) -> None:
    images = [put(tmp_path, drawn(i)) for i in range(4)]
    benchmark = [held(str(i), LONG, images=(images[i],)) for i in range(3)]
    rows = [problem("a", LONG, images=(images[3],))]
    assert leaked(tmp_path, benchmark, rows) == {}


def test_what_the_corpus_asks_of_many_images_tells_nothing_by_its_words(tmp_path: Path) -> None:
    images = [put(tmp_path, drawn(i)) for i in range(4)]
    rows = [problem(str(i), LONG, images=(images[i],)) for i in range(3)]
    for benchmark in (held("1", LONG, images=(images[3],)), held("1", LONG)):
        assert leaked(tmp_path, [benchmark], rows) == {}
    found = leaked(tmp_path, [held("1", LONG, images=(images[1],))], rows)
    assert {id: told(leak) for id, leak in found.items()} == {"s/1": ("bench/1", "both", "")}


def acted(folder: Path, act: str) -> tuple[list[str], dict[str, tuple[str, str]], list[str]]:
    """Ids kept, what was dropped, and the ids in leaks/, of two leaks and a row that is none."""
    copy = put(folder, drawn(1).rotate(90, expand=True))
    indexed(folder, [held("1"), held("2", SHORT, images=(put(folder, drawn(1)),))])
    rows = [problem("a", ASKED), problem("b", "Which of them?", images=(copy,)), problem("c")]
    kept, dropped = screened(rows, folder, leaks={"act": act, "indexes": ["index.parquet"]})
    return kept, dropped, [leak.problem_id for leak in Run(folder).read("leaks")]


def test_a_leak_is_dropped_and_the_detail_names_what_it_repeats(tmp_path: Path) -> None:
    kept, dropped, found = acted(tmp_path, "drop")
    assert kept == ["s/c"]
    assert dropped["s/a"] == ("benchmark_leak", "bench/1: its words 1.00")
    reason, detail = dropped["s/b"]
    assert reason == "benchmark_leak"
    assert re.fullmatch(r"bench/2: its image [01]\.\d{3}, rotated by 270°", detail)
    assert found == ["s/a", "s/b"]


def test_a_leak_that_is_only_reported_stays_and_one_that_is_not_looked_for_is_not_found(tmp_path: Path) -> None:
    assert acted(tmp_path / "report", "report") == (["s/a", "s/b", "s/c"], {}, ["s/a", "s/b"])
    assert acted(tmp_path / "off", "off") == (["s/a", "s/b", "s/c"], {}, [])
    for name, covered in (("report", ["bench"]), ("off", [])):
        covers = Run(tmp_path / name).need("leaks").notes["covers"]
        assert [said["benchmark"] for said in covers] == covered


def test_what_becomes_of_leaks_can_be_changed_without_looking_again(tmp_path: Path) -> None:
    acted(tmp_path, "report")
    before = (tmp_path / "leaks" / "manifest.json").read_bytes()
    assert acted(tmp_path, "drop")[0] == ["s/c"]
    assert (tmp_path / "leaks" / "manifest.json").read_bytes() == before


def test_a_leak_is_nobody_s_twin_and_what_it_would_have_cost_stays(tmp_path: Path) -> None:
    one, other = "Which of these is prime?", "Question 3: which of these is prime?"
    indexed(tmp_path, [held("1", one, choices=("12", "13"))])
    rows = [problem("a", one, choices=("12", "13")), problem("b", one), problem("c", other)]
    kept, dropped = screened(rows, tmp_path, leaks={"indexes": ["index.parquet"]})
    assert (kept, dropped["s/a"][0], dropped["s/c"][0]) == (["s/b"], "benchmark_leak", "near_duplicate")
    assert dropped["s/c"][1].startswith("s/b ")


def test_several_indexes_are_searched_and_each_is_told(tmp_path: Path) -> None:
    indexed(tmp_path, [held("1")], "one.parquet")
    indexed(tmp_path, [problem("1", LONG, source="other")], "two.parquet")
    rows = [problem("a", ASKED), problem("b", LONG)]
    leaks = {"indexes": ["packaged", "one.parquet", "two.parquet"]}
    dropped = screened(rows, tmp_path, leaks=leaks)[1]
    assert [detail.split(":")[0] for _, detail in dropped.values()] == ["bench/1", "other/1"]
    told = [said["benchmark"] for said in Run(tmp_path).need("leaks").notes["covers"]]
    assert told[-2:] == ["bench", "other"]
    assert len(told) > 2


def test_one_picture_in_several_files_makes_no_template_of_its_question(tmp_path: Path) -> None:
    image = drawn(2)
    copies = [put(tmp_path, image), put(tmp_path, image, "JPEG", quality=80), put(tmp_path, image.resize((480, 360)))]
    rows = [problem(str(i), LONG, images=(name,)) for i, name in enumerate(copies)]
    found = leaked(tmp_path, [held("1", LONG, images=(put(tmp_path, drawn(1)),))], rows)
    assert {id: leak.evidence for id, leak in found.items()} == {f"s/{i}": "question" for i in range(3)}


def test_the_row_that_asks_the_question_is_named_where_others_show_the_image_too(tmp_path: Path) -> None:
    image = drawn(1)
    names = [put(tmp_path, image), put(tmp_path, image, "JPEG", quality=80)]
    benchmark = [held("1", "How many squares?", images=names[:1]), held("2", "Which is the largest?", images=names[1:])]
    rows = [problem("a", "Which is the largest?", images=(put(tmp_path, image),))]
    for alone in (True, False):
        leak = leaked(tmp_path, benchmark, rows, images_alone=alone)["s/a"]
        assert (leak.match, leak.evidence) == ("bench/2", "both")


@pytest.mark.parametrize("box", [(12, 6, 316, 230), (0, 20, 300, 240)])
def test_a_part_of_the_image_with_the_same_question_is_a_leak(tmp_path: Path, box: tuple[int, int, int, int]) -> None:
    benchmark = [held("1", SHORT, images=(put(tmp_path, drawn(1)),))]
    part = put(tmp_path, drawn(1).crop(box))
    rows = [problem("a", SHORT, images=(part,)), problem("b", "How many are red?", images=(part,))]
    found = leaked(tmp_path, benchmark, rows)
    assert found["s/a"].evidence == "both"
    assert set(leaked(tmp_path, benchmark, rows, crops=True)) == {"s/a", "s/b"}
    assert leaked(tmp_path, benchmark, [problem("a", SHORT, images=(put(tmp_path, drawn(3).crop(box)),))]) == {}
