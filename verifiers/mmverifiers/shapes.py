"""Taking shapes apart: members, names of assignments, intervals, rows."""

from __future__ import annotations

import re

from mmverifiers.structure import Node, plus_minus

_NAME = re.compile(
    r"\\?[A-Za-z]+(?:_\{?[A-Za-z0-9]+\}?)?'*(?:\^\{?-1\}?)?(?:\s*\(\s*[A-Za-z0-9,\s]+\s*\))?|\\(?:angle|triangle|overline|vec|mathbf|text|mathrm)\b.*"
    r"|[A-Z]{1,4}|[A-Za-z ]{3,40}|\|[A-Z]{1,2}\|"
)
_ASKED = re.compile(r"[^0-9=]*")


def is_name(text: str) -> bool:
    """Is it the name of what is asked for: a variable, `f(x)`, `\\angle ABC`, a sum of letters, words?"""
    return bool(_NAME.fullmatch(text.strip()))


def asked_form(text: str) -> bool:
    """Is it letters joined by operators without any number, as in `a + b` or `m/n`?"""
    return bool(_ASKED.fullmatch(text)) and not re.search(r"\\(?:frac|sqrt|sin|cos|tan|log|ln)", text)


def simplified(node: Node) -> Node:
    """± written out, and a collection of one member that is a collection itself."""
    if node[0] == "leaf":
        both = plus_minus(node[1])
        return node if len(both) == 1 else ("list", *(("leaf", text) for text in both))
    if node[0] in ("list", "both", "either"):
        members = [part for member in node[1:] for part in _members(member)]
        return members[0] if len(members) == 1 else (node[0], *members)
    return node


def _members(member: Node) -> tuple[Node, ...]:
    simple = simplified(member)
    if simple[0] == "list":
        return simple[1:]
    if simple[0] == "relation" and simple[1] == ("=",) and len(simple) == 4:
        value = simplified(simple[3])
        if value[0] == "list":  # x = ±2
            return tuple(("relation", ("=",), simple[2], part) for part in value[1:])
    return (simple,)


def names_of(node: Node) -> list[str]:
    """The names of a list of assignments, empty where it is none."""
    names = []
    for member in node[1:]:
        if member[0] != "relation" or member[1] != ("=",) or member[2][0] != "leaf" or not is_name(member[2][1]):
            return []
        names.append("".join(member[2][1].split()))
    return names


def assigned(node: Node) -> Node:
    """A list of assignments as the values, in the order in which they stand."""
    if not names_of(node):
        return node
    return (node[0], *(member[3] for member in node[1:]))


def indexed(names: list[str]) -> bool:
    """Are they x_1, x_2, …: several values of one unknown?"""
    return len({name.split("_")[0] for name in names}) == 1


def is_region(node: Node) -> bool:
    if node[0] == "union":
        return True
    return node[0] == "interval" or (node[0] in ("tuple", "square") and len(node) == 3)


def intervals(node: Node) -> list[Node] | None:
    if node[0] == "union":
        parts = [intervals(part) for part in node[1:]]
        return None if any(part is None for part in parts) else [one for part in parts for one in part or ()]
    if node[0] == "set":
        return [("set", member) for member in node[1:]]
    if not is_region(node):
        return None
    if node[0] == "interval":
        return [node]
    closed = node[0] == "square"
    return [("interval", node[1], node[2], closed, closed)]


def rows(node: Node) -> list[tuple[Node, ...]] | None:
    if node[0] == "matrix":
        return list(node[1:])
    if node[0] in ("tuple", "square"):
        if all(member[0] in ("square", "tuple") for member in node[1:]):
            return [member[1:] for member in node[1:]]
        return [node[1:]]
    return None


def words(a: Node, g: Node) -> str:
    if a[0] == g[0] == "words":
        return "ok" if a[1] == g[1] else "wrong_answer"
    other, words = (a, g) if g[0] == "words" else (g, a)
    if words[1] == "empty" and other in (("set",), ("leaf", "\\{ \\}"), ("leaf", "\\{\\}")):
        return "ok"
    if words[1] == "infty" and other[0] == "leaf" and other[1].strip("+ ") == "\\infty":
        return "ok"
    if (
        words[1] == "reals"
        and other[0] == "tuple"
        and [part[1].strip("+ ") for part in other[1:]] == ["-\\infty", "\\infty"]
    ):
        return "ok"
    return "wrong_answer"
