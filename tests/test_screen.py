"""What the screen keeps out, and that it keeps the rest."""

import io
import struct
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mmdata.images import ImageStore, check_image
from mmdata.recipe import Screen
from mmdata.screen import normalise, question_key, screen
from mmdata.types import Dropped, Problem

LIMITS = Screen()


def problem(id: str, question: str = "Which?", answer: str = "1", **more: object) -> Problem:
    base = Problem(
        id=f"s/{id}", source="s", upstream_id=id, revision="1", split="train", question=question, answer=answer,
        answer_kind="text", domain="d", license="MIT",
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def screened(
    problems: Iterable[Problem], folder: Path, limits: Screen = LIMITS, workers: int = 1
) -> tuple[list[str], dict[str, tuple[str, str]]]:
    rows = list(problems)
    out = list(screen(limits, lambda: iter(rows), ImageStore(folder), workers, lambda: None))
    kept = [row.id for row in out if isinstance(row, Problem)]
    return kept, {row.id: (row.reason, row.detail) for row in out if isinstance(row, Dropped)}


def png(width: int, height: int, color: str = "red", form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, form)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises many pixels and whose body holds none."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (png(64, 64), ""),
        (png(28, 28), ""),
        (png(64, 64, form="JPEG"), ""),
        (png(64, 64, form="WEBP"), ""),
        (png(27, 500), "image_too_small"),
        (png(28, 28 * 200 + 1), "image_aspect"),
        (bomb(30_000, 30_000), "image_bomb"),
        (bomb(2**31 - 1, 2**31 - 1), "image_bomb"),
        (bomb(64, 64), "undecodable_image"),
        (png(64, 64)[:-40], "undecodable_image"),
        (b"\x89PNG\r\n\x1a\n", "undecodable_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "undecodable_image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n", "undecodable_image"),
        (b"\0" * 1000, "undecodable_image"),
    ],
    ids=lambda value: value or "usable" if isinstance(value, str) else f"{len(value)} bytes",
)
def test_an_image_that_cannot_be_used_is_dropped_with_its_reason(tmp_path: Path, image: bytes, reason: str) -> None:
    name = ImageStore(tmp_path).put(image)
    kept, dropped = screened([problem("a", images=(name,))], tmp_path)
    assert (dropped.get("s/a", ("", ""))[0], kept) == (reason, [] if reason else ["s/a"])


@given(st.binary(max_size=300), st.integers(0, 200), st.integers(0, 255))
@settings(max_examples=60, deadline=None)
def test_no_bytes_break_the_check(tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int, value: int) -> None:
    folder = tmp_path_factory.mktemp("images")
    whole = bytearray(png(40, 40))
    whole[at % len(whole)] = value
    for image in (junk, bytes(whole), b"\x89PNG\r\n\x1a\n" + junk, b"\xff\xd8\xff" + junk):
        path = folder / "image"
        path.write_bytes(image)
        reason, detail = check_image(path, LIMITS)
        assert isinstance(reason, str)
        assert str(folder) not in detail


def test_an_image_is_stored_once_under_its_hash_and_its_true_type(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    name = store.put(png(30, 30, form="JPEG"))
    (tmp_path / "lying.png").write_bytes(png(30, 30, form="JPEG"))
    assert store.put(tmp_path / "lying.png") == name
    assert store.path(name).suffix == ".jpg"
    assert sum(p.is_file() for p in tmp_path.rglob(f"*{name}*")) == 1


@pytest.mark.parametrize(("image", "reason"), [(b"", "image_empty"), (Path("nowhere.png"), "image_missing")])
def test_an_image_that_cannot_be_stored_has_a_reason(tmp_path: Path, image: bytes | Path, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ImageStore(tmp_path).put(image)


def test_of_exact_duplicates_the_first_stays_and_the_others_name_it(tmp_path: Path) -> None:
    rows = [problem("a", "What is  2+2?", "4"), problem("b", "what is 2+2? ", "4"), problem("c", "What is 2+3?", "5")]
    kept, dropped = screened(rows, tmp_path)
    assert kept == ["s/a", "s/c"]
    assert dropped == {"s/b": ("duplicate", "s/a")}
    assert screened(rows, tmp_path, Screen(duplicates="keep"))[0] == ["s/a", "s/b", "s/c"]


def test_the_same_words_about_other_images_or_choices_are_no_duplicates(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    one, two = store.put(png(40, 40, "red")), store.put(png(40, 40, "blue"))
    rows = [
        problem("a", images=(one,)), problem("b", images=(two,)), problem("c", images=(one, two)),
        problem("d", choices=("x", "y")), problem("e", choices=("y", "x")), problem("f"),
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


def test_an_id_is_used_once(tmp_path: Path) -> None:
    kept, dropped = screened([problem("a", "One?"), problem("a", "Two?")], tmp_path)
    assert (kept, dropped["s/a"][0]) == (["s/a"], "duplicate_id")


@pytest.mark.parametrize(("question", "answer", "reason"), [(" ", "1", "empty_question"), ("?", "\n", "empty_answer")])
def test_rows_without_a_question_or_an_answer_are_dropped(
    tmp_path: Path, question: str, answer: str, reason: str
) -> None:
    assert screened([problem("a", question, answer)], tmp_path)[1]["s/a"][0] == reason


def test_workers_change_neither_rows_nor_order(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    images = [store.put(png(20 + i, 40)) for i in range(20)]
    rows = [problem(str(i), f"Q{i % 7}", str(i % 2), images=(images[i % 20],)) for i in range(600)]
    assert screened(rows, tmp_path, workers=1) == screened(rows, tmp_path, workers=4)


@given(st.text(), st.text())
def test_folding_is_idempotent_and_the_key_keeps_parts_apart(one: str, two: str) -> None:
    assert normalise(normalise(one)) == normalise(one)
    together = problem("a", f"{one} {two}")
    apart = problem("a", one, choices=(two,))
    assert question_key(together) != question_key(apart)
