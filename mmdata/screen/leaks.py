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

from mmdata.recipe import Leaks
from mmdata.screen import looks
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
UNLIKE = 0.8
"""Similarity of looks below which two files surely show two pictures."""
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
    templates = _Templates(read, album)
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
    if loose := shown.loosely(problem, [row for row, _ in worded]):
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
    """Which questions the corpus itself asks of several pictures; 16 bytes a problem with images."""

    def __init__(self, read: Callable[[], Iterator[Problem]], album: Album) -> None:
        questions, places = array("Q"), array("q")
        for problem in read():
            if problem.images:
                questions.append(wording_key(canonical(problem.question)))
                places.append(album.place(problem.images[0]))
        order = np.argsort(np.frombuffer(questions, np.uint64), kind="stable") if questions else np.empty(0, np.int64)
        self._questions = np.frombuffer(questions, np.uint64)[order]
        self._places = np.frombuffer(places, np.int64)[order]
        self._album = album
        self._known: dict[int, bool] = {}

    def __contains__(self, question: int) -> bool:
        if question not in self._known:
            self._known[question] = self._several(question)
        return self._known[question]

    def _several(self, question: int) -> bool:
        """Whether the pictures differ: one that is stored in several files is one picture."""
        low, high = (np.searchsorted(self._questions, np.uint64(question), side) for side in ("left", "right"))
        places = np.unique(self._places[low:high])
        seen = self._album.looks[places[self._album.visible[places]]]
        if len(seen) < 2:
            return len(places) > 1
        return bool((looks.similarity(np.repeat(seen[:1], len(seen), axis=0), seen) < UNLIKE).any())
