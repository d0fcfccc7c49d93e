"""Words that the families share: colours by name, lists, articles, options."""

from __future__ import annotations

import random
from collections.abc import Sequence

COLORS = {
    "red": "#d62728", "blue": "#1f5fd0", "green": "#2ca02c", "yellow": "#f5d000", "purple": "#8e3fbf",
    "orange": "#ff7f0e", "black": "#111111", "gray": "#8a8a8a",
}  # fmt: skip
"""Colours that people name alike, the easiest to tell apart first."""


def a(word: str) -> str:
    """The word with its article."""
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def plural(count: int, word: str) -> str:
    """`1 circle`, `2 circles`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def join(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f" {last} ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def options(right: str, wrong: Sequence[str], rng: random.Random, count: int = 4) -> tuple[tuple[str, ...], str]:
    """At most `count` options in random order, the right one and different wrong ones; and the right one's letter.

    Raises ValueError if there is no wrong one.
    """
    others = [text for text in dict.fromkeys(wrong) if text != right]
    if not others:
        raise ValueError(f"no wrong option beside {right!r}")
    shown = [right, *rng.sample(others, min(count - 1, len(others)))]
    rng.shuffle(shown)
    return tuple(shown), "ABCDEFGHIJ"[shown.index(right)]
