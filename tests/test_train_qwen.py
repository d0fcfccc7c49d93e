"""Qwen2.5-VL, shrunken and with random weights: the way of the models that the recipes name, where torchvision is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import taught
import tiny_qwen
from mmdata.errors import UserError
from mmdata.store import Run
from mmdata.train import checkpoint, start

pytest.importorskip("trl")
try:
    import torchvision  # noqa: F401
except Exception as error:  # a build for other hardware fails in its own way
    pytest.skip(f"torchvision cannot be imported: {error}", allow_module_level=True)
pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore")]
SFT = {"steps": 2, "batch": 8, "warmup": 0, "log_every": 1, "save_every": 1, "max_pixels": 56 * 56}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return taught.mixed(tmp_path_factory.mktemp("qwen")).build()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_qwen.qwen(tmp_path_factory.mktemp("model"))


@pytest.mark.parametrize("lora", [None, {"rank": 2}])
def test_it_learns_from_rows_with_and_without_images(
    lora: dict[str, int] | None, run: Run, model: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    out = tmp_path / "out"
    told = taught.train(run, out, {"model": str(model), "sft": {**SFT, "lora": lora}})
    first, second = (loss for _, loss in told["losses"])
    assert 0 < second < first
    before, after = load_file(model / "model.safetensors"), load_file(out / "model.safetensors")
    assert before.keys() == after.keys(), "what was written is named as the models on the Hub are"
    tower = [name for name in before if "visual.blocks" in name and "qkv.weight" in name]
    assert tower
    assert all(not before[name].bfloat16().equal(after[name]) for name in tower)
    # The bound on pixels goes with the model.
    saved = json.loads((out / "processor_config.json").read_text())["image_processor"]["size"]
    assert saved["longest_edge"] == 56 * 56


def test_a_step_is_the_same_in_parts(run: Run, model: Path, tmp_path: Path) -> None:
    losses = [
        [loss for _, loss in taught.train(run, tmp_path / str(parts), section)["losses"]]
        for parts in (1, 8)
        for section in [{"model": str(model), "sft": {**SFT, "save_every": 0, "accumulate": parts}}]
    ]
    assert losses[0] == pytest.approx(losses[1], abs=2e-4)


@pytest.mark.parametrize("lora", [None, {"rank": 2}])
def test_a_killed_training_of_it_goes_on(
    lora: dict[str, int] | None, run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = {"model": str(model), "sft": {**SFT, "lora": lora}}
    taught.train(run, tmp_path / "calm", section)
    real = checkpoint.mark

    def mark(place: Path, step: int) -> None:
        real(place, step)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "mark", mark)
    with pytest.raises(KeyboardInterrupt):
        taught.train(run, tmp_path / "killed", section)
    assert taught.train(run, tmp_path / "killed", section)["resumed"] == 1
    weights = [tmp_path / name / "model.safetensors" for name in ("calm", "killed")]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_a_length_that_cuts_an_image_off_is_told(run: Run, model: Path, tmp_path: Path) -> None:
    section = {"model": str(model), "sft": {**SFT, "max_pixels": 112 * 112, "max_length": 16}}
    with pytest.raises(UserError, match=r"train.sft.max_length cuts a row's images off: raise it, or lower max_pixels"):
        taught.train(run, tmp_path / "out", section)


def test_fewer_pixels_make_fewer_image_tokens(model: Path) -> None:
    from PIL import Image

    processor = start.reader(model)
    picture = Image.new("RGB", (560, 280))
    text = "<|vision_start|><|image_pad|><|vision_end|>"

    def tokens() -> int:
        ids = processor(images=[picture], text=[text])["input_ids"][0]
        return list(ids).count(processor.image_token_id)

    assert tokens() == 20 * 10
    start.bound(processor, 112 * 112)
    assert tokens() <= 16
