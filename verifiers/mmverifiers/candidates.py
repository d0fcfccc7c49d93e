"""The boxes and statements of a response that may be its final answer, and which of them replace which."""

from __future__ import annotations

import re

from mmverifiers.picked import choices_stated
from mmverifiers.stated import Candidate, stated
from mmverifiers.unwrap import boxes

CORRECTED = re.compile(
    r"\b(?:wait|actually|correction|correcting|corrected|sorry|apolog\w+|oops|mistake\w*|error|incorrect|wrong|instead"
    r"|rather|re-?check\w*|re-?consider\w*|re-?calculat\w*|double[- ]check\w*|hmm|scratch that|on second thoughts?"
    r"|should have been|revis\w+|let me (?:re|correct|fix|try|check|verify)\w*|upon review|looking again)\b|\bno[,.!—]",
    re.IGNORECASE,
)
_CONCLUDING = re.compile(r"\b(?:so|therefore|thus|hence|final|finally|in conclusion|conclude)\b|∴", re.IGNORECASE)
_FINALLY = re.compile(r"\b(?:final|finally|in conclusion|in the end|altogether|in total)\b", re.IGNORECASE)
_JOINT = re.compile(r"[\s$,;.&]*(?:\\(?:text|mbox)\{)?\s*(and|or|,|;|&)?\s*\}?[\s$,;.]*(?:[A-Za-z]\w{0,2}\s*=\s*)?")
_CONTINUED = re.compile(
    r"\s*(?:\\?%|\\sqrt\s*\{[^{}]*\}|\\pi\b|\\times\s*10\s*\^\s*\{?-?\d+\}?|\^\s*\{?\\circ\}?|\^\s*\{[^{}]*\}|\^\d)"
)


def same_text(left: str, right: str) -> bool:
    """Do two extracted answers read the same but for case and spaces?"""
    return "".join(left.split()).casefold() == "".join(right.split()).casefold()


def superseded(earlier: Candidate, last: Candidate, text: str) -> bool:
    """Does the later answer replace the earlier one: by a correction, or as the end of further reasoning?"""
    before = max(earlier.end, last.start - 400)
    sentence = max(text.rfind(".", before, last.start), text.rfind("\n", before, last.start), before)
    between = text[max(earlier.end, last.start - 4000) : last.start]
    if CORRECTED.search(between):
        return True
    marked = last.strong or _CONCLUDING.search(text, sentence, last.start) is not None
    if text[last.start : last.end].lstrip().startswith("####"):
        return True
    if last.strong and not earlier.strong and "inal" in text[last.start : last.start + 12]:
        return True
    if _FINALLY.search(text, sentence, last.start):
        return True
    return marked and len(re.findall(r"\w+", between[:400])) >= 6


def candidates_in(text: str, kind: str) -> list[Candidate]:
    """Boxes and stated answers by place; a statement that holds a box is the box. Neighbouring boxes are one list."""
    found = [Candidate(start, end, content, True) for start, end, content in boxes(text)] if "box" in text else []
    joined: list[Candidate] = []
    for box in found:
        tail = _CONTINUED.match(text, box.end)
        box = Candidate(box.start, tail.end(), box.text + tail.group(), True) if tail else box
        if joined and box.start - joined[-1].end < 40 and (joint := _JOINT.fullmatch(text, joined[-1].end, box.start)):
            before = joined.pop()
            word = f" {joint.group(1)} " if joint.group(1) in ("and", "or") else ", "
            same = same_text(before.text, box.text)
            box = Candidate(before.start, box.end, box.text if same else before.text + word + box.text, True)
        joined.append(box)
    # What is stated before the last box only matters where it is close, or else it is a step on the way.
    start = max(0, joined[-1].start - 400) if joined else 0
    others = list(stated(text, start))
    if kind == "choice":
        others += choices_stated(text)
    boxed = iter([*joined, Candidate(len(text), len(text), "", True)])
    box = next(boxed)
    for candidate in sorted(others, key=lambda candidate: (candidate.start, candidate.end)):
        while box.end <= candidate.start and box.start < len(text):
            box = next(boxed)
        if box.start >= candidate.end:
            joined.append(candidate)
    return sorted(joined, key=lambda candidate: (candidate.start, candidate.end))
