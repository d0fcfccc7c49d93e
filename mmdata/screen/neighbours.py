"""Finding the looks that are similar among very many: bits of them are sorted, in several orders, and only rows that
meet in a bucket are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdata.screen.likeness import CHROMA, LUMA, Looks, floor, possible, similarity, unpacked

_BITS = 256
"""Bits that looks are searched by: the signs of sums of all cells, each added or subtracted at random."""
_BANDS = 12
"""Orders in which the bits are sorted."""
_NEAR = 256
"""Looks of a bucket that are all compared; a larger one is split by further bits."""
_BLOCK = 1 << 16
"""Rows, or pairs of them, that are looked at at once."""
_FEW = 8_192
"""Looks that are all compared with each other: bands would compare the same pairs of a family several times."""
_DEPTHS = (0, *range(8, 65, 4))
"""Bits that the rows of a bucket share."""
Words = NDArray[np.uint64]
Rows = NDArray[np.int64]
Found = tuple[Rows, Rows, NDArray[np.float64]]


def pairs(looks: Looks, threshold: float) -> Iterator[Found]:
    """`(i, j, similarity)` of the pairs of rows, i < j, that are as similar as `threshold`, sorted by i and j.

    Of rows with the very same look each is paired with the first of them alone, and with other looks that first only.
    Rows where there is nothing to see (all zeros) are in no pair. Pairs are found by searching, not by comparing all:
    a few of those that are barely similar enough are missed, but where there are few looks.
    """
    first, same = _firsts(looks)
    if len(same):
        yield first[same], same, np.ones(len(same))
    places = np.flatnonzero(first == np.arange(len(looks)))
    distinct = looks[places]
    found = _searched(distinct, threshold, None)
    yield places[found[0]], places[found[1]], found[2]


def matches(queries: Looks, index: Looks, threshold: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """`(row, similarity)` of what is most similar to each query in the index; of equals the first; row -1 where
    nothing is as similar as `threshold`."""
    rows, similar = np.full(len(queries), -1, np.int64), np.zeros(len(queries))
    one, other, found = _searched(np.concatenate([queries, index]), threshold, len(queries))
    order = np.lexsort((other, -found, one))
    one, other, found = one[order], other[order] - len(queries), found[order]
    best = np.flatnonzero(np.append(np.ones(min(len(one), 1), np.bool_), one[1:] != one[:-1]))
    rows[one[best]], similar[one[best]] = other[best], found[best]
    return rows, similar


def _firsts(looks: Looks) -> tuple[Rows, Rows]:
    """`(the first row of the same look, by row; the rows that are not first)`; of blank rows neither."""
    whole = np.ascontiguousarray(looks).view(f"V{looks.shape[1]}").ravel()
    order = np.argsort(whole, kind="stable").astype(np.int64)
    new = np.r_[True, whole[order][1:] != whole[order][:-1]] if len(looks) else np.empty(0, bool)
    first = np.empty(len(looks), np.int64)
    first[order] = order[np.maximum.accumulate(np.where(new, np.arange(len(looks)), 0))]
    first[~looks.any(axis=1)] = -1
    return first, np.flatnonzero((first >= 0) & (first < np.arange(len(looks))))


def _random(what: str, count: int) -> bytes:
    """Bytes that are the same in every version of everything."""
    return hashlib.shake_256(f"mmdata looks {what}".encode()).digest(count)


def _searched(looks: Looks, threshold: float, queries: int | None) -> Found:
    """The pairs of different rows, each once, in order; with `queries`, of one of so many first rows and another."""
    codes, similar = np.empty(0, np.int64), np.empty(0)
    most = _apart(floor(threshold))
    for thumbnail in (0, 1):
        bits = np.concatenate([np.empty((0, _BITS // 64), np.uint64), *(_bits(b, thumbnail) for b in _blocks(looks))])
        visible = np.asarray(bits.any(axis=1))
        few = queries is None and len(looks) <= _FEW
        for one, other in _every(visible) if few else _candidates(bits, visible, queries):
            if not few:
                close = np.bitwise_count(bits[one] ^ bits[other]).sum(axis=1, dtype=np.int64) <= most
                one, other = one[close], other[close]
            for at in range(0, len(one), _BLOCK):
                a, b = one[at : at + _BLOCK], other[at : at + _BLOCK]
                told = possible(looks[a], looks[b], thumbnail, threshold)
                a, b = a[told], b[told]
                alike = similarity(looks[a], looks[b])
                keep = alike >= threshold
                low, high = np.minimum(a, b)[keep], np.maximum(a, b)[keep]
                codes, places = np.unique(np.concatenate([codes, low * len(looks) + high]), return_index=True)
                similar = np.concatenate([similar, alike[keep]])[places]
    return codes // max(len(looks), 1), codes % max(len(looks), 1), similar


def _apart(cosine: float) -> int:
    """Most bits that rows of this cosine differ in, but for one pair in ten thousand."""
    share = np.arccos(cosine) / np.pi
    return int(_BITS * share + 4 * np.sqrt(_BITS * share * (1 - share)) + 1)


def _candidates(bits: Words, visible: NDArray[np.bool_], queries: int | None) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of rows that meet, some at a time, the same ones several times."""
    for band in range(_BANDS):
        order = np.argsort(np.frombuffer(_random(f"band {band}", 2 * _BITS), np.uint16), kind="stable")[:64]
        chosen = [np.packbits(np.unpackbits(b.view(np.uint8), axis=1)[:, order], axis=1) for b in _blocks(bits)]
        keys = np.concatenate([np.empty((0, 8), np.uint8), *chosen]).view(">u8").ravel().astype(np.uint64)
        yield from _met(keys, visible, queries)


def _every(visible: NDArray[np.bool_]) -> Iterator[tuple[Rows, Rows]]:
    """All pairs of rows, each once, some at a time."""
    rows = np.flatnonzero(visible)
    at = np.arange(1, len(rows) + 1)
    return _pairs(rows, rows, at, np.full(len(rows), len(rows)))


def _blocks(rows: NDArray[Any]) -> Iterator[NDArray[Any]]:
    return (rows[at : at + _BLOCK] for at in range(0, len(rows), _BLOCK))


def _bits(looks: Looks, thumbnail: int) -> Words:
    """`_BITS` bits a row, in 64s; zeros where there is nothing to see."""
    random = np.frombuffer(_random("bits", (LUMA + CHROMA) * _BITS // 8), np.uint8)
    signs = np.unpackbits(random).reshape(LUMA + CHROMA, _BITS).astype(np.float32) * 2 - 1
    levels = unpacked(looks)[:, thumbnail]
    # Chroma is what is left where there is neither light nor dark; elsewhere a copy may lack it.
    levels[:, LUMA:][levels[:, :LUMA].any(axis=1)] = 0
    levels[~looks.any(axis=1)] = 0
    # Small whole numbers: their sums are exact, in any order.
    found: Words = np.packbits(levels.astype(np.float32) @ signs > 0, axis=1).view(np.uint64)
    return found


def _met(keys: Words, visible: NDArray[np.bool_], queries: int | None) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of rows in the same bucket, some at a time."""
    rows = np.flatnonzero(visible)
    index = rows[rows >= (queries or 0)]
    index = index[np.argsort(keys[index], kind="stable")]
    asking = index if queries is None else rows[rows < queries]
    own = np.arange(1, len(index) + 1) if queries is None else None
    for depth in _DEPTHS:
        cut = np.uint64(64 - depth)
        there, asked = keys[index] >> cut, keys[asking] >> cut
        low, high = np.searchsorted(there, asked, "left"), np.searchsorted(there, asked, "right")
        last = depth == _DEPTHS[-1]
        fits = high - low <= _NEAR
        if last:
            # So many rows that are the same to the last bit are compared with their neighbours alone.
            fits[:] = True
        at = np.flatnonzero(fits)
        start = low[at] if own is None else own[at]
        end = np.minimum(high[at], start + _NEAR)
        yield from _pairs(asking[at], index, start, end)
        asking, own = asking[~fits], own if own is None else own[~fits]


def _pairs(asking: Rows, index: Rows, start: Rows, end: Rows) -> Iterator[tuple[Rows, Rows]]:
    """Each row with the rows of its part of the index."""
    counts = np.maximum(end - start, 0)
    upto = np.cumsum(counts)
    cuts = np.searchsorted(upto, np.arange(0, int(upto[-1]) if len(upto) else 0, 16 * _BLOCK), "right")
    ends = np.append(cuts[1:], len(counts)) if len(cuts) else cuts
    for a, b in zip(cuts, ends, strict=True):
        n = counts[a:b]
        offsets = np.arange(int(n.sum())) - np.repeat(np.cumsum(n) - n, n)
        yield np.repeat(asking[a:b], n), index[np.repeat(start[a:b], n) + offsets]
