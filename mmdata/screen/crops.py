"""Is an image a part of another one, or framed otherwise? Thumbnails are laid over each other until they fit.

A thumbnail is `SIDE`² cells of light and dark in sixteen steps, contrast undone: too coarse for a letter to be read. Of
two of them the box is searched in which the second shows the first (Gauss-Newton steps on blurred thumbnails, after
Lucas and Kanade, "An Iterative Image Registration Technique", 1981); how alike they are is their correlation there.
Pictures that a program draws from one template correlate highly too: alone, this proves little.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 28
"""Cells a side."""
BYTES = SIDE**2 // 2
STEP = 0.7
"""Standard deviations of a step of the four bits."""
BLANK = 1.0
"""Levels (standard deviation) of an image in which nothing is to be seen."""
WINDOWS = (9, 7, 5, 5, 3, 3, 3)
"""Cells that both are blurred over, step by step."""
STARTS = (0.0, 0.06, -0.08)
"""Of a side: what is cut off at first, or added."""
SMALLEST, LARGEST = 0.5, 2.0
"""Of a side: what the box may take of the other's."""
SHARED = 0.5
"""Of the first thumbnail: so much of it has to lie within the second."""
MOVE = 0.05
"""Of a side: how far an edge moves in a step at most."""
SEARCHED = 8
"""Thumbnails that are tried of those that look most alike as they are."""

Planes = NDArray[np.float64]


def thumb(image: Image.Image) -> bytes:
    """The thumbnail of a decoded, upright image in RGB or L; empty where there is nothing to see."""
    small = image.reduce(shrink) if (shrink := min(image.size) // (8 * SIDE)) > 1 else image
    light = np.asarray(small.convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float64)
    if (spread := float(light.std())) < BLANK:
        return b""
    levels = np.clip(np.rint((light - light.mean()) / spread / STEP), -7, 7).astype(np.int8).ravel()
    nibbles = (levels + 8).astype(np.uint8)
    return bytes((nibbles[::2] << 4 | nibbles[1::2]).tobytes())


def planes(thumbs: NDArray[np.uint8]) -> Planes:
    """`(n, SIDE, SIDE)` of thumbnails, `BYTES` a row."""
    nibbles = np.stack([thumbs >> 4, thumbs & 15], axis=-1).astype(np.float64) - 8
    return nibbles.reshape(len(thumbs), SIDE, SIDE) * STEP


def outlines(thumbs: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`(n, SIDE²)`: blurred thumbnails whose products are their correlations: what looks alike as it is."""
    flat = _blurred(planes(thumbs), WINDOWS[0]).reshape(len(thumbs), -1)
    flat -= flat.mean(axis=1, keepdims=True)
    found = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    return np.asarray(found, np.float32)


def fitting(one: Planes, other: Planes) -> NDArray[np.float64]:
    """How alike each pair is where it fits best: -1 to 1."""
    best = np.full(len(one), -1.0)
    for start in STARTS:
        box = np.tile([start, start, 1.0 - start, 1.0 - start], (len(one), 1))
        best = np.maximum(best, _correlation(one, other, box))
        for window in WINDOWS:
            box = _moved(one, other, box, window)
        best = np.maximum(best, _correlation(one, other, box))
    return best


def _moved(one: Planes, other: Planes, box: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """The boxes after one step; those that would leave their bounds stay."""
    now, inside = _shown(other, box)
    now, still = _blurred(now * inside, window), _blurred(one * inside, window)
    wide, high = (box[:, 2] - box[:, 0])[:, None, None], (box[:, 3] - box[:, 1])[:, None, None]
    across = np.gradient(now, axis=2) * SIDE / wide
    down = np.gradient(now, axis=1) * SIDE / high
    along = (np.arange(SIDE) + 0.5) / SIDE
    ways = (across * (1 - along), down * (1 - along)[:, None], across * along, down * along[:, None], now)
    slopes = np.stack([*ways, np.ones_like(now)], axis=-1) * inside[..., None]
    slopes = slopes.reshape(len(one), SIDE**2, 6)
    rest = ((still - now) * inside).reshape(len(one), SIDE**2, 1)
    turned = slopes.transpose(0, 2, 1)
    step = np.linalg.solve(turned @ slopes + 1e-3 * np.eye(6), turned @ rest)[:, :4, 0]
    moved = box + np.clip(step, -MOVE, MOVE)
    sides = moved[:, 2:] - moved[:, :2]
    fits = ((sides >= SMALLEST) & (sides <= LARGEST)).all(axis=1) & (_shown(other, moved)[1].mean(axis=(1, 2)) > SHARED)
    return np.where(fits[:, None], moved, box)


def _shown(planes: Planes, box: NDArray[np.float64]) -> tuple[Planes, NDArray[np.bool_]]:
    """`(what each box shows, in as many cells; which of these lie within the plane)`."""
    along = (np.arange(SIDE) + 0.5) / SIDE
    weights, within = [], []
    for low, high in ((box[:, 1], box[:, 3]), (box[:, 0], box[:, 2])):
        at = (low[:, None] + along * (high - low)[:, None]) * SIDE - 0.5
        within.append((at >= -0.5) & (at <= SIDE - 0.5))
        at = np.clip(at, 0, SIDE - 1)[..., None]
        weights.append(np.maximum(0.0, 1.0 - np.abs(at - np.arange(SIDE))))
    shown = weights[0] @ planes @ weights[1].transpose(0, 2, 1)
    return shown, within[0][:, :, None] & within[1][:, None, :]


def _correlation(one: Planes, other: Planes, box: NDArray[np.float64]) -> NDArray[np.float64]:
    now, inside = _shown(other, box)
    sides = []
    for plane in (now, one):
        plane = _blurred(plane * inside, 3)
        mean = (plane * inside).sum(axis=(1, 2)) / np.maximum(inside.sum(axis=(1, 2)), 1)
        sides.append((plane - mean[:, None, None]) * inside)
    spread = [np.sqrt(np.square(side).sum(axis=(1, 2))) for side in sides]
    return np.asarray((sides[0] * sides[1]).sum(axis=(1, 2)) / np.maximum(spread[0] * spread[1], 1e-9))


def _blurred(planes: Planes, window: int) -> Planes:
    """The mean over a square window, edges repeated."""
    near = np.arange(SIDE)[:, None] + np.arange(-(window // 2), window // 2 + 1)
    mean = np.zeros((SIDE, SIDE))
    np.add.at(mean, (np.arange(SIDE)[:, None], np.clip(near, 0, SIDE - 1)), 1 / window)
    return np.asarray(mean @ planes @ mean.T)
