"""What an image looks like, in a few bytes: the same for its copies, however encoded, scaled, recoloured or framed.

A look is two thumbnails, each normalised, so that neither contrast nor size matters: one of the whole image, which
nothing that is drawn into it can shift, and one of its content, for copies with other margins. A turned image has the
same cells in other places: no turned copy is kept. See `likeness` for when two looks are alike, `neighbours` for how
they are found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mmdata.screen.likeness import (
    BYTES,
    CHROMA_CELLS,
    GRID,
    LUMA,
    LUMA_CELLS,
    MARGIN,
    STEP,
    TINTS,
    Levels,
    Looks,
    packed,
    similarity,
    unpacked,
)  # fmt: skip
from mmdata.screen.neighbours import matches, pairs

__all__ = ["BYTES", "TURNS", "VERSION", "look", "matches", "pairs", "similarity", "turns"]

VERSION = f"1 ({BYTES} bytes)"
"""Looks of another version cannot be compared with these."""
_TURNS = (
    "", "rotated by 90°", "rotated by 180°", "rotated by 270°", "mirrored", "mirrored, rotated by 90°",
    "mirrored, rotated by 180°", "mirrored, rotated by 270°",
)  # fmt: skip
TURNS = (*_TURNS, "inverted", *(f"{turn}, inverted" for turn in _TURNS[1:]))
"""What `turns` does to an image, in its order; rotations are counter-clockwise."""

_TOLERANCE = 24
"""Levels that a margin's pixels may differ from each other: what JPEG leaves beside an edge."""
_WORKING = 384
"""Pixels of the shorter side that margins are looked for in."""
_BLANK = 1.0
"""Levels (standard deviation) of an image in which nothing is to be seen."""
_COLOURED = 3.0
"""Levels (root mean square) of chroma below which an image counts as grey."""


def look(image: Image.Image) -> bytes:
    """The look of a decoded, upright image in RGB or L; empty where there is nothing to see."""
    small = image.reduce(shrink) if (shrink := min(image.size) // _WORKING) > 1 else image
    small = small.convert("RGB")
    left, top, right, bottom = box = content(np.asarray(small, np.int16))
    channels = small.convert("YCbCr").split()
    levels = [_levels(channels, frame) for frame in ((0, 0, *small.size), box)]
    if not any(each.any() for each in levels):
        return b""
    wide, high = right - left, bottom - top
    margins = left / wide, top / high, (small.width - right) / wide, (small.height - bottom) / high
    return packed(np.concatenate(levels)[None]).tobytes() + bytes(min(round(m * MARGIN), 255) for m in margins)


def _levels(channels: Sequence[Image.Image], box: tuple[int, int, int, int]) -> Levels:
    """The levels of one thumbnail; zeros where there is neither light and dark nor colour."""
    luma, blue, red = channels
    light = _cells(luma, box, GRID)[LUMA_CELLS]
    tints = np.concatenate([_cells(each, box, TINTS)[CHROMA_CELLS] for each in (blue, red)]) - 128
    spread, strength = float(light.std()), float(np.sqrt(np.square(tints).mean()))
    light = (light - light.mean()) / spread if spread >= _BLANK else np.zeros_like(light)
    tints = tints / strength if strength >= _COLOURED else np.zeros_like(tints)
    return np.asarray(np.clip(np.rint(np.concatenate([light, tints]) / STEP), -7, 7), np.int8)


def content(pixels: NDArray[np.int16]) -> tuple[int, int, int, int]:
    """`(left, top, right, bottom)` of what is inside the margins: lines at an edge that are all of one colour."""
    high, wide = pixels.shape[:2]
    box = [0, 0, wide, high]
    for turn in range(4):
        part = pixels[box[1] : box[3], box[0] : box[2]]
        sides = [part.transpose(1, 0, 2), part, part.transpose(1, 0, 2)[::-1], part[::-1]]
        # What lies between a margin and the next may be a line of both colours.
        margins = [_margin(lines[1:] if turn and len(lines) > 1 else lines) for lines in sides]
        # A thin line within a margin is part of the picture.
        wide_enough = [m >= (0.02 * len(s) if turn else 1) for (m, _), s in zip(margins, sides, strict=True)]
        alike = [
            [k for k in range(4) if wide_enough[k] and np.abs(margins[k][1] - ground).max() <= _TOLERANCE]
            for _, ground in margins
        ]
        # So is what is of another colour than the margin; and a margin within a margin goes round.
        stripped = max(alike, key=len)
        if len(stripped) < (3 if turn else 1):
            break
        for side in stripped:
            margin = margins[side][0] + (turn > 0)
            box[side] += margin if side < 2 else -margin
        if box[0] >= box[2] or box[1] >= box[3]:
            return 0, 0, wide, high
    return box[0], box[1], box[2], box[3]


def _margin(lines: NDArray[np.int16]) -> tuple[int, NDArray[np.float64]]:
    """`(how many lines, from the first, are all of one colour, that colour)`; no lines where all are."""
    ground = np.median(lines[0], axis=0)
    for at in range(0, len(lines), 16):
        seen = (np.abs(lines[at : at + 16] - ground) > _TOLERANCE).any(axis=(1, 2))
        if seen.any():
            return at + int(seen.argmax()), ground
    return 0, ground


def _cells(channel: Image.Image, box: tuple[int, int, int, int], side: int) -> NDArray[np.float64]:
    return np.asarray(channel.resize((side, side), Image.Resampling.BILINEAR, box=box), np.float64)


def turns(looks: Looks) -> Looks:
    """`(len(TURNS), n, BYTES)`: the looks of the images turned in each way."""
    levels, margins = unpacked(looks), looks[:, -4:]
    light = np.zeros((len(looks), 2, GRID, GRID), np.int8)
    light[..., LUMA_CELLS] = levels[..., :LUMA]
    tints = np.zeros((len(looks), 2, 2, TINTS, TINTS), np.int8)
    tints[..., CHROMA_CELLS] = levels[..., LUMA:].reshape(len(looks), 2, 2, -1)
    found = []
    for sign in (1, -1):
        for mirror in (1, -1):
            for quarters in range(4):
                parts = [
                    np.rot90(part[..., ::mirror], quarters, (-2, -1))[..., cells].reshape(len(looks), 2, -1)
                    for part, cells in ((light, LUMA_CELLS), (tints, CHROMA_CELLS))
                ]
                sides = margins[:, [2, 1, 0, 3]] if mirror < 0 else margins
                turned = packed((sign * np.concatenate(parts, axis=2)).reshape(len(looks), -1).astype(np.int8))
                found.append(np.concatenate([turned, np.roll(sides, -quarters, axis=1)], axis=1))
    return np.stack(found)
