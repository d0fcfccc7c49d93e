"""Strings for people to look at: whatever a data set or a model wrote cannot steer a terminal or a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

# Controls, lone surrogates, line and paragraph separators, bidirectional marks, overrides and isolates,
# invisible operators, the byte-order mark, tag characters. Joiners stay: scripts and emoji need them.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def printable(text: object, limit: int | None = None, *, lines: bool = False) -> str:
    r"""The text with control, bidirectional and invisible characters written as escapes such as `\x1b`.

    At most `limit` characters of it are shown, with a note of how many are not. With `lines`, line ends and
    tabs stay; else they are shown as `\n` and `\t`.
    """
    whole = str(text)
    shown = whole if limit is None else whole[:limit]
    rest = len(whole) - len(shown)
    if lines:
        shown = shown.replace("\r\n", "\n")
    shown = _HIDDEN.sub(lambda found: found[0] if lines and found[0] in "\n\t" else _escape(found[0]), shown)
    return f"{shown}… ({rest:,} more characters)" if rest else shown


def visible(text: str) -> str:
    """The text without control, bidirectional and invisible characters; line ends and tabs stay."""
    return _HIDDEN.sub(lambda found: found[0] if found[0] in "\n\t" else "", text)


def _escape(character: str) -> str:
    code = ord(character)
    if code in (9, 10, 13):
        return {9: r"\t", 10: r"\n", 13: r"\r"}[code]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def number(value: float | None) -> str:
    """A count with thousands set apart; `–` where there is none."""
    return "–" if value is None else f"{value:,}"


def percent(value: float | None) -> str:
    """A share with one decimal; `–` where there is none."""
    return "–" if value is None else f"{100 * value:.1f} %"


def table(
    console: Console, title: str, headings: Sequence[str], rows: Iterable[Iterable[object]], *, words: int = 1
) -> None:
    """Print a table, unless it has no rows; its first `words` columns are words, the others figures."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    for i, heading in enumerate(headings):
        drawn.add_column(heading, justify="left" if i < words else "right", overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(printable(cell, 300)) for cell in row))
    if drawn.row_count:
        console.print(drawn)
