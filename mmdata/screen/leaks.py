"""leaks/: which problems a benchmark holds too. Its words, its image, or both are found here.

An image that is asked the benchmark's question may be less like the benchmark's than one that is asked something else;
it may be cut, or framed otherwise.

When words tell alone: a benchmark's question is in the problem's (to the recipe's share of its shingles, and all of its
numbers) and is at least `LONG` words long, or both read the same to the last option. Where both sides show images and
these are not the same, words tell only if they belong to that one image: a question that the benchmark or the corpus
asks of several images is a template (PuzzleVQA and DynaMath ask one question of a hundred), and a short one may be
anybody's.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmdata.recipe import Leaks
from mmdata.screen.album import Album
from mmdata.screen.index import PACKAGED, Entry, Index
from mmdata.screen.shown import Seen, Shown
from mmdata.screen.wording import canonical, wording_key
from mmdata.store import Stage
from mmdata.types import Leak, Problem

LONG = 8
"""Words of a question below which its shingles say little (open-r1's decontamination compares 8-grams)."""
TELLING = 12
"""Words of a question that tell by themselves of which image it is asked."""
SHORTEST = 3
"""Words below which even the same wording is chance: "Find x.", "What is this?"."""


def paths(config: Leaks, base: Path) -> list[Path]:
    """The index files that a recipe names."""
    return [] if config.act == "off" else [PACKAGED if name == "packaged" else base / name for name in config.indexes]


def leaks(
    config: Leaks, index: Index, read: Callable[[], Iterator[Problem]], album: Album, tick: Callable[[], None]
) -> Stage:
    """A row a leaked problem, in the problems' order."""
    shown = Shown(config, index, album)
    templates = _Templates(read)
    for problem in read():
        tick()
        found = _leak(config, index, problem, templates, shown)
        if found:
            row, evidence, text, seen = found
            yield Leak(
                problem_id=problem.id, source=problem.source, benchmark=index.benchmarks[row],
                match=f"{index.benchmarks[row]}/{index.ids[row]}", evidence=evidence, text=round(text, 4),
                image=round(seen[1], 4) if seen else None, turned=seen[2] if seen else "",
            )  # fmt: skip
    return {"covers": index.covers}


def _leak(
    config: Leaks, index: Index, problem: Problem, templates: _Templates, shown: Shown
) -> tuple[int, str, float, Seen | None] | None:
    """`(row, evidence, share of its shingles, how its image is seen)` of the benchmark row that a problem repeats."""
    entry = Entry.of(problem)
    worded = index.holding(entry)
    pictured = {seen[0]: seen for seen in shown.best(problem)}
    for row, share in worded:
        if row in pictured:
            return row, "both", share, pictured[row]
    if loose := shown.loosely(problem, [row for row, _ in worded if not index.template[row]]):
        return loose[0], "both", dict(worded)[loose[0]], loose
    for row, share in worded:
        same = index.wording[row] == np.uint64(entry.wording)
        long = index.words[row] >= LONG or (same and index.words[row] >= SHORTEST)
        apart = problem.images and index.images[row]
        own = index.words[row] >= TELLING and not index.template[row] and entry.question not in templates
        if long and (not apart or own) and not (problem.images and entry.question in templates):
            return row, "question", share, None
    row = next(iter(pictured), -1)
    return (row, "image", 0.0, pictured[row]) if pictured and config.images_alone else None


class _Templates:
    """Which questions the corpus itself asks of several images; 16 bytes a problem with images while it is read."""

    def __init__(self, read: Callable[[], Iterator[Problem]]) -> None:
        questions, images = array("Q"), array("Q")
        for problem in read():
            if problem.images:
                questions.append(wording_key(canonical(problem.question)))
                images.append(int(problem.images[0][:16], 16))
        pairs = (
            np.unique(np.array([questions, images], np.uint64), axis=1) if questions else np.zeros((2, 0), np.uint64)
        )
        values, counts = np.unique(pairs[0], return_counts=True)
        self._found: NDArray[np.uint64] = values[counts > 1]

    def __contains__(self, question: int) -> bool:
        at = int(np.searchsorted(self._found, np.uint64(question)))
        return at < len(self._found) and int(self._found[at]) == question
