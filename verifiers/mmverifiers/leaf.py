"""One value against another: numbers, units, bases, ratios, degrees, percentages, formulas."""

from __future__ import annotations

import re
from fractions import Fraction

from mmverifiers import latex, precision
from mmverifiers.evaluate import equal, numeric, symbols
from mmverifiers.exact import exact
from mmverifiers.formula import Tree, read_formula
from mmverifiers.number import Number, parse_number

_PERCENT = re.compile(r"percent|%|\brate\b|\bprobab|\bchance", re.IGNORECASE)
_RATIO = re.compile(r"(.{1,60}?)\s*(?::|\\ratio|\bto\b)\s*(.{1,60})")
_RESIDUE = re.compile(r"(-?\d{1,18})\s*\\pmod\{(\d{1,9})\}")
_MINUTES = re.compile(
    r"(\d{1,4})\s*\^\s*\{?\s*\\circ\s*\}?\s*(\d{1,2})\s*(?:'|\^\{?'\}?)(?:\s*(\d{1,2})\s*(?:''|\"|\^\{?''\}?))?"
)


def same_number(got: Number, want: Number, question: str = "") -> str:
    """`ok`, `wrong_answer`, or `unit` where only a percent sign is too much.

    A gold of 10 % is also 10, as it is asked for, and 0.1, which it is worth. An answer of 10 % is worth 0.1; it is the
    gold 10 where the question asks for a percentage or is not given. Roundings by `precision`.
    """
    if got.value == want.value:
        if got.percent and not want.percent:
            # 28 % for 28 is the unit that was asked for; 0.5 % for 0.5 is another number.
            return "ok" if abs(want.value) > 1 and (not question or _PERCENT.search(question)) else "unit"
        return "ok"
    if got.percent != want.percent:
        worth, other = (got.value, want.value) if got.percent else (want.value, got.value)
        if worth / 100 == other:
            return "ok"
    if not question:
        return "wrong_answer"
    scaled = want.value * 100 if got.percent and not want.percent else want.value
    close = precision.agrees(got.value, want.value, question) or precision.agrees(got.value, scaled, question)
    return "ok" if close else "wrong_answer"


def same_leaf(answer: str, gold: str, question: str = "") -> str:
    """The reason code for two tidied leaves, or `undecided`."""
    if answer == gold or latex.squeeze(answer) == latex.squeeze(gold):
        return "ok"
    got, want = parse_number(answer), parse_number(gold)
    if got is not None and want is not None:
        return same_number(got, want, question)
    if "\\pmod" in answer or "\\pmod" in gold:
        return _residues(answer, gold)
    answer, gold = _decimal_degrees(answer), _decimal_degrees(gold)
    digits, written = latex.based(gold), latex.based(answer)
    if digits and written and (digits[1] or written[1]):
        return _same_base(written, digits, question)
    if ratio := _ratios(answer, gold):
        return ratio
    if (
        "\\circ" in answer + gold
        and not latex.prose(answer)
        and not latex.prose(gold)
        and (left := read_formula(answer))
        and (right := read_formula(gold))
    ):
        return same_formula(left, right, question)
    from mmverifiers.measure import same_measure, strip_unit

    bare_answer, unit = strip_unit(answer)
    bare_gold, gold_unit = strip_unit(gold)
    if unit or gold_unit:
        return same_measure(bare_answer, unit, bare_gold, gold_unit, question, same_leaf)
    known = gold if len(gold) < 40 else ""
    if latex.prose(answer, known) or latex.prose(gold, answer):
        return _words(answer, gold)
    left, right = read_formula(answer), read_formula(gold)
    if left is None or right is None:
        return "undecided"
    return same_formula(left, right, question)


def same_formula(left: tuple[Tree, bool], right: tuple[Tree, bool], question: str = "") -> str:
    """The reason code for two formulas that were read, or `undecided`."""
    a, g = left[0], right[0]
    if ("deg" in (a[0], g[0])) and a[0] != g[0]:  # 30° for 30, and for π/6
        bare = (a[1], g) if a[0] == "deg" else (a, g[1])
        if equal(*bare):
            return "ok"
    if "percent" in (a[0], g[0]) and a[0] != g[0] and g[0] == "percent" and equal(a, g[1]):
        return "ok"
    same = equal(a, g)
    if same:
        return "ok"
    if same is None or left[1] or right[1]:
        return "undecided"
    if len(symbols(a) ^ symbols(g)) == 2 and {name.lower() for name in symbols(a) ^ symbols(g)} == {"c"}:
        return "ok" if equal(_lowered(a), _lowered(g)) else "wrong_answer"  # the constant of integration
    if question and not symbols(a) and not symbols(g) and precision.stated(question):
        x, y = _fraction(a), _fraction(g)
        if x is not None and y is not None and precision.agrees(x, y, question):
            return "ok"
    return "wrong_answer"


def _fraction(tree: Tree) -> Fraction | None:
    """The value of a constant, exact or to thirty digits."""
    try:
        known = exact(tree)
    except ValueError:
        return None
    return known if known is not None else numeric(tree)


def _lowered(tree: Tree) -> Tree:
    if tree[0] == "sym" and tree[1] == "C":
        return ("sym", "c")
    return tuple(_lowered(part) if isinstance(part, tuple) else part for part in tree)


def _residues(answer: str, gold: str) -> str:
    """Two residues with their moduli; the answer may leave the modulus out."""
    found = [_RESIDUE.fullmatch(text) for text in (answer, gold)]
    if found[1] is None:
        value = parse_number(gold)
        if found[0] is None or value is None:
            return "undecided"
        return "ok" if int(found[0].group(1)) == value.value else "wrong_answer"
    want, modulus = int(found[1].group(1)), int(found[1].group(2) or 0)
    got = found[0] or re.fullmatch(r"(-?\d{1,18})()", answer)
    if got is None or not modulus:
        return "wrong_answer"
    if got.group(2) and int(got.group(2)) != modulus:
        return "wrong_answer"
    same = (int(got.group(1)) - want) % modulus == 0 if got.group(2) else int(got.group(1)) == want
    return "ok" if same else "wrong_answer"


def _decimal_degrees(text: str) -> str:
    """Degrees, minutes and seconds as degrees."""
    found = _MINUTES.fullmatch(text)
    if not found:
        return text
    degrees, minutes, seconds = (int(part or 0) for part in found.groups())
    value = Fraction(degrees * 3600 + minutes * 60 + seconds, 3600)
    return rf"\frac{{{value.numerator}}}{{{value.denominator}}}^\circ"


def _same_base(answer: tuple[str, str | None], gold: tuple[str, str | None], question: str) -> str:
    """Same digits in the same base, or with the base left out by the answer; left out by the gold only where the
    question names it."""
    if answer[0] != gold[0]:
        return "wrong_answer"
    if answer[1] == gold[1] or answer[1] is None:
        return "ok"
    if gold[1] is not None:
        return "wrong_answer"
    return "ok" if re.search(rf"base[- ${{}}]*{answer[1]}\b", question) else "unit"


def _ratios(answer: str, gold: str) -> str:
    """`3:4` against `6:8`, `3 to 4` and 3/4; empty where neither is a ratio."""
    sides = [_RATIO.fullmatch(text) for text in (answer, gold)]
    if not any(sides) or any(text.count(":") > 1 for text in (answer, gold)):
        return ""
    values = []
    for text, found in zip((answer, gold), sides, strict=True):
        parts = [parse_number(part.strip()) for part in (found.groups() if found else (text,))]
        if any(part is None for part in parts) or (len(parts) == 2 and parts[1] is not None and not parts[1].value):
            return ""
        numbers = [part.value for part in parts if part is not None]
        values.append(numbers[0] / numbers[1] if len(numbers) == 2 else numbers[0])
    return "ok" if values[0] == values[1] else "wrong_answer"


def _words(answer: str, gold: str) -> str:
    from mmverifiers.words import normalise, plain

    def form(text: str) -> str:
        return normalise(plain(re.sub(r"\\(?:text|mbox|textrm|textbf|mathrm)\s*\{([^{}]*)\}", r" \1 ", text)))

    if form(answer) == form(gold):
        return "ok"
    return "wrong_answer" if latex.prose(gold) and latex.prose(answer) else "parse_failed"
