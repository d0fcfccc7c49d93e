"""Kind `choice`: one option out of at most ten, or several, given by letter, by text, by value, or by both."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mmverifiers.gold import Gold, Ruling
from mmverifiers.number import parse_number
from mmverifiers.options import LETTERS, by_text, label, letters_listed, mentioned, options_in, tidy, unlabelled
from mmverifiers.text import Wanted as WantedText
from mmverifiers.text import fast_text, read_text

_PREFIX = re.compile(
    r"(?:(?:so|thus|therefore|hence|i think|i believe|i(?:'d| would| will|'ll)? (?:choose|pick|select|say|go with)"
    r"|select|choose|pick"
    r"|my (?:pick|choice|guess) is"
    r"|it is|it's|it must be)[,:]?\s+)*"
    r"(?:(?:the\s+)?(?:final\s+|correct\s+|right\s+|best\s+|my\s+)*(?:answers?|options?|choices?)\s*(?:(?:is|are"
    r"|would be|must be)\b|[:=：])?\s*:?\s*"
    r"(?:(?:option|choice|letter)s?\s+)?)?",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"(?::|\bare|\bis|\bchoose|\bselect)\s*((?:options?\s+)?[(\[]?[A-J][)\]]?(?:[\s,;&/and]*[(\[]?[A-J][)\]]?)+)\s*\.?$"
)
_NOUN = re.compile(
    r"^(?:type|group|class|grade|point|figure|image|picture|box|vitamin|number|shape|graph)\s+", re.IGNORECASE
)
_PLACE = re.compile(
    r"(?:the\s+)?(?:correct\s+|right\s+)?(?:answer\s+is\s+)?(?:option|choice)\s+#?(\d{1,2})", re.IGNORECASE
)
_CLAUSES = re.compile(r"[;.]\s+|,\s+(?:so|but|therefore|hence|thus)\s+")
_ALONE = re.compile(r"[(\[{（]{0,2}\s*([A-Ja-j])\s*[)\]}）]{0,2}\s*[.:,;!。]?")
_REJECTS = re.compile(
    r"([(\[]?[A-J][)\]]?)[\s,;]*(?:\band\b\s+|\bbut\b\s+)?(?:not|rather than"
    r"|instead of)\s+(?:option\s+)?[(\[]?[A-J][)\]]?",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"(.*\S)\s*[,–—-]?\s*(?:[(\[]\s*(?:(?:option|choice|answer)\s+)?([A-J])\s*[)\]]|\b(?:option|choice)\s+([A-J]))\s*[.!]?",
    re.DOTALL,
)
_IS_LETTER = re.compile(r"\b(?:is|be|are|answer|choose|option|choice)\s*:?\s*[*_]*[(\[]?([A-J])[)\]]?[*_]*\s*[.!]?$")
_NEGATED = re.compile(r"\b(?:wrong|incorrect|not|false|isn't|cannot|can't|eliminated?|ruled out)\b", re.IGNORECASE)
_HEDGES = re.compile(
    r"\s*(?:or|and|/|,|maybe|perhaps|possibly|alternatively|could also|might)(?![A-Za-z])", re.IGNORECASE
)
_STANDING = re.compile(r"(?<![A-Za-z])(?:\(([A-J])\)|([B-HJ])(?=\s*(?:[).,;!]|or\b|and\b|$)))")
_RULED_OUT = re.compile(r"\bnot\s+(?:option\s+)?\(?[A-J]\)?(?![A-Za-z])", re.IGNORECASE)
_LAST_WORD = re.compile(r"[.!?]\s+[*_]*[(\[]?([A-J])[)\]]?[*_]*\s*[.!]?$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a gold asks for."""

    letters: frozenset[str]
    """The right option, or all that must be given."""
    choices: tuple[str, ...]
    """The options' texts, from the item or from the question's text; empty where neither has them."""


def read(text: str, choices: tuple[str, ...] = (), question: str = "") -> Wanted | WantedText | None:
    r"""The options that a gold names: `B`, `(B)`, `\text{(B)}`, `B. 15 cm`, the option's text, `A, C`.

    Where neither the item nor the question has options, any other text is the right option's text.
    """
    if not choices and (listed := options_in(question)):
        found = read(text, listed, "")
        # What looks like options may be something else.
        return found if isinstance(found, Wanted) else read(text, (), "")
    if len(choices) > len(LETTERS):
        return None
    choices = unlabelled(choices)
    letters = LETTERS[: len(choices)] if choices else LETTERS
    gold = tidy(text)
    if (
        alone := re.fullmatch(r"(?:option\s+|choice\s+)?[(\[]?\s*([A-Ja-j])\s*[)\]]?\s*[.:]?", gold, re.IGNORECASE)
    ) and (alone.group(1).upper() in letters):
        return Wanted(frozenset(alone.group(1).upper()), choices)
    if exact := by_text(gold, choices):
        return Wanted(frozenset(exact), choices) if len(exact) == 1 else None
    several = letters_listed(gold) or (
        frozenset(gold) if re.fullmatch(r"[A-J]{2,10}", gold) and sorted(set(gold)) == list(gold) else None
    )
    if several and several <= set(letters):
        return Wanted(several, choices)
    labelled = label(gold)
    if labelled and labelled[0] in letters and (not choices or by_text(labelled[1], choices) in ({labelled[0]}, set())):
        return Wanted(frozenset(labelled[0]), choices or ())
    return None if choices else read_text(text)


def fast(answer: str, gold: Gold) -> Ruling | None:
    """Judge an extracted answer; None where only the values of the options' formulas can tell.

    `parse_failed` where the answer names no option; `ambiguous` where it names several, or a letter and another
    option's text, or is a letter that is also another option's whole text.
    """
    if not isinstance(gold.value, Wanted):
        labelled = label(tidy(answer))
        answer = labelled[1] if labelled else answer
        return fast_text(answer, Gold(kind="text", text=gold.text, question=gold.question, value=gold.value))
    want: Wanted = gold.value
    if len(answer) > 4000:
        return "parse_failed", "choice"
    named = read_choice(answer, want.choices)
    if len(want.letters) > 1:
        several = letters_listed(_PREFIX.sub("", tidy(answer), count=1), either=False)
        if several is None and re.fullmatch(r"[A-J]{2,10}", tidy(answer)):
            several = frozenset(tidy(answer))
        if several is None and (listed := _LISTED.search(tidy(answer))):
            several = letters_listed(listed.group(1), either=False)
        if several is None and want.choices:
            several = _texts_listed(answer, want.choices)
        if several is not None:
            return ("ok" if several == want.letters else "wrong_answer"), "choice"
        return ("wrong_answer" if named else "parse_failed"), "choice"
    if len(named) == 1:
        return ("ok" if named == want.letters else "wrong_answer"), "choice"
    if named:
        return "ambiguous", "choice"
    if want.choices and len(answer) < 300 and any(c.isdigit() or c == "\\" for c in answer):
        return None
    return "parse_failed", "choice"


def slow(answer: str, gold: Gold) -> Ruling:
    """Judge an answer by the values of the options' texts."""
    from mmverifiers import expression

    want: Wanted = gold.value
    body = _PREFIX.sub("", tidy(answer), count=1) or answer
    found = set()
    for letter, text in zip(LETTERS, want.choices, strict=False):
        value = expression.read(text)
        if value is None:
            continue
        option = Gold(kind="math", text=text, question=gold.question, value=value)
        ruled = expression.fast(body, option) or expression.slow(body, option)
        if ruled[0] == "ok":
            found.add(letter)
    if not found:
        return "parse_failed", "value"
    return ("ok" if found == set(want.letters) else "wrong_answer" if len(found) == 1 else "ambiguous"), "value"


def read_choice(answer: str, choices: tuple[str, ...] = ()) -> set[str]:
    """The letters of the options that an answer names: none, one, or several where it cannot be told which.

    A letter counts only where it stands alone or is set off by a bracket, punctuation or a word such as "option":
    never the article in "A triangle", never the first letter of a word.
    """
    letters = set(LETTERS[: len(choices)] if choices else LETTERS)
    answer = tidy(answer)
    body = answer[_match_end(answer) :].strip().strip("*_\"'`").strip()
    exact = by_text(answer, choices) or by_text(body, choices) or by_text(_NOUN.sub("", body), choices)
    if alone := _ALONE.fullmatch(body):
        lettered = re.search(r"\b(?:option|choice|letter)\b", answer[: len(answer) - len(body)], re.IGNORECASE)
        return {alone.group(1).upper()} if lettered else exact | {alone.group(1).upper()}
    if exact:
        return exact
    place = _PLACE.fullmatch(answer.rstrip(".! "))
    if choices and place and not any(c.isdigit() for choice in choices for c in choice):
        number = int(place.group(1))
        return {LETTERS[number - 1]} if 0 < number <= len(choices) else set()
    if rejects := _REJECTS.fullmatch(body.rstrip(".! ")):
        return {re.sub(r"\W", "", rejects.group(1)).upper()}
    if listed := letters_listed(body):
        return set(listed)
    if found := label(body):
        named = _labelled(found[0], found[1], choices, letters)
        if named is not None:
            return named
    if (ending := _ENDING.fullmatch(body)) and len(body) < 400:
        letter = ending.group(2) or ending.group(3)
        before = by_text(ending.group(1), choices) or mentioned(ending.group(1), choices)
        if not _NEGATED.search(ending.group(1)):
            return {letter} if not before or letter in before else before | {letter}
    return _in_sentence(body, choices, letters)


def _match_end(answer: str) -> int:
    found = _PREFIX.match(answer)
    return found.end() if found else 0


def _labelled(letter: str, rest: str, choices: tuple[str, ...], letters: set[str]) -> set[str] | None:
    """What `C. rest` names; None where the letter is no label after all."""
    texts = by_text(rest, choices)
    if texts:
        return {letter} if letter in texts else texts | {letter}
    first = re.split(r"(?<=[^\s])[.,;:](?=\s)|\s(?:because|since|as|which|[-–—])\s|\n|\s\(", rest, maxsplit=1)[0]
    texts = by_text(first, choices) if first != rest else set()
    if texts:
        return {letter} if letter in texts else texts | {letter}
    if _NEGATED.match(rest) or re.match(r"(?:is|was)\s+(?:wrong|incorrect|not|false)", rest, re.IGNORECASE):
        return set() if not (later := _in_sentence(rest, choices, letters)) else later
    others = {a or b for a, b in _STANDING.findall(rest)} & letters
    if others - {letter} and _HEDGES.match(rest):
        return others | {letter}
    if choices and (told := _value_of(first, choices)) and letter not in told:
        return told | {letter}
    return {letter}


def _in_sentence(body: str, choices: tuple[str, ...], letters: set[str]) -> set[str]:
    from mmverifiers.picked import choices_stated

    last = _CLAUSES.split(body)[-1].strip(" .!") if len(body) < 600 else ""
    if choices and last != body and (named := by_text(_PREFIX.sub("", last, count=1), choices)):
        return named
    stated = {candidate.text for candidate in choices_stated(body)[-1:]} & letters
    if stated:
        return stated
    if (found := _IS_LETTER.search(body)) and found.group(1) in letters and not _NEGATED.search(body[found.start() :]):
        return {found.group(1)}
    if (found := _LAST_WORD.search(body)) and found.group(1) in letters:
        return {found.group(1)}
    standing = {a or b for a, b in _STANDING.findall(_RULED_OUT.sub(" ", body))} & letters
    if len(standing) == 1 and _RULED_OUT.search(body) and len(body) < 200:
        return standing  # not A, not C, not D: B
    if len(body) > 600 or not choices:
        return set()
    named = mentioned(body, choices)
    if len(named) > 1 and not _NEGATED.search(body):
        return named
    said = re.sub(
        "|".join(re.escape(choices[LETTERS.index(letter)]) for letter in named) or "$^", " ", body, flags=re.IGNORECASE
    )
    if (
        len(named) == 1
        and not _NEGATED.search(said)
        and not re.search(r"\b(?:or|maybe|perhaps|either|neither|nor)\b", body, re.IGNORECASE)
    ):
        return named
    return _value_of(body, choices)


def _value_of(text: str, choices: tuple[str, ...]) -> set[str]:
    """The options whose number a text is."""
    from mmverifiers.numeric import read_number

    value = read_number(text)
    if value is None:
        return set()
    found = set()
    for letter, option in zip(LETTERS, choices, strict=False):
        other = parse_number(option.strip().strip("$"))
        if other is not None and other.value == value.value and other.percent == value.percent:
            found.add(letter)
    return found


def _texts_listed(answer: str, choices: tuple[str, ...]) -> frozenset[str] | None:
    """The options whose texts a list names, all of them; None where any member is none."""
    parts = [part for part in re.split(r"\s*(?:,|;|\n|\band\b)\s*", tidy(answer)) if part]
    found = [by_text(part, choices) for part in parts]
    return (
        frozenset(letter for one in found for letter in one) if found and all(len(one) == 1 for one in found) else None
    )
