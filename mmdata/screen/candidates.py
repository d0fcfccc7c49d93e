"""Which winners of a large block a problem has to be compared with; none that can be near is missed among texts, and of
images those alone that `looks.pairs` misses."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmdata.screen import looks
from mmdata.screen.album import Album


class Rarest:
    """Winners by their rarest shingles (the prefix filter of Chaudhuri et al., "A Primitive Operator for Similarity
    Joins in Data Cleaning", 2006): two sets that share a part `least` of all their shingles share one of the rarest
    `n - ceil(least × n) + 1` of either."""

    def __init__(self, said: Sequence[NDArray[np.uint32]], least: float) -> None:
        """said: the shingles of each problem of the block, sorted."""
        self._said, self._least = said, least
        self._values, self._counts = np.unique(np.concatenate(said), return_counts=True)
        self._holding: dict[int, list[int]] = {}
        self._size = 0

    def _prefix(self, at: int) -> list[int]:
        own = self._said[at]
        order = np.lexsort((own, self._counts[np.searchsorted(self._values, own)]))
        # A product like 0.56 × 25 comes out above 14.
        needed = math.ceil(self._least * len(own) - 1e-9)
        found: list[int] = own[order[: len(own) - needed + 1]].tolist()
        return found

    def possible(self, at: int) -> list[int]:
        """Which winners, by the order in which they were added, the problem at a place of the block may be near to."""
        holding = self._holding
        return sorted({place for shingle in self._prefix(at) for place in holding.get(shingle, ())})

    def add(self, at: int) -> None:
        """The problem at this place is the next winner."""
        for shingle in self._prefix(at):
            self._holding.setdefault(shingle, []).append(self._size)
        self._size += 1


class Pictured:
    """Winners by their first image."""

    def __init__(self, album: Album, places: Sequence[int], least: float) -> None:
        """places: in the album, of the first image of each problem of the block. least: similarity of looks."""
        distinct, inverse = np.unique(np.asarray(places, np.int64), return_inverse=True)
        seen, group = np.unique(album.looks[distinct], axis=0, return_inverse=True)
        # Where there is nothing to see, an image is like itself alone.
        blind = ~album.visible[distinct]
        group = np.where(blind, len(seen) + np.arange(len(distinct)), group.ravel())
        self._group: list[int] = group[inverse].tolist()
        self._near: dict[int, list[int]] = {each: [each] for each in set(self._group)}
        for one, other, _ in looks.pairs(seen, least):
            for a, b in zip(one.tolist(), other.tolist(), strict=True):
                self._near.setdefault(a, []).append(b)
                self._near.setdefault(b, []).append(a)
        self._holding: dict[int, list[int]] = {}
        self._size = 0

    def possible(self, at: int) -> list[int]:
        """Which winners, by the order in which they were added, show what may be the same picture."""
        return sorted(place for group in self._near[self._group[at]] for place in self._holding.get(group, ()))

    def add(self, at: int) -> None:
        """The problem at this place of the block is the next winner."""
        self._holding.setdefault(self._group[at], []).append(self._size)
        self._size += 1
