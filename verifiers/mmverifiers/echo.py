"""Answers that only repeat the question: `17 * 23` to "What is 17 * 23?" has the gold's value and answers nothing."""

from __future__ import annotations

import re
from functools import lru_cache

from mmverifiers import latex

_TASK = re.compile(
    r"\b(?:simplif|evaluat|comput|calculat|what is|find the (?:value|sum|product)|reduce|expand|factor|rewrite"
    r"|convert|work out|how much is"
    r"|solve)"
    # `2 + 3 = ?` asks as well.
    r"|=\s*(?:\?|_{2,}|\.{3}|…|\\square|\\boxed\{\s*\})?[\s.$]*\Z",
    re.IGNORECASE,
)
_OPERATION = re.compile(
    r"[\dA-Za-z)}!]\s*(?:[-+*/^]|\\(?:times|cdot|div|frac|sqrt|binom))|\\(?:frac|sqrt|binom|sum)|\d!"
)


def repeats(answer: str, gold: str, question: str) -> bool:
    """Is the answer, which is spelled unlike the gold, an operation that the question asks to carry out?"""
    if not question or not _OPERATION.search(answer) or not _TASK.search(question):
        return False
    said = _bare(answer)
    return len(said) > 2 and said != _bare(gold) and said in _bare(question[-8000:])


@lru_cache(maxsize=1024)
def _bare(text: str) -> str:
    """The text without spaces, brackets around it, and the different signs of multiplication."""
    text = latex.squeeze(text).replace("\\times", "*").replace("\\cdot", "*").replace("\\div", "/")
    return re.sub(r"\s+", "", text).strip("()=?.")
