r"""Reading an answer's outer shape: lists, tuples, sets, intervals, unions, matrices, relations, ±.

A node is a tuple: `("leaf", text)`, `("words", name)`, `("list" | "tuple" | "set" | "square" | "union", *nodes)`,
`("matrix", *rows)`, `("both" | "either", node, node)` for two parts joined by "and" or "or",
`("interval", low, high, closed low?, closed high?)`, or `("relation", operators, *nodes)`.
`tuple` is round brackets, which may also be an open interval; `square` is square ones; `list` has no brackets.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from mmverifiers.number import parse_number

Node = tuple[Any, ...]

MAX_PARTS = 400
"""Most members of a list that is read."""
MAX_NESTED = 6
"""Deepest nesting of brackets that is read as structure."""

_OPEN = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_MARK = re.compile(r"\\(?:begin|end)\s*\{\w+\*?\}|\\[A-Za-z]+|\\.|[()\[\]{}]|[<>=,;]| (?:or|and) |.", re.DOTALL)
_RELATIONS = {
    "=": "=", "<": "<", ">": ">", "\\le": "<=", "\\ge": ">=", "\\ne": "!=", "\\in": "in", "\\approx": "~",
    "\\to": "=", "\\rightarrow": "=", "\\implies": "=", "\\equiv": "mod", "\\sim": "sim", "\\subset": "sub",
    "\\subseteq": "sub", "\\perp": "perp", "\\parallel": "par", "\\cong": "cong",
}  # fmt: skip
_MATRIX = re.compile(r"\\begin\s*\{([pbBvV]?matrix|array|smallmatrix)\}(?:\s*\{[^{}]*\})?(.*)\\end\s*\{\1\}", re.DOTALL)
_CASES = re.compile(
    r"\\begin\s*\{(?:cases|array|aligned|align\*?)\}(.*)\\end\s*\{(?:cases|array|aligned|align\*?)\}", re.DOTALL
)
_SUCH_THAT = re.compile(r"\s*([A-Za-z](?:\s*\\in\s*(?:\\mathbb\s*\{?\w\}?|\\R))?)\s*(?:\||:)\s*(.*)", re.DOTALL)
_PLUS_MINUS = re.compile(r"\\(?:pm|mp)(?![A-Za-z])")
_NAMED = {
    "no solution": "empty", "no solutions": "empty", "no real solution": "empty", "no real solutions": "empty",
    "empty set": "empty", "the empty set": "empty", "no real roots": "empty", "none": "empty", "emptyset": "empty",
    "no such value": "empty", "no values": "empty", "no value": "empty", "undefined": "undefined", "dne": "undefined",
    "does not exist": "undefined", "not defined": "undefined", "all real numbers": "reals", "all reals": "reals",
    "all real": "reals", "mathbb r": "reals", "real numbers": "reals", "any real number": "reals", "r": "",
    "infinitely many": "infinite", "infinitely many solutions": "infinite", "infinite": "infty",
    "infinite solutions": "infinite", "infinity": "infty", "diverges": "diverges", "divergent": "diverges",
}  # fmt: skip


_POINT = re.compile(r"[A-Z]'?\s*\((.+)\)", re.DOTALL)
_WORD = re.compile(r"(?<![\\A-Za-z{])[a-z]{3,}(?![A-Za-z}])")
_EXISTS = re.compile(r"^(?:there |it |the (?:equation|system|problem|limit) )?(?:is|are|has|have|exists?) ")


def named(text: str) -> str:
    """The one name of an answer in words such as "no solution" or `\\emptyset`; empty where it is none."""
    words = " ".join(
        re.findall(r"[A-Za-z]+", re.sub(r"\\(?:text|mbox|mathrm|textbf)(?![A-Za-z])", " ", text))
    ).casefold()
    words = _EXISTS.sub("", words)
    if not words or re.search(r"\d|[-+*/^=]", text):
        return ""
    return _NAMED.get(words, "")


@lru_cache(maxsize=4096)
def read_structure(text: str, nested: int = 0) -> Node:
    """The shape of a tidied answer; a leaf where it has none."""
    text = text.strip()
    if "," in text or ";" in text:  # ]0, 1[ as it is written in French
        text = "(" + text[1:] if text[:1] == "]" else text
        text = text[:-1] + ")" if text[-1:] == "[" else text
    if name := named(text):
        return ("words", name)
    if nested > MAX_NESTED:
        return ("leaf", text)
    if cases := _CASES.fullmatch(text):
        rows = re.split(r"\\\\", cases.group(1))
        if text.startswith("\\begin{cases}") and all(row.count("&") == 1 for row in rows if row.strip()):
            branches = [[_bare_branch(cell) for cell in row.split("&")] for row in rows if row.strip()]
            return ("set", *(("tuple", *(read_structure(cell, nested + 1) for cell in branch)) for branch in branches))
        rows = [row.replace("&", " ").strip() for row in rows]
        return _parts([row.rstrip(",; ") for row in rows if row.strip()], nested)
    for separators in ((" or ", " and ", ";"), (",",)):
        parts, marks = _split(text, separators)
        if len(parts) > 1:
            if len(parts) == 2 and marks[0] in (" and ", " or "):
                shape = "both" if marks[0] == " and " else "either"
                return (shape, *(read_structure(part, nested + 1) for part in parts))
            parts = [part.strip().removeprefix("and ").removeprefix("or ").strip() for part in parts]
            return _parts([part for part in parts if part], nested)
    return _relation(text, nested) or _bracketed(text, nested)


def _bare_branch(cell: str) -> str:
    """A value or a condition of a piecewise function, without commas and words."""
    cell = re.sub(r"\\(?:text|mbox|mathrm)\s*\{[^{}]*\}|\b(?:if|for|when|otherwise)\b", " ", cell)
    return cell.strip().strip(",;. ")


def split(text: str, separators: tuple[str, ...]) -> list[str]:
    """The parts of a text between separators that stand in no bracket."""
    return _split(text, separators)[0]


def _split(text: str, separators: Any) -> tuple[list[str], list[str]]:
    depth = 0
    parts, marks, start = [], [], 0
    for token in _MARK.finditer(text):
        mark = token.group()
        if mark in _OPEN:
            depth += _OPEN[mark]
        elif mark in ("\\{", "\\}"):
            depth += 1 if mark == "\\{" else -1
        elif mark.startswith(("\\begin", "\\end")):
            depth += 1 if mark.startswith("\\begin") else -1
        elif depth <= 0 and mark in separators:
            parts.append(text[start : token.start()])
            marks.append(mark)
            start = token.end()
    parts.append(text[start:])
    return (parts, marks) if len(parts) <= MAX_PARTS else ([text], [])


def _parts(parts: list[str], nested: int) -> Node:
    if len(parts) == 1:
        return read_structure(parts[0], nested + 1)
    return ("list", *(read_structure(part, nested + 1) for part in parts))


def _relation(text: str, nested: int) -> Node | None:
    parts, marks = _split(text, _RELATIONS)
    if not marks:
        return None
    if not parts[0].strip() and marks[0] == "=":  # "= 5"
        parts, marks = parts[1:], marks[1:]
        if not marks:
            return read_structure(parts[0], nested + 1)
    if not all(part.strip() for part in parts) or any(_WORD.search(part) for part in parts[1:-1]):
        return ("leaf", text)  # nothing, or words, between two signs
    return (
        "relation",
        tuple(_RELATIONS[mark] for mark in marks),
        *(_bracketed(part.strip(), nested) for part in parts),
    )


def _bracketed(text: str, nested: int) -> Node:
    if without := _without(text, nested):
        return without
    unions = _split(text, ("\\cup",))[0]
    if len(unions) > 1:
        members = [_bracketed(part.strip(), nested + 1) for part in unions]
        if all(member[0] == "set" for member in members):
            return ("set", *(point for member in members for point in member[1:]))
        return ("union", *members)
    if matrix := _MATRIX.fullmatch(text):
        if matrix.group(1) in ("vmatrix", "Vmatrix"):
            return ("leaf", text)
        rows = [
            row for row in re.split(r"\\\\(?:\[[^\]]*\])?", matrix.group(2)) if row.strip() and row.strip() != "\\hline"
        ]
        return ("matrix", *(tuple(read_structure(cell, nested + 1) for cell in row.split("&")) for row in rows))
    if (point := _POINT.fullmatch(text)) and len(split(point.group(1), (",", ";"))) > 1:
        text = f"({point.group(1)})"  # P(2, 3)
    left, right, inside = _ends(text)
    if inside.strip().startswith("\\begin") and left in ("(", "["):
        return _bracketed(inside.strip(), nested + 1)
    if not left:
        return ("leaf", text)
    if left == "\\{":
        if such := _SUCH_THAT.fullmatch(inside):
            return read_structure(such.group(2), nested + 1)
        parts = [part for part in split(inside, (",", ";")) if part.strip()]
        return ("set", *(read_structure(part, nested + 1) for part in parts))
    parts = split(inside, (",", ";"))
    if len(parts) == 1:
        inner = read_structure(inside, nested + 1)
        return (
            inner if inner[0] != "leaf" and (left, right) == ("(", ")") else ("leaf", inside if left == "(" else text)
        )
    nodes = [read_structure(part, nested + 1) for part in parts]
    if (left, right) == ("(", ")"):
        return ("tuple", *nodes)
    if (left, right) == ("[", "]"):
        return ("square", *nodes)
    return ("interval", *nodes, left == "[", right == "]") if len(nodes) == 2 else ("leaf", text)


def _without(text: str, nested: int) -> Node | None:
    """The real numbers without some points, as a union of intervals; None for anything else."""
    parts = _split(text, ("\\setminus", "\\backslash", "\\smallsetminus"))[0]
    if len(parts) != 2 or "mathbb" not in parts[0] or "R" not in parts[0]:
        return None
    points = read_structure(parts[1], nested + 1)
    values = [parse_number(point[1]) if point[0] == "leaf" else None for point in points[1:]]
    if points[0] != "set" or any(value is None for value in values):
        return None
    ordered = sorted(zip(((v.value if v else 0) for v in values), points[1:], strict=True), key=lambda pair: pair[0])
    ends: list[Node] = [("leaf", "-\\infty"), *(point for _, point in ordered), ("leaf", "\\infty")]
    return ("union", *(("interval", low, high, False, False) for low, high in pairwise(ends)))


def _ends(text: str) -> tuple[str, str, str]:
    """(opening, closing, inside) of a bracket around the whole text; empty strings where there is none."""
    left = "\\{" if text.startswith("\\{") else text[:1]
    right = "\\}" if text.endswith("\\}") else text[-1:]
    if left == "\\langle":
        left = "("
    if (left == "\\{") != (right == "\\}") or left not in ("(", "[", "]", "\\{") or right not in (")", "]", "[", "\\}"):
        return "", "", ""
    depth = 0
    for token in _MARK.finditer(text):
        mark = token.group()
        depth += _OPEN.get(mark, 1 if mark in ("\\{",) or mark.startswith("\\begin") else 0)
        depth -= 1 if mark == "\\}" or mark.startswith("\\end") else 0
        if depth <= 0 and token.end() < len(text):
            return "", "", ""
    return left, right, text[len(left) : len(text) - len(right)]


def plus_minus(text: str) -> list[str]:
    """The two texts that a text with ± stands for; the text alone where there is none."""
    if not _PLUS_MINUS.search(text):
        return [text]
    upper = text.replace("\\pm", "+").replace("\\mp", "-")
    lower = text.replace("\\pm", "-").replace("\\mp", "+")
    return [upper.strip().removeprefix("+").strip(), lower.strip()]
