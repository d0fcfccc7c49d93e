"""A row that teaches nothing, for parts of a step that have no image while the weights are spread over processes.

The vision tower is not run where there is nothing to see. With FSDP or DeepSpeed's stage 3 each layer is gathered from
all processes when it is run: those that have an image would wait for ever for one that has none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SIDE = 56
"""Pixels of the blank image: a few tokens for any processor."""
IGNORED = -100


def filled(collate: Callable[[list[dict[str, Any]]], Any]) -> Callable[[list[dict[str, Any]]], Any]:
    """A collator of rows of prompt, completion and images, which adds such a row where no row has an image."""

    def collated(rows: list[dict[str, Any]]) -> Any:
        if any(row["images"] for row in rows):
            return collate(rows)
        batch = collate([*rows, _blank()])
        batch["labels"][-1] = IGNORED
        return batch

    return collated


def _blank() -> dict[str, Any]:
    from PIL import Image

    return {
        "prompt": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "?"}]}],
        "completion": [{"role": "assistant", "content": [{"type": "text", "text": "."}]}],
        "images": [Image.new("RGB", (SIDE, SIDE))],
    }
