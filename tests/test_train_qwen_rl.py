"""Qwen2.5-VL, shrunken and with random weights, takes steps of reinforcement learning, where torchvision is."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import taught
import tiny_qwen
from mmdata.cli import app
from mmdata.train import curves

pytest.importorskip("trl")
try:
    import torchvision  # noqa: F401
except Exception as error:  # a build for other hardware fails in its own way
    pytest.skip(f"torchvision cannot be imported: {error}", allow_module_level=True)
pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore")]


def test_it_takes_steps_on_questions_with_images_and_without(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    place = taught.mixed(tmp_path)
    place.recipe["mix"] |= {"rl": {}}
    model, out = tiny_qwen.qwen(tmp_path), tmp_path / "out"
    rl = {"steps": 4, "questions": 2, "rollouts": 4, "max_tokens": 8, "learning_rate": 1e-3, "truncated": "mask"}
    place.recipe["train"] = {"model": str(model), "rl": rl}
    run = place.build()
    assert {bool(row.images) for row in run.read("rl")} == {True, False}
    words = ["train", "rl", str(run.folder), "--out", str(out), "--workers", "1"]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert len([value for _, name, value in curves.read(out) if name == "reward"]) == 4
    before, after = load_file(model / "model.safetensors"), load_file(out / "model.safetensors")
    assert before.keys() == after.keys(), "what was written is named as the models on the Hub are"
