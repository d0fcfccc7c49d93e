"""Rewriting the LaTeX of models and data sets into one spelling. Text in, text out; nothing is evaluated."""

from __future__ import annotations

import re

_SYMBOLS = {
    "−": "-", "–": "-", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "÷": r"\div ", "±": r"\pm ",
    "π": r"\pi ", "θ": r"\theta ", "∞": r"\infty ", "°": r"^\circ ", "²": "^{2}", "³": "^{3}",
    "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ",
    "½": r"\frac{1}{2}", "¼": r"\frac{1}{4}", "¾": r"\frac{3}{4}", "\u00a0": " ",
}  # fmt: skip
_SPACING = re.compile(r"\\[,;:! ]|\\q?quad(?![A-Za-z])|\\(?:left|right|displaystyle|limits)(?![A-Za-z])")
_BARE_FUNCTION = re.compile(
    r"(?<![\\A-Za-z])(arcsin|arccos|arctan|sin|cos|tan|cot|sec|csc|ln|log|exp|pi|infty)(?![A-Za-z])"
)
_BARE_ROOT = re.compile(r"(?:\\?(?<![A-Za-z])sqrt|√)\s*\(([^()]*)\)")
_ROOT_SIGN = re.compile(r"√\s*(\d+|[A-Za-z])")
_TEXT = re.compile(r"\\(?:text|mbox|textrm|textbf|mathrm)\s*\{([^{}]*)\}")
_UNIT = re.compile(r"\\(?:text|mbox|textrm|textbf|mathrm)\s*\{([^{}]*)\}\s*(\^\s*\{?\d\}?)?\s*\.?$")
_GROUPED = re.compile(r"(?:[A-Za-z]\s*=\s*)?-?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_BASED = re.compile(r"([0-9][0-9A-Za-z]*)_\{?(\d{1,2})\}?")


def tidy(text: str) -> str:
    """The text in one spelling: unicode symbols as commands, no spacing commands, `\\frac` for its variants,
    bare `sqrt(…)` and function names as commands, no dollar signs, no thousands separators, no closing full stop."""
    text = "".join(_SYMBOLS.get(c, c) for c in text)
    text = re.sub(r"(?<=\d)(?:\{,\}|,\\!)\s*(?=\d{3})", "", text)
    text = re.sub(r"\\[dtc]frac(?![A-Za-z])", r"\\frac", text)
    text = _SPACING.sub(lambda found: "" if found.group() in ("\\!", "\\left", "\\right") else " ", text)
    text = _BARE_ROOT.sub(r"\\sqrt{\1}", text)
    text = _ROOT_SIGN.sub(r"\\sqrt{\1}", text)
    text = _BARE_FUNCTION.sub(r"\\\1", text)
    text = " ".join(text.replace("\\$", " ").replace("$", " ").split())
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    return text[:-1].rstrip() if text.endswith(".") else text


def squeeze(text: str) -> str:
    """A tidied text without the spaces that separate neither two letters nor two digits, for comparing as a
    string."""
    return re.sub(r"(?<![A-Za-z0-9]) | (?![A-Za-z0-9])", "", tidy(text))


def balanced(text: str) -> bool:
    """Do the braces that are not escaped match?"""
    depth = 0
    for token in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(token.group(), 0)
        if depth < 0:
            return False
    return depth == 0


def unit(text: str) -> str:
    r"""The unit at the end, as written in a `\text{…}` or `\mbox{…}` after something else; empty where none
    is."""
    found = _UNIT.search(text)
    if not found or not text[: found.start()].strip():
        return ""
    return "".join((found.group(1) + (found.group(2) or "")).replace("{", "").replace("}", "").split()).casefold()


def based(text: str) -> tuple[str, str | None] | None:
    """(digits, base) of a number with a base such as `52_8` or `4210_{5}`; base None for bare digits; None
    for anything else."""
    text = squeeze(text)
    if found := _BASED.fullmatch(text):
        return found.group(1).upper(), found.group(2)
    return (text.upper(), None) if re.fullmatch(r"[0-9][0-9A-F]*", text, re.ASCII) else None


def prose(text: str, known: str = "") -> bool:
    """Does it hold words that a parser would read as products of variables?

    A word is two or more letters in a row outside commands, save `or` and `and`; it is no variable product
    unless each of its letters also stands in `known`. Text commands that are not at the end count as words
    too.
    """
    letters = set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", known)))
    end = _UNIT.search(text)
    body = text[: end.start()] if end and text[: end.start()].strip() else text
    body = re.sub(r"\\(?:begin|end|operatorname)\s*\{[^{}]*\}", " ", body)
    body = re.sub(r"\\[A-Za-z]+", " ", _TEXT.sub(r" \1 ", body))
    return any(
        word.lower() not in ("or", "and") and not set(word) <= letters for word in re.findall(r"[A-Za-z]{2,}", body)
    )
