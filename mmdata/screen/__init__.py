"""screen: problems/ → screened/. Broken images, empty rows, exact duplicates and conflicting gold are kept out.

Two passes over the problems. The first keeps 32 bytes a row (hashes of id, question and gold), so it can see
duplicates and conflicts of the whole table; the second streams the rows and lets the good ones through.
"""

from __future__ import annotations

import hashlib
import unicodedata
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from mmdata.images import ImageStore, checker
from mmdata.recipe import Screen
from mmdata.store import Stage
from mmdata.types import Dropped, Problem

Read = Callable[[], Iterator[Problem]]


def screen(config: Screen, read: Read, images: ImageStore, workers: int, tick: Callable[[], None]) -> Stage:
    """The problems worth asking, in order; of exact duplicates the first, of conflicting gold none."""
    twins = _Twins(read)
    check = checker(images, config)

    def verdict(problem: Problem) -> tuple[str, str]:
        if not problem.question.strip():
            return "empty_question", ""
        if not problem.answer.strip():
            return "empty_answer", ""
        return next((found for name in problem.images if (found := check(name))[0]), ("", ""))

    with ThreadPoolExecutor(workers) as threads:
        checked = ordered(threads, verdict, read())
        for row, (problem, (reason, detail)) in enumerate(checked):
            tick()
            if not reason:
                reason, detail = twins.verdict(row, keep_duplicates=config.duplicates == "keep")
            if reason:
                yield Dropped(stage="screen", id=problem.id, source=problem.source, reason=reason, detail=detail)
            else:
                yield problem
    return {}


def ordered(
    threads: ThreadPoolExecutor,
    check: Callable[[Problem], Any],
    problems: Iterable[Problem],
    window: int = 256,
) -> Iterator[tuple[Problem, Any]]:
    """Each problem with its check's answer, in order, at most `window` of them under way."""
    waiting: deque[tuple[Problem, Future[Any] | None]] = deque()

    def first() -> tuple[Problem, Any]:
        problem, future = waiting.popleft()
        return problem, future.result() if future else check(problem)

    for problem in problems:
        # Only decoding images is worth a thread.
        waiting.append((problem, threads.submit(check, problem) if problem.images else None))
        if len(waiting) >= window:
            yield first()
    while waiting:
        yield first()


def normalise(text: str) -> str:
    """What of a text counts when two are compared: compatibility forms, case and white space are folded."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def question_key(problem: Problem) -> str:
    """Same key, same question: its words, its options and its images."""
    return "\0".join([normalise(problem.question), *map(normalise, problem.choices), "", *problem.images])


def hash64(text: str) -> int:
    """A 64-bit hash that is the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


class _Twins:
    """Which rows repeat an id, repeat a question, or answer it differently."""

    def __init__(self, read: Read) -> None:
        import polars as pl

        ids, questions, salted, golds = array("Q"), array("Q"), array("Q"), array("Q")
        for row, problem in enumerate(read()):
            # What is dropped for being empty repeats nothing and contradicts nobody.
            whole = problem.question.strip() and problem.answer.strip()
            key = question_key(problem) if whole else f"\2{row}"
            ids.append(hash64(problem.id))
            # Two 64-bit hashes make a collision of two different questions out of the question.
            questions.append(hash64(key))
            salted.append(hash64(f"\1{key}"))
            golds.append(hash64(normalise(problem.answer)))
        pairs = zip(("id", "hi", "lo", "gold"), (ids, questions, salted, golds), strict=True)
        frame = pl.DataFrame({n: pl.Series(n, memoryview(a), dtype=pl.UInt64) for n, a in pairs}).with_row_index("row")
        # Sorting finds the few rows that could have a twin; windows over all rows would take 250 bytes a row.
        shared = {name: column.filter(column == column.shift(1)).unique() for name in ("id", "hi")
                  if len(column := frame[name].sort())}  # fmt: skip
        frame = frame.filter(pl.any_horizontal(False, *(pl.col(n).is_in(v.implode()) for n, v in shared.items())))
        frame = frame.with_columns(same_id=pl.col("row").min().over("id"))
        # A row whose id is taken is out already: it is nobody's twin.
        taken = frame.filter(pl.col("same_id") != pl.col("row"))
        twins = frame.filter(pl.col("same_id") == pl.col("row")).with_columns(
            first=pl.col("row").min().over("hi", "lo"), golds=pl.col("gold").n_unique().over("hi", "lo")
        )
        twins = twins.filter((pl.col("first") != pl.col("row")) | (pl.col("golds") > 1))
        # From here on only rows that are dropped.
        self._found = {row: (same, row, False) for row, same in taken.select("row", "same_id").iter_rows()}
        self._found |= {row: (row, first, golds > 1) for row, first, golds in
                        twins.select("row", "first", "golds").iter_rows()}  # fmt: skip
        named = {r for row, (same, first, _) in self._found.items() for r in (row, same, first)}
        self._names: dict[int, str] = {}
        self._golds: dict[int, list[str]] = {}
        for row, problem in enumerate(read()) if named else ():
            if row in named:
                self._names[row] = problem.id
                entry = self._found.get(row)
                if entry and entry[2]:
                    self._golds.setdefault(entry[1], []).append(f"{problem.id} says {problem.answer!r:.60}")

    def verdict(self, row: int, *, keep_duplicates: bool) -> tuple[str, str]:
        if row not in self._found:
            return "", ""
        same_id, first, conflict = self._found[row]
        if same_id != row:
            return "duplicate_id", f"an earlier row has this id: {self._names[same_id]}"
        if conflict:
            return "conflicting_gold", "; ".join(self._golds[first][:6])
        if first != row and not keep_duplicates:
            return "duplicate", self._names[first]
        return "", ""
