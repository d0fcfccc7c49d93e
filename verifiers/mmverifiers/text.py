"""Kind `text`: names and short phrases, compared whole after normalisation. Never by what they contain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mmverifiers.gold import Gold, Ruling
from mmverifiers.words import form, normalise, plain, unaccented
from mmverifiers.yesno import fast_yesno, read_yesno, stance, truth

__all__ = [
    "fast_text",
    "fast_yesno",
    "form",
    "normalise",
    "plain",
    "read_text",
    "read_yesno",
    "same",
    "stance",
    "truth",
]

LONGEST = 2000
"""Characters. A longer answer is compared as a whole only: nothing is looked for in it."""

_FUNCTION_WORDS = frozenset(
    "a an the no not non in on at to of is are be am was were as by or and it he she we us un im if so do up any "
    "some".split()
)
_DOUBT = re.compile(
    r"\b(?:or|nor|maybe|perhaps|possibly|probably|likely|might|may be|could|either|neither|not|no|never|none|unless"
    r"|except|but|however|although|actually|wait|instead|rather|unsure|uncertain|guess|wrong|incorrect|false|opposite"
    r"|than|unlike|without|other|another|correction|sorry|answer)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
"""Words after or before a bare answer that may take it back, or set another beside it."""
_EXPLAINS = re.compile(
    r"(?:it|this|that|these|those|they|he|she|the|a|an|because|since|as|in|on|we|i|based|given|according|looking|there"
    r"|here|explanation|reason|reasoning|note|so)\b",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"(?<=[^\s.]{2})[.!。]\s+|\s*[\n;]\s*|\s+[-–—]+\s+|—"
    r"|,\s+(?=(?:which|because|since|as|where|who|located|i\.e\.|that is)\b)|\s+(?=because\b)",
)
_OTHER_CLAUSE = re.compile(r"\b(?:is|are|was|were)\b(?!.*\bthat\b)")
"""In a subject, a statement before the last one: "the first is a cat and the second" (is a dog)."""
_PRONOUNS = ("it ", "they ", "he ", "she ", "this ", "that ")
_COPULAS = (
    "is",
    "are",
    "was",
    "were",
    "is called",
    "would be",
    "is named",
    "are called",
    "equals",
    "is therefore",
    "shows",
    "depicts",
    "displays",
    "reads",
    "says",
)
_SPACES = re.compile(r"\s\s+")
_LABEL = re.compile(
    r"[*_]{0,3}(?:(?:the|my)\s+)?(?:(?:final|correct|right)\s+)?answer[*_]{0,3}\s*(?::|is\b:?)[*_]{0,3}\s*",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"(?:,\s*(?:and\s+)?not|,?\s+rather\s+than|,?\s+instead\s+of)\s+(?!(?:sure|really|certain|quite))", re.I
)
_ORDER = re.compile(r"\b(?:respectively|order|first|second|sequence|sorted|rank)", re.IGNORECASE)
_JOINED = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*")
_DIGITS_MEET = re.compile(r"\d \d")
_LISTED = re.compile(r"\s*(?:[,;/|]|\bor\b)\s*(?:or\b)?\s*")
_HEDGE = re.compile(
    r"^(?:(?:it|this|that)\s+)?(?:(?:is|could be|might be|may be|either|maybe|perhaps|possibly|probably)\s+)+"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A gold text in the forms that answers are compared with."""

    close: str
    """As `normalise` gives it."""
    loose: str
    """As `form` gives it."""
    acronym: tuple[str, ...] = ()
    """For `World Health Organization (WHO)`, the form of each of the two names."""
    truth: bool | None = None
    """For yes, no, true, false: which."""


def read_text(text: str, choices: tuple[str, ...] = (), question: str = "") -> Wanted | None:
    """A gold in words; None where it is blank."""
    close = normalise(text)
    if not close:
        return None
    loose = form(text) if len(text) <= LONGEST else close
    halves = (
        {form(half) for half in text.split("/")} if re.fullmatch(r"[^\W\d_]+(?:\s*/\s*[^\W\d_]+)+", text) else set()
    )
    if len(halves) == 1:  # colour/color: two spellings of one word
        loose = halves.pop()
    return Wanted(close, loose, _names(text), truth(text))


def fast_text(answer: str, gold: Gold) -> Ruling:
    """Judge an extracted answer in words; always decides.

    Right: the gold itself after normalisation, or with an explanation in brackets or a further sentence, or as
    the complement of a plain statement ("The capital is Paris."). `ambiguous`: the gold among several, or an
    explanation that may take it back. Everything else is wrong, whatever it contains.
    """
    want: Wanted = gold.value
    if normalise(answer) == want.close:
        asks = answer.rstrip().endswith("?") and not gold.text.rstrip().endswith("?")
        return ("ambiguous" if asks else "ok"), "text"
    if len(answer) > LONGEST:
        return "wrong_answer", "text"
    answer = _SPACES.sub(lambda found: "\n" if "\n" in found.group() else " ", answer)
    answer = _LABEL.sub("", answer.strip(), count=1) if _LABEL.match(answer.strip()) else answer.strip()
    if want.truth is not None:
        said = stance(answer)
        return ("ok" if said is want.truth else "ambiguous" if said == "both" else "wrong_answer"), "yesno"
    if same(form(answer), want.loose) or any(name == form(answer) for name in want.acronym):
        return "ok", "text"
    return _sentence(answer, want, gold.question), "text"


def same(left: str, right: str) -> bool:
    """Are two texts in the form that `form` gives the same words?

    Accents may be missing from one of them; a compound may be written apart in one and joined in the other
    ("black board"), but not where a short function word would be swallowed ("no table", "notable").
    """
    if left == right:
        return True
    if not (left.isascii() and right.isascii()):
        bare_left, bare_right = unaccented(left), unaccented(right)
        if left in (bare_left, bare_right) or right in (bare_left, bare_right):
            left, right = bare_left, bare_right
            if left == right:
                return True
    if len(left) == len(right) or left.replace(" ", "") != right.replace(" ", ""):
        return False
    apart = set(left.split()) ^ set(right.split())
    joins = _DIGITS_MEET.search(left) or _DIGITS_MEET.search(right) or not left.replace(" ", "").isalnum()
    return not joins and (len(left) > 4 or not left.isalpha()) and not apart & _FUNCTION_WORDS


def _sentence(answer: str, want: Wanted, question: str) -> str:
    """The reason code for an answer that is not the gold but may say it in a sentence."""
    head, rest, in_brackets = _split(answer)
    if rest:
        whole = same(form(head), want.loose) or _states(head, want, question)
        named = in_brackets and len(names := _names(answer)) == 2 and want.loose in names
        if whole or named:
            if _DOUBT.search(rest):
                return "ambiguous"
            return "ok" if in_brackets or _EXPLAINS.match(rest) else "ambiguous"
    elif _states(answer, want, question):
        return "ok"
    if found := _CONTRAST.search(answer):
        head, rest = form(answer[: found.start()]), form(answer[found.end() :])
        if same(head, want.loose) and want.loose not in rest and not _DOUBT.search(rest):
            return "ok"
    close = normalise(answer)
    joined = " and " in want.close or "&" in want.close  # a comma alone may mean an order
    if joined and not _ORDER.search(question) and _conjuncts(close) == _conjuncts(want.close):
        return "ok"
    parts = _LISTED.split(_HEDGE.sub("", close))
    if len(parts) > 1 and any(same(form(_HEDGE.sub("", part)), want.loose) for part in parts if part):
        return "ambiguous"
    if len(parts) == 1 and _HEDGE.match(close) and same(form(parts[0]), want.loose):
        return "ambiguous"
    return "wrong_answer"


def _split(answer: str) -> tuple[str, str, bool]:
    """The head of an answer, what explains it, and whether that stands in brackets."""
    if answer.rstrip(".").endswith(")") and (at := answer.find("(")) > 0:
        return answer[:at], answer[at + 1 :].rstrip(".").removesuffix(")"), True
    found = _BREAK.search(answer)
    return (answer[: found.start()], answer[found.end() :].strip(), False) if found else (answer, "", False)


def _states(sentence: str, want: Wanted, question: str) -> bool:
    """Is this a plain statement whose complement, or whose subject, is the gold?"""
    told = form(sentence)
    if told.partition(" ")[2] == want.loose and told.startswith(_PRONOUNS):
        return True
    for copula in _COPULAS:
        subject = told.removesuffix(f" {copula} {want.loose}")
        if subject != told:
            return (
                len(subject.split()) <= 15
                and not _OTHER_CLAUSE.search(subject)
                and not _DOUBT.search(subject.replace("answer", ""))
            )
    found = re.match(r"\s+(?:is|are|was|were)\s+(the\b)?", told[len(want.loose) :])
    if not found or not told.startswith(want.loose + " "):
        return False
    predicate = told[len(want.loose) + found.end() :]
    if not predicate or _DOUBT.search(predicate.replace("answer", "")):
        return False
    if question:
        asked = set(form(question[:LONGEST]).split())
        return set(predicate.split()) <= asked
    return bool(re.search(r"\b(?:is|are|was|were) the\b", normalise(sentence)))


def _conjuncts(close: str) -> tuple[str, ...] | str:
    """The parts of "red, white and blue" in a fixed order; the text itself where there is no such list."""
    if " and " not in close and "&" not in close and close.count(",") < 2:
        return close
    return tuple(sorted(form(part) for part in _JOINED.split(close)))


@lru_cache(maxsize=256)
def _names(text: str) -> tuple[str, ...]:
    """Both names where a text is a name with its acronym in brackets, either way round; else none."""
    found = re.fullmatch(r"([^()]{2,200}?)\s*\(([^()]{2,200})\)\.?", text.strip()) if len(text) <= LONGEST else None
    if not found:
        return ()
    left, right = found.group(1), found.group(2)
    for short, long in ((right, left), (left, right)):
        words = re.findall(r"[^\W\d_]+", long)
        letters = "".join(word[0] for word in words)
        capitals = "".join(word[0] for word in words if word[0].isupper())
        if len(words) > 1 and re.sub(r"[.\s]", "", short).upper() in (letters.upper(), capitals):
            return form(left), form(right)
    return ()
