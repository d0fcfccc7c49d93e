"""What makes two texts or two problems the same to the letter, and the hash that draws and keys are made of."""

from __future__ import annotations

import hashlib
import unicodedata

from mmdata.types import Problem


def normalise(text: str) -> str:
    """What of a text counts when two are compared: compatibility forms, case and white space are folded."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def question_key(problem: Problem) -> str:
    """Same key, same question: its words, its options and its images."""
    return "\0".join([normalise(problem.question), *map(normalise, problem.choices), "", *problem.images])


def hash64(text: str) -> int:
    """A 64-bit hash that is the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
