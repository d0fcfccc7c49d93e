"""What signs of operation stand between: numbers, brackets, roots, functions, variables."""

from __future__ import annotations

from mmverifiers.steps.cursor import FUNCTIONS, MAX_DEPTH, Cursor, Stop
from mmverifiers.steps.nodes import UNKNOWN, Node, number, repeating, vulgar, whole

GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau phi "
    "varphi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega ell".split()
)
"""Commands that are variables."""
FRACTIONS = frozenset(("frac", "dfrac", "tfrac", "cfrac"))
"""Commands that are fractions."""
_BINOMIALS = frozenset(("binom", "dbinom", "tbinom"))
_BETWEEN = {"lfloor": "floor", "lceil": "ceil", "lvert": "abs"}
_CLOSING = {"(": ")", "[": "]", "{": "}", "lfloor": "rfloor", "lceil": "rceil", "lvert": "rvert", "|": "|"}


def operand(cursor: Cursor, depth: int) -> Node:
    """One operand, without what may follow it. Stop where there is none."""
    if depth >= MAX_DEPTH:
        raise Stop
    token = cursor.peek()
    if token.kind == "num":
        return _numeral(cursor)
    if token.kind in ("rep", "vulgar"):
        cursor.at += 1
        return repeating(token.text) if token.kind == "rep" else vulgar(token.text)
    if token.kind == "open" or token.text == "|":
        node = bracket(cursor, depth)
        return Node("abs", (node,)) if token.text == "|" else node
    if token.kind == "dots":
        cursor.at += 1
        return UNKNOWN
    if token.text == "√":
        cursor.at += 1
        return _root(cursor, depth)
    if token.kind in ("word", "text", "cmd"):
        return _named(cursor, depth)
    raise Stop


def bracket(cursor: Cursor, depth: int) -> Node:
    """A formula in brackets."""
    closing, start = _CLOSING[cursor.peek().text], cursor.at
    if depth >= MAX_DEPTH or start in cursor.dead:
        raise Stop
    cursor.dead.add(start)
    cursor.at += 1
    node = cursor.inner(cursor, depth + 1)
    if cursor.peek().text != closing:
        raise Stop
    cursor.at += 1
    cursor.dead.discard(start)
    if closing == ")" and node.op == "num" and "," in cursor.tokens[cursor.at - 2].text:
        return Node("maybe", (node,))  # (1,234) may be a pair
    return node


def group(cursor: Cursor, depth: int) -> Node:
    """An argument of a command: `{…}`, or one digit or letter."""
    token = cursor.peek()
    if token.kind == "open" and token.text == "{":
        return bracket(cursor, depth)
    cursor.at += 1
    if token.kind == "num":
        return number(token.text) if len(token.text) == 1 else Node("maybe", (number(token.text),))
    if token.kind == "word" and len(token.text) == 1:
        return Node("sym", text=token.text)
    raise Stop


def skip(cursor: Cursor) -> None:
    """Step over one token, or a whole bracket."""
    opened: list[int] = []
    while True:
        token = cursor.peek()
        if token.kind == "end" or cursor.at in cursor.dead:
            cursor.dead.update(opened)
            raise Stop
        if token.kind == "open":
            opened.append(cursor.at)
        elif token.kind == "close" and opened:
            opened.pop()
        cursor.at += 1
        if not opened:
            return


def _numeral(cursor: Cursor) -> Node:
    """A number, a mixed number, or one with a space between its groups of three digits."""
    token, after = cursor.peek(), cursor.peek(1)
    cursor.at += 1
    short = token.text.isdigit() and len(token.text) <= 3
    if short and after.kind == "num" and after.spaced and not after.gap:
        if _fraction_follows(cursor):
            top, bottom = number(after.text), number(cursor.peek(2).text)
            cursor.at += 3
            return Node("add", (number(token.text), Node("div", (top, bottom))))
        if len(after.text.partition(".")[0]) == 3 and "," not in after.text:
            cursor.at += 1
            joined = number(token.text + after.text)
            return joined if joined.op == "maybe" else Node("maybe", (joined,))
    node = number(token.text)
    if after.text == "(" and not after.spaced and "." in token.text and _period_follows(cursor):
        period = repeating(f"{token.text}\\{cursor.peek(1).text}")
        product = Node("mul", (node, number(cursor.peek(1).text)))
        cursor.at += 3
        return Node("either", (product, period))  # 0.1(6)
    if after.kind == "vulgar" and not after.gap:
        cursor.at += 1
        return Node("add", (node, vulgar(after.text)))
    if after.kind == "cmd" and after.text in FRACTIONS and not after.gap and token.text.isdigit():
        part = _named(cursor, MAX_DEPTH - 2)  # 2\frac12 is mixed, or a product
        return Node("either", (Node("add", (node, part)), Node("mul", (node, part))))
    return node


def _period_follows(cursor: Cursor) -> bool:
    digits = cursor.peek(1).text
    return digits.isascii() and digits.isdigit() and len(digits) < 13 and cursor.peek(2).text == ")"


def _fraction_follows(cursor: Cursor) -> bool:
    """Is `1/2` next, without spaces and below one?"""
    top, slash, bottom = cursor.peek(), cursor.peek(1), cursor.peek(2)
    if slash.text != "/" or slash.spaced or bottom.spaced or bottom.kind != "num":
        return False
    short = top.text.isdigit() and bottom.text.isdigit() and len(bottom.text) < 4
    return short and len(top.text) <= len(bottom.text) and int(top.text) < int(bottom.text)


def _root(cursor: Cursor, depth: int) -> Node:
    degree = bracket(cursor, depth) if cursor.peek().text == "[" else whole(2)
    if cursor.peek().kind == "open":
        return Node("root", (bracket(cursor, depth), degree))
    digit = cursor.tokens[cursor.at - 1].kind == "cmd" and len(cursor.peek().text) == 1
    under = _numeral(cursor) if cursor.peek().kind == "num" else group(cursor, depth)
    root = Node("root", (under, degree))
    return root if digit and under.op == "num" else Node("maybe", (root,))  # how far does the sign reach?


def _named(cursor: Cursor, depth: int) -> Node:
    """What a word or a command stands for."""
    token, after = cursor.peek(), cursor.peek(1)
    name = token.text.strip()
    cursor.at += 1
    if token.kind == "cmd":
        if name in FRACTIONS | _BINOMIALS:
            args = (group(cursor, depth + 1), group(cursor, depth + 1))
            return Node("choose" if name in _BINOMIALS else "div", args)
        if name in _BETWEEN:
            cursor.at -= 1
            return Node(_BETWEEN[name], (bracket(cursor, depth),))
        if name == "infty":
            return UNKNOWN
    if name in ("pi", "π") and token.kind != "text":
        return Node("func", text="pi")
    if name == "sqrt":
        return _root(cursor, depth)
    if name in FUNCTIONS:
        return _function(cursor, name, depth)
    if name in GREEK or (len(name) == 1 and name.isalpha() and token.kind == "word"):
        if after.text == "(" and not after.spaced and not after.gap:
            skip(cursor)  # f(3)
            return UNKNOWN
        return Node("sym", text=name)
    raise Stop


def _function(cursor: Cursor, name: str, depth: int) -> Node:
    base: tuple[Node, ...] = ()
    if cursor.peek().text == "_" and name == "log":
        cursor.at += 1
        base, name = (group(cursor, depth + 1),), "log_"
    token = cursor.peek()
    if token.text == "(":
        return Node("func", (*base, *_arguments(cursor, depth)), text=name)
    if token.text == "{" or token.text in FRACTIONS or (token.kind == "num" and token.spaced):
        return Node("maybe", (Node("func", (*base, operand(cursor, depth + 1)), text=name),))  # how far does it reach?
    skip(cursor)
    return UNKNOWN


def _arguments(cursor: Cursor, depth: int) -> tuple[Node, ...]:
    """`(a, b, …)`."""
    found: list[Node] = []
    while not found or cursor.peek().text == ",":
        cursor.at += 1
        node = cursor.inner(cursor, depth + 1)
        found.append(Node("maybe", (node,)) if "," in cursor.tokens[cursor.at - 1].text else node)
    if cursor.peek().text != ")":
        raise Stop
    cursor.at += 1
    return tuple(found)
