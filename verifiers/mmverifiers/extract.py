"""Finding the final answer in a response. No mode ever falls back to "some number in the text"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from mmverifiers.candidates import candidates_in, superseded
from mmverifiers.conclude import concluded
from mmverifiers.stated import HINTS
from mmverifiers.target import Target, parse_target
from mmverifiers.unwrap import closing_brace, unwrap

MODES = ("strict", "lenient", "none")
MAX_ALTERNATIVES = 8
"""Most different final answers that are looked at; more are `ambiguous` whatever they say."""
_THOUGHT_ENDS = ("</think>", "</thinking>", "</reasoning>", "◁/think▷", "<|end_of_thought|>")
_THOUGHT_STARTS = ("<think>", "<thinking>", "<reasoning>", "◁think▷", "<|begin_of_thought|>")
_RETRACTED = re.compile(
    r"\b(?:(?:that|this|it)(?:'s| is| was) (?:wrong|incorrect|not (?:right|correct))|made an? (?:mistake|error)"
    r"|scratch that|should (?:have been|be)|meant(?: to (?:say|write))?|correction)\b[:\s]*",
    re.IGNORECASE,
)
_AFFIRMED = re.compile(r"\b(?:is|was|are) (?:indeed )?(?:correct|right)\b|\bconfirm", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:b|i|u|p|em|br|strong|span|div|code|h[1-6]|center|mark)(?:\s[^<>]{0,100})?/?>", re.IGNORECASE
)
_CLOSING = re.compile(r"[\s$.*!]*(?:\\[\])])?[\s$.*!]*")
"""What may follow the last box."""
_PICKS = tuple("option choice so therefore thus hence correct right leav only pick choose select".split())
_ANOTHER = re.compile(
    r"\n\s*(?:[*#]{1,4}\s*)?(?:question|problem|q|exercise|user|human|instruction|example)\b[ \t\d]{0,4}[:.]",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\b(?:wait|actually|correction|scratch that|i mean(?:t)?|i made a mistake|oops|sorry)\b[\s,:.—-]*"
    r"(?:(?:no|it(?:'s| is)|actually|correction|i mean|rather)\b[\s,:]*)*",
    re.IGNORECASE,
)
_INVISIBLE = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0xAD))
"""Zero-width and direction marks: they change what is seen in no way, or only its order."""
_PLAIN = re.compile(r"(-?\d{1,15}(?:,\d{3})*(?:\.\d{1,15})?|\(?[A-Z]\)?)\.?|\$(-?\d[\d.,]*)\$", re.ASCII)


class Extraction(NamedTuple):
    """Where looking for the answer led."""

    answers: tuple[str, ...]
    """Without wrapping; the last is the answer. What stands before it was stated as final too, and differs, so that
    all of them must be right. Empty where there is no answer."""
    reason: str
    """`ok`, `format`, `no_answer` or `ambiguous`."""
    method: str
    """`target`, `answer_tag`, `boxed`, `stated`, `concluded`, `whole` or `extract`."""


_NONE = Extraction((), "no_answer", "extract")
_FORMAT = Extraction((), "format", "target")
_SEVERAL = Extraction((), "ambiguous", "extract")


def extract_answer(response: str, mode: str, kind: str = "math") -> Extraction:
    r"""Find the final answer. ValueError for a mode that is not in `MODES`.

    `strict`: the response holds the target format, or it is `format`.
    `lenient`: the target format where it holds; else, in what follows the reasoning block, an `<answer>` block;
    else the last of the boxes and stated answers ("the answer is X", "Answer: X", `#### X`); else the conclusion of
    the last sentence, or the whole of a short response. Answers that differ must all be right, unless the later
    one corrects the earlier ("wait, …"), or is marked as final after more reasoning.
    `none`: the whole text. Time is linear in the length of the response in every mode.
    """
    if not response.isascii():
        response = response.translate(_INVISIBLE)
    if mode == "lenient":
        if len(response) < 24 and (plain := _PLAIN.fullmatch(response)):  # the commonest bare answers
            return Extraction((plain[1] or plain[2],), "ok", "whole")
        if "<" not in response and "◁" not in response:
            return _in_prose(response, kind)
    elif mode == "none":
        return _inside(response, "whole", kind)
    elif mode != "strict":
        raise ValueError(f"extract must be one of {', '.join(MODES)}, not {mode!r}")
    target = parse_target(response)
    if isinstance(target, Target):
        return _inside(target.answer, "target", kind)
    if mode == "strict":
        return _FORMAT
    rest = _after_thought(response)
    tagged = _tagged(rest)
    if tagged:
        inner = [_inside(block, "answer_tag", kind) for block in dict.fromkeys(tagged[-MAX_ALTERNATIVES:])]
        return _ok([answer for found in inner for answer in found.answers], "answer_tag")
    return _in_prose(rest, kind)


def _ok(answers: list[str], method: str) -> Extraction:
    """Distinct answers, the last one last."""
    distinct = list(dict.fromkeys(reversed([unwrap(answer) for answer in answers])))
    distinct = [answer for answer in reversed(distinct) if answer]
    if not distinct:
        return _NONE
    return _SEVERAL if len(distinct) > MAX_ALTERNATIVES else Extraction(tuple(distinct), "ok", method)


def _after_thought(text: str) -> str:
    for mark in _THOUGHT_ENDS:
        at = text.rfind(mark)
        if at >= 0:
            text = text[at + len(mark) :]
    for mark in _THOUGHT_STARTS:
        at = text.find(mark)
        if at >= 0:
            text = text[:at]
    return text


def _tagged(text: str) -> list[str]:
    """Contents of the `<answer>` blocks, left to right; a block ends at the first closing tag, the last one at the
    end of the text where generation stopped at the tag."""
    found: list[str] = []
    start = text.find("<answer>")
    while start >= 0:
        start += len("<answer>")
        end = text.find("</answer>", start)
        found.append(text[start:] if end < 0 else text[start:end])
        start = -1 if end < 0 else text.find("<answer>", end)
    return found


@lru_cache(maxsize=4096)
def _inside(text: str, method: str, kind: str) -> Extraction:
    """The answer in a text that is known to hold it: what it boxes or states, else the whole."""
    if len(text) < 40 and "\\" not in text and ":" not in text and " " not in text.strip():
        return _ok([text], method)
    bare = unwrap(text)
    if "\\boxed" in bare or "\\fbox" in bare or (kind not in ("text", "yesno") and len(bare) < 4000):
        found = [candidate.text for candidate in candidates_in(bare, kind)]
        if found:
            return _ok(found, method)
    return _ok([bare], method)


def _in_prose(text: str, kind: str) -> Extraction:
    at = text.rfind("\\boxed{")
    if at >= 0 and (boxed := _boxed_last(text, at, kind)):
        return Extraction((boxed,), "ok", "boxed")
    if "<" in text:
        text = _MARKUP.sub("", text)
    candidates = candidates_in(text, kind)
    another = _ANOTHER.search(text, candidates[0].end if candidates and kind not in ("yesno", "text") else 1)
    if another and (candidates or another.start() < 200) and not _ANOTHER.match("\n" + text[:40]):
        text = text[: another.start()]  # the model went on with a question of its own
        candidates = candidates_in(text, kind)
    if not candidates:
        answers = _corrected(text, kind) or concluded(text, kind)
        return _ok(answers, "concluded" if len(answers) != 1 or answers[0] != text.strip() else "whole")
    last = candidates[-1]
    answers = [last.text]
    method = "boxed" if text.startswith(("\\boxed", "\\fbox", "\\framebox", "<|"), last.start) else "stated"
    seen = {"".join(last.text.split()).casefold()}
    for earlier in candidates[-2::-1]:
        form = "".join(earlier.text.split()).casefold()
        if form in seen:
            continue
        seen.add(form)
        if superseded(earlier, last, text):
            break  # and so is whatever stands before it
        answers.insert(0, earlier.text)
        if len(answers) > MAX_ALTERNATIVES:
            return _SEVERAL
    tail = text[last.end : last.end + 4000]
    if len(tail) > 8 and (retracted := _RETRACTED.search(tail)) and not _AFFIRMED.search(tail, retracted.end()):
        corrected = concluded(tail[retracted.end() :], kind)
        return _ok(corrected, "stated") if corrected else _SEVERAL
    return _ok(answers, method)


def _corrected(text: str, kind: str) -> list[str]:
    """What a short text without a marked answer says after its last correction: "B... wait, actually C."; empty where
    it announces none, or nothing short follows."""
    if len(text) > 400 or kind == "yesno":
        return []
    found = list(_TAKEN_BACK.finditer(text))
    tail = text[found[-1].end() :].strip(" ,:.—-") if found else ""
    return concluded(tail, kind) if found and found[0].start() > 0 and 0 < len(tail) < 80 else []


def _boxed_last(text: str, at: int, kind: str) -> str:
    """The content of the last box where nothing near it can matter: the commonest response, decided first; else empty.

    Nothing but punctuation may follow, and nothing in the sentences before may state or box an answer: what stands
    farther off is superseded by a box (see `superseded`).
    """
    start = at + len("\\boxed{")
    end = text.find("}", start)
    content = text[start:end]
    if "{" in content:
        end = closing_brace(text, start)
        content = text[start:end]
    if end < 0 or len(text) - end > 24 or not _CLOSING.fullmatch(text, end + 1) or "boxed" in content:
        return ""
    sentence = max(text.rfind("\n", 0, at), text.rfind(". ", 0, at), 0)
    near = text[max(0, sentence - 160) : at].lower()
    if "box" in near or not near.isascii():
        return ""
    before = near[: sentence - max(0, sentence - 160)]
    if any(hint in before for hint in HINTS) or (kind == "choice" and any(hint in near for hint in _PICKS)):
        return ""
    return unwrap(content)
