"""mmdata ablate and validate, end to end with real students on a few steps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

import taught
from mmdata.cli import app
from mmdata.errors import UserError
from mmdata.store import Run
from mmdata.train.start import TOLD

pytest.importorskip("trl")
pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore")]
STUDENT = {
    "scratch": taught.SCRATCH, "tower": {"steps": 12, "batch": 4}, "sft": {"steps": 2, "batch": 4, "warmup": 1}
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of sums and figures that holds some out, and a grid over it."""
    folder = tmp_path_factory.mktemp("experiment")
    place = taught.mixed(folder)
    place.recipe["mix"] = {"system": "", "rl": None, "eval": {"fraction": 0.3}}
    place.build("mine")
    grid = {
        "name": "reasoning", "run": "mine", "seeds": [3],
        "grid": {"rows": {"whole": {}, "answers alone": {"control": "answers"}}}, "student": STUDENT,
        "held_out": {"run": "mine", "max_tokens": 16, "engine": "transformers"},
    }  # fmt: skip
    (folder / "grid.yaml").write_text(yaml.safe_dump(grid, sort_keys=False), encoding="utf-8")
    return folder


def ablate(place: Path, *words: str) -> Any:
    command = ["ablate", str(place / "grid.yaml"), "--out", str(place / "out"), "--jobs", "2", "--workers", "1"]
    done = CliRunner().invoke(app, [*command, *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def found(place: Path) -> dict[str, Any]:
    told = ablate(place)
    assert "does this data teach?" in told.output
    assert "not distinguishable" in told.output or "better" in told.output or "worse" in told.output
    found: dict[str, Any] = json.loads((place / "out" / "experiment.json").read_text(encoding="utf-8"))
    return found


def test_all_students_have_the_same_start_budget_and_questions(place: Path, found: dict[str, Any]) -> None:
    models = sorted((place / "out" / "models").glob("*-3-*"))
    assert [model.name.split("-3-")[0] for model in models] == ["answers-alone", "start", "whole"]
    told = [json.loads((model / TOLD).read_text()) for model in models if "start" not in model.name]
    assert len({json.dumps(each["train"], sort_keys=True) for each in told}) == 1
    assert {each["rows"] for each in told} == {arm["rows"] for arm in found["arms"]}
    assert Path(told[0]["train"]["model"]).name == models[1].name
    assert found["held_out"]["questions"] == Run(place / "mine").need("eval").rows
    assert [arm["name"] for arm in found["arms"]] == ["whole", "answers alone"]
    assert len(found["arms"][0]["accuracy"]["by_seed"]) == 1


def test_the_figures_are_those_of_the_students_answers(place: Path, found: dict[str, Any]) -> None:
    for arm in found["arms"]:
        name = arm["name"].replace(" ", "-")
        (results,) = (place / "out" / "results").glob(f"{name}-3-*")
        scores = [row.score == 1.0 for row in Run(results).read("results")]
        assert arm["accuracy"]["value"] == pytest.approx(sum(scores) / len(scores))


def test_the_table_the_plot_and_the_runs_card_tell_it(place: Path, found: dict[str, Any]) -> None:
    page = (place / "out" / "report.md").read_text(encoding="utf-8")
    assert "answers alone" in page
    assert "2 steps of 4 rows" in page
    assert (place / "out" / "plot.png").read_bytes().startswith(b"\x89PNG")
    told = CliRunner().invoke(app, ["card", str(place / "mine")], catch_exceptions=False)
    assert told.exit_code == 0
    assert "Does it teach?" in (place / "mine" / "card.md").read_text(encoding="utf-8")


def test_nothing_is_trained_or_asked_twice(place: Path, found: dict[str, Any]) -> None:
    out = place / "out"
    watched = [*out.glob("models/*/model.safetensors"), *out.glob("results/*/results/*.parquet")]
    before = {path: path.stat().st_mtime_ns for path in watched}
    assert len(before) > 4
    told = ablate(place, "--json")
    assert json.loads(told.stdout) == found
    assert {path: path.stat().st_mtime_ns for path in watched} == before


def test_findings_name_no_place_on_this_machine(place: Path, found: dict[str, Any]) -> None:
    (start,) = (place / "out" / "models").glob("start-3-*")
    words = ["--set", f"student.model={start}", "--set", "student.scratch=null", "--set", "student.tower=null"]
    told = json.loads(ablate(place, "--json", *words).stdout)
    assert told["student"]["model"].startswith(f"{start.name}@sha256:")
    assert str(place) not in json.dumps(told)


def test_a_training_that_fails_is_told_in_its_own_words(place: Path, found: dict[str, Any]) -> None:
    words = ["ablate", str(place / "grid.yaml"), "--out", str(place / "failed"), "--jobs", "1"]
    words += ["--set", "student.sft.liger=true", "--set", "student.scratch=null", "--set", "student.tower=null"]
    (start,) = (place / "out" / "models").glob("start-3-*")
    done = CliRunner().invoke(app, [*words, "--set", f"student.model={start}"])
    assert isinstance(done.exception, UserError)
    assert "mmdata train sft" in str(done.exception)
    assert "liger" in str(done.exception)
