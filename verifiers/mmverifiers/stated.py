"""Finding where a response says what its answer is: "the answer is X", "Answer: X", "#### X", in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TAIL = 60_000
"""How many characters at the end of a response are searched for statements."""

_NOUN = (
    r"(?:\b(?:final|correct|right|best|my)[ \t]+)?\b(?:answers?|ans)\b|\bfinal[ \t]+(?:result|value|solution)\b"
    r"|\b(?:résultat|resultado|risultato|lösung|ergebnis|solución|результат)(?=[ \t]*[:=])"
    r"|\b(?:correct|right|best)[ \t]+(?:option|choice|one|statement|response|alternative)\b"
    r"|答(?=[:：])|结果(?=[:：是为])|結果(?=[:：は])|最终答案|正确答案|正确选项|正確選項|答案|答え|正解|解答|정답|(?<!대)답|\brespuesta\b|\bréponse\b|\brisposta\b|\bresposta\b|\bAntwort\b"
    r"|\bответ\b|\bвідповідь\b|\bcevap\b|\byanıt\b|\bđáp án\b|\bcâu trả lời\b|\bodpowiedź\b|\bantwoord\b"
    r"|\bsvar(?:et)?\b|\bjawaban(?:nya)?\b|الإجابة(?: الصحيحة| النهائية)?|الجواب|पाسخ|پاسخ|उत्तर|उत्तर:|উত্তর|תשובה|התשובה"
    r"|\bαπάντηση\b|คำตอบ|\brăspuns(?:ul)?\b|\bválasz\b|\bodpověď\b|\bvastaus\b"
)
_DETAIL = (
    r"(?:[ \t]+(?:to|for|of)\b[^.:\n]{0,80}?)?"
    r"(?:[ \t]+(?:(?:final|corr[eé]|kor+e|richtig|definitiv|définiti|exact|bonne|giust)\w*|therefore|thus|hence|then))?"
)
_COPULA = (
    r"(?:[ \t]+|(?<=[^\x00-\x7f]))(?:(?:is|are|would be|should be|must be|will be|becomes|comes out to(?: be)?"
    r"|es|est|ist|lautet|war|é|è|sont|to|är|er|adalah|là|on|este|είναι)\b|है|هي|هو|คือ|היא|הוא|(?<=उत्तर))"
    r"|[ \t]+[-–—][ \t]+(?=\S)|[ \t]*(?:[:=：→】]|->|⇒|是|为|為|は|은|는|—|–|(?=\([^()\n]{1,40}\)[ \t.]*$))"
)
_ANCHOR = re.compile(
    rf"(?P<noun>{_NOUN}){_DETAIL}[ \t*_]{{0,6}}(?:{_COPULA})[ \t*_:：]{{0,8}}(?:(?:therefore|thus|hence|then|donc"
    rf"|also|portanto|portanto|quindi|entonces|simply|clearly|now|(?:a |la |o |il |die )?(?:option|letter|letra"
    rf"|lettre|lettera|Option|Buchstabe|опция|буква))\b|:)?"
    r"|(?P<marks>^[ \t]*####(?!#)[ \t]*(?=[-+$\\\d(.]))"
    r"|(?P<head>^[ \t#*_>]{0,12}(?:\d+\.[ \t]*)?(?:final[ \t]+)?answer[ \t*_:：]{0,8}$)"
    r"|(?P<key>[\"'](?:final[_ ]?)?answer[\"']\s*:)"
    r"|(?P<select>(?:故选|應選|应选|故選|选择|選擇|选|選)[ \t]*[:：]?[ \t]*(?=[(（]?[A-J]))",
    re.IGNORECASE | re.MULTILINE,
)
HINTS = (
    "ans", "final", "correct", "right", "best", "####", "respuesta", "risposta", "resposta", "antwo", "svar", "cevap",
    "odpow", "jawaban", "vastaus", "result", "risultato", "ergebnis",
)  # fmt: skip
"""What every statement in ASCII holds one of, in lower case."""
_HYPOTHETICAL = re.compile(
    r"\b(?:if|suppose|assum\w+|whether|unless|don't think|do not think|doubt|not sure|might think|incorrectly|"
    r"isn't that|guess that|would say|check|verify|confirm|convert)\b[^.\n]*\Z",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\W{0,6}(?:not\b|n't\b|neither\b|unknown\b|unclear\b|(?:as|the)\s+follow"
    r"|(?:(?:in)?correct|right|wrong|verified|confirmed|above|below|shown|obtained|given|found|clear)\b)",
    re.IGNORECASE,
)
_ONLY_LEAD = re.compile(r"(?:so|therefore|thus|hence|and|the|our|my|final|correct|[\s,.:*])*", re.IGNORECASE)
"""What stands between two anchors of one statement: "**Answer:** The correct answer is"."""
_SENTENCE_END = re.compile(r"(?<=[^\s])(?:(?:[.?]|(?<=[A-Za-z][A-Za-z])!|(?<=[*$])!)(?=\s|$|[*\"”])|[。！？।])")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Dr|Mr|Mrs|Ms|St|vs|Prof|Jr|Sr|No|approx|ca|sq|ft|in|U\.S|e\.g|i\.e|[ap]\.m?)$|^[K-Z]$"
)
_INITIAL = re.compile(r"\s*[A-Z]\.")
_CLAUSE = re.compile(
    r"[,;]?\s+(?:which|because|since|as\b(?= [a-z]+ )|where|so that|given that|assuming|making it|attained\b"
    r"|reached\b|achieved\b|as (?:the|we|it"
    r"|this|shown)|obtained|found by)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*\((?:not|since|because|as|i\.e\.|rather|instead)\b[^()]*\)?\s*$|\s*\([^()]*$", re.IGNORECASE)
_SUFFIX = re.compile(r"\s*(?:です|である|となります|입니다|이다|है|हैं|ఉంది)\s*[。।.]?$|[।]$")
_VALUE = re.compile(r"\s*(?:\"((?:[^\"\\\n]|\\.){0,2000})\"|([^,}\n\"]{1,400}))")
_DISPLAYS = (("$$", "$$"), ("\\[", "\\]"), ("```", "```"), ("\\(", "\\)"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A final answer, as it is stated somewhere in a response."""

    start: int
    """Where the statement begins."""
    end: int
    """Where it ends."""
    text: str
    """The answer in it."""
    strong: bool
    """Is it marked as final: a box, "final answer", `####`?"""


def stated(text: str, start: int = 0) -> Iterator[Candidate]:
    """The answers that a text states from `start` on, from left to right. Linear time.

    Suppositions ("if the answer is 5 …") and refusals ("the answer is not 5") are none.
    """
    begin = max(start, len(text) - TAIL)
    looked = text[begin:].lower()
    if looked.isascii() and not any(hint in looked for hint in HINTS):
        return
    anchors = list(_anchors(text, begin, looked) if looked.isascii() else _ANCHOR.finditer(text, begin))
    for i, anchor in enumerate(anchors):
        limit = anchors[i + 1].start() if i + 1 < len(anchors) else len(text)
        sentence = text[max(0, anchor.start() - 80) : anchor.start()]
        if _HYPOTHETICAL.search(sentence):
            continue
        if anchor["key"]:
            start, end, content = _json_value(text, anchor.end(), limit)
        else:
            start, end, content = statement(text, anchor.end(), limit)
        if content and not _REFUSED.match(content) and not _ONLY_LEAD.fullmatch(content):
            noun = (anchor["noun"] or "").lower()
            strong = not noun or "final" in noun or "最终" in noun
            yield Candidate(anchor.start(), end, content, strong)


def _anchors(text: str, begin: int, looked: str) -> Iterator[re.Match[str]]:
    """What `_ANCHOR.finditer` finds in ASCII text, looked for only near its hints: most of a text has none."""
    places = set()
    for hint in HINTS:
        at = looked.find(hint)
        while at >= 0:
            places.add(begin + at)
            at = looked.find(hint, at + 1)
    start = begin
    for place in sorted(places):
        if place < start:
            continue
        found = _ANCHOR.search(text, max(start, place - 24), place + 240)
        if found:
            yield found
            start = found.end()


def statement(text: str, start: int, limit: int) -> tuple[int, int, str]:
    """(start, end, answer) of what is stated from `start` on: a display, or the rest of the sentence."""
    while start < limit and (text[start].isspace() or text[start] in "*_:："):
        start += 1
    for left, right in _DISPLAYS:
        if text.startswith(left, start):
            end = text.find(right, start + len(left), limit)
            tail = text[end + len(right) : end + len(right) + 2].strip(" .\n") if end > 0 else "x"
            if end > 0 and not tail:
                return (
                    start,
                    end + len(right),
                    text[start : end + len(right)].removeprefix("```").removesuffix("```").strip(),
                )
    line_end = text.find("\n", start, limit)
    end = limit if line_end < 0 else line_end
    content = text[start:end]
    if content.count("{") != content.count("}"):  # a box or a matrix over several lines
        end = min(limit, start + 4000)
        content = text[start:end].split("\n\n", 1)[0]
    content = first_sentence(content)
    return start, start + len(content), trimmed(content)


def first_sentence(text: str) -> str:
    """The text up to its first full stop that ends a sentence: not in `3.14`, `Dr. Smith`, `J. Doe`."""
    for stop in _SENTENCE_END.finditer(text):
        before = text[: stop.start()]
        initial = len(before) == 1 and before.isupper() and _INITIAL.match(text, stop.end())
        if not initial and not _ABBREVIATED.search(before[-8:]) and before.count("$") % 2 == 0:
            return before
    return text


def trimmed(text: str) -> str:
    """A statement without emphasis around it and without the clause that explains it."""
    clause = _CLAUSE.search(text)
    if clause and clause.start() > 0:
        text = text[: clause.start()]
    text = _ASIDE.sub("", text)
    text = _SUFFIX.sub("", text.strip())
    return text.strip().strip("*_").strip().rstrip(",;").strip()


def _json_value(text: str, start: int, limit: int) -> tuple[int, int, str]:
    """The value after `"answer":` in what looks like JSON."""
    found = _VALUE.match(text, start, limit)
    return (start, found.end(), (found.group(1) or found.group(2)).strip()) if found else (start, start, "")
