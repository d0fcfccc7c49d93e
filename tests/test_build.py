"""A build: what it makes, what it does not do again, what it survives."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from conftest import Place, answered, tables, write_jsonl
from mmdata.errors import EngineError, SourceError, StoreError
from mmdata.journal import Journal
from mmdata.plan import plan
from mmdata.store import Run
from mmdata.tables import NOUNS, SCHEMAS


def test_a_build_makes_every_table_in_its_schema_with_a_manifest_that_counts_and_hashes_it(place: Place) -> None:
    run = place.build()
    for table in NOUNS:
        schema = SCHEMAS[table]
        if table.startswith("blind_"):  # this recipe does not ask for them
            assert run.manifest(table) is None
            continue
        manifest = run.need(table)
        parts = sorted((run.folder / table).glob("part-*.parquet"))
        assert [pq.read_schema(p) for p in parts] == [schema] * len(parts)
        assert manifest.rows == sum(pq.read_metadata(p).num_rows for p in parts)
        digests = {f"{table}/{f['name']}": f["sha256"] for f in manifest.files}
        assert digests.items() <= tables(run).items()


def test_only_right_paths_in_the_target_format_become_sft_rows_and_each_other_path_has_its_reason(place: Place) -> None:
    run = place.build()
    kept = {e.trace_id for e in run.read("sft")}
    reasons = {d.id: d.reason for d in run.dropped("sft")}
    samples = {t.id: (int(t.problem_id[-1]), t.sample) for t in run.read("traces")}
    assert kept.isdisjoint(reasons)
    assert kept | reasons.keys() == samples.keys()
    for trace, (number, sample) in samples.items():
        expected = {0: None, 1: "wrong_answer", 2: "truncated" if number % 2 == 0 else None,
                    3: "format" if number % 2 else None}[sample]  # fmt: skip
        assert reasons.get(trace) == expected
    assert all(e.messages[-1]["content"].endswith(f"<answer>{e.answer}</answer>") for e in run.read("sft"))


def test_rl_rows_carry_the_pass_rate_over_all_judged_paths(place: Place) -> None:
    assert {row.pass_rate for row in place.build().read("rl")} == {0.5}
    assert {row.samples for row in place.build().read("rl")} == {4}


def test_a_second_build_runs_nothing(place: Place) -> None:
    first = tables(place.build())
    place.ran = True
    assert tables(place.build()) == first
    assert not place.ran


def test_changing_mix_reruns_mix_alone(place: Place) -> None:
    place.build()
    place.recipe["mix"] = {"sft": {"per_problem": 1}}
    run = place.build()
    assert [line.split()[0] for line in place.said().splitlines() if "nothing to do" not in line] == ["mix"]
    assert run.need("sft").rows == 12
    assert run.need("sft").dropped["over_cap"] == 12


def test_workers_do_not_change_a_byte(place: Place) -> None:
    write_jsonl(place.folder / "data.jsonl", [
        {"id": f"q{i:05d}", "question": f"Simplify {i}/12 + 1/x", "answer": rf"\frac{{{i}}}{{12}}+\frac{{1}}{{x}}"}
        for i in range(12)
    ])  # fmt: skip
    write_jsonl(place.folder / "recording.jsonl", [
        answered(f"adds/q{i:05d}", s, rf"$\frac{{1}}{{x}} + \frac{{{i + s}}}{{12}}$")
        for i in range(12) for s in range(4)
    ])  # fmt: skip
    one, two = place.build("one", workers=1), place.build("two", workers=2)
    assert tables(one) == tables(two)
    assert one.need("sft").rows >= 12


def test_raising_the_samples_asks_only_for_the_new_ones(make_place: Callable[..., Place]) -> None:
    place = make_place(samples=8)
    run = place.build(changes=("distill.samples=4",))
    before = {t.id: t for t in run.read("traces")}
    run = place.build(changes=("distill.samples=8",))
    after = {t.id: t for t in run.read("traces")}
    assert len(after) == 2 * len(before)
    assert before.items() <= after.items()
    notes = run.need("traces").notes["teachers"]["recorded"]
    assert (notes["asked"], notes["reused"]) == (48, 48)


def test_a_finished_request_is_not_asked_again_even_if_the_recording_changed(place: Place) -> None:
    run = place.build()
    first = tables(run)
    (run.folder / "traces" / "manifest.json").unlink()
    write_jsonl(place.folder / "recording.jsonl", [answered("adds/q00000", 0, "other")])
    assert tables(place.build()) == first


def test_a_run_s_traces_are_a_recording_that_makes_the_same_corpus(place: Place) -> None:
    first = tables(place.build("first"))
    place.recipe["distill"]["teachers"][0]["path"] = "first/traces"  # type: ignore[index]
    assert tables(place.build("second")) == first


def test_failed_requests_are_dropped_with_their_reason_and_asked_again_by_the_next_build(place: Place) -> None:
    recording = place.folder / "recording.jsonl"
    lines = recording.read_text().splitlines(keepends=True)
    recording.write_text("".join(lines[:-4]))
    run = place.build()
    assert run.need("traces").dropped == {"request_failed": 4}
    assert {d.id for d in run.dropped("traces")} == {"adds/q00011"}
    assert place.build().need("traces").dropped == {"request_failed": 4}
    recording.write_text("".join(lines))
    assert place.build().need("traces").dropped == {}


def test_a_problem_without_a_teacher_is_counted_and_stays_eligible_for_rl(place: Place) -> None:
    place.recipe["distill"]["teachers"][0]["serve"] = {"modality": "image"}  # type: ignore[index]
    run = place.build()
    assert run.need("traces").notes["unserved"] == {"adds": 12}
    assert run.need("traces").dropped == {"no_teacher": 12}
    assert run.need("rl").rows == 12
    assert {row.pass_rate for row in run.read("rl")} == {None}


def test_a_table_that_the_recipe_no_longer_asks_for_is_gone(place: Place) -> None:
    run = place.build()
    place.recipe["mix"] = {"rl": None}
    place.build()
    assert run.manifest("rl") is None
    assert run.manifest("sft") is not None


def test_stopping_early_keeps_later_tables_only_while_they_would_come_out_the_same(place: Place) -> None:
    run = place.build()
    place.build(until="screen")
    assert run.manifest("sft") is not None
    place.recipe["screen"] = {"duplicates": "keep"}
    place.build(until="screen")
    assert run.manifest("screened") is not None
    assert run.manifest("sft") is None


def test_a_folder_that_is_no_run_is_left_alone(place: Place) -> None:
    mine = place.folder / "run" / "sft" / "notes.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(StoreError, match="is no run"):
        place.build()
    assert mine.read_text() == "mine"


def test_a_lost_or_shortened_part_is_made_again(place: Place) -> None:
    first = tables(place.build())
    for damage in (Path.unlink, lambda p: p.write_bytes(p.read_bytes()[:-9])):
        damage(place.folder / "run" / "screened" / "part-00000.parquet")
        assert tables(place.build()) == first


def test_pages_never_outlive_the_tables_they_tell_of(place: Place) -> None:
    run = place.build()
    (run.folder / "report.html").write_text("old")
    place.build(changes=("mix.sft.per_problem=1",))
    assert not (run.folder / "report.html").exists()


def test_a_change_of_mix_is_noticed_even_by_a_build_that_stops_before_it(place: Place) -> None:
    run = place.build()
    place.build(until="collect", changes=("mix.sft.per_problem=1",))
    assert run.manifest("sft") is None
    assert run.manifest("traces") is not None


def test_what_decides_the_answers_of_a_teacher_decides_the_key(place: Place) -> None:
    run = place.build()
    place.recipe["distill"]["teachers"][0]["max_model_len"] = 4096  # type: ignore[index]
    before = run.need("traces").key
    assert place.build().need("traces").key != before


def test_many_rows_without_a_gold_are_not_read_ahead(tmp_path: Path) -> None:
    from mmdata.collect import _gold_checked
    from mmdata.types import Dropped
    from mmverifiers import Pool

    read = 0

    def rows():  # type: ignore[no-untyped-def]
        nonlocal read
        for i in range(100_000):
            read += 1
            yield Dropped(stage="collect", id=str(i), source="s", reason="bad_json")

    with Pool() as pool:
        next(_gold_checked(rows(), pool))
    assert read < 5_000


def test_two_builds_do_not_write_to_one_folder(place: Place) -> None:
    with Run(place.folder / "run").locked(), pytest.raises(StoreError, match="another build"):
        place.build()


def test_a_stage_that_fails_leaves_no_table_and_what_came_before_stays(place: Place) -> None:
    place.recipe["distill"]["teachers"][0]["path"] = "nowhere.jsonl"  # type: ignore[index]
    with pytest.raises(EngineError, match="no recording at nowhere"):
        place.build()
    run = Run(place.folder / "run")
    assert run.need("screened").rows == 12
    assert run.manifest("traces") is None


def test_changed_rows_are_noticed_and_a_missing_file_is_named(place: Place) -> None:
    assert place.build().need("problems").rows == 12
    write_jsonl(place.folder / "data.jsonl", [{"id": "a", "question": "1?", "answer": "1"}])
    assert place.build().need("problems").rows == 1
    (place.folder / "data.jsonl").unlink()
    with pytest.raises(SourceError, match=r"data\.jsonl"):
        place.build()


def test_a_dry_run_counts_the_missing_requests_and_writes_nothing(place: Place) -> None:
    from mmdata import recipe_file

    run = place.build(until="screen")
    before = sorted(run.folder.rglob("*"))
    planned = list(plan(recipe_file.load(place.folder / "recipe.yaml"), place.folder, run))
    states = {p.table: p.state for p in planned}
    sampled = dict.fromkeys(("traces", "verdicts", "suspects", "sft", "rl", "eval"), "to run")
    assert states == dict.fromkeys(states, "there") | sampled
    (detail,) = (p.detail for p in planned if p.table == "traces")
    assert detail.startswith("12 requests for 48 samples")
    assert sorted(run.folder.rglob("*")) == before


def test_the_request_log_keeps_what_was_said_to_the_letter(place: Place) -> None:
    hostile = "<think>\x1b[2J\u202e<script>\ud800</script></think><answer>0</answer>"
    write_jsonl(place.folder / "recording.jsonl", [{"problem_id": "adds/q00000", "sample": 0, "response": hostile}])
    run = place.build(changes=("distill.samples=1",))
    (trace,) = run.read("traces")
    assert trace.response == hostile.replace("\ud800", "?")
    with Journal(run.requests) as journal:
        assert journal.count() == 1


def test_a_damaged_manifest_is_a_clear_error(place: Place) -> None:
    run = place.build()
    (run.folder / "sft" / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match=r"sft.*is damaged"):
        place.build()


def test_manifests_hold_no_path_of_this_machine(place: Place) -> None:
    run = place.build()
    for manifest in run.folder.glob("*/manifest.json"):
        assert str(place.folder) not in json.dumps(json.loads(manifest.read_text()))


def test_bytes_do_not_depend_on_where_a_build_stands(tmp_path: Path) -> None:
    made = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        made.append(tables(Place(tmp_path / name).build()))
    assert made[0] == made[1]
