"""Answers that are not marked as such: the letter in "so it must be (C)", a concluding sentence, a bare answer."""

from __future__ import annotations

import re
from collections.abc import Callable

from mmverifiers.stated import TAIL, Candidate, first_sentence, trimmed
from mmverifiers.unwrap import unwrap

NUMERIC = frozenset({"number", "math", "quantity", "relaxed", "list", "set"})
MAX_BARE = 1500
"""Longest response, in characters, that may be an answer without a word around it."""

_L = r"[*_\"'`]{{0,3}}\(?(?P<{0}>[A-J])\)?[*_\"'`]{{0,3}}"
"""An option's letter, perhaps in brackets or emphasised; to be given a group's name."""
_PICKED = re.compile(
    r"\b(?i:option|choice|statement|alternative)s?\s+" + _L.format("a") + r"\s+(?:is|seems|would be|must be|appears)\s+"
    r"(?:therefore\s+|thus\s+|the\s+)*(?:correct|right|best|answer|true)"
    r"|(?<![\w(])" + _L.format("b") + r"\s+is\s+"
    r"(?:therefore\s+|thus\s+|the\s+)*(?:only\s+)?(?:correct|right|best|answer)\b"
    r"|\b(?i:I|we|I'd|I'll|would|will|must|should|can)\s+(?:therefore\s+)?(?:choose|select|pick|go with"
    r"|answer)\s+(?:option\s+|choice\s+|answer\s+)?"
    + _L.format("c") + r"(?![\w'’])(?!(?<=A)\s+[a-z])"
    r"|\b(?i:so|therefore|thus|hence|leaving|leaves|which is|matches|corresponds to|it is|it's|it must be"
    r"|must be),?\s+(?:only\s+)?"
    r"(?:(?:the\s+)?(?:option|choice|letter)\s+[*_]{0,3}\(?(?P<d>[A-J])\)?|[*_]{0,3}\((?P<e>[A-J])\))(?![\w'’])"
    r"|\b(?i:only)\s+(?:option\s+|choice\s+)?[*_]{0,3}\(?(?P<g>[A-J])\)?[*_]{0,3}\s+(?:holds|works|remains|fits|is|satisf|matches|can|makes)"
    r"|\b(?i:leaves|leaving|left with|down to)\s+(?:us with\s+)?(?:only\s+)?[*_]{0,3}\(?(?P<h>[A-J])\)?[*_]{0,3}(?=\s*(?:[.,!;]|$|as\b))"
    r"|\b(?i:so|therefore|thus|hence),?\s+(?:it(?:'s| is| must be)\s+)?[*_]{0,3}(?P<f>[A-J])[*_]{0,3}(?=\s*(?:[.!]|$))",
    re.MULTILINE,
)  # fmt: skip
_CAPITAL = re.compile(r"(?<![A-Za-z])[A-J](?![A-Za-z'’])")
_NOT_BEFORE = re.compile(r"\b(?:not|n't|if|whether|suppose|eliminate|rule out|neither|nor)\b[^.\n]*\Z", re.IGNORECASE)
_FIRST_LINE = re.compile(r"\s*[*_]{0,2}\(?([A-J])[*_]{0,2}(?:[).:]|\s[-–—])[*_]{0,2}\s*\S")
_CONNECTIVE = re.compile(
    r"(?:(?:so|therefore|thus|hence|then|finally|in total|altogether|in conclusion|overall|as a result"
    r"|consequently|and|but|donc|also|daher|portanto|por lo tanto|por tanto|asi que|quindi|dunque|таким образом"
    r"|следовательно"
    r"|значит|итак|所以|因此|よって|したがって|따라서"
    r"|this means(?: that)?|we (?:get|have|find|obtain|conclude)(?: that)?|it follows that|that is|i\.e\.|wait"
    r"|actually|no|it)"
    r"(?![\w'])[,:]?\s*|∴\s*)+",
    re.IGNORECASE,
)
_COPULA = re.compile(
    r"(?:\b(?:is|are|was|were|equals?|equal to|gives?|get|gets|obtain|have|has|be|becomes|makes?|totals?|of|to|about"
    r"|approximately|by|earns?|needs?|costs?|contains?|there|with|at|rounds? to|rose|left|measures?"
    r"|равн[аоы]?|составляет|est|es|ist|é|è|son|sind|sont|beträgt|ergibt)"
    r"|[:=≈]|是|为|等于)(?:\s+(?:therefore|thus|then|equal to|exactly|simply))?(?:\s+|(?<=[^\x00-\x7f]))",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}")
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
_NOTE = re.compile(r"<<[^<>]{0,200}>>")
"""GSM8K's calculator annotations."""
_RESULT = re.compile(r"=\s*((?:[-−]\s?)?[$€£]?\d[\d.,/]*\s?%?(?:\s+[A-Za-z]+){0,4})[\s.!]*$")
"""What the last line's calculation comes to."""
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
    r"[,;]\s+(?:and\s+)?(?:so|therefore|thus|hence|giving|i\.e\.,?|that is,?|meaning|which (?:makes|gives|is"
    r"|equals|means|leaves))\s+|\s+=>\s+|\s*⇒\s*",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"[,\s]+(?:when|if|where|whenever|provided|as long as|while)\s", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|cannot|neither|never|impossible)\b|n't\b", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:not|n't|no|or|if|least|most|than|between|never|except|neither|maybe|perhaps|possibly|either|unknown|about|around"
    r"|almost|nearly|up to|from|squared|cubed|times|root|half|cannot|can't|don't|doesn't|isn't)\b",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"```[A-Za-z]{0,12}\n(.*?)```", re.DOTALL)
_POLITE = re.compile(
    r"\b(?:let me know|hope (?:this|that|it) (?:helps|is)|is there anything|would you like|feel free|do you want|if you (?:have|need|would)"
    r"|happy to help|anything else|good luck|glad to|need (?:any )?(?:more |further )?help)\b",
    re.IGNORECASE,
)
_CHECK = re.compile(
    r"^[\W\d]{0,8}(?:check|checking|verification|verify|note|tip|why|explanation|proof|remark|sanity check|quick check)\b",
    re.IGNORECASE | re.MULTILINE,
)
_ALIGNED = re.compile(
    r"\\begin\{(?:align|aligned|gather|eqnarray)\*?\}((?:(?!\\end).)*)\\end\{\w+\*?\}[\s$\\\]]*$", re.DOTALL
)
_BOLD = re.compile(r"\*\*([^*\n]{1,120}?)\*\*(?!\s*:)")
_STATES = re.compile(
    r"\b(?:is|are|was|were|has|have|had|makes?|earns?|gets?|needs?|costs?|pays?|takes?|spends?|equals?|totals?|left|there)\b",
    re.IGNORECASE,
)
_ADJUNCT = re.compile(
    r"\s+(?:in|for|per|after|over|within|every|during|by|on|from|at|each|out of)\s+[^,;]*\d.*", re.DOTALL
)
"""What a number is related to: "150 miles in 3 hours"."""
_DISPLAY = re.compile(r"(?:\$\$((?:(?!\$\$).)+)\$\$|\\\[((?:(?!\\\]).)+)\\\])[\s.]*$", re.DOTALL)


def choices_stated(text: str) -> list[Candidate]:
    """The options that a text says to be right in other words than "the answer is": "so (C)", "B is correct"."""
    found: list[Candidate] = []
    for letter_at in _CAPITAL.finditer(text, max(0, len(text) - TAIL)):
        place = letter_at.start()
        match = _PICKED.search(text, max(place - 60, found[-1].end if found else 0), place + 80)
        if not match or (found and match.start() < found[-1].end):
            continue
        if not _NOT_BEFORE.search(text[max(0, match.start() - 30) : match.start()]):
            letter = next(group for group in match.groups() if group)
            found.append(Candidate(match.start(), match.end(), letter, False))
    return found


def concluded(text: str, kind: str) -> list[str]:
    """The answers of a text that marks none: what it is, where it is one; its conclusion; else nothing.

    Never a number from the midst of a text: the last sentence must hold one number only, end in it, or emphasise it.
    Polite closings and checks that follow the conclusion are passed over.
    """
    text = _without_closing(text.strip())
    if not text:
        return []
    if kind == "yesno":
        return [text[:4000]] if len(text) < 20000 else []
    lines = [line.strip() for line in text[-MAX_BARE * 4 :].splitlines() if line.strip()]
    if kind == "choice":
        return _choice(text, lines)
    if kind in (*NUMERIC, "json") and (blocks := _BLOCK.findall(text[-20000:])):
        return [blocks[-1].strip()]
    if kind not in NUMERIC:
        return [text] if len(text) <= MAX_BARE and len(lines) <= 40 else []
    answer = _numeric(text, lines, kind)
    if not answer and (check := _CHECK.search(text)) and check.start():
        before = text[: check.start()].rstrip()
        answer = _numeric(before, [line.strip() for line in before.splitlines() if line.strip()], kind)
    if not answer and len(lines) > 1 and (display := _DISPLAY.match(lines[0])):
        answer = unwrap(display.group(1) or display.group(2))  # the answer first, then its reasons
    return [answer] if answer else []


def _numeric(text: str, lines: list[str], kind: str) -> str:
    if len(lines) > 1 and (display := _DISPLAY.search(text[-MAX_BARE:])):
        return unwrap(display.group(1) or display.group(2))
    if rows := _ALIGNED.search(text[-MAX_BARE:]):
        row = [row for row in rows.group(1).split("\\\\") if row.strip()][-1]
        return re.split(r",?\s*\\q?quad", row.replace("&", " ").rpartition("=")[2])[0].strip(" ,.")
    if len(lines) > 1 and _pure(text) and len(text) <= MAX_BARE and "\\begin" in text:
        return text
    last = _NOTE.sub("", lines[-1]).lstrip("#> ")
    if len(lines) == 1 or _pure(last) or _CONNECTIVE.match(last):
        if answer := _conclusion(last, kind, loose=True):
            return answer
    if (result := _RESULT.search(last)) and not _DENIED.search(last):
        return result.group(1).strip()
    for line in lines[-1:-4:-1]:
        marked = _BOLD.findall(line)
        if len(marked) == 1 and not _DENIED.search(line):
            return marked[0].strip() if _readable(kind)(marked[0].strip()) else _conclusion(marked[0], kind)
        if line == lines[-1] and (answer := _conclusion(last, kind)):
            return answer
    return ""


def _without_closing(text: str) -> str:
    """The text without the polite lines at its end."""
    if "\n" not in text:
        return text
    lines = text.rstrip().split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or _POLITE.search(lines[-1])):
        lines.pop()
    return "\n".join(lines)


def _choice(text: str, lines: list[str]) -> list[str]:
    if len(text) <= MAX_BARE and len(lines) == 1:
        return [text]
    first, last = _FIRST_LINE.match(lines[0]), lines[-1]
    marked = _BOLD.findall(last)
    if len(marked) == 1 and not first:
        return [marked[0]]
    if len(last) < 12 or (_FIRST_LINE.match(last) and not first):
        return [lines[0], last] if first and len(text) < 20000 else [last]
    if first or len(lines[0]) < 4:
        return [lines[0]]
    return [last] if len(last) < 400 else []


def _pure(text: str) -> bool:
    """A formula or a number with at most a word or two (a unit) beside it?"""
    words = _WORD.findall(_COMMAND.sub(" ", text))
    return sum(word.lower() not in _MATH_WORDS for word in words) <= 1


def _conclusion(line: str, kind: str, loose: bool = False) -> str:
    """The answer that a line comes to; where `loose`, also a number alone in it, or the whole of it."""
    line = line.replace("**", "").replace("__", "")
    readable = _readable(kind)
    sentences = line.rstrip(" .*_")
    start = 0
    while (sentence := first_sentence(sentences[start:])) != sentences[start:]:
        start += len(sentence) + 1
    sentence = _SO.split(sentences[start:])[-1].strip()
    if _pure(sentence) and not _VERB.search(sentence):
        return sentence[_lead(sentence) :].strip()
    if (named := _NAMED.match(sentence)) and readable(named.group(1)):
        return named.group(1)
    if _REQUEST.search(sentence) or sentence.endswith((":", "?")):
        return ""
    body = trimmed(sentence[_lead(sentence) :])
    body = body.replace("\\$", "$") if body.count("$") == body.count("\\$") else body
    if condition := _CONDITION.search(body):
        body = body[: condition.start()].rstrip(" ,")
    if not body or _DENIED.search(body):
        return ""
    if kind not in ("math", "list", "set") and (result := _CALCULATED.fullmatch(body)):
        return result.group(1)
    for copula in _COPULA.finditer(body):
        rest = body[copula.end() :].strip()
        if readable(rest):
            return rest
    token = _only_number(body) or _only_number(_ADJUNCT.sub("", body, count=1))
    if not loose:
        return token if _STATES.search(body) else ""
    return token or (body if len(body) < 200 else "")


def _readable(kind: str) -> Callable[[str], bool]:
    """Can the rest of a sentence be read as an answer of this kind?"""
    from mmverifiers.measure import parse_quantity
    from mmverifiers.numeric import read_measured, read_number

    if kind in ("math", "list", "set"):
        return lambda text: bool(text) and (_pure(text) or read_number(text) is not None or bool(parse_quantity(text)))
    return lambda text: (
        read_number(text) is not None
        or read_measured(text)[0] is not None
        or bool(parse_quantity(text))
        or (_pure(text) and "\\" in text)
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
    found = _CONNECTIVE.match(text)
    return found.end() if found else 0
