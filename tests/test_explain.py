"""The life of a row, by its id."""

import io
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

import made_run
from mmdata import explain
from mmdata.errors import StoreError
from mmdata.explain import Event
from mmdata.store import Run
from screening import drawn, indexed, problem, put, screened


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made_run.make(tmp_path_factory.mktemp("made") / "run")


def life(run: Run, id: str) -> list[tuple[str, str]]:
    return [(event.stage, event.outcome) for event in explain.explain(run, id)]


def told(events: list[Event]) -> str:
    return "\n".join(f"{e.stage} {e.outcome} {e.text} {' '.join(e.details)}" for e in events)


def test_a_kept_problem_is_followed_from_its_row_to_its_splits(run: Run) -> None:
    assert life(run, "shapes/0") == [
        ("collect", "kept"), ("screen", "kept"),
        ("distill", "kept"), ("verify", "right"), ("sft", "kept"),
        ("distill", "kept"), ("verify", "right"), ("sft", "dropped"),
        ("distill", "kept"), ("verify", "wrong"), ("sft", "dropped"),
        ("distill", "kept"), ("verify", "unjudged"), ("sft", "dropped"),
        ("rl", "kept"),
    ]  # fmt: skip
    words = told(explain.explain(run, "shapes/0"))
    for said in ("What colour is the disc?", "B. some other colour", "gold: B", "SFT as shapes/0#0", "over_cap",
                 "pass rate 66.7 % of 3", "licence MIT", "a caption in place of the image"):  # fmt: skip
        assert said in words


def test_a_duplicate_names_its_twin_and_what_became_of_it(run: Run) -> None:
    events = explain.explain(run, "shapes/2")
    assert [(e.stage, e.outcome) for e in events] == [("collect", "kept"), ("screen", "dropped"), ("screen", "note")]
    assert events[-1].text == "its twin shapes/1: kept; it is in sft, rl"


def test_a_kept_problem_names_the_neighbour_that_was_dropped_for_it(run: Run) -> None:
    assert "its neighbour shapes/2 was dropped: duplicate" in told(explain.explain(run, "shapes/1"))


def test_conflicting_gold_names_the_other(run: Run) -> None:
    events = explain.explain(run, "words/2")
    assert "words/3 says 'no'" in told(events)
    assert events[-1].text == "its twin words/3: dropped too: conflicting_gold"


def test_an_unserved_problem_is_dropped_by_distill_and_kept_for_rl(run: Run) -> None:
    assert life(run, "words/4")[-2:] == [("distill", "dropped"), ("rl", "kept")]
    assert "no_teacher" in told(explain.explain(run, "words/4"))


def test_a_held_out_problem_is_in_eval_and_nowhere_else(run: Run) -> None:
    events = explain.explain(run, "words/5")
    assert [(e.stage, e.outcome) for e in events if e.stage in ("sft", "rl", "eval")] == [
        *[("sft", "dropped")] * 4, ("rl", "dropped"), ("eval", "kept"),
    ]  # fmt: skip
    assert "held_out" in told(events)
    assert "request_failed" in told(events)


def test_a_row_that_never_became_a_problem_is_known(run: Run) -> None:
    assert life(run, "words/bad") == [("collect", "dropped")]
    assert "gold_unverifiable" in told(explain.explain(run, "words/bad"))


def test_a_wrong_path_is_told_whole_and_alone(run: Run) -> None:
    trace = made_run.path_id("shapes/3", 2)
    events = explain.explain(run, trace)
    assert [(e.stage, e.outcome) for e in events if e.stage not in ("collect", "screen")] == [
        ("distill", "kept"), ("verify", "wrong"), ("sft", "dropped"), ("distill", "note"), ("rl", "kept"),
    ]  # fmt: skip
    path = next(e for e in events if e.stage == "distill")
    assert path.details[1].endswith("<answer>wrong</answer>")


def test_an_example_is_told_by_its_own_id(run: Run) -> None:
    by_example = explain.explain(run, "shapes/1#0")
    assert by_example == explain.explain(run, made_run.path_id("shapes/1", 0))
    assert any(e.text == "path 0 is in SFT as shapes/1#0" for e in by_example)


def test_a_path_that_became_no_example_is_known_by_its_sample(run: Run) -> None:
    assert explain.explain(run, "shapes/1#2") == explain.explain(run, made_run.path_id("shapes/1", 2))


def test_a_paths_id_may_be_cut_short_while_it_is_one_paths(run: Run) -> None:
    whole = made_run.path_id("shapes/1", 2)
    assert explain.explain(run, whole[:17]) == explain.explain(run, whole)
    with pytest.raises(StoreError, match="begins several"):
        explain.explain(run, whole[:16])


def test_seconds_come_from_the_request_log_where_there_is_one(
    run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert "12.5 s" in told(explain.explain(run, "shapes/0"))
    other = made_run.make(tmp_path_factory.mktemp("nolog") / "run")
    other.requests.unlink()
    assert "12.5 s" not in told(explain.explain(other, "shapes/0"))
    other.requests.write_bytes(b"not a database, and no reason to stop" * 100)
    assert life(other, "shapes/0") == life(run, "shapes/0")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [("shapes/99", "shapes/0"), ("shapes/1x", "shapes/1"), ("word", "words/0"), ("shapes/1#9", "shapes/1 alone"),
     ("zzz", "<source>/<upstream id>"), ("", "shapes/0"), ("\x1b[31m", "knows no")],
)  # fmt: skip
def test_an_unknown_id_is_a_mistake_with_a_hint(run: Run, asked: str, hint: str) -> None:
    with pytest.raises(StoreError) as caught:
        explain.explain(run, asked)
    assert hint in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_an_id_is_never_a_pattern(run: Run) -> None:
    for asked in ("shapes/.", ".*", "(", "shapes/[01]"):
        with pytest.raises(StoreError):
            explain.explain(run, asked)
    assert life(run, f"{made_run.EVIL}/0") == [("collect", "kept"), ("screen", "dropped")]


def test_no_row_steers_the_terminal(run: Run) -> None:
    written = io.StringIO()
    for i in range(len(made_run.HOSTILE)):
        for source in made_run.SOURCES[2:]:
            explain.show(explain.explain(run, f"{source}/{i}"), Console(file=written, width=120))
    assert not set(written.getvalue()) & set("\x1b\x07\x08\x9b\u202e\u2066\u200b\ufeff")
    assert r"\x1b[31malert" in written.getvalue()
    assert "more characters)" in written.getvalue()


def test_what_has_not_been_made_yet_is_not_made_up(run: Run) -> None:
    early = made_run.make(run.folder.parent / "early", tables=("problems",))
    assert life(early, "shapes/0") == [("collect", "kept")]


def test_an_image_that_was_converted_or_refused_is_told(tmp_path: Path) -> None:
    veiled, vector = put(tmp_path, drawn(1).convert("RGBA").rotate(9)), put(tmp_path, b"<svg/>")
    screened([problem("a", images=(veiled,)), problem("b", images=(vector,))], tmp_path)
    noted = explain.explain(Run(tmp_path), "s/a")[-1]
    assert noted.text == f"image {veiled[:12]} was converted: RGBA with transparency laid on white"
    with Image.open(noted.details[0]) as used:
        assert used.mode == "RGB"
    lost = explain.explain(Run(tmp_path), "s/b")[-1]
    assert (lost.stage, lost.outcome, lost.text) == ("screen", "dropped", "dropped: not_an_image")
    assert "SVG" in lost.details[0]


def test_a_leak_is_told_whether_it_was_dropped_or_only_reported(tmp_path: Path) -> None:
    benchmark = problem("7", "Which shape of these is red?", source="bench", images=(put(tmp_path, drawn(1)),))
    indexed(tmp_path, [benchmark])
    rows = [problem("a", benchmark.question, images=(put(tmp_path, drawn(1).rotate(180)),))]
    screened(rows, tmp_path, leaks={"act": "report", "indexes": ["index.parquet"]})
    kept, noted = explain.explain(Run(tmp_path), "s/a")[1:]
    assert (kept.outcome, noted.outcome) == ("kept", "note")
    assert noted.text.startswith("a benchmark holds it too: bench/7 (by both: words 1.00, image ")
    assert noted.text.endswith(" rotated by 180°)")
    screened(rows, tmp_path, leaks={"act": "drop", "indexes": ["index.parquet"]})
    (dropped,) = explain.explain(Run(tmp_path), "s/a")[1:]
    assert (dropped.outcome, dropped.text) == ("dropped", "dropped: benchmark_leak")
    assert dropped.details[0].startswith("bench/7: its words 1.00, its image ")


def test_a_near_twin_is_told_of_the_row_that_was_dropped_and_of_the_one_that_won(tmp_path: Path) -> None:
    asked = "A train with 12 cars carries 40 people in each car. How many does it carry?"
    rows = [problem("a", asked, "480"), problem("b", asked.replace("carries", "transports"), "480")]
    screened(rows, tmp_path)
    dropped, winner = explain.explain(Run(tmp_path), "s/b")[1:]
    assert dropped.text == "dropped: near_duplicate"
    assert winner.text == "its twin s/a: kept by the screen"
    assert "its neighbour s/b was dropped: near_duplicate" in told(explain.explain(Run(tmp_path), "s/a"))
    screened(rows, tmp_path, near={"act": "keep"})
    assert "it repeats s/a (near), and was kept" in told(explain.explain(Run(tmp_path), "s/b"))
    assert life(Run(tmp_path), "s/a") == [("collect", "kept"), ("screen", "kept")]
