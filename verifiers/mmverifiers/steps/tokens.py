r"""Text → tokens with positions. Every rule takes linear time, and no character is lost silently.

Code, drawings, markup and addresses become walls, which no statement crosses; marks that only set type (`\left`,
`\,`, `$`, bold) vanish, but leave a trace where they part two things that would otherwise be multiplied.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_TEXT = 200_000
"""Characters that are looked at; what comes after them holds no statement. A reasoning trace of 32,768 tokens has some
130,000."""

_SAME_WIDTH = str.maketrans(
    dict.fromkeys("−–‐‑－", "-")
    | dict.fromkeys("∙⋅•", "·")
    | dict.fromkeys("≃≅∼≒", "≈")
    | dict.fromkeys("\u00a0\u2009\u202f\u3000\t", " ")
    | dict.fromkeys("✕✖", "×")
    | dict(
        zip(
            "＋＝＜＞（）［］，．：；！％＄∗＊／⁄∕≦≧⩽⩾’０１２３４５６７８９",
            "+=<>()[],.:;!%$**///≤≥≤≥'0123456789",
            strict=True,
        )
    )
)
"""One character for one character, so that positions stay."""


class Token(NamedTuple):
    """One piece of text."""

    kind: str
    """num, rep (a repeating decimal), word, text, op, rel, cmd, open, close, sup, vulgar, dots, mark (punctuation), nl,
    wall, quote or other."""
    text: str
    """As written, but for the substitutions; a `text` token's words alone; a command without its backslash."""
    start: int
    end: int
    spaced: bool
    """Is there white space before it?"""
    gap: bool
    """Is there a delimiter of maths or type before it?"""


_HIDDEN = re.compile(
    r"""(?P<wall>
        ```.*?(?:```|\Z) | \[asy\].*?(?:\[/asy\]|\Z) | \\begin\{(?:asy|verbatim|lstlisting)\}.*?(?:\\end\{\w{3,10}\}|\Z)
      | https?://\S+ | </?[A-Za-z][A-Za-z0-9_-]{0,30}(?:\s[^<>\n]{0,200})?/?> | <!--.{0,500}?-->
      )
      | \\(?:begin|end)\s?\{(?P<env>[A-Za-z]{1,20})\*?\}(?:\{[lcr|]{1,10}\})?
      | <<(?P<note>[^<>\n]{1,300})>>""",
    re.VERBOSE | re.DOTALL,
)
_TABULAR = frozenset({"matrix", "pmatrix", "bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array", "tabular", "cases"})
"""Environments whose cells are no statements of arithmetic."""

_RAISED, _VULGAR = "⁰¹²³⁴⁵⁶⁷⁸⁹", "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_GROUP = r"(?:,|\{,\}|\\,|\\!|,\\!)"
_TOKEN = re.compile(
    rf"""(?P<space>[ ]+)
      | (?P<nl>\n\s*|={{3,}}|-{{3,}}|\\\\(?:\[[^\]\n]{{1,9}}\])?\s*|\\\[|\\\]|\$\$|\\item(?![A-Za-z]))
      | (?P<wall>\x01+)
      | (?P<rep>[0-9]{{0,12}}\.[0-9]{{0,12}}\\(?:overline|bar)\s?\{{?[0-9]{{1,12}}\}}?)
      | (?P<num>(?<=frac)[0-9]|(?<=frac\ )[0-9]
          |[0-9]{{1,3}}(?:{_GROUP}[0-9]{{3}}){{1,9}}(?![0-9])(?:\.[0-9]+)?
          |[0-9]{{1,2}}(?:,[0-9]{{2}}){{1,6}},[0-9]{{3}}(?![0-9])
          |[0-9]{{1,12}},[0-9]{{1,12}}(?![0-9]|,[0-9])
          |(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{{1,4}}(?![A-Za-z0-9]))?)
      | \\(?:text|mbox|mathrm|textrm|operatorname)\*?\s?\{{(?P<text>[^{{}}\\0-9=<>$]{{0,200}})\}}
      | (?P<pow>(?<=[0-9a-z)])\*\*(?=[0-9(a-z-]))
      | (?P<gap>\\[()]|\\?\$|[€£¥₹₩¢&`]|\*\*|\\(?:textbf|textit|emph|mathbf|boldsymbol|boxed|fbox|displaystyle|textstyle
          |underline)(?![A-Za-z]))
      | (?P<skip>\\[,;:! ]|\\(?:left|right|[bB]igg?[lr]?|limits|phantom\{{\}})(?![A-Za-z])\.?)
      | (?P<dots>\.\.\.+|…|⋯|\\[lc]?dots[cbm]?(?![A-Za-z]))
      | (?P<arrow>[-=]{{1,3}}>|<[-=]+>|<-(?![0-9])|[→⇒⟹⇔←⟶↦∴∵✓✔✅➡➜]|\\(?:[Rr]ightarrow|[Ll]eft(?:right)?arrow
          |Leftrightarrow|Longrightarrow|longrightarrow|to|implies|iff|mapsto|quad|qquad|therefore|because|hspace\{{[^{{}}]{{0,9}}\}})
          (?![A-Za-z]))
      | (?P<rel>:=|[+*/-]=(?!=)|=/=|\\not\s?=|!=|<>|<=|>=|==+|[=<>≤≥≈~≠≡]
          |\\(?:leqslant|geqslant|leq?|geq?|lt|gt|approx|simeq|cong|sim|neq?|equiv|doteq)(?![A-Za-z]))
      | (?P<cmd>\\(?:[A-Za-z]+|.))
      | (?P<word>[^\W\d_{_RAISED}{_VULGAR}]+(?:'[a-z]+)?)
      | (?P<open>[(\[{{]) | (?P<close>[)\]}}])
      | (?P<sup>[{_RAISED}]+) | (?P<vulgar>[{_VULGAR}])
      | (?P<mark>[.,;:?—]|--) | (?P<op>[-+*/×÷·^!%°_±|√]) | (?P<quote>["“”«»]) | (?P<other>.)""",
    re.VERBOSE,
)
_NAMES = {"≤": "<=", "≥": ">=", "≈": "~", "≠": "!=", "=/=": "!=", "<>": "!=", "lt": "<", "gt": ">", "doteq": "~"} | {
    **dict.fromkeys(("le", "leq", "leqslant"), "<="),
    **dict.fromkeys(("ge", "geq", "geqslant"), ">="),
    **dict.fromkeys(("approx", "simeq", "cong", "sim"), "~"),
    **dict.fromkeys(("ne", "neq"), "!="),
}
"""Relations by their usual spelling; `=`, `<`, `>`, `<=`, `>=`, `~` and `!=` are known, all others are opaque."""


def hide(text: str) -> tuple[str, str, list[tuple[int, int]]]:
    """(text with what is neither prose nor maths walled off, text, spans of calculator notes `<<3+4=7>>` in it).

    Both are as long as the text, in the substitute characters. In the first, the notes are white space.
    """
    notes: list[tuple[int, int]] = []

    def cover(found: re.Match[str]) -> str:
        width = found.end() - found.start()
        if found.lastgroup == "note":
            notes.append(found.span("note"))
            return " " * width
        if found.lastgroup == "env" and found["env"] not in _TABULAR:
            return "\n".ljust(width)
        return "\x01" * width

    plain = text[:MAX_TEXT].replace("\x01", "\x02").replace("\r", "\n").translate(_SAME_WIDTH)
    return _HIDDEN.sub(cover, plain), plain, notes


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of a part of a text that went through `hide`."""
    found: list[Token] = []
    spaced = gap = bold = False
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup or "other"
        if kind == "space":
            spaced = True
            continue
        if kind in ("gap", "skip") or (kind == "pow" and bold):
            gap = gap or kind != "skip"
            bold = bold != (match.group() == "**")
            continue
        bold = bold and kind != "nl"
        written = match[kind]
        if kind == "rel":
            written = written.removeprefix("\\")
            written = _NAMES.get(written, "=" if set(written) == {"="} else "!=" if "not" in written else written)
        elif kind == "cmd":
            written = written[1:]
            kind = "op" if written == "%" else kind
        elif kind == "pow":
            kind, written = "op", "^"
        found.append(Token(kind, written, match.start(), match.end(), spaced, gap))
        spaced = gap = False
    return found
