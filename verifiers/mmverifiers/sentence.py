"""What one concluding sentence says: a number alone in it, what it ends in, what its calculation comes to."""

from __future__ import annotations

import re
from collections.abc import Callable

from mmverifiers.stated import first_sentence, trimmed

CONNECTIVE = re.compile(
    r"(?:(?:so|therefore|thus|hence|then|finally|in total|altogether|in conclusion|overall|as a result"
    r"|consequently|and|but|donc|also|daher|portanto|por lo tanto|por tanto|asi que|quindi|dunque|таким образом"
    r"|следовательно"
    r"|значит|итак|所以|因此|よって|したがって|따라서"
    r"|this means(?: that)?|we (?:get|have|find|obtain|conclude)(?: that)?|it follows that|that is|i\.e\.|wait"
    r"|actually|no(?=,)|it)"
    r"(?![\w'])[,:]?\s*|∴\s*)+",
    re.IGNORECASE,
)
_COPULA = re.compile(
    r"(?:\b(?:is|are|was|were|equals?|equal to|gives?|get|gets|obtain|have|has|be|becomes|makes?|totals?|of|to|about"
    r"|approximately|by|earns?|needs?|costs?|contains?|there|with|at|rounds? to|rose|left|measures?|takes?"
    r"|pays?|spends?|gets?"
    r"|равн[аоы]?|составляет|est|es|ist|é|è|son|sind|sont|beträgt|ergibt)"
    r"|[:=≈]|是|为|等于)(?:\s+(?:therefore|thus|then|equal to|exactly|simply))?(?:\s+|(?<=[^\x00-\x7f]))",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<![\\A-Za-z])[^\W\d_]{3,}")
_MATH_WORDS = frozenset("sin cos tan cot sec csc log exp sqrt arcsin arccos arctan and mod det lim max min".split())
_COMMAND = re.compile(r"\\[A-Za-z]+(?:\s*\{[A-Za-z ]*\})?")
_NUMBER = re.compile(
    r"(?<![\w.,/^])(?:[-−+]\s?)?[$€£]?\d+(?:[,.]\d+)*(?:\s?/\s?\d+)?(?:\s?(?:\\?%|per ?cent\b))?(?:\s+(?:million"
    r"|billion|thousand|hundred|dozen))?"
    r"(?![\w/^]|[.,]\d)"
)
_WORDS_OF_NUMBERS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    "|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|half|third|thirds|quarters?|fourths?"
    "|fifths?|sixths?|eighths?|tenths?"
)
_NUMBER_WORDS = re.compile(
    rf"(?<![\w-])(?:minus |negative )?(?:a )?(?:{_WORDS_OF_NUMBERS})(?:(?: and(?: a)? "
    rf"|[ -](?:a )?)(?:{_WORDS_OF_NUMBERS}))*(?![\w-])",
    re.IGNORECASE,
)
_CALCULATED = re.compile(
    r".*\d[^=]*=\s*((?:[-−]\s?)?[$€£]?\d+(?:[.,]\d+)*(?:/\d+)?%?)(?![\w/^*+]|\s*[-*+/^×]\s*\d)[^=\d]*(?:\b(?:in|for|before|to|than|every|per)\b[^=]*)?",
    re.DOTALL,
)
"""A sentence with a calculation: what it comes to."""
_NAMED = re.compile(
    r"(.{1,80}?)\s+(?:is|are)\s+(?:therefore\s+|thus\s+)?the\s+(?:only\s+|correct\s+|right\s+|final\s+|required\s+|desired\s+)*"
    r"(?:answer|solution|root|value|result|number)s?\b"
)
_REQUEST = re.compile(
    r"\b(?:please|provide|follow|let's|let me|let us|step|steps|consider|given|suppose|assume|first|need more)\b",
    re.IGNORECASE,
)
_VERB = re.compile(r"\b(?:is|are|rounds? to|equals|makes?|gives?)\b", re.IGNORECASE)
_SO = re.compile(
    r"[,;]\s+(?:and\s+)?(?:so|therefore|thus|hence|giving|i\.e\.,?|that is,?|meaning|which (?:makes|gives"
    r"|equals|means|leaves))\s+|\s+=>\s+|\s*⇒\s*",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"[,\s]+(?:when|if|where|whenever|provided|as long as|while)\s", re.IGNORECASE)
DENIED = re.compile(r"\b(?:not|cannot|neither|never|impossible)\b|n't\b", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:not|n't|no|or|if|least|most|than|between|never|except|neither|maybe|perhaps|possibly|either|unknown"
    r"|almost|nearly|up to|from|squared|cubed|times|root|half|cannot|can't|don't|doesn't|isn't)\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"(?<=[\w*%$])\s+\((?!or\b)[^()]*[A-Za-z]{3}[^()]*\)$")
_FINAL = re.compile(r",?\s*(?:and\s+)?(?:that|this|which) is (?:the|my|our) (?:final )?answer[\s.]*$", re.IGNORECASE)
_NO_VALUE = re.compile(
    r"\b(does not exist|no (?:real |integer )?(?:solutions?|roots?)|infinitely many(?: solutions)?"
    r"|is undefined)[\s.*]*$",
    re.IGNORECASE,
)
_RELATED = re.compile(r",\s+(?:where|which)\b[^$]*\d")
"""A number in the sentence's second thought."""
_FORMULA_END = re.compile(r"(?<![$\w])\$([^$]+)\$[\s.]*$")
_ONE_WORD = re.compile(r"[a-z]{4,}[.!]?")
_STATES = re.compile(
    r"\b(?:is|are|was|were|has|have|had|makes?|earns?|gets?|needs?|costs?|pays?|takes?|spends?|equals?|totals?|left|there)\b",
    re.IGNORECASE,
)
_ADJUNCT = re.compile(
    r"\s+(?:in|for|per|after|over|within|every|during|by|on|from|at|each|out of)\s+[^,;\d]*\d[\d.,]*[^\d]*$", re.DOTALL
)
"""What a number is related to: "150 miles in 3 hours"."""


def pure(text: str) -> bool:
    """A formula or a number with at most a word or two (a unit) beside it?"""
    words = _WORD.findall(_COMMAND.sub(" ", text))
    return sum(word.lower() not in _MATH_WORDS for word in words) <= 1


def conclusion(line: str, kind: str, loose: bool = False) -> str:
    """The answer that a line comes to; where `loose`, also a number alone in it, or the whole of it."""
    line = line.replace("**", "").replace("__", "")
    reads = reader(kind)
    sentences = line.rstrip(" .*_")
    start = 0
    while (sentence := first_sentence(sentences[start:])) != sentences[start:]:
        start += len(sentence) + 1
    sentence = _FINAL.sub("", sentences[start:])
    if kind == "math" and (said := _NO_VALUE.search(sentence)):
        return said.group(1)
    parts = _SO.split(sentence)
    loose = loose or len(parts) > 1
    sentence = parts[-1].strip()
    if pure(sentence) and not _VERB.search(sentence):
        return sentence[_lead(sentence) :].strip()
    if (named := _NAMED.match(sentence)) and reads(named.group(1)):
        return named.group(1)
    if _REQUEST.search(sentence) or sentence.endswith((":", "?")):
        return ""
    body = trimmed(sentence[_lead(sentence) :])
    if _RELATED.search(sentence):
        return ""  # which of the two is asked for?
    body = _TRAILING.sub("", body)
    body = body.replace("\\$", "$") if body.count("$") == body.count("\\$") else body
    if condition := _CONDITION.search(body):
        body = body[: condition.start()].rstrip(" ,")
    if not body or DENIED.search(body):
        return ""
    if kind not in ("math", "list", "set") and (result := _CALCULATED.fullmatch(body)):
        measured = body.rpartition("=")[2].strip()
        return measured if reads(measured) else result.group(1)
    for copula in _COPULA.finditer(body):
        rest = body[copula.end() :].strip()
        if reads(rest):
            return rest
    if kind == "math" and (formula := _FORMULA_END.search(sentence)):
        return formula.group(1)
    token = _only_number(body) or _only_number(_ADJUNCT.sub("", body, count=1))
    if not loose:
        return token if _STATES.search(body) else ""
    return token or (body if len(body) < 200 else "")


def reader(kind: str) -> Callable[[str], bool]:
    """Can the rest of a sentence be read as an answer of this kind?"""
    from mmverifiers.measure import parse_quantity
    from mmverifiers.numeric import read_measured, read_number
    from mmverifiers.structure import named

    if kind in ("math", "list", "set"):
        return lambda text: bool(
            text
            and (
                (pure(text) and not _ONE_WORD.fullmatch(text))
                or read_number(text) is not None
                or parse_quantity(text)
                or named(text)
            )
        )
    return lambda text: (
        read_number(text) is not None
        or read_measured(text)[0] is not None
        or bool(parse_quantity(text))
        or (pure(text) and "\\" in text)
    )


def _only_number(body: str) -> str:
    """The number of a sentence that has one only and hedges nothing; empty for any other."""
    numbers = list(_NUMBER.finditer(_COMMAND.sub(lambda found: "x" * len(found.group()), body)))
    words = [found for found in _NUMBER_WORDS.finditer(body) if found.group().lower() not in ("a", "one", "an")]
    if "\\" in body or "=" in body or body.count("$") > 1:
        return ""
    if len(numbers) == 1 and not words:
        token, rest = numbers[0].group(), body[: numbers[0].start()] + body[numbers[0].end() :]
    elif len(words) == 1 and not numbers:
        token, rest = words[0].group(), body[: words[0].start()] + body[words[0].end() :]
    else:
        return ""
    return "" if _HEDGED.search(rest) else token.strip()


def _lead(text: str) -> int:
    found = CONNECTIVE.match(text)
    return found.end() if found else 0
