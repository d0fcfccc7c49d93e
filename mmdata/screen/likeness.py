"""How similar two looks are, cell by cell. What a look is, `looks` says.

A look holds two thumbnails, of the whole image and of its content without the margins, and how wide the margins are.
Each thumbnail is `GRID`² cells of luma and `TINTS`² of two chromas, four bits a cell, without the corners: that is
where others put their marks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GRID = 14
"""Cells a side that light and dark are averaged to."""
CORNER = 3
"""Cells a side of each corner that is left out."""
TINTS = 5
"""Cells a side that each chroma is averaged to; of the corners one is left out."""
STEP = 0.4
"""Standard deviations of a step of the four bits."""
LUMA = GRID**2 - 4 * CORNER**2
"""Cells of luma of one thumbnail, and of its chromas."""
CHROMA = 2 * (TINTS**2 - 4)
BYTES = LUMA + CHROMA + 4
"""Of a look: two thumbnails, half a byte a cell; the left, top, right and lower margin."""
MARGIN = 64
"""Of a margin's byte: steps by the content's width (or height)."""
ADDED = 0.75
"""Most margin, by the content's width or height, that an image's copy may have more (or less) on a side."""
UNLIKE = 6.0
"""Mean squared difference (standard deviations) of the two thumbnails in a block of four cells that makes looks as
dissimilar as can be."""
UNLIKE_TINTS = 12.0
"""The same of chroma, cell by cell."""
_BLOCK = 2

Looks = NDArray[np.uint8]
Levels = NDArray[np.int8]


def inside(side: int, corner: int) -> NDArray[np.bool_]:
    """Which cells of a grid are not in its corners, row by row."""
    kept = np.ones((side, side), np.bool_)
    for rows in (slice(0, corner), slice(side - corner, side)):
        for columns in (slice(0, corner), slice(side - corner, side)):
            kept[rows, columns] = False
    return kept


LUMA_CELLS = inside(GRID, CORNER)
CHROMA_CELLS = inside(TINTS, 1)


def packed(levels: Levels) -> Looks:
    """Levels of -7 to 7, row by row, as four bits each; no look is all zeros."""
    nibbles = (levels + 8).astype(np.uint8)
    return np.asarray(nibbles[:, ::2] << 4 | nibbles[:, 1::2], np.uint8)


def unpacked(looks: Looks) -> Levels:
    """`(n, 2, LUMA + CHROMA)`: what was packed, by thumbnail."""
    cells = looks[:, :-4]
    nibbles = np.stack([cells >> 4, cells & 15], axis=-1)
    found: Levels = nibbles.reshape(len(looks), 2, LUMA + CHROMA).astype(np.int8) - np.int8(8)
    return found


def similarity(one: Looks, other: Looks) -> NDArray[np.float64]:
    """How similar looks are, row by row: 1 the same, 0 something in them is altogether different.

    Each pair of thumbnails is as similar as its least similar block, so that a small difference is not lost in what
    templates have in common; and the looks are as similar as the better pair. Chroma counts where both have some.
    """
    a, b = unpacked(one), unpacked(other)
    # Small whole numbers are several times faster than floats here.
    apart = np.square((a[..., :LUMA] - b[..., :LUMA]).astype(np.int16))
    grid = np.zeros((len(a), 2, GRID * GRID), np.int16)
    grid[..., _PLACES] = apart
    most = (_blocks(grid.reshape(-1, GRID, GRID)) * _SHARES).reshape(len(a), 2, (GRID - 1) ** 2).max(axis=2)
    light = most.astype(np.float32) * (STEP**2 / _WHOLE / UNLIKE)
    tints = np.square((a[..., LUMA:] - b[..., LUMA:]).astype(np.int16)).astype(np.float32) * STEP**2
    both = a[..., LUMA:].any(axis=2) & b[..., LUMA:].any(axis=2)
    colour = np.where(both, (tints[..., : CHROMA // 2] + tints[..., CHROMA // 2 :]).max(axis=2) / UNLIKE_TINTS, 0)
    drawn = np.asarray(a[..., :LUMA].any(axis=2) & b[..., :LUMA].any(axis=2))
    apart_most = np.where(drawn | both, np.maximum(light, colour), 1)
    apart_most[:, 1] = np.where(drawn[:, 1] & _framed(one, other), apart_most[:, 1], 1)
    found: NDArray[np.float64] = np.clip(1.0 - apart_most.min(axis=1).astype(np.float64), 0.0, 1.0)
    return found


def _framed(one: Looks, other: Looks) -> NDArray[np.bool_]:
    """Whether one image can be the other with some margin added: no less on any side. The same shape elsewhere in its
    frame is another picture."""
    more = one[:, -4:].astype(np.int16) - other[:, -4:]
    added = np.all(more >= -2, axis=1) | np.all(more <= 2, axis=1)
    return np.asarray(added & np.all(np.abs(more) <= ADDED * MARGIN, axis=1), np.bool_)


def _blocks(grid: NDArray[np.int16]) -> NDArray[np.int16]:
    """Sums over the blocks of cells."""
    rows = grid[..., 1:, :] + grid[..., :-1, :]
    return np.asarray(rows[..., 1:] + rows[..., :-1])


_PLACES = np.flatnonzero(LUMA_CELLS)
_WHOLE = 12
"""What 1 to 4 cells divide."""
_SHARES = (_WHOLE // np.maximum(_blocks(LUMA_CELLS.astype(np.int16)), 1)).astype(np.int16)
"""What makes a mean of each block's sum."""


def floor(threshold: float) -> float:
    """The least cosine of luma that looks as similar as `threshold` can have."""
    return max(0.0, 1.0 - (1.0 - threshold) * UNLIKE / 2)


def possible(one: Looks, other: Looks, thumbnail: int, threshold: float) -> NDArray[np.bool_]:
    """Whether no cell of luma of this thumbnail alone makes it less similar than `threshold`: soon told."""
    start = thumbnail * (LUMA + CHROMA) // 2
    a, b = (looks[:, start : start + LUMA // 2] for looks in (one, other))
    most = int(np.sqrt((1.0 - threshold) * UNLIKE * 4 + 1e-6) / STEP)
    high = np.abs((a >> 4).astype(np.int8) - (b >> 4).astype(np.int8)).max(axis=1)
    low = np.abs((a & 15).astype(np.int8) - (b & 15).astype(np.int8)).max(axis=1)
    return np.asarray((high <= most) & (low <= most), np.bool_)
