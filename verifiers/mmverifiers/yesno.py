"""Kind `yesno`: yes or no, true or false, said in a word, in an opening word, or in a plain statement."""

from __future__ import annotations

import re
from typing import Literal

from mmverifiers.gold import Gold, Ruling
from mmverifiers.words import normalise

Stance = bool | Literal["both"] | None
"""What an answer says: yes, no, both or neither for certain, or nothing that can be told."""

_GOLDS = {
    word: value
    for value, words in (
        (True, "yes true sí oui ja да 是 はい 네 예 نعم हाँ हां evet ναι 对 正确 是的"),
        (False, "no false non nein нет 否 不是 いいえ 아니요 아니오 لا नहीं não hayır όχι 不对 错误 不"),
    )
    for word in words.split()
}
"""Words that a gold of this kind may be, in the languages that question sets come in."""
_WORDS = _GOLDS | {
    **dict.fromkeys(
        "y t yeah yep yup yea correct right affirmative si sim vrai verdadero wahr richtig 真 有 対".split(), True
    ),
    **dict.fromkeys("n f nope nah incorrect wrong untrue faux falso falsch 假 没有 錯誤 ne nee".split(), False),
}
_PLAIN = {"yes": True, "yeah": True, "yep": True, "no": False, "nope": False}
_OPENING = re.compile(r"([^\W\d_]+)\s*(?:[,.;:!–—(،、。-]|$)")
_CLAUSE = re.compile(
    r"(yes|yeah|yep|no|nope|true|false|correct|incorrect)\s+"
    r"(?:it|they|he|she|there|this|that|these|those|we|you|i|because|since|as|the\s+(?:statement|claim|answer))\b"
)
_SAID = re.compile(
    r"\b(?:answer|it|that|this|statement|claim|conclusion|assertion|proposition|response|conjecture|one)\s*"
    r"(?:is|:|was|would\s+be|=)\s*:?\s*(?:therefore\s+|thus\s+|hence\s+|indeed\s+|clearly\s+|in\s+fact\s+)?[\"'*]*"
    r"(not\s+)?(yes|no|true|false|correct|incorrect|right|wrong|untrue)\b(?!\s+(?:statement|to\s+say|if|when|only|for|"
    r"angle|triangle|side|hand|answer)|-\w)"
)
_THAT = re.compile(r"(?:it is|it was)\s+(not\s+)?(true|false|correct|incorrect)\s+that\b")
_INVERTED = re.compile(r"not\s+(?:at all\s+)?(true|false|correct|incorrect|right|wrong)\b")
_STATEMENT = re.compile(
    r"(?:(?:this|that|it) is\s+)?(not\s+)?(?:an?\s+)?(true|false|correct|incorrect) (?:statement|claim|assertion)\b"
)
_NOT_REALLY = re.compile(r"not\s+(?:really|at all|exactly|quite|necessarily)\s*(?:[,.;:!(–—]|$)")
_ELLIPTIC = re.compile(
    r"(?:(?:indeed|certainly|definitely|of course|clearly|obviously),?\s+)?"
    r"(?:it|they|he|she|this|that|these|those|there|we)\s+(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would)"
    r"(\s+not)?"
)
_SURELY = re.compile(
    r"(?:(yes|no)\s+)?(?:absolutely|definitely|certainly|of course|clearly|obviously|indeed|surely)(\s+(?:not|yes|no))?"
)
_ALONE = re.compile(
    r"(?<!\bnot )(?<![^\s,.;:!?(\"'*—–-])(yes|no)\b"
    r"(?=\s*(?:[,.;:!?)\"'*—–]|-(?!\w)|$|or\b|and\b|it\b|they\b|there\b|that\b|wait\b))"
)
_CORRECTED = re.compile(
    r"\b(?:wait|actually|correction|sorry|i mean|on second thought|i made a mistake|let me correct|scratch that)\b"
)
_DOUBT = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|likely|not sure|unsure|not certain|uncertain|i guess|it depends|depends"
    r"|unclear|can ?not be determined|can ?not tell|do not know|partially|partly|sometimes|either|neither|unknown"
    r"|undetermined|not enough information|hard to (?:say|tell)|can ?not (?:say|be sure|answer)|could be"
    r"|might be|no idea|unable to)\b"
)
_QUESTION = re.compile(r"(?:^|(?<=[.!?] ))[^.!?]*\?")
"""What a text asks, it does not say."""
_NOT = re.compile(r"(?<=[a-z])n't\b")
_IS = re.compile(r"\b(it|that|this|there|he|she)'s\b")
_ENDING = re.compile(r"(?<=\S)[.!?。\n]+\s*")
_SUBSTITUTES = str.maketrans({"’": "'", "\n": ". ", "。": ". ", "，": ", ", "！": "! "})


def truth(text: str) -> bool | None:
    """True for yes or true, False for no or false, in English or another language; None for anything else."""
    return _GOLDS.get(normalise(text)) if len(text) < 40 else None


def read_yesno(text: str, choices: tuple[str, ...] = (), question: str = "") -> bool | None:
    """The gold as True or False; None where it says neither, or both."""
    said = stance(text)
    return said if isinstance(said, bool) else None


def fast_yesno(answer: str, gold: Gold) -> Ruling:
    """Judge an extracted answer; always decides.

    `ambiguous` for both, for a doubt, and for a later statement against the opening one; `parse_failed` where
    neither is said ("There is no triangle").
    """
    said = stance(answer)
    if isinstance(said, bool):
        return ("ok" if said == gold.value else "wrong_answer"), "yesno"
    return ("ambiguous" if said == "both" else "parse_failed"), "yesno"


def stance(text: str) -> Stance:
    """What a text says in answer to a yes/no question.

    The opening word decides ("No, there is no …"), unless a later statement says the opposite: that one counts
    where a correction is announced before it ("Yes. Wait, no."), else it is both. A statement such as "it is
    not true that …" counts where there is no opening word. `no` before a noun says nothing by itself.
    """
    bare = normalise(text[:200])
    if bare in _WORDS and len(text) < 60:
        return _WORDS[bare]
    if len(text) > 100_000:
        return None
    told = " ".join(text.strip().strip("*_\"'“”").translate(_SUBSTITUTES).casefold().split()).replace("**", "")
    if "'" in told:
        told = _IS.sub(r"\1 is", _NOT.sub(" not", told.replace("can't", "can not").replace("won't", "will not")))
    told = _QUESTION.sub(" ", told).strip() or told
    first, start = _opening(told)
    if first is None:
        if _DOUBT.search(told):
            return "both"
        later = _statements(told, 0)
        return later[-1][1] if later and len({value for _, value in later}) == 1 else ("both" if later else None)
    sentence = _ENDING.split(told, maxsplit=1)[0]
    if first == "both" or _DOUBT.search(sentence):
        return "both"
    against = [place for place, value in _statements(told, start) if value is not first]
    if not against:
        return first
    return not first if _CORRECTED.search(told) else "both"


def _opening(told: str) -> tuple[Stance, int]:
    """What the text opens with, and where the rest begins."""
    if found := re.match(
        r"(?:yes\s*(?:/|or|and|&)\s*no|no\s*(?:/|or|and|&)\s*yes|true\s*(?:/|or|and)\s*false)\b", told
    ):
        return "both", found.end()
    if (found := _CLAUSE.match(told)) and found.group(1) in _WORDS:
        return _WORDS[found.group(1)], found.end(1)
    if found := _INVERTED.match(told):
        return not _WORDS[found.group(1)], found.end()
    if found := _NOT_REALLY.match(told):
        return False, found.end()
    if found := _THAT.match(told) or _STATEMENT.match(told):
        return _WORDS[found.group(2)] is not bool(found.group(1)), found.end()
    if (found := _OPENING.match(told)) and found.group(1) in _WORDS and len(found.group(1)) > 1:
        return _WORDS[found.group(1)], found.end(1)
    sentence = told[:80].rstrip(" .!")
    if len(told) <= 80 and (found := _ELLIPTIC.fullmatch(sentence)):
        return not found.group(1), len(told)
    if len(told) <= 80 and (found := _SURELY.fullmatch(sentence)):
        said = {word.strip() not in ("no", "not") for word in found.groups() if word} or {True}
        return (said.pop() if len(said) == 1 else "both"), len(told)
    return None, 0


def _statements(told: str, start: int) -> list[tuple[int, bool]]:
    """(place, value) of whatever else in the text says yes or no, left to right."""
    found = [(m.start(), _WORDS[m.group(2)] is not bool(m.group(1))) for m in _SAID.finditer(told, start)]
    found += [(m.start(), _PLAIN[m.group(1)]) for m in _ALONE.finditer(told, start)]
    return sorted(found)
