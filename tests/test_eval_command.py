"""`mmdata eval` as a person meets it: with recordings, and with the model that comes with the package."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from conftest import rows, tables, write_jsonl
from evaluated import asked, made, record, say
from mmdata.cli import app
from mmdata.errors import UserError
from mmdata.evaluation.asking import Wanted
from mmdata.evaluation.places import understood
from mmdata.prompt import request
from mmdata.store import Run
from mmdata.types import Problem
from test_cli import ENV, ends_clearly, mmdata

RECORDED = ("--engine", "replay", "--recording", "said.jsonl", "--max-tokens", "64", "--workers", "1")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run, a recording of a model, and another of a model that is mostly wrong."""
    folder = tmp_path_factory.mktemp("built")
    run = made(folder).build()
    wanted = Wanted(model="m", engine="replay", path="x", system="Add.", max_tokens=64, samples=2, tell=True)
    questions = asked(run, Run(folder / "aside"), split="screened")
    record(folder / "said.jsonl", wanted, questions)
    record(folder / "poor.jsonl", wanted, questions, lambda arm, s, p: say("-1"))
    (folder / "full").mkdir()
    (folder / "full" / "letter.txt").write_text("of somebody")
    return folder


@pytest.fixture
def there(built: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The same, as the folder that commands run in; results go elsewhere."""
    monkeypatch.chdir(built)
    return tmp_path


def cli(*words: str | Path) -> str:
    done = CliRunner().invoke(app, ["eval", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_it_prints_what_was_asked_how_right_it_was_and_where_the_rest_is(there: Path) -> None:
    out = there / "out"
    said = cli("test/model", "--on", "run", "--samples", "2", "--budget-told", *RECORDED, "--out", out)
    for words in ("test/model@recording on replay", "run:eval", "system message: as in the rows of the run",
                  "without images", "images add", "text only", "Yes/no questions, balanced", "0.25 ×",
                  "told to the model", "pass@k", "95 % intervals", "report.html", "summary.json"):  # fmt: skip
        assert words in said, words
    found = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert found["groups"][0]["questions"] == sum(1 for _ in Run(out).read("results"))
    assert (out / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_second_time_there_is_nothing_to_do_and_the_report_can_be_made_again(there: Path) -> None:
    words = ("test/model", "--on", "run", *RECORDED, "--out", there / "out")
    cli(*words)
    before = tables(Run(there / "out"))
    assert "nothing to do" in cli(*words)
    assert tables(Run(there / "out")) == before
    page = there / "out" / "report.html"
    text = page.read_text(encoding="utf-8")
    page.unlink()
    done = CliRunner().invoke(app, ["report", str(there / "out")], catch_exceptions=False)
    assert done.output.replace("\n", "").endswith("report.html")
    assert page.read_text(encoding="utf-8") == text


def test_json_is_the_summary_and_nothing_else_and_the_page_goes_where_it_should(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = there / "pages" / "mine.html"
    said = cli("test/model", "--on", "run", *RECORDED, "--out", there / "out", "--json", "--html", page)
    assert json.loads(said) == json.loads((there / "out" / "summary.json").read_text(encoding="utf-8"))
    assert page.is_file()
    assert not (there / "out" / "report.html").exists()
    assert cli("test/model", "--on", "run", *RECORDED, "--out", there / "out", "--quiet") == ""


def test_two_models_are_compared(there: Path) -> None:
    cli("test/poor", "--on", "run", *RECORDED, "--recording", "poor.jsonl", "--out", there / "poor")
    said = cli("test/model", "--on", "run", *RECORDED, "--out", there / "good", "--against", there / "poor")
    for words in ("Against test/poor@recording", "McNemar p", "detectable", "better"):
        assert words in said
    found = json.loads((there / "good" / "summary.json").read_text(encoding="utf-8"))
    assert found["against"]["groups"][0]["verdict"] == "better"
    assert "Against test/poor" in (there / "good" / "report.html").read_text(encoding="utf-8")


def test_what_was_trained_on_is_said_to_be(there: Path) -> None:
    said = cli("test/model", "--on", "run:sft", *RECORDED, "--out", there / "out")
    assert "warning: run:sft is NOT held out" in said


def test_a_limit_without_blind_questions(there: Path) -> None:
    said = cli("test/model", "--on", "run", "--limit", "6", "--no-blind", *RECORDED, "--out", there / "out")
    assert "at most 6 of each source" in said
    assert "without images" not in said


def test_sources_recipes_and_runs_are_asked_together(there: Path, built: Path) -> None:
    """Sources are read as a build reads them; a row whose gold no answer could meet is left out, and that is said."""
    write_jsonl(there / "more.jsonl", [*rows(5), *rows(1), {"id": "bad", "question": "Which?", "answer": ""}])
    columns = {"id": "id", "question": "question", "answer": "answer"}
    source = {"use": "files", "name": "more",
              "options": {"path": "more.jsonl", "license": "MIT", "columns": columns}}  # fmt: skip
    recipe = there / "more.yaml"
    recipe.write_text(yaml.safe_dump({"name": "more", "sources": [source]}))
    wanted = Wanted(model="m", engine="replay", path="x", max_tokens=64)
    lines: list[dict[str, Any]] = []
    on = understood(["run", str(recipe)], [])
    assert on.system() == wanted.system, "not of the run alone"
    for i in range(5):
        problem = Problem(
            id=f"more/q{i:05d}", source="more", upstream_id="", revision="", split="", question=f"What is {i} + {i}?",
            answer=str(2 * i), answer_kind="number", domain="d", license="MIT",
        )  # fmt: skip
        key = request(wanted.teacher(), problem, (), 0).key
        lines.append({"problem_id": problem.id, "response": say(problem.answer), "prompt": key})
    write_jsonl(there / "both.jsonl", lines)
    said = cli("test/model", "--on", "run", "--on", recipe, *RECORDED, "--recording", there / "both.jsonl",
               "--out", there / "out")  # fmt: skip
    found = json.loads((there / "out" / "summary.json").read_text(encoding="utf-8"))
    more = next(g for g in found["groups"] if g["name"] == "more")
    assert (more["questions"], more["right"]) == (5, 5)
    assert "source: adds" in said
    assert "2 of its rows left out, since nothing can be asked of them: duplicate_id 1, empty_answer 1" in said
    assert "more is asked by its split train" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("m",), "say what to ask with --on"),
        (("m", "--on", "nowhere"), "there is no such run, source or recipe"),
        (("m", "--on", "run:test"), "a run is asked by eval, sft, rl, screened"),
        (("m", "--on", "run", "--on", "run:eval"), "is there twice"),
        (("m", "--on", "gsm8k:nosplit"), "gsm8k has train, test"),
        (("m", "--on", "gsm8k", "--option", "math500.path=x"), "no such source is asked"),
        (("m", "--on", "gsm8k", "--option", "path"), "SOURCE.KEY=VALUE"),
        (("m", "--on", "recipe.yaml", "--on", "gsm8k"), "a recipe says all its sources by itself"),
        (("m", "--on", "run", "--engine", "best"), "there are auto"),
        (("m", "--on", "run", "--engine", "replay"), "go together"),
        (("m", "--on", "run", "--engine", "replay", "--recording", "none"), "there is no such recording"),
        (("m", "--on", "run", "--engine", "openai"), "--base-url"),
        (("m", "--on", "run", "--modality", "sound"), "there are any, image, text"),
        (("m", "--on", "run", "--format", "loose"), "there are strict and lenient"),
        (("m", "--on", "run", "--against", "run"), "there are no results"),
        (("run", "--engine", "replay"), "holds no model"),
        (("m", "--on", "run", *RECORDED, "--out", "run"), "is a run: choose another folder"),
        (("m", "--on", "run", *RECORDED, "--out", "full"), "is not empty and is no evaluation"),
        (("./nowhere", "--on", "run", "--engine", "transformers"), "there is no such folder"),
    ],
)
@pytest.mark.usefixtures("there")
def test_mistakes_are_named(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(UserError) as found:
        CliRunner().invoke(app, ["eval", *words], catch_exceptions=False)
    assert says in str(found.value)
    assert len(str(found.value).splitlines()) <= 2
    assert not Path("runs/eval").exists() or not list(Path("runs/eval").glob("*/results"))


def test_a_mistake_ends_with_exit_code_2(built: Path) -> None:
    ends_clearly(mmdata("eval", "m", "--on", "nowhere", cwd=built), "--on nowhere")


def test_killed_at_random_moments_it_goes_on_to_the_bytes_of_an_undisturbed_one(there: Path, built: Path) -> None:
    words = ["test/model", "--on", "run:screened", "--samples", "2", *RECORDED]
    cli(*words, "--out", there / "whole")
    command = [sys.executable, "-m", "mmdata", "eval", *words, "--out", str(there / "cut"), "--quiet"]
    rng = random.Random(7)
    for _ in range(4):
        process = subprocess.Popen(command, cwd=built, env=ENV)
        time.sleep(rng.uniform(0.6, 1.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
    cli(*words, "--out", there / "cut")
    assert tables(Run(there / "cut")) == tables(Run(there / "whole"))


@pytest.mark.engine
@pytest.mark.filterwarnings("ignore")
def test_the_model_of_the_package_sees_what_the_blind_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for needed in ("torch", "transformers"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
    said = cli(
        "mmdata/tiny-vlm", "--on", "figures", "--option", "figures.levels=[1]", "--option", "figures.figures=16",
        "--option", "figures.questions=1", "--option", "figures.families={counting: {forms: [count]}}",
        "--system", "", "--engine", "transformers", "--max-tokens", "60", "--workers", "1",
    )  # fmt: skip
    out = tmp_path / "runs" / "eval" / "mmdata-tiny-vlm-on-figures-test"
    found = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    whole = found["groups"][0]
    assert "figures:test 16" in said
    assert whole["questions"] == 16
    assert whole["accuracy"]["value"] >= 0.6
    assert whole["blind"]["accuracy"]["value"] <= 0.5
    assert whole["tokens_mean"] > 5
    assert [b["budget"] for b in found["budgets"]] == [60, 30, 15]
    assert found["warnings"] == []
    assert "<img src=" in (out / "report.html").read_text(encoding="utf-8")
