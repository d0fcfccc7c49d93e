"""Right paths whose reasoning is provably false: what is stored of them, and what a recipe may do with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Place, answered, tables, write_jsonl
from mmdata import card, explain, recipe_file, report, verdict_figures
from mmdata.store import Run
from mmdata.tables import SCHEMAS
from mmdata.verify import reasoning

FALSE = "12 + 15 = 28"


@pytest.fixture
def stepping(place: Place) -> Place:
    """12 problems: sample 0 is right for wrong reasons, 1 is wrong for wrong reasons, 2 and 3 are right."""
    lines = []
    for i in range(12):
        for sample in range(4):
            line = answered(f"adds/q{i:05d}", sample, str(2 * i + (sample == 1)))
            if sample < 2:
                thought = f"Take number {i}. First, {FALSE}. Then {i} + {i} = {2 * i}."
                line["response"] = f"<think>\n  {thought}</think><answer>{2 * i + sample}</answer>"
            lines.append(line)
    write_jsonl(place.folder / "recording.jsonl", lines)
    return place


def built(place: Place, steps: str, **mix: object) -> Run:
    place.recipe["verify"] = {"steps": steps}
    place.recipe["mix"] = {"sft": mix}
    return place.build()


def samples(run: Run) -> set[int]:
    """Which samples of their problems became SFT rows."""
    return {int(row.id.rpartition("#")[2]) for row in run.read("sft")}


def test_off_looks_for_nothing(stepping: Place) -> None:
    run = built(stepping, "off")
    assert {row.false_steps for row in run.read("verdicts")} == {None}
    assert verdict_figures.steps(run) is None
    assert samples(run) == {0, 2, 3}
    assert "false step" not in report.render(run)


def test_a_false_step_is_stored_with_its_place_and_the_score_stays(stepping: Place) -> None:
    run = built(stepping, "report")
    traces = {t.id: t for t in run.read("traces")}
    for row in run.read("verdicts"):
        trace = traces[row.trace_id]
        if trace.sample == 0:
            assert (row.score, row.reason) == (1.0, "step_error")
            assert row.false_steps is not None
            (step,) = row.false_steps
            assert trace.response[step["start"] : step["end"]] == FALSE
            assert step["why"]
        elif trace.sample == 1:
            # Nobody learns from a wrong path: its steps are not looked at.
            assert (row.score, row.reason, row.false_steps) == (0.0, "wrong_answer", None)
        else:
            assert (row.score, row.reason, row.false_steps) == (1.0, "ok", ())
    assert {row.pass_rate for row in run.read("rl")} == {0.75}
    assert samples(run) == {0, 2, 3}


def test_drop_keeps_such_paths_out_of_sft_with_their_reason(stepping: Place) -> None:
    run = built(stepping, "drop")
    assert samples(run) == {2, 3}
    drops = [d for d in run.dropped("sft") if d.reason == "step_error"]
    assert len(drops) == 12
    assert all(FALSE in d.detail for d in drops)
    assert {row.pass_rate for row in run.read("rl")} == {0.75}


def test_downrank_takes_such_paths_only_after_the_others_of_their_problem(stepping: Place) -> None:
    assert samples(built(stepping, "downrank", per_problem=2)) == {2, 3}
    assert samples(built(stepping, "report", per_problem=2)) == {0, 2}
    run = built(stepping, "downrank", per_problem=3)
    assert samples(run) == {0, 2, 3}


def test_another_treatment_judges_nothing_again(stepping: Place) -> None:
    run = built(stepping, "report")
    verdicts = run.need("verdicts").key
    for steps in ("drop", "downrank"):
        assert built(stepping, steps).need("verdicts").key == verdicts
        assert [line.split()[1] for line in stepping.said().splitlines() if "nothing to do" not in line] == ["sft"]
    assert built(stepping, "off").need("verdicts").key != verdicts


def test_workers_do_not_change_a_byte(stepping: Place) -> None:
    stepping.recipe["verify"] = {"steps": "downrank"}
    assert tables(stepping.build("one", workers=1)) == tables(stepping.build("two", workers=2))


def test_they_are_counted_and_shown(stepping: Place) -> None:
    run = built(stepping, "report")
    found = verdict_figures.steps(run)
    assert found is not None
    assert (found.checked, found.false, found.sft) == (36, 12, 12)
    assert run.need("verdicts").notes["steps"] == {"checked": 36, "false": 12}
    page, text = report.render(run), card.render(run)
    assert "12 of 36 right paths (33.3 %)" in page
    assert f"false step: <code>{FALSE}</code>" in page
    assert "36 right paths was searched for statements that are provably false: 12 hold one" in text
    assert "12 SFT rows come from such paths" in text
    events = explain.explain(run, "adds/q00003")
    told = "\n".join(f"{e.outcome} {e.text} {' '.join(e.details)}" for e in events)
    assert "right path 0 is right: step_error" in told
    assert f": {FALSE}; " in told
    dropped = built(stepping, "drop")
    assert verdict_figures.steps(dropped) == verdict_figures.Steps(checked=36, false=12, sft=0)


@pytest.mark.parametrize(
    ("response", "found"),
    [
        ("<think> a </think><answer>1</answer>", (7, " a ")), ("a</think><answer>1</answer>", (0, "a")),
        ("a. So 1.", (0, "a. So 1.")), ("x<think>a", (8, "a")), ("", (0, "")), ("</think>a<think>b", (16, "b")),
    ],
)  # fmt: skip
def test_the_reasoning_of_a_response_is_found_with_its_place(response: str, found: tuple[int, str]) -> None:
    assert reasoning(response) == found
    assert response[found[0] :].startswith(found[1])


def test_off_may_be_written_without_quotes(stepping: Place) -> None:
    path = stepping.folder / "bare.yaml"
    path.write_text(json.dumps({**stepping.recipe, "verify": {"steps": "STEPS"}}).replace('"STEPS"', "off"))
    assert recipe_file.load(path).verify.steps == "off"


def test_verdicts_without_the_column_can_still_be_read(stepping: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    old = SCHEMAS["verdicts"].remove(SCHEMAS["verdicts"].get_field_index("false_steps"))
    monkeypatch.setitem(SCHEMAS, "verdicts", old)
    run = built(stepping, "off")
    monkeypatch.undo()
    assert len(list(run.read("verdicts"))) == 48
    assert "</span> right</b>" in report.render(run)
    assert explain.explain(run, "adds/q00003")


def test_many_wrong_paths_are_not_read_ahead(make_place: Callable[..., Place], tmp_path: Path) -> None:
    from mmdata.verify import _stepped
    from mmverifiers import Pool
    from screening import problem

    read = 0

    def rows():  # type: ignore[no-untyped-def]
        nonlocal read
        from mmdata.types import Judged

        for i in range(100_000):
            read += 1
            yield problem("1"), Judged(
                trace_id=str(i), problem_id="s/1", source="s", verifier="number", version="1", score=0.0,
                extracted="1", method="number", reason="wrong_answer",
            ), ""  # fmt: skip

    with Pool() as pool:
        next(_stepped(rows(), pool, ()))
    assert read < 5_000
