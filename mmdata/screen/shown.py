"""Which images of a corpus a benchmark shows too: as they are, turned, cut or framed otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmdata.recipe import Leaks
from mmdata.screen import crops, looks
from mmdata.screen.album import Album
from mmdata.screen.index import Index
from mmdata.types import Problem

CHUNK = 8_192
EASIER = 0.1
"""So much less alike than the recipe says may an image be that is asked the benchmark's question."""
FITTING = 0.945
"""Correlation of the thumbnails of an image that is asked the benchmark's question, laid over each other."""
ALONE = 0.99
"""The same of an image that is asked another one."""
SIMILAR = 0.6
"""Correlation as they are below which thumbnails are not laid over each other."""
CROPPED = "cropped or framed"

Seen = tuple[int, float, str]
"""`(row of the index, similarity, how it was turned)`."""


class Shown:
    """The images of an album beside those of an index."""

    def __init__(self, config: Leaks, index: Index, album: Album) -> None:
        """album: with thumbnails. All of its images are looked for at once."""
        self._index, self._album, self._bound = index, album, config.image
        self._outlines = crops.outlines(index.thumbs) if len(index.looks) else np.empty((0, 0), np.float32)
        self._place = np.full(len(album), -1, np.int64)
        self._similar = np.zeros(len(album))
        self._turn = np.zeros(len(album), np.uint8)
        for start in range(0, len(album), CHUNK) if len(index.looks) else ():
            chunk = slice(start, start + CHUNK)
            self._look(chunk)
            if config.crops:
                self._lay(chunk)
        self._rows: dict[bytes, list[int]] = {}
        for row, look in zip(index.look_rows.tolist(), index.looks, strict=True):
            self._rows.setdefault(look.tobytes(), []).append(row)

    def _look(self, chunk: slice) -> None:
        """Find what these images match best, in any turn."""
        place, similar, turned = (each[chunk] for each in (self._place, self._similar, self._turn))
        for turn, queries in enumerate(looks.turns(self._album.looks[chunk])):
            found, alike = looks.matches(queries, self._index.looks, self._bound)
            better = (found >= 0) & self._album.visible[chunk] & (alike > similar)
            place[better], similar[better], turned[better] = found[better], alike[better], turn

    def _lay(self, chunk: slice) -> None:
        """Find of those that match nothing what they are a part of."""
        left = np.flatnonzero((self._place[chunk] < 0) & self._album.visible[chunk]) + chunk.start
        for start in range(0, len(left), 256):
            own = left[start : start + 256]
            alike = crops.outlines(self._album.thumbs[own]) @ self._outlines.T
            order = np.argsort(-alike, axis=1, kind="stable")[:, : crops.SEARCHED]
            asking, place = np.repeat(np.arange(len(own)), order.shape[1]), order.ravel()
            # Images that are all asked one question are of one kind, and each is nearly the other's part.
            near = (alike[asking, place] >= SIMILAR) & ~self._index.template[self._index.look_rows[place]]
            asking, place = asking[near], place[near]
            fits = self._fitting(own[asking], place)
            for at in np.argsort(fits, kind="stable"):
                if fits[at] >= ALONE:
                    image = own[asking[at]]
                    self._place[image], self._similar[image] = place[at], fits[at]
                    self._turn[image] = len(looks.TURNS)

    def _fitting(self, images: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.float64]:
        one, other = self._album.thumbs[images], self._index.thumbs[places]
        found = [
            crops.fitting(crops.planes(one[at : at + 256]), crops.planes(other[at : at + 256]))
            for at in range(0, len(one), 256)
        ]
        # Sums of floats differ in their last digits from one processor to another.
        return np.asarray(np.concatenate([np.empty(0), *found]).round(6))

    def best(self, problem: Problem) -> list[Seen]:
        """The rows that show what an image of the problem shows, whatever is asked; of its images the most alike."""
        found = [at for at in map(self._album.place, problem.images) if self._place[at] >= 0]
        if not found:
            return []
        at = max(found, key=lambda each: float(self._similar[each]))
        how = (*looks.TURNS, CROPPED)[self._turn[at]]
        rows = self._rows[self._index.looks[self._place[at]].tobytes()]
        return [(row, float(self._similar[at]), how) for row in rows]

    def loosely(self, problem: Problem, rows: Sequence[int]) -> Seen | None:
        """Which of these rows, whose question the problem asks, shows nearly the same, or a part of it, or more. A row
        whose question is asked of several images has to show the same."""
        low, high = (np.searchsorted(self._index.look_rows, rows, side) for side in ("left", "right"))
        places = np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True)] or [low])
        own = np.array([at for at in map(self._album.place, problem.images) if self._album.visible[at]], np.int64)
        images, places = np.repeat(own, len(places)), np.tile(places, len(own))
        if not len(places):
            return None
        alike = looks.similarity(self._album.looks[images], self._index.looks[places])
        template = self._index.template[self._index.look_rows[places]]
        alike[alike < np.where(template, self._bound, self._bound - EASIER)] = 0
        at = int(alike.argmax())
        if alike[at]:
            return int(self._index.look_rows[places[at]]), float(alike[at]), ""
        images, places = images[~template], places[~template]
        if not len(places):
            return None
        outlines = crops.outlines(self._album.thumbs[images])
        near = np.argsort(-(outlines * self._outlines[places]).sum(axis=1), kind="stable")[: crops.SEARCHED]
        fits = self._fitting(images[near], places[near])
        at = int(fits.argmax())
        return (int(self._index.look_rows[places[near[at]]]), float(fits[at]), CROPPED) if fits[at] >= FITTING else None
