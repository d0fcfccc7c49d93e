"""That what was written into an index is found in it, and that nothing else decides what is found."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mmdata.screen import crops
from mmdata.screen.index import Entry, Index, write
from mmdata.screen.looks import BYTES
from screening import problem

TEXTS = st.one_of(st.text(max_size=60), st.text("ab1 2.,", max_size=30))
SETS = st.frozensets(st.integers(0, 40), max_size=30)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index") / "index.parquet"


def opened(
    place: Path, entries: Sequence[Entry], share: float = 0.8, looks: Sequence[Sequence[bytes]] | None = None
) -> Index:
    """An index of these entries, written and read; entry i is called i."""
    seen = looks or [()] * len(entries)
    rows = (("b", str(i), entry, len(seen[i]), seen[i]) for i, entry in enumerate(entries))
    assert write(place, rows, [{"benchmark": "b"}]) == len(entries)
    return Index([place], share)


def made(shingles: frozenset[int], numbers: frozenset[int] = frozenset(), wording: int = 0) -> Entry:
    """An entry of no text; its wording is nobody else's unless it is given."""
    return Entry(
        question=wording, wording=wording, words=9, shingles=np.array(sorted(shingles), np.uint32),
        numbers=np.array(sorted(numbers), np.uint32),
    )  # fmt: skip


@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=3)), min_size=1, max_size=20))
@settings(max_examples=60)
def test_every_question_finds_itself_whole(place: Path, said: list[tuple[str, list[str]]]) -> None:
    entries = [Entry.of(problem(str(i), text, choices=tuple(o))) for i, (text, o) in enumerate(said)]
    index = opened(place, entries)
    assert len(index) == len(entries)
    for row, entry in enumerate(entries):
        assert (row, 1.0) in index.holding(entry)
        assert index.question[row] == entry.question
        assert index.words[row] == entry.words


@given(
    st.lists(st.tuples(SETS, st.frozensets(st.integers(0, 3), max_size=2)), max_size=25),
    st.lists(st.tuples(SETS, st.frozensets(st.integers(0, 3))), min_size=1, max_size=8),
    st.integers(50, 100),
)
@example([(frozenset(range(25)), frozenset())], [(frozenset(range(11, 25)), frozenset())], 56)
@settings(max_examples=150)
def test_what_is_found_is_what_comparing_all_would_find(
    place: Path,
    rows: list[tuple[frozenset[int], frozenset[int]]],
    asked: list[tuple[frozenset[int], frozenset[int]]],
    percent: int,
) -> None:
    index = opened(place, [made(*row, wording=1 + i) for i, row in enumerate(rows)], percent / 100)
    for shingles, numbers in asked:
        expected = {}
        for i, (own, needed) in enumerate(rows):
            # With two numbers twice as much of the words may be missing.
            least = max(percent / 2, 2 * percent - 100) if len(needed) >= 2 else percent
            if own and 100 * len(own & shingles) >= least * len(own) and needed <= numbers:
                expected[i] = len(own & shingles) / len(own)
        assert dict(index.holding(made(shingles, numbers))) == expected


@given(st.lists(SETS, min_size=2, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_best_comes_first_and_the_order_of_rows_decides_nothing(
    place: Path, sets: list[frozenset[int]], rng: random.Random
) -> None:
    order = rng.sample(range(len(sets)), len(sets))
    asked = made(frozenset(range(41)))
    whole = [made(shingles, wording=1 + i) for i, shingles in enumerate(sets)]
    index = opened(place, whole)
    found = [(index.ids[row], share) for row, share in index.holding(asked)]
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)
    other = opened(place, [whole[i] for i in order])
    again = [(str(order[row]), share) for row, share in other.holding(asked)]
    assert sorted(again) == sorted(found)


def test_an_index_of_many_rows_is_read_as_it_was_written(place: Path) -> None:
    """More than are written at once, some with several looks, some with none."""
    rng = np.random.default_rng(0)
    looks = [[rng.bytes(BYTES + crops.BYTES) for _ in range(i % 3)] for i in range(9_001)]
    index = opened(place, [made(frozenset({i, i + 1}), wording=i) for i in range(9_001)], looks=looks)
    assert index.wording.tolist() == list(range(9_001))
    assert index.images.tolist() == [i % 3 for i in range(9_001)]
    assert index.look_rows.tolist() == [i for i in range(9_001) for _ in range(i % 3)]
    assert index.looks.tobytes() == b"".join(look[:BYTES] for those in looks for look in those)
    assert index.thumbs.tobytes() == b"".join(look[BYTES:] for those in looks for look in those)
    assert index.holding(made(frozenset({8_000, 8_001}), wording=99_999)) == [(8_000, 1.0)]


def test_an_index_of_nothing_finds_nothing(place: Path) -> None:
    for index in (Index([], 0.8), opened(place, [])):
        assert len(index) == 0
        assert index.looks.shape == (0, BYTES)
        assert index.holding(Entry.of(problem("a"))) == []


def test_a_question_without_a_word_is_no_obstacle(place: Path) -> None:
    entries = [Entry.of(problem(str(i), text)) for i, text in enumerate(("", "?!", "x" * 70_000, "word " * 9_000))]
    index = opened(place, entries)
    assert [index.holding(entry)[0][1] for entry in entries] == [1.0] * 4
    assert index.holding(Entry.of(problem("a", "Which?"))) == []
