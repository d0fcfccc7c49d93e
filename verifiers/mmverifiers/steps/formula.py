"""Tokens → formula: a reader for arithmetic as people write it, in prose, ASCII, unicode and LaTeX.

It reads the longest formula that starts at a token. Where a spelling has two readings, both are kept (`either`): a
statement is false only if it is false in each of them. It evaluates nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from mmverifiers.steps.cursor import FUNCTIONS, MAX_DEPTH, OVER, TIMES, Cursor, Stop, sign, unit
from mmverifiers.steps.nodes import UNKNOWN, Node, is_ratio, raised, whole
from mmverifiers.steps.operands import FRACTIONS, GREEK, bracket, operand, skip
from mmverifiers.steps.tokens import Token
from mmverifiers.steps.words import GLUED, SCALES, SHORT


class Formula(NamedTuple):
    """What was read."""

    node: Node
    end: int
    """Index of the first token that is no part of it."""
    units: tuple[str, ...]
    """Words that stand beside its numbers, in order."""


def read(tokens: list[Token], at: int, dead: set[int] | None = None) -> Formula | None:
    """The longest formula that starts at a token, or None. Never raises; takes a bounded number of steps.

    dead: what earlier calls on the same tokens found to be no formula in brackets.
    """
    cursor = Cursor(tokens, at, _sum, set() if dead is None else dead)
    try:
        node = _sum(cursor, 0)
    except Stop:
        return None
    return Formula(node, cursor.at, tuple(cursor.units))


_ADDITIONS = {"+": "add", "plus": "add", "-": "sub", "minus": "sub", "±": "pm"}


def _sum(cursor: Cursor, depth: int) -> Node:
    left = _product(cursor, depth)
    while op := _ADDITIONS.get(sign(cursor.peek())):
        back, units = cursor.at, len(cursor.units)
        cursor.at += 1
        try:
            left = Node(op, (left, _product(cursor, depth)))
        except Stop:
            cursor.back_to(back, units)
            break
    return left


def _product(cursor: Cursor, depth: int) -> Node:
    first = _signed(cursor, depth)
    rest: list[tuple[str, Node]] = []
    while True:
        back, units = cursor.at, len(cursor.units)
        op = _joint(cursor, rest[-1][1] if rest else first)
        if not op:
            break
        try:
            rest.append((op, _power(cursor, depth) if op in ("implied", "aside") else _signed(cursor, depth)))
        except Stop:
            cursor.back_to(back, units)
            break
    loose, tight = _fold(first, rest), _tightened(rest)
    return loose if len(tight) == len(rest) else Node("either", (loose, _fold(first, tight)))


def _tightened(rest: list[tuple[str, Node]]) -> list[tuple[str, Node]]:
    """The factors with what may be one divisor as one: 1/2(3) is 1/(2·3), 6 / 1/2 is 6 / (1/2), and so for 2 × 10^8."""
    tight: list[tuple[str, Node]] = []
    closed = False
    for op, node in rest:
        scientific = op == "mul" and node.op == "pow" and node.args[0].value == 10
        if tight and tight[-1][0] == "div" and not closed and (scientific or op in ("implied", "div")):
            tight[-1] = ("div", Node("div" if op == "div" else "mul", (tight[-1][1], node)))
            closed = op != "implied"
        else:
            tight.append((op, node))
            closed = False
    return tight


def _fold(first: Node, rest: list[tuple[str, Node]]) -> Node:
    for op, node in rest:
        if op == "aside":  # 10 (2 × 5) + 3: a product, or a remark
            first = Node("either", (Node("mul", (first, node)), first))
        else:
            first = UNKNOWN if op == "unknown" else Node("mul" if op == "implied" else op, (first, node))
    return first


def _joint(cursor: Cursor, left: Node) -> str:
    """Step over what joins two factors, and say what it does; nothing where the term ends."""
    token, after = cursor.peek(), cursor.peek(1)
    word = sign(token)
    op, width = "", 1
    if word in TIMES or (word == "of" and (left.op == "pct" or is_ratio(left))):
        op = "mul"
    elif word in OVER:
        op = "div"
    elif word in ("mod", "choose"):
        op = word
    elif word in ("multiplied", "divided") and after.text == "by":
        op, width = ("mul" if word == "multiplied" else "div"), 2
    elif word in ("x", "X") and token.kind == "word" and not token.gap and _factor_follows(after, token):
        op = "mul"
    elif word in ("C", "P") and not token.spaced and after.kind == "num" and not after.spaced:
        op = "choose" if word == "C" else "unknown"
    elif _implied(cursor, token, after):
        return "aside" if token.kind == "open" and token.spaced else "implied"
    cursor.at += width if op else 0
    return op


def _factor_follows(token: Token, times: Token) -> bool:
    """Can `x` before this token be a times sign?"""
    if token.kind == "open":
        return token.text == "(" and token.spaced and times.spaced
    return token.kind in ("num", "rep", "vulgar") or token.text in FRACTIONS | {"sqrt", "√"}


def _implied(cursor: Cursor, token: Token, after: Token) -> bool:
    """Is the next factor written without a sign?"""
    if token.gap:
        return False
    if token.kind == "open":
        return token.text == "(" or (token.text == "[" and not token.spaced)
    if token.kind == "num":
        return not token.spaced and cursor.tokens[cursor.at - 1].text in (")", "}", "!")
    if token.kind == "word":
        if token.text in ("a", "A", "I") and token.spaced and after.kind in ("word", "text"):
            return False  # "15 a day"
        if len(token.text) == 1 or token.text in FUNCTIONS:
            return True
        variables = len(token.text) <= 3 and token.text.lower() not in SHORT and token.text not in GLUED | set(SCALES)
        return variables and not token.spaced
    return token.text == "√" or (token.kind == "cmd" and token.text in GREEK | FUNCTIONS | FRACTIONS | {"pi"})


def _signed(cursor: Cursor, depth: int) -> Node:
    mark = sign(cursor.peek())
    if mark not in ("-", "+", "±"):
        return _power(cursor, depth)
    if depth >= MAX_DEPTH:
        raise Stop
    cursor.at += 1
    inner = _signed(cursor, depth + 1)
    if mark == "±":
        return Node("pm", (whole(0), inner))
    if mark == "+":
        return inner
    if inner.op == "pow" and inner.args[0].op == "num":  # -3^2 is -9; some mean 9
        return Node("either", (Node("neg", (inner,)), Node("pow", (Node("neg", inner.args[:1]), inner.args[1]))))
    return Node("neg", (inner,))


def _power(cursor: Cursor, depth: int) -> Node:
    """An operand and all that follows it: exponents, `!`, `%`, `°`, units."""
    node = operand(cursor, depth)
    while (longer := _longer(cursor, node, depth)) is not None:
        node = longer
    return node


def _longer(cursor: Cursor, node: Node, depth: int) -> Node | None:
    """The operand with the next thing that follows it, or None."""
    token, after = cursor.peek(), cursor.peek(1)
    back, units = cursor.at, len(cursor.units)
    cursor.at += 1
    if token.kind == "sup":
        return Node("pow", (node, raised(token.text)))
    if token.text == "^" and token.kind == "op":
        cursor.at = back
        if _degree(cursor):
            return Node("deg", (node,))
        cursor.at = back + 1
        try:
            return Node("pow", (node, _exponent(cursor, depth)))
        except Stop:
            cursor.back_to(back, units)
            return None
    if token.text == "°" or (token.kind == "cmd" and token.text == "degree"):
        return Node("deg", (node,))
    if token.text == "!" and not token.spaced:
        return UNKNOWN if cursor.peek().text == "!" else Node("fact", (node,))
    if token.text == "%" and token.spaced and after.kind in ("num", "open") and after.spaced:
        try:
            return Node("maybe", (Node("mod", (node, _power(cursor, depth + 1))),))
        except Stop:
            cursor.back_to(back, units)
            return None
    if token.text in ("%", "percent"):
        return Node("pct", (node,))
    if token.text in SCALES and token.kind == "word" and node.op == "num":
        scaled = Node("mul", (node, whole(SCALES[token.text])))
        return Node("either", (scaled, node)) if len(token.text) > 1 else Node("maybe", (scaled,))
    if token.kind == "dots" and not token.spaced and node.op == "num":
        return Node("cut", (node,))
    if token.text == "_" and not token.spaced and cursor.peek().kind != "end":
        cursor.at += 1
        if after.kind == "open":
            cursor.at = back + 1
            try:
                skip(cursor)
            except Stop:
                cursor.at = back
                return None
        return UNKNOWN if node.op != "sym" else node._replace(text=f"{node.text}_{cursor.tokens[cursor.at - 1].text}")
    cursor.at = back
    return node if unit(cursor) else None


def _degree(cursor: Cursor) -> bool:
    r"""Step over `^\circ` or `^{\circ}`."""
    for form in (("^", "circ"), ("^", "{", "circ", "}"), ("^", "o")):
        if tuple(cursor.peek(ahead).text for ahead in range(len(form))) == form:
            cursor.at += len(form)
            return True
    return False


def _exponent(cursor: Cursor, depth: int) -> Node:
    mark = cursor.peek().text
    if mark in ("-", "+"):
        cursor.at += 1
        inner = _power(cursor, depth + 1)
        return Node("neg", (inner,)) if mark == "-" else inner
    return bracket(cursor, depth) if mark == "{" else _power(cursor, depth + 1)
