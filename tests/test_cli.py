"""The command line as a person meets it: a process, what it prints, how it ends."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from conftest import Place

ENV = {**os.environ, "COLUMNS": "160", "PYTHONWARNINGS": "error", "HF_HUB_OFFLINE": "1"}


def mmdata(
    *arguments: str, cwd: Path, limit: int | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    def bounded() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "mmdata", *arguments],
        cwd=cwd, env=ENV, capture_output=True, text=True, timeout=180, preexec_fn=bounded, check=False,
    )  # fmt: skip


def written(place: Place, **changes: object) -> Path:
    path = place.folder / "recipe.yaml"
    path.write_text(yaml.safe_dump({**place.recipe, **changes}), encoding="utf-8")
    return path


def ends_clearly(done: subprocess.CompletedProcess[str], *says: str) -> None:
    """Exit code 2, a short message with these words, no traceback."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.strip().splitlines()) <= 5
    for words in says:
        assert words in done.stderr


def test_a_build_prints_what_came_in_what_was_right_and_what_was_dropped(place: Place) -> None:
    written(place)
    done = mmdata("build", "recipe.yaml", cwd=place.folder)
    assert done.returncode == 0, done.stderr
    for words in ("collect", "traces", "adds", "50.0", "wrong_answer", "truncated", "report.html", "recorded"):
        assert words in done.stdout
    run = place.folder / "runs" / "adds"
    assert (run / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (run / "card.md").read_text(encoding="utf-8").startswith("---\n")


def test_quiet_prints_nothing_and_limit_set_stage_and_run_do_what_they_say(place: Place) -> None:
    written(place)
    done = mmdata(
        "build", "recipe.yaml", "--quiet", "--limit", "5", "--set", "distill.samples=2", "--stage", "distill",
        "--run", "x", cwd=place.folder,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    manifest = json.loads((place.folder / "x" / "traces" / "manifest.json").read_text())
    assert manifest["rows"] == 10
    assert not (place.folder / "x" / "sft").exists()


def test_three_mistakes_in_a_recipe_are_printed_with_their_keys(place: Place) -> None:
    written(place, sed=1, seed="x", screen={"min_side": 0})
    ends_clearly(mmdata("build", "recipe.yaml", cwd=place.folder), "3 mistakes", "sed:", "seed:", "screen.min_side:")


def test_a_missing_recipe_a_missing_file_and_a_missing_run_are_named(place: Place) -> None:
    ends_clearly(mmdata("build", "nowhere.yaml", cwd=place.folder), "nowhere.yaml")
    written(place)
    (place.folder / "data.jsonl").unlink()
    ends_clearly(mmdata("build", "recipe.yaml", cwd=place.folder), "data.jsonl")
    ends_clearly(mmdata("explain", "runs/nowhere", "a", cwd=place.folder), "nowhere")
    ends_clearly(mmdata("report", "runs/nowhere", cwd=place.folder), "nowhere")


def test_a_bad_column_mapping_names_what_was_asked_for_and_what_is_there(place: Place) -> None:
    place.recipe["sources"][0]["options"]["columns"]["question"] = "ask"  # type: ignore[index]
    written(place)
    ends_clearly(mmdata("build", "recipe.yaml", cwd=place.folder), "ask", "question")


def test_a_dead_server_is_named_and_nothing_is_lost(place: Place) -> None:
    teacher = {"name": "far", "model": "m", "engine": "openai", "base_url": "http://127.0.0.1:9/v1", "see": "text"}
    written(place, distill={"teachers": [teacher]})
    ends_clearly(mmdata("build", "recipe.yaml", cwd=place.folder), "far", "http://127.0.0.1:9/v1")
    assert (place.folder / "runs" / "adds" / "screened" / "manifest.json").exists()


def test_a_full_disk_ends_clearly_and_the_same_command_goes_on_when_there_is_room(place: Place) -> None:
    written(place)
    # A process whose files may not grow past 12 KiB meets the same errors as one on a full disk.
    done = mmdata("build", "recipe.yaml", cwd=place.folder, limit=12 * 1024)
    ends_clearly(done, "same command again")
    run = place.folder / "runs" / "adds"
    assert (run / "problems" / "manifest.json").exists()
    assert not (run / "sft").exists()
    again = mmdata("build", "recipe.yaml", cwd=place.folder)
    assert again.returncode == 0, again.stderr
    assert "problems" in next(line for line in again.stdout.splitlines() if "nothing to do" in line)


def test_a_damaged_request_log_or_table_ends_clearly(place: Place) -> None:
    written(place)
    assert mmdata("build", "recipe.yaml", "--quiet", cwd=place.folder).returncode == 0
    run = place.folder / "runs" / "adds"
    (run / "traces" / "manifest.json").unlink()
    for leftover in run.glob("requests.sqlite*"):
        leftover.write_bytes(b"nonsense" * 1000)
    ends_clearly(mmdata("build", "recipe.yaml", cwd=place.folder), "database")
    part = run / "screened" / "part-00000.parquet"
    part.write_bytes(b"x" * part.stat().st_size)
    ends_clearly(mmdata("build", "recipe.yaml", cwd=place.folder), "part-00000.parquet", "is damaged")


def test_an_unreadable_image_is_a_dropped_row_not_an_error(place: Place) -> None:
    (place.folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    line = {"id": "q", "question": "What?", "answer": "1", "photo": "photo.png"}
    (place.folder / "data.jsonl").write_text(json.dumps(line) + "\n")
    place.recipe["sources"][0]["options"]["columns"]["images"] = ["photo"]  # type: ignore[index]
    written(place)
    done = mmdata("build", "recipe.yaml", cwd=place.folder)
    assert done.returncode == 0, done.stderr
    assert "undecodable_image" in done.stdout


def test_new_writes_a_recipe_that_builds(place: Place) -> None:
    done = mmdata("new", "mine", "--from", "data.jsonl", cwd=place.folder)
    assert done.returncode == 0, done.stderr
    assert "question" in done.stdout
    ends_clearly(mmdata("new", "mine", "--from", "data.jsonl", cwd=place.folder), "mine.yaml")
    done = mmdata("build", "mine.yaml", "--stage", "screen", cwd=place.folder)
    assert done.returncode == 0, done.stderr
    assert "12 rows" in done.stdout


def test_explain_report_and_card_work_on_a_finished_run(place: Place) -> None:
    written(place)
    assert mmdata("build", "recipe.yaml", "--quiet", cwd=place.folder).returncode == 0
    told = mmdata("explain", "runs/adds", "adds/q00003", cwd=place.folder)
    assert told.returncode == 0, told.stderr
    for words in ("adds/q00003", "wrong_answer", "format"):
        assert words in told.stdout
    assert mmdata("report", "runs/adds", cwd=place.folder).stdout.strip().endswith("report.html")
    assert mmdata("card", "runs/adds", cwd=place.folder).stdout.strip().endswith("card.md")


def test_sources_lists_every_source_with_its_licence_and_shows_one(tmp_path: Path) -> None:
    listed = mmdata("sources", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    for words in ("easy_vqa", "champ", "reasoning_gym", "files", "hub", "MIT"):
        assert words in listed.stdout
    shown = mmdata("sources", "show", "easy_vqa", cwd=tmp_path)
    assert "easy_vqa/train-0" in shown.stdout
    ends_clearly(mmdata("sources", "show", "nowhere", cwd=tmp_path), "nowhere")


def test_help_is_quick_to_import_and_names_every_command(tmp_path: Path) -> None:
    heavy = {"torch", "vllm", "datasets", "polars", "pyarrow", "sympy", "transformers"}
    loaded = f"import sys, mmdata.cli; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", loaded], text=True, env=ENV).strip() == "[]"
    text = mmdata("--help", cwd=tmp_path).stdout
    for command in ("build", "verify", "new", "sources", "explain", "report", "card"):
        assert command in text


@pytest.mark.parametrize(
    "arguments", [("build", "recipe.yaml", "--stage", "bake"), ("build", "recipe.yaml", "--limit", "0")]
)
def test_an_option_that_makes_no_sense_ends_with_code_2(place: Place, arguments: tuple[str, ...]) -> None:
    written(place)
    done = mmdata(*arguments, cwd=place.folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
