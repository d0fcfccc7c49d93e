"""Real golds of public sets: accepted by their own verifier, rejected against another row's answer; real solutions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mmverifiers import Item, Pool, check_gold, wrap_target

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"

Row = tuple[str, str, tuple[str, ...]]
"""(question, gold, options)."""


def _lines(path: Path) -> list[dict]:
    text = path.read_text("utf-8")
    if text.lstrip().startswith("["):
        return json.loads(text)
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _math500(root: Path) -> list[Row]:
    return [(row["problem"], row["answer"], ()) for row in _lines(root / "math_splits" / "test.jsonl")]


def _gsm8k(root: Path) -> list[Row]:
    rows = _lines(root / "grade_school_math" / "data" / "test.jsonl")
    return [(row["question"], row["answer"].rpartition("####")[2].strip(), ()) for row in rows]


def _mathvision(root: Path) -> list[Row]:
    return [(row["question"], row["answer"], tuple(row["options"])) for row in _lines(root / "data" / "test.jsonl")]


def _mathverse(root: Path) -> list[Row]:
    return [(row["question"], row["answer"], ()) for row in _lines(root / "data" / "testmini_text_only.json")]


def _puzzles(root: Path) -> list[Row]:
    files = sorted(root.glob("**/*.json"))
    rows = [row for path in files for row in _lines(path)]
    return [(row["question"], str(row["answer"]), tuple(map(str, row["options"]))) for row in rows]


def _geometry3k(root: Path) -> list[Row]:
    rows = [json.loads(path.read_text("utf-8")) for path in sorted(root.glob("geometry3k/train/*/data.json"))]
    return [(row["problem_text"], row["answer"], tuple(row["choices"])) for row in rows]


SETS: dict[str, Callable[[Path], list[Row]]] = {
    "gsm8k": _gsm8k, "math500": _math500, "mathvision": _mathvision, "mathverse_text_only": _mathverse,
    "puzzlevqa": _puzzles, "algopuzzlevqa": _puzzles, "geometry3k": _geometry3k,
}  # fmt: skip
SAME = {("5", "x=5"), ("D", "2")}
"""Neighbours in a set whose spellings differ and whose answers do not: option D is 2:1."""


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(timeout=30) as pool:
        yield pool


def _present(name: str) -> Path:
    if not (SAMPLES / name).exists():
        pytest.skip("the samples are not here")
    return SAMPLES / name


@pytest.mark.parametrize("name", SETS)
def test_every_gold_is_accepted_by_its_own_verifier(pool: Pool, name: str) -> None:
    rows = SETS[name](_present(name))
    verdicts = pool.judge(check_gold(gold, choices=choices, question=question) for question, gold, choices in rows)
    assert [(row[1:], verdict) for row, verdict in zip(rows, verdicts, strict=True) if verdict.score != 1.0] == []


@pytest.mark.parametrize("name", SETS)
def test_every_gold_is_rejected_against_another_rows_answer(pool: Pool, name: str) -> None:
    rows = SETS[name](_present(name))
    pairs = []
    for index, row in enumerate(rows):
        other = next((later for later in rows[index + 1 :] + rows[:index] if later[1] != row[1]), None)
        if other and (row[1], other[1]) not in SAME:
            pairs.append((row, other[1]))
    verdicts = pool.judge(
        Item(response=wrap_target(other), answer=gold, choices=choices, question=question, extract="strict")
        for (question, gold, choices), other in pairs
    )
    assert [(pair, verdict) for pair, verdict in zip(pairs, verdicts, strict=True) if verdict.score == 1.0] == []


def test_the_solutions_that_come_with_the_golds_are_accepted(pool: Pool) -> None:
    rows = _lines(_present("math500") / "math_splits" / "test.jsonl")
    items = [Item(response=row["solution"], answer=row["answer"], question=row["problem"]) for row in rows]
    rows = _lines(_present("gsm8k") / "grade_school_math" / "data" / "test.jsonl")
    for row in rows:
        items.append(Item(response=row["answer"], answer=row["answer"].rpartition("####")[2], question=row["question"]))
    assert [(item, verdict) for item, verdict in zip(items, pool.judge(items), strict=True) if verdict.score != 1] == []


def test_labelled_model_solutions_are_judged_as_their_labels_say(pool: Pool) -> None:
    rows = _lines(_present("gsm8k") / "grade_school_math" / "data" / "example_model_solutions_first200.jsonl")
    items, labels = [], []
    for row in rows:
        for told in (value for value in row.values() if isinstance(value, dict) and "solution" in value):
            gold = row["ground_truth"].rpartition("A:")[2].strip()
            items.append(Item(response=told["solution"], answer=gold, kind="number", question=row["question"]))
            labels.append(told["is_correct"])
    assert len(items) == 800
    assert [(verdict.score == 1.0) for verdict in pool.judge(items)] == labels
