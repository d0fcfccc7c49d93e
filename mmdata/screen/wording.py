"""What a question says, however it is spelt: the same for other white space, LaTeX, numbering and politeness.

Two questions are as near as their shingles: hashes of single words and of pairs of neighbours, so that a word that was
replaced costs three of them and a sentence that moved next to nothing. Numbers are compared apart: questions of one
template differ in nothing else.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mmdata.keys import hash64
from mmdata.types import Problem

LONGEST = 20_000
"""Characters that are looked at: a longer question is compared by its beginning."""
NUMBERED = 2
"""Numbers of a question that is a problem by itself: who has them all, and the gold, may have other words besides, and
other wrong options."""
_SIGNS = {
    "²": "^2", "³": "^3", "°": " degrees ", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "−": "-", "–": "-",
    "—": "-", "≤": "<=", "≥": ">=", "≠": "!=", "π": " pi ", "∠": " angle ", "△": " triangle ", "√": " sqrt ",
    "∞": " infinity ", "⁰": "^0", "¹": "^1", "⁴": "^4", "½": " frac 1 2 ", "¼": " frac 1 4 ", "α": " alpha ",
    "β": " beta ", "γ": " gamma ", "θ": " theta ",
}  # fmt: skip
_LATEX = {
    "times": "*", "cdot": "*", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=",
    "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "circ": " degrees ", "degree": " degrees ",
    "dfrac": " frac ", "tfrac": " frac ", "cfrac": " frac ", "infty": " infinity ", "lt": "<", "gt": ">",
    "approx": "~", "ldots": "", "dots": "", "cdots": "",
}  # fmt: skip
_NOTHING = frozenset(
    "left right big Big bigg Bigg bigl bigr text textbf textit mathrm mathbf mathit mathsf operatorname displaystyle "
    "quad qquad hspace vspace rm bf limits mbox".split()
)
"""Commands that change how a formula looks and not what it says."""
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_NUMBERED = re.compile(
    r"\W{0,4}(?:(?:question|problem|exercise|example|task|q|no|ex)\.?\s{0,3}\d{1,4}|\d{1,4}(?=[.):]\D)|"
    r"\((?:\d{1,4}|[a-z])\)|[a-z]\))\W{0,4}"
)
_POLITE = re.compile(
    r"(?:(?:please|kindly|carefully|could you|can you|would you)\b[\s,]*)?(?:read (?:this |it )?carefully and answer|"
    r"(?:answer|solve|consider|work out)(?: the| this| it)?(?: following)?(?: question| problem| exercise)?(?: below)?"
    r"|work this out|question|problem)\b\s*[.:?!,]\s*|(?:please|kindly)\b[\s,:]*"
)
_THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|\\,)(?=\d{3}(?!\d))")
_SPLIT = re.compile(r"\\[dtc]?frac\s{0,3}(\d)\s{0,3}(\d)")
_DEGREES = re.compile(r"\^\s*(?=degrees)")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?|[-+*/^=<>%~]|!=")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORDS = {
    name: str(value)
    for value, name in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
}
"""Numbers that are written out; not "one" and "zero", which are said in many ways."""
_LABEL = re.compile(r"\s*(?:\(?[A-Za-z]\s{0,2}[.):]|\(?\d{1,2}\s{0,2}[.)](?!\d))\s+")


def canonical(text: str) -> str:
    """A text's words, numbers and signs in one spelling, a space between them. Takes linear time."""
    text = text[:LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_TABLE))
    text = _THOUSANDS.sub("", text)
    if "\\" in text:
        text = _COMMAND.sub(_said, _SPLIT.sub(r"\\frac \1 \2", text))
    text = _HYPHEN.sub(" ", text.casefold())
    for _ in range(4):
        # A number, a politeness, a number again: no more comes in practice.
        text = text.lstrip(" \t\n*_#>")
        begin = _NUMBERED.match(text) or _POLITE.match(text)
        if begin is None or begin.end() >= len(text):
            break
        text = text[begin.end() :]
    return " ".join(_WORDS.get(token, token) for token in _TOKEN.findall(_DEGREES.sub("", text)))


_TABLE = str.maketrans(_SIGNS)


def _said(command: re.Match[str]) -> str:
    name = command[1]
    if name in _NOTHING:
        return " "
    return _LATEX.get(name, f" {name} " if name.isalpha() else "%" if name == "%" else " ")


def words(said: str) -> int:
    """How many words, numbers and signs a canonical text has."""
    return said.count(" ") + 1 if said else 0


def numbers(said: str) -> tuple[str, ...]:
    """The numbers of a canonical text, sorted, each as often as it is there: `3.0` is 3, `007` is 7."""
    found = _NUMBER.findall(said)
    return tuple(sorted(_plain(number) for number in found))


def _plain(number: str) -> str:
    whole, dot, rest = number.partition(".")
    rest = rest.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{rest}" if dot and rest else "")


@lru_cache(maxsize=100_000)
def hash32(text: str) -> int:
    """A 32-bit hash that is the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).digest(), "big")


def shingles(said: str) -> NDArray[np.uint32]:
    """Sorted distinct hashes of a canonical text's words and pairs of neighbours."""
    tokens = said.split(" ") if said else []
    singles = np.fromiter(map(hash32, tokens), np.uint32, len(tokens))
    # An odd multiplier mixes the first of a pair, so that a pair is not its reverse.
    doubles = singles[:-1] * np.uint32(0x9E3779B1) ^ singles[1:] * np.uint32(0x85EBCA6B)
    return np.unique(np.concatenate([singles, doubles]))


def freer(share: float) -> float:
    """How much of the wording of a question with `NUMBERED` numbers has to be there, where it is `share` of another:
    twice as much may be missing."""
    return max(share / 2, 1 - 2 * (1 - share))


def options_of(problem: Problem) -> tuple[str, ...]:
    """The canonical texts of a problem's options without their labels, sorted: the order of options says nothing."""
    return tuple(sorted(canonical(_unlabelled(choice)) for choice in problem.choices))


def _unlabelled(choice: str) -> str:
    bare = _LABEL.sub("", choice, count=1) if _LABEL.match(choice) else choice
    return bare or choice


def wording_key(said: str, options: Sequence[str] = ()) -> int:
    """A 64-bit hash, the same for the same canonical question; with `options_of` it, and the same options."""
    return hash64("\0".join((said, *options)))


def gold_key(problem: Problem) -> int:
    """A 64-bit hash of the gold as it reads; of a lettered choice, of the option that it names."""
    gold = problem.answer.strip()
    at = ord(gold.upper()) - ord("A") if len(gold) == 1 and gold.isalpha() and gold.isascii() else -1
    if 0 <= at < len(problem.choices):
        gold = _unlabelled(problem.choices[at])
    # What no rule can read, a picture of a formula say, is itself.
    return hash64(canonical(gold) or gold.casefold())
