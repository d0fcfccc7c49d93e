"""Are two images of a run the same picture? A look finds the pairs that may be; their pixels decide.

Both are brought to `SIDE`² pixels. What a copy may change is undone: the tone curve (any that keeps the order of light
and dark), the strength of colours, margins. What is left is averaged over a few pixels, so that JPEG's ripples and
edges that moved by a part of a pixel cancel out and a digit that changed does not. One corner does not count: that is
where others put their marks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mmdata.screen.looks import content

SIDE = 192
"""Pixels a side that images are compared in: a label of ten pixels in a figure of 640 is three of them high."""
TINTS = 48
"""The same for colours, which JPEG keeps at half the size or less."""
CORNER = (0.12, 0.215)
"""Part of the height and of the width that a corner takes: marks are flat."""
APART = 0.075
"""Of the image's contrast: a difference of this size, averaged over the window, is another picture."""
MARKED = 0.3
"""Of a mark's darkness: so much lighter than before may something beside it be, by sampling."""
FAINT = 28.0
"""Levels of chroma below which a difference counts as one of these: JPEG's are as large whatever the colours."""
GREY = 6.0
"""Levels of chroma that an image nowhere reaches if it is grey."""
WHITE = 249.0
"""Levels of light at which no colour is left to see."""
FAR = 0.6
"""The same over a large window: what is further apart is no question of margins."""
TINTED = 0.25
"""Of the colours' strength: the same for colours."""
KEPT = 256
"""Images that are kept ready: 330 KB each."""

Plane = NDArray[np.float32]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Ready:
    """An image, ready to be compared: whole, and without its margins."""

    picture: Image.Image
    """In YCbCr, no larger than it takes."""
    content: Box
    """Where its content lies in it."""
    light: tuple[Plane, Plane]
    tints: tuple[Plane, Plane]
    size: tuple[int, int]
    """Of the image, in pixels."""


def comparer(path: Callable[[int], Path]) -> Callable[[int, int], bool]:
    """A function that tells whether two images, whose files `path` knows, are the same picture. Both have passed the
    screen."""
    open_one = lru_cache(maxsize=KEPT)(lambda place: ready(path(place)))
    return lambda one, other: same(open_one(one), open_one(other))


def ready(path: Path) -> Ready:
    """An image file, ready to be compared."""
    with Image.open(path) as image:
        shrink = min(image.size) // (2 * SIDE)
        small = (image.reduce(shrink) if shrink > 1 else image).convert("RGB")
        size = image.size
    box: Box = content(np.asarray(small, np.int16))
    picture = small.convert("YCbCr")
    whole, inside = _cut(picture, (0, 0, *picture.size)), _cut(picture, box)
    return Ready(picture, box, (whole[0], inside[0]), (whole[1], inside[1]), size)


def _cut(picture: Image.Image, box: Box) -> tuple[Plane, Plane]:
    """`(light, tints)` of what is in a box."""
    luma, *tints = picture.split()
    return _scaled(luma, box, SIDE), np.stack([_scaled(tint, box, TINTS) for tint in tints]) - 128


def _scaled(channel: Image.Image, box: Box, side: int) -> Plane:
    return np.asarray(channel.resize((side, side), Image.Resampling.BILINEAR, box=box), np.float32)


def same(one: Ready, other: Ready) -> bool:
    """Whether they are the same picture, as a whole or without their margins."""
    # What the smaller one cannot show is averaged away in both.
    window = 3 + 2 * (SIDE // max(min(*one.size, *other.size), 32))
    for frame in (0, 1):
        if _agree((one.light[frame], one.tints[frame]), (other.light[frame], other.tints[frame]), window):
            return True
        # Who adds a margin makes an image larger; the same content elsewhere in the same frame is another picture.
        if one.size == other.size:
            return False
    # Where JPEG has frayed an edge, or its colour runs into the margin, margins are found some pixels off.
    if apart(one.light[1], other.light[1], 25) > FAR:
        return False
    return _agree(_cut(one.picture, _aligned(one, other)), (other.light[1], other.tints[1]), window)


def _agree(one: tuple[Plane, Plane], other: tuple[Plane, Plane], window: int) -> bool:
    return apart(one[0], other[0], window) <= APART and tinted(one, other) <= TINTED


def _aligned(one: Ready, other: Ready) -> Box:
    """The box of one that shows the other's content: Gauss-Newton steps from its own, on blurred planes (Lucas and
    Kanade, "An Iterative Image Registration Technique", 1981)."""
    box = np.asarray(one.content, np.float64)
    luma = one.picture.getchannel(0)
    most = np.asarray([luma.width, luma.height] * 2, np.float64)
    along = (np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE
    for window in (21, 17, 13, 11, 9, 7, 5, 5, 3):
        now = _averaged(_scaled(luma, (box[0], box[1], box[2], box[3]), SIDE), window)
        down, across = np.gradient(now)
        across, down = across * SIDE / (box[2] - box[0]), down * SIDE / (box[3] - box[1])
        ways = (across * (1 - along), down * (1 - along)[:, None], across * along, down * along[:, None])
        slopes = np.stack([way.ravel() for way in ways], axis=1).astype(np.float64)
        rest = (now - _averaged(other.light[1], window)).ravel().astype(np.float64)
        rest -= rest.mean()
        slopes -= slopes.mean(axis=0)
        step = np.linalg.lstsq(slopes.T @ slopes + 1e-3 * np.eye(4), slopes.T @ -rest, rcond=None)[0]
        moved = np.clip(box + np.clip(step, -4, 4), 0, most)
        if min(moved[2] - moved[0], moved[3] - moved[1]) < 8:
            break
        box = moved
    return float(box[0]), float(box[1]), float(box[2]), float(box[3])


def apart(one: Plane, other: Plane, window: int) -> float:
    """The largest difference of two planes that is left when tones are undone, as a part of the contrast."""
    contrast = [float(np.ptp(each)) for each in (one, other)]
    if min(contrast) < 8:
        return 1.0
    ways = (_toned(one, other) - other, contrast[1]), (_toned(other, one) - one, contrast[0])
    return min(_most(_averaged(rest, window) / most) for rest, most in ways)


def _most(rest: NDArray[Any]) -> float:
    """The largest difference, but for a corner where all that differs is darker, or all is lighter: others put a mark
    into one. `rest` is signed."""
    corner = max(_corners(rest.shape[-1]), key=lambda each: float(np.abs(rest[each]).max()))
    ways = sorted((float(rest[corner].max()), -float(rest[corner].min())))
    kept = np.abs(rest)
    if ways[0] <= MARKED * ways[1]:
        kept[corner] = 0
    return float(kept.max())


def _corners(side: int) -> list[tuple[slice, slice]]:
    high, wide = (round(part * side) for part in CORNER)
    return [
        (r, c) for r in (slice(0, high), slice(side - high, side)) for c in (slice(0, wide), slice(side - wide, side))
    ]


def _toned(one: Plane, other: Plane) -> Plane:
    """One with the other's tones: each level becomes the mean of what lies there in the other, never darker for
    lighter."""
    levels = np.clip(one.round(), 0, 255).astype(np.int64).ravel()
    counts = np.bincount(levels, minlength=256)
    sums = np.bincount(levels, other.ravel(), minlength=256)
    there = np.flatnonzero(counts)
    curve = np.interp(np.arange(256), there, _rising(sums[there] / counts[there], counts[there]))
    found: Plane = np.interp(one, np.arange(256), curve).astype(np.float32)
    return found


def _rising(values: NDArray[np.float64], weights: NDArray[np.int64]) -> NDArray[np.float64]:
    """The nearest values that never fall (pool adjacent violators)."""
    blocks: list[list[float]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            value, weight, count = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + value * weight) / (last[1] + weight)
            last[1] += weight
            last[2] += count
    return np.repeat([block[0] for block in blocks], [int(block[2]) for block in blocks])


def tinted(one: tuple[Plane, Plane], other: tuple[Plane, Plane]) -> float:
    """The largest difference of the colours of two `(light, tints)` once their strength is undone, as a part of the
    strongest; 0 where one image is grey: there is nothing to compare. Nor is there where one is white: a copy that was
    made lighter has lost its pale colours."""
    step = SIDE // TINTS
    lights = [each[0].reshape(TINTS, step, TINTS, step).mean(axis=(1, 3)) for each in (one, other)]
    seen = np.maximum(*lights) < WHITE
    soft = [_averaged(each[1] * seen, 5) for each in (one, other)]
    most = [float(np.sqrt(np.square(each).sum(axis=0)).max()) for each in soft]
    if min(most) < GREY:
        return 0.0
    by = float((soft[0] * soft[1]).sum() / max(float(np.square(soft[0]).sum()), 1e-6))
    if by <= 0.2:
        return 1.0
    return float(np.sqrt(np.square(soft[1] - by * soft[0]).sum(axis=0)).max()) / max(most[1], FAINT)


def _averaged(plane: Plane, window: int) -> Plane:
    """The mean over a square window around each pixel, edges repeated."""
    if window < 2:
        return plane
    half = window // 2
    wide = np.pad(plane, [(0, 0)] * (plane.ndim - 2) + [(half, half)] * 2, mode="edge")
    sums = np.pad(wide.cumsum(-1).cumsum(-2), [(0, 0)] * (plane.ndim - 2) + [(1, 0)] * 2)
    found = sums[..., window:, window:] - sums[..., :-window, window:] - sums[..., window:, :-window]
    return np.asarray((found + sums[..., :-window, :-window]) / window**2, np.float32)
