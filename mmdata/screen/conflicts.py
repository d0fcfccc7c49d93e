"""Which rows contradict others: an id that is taken, a question that is answered otherwise elsewhere.

48 bytes a row are held while they are read; after that only what is found.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

from mmdata.keys import hash64, normalise, question_key
from mmdata.types import Problem

SHOWN = 6
"""Golds of one question that a person is shown."""


def conflicts(read: Callable[[], Iterator[Problem]]) -> dict[int, tuple[str, str]]:
    """`(reason, detail)` by row: `duplicate_id` for all rows of an id but the first, which repeat nothing themselves;
    `conflicting_gold` for every row of a question that has several golds."""
    import polars as pl

    ids, questions, salted, golds = array("Q"), array("Q"), array("Q"), array("Q")
    for problem in read():
        key = question_key(problem)
        ids.append(hash64(problem.id))
        # Two 64-bit hashes make a collision of two different questions out of the question.
        questions.append(hash64(key))
        salted.append(hash64(f"\1{key}"))
        golds.append(hash64(normalise(problem.answer)))
    pairs = zip(("id", "hi", "lo", "gold"), (ids, questions, salted, golds), strict=True)
    frame = pl.DataFrame({n: pl.Series(n, memoryview(a), dtype=pl.UInt64) for n, a in pairs}).with_row_index("row")
    # Sorting finds the few rows that could be in conflict; windows over all rows would take 250 bytes a row.
    shared = {name: column.filter(column == column.shift(1)).unique() for name in ("id", "hi")
              if len(column := frame[name].sort())}  # fmt: skip
    frame = frame.filter(pl.any_horizontal(False, *(pl.col(n).is_in(v.implode()) for n, v in shared.items())))
    frame = frame.with_columns(same_id=pl.col("row").min().over("id"))
    taken = frame.filter(pl.col("same_id") != pl.col("row"))
    asked = frame.filter(pl.col("same_id") == pl.col("row")).with_columns(
        first=pl.col("row").min().over("hi", "lo"), golds=pl.col("gold").n_unique().over("hi", "lo")
    )
    asked = asked.filter(pl.col("golds") > 1)
    first_of = dict(taken.select("row", "same_id").iter_rows())
    question_of = dict(asked.select("row", "first").iter_rows())
    return _told(read, first_of, question_of) if first_of or question_of else {}


def _told(
    read: Callable[[], Iterator[Problem]], first_of: dict[int, int], question_of: dict[int, int]
) -> dict[int, tuple[str, str]]:
    """The reasons in words, for which the rows are read once more."""
    named = {*first_of.values()}
    names: dict[int, str] = {}
    said: dict[int, list[str]] = {}
    for row, problem in enumerate(read()):
        if row in named:
            names[row] = problem.id
        golds = said.setdefault(question_of[row], []) if row in question_of else None
        if golds is not None and len(golds) < SHOWN:
            golds.append(f"{problem.id} says {problem.answer!r:.60}")
    found = {row: ("duplicate_id", f"an earlier row has this id: {names[first]}") for row, first in first_of.items()}
    return found | {row: ("conflicting_gold", "; ".join(said[first])) for row, first in question_of.items()}
