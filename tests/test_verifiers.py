"""What the verifiers accept, reject and refuse to judge: tables in `verifiers/*.json` and general properties."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mmverifiers
from mmverifiers import KINDS, SCORES, Item, Pool, check_gold, parse_target, resolve_kind, verify, wrap_target
from mmverifiers.extract import extract_answer
from mmverifiers.judge import decide
from mmverifiers.number import parse_number

TABLES = Path(__file__).parent / "verifiers"
EXTRACTIONS = ("strict", "lenient")
"""Tables that are named after a way of extraction and not after a kind."""

Row = tuple[str, str, str | list, float | None, str]
ROWS: list[Row] = [
    (path.stem, *row) for path in sorted(TABLES.glob("*.json")) for row in json.loads(path.read_text("utf-8"))
]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(timeout=30) as pool:
        yield pool


@pytest.mark.parametrize(
    ("table", "response", "reference", "score", "note"), ROWS, ids=[f"{row[0]}: {row[4]}" for row in ROWS]
)
def test_each_row_of_the_tables_is_scored_as_it_says(
    pool: Pool, table: str, response: str, reference: str | list, score: float | None, note: str
) -> None:
    fields = (reference, (), "", "") if isinstance(reference, str) else (*reference, "", "")[:4]
    answer, choices, question, metadata = fields
    kind, extract = ("auto", table) if table in EXTRACTIONS else (table, "none")
    about = {"choices": tuple(choices), "question": question, "metadata": metadata}
    item = Item(response=response, answer=answer, kind=kind, extract=extract, **about)
    verdict = next(pool.judge([item]))
    assert verdict.score == score, verdict
    assert verdict.score == SCORES[verdict.reason]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_table_with_right_wrong_and_unjudged_answers(kind: str) -> None:
    assert {row[3] for row in ROWS if row[0] == kind} == {1.0, 0.0, None}


def test_every_table_belongs_to_a_kind_or_an_extraction() -> None:
    assert {path.stem for path in TABLES.glob("*.json")} == {*KINDS, *EXTRACTIONS}


@given(number=st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=4)))
def test_a_number_is_accepted_against_itself(number: object) -> None:
    assert verify(wrap_target(str(number)), str(number), kind="number", extract="strict").score == 1.0


@given(number=st.integers(-(10**12), 10**12))
def test_formatting_does_not_change_a_number(number: int) -> None:
    for spelling in (f"{number:,}", f"${number}$", f"{number}.0", f"{number}.", f" {number}\n", f"**{number}**"):
        assert verify(wrap_target(spelling), str(number), kind="number", extract="strict").score == 1.0, spelling


@given(left=st.integers(), right=st.integers())
def test_a_different_integer_is_never_accepted(left: int, right: int) -> None:
    verdict = verify(wrap_target(f"{left:,}"), str(right), extract="strict")
    assert verdict.score == (1.0 if left == right else 0.0)


@given(letter=st.sampled_from("ABCDEFGHIJ"), other=st.sampled_from("ABCDEFGHIJ"))
def test_a_letter_is_accepted_for_itself_alone(letter: str, other: str) -> None:
    choices = tuple(f"option number {i}" for i in range(10))
    for spelling in (letter, f"({letter})", f"{letter}.", letter.lower(), f"Answer: {letter}"):
        verdict = verify(wrap_target(spelling), other, kind="choice", choices=choices, extract="strict")
        assert verdict.score == (1.0 if letter == other else 0.0)


def _visible(text: str) -> bool:
    return any(char.isprintable() and not char.isspace() for char in text)


@given(text=st.text(min_size=1).filter(lambda text: _visible(text) and "<" not in text))
def test_a_text_is_accepted_against_itself(text: str) -> None:
    verdict = verify(wrap_target(text), text, kind="text", extract="strict")
    assert verdict.score == 1.0 or verdict.reason == "no_answer"


@given(
    pieces=st.lists(st.sampled_from(["<think>", "</think>", "<answer>", "</answer>", "a", " ", "\n", "\\boxed{", "}"]))
)
def test_no_response_makes_a_parser_raise(pieces: list[str]) -> None:
    text = "".join(pieces)
    parse_target(text)
    for mode in ("strict", "lenient", "none"):
        extract_answer(text, mode)
    parse_number(text)


@given(answer=st.text(), kind=st.sampled_from(("choice", "number", "text", "yesno")), gold=st.text())
def test_no_answer_makes_a_fast_verifier_raise(answer: str, kind: str, gold: str) -> None:
    for extract in ("none", "lenient"):
        assert decide(Item(response=answer, answer=gold, kind=kind, extract=extract)).kind == kind


HOSTILE = {
    "answer tags": "<answer>" * 50_000,
    "answer blocks": "<answer>1</answer>" * 50_000,
    "think tags": "<think></think>" * 50_000,
    "nested boxes": "\\boxed{" * 20_000 + "4" + "}" * 20_000,
    "open boxes": "\\boxed{" * 50_000,
    "stated answers": "the answer is " * 50_000,
    "answer words": "answer to " * 50_000,
    "backslashes": "\\" * 200_000,
    "braces": "{" * 200_000,
    "dollars": "$" * 200_000,
    "digits": "9" * 200_000,
    "groups": "1,234" * 50_000,
    "spaces": "answer" + " " * 200_000 + "x",
    "asterisks": "*" * 200_000,
    "letters": "A, " * 60_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_responses_take_linear_time(name: str) -> None:
    started = time.process_time()
    for extract in ("strict", "lenient"):
        verify(HOSTILE[name], "4", kind="number", extract=extract)
    for kind, gold in (("number", "4"), ("choice", "A"), ("text", "four"), ("yesno", "yes"), ("math", "x+1")):
        verify(HOSTILE[name], gold, kind=kind, extract="none")
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "question", ["What is 2 + 3?", "2 + 3 = ?", "2 + 3 =", "2 + 3 = \\square$", "Add: 2+3 = ___.", "Compute $2 + 3$."]
)
def test_an_answer_that_only_repeats_the_operation_asked_for_is_wrong(question: str) -> None:
    assert verify(wrap_target("2 + 3"), "5", kind="number", question=question).score == 0.0
    assert verify(wrap_target("2 + 3 = 5"), "5", kind="number", question=question).score == 1.0
    assert verify(wrap_target("2 + 3"), "5", kind="number", question="How many are they?").score == 1.0


def test_a_truncated_response_is_wrong_whatever_it_says() -> None:
    verdict = verify(wrap_target("4"), "4", finish_reason="length")
    assert (verdict.score, verdict.reason) == (0.0, "truncated")


@pytest.mark.parametrize(
    ("gold", "choices", "kind"),
    [
        ("Yes", (), "yesno"), ("false", (), "yesno"), ("B", ("x", "y"), "choice"), ("B", (), "choice"),
        ("y", ("x", "y"), "choice"), ("(C)", (), "choice"), ("K", (), "text"), ("5\\text{ cm}", (), "quantity"),
        ("\\{1,2\\}", (), "math"), ("30^\\circ", (), "math"),
        ("1,234", (), "number"), ("10%", (), "number"), (r"\frac{1}{2}", (), "number"),
        (r"\sqrt{2}", (), "math"), ("x+1", (), "math"), ("p - q", (), "math"), ("(1, 2)", (), "math"),
        ("3, 5, 7", (), "math"), ("sqrt(17)", (), "math"), ("red", (), "text"), ("x-ray", (), "text"),
        ("and/or", (), "text"), ("ice cream, cold", (), "text"),
    ],
)  # fmt: skip
def test_the_kind_is_read_off_the_gold(gold: str, choices: tuple[str, ...], kind: str) -> None:
    assert resolve_kind(gold, "auto", choices) == kind


def test_an_unknown_kind_or_extraction_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="kind must be auto or one of anls, choice, "):
        verify("4", "4", kind="maths")
    with pytest.raises(ValueError, match="extract must be one of strict, lenient, none"):
        verify("4", "4", extract="loose")


def test_the_version_names_the_rules_and_math_verify() -> None:
    rules, _, library = mmverifiers.version().partition("+math-verify ")
    assert rules.isdigit()
    assert library[0].isdigit()


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import mmverifiers, sys; print(sorted({'sympy', 'math_verify', 'mmdata', 'multiprocessing'} & {*sys.modules}))"
    )
    path = str(Path(mmverifiers.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {path!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_the_tests_of_golds_see_a_bad_gold() -> None:
    assert verify(**_fields(check_gold("perhaps", "yesno"))).reason == "gold_unverifiable"
    assert verify(**_fields(check_gold("E", "choice", ("x", "y")))).reason == "gold_unverifiable"


def _fields(item: Item) -> dict:
    return {name: getattr(item, name) for name in item.__dataclass_fields__}
