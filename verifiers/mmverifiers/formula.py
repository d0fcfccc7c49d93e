r"""Reading one formula, LaTeX or plain ASCII, into a tree of tuples. No sympy; bounded depth.

A tree is `("num", Fraction)`, `("sym", name)`, `("const", "pi" | "e" | "i" | "oo")`, or `(operation, *trees)` with the
operations `+ * / ^ neg root abs fact binom floor ceil deg percent` and `("fn", name, tree)`, `("log", base, tree)`.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from mmverifiers.number import parse_number
from mmverifiers.tokens import CLOSING, ENDS, FUNCTIONS, GREEK, NAMED, STOPS, TOKEN, WRAPPER

Tree = tuple[Any, ...]
MAX_DEPTH = 60
"""Deepest nesting that is read."""


class Unread(ValueError):
    """The text is no formula that this module reads."""


@lru_cache(maxsize=4096)
def read_formula(text: str) -> tuple[Tree, bool] | None:
    """(tree, doubtful) of a tidied formula; None where it is not read as a whole.

    doubtful: the writing can be read in more than one way (`1/2x`, `\\log x`, `\\sin^{-1} x`), so that a difference
    found by its reading proves nothing.
    """
    reader = _Reader(TOKEN.findall(text))
    try:
        tree = reader.sum(0)
    except (Unread, RecursionError, OverflowError):
        return None
    return (tree, reader.doubtful) if reader.at == len(reader.tokens) else None


class _Reader:
    """A recursive-descent reader over tokens; `at` is the next one."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at, self.doubtful, self.bars = tokens, 0, False, 0

    def peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise Unread(f"{token!r} where {expected or 'more'} was due")
        self.at += 1
        return token

    def sum(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise Unread("too deep")
        terms = [self.product(depth + 1)]
        while self.peek() in ("+", "-"):
            minus = self.take() == "-"
            term = self.product(depth + 1)
            terms.append(("neg", term) if minus else term)
        return terms[0] if len(terms) == 1 else ("+", *terms)

    def product(self, depth: int) -> Tree:
        value = self.signed(depth)
        divided = False
        while token := self.peek():
            if token in ("*", "\\cdot", "\\times"):
                self.take()
                value = ("*", value, self.signed(depth))
            elif token in ("/", "\\div"):
                self.take()
                value, divided = ("/", value, self.signed(depth)), True
            elif (
                (token in STOPS and token not in ("|",))
                or (token == "|" and self.bars)
                or (token in ENDS and token != "|")
            ):
                break
            else:
                before = self.tokens[self.at - 1]
                factor = self.power(depth)
                self.doubtful = self.doubtful or divided
                if value[0] == "num" and factor[0] == "num":
                    raise Unread("two numbers side by side")
                if value[0] == "num" and before[:1].isdigit() and _is_part(factor) and value[1].denominator == 1:
                    value = ("+", value, factor)  # a mixed number
                else:
                    value = ("*", value, factor)
        return value

    def signed(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise Unread("too deep")
        if self.peek() in ("-", "+"):
            minus = self.take() == "-"
            value = self.signed(depth + 1)
            return ("neg", value) if minus else value
        return self.power(depth)

    def power(self, depth: int) -> Tree:
        value = self.atom(depth + 1)
        while token := self.peek():
            if token == "!":
                self.take()
                value = ("fact", value)
            elif token in ("%", "\\%"):
                self.take()
                value = ("percent", value)
            elif token == "'" and value[0] == "sym":
                value = ("sym", value[1] + self.take())
            elif token in ("^", "**"):
                self.take()
                exponent = self.raised(depth + 1)
                value = ("deg", value) if exponent == ("sym", "circ") else ("^", value, exponent)
            else:
                break
        return value

    def raised(self, depth: int) -> Tree:
        if self.peek() == "-":
            self.take()
            return ("neg", self.raised(depth + 1))
        if self.peek() == "\\circ":
            self.take()
            return ("sym", "circ")
        if self.peek() == "{" and self.peek(1) == "\\circ" and self.peek(2) == "}":
            self.at += 3
            return ("sym", "circ")
        value = self.atom(depth + 1)
        return ("^", value, self.raised(depth + 1)) if self.peek() in ("^", "**") and self.take() else value

    def group(self, depth: int) -> Tree:
        """The argument of a command: a braced formula, one digit or one symbol."""
        if self.peek() == "{":
            return self.atom(depth + 1)
        token = self.peek()
        if token.isdigit() and len(token) > 1:
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        return self.atom(depth + 1)

    def atom(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise Unread("too deep")
        token = self.take()
        if token[0].isdigit() or token[0] == ".":
            return self.number(token)
        if token in CLOSING:
            return self.enclosed(token, depth)
        if token in ("\\frac", "/frac"):
            above = self.group(depth)
            return ("/", above, self.group(depth))
        if token == "\\sqrt":
            return self.root(depth)
        if token in ("\\binom", "\\dbinom", "\\tbinom"):
            above = self.group(depth)
            return ("binom", above, self.group(depth))
        name = NAMED.get(token, token[1:] if token[0] == "\\" else token)
        if wrapper := WRAPPER.fullmatch(token):
            name = wrapper.group(2).strip()
            if wrapper.group(1) == "text" or not name:
                raise Unread("words")
            if wrapper.group(1) in ("overline", "overrightarrow") and len(name) > 1:
                if not name.isalpha():
                    raise Unread("an overline")
                value: Tree = ("sym", name[0])
                for letter in name[1:]:
                    value = ("*", value, ("sym", letter))
                return value
        if name in FUNCTIONS:
            return self.function(name, depth)
        if name in ("pi", "infty", "e", "i", "exp"):
            return ("const", "oo" if name == "infty" else name)
        if token in ("\\angle", "\\triangle"):
            return self.named(token)
        if token[0] == "\\" and not wrapper and name not in GREEK:
            raise Unread(f"the command {token}")
        if not name.replace(" ", "").replace("\\", "").isalnum():
            raise Unread(f"the mark {token}")
        return self.symbol(name, depth)

    def named(self, mark: str) -> Tree:
        """An angle by its points, either way round; a triangle by its corners in any order."""
        points = ""
        while len(self.peek()) == 1 and self.peek().isalpha() and self.peek().isupper():
            points += self.take()
        if not points:
            return self.atom(MAX_DEPTH)
        name = min(points, points[::-1]) if mark == "\\angle" else "".join(sorted(points))
        return ("sym", f"{mark} {name}")

    def number(self, token: str) -> Tree:
        found = parse_number(token)
        if found is None or self.peek() == "_":
            raise Unread("no plain number")
        return ("num", found.value)

    def enclosed(self, opening: str, depth: int) -> Tree:
        bar = opening == "|"
        self.bars, outer = (self.bars + 1 if bar else 0), self.bars
        value = self.sum(depth + 1)
        self.take(CLOSING[opening])
        self.bars = outer
        kind = {"|": "abs", "\\lvert": "abs", "\\lfloor": "floor", "\\lceil": "ceil"}.get(opening)
        return (kind, value) if kind else value

    def root(self, depth: int) -> Tree:
        degree: Tree = ("num", Fraction(2))
        if self.peek() == "[":
            self.take()
            degree = self.sum(depth + 1)
            self.take("]")
        return ("root", degree, self.group(depth))

    def symbol(self, name: str, depth: int) -> Tree:
        if self.peek() != "_":
            return ("sym", name)
        self.take()
        start = self.at
        below = self.group(depth)
        written = "".join(self.tokens[start : self.at]).strip("{}")
        if name in ("C", "P", "A") and self.peek() == "^" and below[0] == "num":
            self.take()
            above = self.group(depth)
            if above[0] == "num":  # C_5^2, also written C_2^5
                n, k = (below, above) if below[1] >= above[1] else (above, below)
                return ("binom", n, k) if name == "C" else ("/", ("fact", n), ("fact", ("+", n, ("neg", k))))
            raise Unread("a raised index")
        return ("sym", f"{name}_{written}")

    def function(self, name: str, depth: int) -> Tree:
        base: Tree | None = None
        exponent: Tree | None = None
        while self.peek() in ("_", "^"):
            if self.take() == "_":
                base = self.group(depth)
            else:
                exponent = self.raised(depth)
        argument = self.argument(depth)
        if name in ("log", "lg"):
            ten = name == "lg" or base is not None
            self.doubtful = self.doubtful or not ten
            value: Tree = ("log", base or (("num", Fraction(10)) if name == "lg" else ("sym", "log base")), argument)
        else:
            value = ("fn", name, argument)
        if exponent == ("neg", ("num", Fraction(1))) and name in ("sin", "cos", "tan"):
            return ("fn", "arc" + name, argument)
        return value if exponent is None else ("^", value, exponent)

    def argument(self, depth: int) -> Tree:
        """What a function is applied to: a bracket, or the factors up to the next sign or function."""
        if self.peek() in ("(", "[", "{", "|", "\\lvert"):
            value = self.atom(depth + 1)
            self.doubtful = self.doubtful or self.peek() in ("^", "**")
            return value
        value = self.signed(depth + 1)
        while (token := self.peek()) and token not in STOPS and token not in ENDS:
            if token.lstrip("\\") in FUNCTIONS or token in ("(", "["):
                break
            value = ("*", value, self.power(depth + 1))
        self.doubtful = self.doubtful or self.peek() in ("/", "(", "[")
        return value


def _is_part(tree: Tree) -> bool:
    """A proper fraction of two whole numbers: what makes a mixed number of the whole number before it."""
    return bool(tree[0] == "/" and tree[1][0] == tree[2][0] == "num" and 0 < tree[1][1] < tree[2][1])
