"""Are two images of a run the same picture? A look finds the pairs that may be; their pixels decide.

Both are brought to `SIDE`² pixels. What a copy may change is undone: the tone curve (any that keeps the order of light
and dark), the strength of colours, margins. What is left is averaged over a few pixels, so that JPEG's ripples and
edges that moved by a part of a pixel cancel out and a digit that changed does not. The corners do not count: that is
where others put their marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mmdata.screen.looks import content

SIDE = 192
"""Pixels a side that images are compared in: a label of ten pixels in a figure of 640 is three of them high."""
TINTS = 48
"""The same for colours, which JPEG keeps at half the size or less."""
CORNER = 0.215
"""Part of each side that a corner takes: that of a look's."""
APART = 0.08
"""Of the image's contrast: a difference of this size, averaged over the window, is another picture."""
TINTED = 0.45
"""Of the colours' strength: the same for colours."""
FAR = 0.5
"""The same over a large window: what is further apart is not searched for a better fit."""
KEPT = 2_048
"""Images that are kept ready: 270 KB each."""

Plane = NDArray[np.float32]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Ready:
    """An image, ready to be compared: whole, and without its margins."""

    light: tuple[Plane, Plane]
    tints: tuple[Plane, Plane]
    pixels: int
    """Of its shorter side."""


def comparer(path: Callable[[str], Path]) -> Callable[[str, str], bool]:
    """A function that tells whether two images, by their names, are the same picture. Both have passed the screen."""
    open_one = lru_cache(maxsize=KEPT)(lambda name: ready(path(name)))
    return lambda one, other: same(open_one(one), open_one(other))


def ready(path: Path) -> Ready:
    """An image file, ready to be compared."""
    with Image.open(path) as image:
        shrink = min(image.size) // (2 * SIDE)
        picture = (image.reduce(shrink) if shrink > 1 else image).convert("RGB")
        pixels = min(image.size)
    boxes = (0, 0, *picture.size), content(np.asarray(picture, np.int16))
    luma, *tints = picture.convert("YCbCr").split()
    light = tuple(_scaled(luma, box, SIDE) for box in boxes)
    colour = tuple(np.stack([_scaled(tint, box, TINTS) for tint in tints]) - 128 for box in boxes)
    return Ready((light[0], light[1]), (colour[0], colour[1]), pixels)


def _scaled(channel: Image.Image, box: tuple[int, int, int, int], side: int) -> Plane:
    return np.asarray(channel.resize((side, side), Image.Resampling.BILINEAR, box=box), np.float32)


def same(one: Ready, other: Ready) -> bool:
    """Whether they are the same picture, as a whole or without their margins."""
    # What the smaller one cannot show is averaged away in both.
    window = 3 + 2 * int(np.ceil(1.5 * SIDE / max(min(one.pixels, other.pixels), 32)) // 2)
    return any(
        apart(one.light[frame], other.light[frame], window) <= APART
        and tinted(one.tints[frame], other.tints[frame]) <= TINTED
        for frame in (0, 1)
    ) or _moved(one, other, window)


def _moved(one: Ready, other: Ready, window: int) -> bool:
    """Whether they are once the margins of one are cut a little otherwise: where JPEG has frayed an edge, they are
    found some pixels off."""
    if apart(one.light[1], other.light[1], 25) > FAR:
        return False
    box = (0.0, 0.0, float(SIDE), float(SIDE))
    still = Image.fromarray(one.light[1])
    for step in (4.0, 4.0, 2.0, 2.0, 1.0, 0.5):
        box = min(_around(box, step), key=lambda each: _distance(still, each, other.light[1]))
    light = _cut(still, box, SIDE)
    if apart(light, other.light[1], window) > APART:
        return False
    scale = TINTS / SIDE
    small = (box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale)
    return tinted(np.stack([_cut(Image.fromarray(t), small, TINTS) for t in one.tints[1]]), other.tints[1]) <= TINTED


def _around(box: Box, step: float) -> Iterator[Box]:
    """The box with its left and right side moved by a step in or out, or its upper and lower, or none."""
    left, top, right, bottom = box
    for one, other in product((0.0, -step, step), repeat=2):
        yield left + one, top, right + other, bottom
        yield left, top + one, right, bottom + other


def _cut(plane: Image.Image, box: Box, side: int) -> Plane:
    """What a box shows, which may reach beyond the plane."""
    across, down = (box[2] - box[0]) / side, (box[3] - box[1]) / side
    how = (across, 0.0, box[0], 0.0, down, box[1])
    cut = plane.transform((side, side), Image.Transform.AFFINE, how, Image.Resampling.BILINEAR, fillcolor=None)
    return np.asarray(cut, np.float32)


def _distance(plane: Image.Image, box: Box, other: Plane) -> float:
    return float(np.abs(_cut(plane, box, SIDE) - other)[_INSIDE].mean())


def apart(one: Plane, other: Plane, window: int) -> float:
    """The largest difference of two planes that is left when tones are undone, as a part of the contrast."""
    contrast = [float(np.ptp(each)) for each in (one, other)]
    if min(contrast) < 8:
        return 1.0
    ways = (_toned(one, other) - other, contrast[1]), (_toned(other, one) - one, contrast[0])
    return min(float(np.abs(_averaged(rest, window)[_INSIDE]).max()) / most for rest, most in ways)


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


def tinted(one: Plane, other: Plane) -> float:
    """The largest difference of colours once their strength is undone, as a part of the strongest; 0 where one image
    is grey: there is nothing to compare."""
    strength = [float(np.sqrt(np.square(each).mean())) for each in (one, other)]
    if min(strength) < 3:
        return 0.0
    by = float((one * other).sum() / max(float(np.square(one).sum()), 1e-6))
    found = np.sqrt(np.square(_averaged(other - by * one, 3)).sum(axis=0))[_INSIDE_TINTS]
    most = float(np.sqrt(np.square(other).sum(axis=0)).max())
    return float(found.max()) / max(most, 1.0) if by > 0.2 else 1.0


def _averaged(plane: Plane, window: int) -> Plane:
    """The mean over a square window around each pixel, edges repeated."""
    if window < 2:
        return plane
    half = window // 2
    wide = np.pad(plane, [(0, 0)] * (plane.ndim - 2) + [(half, half)] * 2, mode="edge")
    sums = np.pad(wide.cumsum(-1).cumsum(-2), [(0, 0)] * (plane.ndim - 2) + [(1, 0)] * 2)
    found = sums[..., window:, window:] - sums[..., :-window, window:] - sums[..., window:, :-window]
    return np.asarray((found + sums[..., :-window, :-window]) / window**2, np.float32)


def _inside(side: int) -> NDArray[np.bool_]:
    cut = round(CORNER * side)
    kept = np.ones((side, side), np.bool_)
    for rows in (slice(0, cut), slice(side - cut, side)):
        for columns in (slice(0, cut), slice(side - cut, side)):
            kept[rows, columns] = False
    return kept


_INSIDE, _INSIDE_TINTS = _inside(SIDE), _inside(TINTS)
