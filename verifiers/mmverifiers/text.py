"""Kinds `text` and `yesno`: answers in words, compared exactly after normalisation."""

from __future__ import annotations

import re
import unicodedata

from mmverifiers.verdict import Verdict, ruling

_TRUTH = {"yes": True, "true": True, "no": False, "false": False}
_TEXT_COMMAND = re.compile(r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox|rm)\s*\{([^{}]*)\}\.?")
_ARTICLE = re.compile(r"(?:a|an|the) (?=\S)")
_QUOTES = "\"'`*_“”‘’«»„"
_PAIRS = {"(": ")", "[": "]"}


def plain(text: str) -> str:
    r"""The words of a text that is one `\text{…}`, `\mathrm{…}` or `\mbox{…}` and nothing else; else the
    text."""
    found = _TEXT_COMMAND.fullmatch(text.strip())
    return found.group(1).strip() if found else text.strip()


def normalise(text: str) -> str:
    """The form in which texts are compared.

    Unicode NFKC (but superscripts and fraction characters stay: 10² is not 102), one case, single spaces;
    without quotes or emphasis around it, brackets around a single word or phrase, a closing `.,;:!?`, a
    leading article. Signs and decimal points stay: -5 is not 5. A text that is nothing else than such marks
    is kept as it is.
    """
    folded = plain(text)
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", "".join(map(_compatible, folded)))
    folded = " ".join(folded.split()).casefold()
    bare = folded
    for _ in range(4):
        before = bare
        bare = bare.strip(_QUOTES + " ")
        if bare[-1:] in set(".,;:?") or (bare[-1:] == "!" and bare[-2:-1].isalpha()):
            bare = bare[:-1]
        if len(bare) > 2 and bare[-1] == _PAIRS.get(bare[0]) and bare[1:-1].replace(" ", "").isalpha():
            bare = bare[1:-1]
        if bare == before:
            break
    bare = _ARTICLE.sub("", bare, count=1) if _ARTICLE.match(bare) else bare
    return bare or folded


def _compatible(c: str) -> str:
    """A character's NFKC form; superscripts and fraction characters as they are."""
    kept = unicodedata.decomposition(c).startswith(("<super>", "<fraction>"))
    return c if kept else unicodedata.normalize("NFKC", c)


def fast_text(answer: str, gold: str, choices: tuple[str, ...] = (), question: str = "") -> Verdict:
    """Judge an extracted answer as text; always decides. A blank gold is `gold_unverifiable`."""
    want = normalise(gold)
    reason = "gold_unverifiable" if not want else "ok" if normalise(answer) == want else "wrong_answer"
    return ruling(reason, extracted=answer, method="text", kind="text")


def truth(text: str) -> bool | None:
    """True for yes or true, False for no or false, None for anything else, after normalisation."""
    return _TRUTH.get(normalise(text))


def fast_yesno(answer: str, gold: str, choices: tuple[str, ...] = (), question: str = "") -> Verdict:
    """Judge an extracted answer as yes or no; always decides.

    `Yes, because …` counts as its first word. An answer with both is `ambiguous`, one with neither in that
    place is `wrong_answer`; a gold that is not one of yes, no, true, false is `gold_unverifiable`.
    """
    want, got = truth(gold), truth(answer)
    words = re.findall(r"[a-z]+", normalise(answer))
    said = {_TRUTH[word] for word in words if word in _TRUTH}
    opening = re.match(r"(yes|no|true|false)\s*[,.;:–—(]", normalise(answer))
    if got is None and opening:
        got = _TRUTH[opening.group(1)]
    if want is None:
        reason = "gold_unverifiable"
    elif len(said) == 2:
        reason = "ambiguous"
    else:
        reason = "ok" if got == want else "wrong_answer"
    return ruling(reason, extracted=answer, method="yesno", kind="yesno")
