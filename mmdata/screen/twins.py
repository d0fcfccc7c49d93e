"""twins/: which problems repeat another one, exactly or nearly, and which of them goes on.

Of problems that are the same the one wins whose source comes first (the recipe's `screen.prefer`, then the order of its
sources), then the one with the smaller id: never the one that happened to be read first. A problem that repeats a
winner has no twins of its own, so that a chain of small differences collapses nothing.

Near twins have the same gold, the same options, the same numbers and as many images. So only problems that share these,
with images that are alike, are compared with each other at all. They are compared exactly: shingles over shingles, no
sketch of them. In a large block an index of each wording's rarest shingles finds those that can be near (the prefix
filter of Chaudhuri et al., "A Primitive Operator for Similarity Joins in Data Cleaning", 2006), without missing one.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmdata.keys import hash64, question_key
from mmdata.recipe import Screen
from mmdata.screen import looks
from mmdata.screen.album import Album
from mmdata.screen.wording import canonical, gold_key, numbers, options_of, shingles
from mmdata.store import Stage
from mmdata.types import Problem, Twin

Read = Callable[[], Iterator[Problem]]
SMALL = 24
"""Winners of a block with which all others are simply compared; above that the rarest shingles are looked up."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A problem that shares its block with another."""

    row: int
    rank: int
    id: str
    source: str
    exact: int
    images: tuple[int, ...]

    @property
    def priority(self) -> tuple[int, str]:
        """The smallest wins."""
        return self.rank, self.id


def twins(config: Screen, sources: Sequence[str], read: Read, album: Album, tick: Callable[[], None]) -> Stage:
    """A row a repeating problem, in the problems' order; `read` gives those that nothing else is wrong with.

    32 bytes a problem are held, and 200 to 400 of each that shares its block with another.
    """
    exact, blocks = _keyed(read, album, _groups(config, album), tick)
    values, counts = np.unique(blocks, return_counts=True)
    shared = np.isin(blocks, values[counts > 1])
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys((*config.prefer, *sources)))}
    members: dict[int, list[Candidate]] = {}
    for row, problem in enumerate(read()) if shared.any() else ():
        if shared[row]:
            members.setdefault(int(blocks[row]), []).append(
                Candidate(
                    row, ranks.get(problem.source, len(ranks)), problem.id, problem.source, int(exact[row]),
                    tuple(album.place(name) for name in problem.images),
                )
            )  # fmt: skip
    found, open_blocks = _exact(config, members)
    wanted = {each.row for block in open_blocks for each in block}
    said = (
        {row: shingles(canonical(problem.question)) for row, problem in enumerate(read()) if row in wanted}
        if wanted
        else {}
    )
    for block in open_blocks:
        _near(config, album, block, said, found)
    for row in sorted(found):
        yield found[row]
    return {}


def _groups(config: Screen, album: Album) -> NDArray[np.int64]:
    """By image, the smallest of the images that it is alike to, directly or through others: what blocks are made of."""
    group: NDArray[np.int64] = np.arange(len(album))
    found = [(one, other) for one, other, _ in looks.pairs(album.looks, config.near.image)]
    one, other = (np.concatenate([pair[side] for pair in found] or [group[:0]]) for side in (0, 1))
    while True:
        before = group.copy()
        low = np.minimum(group[one], group[other])
        np.minimum.at(group, one, low)
        np.minimum.at(group, other, low)
        group = group[group]
        if (group == before).all():
            return group


def _keyed(
    read: Read, album: Album, group: NDArray[np.int64], tick: Callable[[], None]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """`(hash of the question to the letter, hash of what near twins must share)` of each problem."""
    exact, blocks = array("Q"), array("Q")
    for problem in read():
        tick()
        exact.append(hash64(question_key(problem)))
        alike = ",".join(str(group[album.place(name)]) for name in problem.images)
        said = " ".join(numbers(canonical(problem.question)))
        options = "\1".join(options_of(problem))
        blocks.append(hash64(f"{gold_key(problem)}\0{said}\0{alike}\0{options}"))
    return np.frombuffer(exact, np.uint64), np.frombuffer(blocks, np.uint64)


def _exact(config: Screen, members: dict[int, list[Candidate]]) -> tuple[dict[int, Twin], list[list[Candidate]]]:
    """`(the exact twins by row, the blocks of more than one that is left)`, each in order of priority."""
    found: dict[int, Twin] = {}
    left = []
    for block in members.values():
        winners: dict[int, Candidate] = {}
        for each in sorted(block, key=lambda one: one.priority):
            winner = winners.setdefault(each.exact, each)
            if winner is not each:
                image = 1.0 if each.images else None
                found[each.row] = Twin(
                    problem_id=each.id, source=each.source, twin=winner.id, how="exact", text=1.0, image=image
                )  # fmt: skip
        if len(winners) > 1:
            left.append(list(winners.values()))
    return found, left


def _near(
    config: Screen, album: Album, block: Sequence[Candidate], said: dict[int, NDArray[np.uint32]],
    found: dict[int, Twin],
) -> None:  # fmt: skip
    """The near twins of a block."""
    winners: list[Candidate] = []
    index = _Rarest(block, said, config.near.text) if len(block) > SMALL else None
    for each in block:
        mine = said[each.row]
        for at in index.possible(mine) if index else range(len(winners)):
            winner = winners[at]
            if not config.near.within and winner.source == each.source:
                continue
            text = _shared(mine, said[winner.row])
            if text < config.near.text:
                continue
            image = _alike(album, each.images, winner.images)
            mean = text if image is None else (text + image) / 2
            if (image is None or image >= config.near.image) and mean >= config.near.joint:
                found[each.row] = Twin(
                    problem_id=each.id, source=each.source, twin=winner.id, how="near", text=round(text, 4),
                    image=None if image is None else round(image, 4),
                )  # fmt: skip
                break
        else:
            winners.append(each)
            if index:
                index.add(mine)


class _Rarest:
    """Winners by their rarest shingles. Two sets that share a part `least` of all their shingles share one of the
    rarest `n - ceil(least × n) + 1` of either."""

    def __init__(self, block: Sequence[Candidate], said: dict[int, NDArray[np.uint32]], least: float) -> None:
        values, counts = np.unique(np.concatenate([said[each.row] for each in block]), return_counts=True)
        self._values, self._counts, self._least = values, counts, least
        self._holding: dict[int, list[int]] = {}
        self._size = 0

    def _prefix(self, own: NDArray[np.uint32]) -> list[int]:
        order = np.lexsort((own, self._counts[np.searchsorted(self._values, own)]))
        # A product like 0.56 × 25 comes out above 14.
        needed = math.ceil(self._least * len(own) - 1e-9)
        found: list[int] = own[order[: len(own) - needed + 1]].tolist()
        return found

    def possible(self, own: NDArray[np.uint32]) -> list[int]:
        """Places of the winners that may be near, in order."""
        holding = self._holding
        return sorted({at for shingle in self._prefix(own) for at in holding.get(shingle, ())})

    def add(self, own: NDArray[np.uint32]) -> None:
        """The next winner."""
        for shingle in self._prefix(own):
            self._holding.setdefault(shingle, []).append(self._size)
        self._size += 1


def _shared(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Jaccard similarity of two sorted sets: shared over all; of two empty ones 0."""
    both = len(np.intersect1d(one, other, assume_unique=True))
    every = len(one) + len(other) - both
    return both / every if every else 0.0


def _alike(album: Album, one: Sequence[int], other: Sequence[int]) -> float | None:
    """Similarity of the least similar pair of images, each compared with the one in its place."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if not one or not pairs:
        return 1.0 if one else None
    a, b = (album.looks[[pair[side] for pair in pairs]] for side in (0, 1))
    return float(looks.similarity(a, b).min())
