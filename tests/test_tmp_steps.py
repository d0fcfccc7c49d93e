"""What the checker of reasoning calls false, and above all what it does not: `steps/*.json`, and general properties."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import mmverifiers
from mmverifiers.steps import Step, check_steps, find_steps, steps_json

TABLES = Path(__file__).parent / "steps"
SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
VERDICTS = {"true", "false", "unknown"}


def table(name: str) -> list[list]:
    return json.loads((TABLES / f"{name}.json").read_text("utf-8"))


def false_steps(text: str) -> list[Step]:
    steps = check_steps(text)
    for step in steps:
        assert text[step.start : step.end] == step.text
        assert step.verdict in VERDICTS
    return [step for step in steps if step.verdict == "false"]


@pytest.mark.parametrize("note", sorted({note for _, note in table("right")}))
def test_no_right_text_has_a_false_step(note: str) -> None:
    for text, kind in table("right"):
        if kind == note:
            assert not false_steps(text), text


@pytest.mark.parametrize("note", sorted({note for *_, note in table("wrong")}))
def test_the_one_false_step_of_a_text_is_found(note: str) -> None:
    for text, wrong, kind in table("wrong"):
        if kind == note:
            assert [step.text for step in false_steps(text)] == [wrong], text


@pytest.mark.parametrize(
    ("text", "wrong"), [row[:2] for row in table("traces")], ids=[row[2] for row in table("traces")]
)
def test_whole_traces_have_the_false_steps_that_they_are_said_to_have(text: str, wrong: list[str]) -> None:
    assert [step.text for step in false_steps(text)] == wrong


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("So 17*3 = 41.", "17*3 = 51, not 41"),
        ("20% of 50 is 11.", "20% of 50 = 10, not 11"),
        ("2/3 = 0.7777", "2/3 = 2/3, not 0.7777"),
        ("Since 24 = 4 * 7,", "4 * 7 = 28, not 24"),
        ("2(3+4) = 2*8", "2(3+4) = 14, not 16"),
        ("7 + 8 \\le 14", "15 is not <= 14"),
        ("$\\sqrt{50} = 2\\sqrt{5}$", "\\sqrt{50} = 7.07107, not 4.47214"),
    ],
)
def test_a_false_step_says_what_is_right(text: str, detail: str) -> None:
    assert [step.detail for step in false_steps(text)] == [detail]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2x + 3 = 7", "variables"),
        ("9^9^9^9 = 5", "value"),
        ("7 ≡ 2 (mod 5)", "relation"),
        ("another 5 + 3 = 20", "extent"),
        ("3 + 4 = 7 + 2 = 9", "reading"),
        ("roughly 40 * 20 = 1000", "estimate"),
        ("In base 7, 5 + 4 = 12.", "arithmetic"),
        ("If 2 + 2 = 5", "context"),
        ("17*3 = 41, I mean 17*3 = 51", "corrected"),
    ],
)
def test_an_unknown_step_says_why(text: str, why: str) -> None:
    assert why in {step.detail for step in check_steps(text) if step.verdict == "unknown"}


def test_statements_are_found_in_order_and_without_a_verdict() -> None:
    text = "16 - 3 = <<16-3=13>>13 and x + 1 = 2, then 5 < 7 < 9."
    found = find_steps(text)
    assert [step.text for step in found] == ["16 - 3 = <<16-3=13>>13", "16-3=13", "x + 1 = 2", "5 < 7", "7 < 9"]
    assert {step.verdict for step in found} == {"unknown"}
    assert [(step.start, step.end) for step in found] == [(step.start, step.end) for step in check_steps(text)]


def test_the_false_steps_as_json() -> None:
    assert json.loads(steps_json("1 + 1 = 2, so 17*3 = 41.")) == [[14, 23, "17*3 = 41", "17*3 = 51, not 41"]]
    assert steps_json("") == "[]"


# Random arithmetic, written in many ways. A formula is (text, value); its operators have spaces around them.

SMALL = st.integers(0, 999)
TIMES = st.sampled_from(["*", "×", "·", "x", "\\times", "\\cdot"])


def decimal(value: Fraction) -> str | None:
    """The value as a decimal, where it is one of at most four places."""
    scaled = value * 10**4
    if scaled.denominator != 1:
        return None
    digits = f"{abs(scaled.numerator):05d}"
    text = f"{digits[:-4]}.{digits[-4:]}".rstrip("0").rstrip(".")
    return ("-" if value < 0 else "") + text


@st.composite
def formulas(draw: st.DrawFn, depth: int = 2) -> tuple[str, Fraction]:
    kind = (
        draw(st.sampled_from(["number", "number", "decimal", "+", "-", "*", "/", "frac", "^", "()"]))
        if depth
        else "number"
    )
    if kind == "number":
        value = draw(SMALL)
        return draw(st.sampled_from([str(value), f"{value:,}"])), Fraction(value)
    if kind == "decimal":
        value = draw(st.integers(1, 9999))
        return f"{value // 100}.{value % 100:02d}", Fraction(value, 100)
    (left, a), (right, b) = draw(formulas(depth - 1)), draw(formulas(depth - 1))
    if kind == "^":
        return f"({left})^2", a**2
    if kind == "()":
        return f"({left} + {right})", a + b
    if kind == "+":
        return f"{left} + {right}", a + b
    if kind == "-":
        return f"{left} - ({right})", a - b
    if kind == "*":
        return f"({left}) {draw(TIMES)} ({right})", a * b
    assume(b != 0)
    return (f"({left}) / ({right})", a / b) if kind == "/" else (f"\\frac{{{left}}}{{{right}}}", a / b)


FRAMES = [
    "{}", "So {}.", "${}$", "\\[{}\\]", "**{}**", "- {}", "1. {}", "Thus we get {} apples.", "She has {} dollars left.",
    "The total is {}, which we keep.", "Step 2: {}", "| {} |", "({})", "First {}; second, 1 + 1 = 2.", "x = {}", "`{}`",
    "Wait, {}.", "\\begin{{align*}} {} \\end{{align*}}", "We know that {} and that 2 + 2 = 4.", "a\n{}\nb",
]  # fmt: skip


@settings(max_examples=12000)
@given(formula=formulas(), frame=st.sampled_from(FRAMES), form=st.integers(0, 5), tight=st.booleans())
def test_true_arithmetic_is_never_called_false(
    formula: tuple[str, Fraction], frame: str, form: int, tight: bool
) -> None:
    text, value = formula
    plain = decimal(value)
    shown = {
        0: plain or f"{value.numerator}/{value.denominator}",
        1: f"\\frac{{{value.numerator}}}{{{value.denominator}}}",
        2: f"{float(value):.2f}",
        3: f"{float(value):,.3f}",
        4: f"{float(value):.1f}",
        5: repr(float(value)) if abs(value) < 10**12 else str(round(value)),
    }[form]
    statement = f"{text} = {shown}"
    if tight:
        statement = re.sub(r" ([-+*/=]) ", r"\1", statement)
    assert not false_steps(frame.format(statement))


PLAIN = ["{}", "So {}.", "${}$", "**{}**", "- {}", "1. {}", "Thus we get {} apples.", "Therefore, {}", "x = {}", "({})"]


@given(
    a=SMALL, b=SMALL, off=st.integers(1, 50), op=st.sampled_from("+-*/"), frame=st.sampled_from(PLAIN), data=st.data()
)
def test_a_wrong_result_is_called_false(a: int, b: int, off: int, op: str, frame: str, data: st.DataObject) -> None:
    assume(a > b > 1)
    if op == "/":
        a = a * b
    value = {"+": a + b, "-": a - b, "*": a * b, "/": a // b}[op]
    sign = data.draw(TIMES) if op == "*" else op
    assume(sign != "x" or "x" not in frame)  # where x is a variable, `3 x 2` may be 3·x₂
    wrong = f"{a} {sign} {b} = {value + off}"
    assert [step.text for step in false_steps(frame.format(wrong))] == [wrong]
    assert [step.verdict for step in check_steps(f"{a} {sign} {b} = {value}")] == ["true"]


PIECES = st.sampled_from(
    [*"0123456789+-*/=<>()[]{}^_%!|$&,.:;?~√½²π≈≤≠°×÷ \n\\", "\\frac", "\\sqrt", "{2}", "12", "3.5", "1,000", " = ",
     " is ", "x", "times", "of", "apples", "<<", ">>", "\\text{cm}", "\\left(", "\\log_", "sin", "gcd(",
     "0.\\overline{3}", "not", "```", "[asy]", "\\\\", "**", "…", "if", "$$", "\\begin{align}", "٣", "𝟙",
     "\ud800", "\x00"]
)  # fmt: skip


@settings(max_examples=500)
@given(text=st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
def test_no_text_makes_it_raise(text: str) -> None:
    false_steps(text)
    json.loads(steps_json(text))
    assert len(find_steps(text)) == len(check_steps(text))


SIZE = 50_000
HOSTILE = {
    "towers": "9^9^9^9 = 5. ", "a tower": "9^", "open brackets": "(", "open groups": "\\frac{", "roots": "\\sqrt{",
    "signs": "- ", "a sum": "1+", "a product": "9*", "digits": "9", "groups": "1,234", "relations": "=",
    "a chain": "1=", "spaces": " ", "lines": "\n", "drawings": "[asy]", "fences": "```", "notes": "<<1+1=3>>",
    "tags": "<a ", "factorials": "400!/399! = 3 ", "powers": "2^{8000} = 1 ", "false steps": "17*3 = 41. ",
    "bars": "|1+", "dollars": "$", "texts": "\\text{a", "percentages": "1%+" * 90 + "1% = 5 ",
    "signs of doubt": "1±" * 70 + "1 = 5 ",
    "units": "5 apples of ", "quotes": '"1+1=3', "large numbers": "10^400*" * 7 + "1=3 ", "angles": "sin(10^300) = 3 ",
    "depth": "(" * 20 + "1" + ")" * 20 + "+", "logarithms": "log(log(log(2))) = 5 ", "unicode": "٣=٤", "zeros": "\x00",
    "irrational": "\\sqrt{2}+" * 40 + "1=2 ", "calls": "f(", "readings": "1/2(3)+" * 30 + "1=3 ", "modulo": "5 % ",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_done_with_soon(name: str) -> None:
    piece = HOSTILE[name]
    text = (piece * (SIZE // len(piece) + 1))[:SIZE]
    started = time.process_time()
    false_steps(text)
    assert time.process_time() - started < 10  # the slowest takes about 1 s on an idle core


def test_what_comes_after_the_longest_text_is_not_looked_at() -> None:
    assert not check_steps(" " * 200_000 + "1 + 1 = 3")


def test_it_needs_no_library() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); from mmverifiers.steps import check_steps"
    code += "; check_steps('sin(1) = 2'); print(sorted({'sympy', 'mpmath', 'numpy', 'math_verify'} & {*sys.modules}))"
    path = str(Path(mmverifiers.__file__).parents[1])
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


GOLD_ERRORS = {"gsm8k": 1, "math500": 0}
"""Rationales of the samples that hold a statement that is false indeed, looked at one by one."""


@pytest.mark.parametrize("source", GOLD_ERRORS)
def test_gold_rationales_have_no_false_steps(source: str) -> None:
    path, field = {
        "gsm8k": (SAMPLES / "gsm8k/grade_school_math/data/test.jsonl", "answer"),
        "math500": (SAMPLES / "math500/math_splits/test.jsonl", "solution"),
    }[source]
    if not path.exists():
        pytest.skip(f"{path} is not there")
    texts = [json.loads(line)[field] for line in path.read_text("utf-8").splitlines()]
    some = random.Random(0).sample(texts, 500)
    assert sum(bool(false_steps(text)) for text in some) <= GOLD_ERRORS[source]
