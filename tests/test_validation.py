"""What `mmdata validate` and `mmdata ablate` find out: statistics over seeds and questions, and what they refuse."""

from __future__ import annotations

import argparse
import json
import re
import shlex
from math import inf
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from conftest import Place
from made_run import EVIL
from mmdata import card
from mmdata.cli import app
from mmdata.errors import RecipeError, StoreError, UserError
from mmdata.validation import compare, config, page, show
from mmdata.validation.command import ablation, validation

ROOT = Path(__file__).parents[1]
GRID: dict[str, Any] = {
    "name": "mine", "recipe": "recipe.yaml", "held_out": {"run": "test"},
    "grid": {"filter": {"as built": {}, "unverified": {"control": "unverified"}}},
}  # fmt: skip


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "grid.yaml"
    path.write_text(yaml.safe_dump({**GRID, **changes}, sort_keys=False), encoding="utf-8")
    return path


def scores(seed: int, seeds: int, questions: int, rates: list[float]) -> list[list[float]]:
    """Answers of students whose true rates differ by seed."""
    rng = np.random.default_rng(seed)
    return [(rng.random(questions) < rates[i % len(rates)]).astype(float).tolist() for i in range(seeds)]


@pytest.mark.parametrize(("freedom", "quantile"), [(1, 12.706), (2, 4.303), (4, 2.776), (10, 2.228), (100, 1.984)])
def test_student_t_is_the_one_in_the_tables(freedom: float, quantile: float) -> None:
    assert compare.student(freedom) == pytest.approx(quantile, abs=1e-3)


def test_student_t_of_many_degrees_is_the_normal_distribution() -> None:
    assert compare.student(1e7) == pytest.approx(NormalDist().inv_cdf(0.975))


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(2, 60))
def test_an_interval_holds_its_mean_and_stays_within_bounds(seed: int, seeds: int, questions: int) -> None:
    ours, theirs = (scores(seed + i, seeds, questions, [0.3, 0.8]) for i in (0, 1))
    clusters = list(range(questions))
    one, two = compare.spread(ours, clusters), compare.gain(ours, theirs, clusters)
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert -1 <= two.low <= two.value <= two.high <= 1
    assert one.value == pytest.approx(float(np.mean(ours)))
    assert two.value == pytest.approx(float(np.mean(ours) - np.mean(theirs)))
    other = compare.gain(theirs, ours, clusters)
    assert other.value == pytest.approx(-two.value)


def test_the_same_answers_cannot_be_told_apart() -> None:
    ours = scores(1, 3, 200, [0.6])
    found = compare.gain(ours, ours, list(range(200)))
    assert found.value == 0
    assert compare.verdict(found) == "not distinguishable"
    assert "this budget tells" in compare.needed(found)


def test_seeds_that_disagree_widen_the_interval_beyond_what_questions_say() -> None:
    calm = compare.spread(scores(2, 3, 2_000, [0.6]), list(range(2_000)))
    wild = compare.spread(scores(2, 3, 2_000, [0.4, 0.6, 0.8]), list(range(2_000)))
    assert calm.high - calm.low < 0.1
    assert wild.high - wild.low > 0.6
    assert wild.questions < 0.02


def test_questions_about_one_image_count_for_less() -> None:
    ours = [np.repeat(row, 10).tolist() for row in scores(3, 3, 40, [0.6])]
    alone, together = compare.spread(ours, list(range(400))), compare.spread(ours, [i // 10 for i in range(400)])
    assert together.questions > 2 * alone.questions


def test_a_large_gain_is_told_and_a_lost_one_is_worse() -> None:
    ours, theirs, clusters = scores(4, 3, 500, [0.9]), scores(5, 3, 500, [0.5]), list(range(500))
    assert compare.verdict(compare.gain(ours, theirs, clusters)) == "better"
    assert compare.verdict(compare.gain(theirs, ours, clusters)) == "worse"
    assert compare.needed(compare.gain(ours, theirs, clusters)) == ""


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng, held = np.random.default_rng(6), 0
    for i in range(120):
        # Each seed's students differ by chance; on average neither arm is better.
        rates = rng.normal(0.6, 0.05, 6)
        ours, theirs = scores(2 * i, 3, 300, list(rates[:3])), scores(2 * i + 1, 3, 300, list(rates[3:]))
        found = compare.gain(ours, theirs, list(range(300)))
        held += found.low <= 0 <= found.high
    assert held >= 108, "95 % of 120 are 114"


def test_what_would_tell_grows_as_a_gain_shrinks() -> None:
    def found(value: float, questions: float, seeds: float | None) -> compare.Spread:
        by_seed = (value,) if seeds is None else (value - seeds, value, value + seeds)
        return compare.Spread(
            value=value, low=value - 0.1, high=value + 0.1, by_seed=by_seed, questions=questions, seeds=seeds
        )

    assert compare.seeds_to_tell(found(0.05, 0.005, 0.04)) < compare.seeds_to_tell(found(0.03, 0.005, 0.04)) < inf
    assert compare.seeds_to_tell(found(0.01, 0.02, 0.04)) == inf
    assert "about 8 seeds" in compare.needed(found(0.05, 0.005, 0.04))
    assert "takes more questions" in compare.needed(found(0.01, 0.02, 0.04))
    assert "more seeds" in compare.needed(found(0.05, 0.005, None))


@given(st.floats(0.005, 0.2), st.floats(0.001, 0.05), st.floats(0.001, 0.1), st.integers(2, 9))
def test_seeds_that_were_run_and_told_nothing_are_never_called_enough(
    value: float, questions: float, seeds: float, count: int
) -> None:
    by_seed = (value,) * count
    error, freedom = compare._error(questions, seeds, count)
    half = compare.student(freedom) * error
    found = compare.Spread(
        value=value, low=value - half, high=value + half, by_seed=by_seed, questions=questions, seeds=seeds
    )
    if compare.verdict(found) == "not distinguishable":
        assert compare.detectable(found) > value
        assert compare.seeds_to_tell(found) > count


def test_few_answers_of_one_seed_tell_nothing() -> None:
    theirs = [[0.0] * 4 + [1.0] * 96]
    found = compare.gain([[1.0] * 100], theirs, list(range(100)))
    assert found.mcnemar == pytest.approx(0.125)
    assert compare.verdict(found) == "not distinguishable"


def test_a_grid_is_every_combination_the_first_of_each_axis_first(tmp_path: Path) -> None:
    axes = {
        "paths": {1: {"mix.sft.per_problem": 1}, 8: {"mix.sft.per_problem": 8}},
        "filter": {"verified": None, "unverified": {"control": "unverified"}},
    }
    arms = config.load(written(tmp_path, grid=axes, changes={"verify.steps": "drop"})).arms()
    assert [arm.name for arm in arms] == ["1, verified", "1, unverified", "8, verified", "8, unverified"]
    assert [arm.control for arm in arms] == [None, "unverified"] * 2
    assert arms[2].words == ['verify.steps="drop"', "mix.sft.per_problem=8"]
    assert not any(arm.samples_anew for arm in arms)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"grid": {}}, "grid: name at least one axis"),
        ({"grid": {"a": {}}}, "grid: name at least one axis"),
        ({"grid": {"a": {"x/../../y": {}}}}, "'x/../../y' is no label"),
        ({"grid": {"a": {"b c": {}, "b-c": {}}}}, "two arms would lie in the folder b-c"),
        ({"grid": {"a": {"b": {"control": "magic"}}}}, "control: there are unverified, one-path, random, answers"),
        ({"run": "runs/a"}, "set either run or recipe"),
        ({"recipe": ""}, "set either run or recipe"),
        ({"recipe": "", "run": "r", "grid": {"a": {"b": {"distill.samples": 2}}}}, "only verify, mix and control"),
        ({"held_out": {}}, "held_out: set either run or recipe"),
        ({"seeds": [1, 1]}, "seeds: must be distinct"),
        ({"seeds": []}, "seeds"),
        ({"student": {"model": "a", "scratch": {}}}, "student: set either model or scratch"),
        ({"steps": 3}, "steps: Extra inputs are not permitted"),
        ({"name": "../x"}, "name"),
        ({"grid": {"a": {True: {}, False: {}}}}, "put such labels in quotes"),
    ],
)
def test_mistakes_in_a_grid_are_told_by_their_key(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        config.load(written(tmp_path, **changes))
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["- 1\n", "{", "a: !!python/object:os.system {}\n", "name: a\nname: b\n"])
def test_what_is_no_grid_is_told_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "grid.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError):
        config.load(tmp_path / "grid.yaml")


def test_changes_of_the_command_line_reach_the_grid(tmp_path: Path) -> None:
    what = ablation(written(tmp_path), "4,5", 7, ["held_out.limit=9", "student.sft.batch=3"])
    assert (what.seeds, what.student.sft.steps, what.student.sft.batch) == ((4, 5), 7, 3)
    assert what.held_out.limit == 9
    with pytest.raises(UserError, match="write distinct numbers"):
        ablation(written(tmp_path), "1,x", None, [])


def means(*runs: str, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "controls": "unverified", "model": None, "steps": None, "changes": (), "seeds": "0", "on": None, "limit": None,
        "max_tokens": 64,
    }  # fmt: skip
    return validation([Path(run) for run in runs], **(given | changes))


def test_validate_compares_runs_and_the_controls_of_the_first() -> None:
    what = means("runs/a", "runs/b", controls="unverified,answers", steps=9, changes=["sft.batch=5"])
    assert [arm.name for arm in what.arms] == ["a", "b", "a, unverified", "a, answers"]
    assert [arm.run for arm in what.arms] == ["runs/a", "runs/b", "runs/a", "runs/a"]
    assert (what.student.sft.steps, what.student.sft.batch) == (9, 5)
    assert (what.held_out.run, what.held_out.split) == ("runs/a", "eval")
    other = means("a/x", "b/x", controls="none", on="runs/test:rl", model="org/model")
    assert [arm.name for arm in other.arms] == ["a-x", "b-x"]
    assert (other.held_out.run, other.held_out.split) == ("runs/test", "rl")
    assert other.student.model == "org/model"
    assert other.student.scratch is other.student.tower is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"controls": "magic"}, "there are unverified, one-path, random, answers, and none"),
        ({"controls": "none"}, "compared with nothing"),
        ({"controls": "random,random"}, "there twice"),
        ({"seeds": "1,1"}, "distinct numbers"),
        ({"changes": ["sft.stepz=1"]}, "stepz"),
        ({"changes": ["sft"]}, "write it as key=value"),
        ({"model": "m", "changes": ["tower={}"]}, "tower is for a model from scratch"),
        ({"on": ":rl"}, "write it as RUN or RUN:SPLIT"),
        ({"seeds": "0,00"}, "distinct numbers"),
    ],
)
def test_what_validate_cannot_mean_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        means("runs/a", **changes)


def test_what_is_not_said_of_a_student_is_as_by_default() -> None:
    assert means("a", changes=["tower.batch=8"]).student.tower == config.STUDENT.tower.model_copy(update={"batch": 8})  # type: ignore[union-attr]
    for said in ({"model": "org/model"}, {"changes": ["model=org/model"]}):
        student = means("a", **said).student
        assert (student.model, student.scratch, student.sft.learning_rate) == ("org/model", None, config.GENTLE)


def test_the_grids_that_come_along_can_be_read_as_make_reads_them() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    quick = re.search(r"^QUICK := (.*)$", text, re.MULTILINE)
    assert quick
    lines = [line for line in text.replace("$(QUICK)", quick[1]).splitlines() if " ablate " in line]
    assert len(lines) == 4
    parser = argparse.ArgumentParser()
    parser.add_argument("grid", type=Path)
    for option in ("--seeds", "--out"):
        parser.add_argument(option)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--set", action="append", default=[])
    for line in lines:
        given = parser.parse_args(shlex.split(line.split(" ablate ")[1]))
        what = ablation(ROOT / given.grid, given.seeds, given.steps, given.set)
        assert len(what.arms) >= 2
        assert what.seeds == ((0,) if given.seeds else (0, 1, 2))


def test_a_run_that_holds_nothing_out_is_told_before_anything_is_trained(tmp_path: Path) -> None:
    run = Place(tmp_path).build()
    done = CliRunner().invoke(app, ["validate", str(run.folder), "--out", str(tmp_path / "out")])
    assert isinstance(done.exception, UserError)
    assert "holds no questions out" in str(done.exception)
    assert not (tmp_path / "out" / "models").exists()


def finding(name: str = "mine") -> dict[str, Any]:
    """Findings as an experiment leaves them, with made-up scores."""
    from dataclasses import asdict

    right = asdict(compare.spread(scores(1, 3, 50, [0.7]), list(range(50))))
    gain = compare.gain(scores(1, 3, 50, [0.7]), scores(2, 3, 50, [0.65]), list(range(50)))
    arm = {
        "rows": 10, "problems": 5, "is": "the run's own rows", "changes": {}, "sft": "0", "accuracy": right,
        "yes_no": None, "open": right, "blind": right, "undecided": 0, "unanswered": 2,
    }  # fmt: skip
    return {
        "name": name, "arms": [{"name": "first", **arm}, {"name": name, **arm}], "same": {}, "seeds": [0, 1, 2],
        "pairs": [
            {"one": "first", "other": name, "verdict": compare.verdict(gain), "needed": compare.needed(gain)}
            | asdict(gain)
        ],
        "held_out": {"name": "test:eval", "questions": 50, "yes_no": 0, "limit": None}, "parameters": 1_000_000,
        "student": config.STUDENT.model_dump(mode="json"), "training_seconds": 60.0, "versions": {}, "tower": None,
    }  # fmt: skip


def test_findings_stand_on_the_card_as_long_as_the_run_has_those_rows(tmp_path: Path) -> None:
    place = Place(tmp_path)
    run = place.build()
    card.write(run)
    assert "Does it teach?" not in card.render(run)
    page.on_card(run, finding())
    told = (run.folder / "card.md").read_text(encoding="utf-8")
    assert "## Does it teach?" in told
    assert "600 steps of 32 rows" in told
    assert "seeds 0, 1, 2" in told
    place.build(changes=("mix.sft.per_problem=1",))
    assert "Does it teach?" not in card.render(run)


def test_findings_that_somebody_damaged_are_named(tmp_path: Path) -> None:
    run = Place(tmp_path).build()
    page.on_card(run, finding())
    (run.folder / "validation" / "mine.json").write_text("{}")
    with pytest.raises(StoreError, match=r"mine\.json is damaged"):
        card.render(run)


def test_a_hostile_name_is_inert_on_the_page_and_on_the_card(tmp_path: Path) -> None:
    found = finding(EVIL)
    assert "<script" not in page.markdown(found)
    run = Place(tmp_path).build()
    found["name"] = "mine"
    page.on_card(run, found)
    assert "<script" not in card.render(run)
    assert json.loads((run.folder / "validation" / "mine.json").read_text())["about"] == run.need("sft").digest


def test_conditions_name_seeds_budget_and_student() -> None:
    told = " ".join(show.conditions(finding()))
    assert "a model with random weights, 1,000,000 parameters" in told
    assert "learning rate 0.001" in told
    assert "tower" not in told, "it had nothing to name"
    assert "first: 2 answers over all seeds were unanswered" in told
    assert "50 questions of test:eval" in told
    assert "One seed" in " ".join(show.conditions(finding() | {"seeds": [0]}))
