"""`mmdata verify`: a run judged again without a teacher, and a file of predictions judged by itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from conftest import Place, tables, write_jsonl
from mmdata import engines, predictions, recipe_file, reverify
from mmdata.build import judging, make
from mmdata.errors import StoreError, UserError
from mmdata.prediction_file import options
from mmdata.progress import Shown
from mmdata.reverify import Reverified
from mmdata.store import Run
from mmdata.types import Judged
from test_cli import ends_clearly, mmdata, written

SILENT = Shown(Console(quiet=True), quiet=True)


def again(run: Run, **how: Any) -> Reverified:
    return reverify.reverify(run, workers=1, shown=SILENT, **how)


def aged(run: Run) -> None:
    """Put verdicts in the run that other verifiers might have left: they took every sample 1 for right, could not
    judge what is cut off, and found another form of every third right answer. The splits are mixed from them."""
    traces = {t.id: t for t in run.read("traces")}

    def older(row: Judged) -> Judged:
        sample, number = traces[row.trace_id].sample, int(row.problem_id[-5:])
        if sample == 1:
            return replace(row, score=1.0, reason="ok", version="0")
        if row.reason == "truncated":
            return replace(row, score=None, reason="timeout", version="0")
        return replace(row, extracted="x", version="0") if sample == 0 and number % 3 == 0 else row

    rows = [older(row) for row in run.read("verdicts")]

    def stage() -> Generator[Any, None, dict[str, Any]]:
        yield from rows
        return {}

    inputs = run.need("verdicts").inputs
    run.write(
        "verdicts", stage(), key="old", config={}, inputs=inputs, versions={}, sources=lambda row: row.source,
        seconds=lambda: 1.0,
    )  # fmt: skip
    _, *mixing = judging(recipe_file.load(run.folder / "recipe.yaml"), run, 1)
    for step in mixing:
        make(step, run, SILENT)


def everything(run: Run) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(run.folder.rglob("*")) if p.is_file()}


CHANGES = {
    ("adds", "ok → wrong_answer"): 12,
    ("adds", "timeout → truncated"): 6,
    ("adds", "ok → ok, another answer"): 4,
}


def listed(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_what_is_judged_as_before_is_said_to_be_so(place: Place) -> None:
    found = again(place.build())
    assert (found.paths, found.changed, found.stale) == (48, 0, ())


def test_changes_are_counted_by_source_and_reason_with_examples_and_nothing_is_written(place: Place) -> None:
    run = place.build()
    aged(run)
    before = everything(run)
    found = again(run)
    assert (found.paths, found.changes, found.written) == (48, CHANGES, False)
    assert found.stale == ("verdicts", "suspects", "sft", "rl", "eval")
    first = found.examples["ok → wrong_answer"][0]
    assert (first.problem_id, first.gold, first.old_extracted, first.extracted) == ("adds/q00000", "0", "1", "1")
    assert all(len(found.examples[what]) <= 3 for _, what in CHANGES)
    assert everything(run) == before


def test_write_leaves_what_a_build_under_the_current_verifiers_would(place: Place) -> None:
    run = place.build()
    wanted = tables(run)
    aged(run)
    assert tables(run) != wanted
    assert again(run, write=True).changes == CHANGES
    assert tables(run) == wanted
    place.build()
    assert all("nothing to do" in line for line in place.said().splitlines())


def test_no_source_is_read_and_no_engine_is_opened(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    run = place.build()
    aged(run)
    for name in ("data.jsonl", "recording.jsonl"):
        (place.folder / name).unlink()
    monkeypatch.setattr(engines, "open_engine", lambda *_: pytest.fail("an engine was opened"))
    assert again(run).changes == CHANGES
    assert again(run, write=True).changes == CHANGES
    assert again(run).changed == 0


@pytest.mark.parametrize("name", ["changes.jsonl", "changes.parquet"])
def test_every_change_is_listed_in_a_file(place: Place, name: str) -> None:
    run = place.build()
    aged(run)
    path = place.folder / name
    again(run, changes=path)
    rows = pq.read_table(path).to_pylist() if name.endswith("parquet") else listed(path)
    assert len(rows) == sum(CHANGES.values())
    row = next(r for r in rows if r["reason"] == "truncated")
    assert (row["old_reason"], row["old_score"], row["score"], row["gold"]) == ("timeout", None, 0.0, "0")
    assert [p.name for p in place.folder.glob(".*")] == []


def test_an_interruption_loses_neither_the_verdicts_nor_the_list_of_changes(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = place.build()
    aged(run)
    before, changes = tables(run), place.folder / "changes.jsonl"
    seen = 0

    def killed(problems: Any, rows: Any) -> Any:
        nonlocal seen
        for pair in joined(problems, rows):
            seen += 1
            if seen == 30:
                raise KeyboardInterrupt
            yield pair

    joined = reverify.joined
    monkeypatch.setattr(reverify, "joined", killed)
    with pytest.raises(KeyboardInterrupt):
        again(run, write=True, changes=changes)
    assert tables(run) == before
    assert not changes.exists()
    monkeypatch.undo()
    # Killed again, between the verdicts and the splits that are mixed from them.
    made: list[str] = []

    def stops(step: Any, *args: Any, **more: Any) -> bool:
        if step.verb == "mix":
            raise KeyboardInterrupt
        made.append(step.table)
        return make(step, *args, **more)

    monkeypatch.setattr(reverify, "make", stops)
    with pytest.raises(KeyboardInterrupt):
        again(run, write=True, changes=changes)
    monkeypatch.undo()
    assert made == ["verdicts", "suspects"]
    assert len(listed(changes)) == sum(CHANGES.values())
    found = again(run)
    assert (found.changed, found.stale) == (0, ("sft", "rl", "eval"))
    again(run, write=True)
    assert again(run).stale == ()


def test_paths_that_had_no_verdict_are_named_so(place: Place) -> None:
    run = place.build(until="distill")
    found = again(run)
    assert found.changes["adds", "not judged → ok"] == 24
    assert found.changed == 48
    assert run.manifest("verdicts") is None
    again(run, write=True)
    assert run.need("sft").rows == 24


def test_paths_of_other_problems_are_not_judged(place: Place) -> None:
    run = place.build()
    write_jsonl(place.folder / "data.jsonl", [{"id": "q00000", "question": "What is 1 + 1?", "answer": "2"}])
    place.build("other", until="screen")
    shutil.rmtree(run.folder / "screened")
    shutil.move(place.folder / "other" / "screened", run.folder / "screened")
    with pytest.raises(StoreError, match="run mmdata build first"):
        again(run)


def test_a_run_without_paths_and_a_list_of_no_known_kind_end_clearly(place: Place) -> None:
    run = place.build(until="screen")
    with pytest.raises(StoreError, match="has no traces"):
        again(run)
    with pytest.raises(UserError, match=r"\.jsonl or a \.parquet"):
        again(run, changes=Path("changes.csv"))


def test_the_command_shows_the_changes_and_writes_when_asked(place: Place) -> None:
    path = written(place)
    assert mmdata("build", path.name, "--quiet", cwd=place.folder).returncode == 0
    run = Run(place.folder / "runs" / "adds")
    aged(run)
    shown = mmdata("verify", "runs/adds", cwd=place.folder)
    assert shown.returncode == 0, shown.stderr
    for words in ("22 changed", "ok → wrong_answer", "timeout → truncated", "Nothing was written", "--write"):
        assert words in shown.stdout
    counted = json.loads(mmdata("verify", "runs/adds", "--json", cwd=place.folder).stdout)
    assert (counted["paths"], counted["changed"], counted["written"]) == (48, 22, False)
    assert counted["changes"][0] == {"source": "adds", "change": "ok → wrong_answer", "paths": 12}
    done = mmdata("verify", "runs/adds", "--write", cwd=place.folder)
    assert "22 changed" in done.stdout
    assert "Nothing was written" not in done.stdout
    assert (run.folder / "report.html").exists()
    assert (run.folder / "card.md").exists()
    assert json.loads(mmdata("verify", "runs/adds", "--json", cwd=place.folder).stdout)["changed"] == 0


LINES: list[dict[str, Any]] = [
    {"id": "a", "response": "So it is 4.\n\nAnswer: 4", "answer": 4},
    {"id": "b", "response": r"\boxed{5}", "answer": "4", "kind": "number"},
    {"response": r"\boxed{\frac{1}{2} + x}", "answer": "x + 1/2", "kind": "math"},
    {"id": "d", "response": "The answer is (B).", "answer": "B", "choices": ["red", 7]},
    {"id": "e", "response": "The answer is 4.", "answer": "4", "finish_reason": "length"},
    {"id": "f", "response": "4", "answer": "4", "extract": "none", "metadata": {"row": 1}, "kind": None},
    {"id": "g", "response": "<think>t</think><answer>yes</answer>", "answer": True, "extract": "strict"},
]
BAD: list[tuple[str, str]] = [
    ("nonsense", "not JSON"), ("[1]", "a list, not an object"), ('{"answer": "1"}', "no key 'response'"),
    ('{"response": "1"}', "no key 'answer'"), ('{"response": null, "answer": "1"}', "response is null"),
    ('{"response": "1", "answer": {}}', "answer is an object"), ('{"response": "1", "answer": []}', "answer is a list"),
    ('{"response": "1", "answer": NaN}', "answer is a number"),
    ('{"response": "1", "answer": "1", "kind": "magic"}', "kind is magic"),
    ('{"response": "1", "answer": "1", "extract": "best"}', "extract is best"),
    ('{"response": "1", "answer": "1", "choices": "AB"}', "choices is a text"),
    ('{"response": "1", "answer": "1", "question": 1}', "question is a number"), ("\ud800", "not JSON"),
]  # fmt: skip


def judged(path: Path, *keys: str, out: Path | None = None, **how: Any) -> predictions.Tally:
    return predictions.judge(path, options(keys, how.get("kind"), how.get("extract"), 1), out, SILENT)


def test_each_line_gets_a_verdict_beside_its_id(tmp_path: Path) -> None:
    path, out = tmp_path / "p.jsonl", tmp_path / "v.jsonl"
    write_jsonl(path, LINES)
    tally = judged(path, out=out)
    assert (tally.count(1.0), tally.count(0.0), tally.bad) == (5, 2, 0)
    assert tally.accuracy == pytest.approx(5 / 7)
    verdicts = listed(out)
    assert [v["id"] for v in verdicts] == ["a", "b", 3, "d", "e", "f", "g"]
    assert [v["score"] for v in verdicts] == [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]
    assert [v["kind"] for v in verdicts] == ["number", "number", "math", "choice", "number", "number", "yesno"]
    assert verdicts[4]["reason"] == "truncated"
    assert set(verdicts[0]) == {"id", "line", "score", "extracted", "method", "reason", "kind"}


def test_a_bad_line_is_counted_and_shown_and_stops_nothing(tmp_path: Path) -> None:
    path, out = tmp_path / "p.jsonl", tmp_path / "v.jsonl"
    good = json.dumps(LINES[0])
    path.write_bytes("\n".join([good, *(bad for bad, _ in BAD), "", good]).encode("utf-8", "surrogatepass"))
    tally = judged(path, out=out)
    assert (tally.count(1.0), tally.bad) == (2, len(BAD))
    errors = [row.get("error") for row in listed(out)]
    assert errors[0] is None
    for (_, says), error in zip(BAD, errors[1:-1], strict=True):
        assert says in error
    assert [bad.line for bad in tally.shown] == [2, 3, 4, 5, 6]


def test_a_file_may_call_its_keys_otherwise_and_leave_the_kind_to_the_caller(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    write_jsonl(path, [{"output": "B", "gold": "B", "n": 1}])
    tally = judged(path, "response=output", "answer=gold", "id=n", kind="text", extract="none")
    assert tally.counts == {("text", "ok", 1.0): 1}


@pytest.mark.parametrize(
    ("keys", "how", "says"),
    [
        (["respons=x"], {}, "names are response, answer"), (["response"], {}, "NAME=COLUMN"),
        ([], {"kind": "magic"}, "--kind magic: there are auto,"), ([], {"extract": "best"}, "--extract best"),
        (["response=nothing"], {}, "no key 'nothing'; it has id, response, answer"),
    ],
)  # fmt: skip
def test_a_mistake_that_no_line_survives_is_one_of_the_user(
    tmp_path: Path, keys: list[str], how: dict[str, str], says: str
) -> None:
    path, out = tmp_path / "p.jsonl", tmp_path / "v.jsonl"
    write_jsonl(path, LINES[:2])
    with pytest.raises(UserError) as caught:
        judged(path, *keys, out=out, **how)
    assert says in str(caught.value)
    assert list(tmp_path.iterdir()) == [path]


def test_the_predictions_themselves_are_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    write_jsonl(path, LINES)
    before = path.read_bytes()
    with pytest.raises(UserError, match="the file of predictions itself"):
        judged(path, out=tmp_path / "." / "p.jsonl")
    assert path.read_bytes() == before


def test_memory_stays_flat_however_many_lines_are_good_or_bad(tmp_path: Path) -> None:
    peaks = []
    for lines in (2_000, 60_000):
        path = tmp_path / f"{lines}.jsonl"
        good = json.dumps({"response": "The answer is 7." + " " * 500, "answer": "7"})
        path.write_text(f"{good}\n" * (lines // 2) + '{"answer": "7"}\n' * (lines // 2))
        arguments = [sys.executable, "-m", "mmdata", "verify", str(path), "--json", "--out", str(tmp_path / "v.jsonl")]
        child = f"import resource, subprocess; subprocess.run({arguments!r}, check=True, stdout=subprocess.DEVNULL)"
        child += "; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        peaks.append(int(subprocess.check_output([sys.executable, "-c", child], text=True)))
    assert peaks[1] - peaks[0] < 30_000, peaks


def test_the_command_prints_a_table_or_json_and_ends_well_though_lines_are_bad(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES) + "nonsense\n")
    shown = mmdata("verify", "p.jsonl", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    for words in ("8 lines, 7 judged", "accuracy 71.4 %: 5 right of 7", "truncated", "wrong_answer", "not JSON"):
        assert words in shown.stdout
    found = json.loads(mmdata("verify", "p.jsonl", "--json", cwd=tmp_path).stdout)
    assert (found["lines"], found["right"], found["wrong"], found["bad"]) == (8, 5, 2, 1)
    assert found["reasons"] == {"ok": 5, "truncated": 1, "wrong_answer": 1}
    assert found["kinds"]["choice"] == {"right": 1, "wrong": 0, "unjudged": 0}


def test_an_option_of_the_other_half_and_a_missing_place_end_clearly(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "p.jsonl", LINES)
    ends_clearly(mmdata("verify", "p.jsonl", "--write", cwd=tmp_path), "--write", "run")
    ends_clearly(mmdata("verify", ".", "--kind", "math", cwd=tmp_path), "--kind", "predictions")
    ends_clearly(mmdata("verify", "nowhere", cwd=tmp_path), "nowhere")
    ends_clearly(mmdata("verify", ".", cwd=tmp_path), "build the run first")
