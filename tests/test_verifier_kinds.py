"""What holds for every answer of the kinds in words, units, dates, lists, spans and puzzles, beside their tables."""

from __future__ import annotations

import json
import time
from datetime import date
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmverifiers import KINDS, SCORES
from mmverifiers.asked import asked_unit
from mmverifiers.convert import conversion
from mmverifiers.gold import Gold, Ruling
from mmverifiers.measure import strip_unit
from mmverifiers.puzzle import SCORED
from mmverifiers.quantity import same_in_asked_unit
from mmverifiers.spans import anls, vqa_accuracy
from mmverifiers.units import parse_unit

GOLDS = {
    "anls": '["Paris", "Lyon"]',
    "date": "2020-03-04",
    "json": '{"a": [1, 2]}',
    "list": "[1, 2, 3]",
    "quantity": "10 m/s",
    "reasoning_gym": "6",
    "relaxed": "25",
    "set": "{1, 2}",
    "text": "Paris",
    "time": "15:05",
    "vqa": '["red", "red", "red", "red", "blue"]',
    "yesno": "yes",
}
"""A gold of each kind that this file is about."""

WORDS = st.text(alphabet="abcdefgh XYZäé", min_size=2, max_size=12).filter(lambda text: len(text.split()) == 1)
UNITS = ("m", "cm", "km/h", "kg", "s", "min", "N m", "J/(kg K)", "cm^2", "°C", "mol/L", "kWh", "ft", "$", "%", "apples")


def judge(answer: str, kind: str, gold: str, question: str = "", metadata: str = "") -> Ruling:
    """The ruling of a kind's own rules, without extraction or workers."""
    rules = KINDS[kind]
    known = Gold(kind=kind, text=gold, question=question, metadata=metadata, value=rules.read(gold, (), question))
    assert known.value is not None, gold
    return rules.fast(answer, known) or (rules.slow(answer, known) if rules.slow else ("error", "no slow rule"))


def right(answer: str, kind: str, gold: str, question: str = "") -> bool:
    return judge(answer, kind, gold, question)[0] == "ok"


@given(answer=st.text(max_size=60), gold=st.text(max_size=60), question=st.text(max_size=60))
@pytest.mark.parametrize("kind", GOLDS)
def test_no_text_makes_a_kind_raise(kind: str, answer: str, gold: str, question: str) -> None:
    rules = KINDS[kind]
    value = rules.read(gold, (), question)
    if value is not None:
        ruled = rules.fast(answer, Gold(kind=kind, text=gold, question=question, value=value))
        assert ruled is None or ruled[0] in SCORES
        assert rules.fast(gold, Gold(kind=kind, text=gold, question=question, value=value)) != ("wrong_answer", kind)


HOSTILE = (
    "(", "()", "(1,", "1, ", "a and ", "x = ", "\n", "1. ", "- ", '"\\"', "A > ", "or ", "[1,", "a ", " ",
    "-", "..", "yes ", "no, ", "it is ", "'", "é", "not ", "\\text{", "\\frac{", "$", "{", "9", "1,234",
    "5 m ", "5 ft ", "½", "١", "\x00", "12:", "January ", "2020-", "half past ", "the ", "a\u0301", "°",
    "1e9", "\\", "`", "**", "🙂", "\u200b", "ﬁ", "03/04/", "²",
)  # fmt: skip


@pytest.mark.parametrize("kind", GOLDS)
def test_hostile_texts_take_linear_time(kind: str) -> None:
    rules = KINDS[kind]
    known = Gold(kind=kind, text=GOLDS[kind], value=rules.read(GOLDS[kind], (), ""))
    for piece in HOSTILE:
        for size in (300, 1900, 19_000, 100_000):
            text = (piece * size)[:size]
            start = time.process_time()
            rules.fast(text, known)
            value = rules.read(text, (), text)
            if value is not None and size < 20_000:
                rules.fast(text + "x", Gold(kind=kind, text=text, question=text, value=value))
            assert time.process_time() - start < 3, (piece, size)


@given(words=st.lists(WORDS, min_size=1, max_size=4))
def test_a_text_is_itself_in_any_dress(words: list[str]) -> None:
    gold = " ".join(words)
    for told in (
        gold.upper(),
        f"The {gold}.",
        f'"{gold}"',
        f"  {gold}\n",
        f"**{gold}**",
        f"It is {gold}",
        f"{gold} (see above)",
    ):
        assert right(told, "text", gold), told


@given(left=WORDS, other=WORDS)
def test_a_text_among_others_is_never_right(left: str, other: str) -> None:
    if right(other, "text", left):
        return
    for told in (
        f"{left} or {other}",
        f"{other} or {left}",
        f"not {left}",
        f"{left}, {other}",
        f"non{left}",
        f"{left}{other}",
    ):
        assert not right(told, "text", left), told


@pytest.mark.parametrize("gold", ["yes", "no"])
@pytest.mark.parametrize(
    "tail", ["", ".", ", because it is so.", ". The line is longer.", " — as shown", "\n\nThat follows."]
)
def test_the_opening_word_decides(gold: str, tail: str) -> None:
    other = {"yes": "no", "no": "yes"}[gold]
    assert judge(gold.title() + tail, "yesno", gold)[0] == "ok"
    assert judge(gold.title() + tail, "yesno", other)[0] == "wrong_answer"
    assert judge(f"{gold} or {other}{tail}", "yesno", gold)[0] == "ambiguous"


@given(value=st.decimals(min_value=-9999, max_value=9999, places=2), unit=st.sampled_from(UNITS))
def test_a_quantity_is_itself_and_not_its_neighbour(value: object, unit: str) -> None:
    gold = f"{value} {unit}"
    assert right(gold, "quantity", gold)
    assert right(f"{value}", "quantity", gold)
    assert right(f"${value}\\text{{ {unit}}}$".strip("$"), "quantity", gold)
    assert not right(f"1{str(value).lstrip('-')} {unit}", "quantity", gold)


@given(value=st.fractions(min_value=-1000, max_value=1000, max_denominator=50))
@pytest.mark.parametrize(
    ("here", "there"), [("km/h", "m/s"), ("ft", "inches"), ("°C", "°F"), ("hours", "min"), ("L", "cm^3")]
)
def test_a_converted_value_is_right_both_ways(here: str, there: str, value: Fraction) -> None:
    source, target = parse_unit(here), parse_unit(there)
    assert source
    assert target
    found = conversion(source, target)
    assert found is not None
    factor, offset, pi = found
    assert pi == 0
    converted = value * factor + offset
    assert right(f"{converted} {there}", "quantity", f"{value} {here}")
    assert right(f"{value} {here}", "quantity", f"{converted} {there}")
    assert not right(f"{converted + 1} {there}", "quantity", f"{value} {here}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("km/h", "kg"),
        ("°", "%"),
        ("rad/s", "Hz"),
        ("bits", "%"),
        ("$", "€"),
        ("Gy", "Sv"),
        ("m", "m^2"),
        ("apples", "m"),
    ],
)
def test_units_of_different_things_do_not_convert(one: str, other: str) -> None:
    source, target = parse_unit(one) or (("word apple", 1),), parse_unit(other)
    assert target
    assert conversion(source, target) is None


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("18 dollars", "18", "dollars"), (r"5\text{ cm}", "5", "cm"), ("x cm", "x", "cm"), (r"$18", "18", "$"),
        ("30^\\circ", "30", "°"), ("3 million dollars", "3 million", "dollars"), (r"5\sqrt{2} cm", r"5\sqrt{2}", "cm"),
    ],
)  # fmt: skip
def test_a_unit_is_taken_off(text: str, value: str, unit: str) -> None:
    assert strip_unit(text) == (value, unit)


@pytest.mark.parametrize(
    "text",
    ["5 or 6", "3 million", "5 more than x", "50 %", "5m", "5 times", "2 pi", "3x", "5!", "10am", "5 i", "7 base 8",
     "2 to 3", "x m", "5 and 6", "12 r 2", "2 h 30 min", "sin 30", "a in", "5 factorial", "(1, 2)"],
)  # fmt: skip
def test_what_is_no_unit_for_certain_stays(text: str) -> None:
    assert strip_unit(text) == (text, "")


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("What is the length in metres?", "metres"), ("Find x (in cm).", "cm"),
        ("How many dollars does he pay?", "dollars"),
        ("What percent of 5 is 3?", "percent"), ("How many apples are there?", ""), ("How far in 5 hours?", ""),
        ("Give the answer to the nearest cent.", ""), ("Is it in the table?", ""),
        ("How many feet and how many inches?", ""),
    ],
)  # fmt: skip
def test_the_unit_that_is_asked_for(question: str, unit: str) -> None:
    assert asked_unit(question) == unit


def test_a_number_in_the_unit_that_is_asked_for() -> None:
    asked = "What is the length in metres?"
    assert same_in_asked_unit("500 cm", "5", asked) == "ok"
    assert same_in_asked_unit("5 cm", "5", asked) == "wrong_answer"
    assert same_in_asked_unit("5", "5", asked) is None
    assert same_in_asked_unit("500 cm", "5", "What is the length?") is None


@given(items=st.lists(st.integers(-99, 99), min_size=2, max_size=4, unique=True))
def test_a_list_has_an_order_and_a_set_has_none(items: list[int]) -> None:
    gold = json.dumps(items)
    for order in permutations(items):
        told = ", ".join(map(str, order))
        for spelled in (told, f"({told})", f"[{told}]", "\n".join(map(str, order)), told.replace(",", ";")):
            assert right(spelled, "list", gold) == (list(order) == items), spelled
            assert right(spelled, "set", gold), spelled
    assert not right(", ".join(map(str, items[:-1])), "set", gold)
    assert not right(", ".join(map(str, [*items, 100])), "set", gold)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(alphabet="ab1", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="xyz", max_size=2), inner, max_size=3),
    max_leaves=6,
)


@given(left=VALUES, other=VALUES)
def test_json_is_equal_where_the_values_are(left: object, other: object) -> None:
    assert right(json.dumps(left, indent=2), "json", json.dumps(left))
    equal = json.dumps(left, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert right(json.dumps(left), "json", json.dumps(other)) == equal


@given(day=st.dates(min_value=date(1000, 1, 1)), other=st.dates(min_value=date(1000, 1, 1)))
def test_a_day_is_itself_in_long_and_short(day: date, other: date) -> None:
    for form in ("%Y-%m-%d", "%B %-d, %Y", "%-d %b %Y", "%A, %B %-d, %Y"):
        iso, told = f"{day:%Y-%m-%d}", f"{day:{form}}"
        assert right(told, "date", iso), told
        if other != day:
            assert not right(told, "date", f"{other:%Y-%m-%d}")


@given(minutes=st.integers(0, 24 * 60 - 1), other=st.integers(0, 24 * 60 - 1))
def test_a_time_is_itself_on_both_clocks(minutes: int, other: int) -> None:
    def spelled(at: int) -> tuple[str, str]:
        hour, minute = divmod(at, 60)
        return f"{hour:02}:{minute:02}", f"{(hour - 1) % 12 + 1}:{minute:02} {'AM' if hour < 12 else 'PM'}"

    for mine in spelled(minutes):
        for theirs in spelled(other):
            assert right(mine, "time", theirs) == (minutes == other) or mine[:2] == theirs[:2] == "12"


def test_anls_is_graded_and_cut_off_at_one_half() -> None:
    assert anls("Coca-Cola", ["coca-cola"]) == 1.0
    assert anls("1234", ["12345"]) == pytest.approx(0.8)
    assert anls("abc", ["xyz", "abd"]) == pytest.approx(2 / 3)
    assert anls("abcd", ["abxy"]) == 0.0
    assert anls("", ["a"]) == 0.0
    assert anls("a" * 100_000, ["a" * 99_999]) == 0.0


@pytest.mark.parametrize(("votes", "accuracy"), [(0, 0.0), (1, 0.3), (2, 0.6), (3, 0.9), (4, 1.0), (10, 1.0)])
def test_vqa_accuracy_leaves_each_annotator_out_in_turn(votes: int, accuracy: float) -> None:
    others = [f"other {i}" for i in range(10 - votes)]
    assert vqa_accuracy("Red.", ["red"] * votes + others) == pytest.approx(accuracy)


@given(gold=st.integers(1, 10**6), off=st.fractions(-1, 1, max_denominator=1000))
def test_charts_allow_five_percent_and_no_more(gold: int, off: Fraction) -> None:
    assert right(str(gold + gold * off), "relaxed", str(gold)) == (abs(off) <= Fraction(1, 20))


@pytest.mark.parametrize("task", SCORED)
def test_a_scorer_accepts_its_gold_and_nothing_cheap(task: str) -> None:
    pytest.importorskip("reasoning_gym")
    from reasoning_gym.factory import create_dataset

    from mmdata.sources import reasoning_gym as source

    entry = create_dataset(task, size=1, seed=11)[0]
    gold = source._gold(task, entry)
    assert gold is not None
    metadata = json.dumps({"task": task, "config": {}, "entry": entry})
    assert source._scored(task, {}, entry)
    assert judge(f" {gold}\n", "reasoning_gym", gold, metadata=metadata)[0] == "ok"
    rules = KINDS["reasoning_gym"]
    assert rules.slow is not None
    known = Gold(kind="reasoning_gym", text=gold, metadata=metadata, value=rules.read(gold, (), ""))
    assert rules.slow(gold, known) == ("ok", "reasoning_gym")
    for cheap in (
        "",
        "x",
        "[]",
        "{}",
        "[[]]",
        "0",
        "()",
        "__import__('os')",
        f"{gold} or not",
        f"not {gold}",
    ):
        assert rules.slow(cheap, known)[0] == "wrong_answer", cheap
