"""What answers are compared with: a gold that was read once, and what each kind of answer provides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Ruling = tuple[str, str]
"""(reason code, method): what was decided, and which rule decided it."""


@dataclass(kw_only=True, slots=True, eq=False)
class Gold:
    """The gold of one question, shared by all answers to it; nothing changes it (a frozen one takes longer to make)."""

    kind: str
    """Never `auto`."""
    text: str
    """Without math delimiters, emphasis or a box around the whole of it."""
    choices: tuple[str, ...] = ()
    """The options' texts; the first is A."""
    question: str = ""
    """The question, for rules that depend on its wording."""
    metadata: str = ""
    """JSON with whatever else a scorer of the source needs."""
    value: Any = None
    """What the kind's `read` made of the text."""


Read = Callable[[str, tuple[str, ...], str], Any]
"""(text, choices, question) → the gold's value, or None where the text is no gold of this kind. Linear time."""
Fast = Callable[[str, Gold], Ruling | None]
"""(extracted answer, gold) → a ruling, or None where only the slow rule can tell. Linear time; never raises."""
Slow = Callable[[str, Gold], Ruling]
"""(extracted answer, gold) → a ruling. May hang, so that only worker processes call it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """How one kind of answer is judged."""

    read: Read
    fast: Fast
    slow: Slow | None = None
