"""What vision processors make of an image's size: how many tokens it is worth, and which sizes they refuse.

Qwen's processors resize an image so that both sides are multiples of patch × merge and the pixels keep within bounds;
each such square is a token. The rule is `smart_resize` of transformers, models/qwen2_vl/image_processing_qwen2_vl.py,
which both generations use; the bounds are that class's own for Qwen2.5-VL, and those of preprocessor_config.json
of Qwen/Qwen3-VL-*-Instruct for Qwen3-VL.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Processor:
    """The sizes that a processor makes."""

    factor: int
    """Pixels of the side of a token's square: patch × merge."""
    min_pixels: int
    max_pixels: int
    max_aspect: float = 200.0
    """Longer side over shorter: beyond this it refuses an image."""

    def resized(self, width: int, height: int) -> tuple[int, int]:
        """`(width, height)` that it resizes an image to.

        Raises ValueError, in words, where it refuses the image.
        """
        if min(width, height) < 1:
            raise ValueError("a side of no pixels")
        if max(width, height) / min(width, height) > self.max_aspect:
            raise ValueError(f"sides of more than {self.max_aspect:g} to 1")
        wide, high = (round(side / self.factor) * self.factor for side in (width, height))
        if wide * high > self.max_pixels:
            shrink = math.sqrt(width * height / self.max_pixels)
            wide, high = (
                max(self.factor, math.floor(side / shrink / self.factor) * self.factor) for side in (width, height)
            )
        elif wide * high < self.min_pixels:
            grow = math.sqrt(self.min_pixels / (width * height))
            wide, high = (math.ceil(side * grow / self.factor) * self.factor for side in (width, height))
        if min(wide, high) < 1:
            raise ValueError("it would be resized to nothing")
        return wide, high

    def tokens(self, width: int, height: int) -> int:
        """How many tokens an image of this size is worth. Raises ValueError as `resized` does."""
        wide, high = self.resized(width, height)
        return (wide // self.factor) * (high // self.factor)


PROCESSORS = {
    "qwen2.5-vl": Processor(factor=28, min_pixels=56 * 56, max_pixels=14 * 14 * 4 * 1280),
    "qwen3-vl": Processor(factor=32, min_pixels=65_536, max_pixels=16_777_216),
}


def tokens(width: int, height: int, names: Iterable[str]) -> dict[str, int]:
    """By processor, how many tokens an image of this size is worth.

    Raises ValueError that names the first processor that refuses it.
    """
    found = {}
    for name in names:
        try:
            found[name] = PROCESSORS[name].tokens(width, height)
        except ValueError as error:
            raise ValueError(f"{name}: {width}×{height} pixels, {error}") from None
    return found
