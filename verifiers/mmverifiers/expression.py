"""Kind `math`: expressions, equations, sets, intervals, matrices, by shape and value; math-verify for what is left.

`fast` needs neither mpmath nor sympy; `slow` may run for ever or take all memory, so only worker processes call it.
"""

from __future__ import annotations

import re
from typing import Any

from mmverifiers import latex
from mmverifiers.gold import Gold, Ruling
from mmverifiers.leaf import same_leaf, same_number
from mmverifiers.number import Number, parse_number
from mmverifiers.words import normalise, plain

MAX_LENGTH = 2000
"""Longest answer or gold that is parsed, in characters."""

_LEAD = re.compile(
    r"(?:(?:the (?:answer|value|result|solution)s?|it|which|that|this|there|we (?:have|get)|so|therefore|thus"
    r"|hence|or|approximately|about|exactly)"
    r"(?:\s+(?:is|are|equals?))?|\\therefore|\\approx|≈|\\Rightarrow|\\implies|∴|=>|⇒)(?![A-Za-z])[\s:,]*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[*_]{0,2}[A-Za-z][A-Za-z ]{0,40}:[*_]{0,2}\s+(?=\S)")
_LATER = re.compile(
    r"[,;]\s+(?:and\s+)?(?:so|i\.e\.,?|that is,?|therefore|thus|hence|which is|giving)\s+", re.IGNORECASE
)
_INTEGER = re.compile(
    r"[\s,;(]*(?:\\(?:text|mbox)\{[^{}]*\}|where|for|with|and|any|all)*[\s,;(]*(?<![A-Za-z])([nkm])\s*"
    r"(?:\\in\s*\\?(?:mathbb\s*\{?Z\}?|Z)|is an(?:y| arbitrary)? integer|\\text\{ ?is an(?:y)? integer\.?\})[\s).]*$"
)
_FOR_ANY = re.compile(r"[,\s]+for (?:any|all|every|some|an arbitrary) integers? ([nkm])[\s.]*$")
_ASIDE = re.compile(
    r"\s*\((?:with|where|since|as|i\.e\.|approximately|approx\.?|about|≈|\\approx|or about|so)\b"
    r"[^()]*(?:\([^()]*\)[^()]*)*\)\s*$"
)
_PROSE_BEFORE = re.compile(r"[^$]{0,300}?(?:\bis\b|\bare\b|[:=])\s*\$([^$]+)\$[\s.]*", re.DOTALL)


def read(text: str, choices: tuple[str, ...] = (), question: str = "") -> Any:
    """What the fast rules need of a gold: (squeezed text, its Number or None); None where it is no formula at all."""
    if len(text) > MAX_LENGTH or not latex.balanced(text):
        return None
    squeezed = latex.squeeze(text)
    if not any(c.isalnum() for c in squeezed) and "\\" not in squeezed:
        return None
    return squeezed, parse_number(text)


def wordy(text: str) -> bool:
    """Is it words and not a formula?"""
    return latex.prose(latex.tidy(text))


def fast(answer: str, gold: Gold) -> Ruling | None:
    """Judge an extracted answer by its spelling, or as a plain number; None where that does not decide."""
    if answer == gold.text:
        return "ok", "string"
    if len(answer) > MAX_LENGTH:
        return "parse_failed", "length"
    if isinstance(gold.value, Number):
        squeezed, want = latex.squeeze(gold.text), gold.value
    else:
        squeezed, want = gold.value
    got = parse_number(answer)
    if got is not None and want is not None:
        return same_number(got, want, gold.question), "number"
    if latex.squeeze(answer) == squeezed:
        return "ok", "string"
    if want is not None and not isinstance(gold.value, Number):
        from mmverifiers import numeric

        return numeric.fast(answer, Gold(kind="number", text=gold.text, question=gold.question, value=want))
    if plain(gold.text) != gold.text.strip() and normalise(answer) == normalise(gold.text):
        return "ok", "text"
    return None


def slow(answer: str, gold: Gold) -> Ruling:
    """Judge an extracted answer by its structure and its values, and by math-verify where these do not decide.

    Lets MemoryError out; any other failure inside sympy is `error`, which is not a wrong answer.
    """
    from mmverifiers.compare import Comparer

    answer = _bare(answer)
    if not latex.balanced(answer):
        return "parse_failed", "formula"
    right, left = _same_parameter(latex.tidy(answer), latex.tidy(gold.text))
    comparer = Comparer(same=lambda a, g: same_leaf(a, g, gold.question), question=gold.question)
    reason = comparer.compare(right, left)
    if reason != "undecided":
        return reason, "formula"
    from mmverifiers.sympy_opinion import opinion

    return opinion(right, left), "math-verify"


def warm_up() -> None:
    """Build the tables that a first answer would pay for."""
    for gold, answer in ((r"\frac{\sqrt{3}}{2}", r"\frac{3}{2\sqrt{3}}"), ("x+1", "1+x"), ("(1,2]", "(1,2]")):
        slow(answer, Gold(kind="math", text=gold, value=read(gold)))


def _bare(answer: str) -> str:
    """The formula of an answer that has words before it, or emphasis around it."""
    from mmverifiers.unwrap import unwrap

    answer = unwrap(answer.strip().rstrip(" .").strip("*"))
    if label := _LABEL.match(answer):
        answer = answer[label.end() :]
    if (later := _LATER.split(answer)) and len(later) > 1:
        answer = later[-1]
    if lead := _LEAD.match(answer):
        answer = answer[lead.end() :] or answer
    if found := _PROSE_BEFORE.fullmatch(answer):
        answer = found.group(1)
    if (aside := _ASIDE.search(answer)) and aside.start() > 0:
        answer = answer[: aside.start()]
    return unwrap(answer)


def _same_parameter(answer: str, gold: str) -> tuple[str, str]:
    """Both without "n any integer" at the end, and with one letter for that integer: its name means nothing."""
    answer, gold = (_FOR_ANY.sub(r", \1\\in Z", text) for text in (answer, gold))
    found = [_INTEGER.search(text) for text in (answer, gold)]
    if not any(found):
        return answer, gold
    bare = [text[: match.start()] if match else text for text, match in zip((answer, gold), found, strict=True)]
    letters = [match.group(1) if match else "" for match in found]
    for i, text in enumerate(bare):
        if not letters[i]:
            free = set(re.findall(r"(?<![A-Za-z\\])[nkm](?![A-Za-z])", text))
            letters[i] = free.pop() if len(free) == 1 else ""
    if all(letters) and letters[0] != letters[1]:
        bare[0] = re.sub(rf"(?<![A-Za-z\\]){letters[0]}(?![A-Za-z])", letters[1], bare[0])
    return bare[0].rstrip(" ,;("), bare[1].rstrip(" ,;(")
