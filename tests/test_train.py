"""mmdata train sft, end to end on a few steps: rows of a run in, a model that the engines load out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner

from mmdata import recipe_file
from mmdata.build import build
from mmdata.cli import app
from mmdata.errors import UserError
from mmdata.progress import Shown
from mmdata.recipe import Recipe
from mmdata.store import Run
from mmdata.train.config import Scratch, Train

pytest.importorskip("trl")
pytestmark = [
    pytest.mark.engine,
    # What libraries deprecate among themselves is not ours to mend.
    pytest.mark.filterwarnings("ignore"),
]
TINY = {
    "scratch": {"image_size": 32, "patch_size": 8, "vision_layers": 1, "text_layers": 1, "vocabulary": 400},
    "tower": {"steps": 12, "batch": 4},
    "sft": {"steps": 3, "batch": 4, "warmup": 1},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("train")
    options = {"families": {"counting": {}}, "levels": [1], "figures": 8}
    written = {
        "name": "taught",
        "sources": [{"use": "figures", "options": options}],
        "distill": {"teachers": [{"name": "own", "model": "mmdata", "engine": "source"}]},
        "mix": {"system": "", "rl": None},
        "train": TINY,
    }
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    made = Run(folder / "run")
    with (folder / "said").open("w") as file:
        build(recipe_file.load(path), folder, made, workers=1, shown=Shown(Console(file=file), quiet=True))
    return made


@pytest.fixture(scope="module")
def model(run: Run) -> Path:
    done = CliRunner().invoke(app, ["train", "sft", str(run.folder), "--seed", "3"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    place = run.folder / "models" / "sft-3"
    assert str(place) in done.output.replace("\n", "")
    return place


def test_what_is_written_says_how_it_was_made_and_is_in_bfloat16(run: Run, model: Path) -> None:
    import torch
    from safetensors.torch import load_file

    told = json.loads((model / "training.json").read_text())
    assert told["seed"] == 3
    assert told["rows"] == run.need("sft").rows
    assert told["sft"] == run.need("sft").digest
    assert told["train"]["sft"]["steps"] == 3
    assert "figures/counting/shapes" in told["tower"]
    assert all(0 <= accuracy <= 1 for accuracy in told["tower"].values())
    weights = load_file(model / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}
    assert not list(model.parent.glob(".*")), "nothing half-written is left"


def test_an_engine_loads_it_and_answers_about_images(run: Run, model: Path) -> None:
    recipe = yaml.safe_load((run.folder / "recipe.yaml").read_text())
    teacher = {"name": "taught", "model": str(model), "engine": "transformers", "system": "", "samples": 2}
    recipe["distill"] = {"teachers": [{**teacher, "sampling": {"max_tokens": 5}}]}
    path = run.folder.parent / "answers.yaml"
    path.write_text(yaml.safe_dump(recipe), encoding="utf-8")
    answered = Run(run.folder.parent / "answers")
    with (run.folder.parent / "said").open("w") as file:
        what = recipe_file.load(path, limit=3)
        build(what, path.parent, answered, until="distill", workers=1, shown=Shown(Console(file=file), quiet=True))
    assert answered.need("traces").rows == 6
    assert {trace.see for trace in answered.read("traces")} == {"image"}
    # 4 × 4 patches, four of which make one token.
    assert Scratch(**TINY["scratch"]).image_tokens == 4  # type: ignore[arg-type]


def test_the_same_seed_makes_the_same_weights(run: Run, model: Path, tmp_path: Path) -> None:
    CliRunner().invoke(
        app, ["train", "sft", str(run.folder), "--seed", "3", "--out", str(tmp_path / "again")], catch_exceptions=False
    )
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == (model / "model.safetensors").read_bytes()


def test_tags_are_tokens_that_decoding_keeps(model: Path) -> None:
    from transformers import AutoProcessor

    words = AutoProcessor.from_pretrained(model).tokenizer
    text = "<think>2 + 2 = 4.</think><answer>4</answer>"
    ids = words(text, add_special_tokens=False)["input_ids"]
    assert words.decode(ids, skip_special_tokens=True) == text
    assert all(words.convert_tokens_to_ids(tag) in ids for tag in ("<think>", "</think>", "<answer>", "</answer>"))


def test_a_model_that_is_there_is_not_overwritten(run: Run, model: Path) -> None:
    from mmdata.train import sft

    what = recipe_file.load(run.folder / "recipe.yaml")
    with pytest.raises(UserError, match="is there already: remove it, or choose another folder with --out"):
        sft.train(what, Path(), run, model, 3, Shown(Console(), quiet=True))


def test_a_run_without_rows_or_a_recipe_without_the_section_is_named(run: Run, tmp_path: Path) -> None:
    from mmdata.train import sft

    quiet = Shown(Console(), quiet=True)
    plain = Recipe.model_validate({"name": "r", "sources": [{"use": "easy_vqa"}]})
    what = recipe_file.load(run.folder / "recipe.yaml")
    with pytest.raises(UserError, match="has no section `train`"):
        sft.train(plain, Path(), run, tmp_path / "m", 0, quiet)
    with pytest.raises(UserError, match="has no SFT rows"):
        sft.train(what, Path(), Run(tmp_path / "empty"), tmp_path / "m", 0, quiet)


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({}, "set either model or scratch"),
        ({"model": "m", "scratch": {}}, "set either model or scratch"),
        ({"model": "m", "tower": {}}, "tower is for a model from scratch"),
        ({"scratch": {"image_size": 50}}, "image_size must be a multiple"),
        ({"scratch": {"text_hidden": 130}}, "multiples of heads"),
    ],
)
def test_a_mistake_in_the_section_is_named(section: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Train.model_validate(section)


def test_a_text_model_learns_from_rows_without_images(tmp_path: Path) -> None:
    import tiny
    from conftest import Place

    place = Place(tmp_path, count=6)
    place.recipe["mix"] = {"system": "", "rl": None}
    place.recipe["train"] = {"model": str(tiny.llama(tmp_path)), "sft": {"steps": 2, "batch": 2, "warmup": 0}}
    run = place.build()
    out = tmp_path / "text-model"
    done = CliRunner().invoke(app, ["train", "sft", str(run.folder), "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert (out / "model.safetensors").is_file()
    assert json.loads((out / "training.json").read_text())["rows"] == run.need("sft").rows > 0
