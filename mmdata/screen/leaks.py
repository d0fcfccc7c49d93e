"""leaks/: which problems a benchmark holds too. Its words, its image, or both are found here.

When words tell: a benchmark's question is in the problem's (to the recipe's share of its shingles, and all of its
numbers) and is at least `LONG` words long, or both read the same to the last option. Where both sides show images and
these are not the same, words tell only if they belong to that one image: a question that the benchmark or the corpus
asks of several images is a template (PuzzleVQA and DynaMath ask one question of a hundred), and a short one may be
anybody's.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmdata.recipe import Leaks
from mmdata.screen import looks
from mmdata.screen.album import Album
from mmdata.screen.index import PACKAGED, Entry, Index
from mmdata.screen.wording import canonical, wording_key
from mmdata.store import Stage
from mmdata.types import Leak, Problem

LONG = 8
"""Words of a question below which its shingles say little (open-r1's decontamination compares 8-grams)."""
TELLING = 12
"""Words of a question that tell by themselves of which image it is asked."""
SHORTEST = 3
"""Words below which even the same wording is chance: "Find x.", "What is this?"."""
CHUNK = 8_192


def paths(config: Leaks, base: Path) -> list[Path]:
    """The index files that a recipe names."""
    return [] if config.act == "off" else [PACKAGED if name == "packaged" else base / name for name in config.indexes]


def leaks(
    config: Leaks, index: Index, read: Callable[[], Iterator[Problem]], album: Album, tick: Callable[[], None]
) -> Stage:
    """A row a leaked problem, in the problems' order."""
    places, likeness, turned = _images(config, index, album)
    rows_of = _rows_of_looks(index)
    templates = _Templates(read)
    for problem in read():
        tick()
        pictures = [album.place(name) for name in problem.images]
        seen = max((at for at in pictures if places[at] >= 0), key=lambda at: float(likeness[at]), default=-1)
        rows = rows_of[index.looks[places[seen]].tobytes()] if seen >= 0 else []
        found = _leak(config, index, problem, templates, rows)
        if found:
            row, evidence, text = found
            both = evidence != "question"
            yield Leak(
                problem_id=problem.id, source=problem.source, benchmark=index.benchmarks[row],
                match=f"{index.benchmarks[row]}/{index.ids[row]}", evidence=evidence, text=round(text, 4),
                image=round(float(likeness[seen]), 4) if both else None,
                turned=looks.TURNS[turned[seen]] if both else "",
            )  # fmt: skip
    return {"covers": index.covers}


def _leak(
    config: Leaks, index: Index, problem: Problem, templates: _Templates, pictured: Sequence[int]
) -> tuple[int, str, float] | None:
    """`(row, evidence, share of its shingles)` of the benchmark row that a problem repeats. `pictured`: the rows whose
    image the problem shows."""
    entry = Entry.of(problem)
    worded = index.holding(entry)
    for row, share in worded:
        if row in pictured:
            return row, "both", share
    for row, share in worded:
        same = index.wording[row] == np.uint64(entry.wording)
        long = index.words[row] >= LONG or (same and index.words[row] >= SHORTEST)
        apart = problem.images and index.images[row]
        own = index.words[row] >= TELLING and not index.template[row] and entry.question not in templates
        if long and (not apart or own) and not (problem.images and entry.question in templates):
            return row, "question", share
    return (pictured[0], "image", 0.0) if pictured and config.images_alone else None


def _images(
    config: Leaks, index: Index, album: Album
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.uint8]]:
    """`(place in index.looks or -1, similarity, turn)` of what each image of the album matches best."""
    places = np.full(len(album), -1, np.int64)
    likeness = np.zeros(len(album))
    turned = np.zeros(len(album), np.uint8)
    for start in range(0, len(album), CHUNK) if len(index.looks) else ():
        chunk = slice(start, start + CHUNK)
        for turn, queries in enumerate(looks.turns(album.looks[chunk])):
            found, similar = looks.matches(queries, index.looks, config.image)
            better = (found >= 0) & album.visible[chunk] & (similar > likeness[chunk])
            places[chunk][better], likeness[chunk][better], turned[chunk][better] = found[better], similar[better], turn
    return places, likeness, turned


def _rows_of_looks(index: Index) -> dict[bytes, list[int]]:
    rows: dict[bytes, list[int]] = {}
    for row, look in zip(index.look_rows.tolist(), index.looks, strict=True):
        rows.setdefault(look.tobytes(), []).append(row)
    return rows


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
