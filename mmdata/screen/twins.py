"""twins/: which problems repeat another one, exactly or nearly, and which of them goes on.

Of problems that are the same the one wins whose source comes first (the recipe's `screen.prefer`, then the order of its
sources), then the one with the smaller id: never the one that happened to be read first. A problem that repeats a
winner has no twins of its own, so that a chain of small differences collapses nothing.

Near twins have the same gold, the same numbers, as many images, the same names and the same words that turn a question
(see `turning`); without images, and with fewer than two numbers, the same options too. So only problems that share gold
and numbers are compared with each other at all. They are compared exactly: shingles over shingles, no sketch of them,
and images pixel by pixel where their looks are alike (see `confirm`).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmdata.images import ImageStore
from mmdata.keys import hash64, question_key
from mmdata.recipe import Near, Screen
from mmdata.screen import looks
from mmdata.screen.album import Album
from mmdata.screen.candidates import Pictured, Rarest
from mmdata.screen.confirm import comparer
from mmdata.screen.turning import names, turning
from mmdata.screen.wording import NUMBERED, canonical, freer, gold_key, numbers, options_of, shingles
from mmdata.store import Stage
from mmdata.types import Problem, Twin

Read = Callable[[], Iterator[Problem]]
SMALL = 24
"""Winners of a block with which all others are simply compared; above that those that can be near are looked up."""


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


@dataclass(frozen=True, slots=True)
class Wording:
    """What is compared of a question."""

    shingles: NDArray[np.uint32]
    turning: int
    names: int
    """0 where they cannot be told."""
    least: float
    """Shared shingles over all that make it near."""

    @classmethod
    def of(cls, question: str, least: float) -> Wording:
        """Of a question, where the recipe wants `least`."""
        said, called = canonical(question), names(question)
        return cls(
            shingles=shingles(said), turning=hash64(" ".join(turning(said))),
            names=0 if called is None else hash64(" ".join(called)),
            least=freer(least) if len(numbers(said)) >= NUMBERED else least,
        )  # fmt: skip

    def near(self, other: Wording) -> float:
        """Shared shingles over all; 0 where that is less than it takes, or a word or name makes another question."""
        if self.turning != other.turning or (self.names and other.names and self.names != other.names):
            return 0.0
        share = _shared(self.shingles, other.shingles)
        return share if share >= self.least else 0.0


def twins(
    config: Screen, sources: Sequence[str], read: Read, album: Album, images: ImageStore, tick: Callable[[], None]
) -> Stage:
    """A row a repeating problem, in the problems' order; `read` gives those that nothing else is wrong with.

    16 bytes a problem are held, and 200 to 400 of each that shares its block with another.
    """
    exact, blocks = _keyed(read, tick)
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
    found, open_blocks = _exact(members)
    wanted = {each.row for block in open_blocks for each in block}
    said = {
        row: Wording.of(problem.question, config.near.text)
        for row, problem in (enumerate(read()) if wanted else ()) if row in wanted
    }  # fmt: skip
    same = comparer(lambda place: images.path(album.used(album.name(place))))
    for block in open_blocks:
        for twin in _near(config.near, album, block, said, same):
            found[twin[0]] = twin[1]
    for row in sorted(found):
        yield found[row]
    return {}


def _keyed(read: Read, tick: Callable[[], None]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """`(hash of the question to the letter, hash of what near twins must share)` of each problem."""
    exact, blocks = array("Q"), array("Q")
    for problem in read():
        tick()
        exact.append(hash64(question_key(problem)))
        said = numbers(canonical(problem.question))
        options = "" if problem.images or len(said) >= NUMBERED else "\1".join(options_of(problem))
        blocks.append(hash64(f"{gold_key(problem)}\0{' '.join(said)}\0{len(problem.images)}\0{options}"))
    return np.frombuffer(exact, np.uint64), np.frombuffer(blocks, np.uint64)


def _exact(members: dict[int, list[Candidate]]) -> tuple[dict[int, Twin], list[list[Candidate]]]:
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
    config: Near, album: Album, block: Sequence[Candidate], said: dict[int, Wording],
    same: Callable[[int, int], bool],
) -> Iterator[tuple[int, Twin]]:  # fmt: skip
    """`(row, twin)` of the near twins of a block."""
    winners: list[Candidate] = []
    index: Rarest | Pictured | None = None
    if len(block) > SMALL and block[0].images:
        index = Pictured(album, [each.images[0] for each in block], config.image)
    elif len(block) > SMALL:
        least = min(said[each.row].least for each in block)
        index = Rarest([said[each.row].shingles for each in block], least)
    for at, each in enumerate(block):
        mine = said[each.row]
        for place in index.possible(at) if index else range(len(winners)):
            winner = winners[place]
            if not config.within and winner.source == each.source:
                continue
            text = mine.near(said[winner.row])
            image = _alike(album, each.images, winner.images) if text else None
            mean = text if image is None else (text + image) / 2
            if not text or (image is not None and image < config.image) or mean < config.joint:
                continue
            if all(a == b or same(a, b) for a, b in zip(each.images, winner.images, strict=True)):
                yield (
                    each.row,
                    Twin(
                        problem_id=each.id, source=each.source, twin=winner.id, how="near", text=round(text, 4),
                        image=None if image is None else round(image, 4),
                    ),
                )  # fmt: skip
                break
        else:
            winners.append(each)
            if index:
                index.add(at)


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
    sides = [[pair[side] for pair in pairs] for side in (0, 1)]
    if not all(album.visible[side].all() for side in sides):
        return 0.0
    return float(looks.similarity(*(album.looks[side] for side in sides)).min())
