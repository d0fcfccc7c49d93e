"""Rewriting the LaTeX of models and data sets into one spelling. Text in, text out; nothing is evaluated."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SYMBOLS = {
    "−": "-", "–": "-", "×": r"\times ", "·": r"\cdot ",
    "⋅": r"\cdot ", "∙": r"\cdot ", "÷": r"\div ", "±": r"\pm ",
    "π": r"\pi ", "∞": r"\infty ", "°": r"^\circ ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "∪": r"\cup ",
    "∩": r"\cap ", "∈": r"\in ", "∅": r"\emptyset ",
    "≈": r"\approx ", "√": r"\sqrt ", "∛": r"\sqrt[3]", "∠": r"\angle ",
    "△": r"\triangle ", "⌊": r"\lfloor ", "⌋": r"\rfloor ",
    "⌈": r"\lceil ", "⌉": r"\rceil ", "′": "'", "ℝ": r"\mathbb{R}",
    "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ",
    "δ": r"\delta ", "ε": r"\epsilon ", "θ": r"\theta ", "λ": r"\lambda ",
    "μ": r"\mu ", "σ": r"\sigma ", "τ": r"\tau ", "φ": r"\phi ", "ω": r"\omega ", "ρ": r"\rho ", "Δ": r"\Delta ",
    "½": r"\frac{1}{2}", "¼": r"\frac{1}{4}", "¾": r"\frac{3}{4}", "⅓": r"\frac{1}{3}", "⅔": r"\frac{2}{3}",
    "⁄": "/", "∕": "/", "\u00a0": " ", "\u2009": " ", "\u200b": "",
}  # fmt: skip
_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
_SUB = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_RAISED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+")
_LOWERED = re.compile(r"[₀₁₂₃₄₅₆₇₈₉]+")
_SAME = {
    "leq": "le", "leqslant": "le", "geq": "ge", "geqslant": "ge", "neq": "ne", "lt": "<", "gt": ">", "dfrac": "frac",
    "tfrac": "frac", "cfrac": "frac", "varnothing": "emptyset", "lor": " or ", "vee": " or ", "land": " and ",
    "wedge": " and ", "infin": "infty", "colon": ":", "lbrace": r"\{",
    "rbrace": r"\}", "lbrack": "[", "rbrack": "]", "langle": "(", "rangle": ")",
    "lvert": "|", "rvert": "|", "vert": "|", "mid": "|", "ast": "*", "left": "", "right": "", "big": "", "Big": "",
    "bigl": "", "bigr": "", "Bigl": "", "Bigr": "", "displaystyle": "", "textstyle": "", "limits": "", "quad": " ",
    "qquad": " ", "boxed": "", "ldots": "...",
    "cdots": "...", "dots": "...", "degree": r"^\circ", "degrees": r"^\circ",
    "prime": "'", "Re": "Re", "thinspace": " ", "enspace": " ", "varphi": r"\phi", "varepsilon": r"\epsilon",
    "bf": "", "rm": "", "hspace": "", "imaginaryI": "i", "exponentialE": "e",
}  # fmt: skip
_COMMAND = re.compile(r"\\\\|\\([A-Za-z]+)|\\([,;:! ])")
_JOINED = re.compile(r"\\(?:text|mbox|textrm|mathrm)\s*\{\s*(or|and|,)\s*\}")
_WORDS = re.compile(
    r"(?<![\\A-Za-z])(arcsin|arccos|arctan|asin|acos|atan|sinh|cosh|tanh|sin|cos|tan|cot|sec|csc|ln|log|exp|pi|infty|sqrt"
    r"|infinity|oo|inf|theta|alpha|beta|gamma|lambda|sigma|omega)(?![A-Za-z])"
)
_INVERSE = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "infinity": "infty", "oo": "infty", "inf": "infty"}
_ROOT = re.compile(r"(?:(?<![\\A-Za-z])sqrt|√)\s*(\d+(?:\.\d+)?)")
"""A bare root takes the whole number after it; LaTeX's takes one digit."""
_TEXT = re.compile(r"\\(?:text|mbox|textrm|textbf|mathrm)\s*\{([^{}]*)\}")
_UNGROUPED = re.compile(r",(?!\d{3}(?!\d))|(?<!\d),|(?<!\d)0,|\d{4},")
"""A comma that separates no thousands."""
_MODULO = re.compile(r"\s*\(?\s*\\?[pb]?mod(?:ulo)?\s*\{?\s*(\d{1,9})\s*\}?\s*\)?")
_BASES = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "twelve": "12", "sixteen": "16", "binary": "2", "octal": "8", "hex": "16",
}  # fmt: skip
_IN_BASE = re.compile(r"\s*\(?\s*(?:in\s+)?base[\s-]*(\d{1,2}|[a-z]+)\s*\)?$", re.IGNORECASE)
_SUB_WORD = re.compile(rf"_\s*\{{?\s*({'|'.join(_BASES)})\s*\}}?", re.IGNORECASE)
_BASED = re.compile(
    r"([0-9][0-9A-Za-z]*)_(?:\{(\d{1,2})\}|(\d{1,2}))|\(([0-9][0-9A-Za-z]*)\)_(?:\{(\d{1,2})\}|(\d{1,2}))"
)


@lru_cache(maxsize=4096)
def tidy(text: str) -> str:
    """The text in one spelling: unicode symbols as commands, one command of several with the same meaning, no spacing
    or sizing commands, bare function names as commands, no dollar signs, thousands separators or closing full stop."""
    text = _ROOT.sub(r"\\sqrt{\1}", text)
    if not text.isascii():
        text = _RAISED.sub(lambda found: "^{" + found.group().translate(_SUPER) + "}", text)
        text = _LOWERED.sub(lambda found: "_{" + found.group().translate(_SUB) + "}", text)
        text = "".join(_SYMBOLS.get(c) or unicodedata.normalize("NFKC", c) for c in text)
    if "\\" in text:
        text = _JOINED.sub(r" \1 ", text)
        text = re.sub(r"(?<=\d)(?:\{,\}|,\\!|\\,)\s*(?=\d{3})", "", text)
        text = _COMMAND.sub(_command, text)
    text = _WORDS.sub(lambda found: "\\" + _INVERSE.get(found.group(1), found.group(1)), text)
    if "mod" in text:
        text = _MODULO.sub(r" \\pmod{\1}", text)
    text = text.replace("<=", r"\le ").replace(">=", r"\ge ").replace("!=", r"\ne ").replace("**", "^")
    text = " ".join(text.replace("\\$", " ").replace("$", " ").split())
    if "," in text and text[:1] not in "([\\{" and not _UNGROUPED.search(text):
        text = text.replace(",", "")
    return text[:-1].rstrip() if text.endswith((".", ",", ";")) and not text.endswith("...") else text


def _command(found: re.Match[str]) -> str:
    name = found.group(1)
    if found.group() == "\\\\":
        return "\\\\ "
    if name is None:
        return "" if found.group(2) == "!" else " "
    if name not in _SAME:
        return found.group()
    same = _SAME[name]
    return "\\" + same + " " if same.isalpha() and len(same) > 1 else same + (" " if same.startswith("\\") else "")


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


def based(text: str) -> tuple[str, str | None] | None:
    """(digits, base) of a number with a base such as `52_8` or `4210_{5}`; base None for bare digits; None
    for anything else."""
    text = _TEXT.sub(r"\1", text)
    text = _IN_BASE.sub(lambda found: "_" + _BASES.get(found.group(1).lower(), found.group(1)), text)
    text = squeeze(_SUB_WORD.sub(lambda found: "_" + _BASES[found.group(1).lower()], text))
    if found := _BASED.fullmatch(text):
        a, b, c, d, e, f = found.groups()
        return (a or d).upper(), b or c or e or f
    return (text.upper(), None) if re.fullmatch(r"[0-9][0-9A-F]*", text, re.ASCII) else None


def prose(text: str, known: str = "") -> bool:
    """Does it hold words that a parser would read as products of variables?

    A word is two or more letters in a row outside commands, save `or` and `and`; it is no variable product
    unless each of its letters also stands in `known`, or all are capitals. Text commands count as words too.
    """
    letters = set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", known)))
    body = re.sub(r"\\(?:begin|end|operatorname|mathbb|mathbf|vec|overline)\s*\{[^{}]*\}", " ", text)
    body = re.sub(r"\\[A-Za-z]+", " ", _TEXT.sub(r" \1 ", body))
    return any(
        word.lower() not in ("or", "and") and not set(word) <= letters and not (word.isupper() and len(word) <= 4)
        for word in re.findall(r"[A-Za-z]{2,}", body)
    )
