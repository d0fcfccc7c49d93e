"""Finding statements: chains such as `a = b = c`, and sentences such as "20% of 50 is 10". Linear in the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mmverifiers.steps.cursor import FUNCTIONS
from mmverifiers.steps.edges import ends_whole, is_bullet, label_end, starts_whole, trailing_unit
from mmverifiers.steps.formula import Formula, read
from mmverifiers.steps.nodes import Node, walk
from mmverifiers.steps.tokens import Token, hide, tokens

MAX_STATEMENTS = 4_000
"""Statements of a text that are looked at, and as many in calculator notes."""
_ABOUT = frozenset("about approximately around roughly nearly almost approx".split())
_EXACTLY = frozenset("exactly just precisely only".split())
_OPERATIONS = frozenset(
    "add sub pm mul div mod pow root fact choose func floor ceil abs".split()
)  # what computes something; a sign, a percentage or a degree does not
_OPENERS = frozenset("num rep vulgar open op cmd dots text".split())


class Side(NamedTuple):
    """One formula of a chain."""

    node: Node
    size: int
    """Its parts, counted."""
    start: int
    end: int
    """Characters in the text."""
    units: tuple[str, ...]
    """Words beside its numbers."""
    sure: bool
    """Is it all there, as far as its neighbours tell?"""
    symbolic: bool
    """Does it hold variables, or what cannot be computed?"""
    bare: bool
    """Is it one number, without an operation?"""
    money: bool
    """Is there a currency sign?"""


class Link(NamedTuple):
    """Two neighbours in a chain and the relation between them."""

    left: Side
    relation: str
    right: Side
    spoken: bool
    """Is the relation a word?"""


def links(text: str) -> list[Link]:
    """All statements of a text, by position. Never raises."""
    hidden, plain, notes = hide(text)
    found = list(_chains(tokens(hidden), plain))
    for start, end in notes[:MAX_STATEMENTS]:
        found += _chains(tokens(plain, start, end), plain)
    return sorted(found, key=lambda link: (link.left.start, link.right.end))


def _chains(seen: list[Token], text: str) -> Iterator[Link]:
    at, dead, count = 0, set[int](), 0
    while at < len(seen) and count < MAX_STATEMENTS:
        at = label_end(seen, at)
        formula = read(seen, at, dead) if _may_open(seen[at]) and not is_bullet(seen, at) else None
        if formula is None:
            at += 1
            continue
        formulas, relations = [(at, formula)], list[tuple[str, bool]]()
        own_line = at == 0 or seen[at - 1].kind in ("nl", "wall")
        at = formula.end
        while len(relations) < MAX_STATEMENTS and (step := _relation(seen, at, own_line or bool(relations))):
            name, start, spoken = step
            following = read(seen, start, dead) if start < len(seen) else None
            if following is None:
                break
            formulas.append((start, following))
            relations.append((name, spoken))
            at = following.end
        count += len(relations)
        if relations:
            yield from _links(seen, text, formulas, relations)


def _may_open(token: Token) -> bool:
    """Can a formula start with this token? Spares a try at every word of the prose."""
    if token.kind == "word":
        return len(token.text) == 1 or token.text in FUNCTIONS
    return token.kind in _OPENERS


def _links(
    seen: list[Token], text: str, formulas: list[tuple[int, Formula]], relations: list[tuple[str, bool]]
) -> Iterator[Link]:
    sides = []
    for place, (at, formula) in enumerate(formulas):
        parts = [node.op for node in walk(formula.node)]
        ops = set(parts)
        bare = ops.isdisjoint(_OPERATIONS)
        start, end = seen[at].start, seen[formula.end - 1].end
        sure = True
        if place == 0:  # a single number before two relations is the name of what is computed
            sure = starts_whole(seen, at, bare) and not (bare and (formula.units or len(relations) > 1))
        if place == len(relations):
            sure = sure and ends_whole(seen, formula.end, not ops.isdisjoint(("pct", "div")))
        sides.append(
            Side(
                node=formula.node,
                size=len(parts),
                start=start,
                end=end,
                units=(*formula.units, *trailing_unit(seen, formula.end)),
                sure=sure,
                symbolic=not ops.isdisjoint(("sym", "unknown")),
                bare=bare,
                money=not set("$€£¥₹₩¢").isdisjoint(text[max(start - 2, 0) : end + 1]),
            )
        )
    for (name, spoken), left, right in zip(relations, sides, sides[1:], strict=False):
        yield Link(left, name, right, spoken)


def _relation(seen: list[Token], at: int, lines: bool) -> tuple[str, int, bool] | None:
    """(relation, index after it, is it a word) at a token; on the next line only where `lines` says so."""
    if lines and at + 1 < len(seen) and _line_break(seen[at]) and seen[at + 1].kind == "rel":
        at += 1
    if at >= len(seen) or seen[at].kind not in ("rel", "word"):
        return None
    name, spoken = seen[at].text, seen[at].kind == "word"
    at += 1
    if spoken:
        if name not in ("is", "are", "equals", "equal"):
            return None
        name, at = _spoken(seen, at)
    elif at < len(seen) and _line_break(seen[at]):
        at += 1
    while at < len(seen) and (word := seen[at].text.strip().lower()) in _ABOUT | _EXACTLY:
        name = "~" if name == "=" and word in _ABOUT else name
        at += 1
    return name, at, spoken


def _line_break(token: Token) -> bool:
    """A line's end, but no blank line or rule."""
    return token.kind == "nl" and token.text.count("\n") <= 1 and token.text[:1] in ("\n", "\\")


def _spoken(seen: list[Token], at: int) -> tuple[str, int]:
    """The relation that goes on after "is" or "equals", and the index after it."""
    words = [token.text for token in seen[at : at + 2]]
    if words[:1] == ["to"]:
        return "=", at + 1
    if words == ["equal", "to"]:
        return "=", at + 2
    if words in (["less", "than"], ["smaller", "than"]):
        return "<", at + 2
    if words in (["greater", "than"], ["more", "than"], ["larger", "than"], ["bigger", "than"]):
        return ">", at + 2
    return "=", at
