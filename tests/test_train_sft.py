"""mmdata train sft: every setting of `train.sft` does what it says, and a mistake in one is told by its name."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import taught
import tiny
from mmdata.errors import UserError
from mmdata.store import Run
from mmdata.train import curves, hardware, start
from mmdata.train.config import Train
from mmdata.train.config_sft import TrainSft
from mmdata.train.filler import filled
from mmdata.train.mistakes import mended

pytest.importorskip("trl")
pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore")]
SFT = {"steps": 2, "batch": 8, "warmup": 0, "log_every": 1, "save_every": 0}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sft")


@pytest.fixture(scope="module")
def mixed(place: Path) -> Run:
    (place / "mixed").mkdir()
    return taught.mixed(place / "mixed").build()


@pytest.fixture(scope="module")
def sums(place: Path) -> Run:
    (place / "sums").mkdir()
    return taught.sums(place / "sums").build()


@pytest.fixture(scope="module")
def sees(place: Path) -> str:
    return str(tiny.idefics(place))


@pytest.fixture(scope="module")
def reads(place: Path) -> str:
    return str(tiny.llama(place))


def losses(run: Run, out: Path, model: str, **sft: Any) -> list[float]:
    """The loss of each step."""
    return [loss for _, loss in taught.train(run, out, {"model": model, "sft": {**SFT, **sft}})["losses"]]


def test_rows_with_and_without_images_in_one_batch_are_as_each_by_itself(mixed: Run, sees: str, tmp_path: Path) -> None:
    assert {len(row.images) for row in mixed.read("sft")} == {0, 1}
    together = losses(mixed, tmp_path / "together", sees)
    apart = losses(mixed, tmp_path / "apart", sees, accumulate=8)
    assert together == pytest.approx(apart, abs=2e-4)
    assert together[1] < together[0]


def test_memory_is_saved_without_changing_what_is_learnt(mixed: Run, sees: str, tmp_path: Path) -> None:
    plain = losses(mixed, tmp_path / "plain", sees)
    assert losses(mixed, tmp_path / "twice", sees, gradient_checkpointing=True) == pytest.approx(plain, abs=2e-4)
    assert losses(mixed, tmp_path / "worker", sees, workers=1) == plain
    half = losses(mixed, tmp_path / "half", sees, precision="bf16")
    assert half == pytest.approx(plain, abs=0.05)


def test_packed_rows_do_not_see_each_other(sums: Run, reads: str, tmp_path: Path) -> None:
    # All eight rows are in one packed row: a step over it is a step over the eight.
    plain = losses(sums, tmp_path / "plain", reads)
    packed = losses(sums, tmp_path / "packed", reads, packing=True, max_length=1024, batch=1)
    assert packed == pytest.approx(plain, abs=2e-4)
    steps = {n: v for s, n, v in curves.read(tmp_path / "packed") if s == 2}
    assert steps["num_tokens"] == {n: v for s, n, v in curves.read(tmp_path / "plain") if s == 2}["num_tokens"]


def test_loss_is_on_the_answers_alone(sums: Run, reads: str, tmp_path: Path) -> None:
    from trl import SFTTrainer

    counted: list[int] = []
    real = SFTTrainer.compute_loss

    def compute_loss(self: Any, model: Any, inputs: Any, *more: Any, **named: Any) -> Any:
        labels, ids = inputs["labels"], inputs["input_ids"]
        counted.extend((labels != -100).sum(-1).tolist())
        said = [
            "".join(self.processing_class.convert_ids_to_tokens(i[m != -100])) for i, m in zip(ids, labels, strict=True)
        ]
        assert all(text.endswith("</answer><end>") and "What is" not in text for text in said)
        return real(self, model, inputs, *more, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SFTTrainer, "compute_loss", compute_loss)
        losses(sums, tmp_path / "out", reads, steps=1)
    assert len(counted) == 8


def test_adapters_leave_the_rest_as_it_was_and_are_merged_into_what_is_written(
    mixed: Run, sees: str, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    out = tmp_path / "out"
    section = {"model": sees, "sft": {**SFT, "learning_rate": 0.05, "lora": {"rank": 2, "targets": ["q_proj"]}}}
    told = taught.train(mixed, out, section)
    assert 0 < told["trained"] < told["parameters"] / 20
    before, after = load_file(Path(sees) / "model.safetensors"), load_file(out / "model.safetensors")
    assert before.keys() == after.keys()
    changed = {name for name in before if not before[name].bfloat16().equal(after[name])}
    assert changed
    assert all("q_proj" in name for name in changed)
    assert {p.name for p in (out / "adapter").iterdir()} == {"adapter_config.json", "adapter_model.safetensors"}
    assert start.opened(str(out), Path())[0].num_parameters() == told["parameters"]


def test_weights_decay_where_it_is_asked_and_the_rate_falls_as_it_is_asked(
    sums: Run, reads: str, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    rates = {}
    for scheduler in ("cosine", "linear", "constant"):
        losses(sums, tmp_path / scheduler, reads, steps=4, scheduler=scheduler, weight_decay=1.0, learning_rate=0.1)
        rates[scheduler] = [v for _, n, v in curves.read(tmp_path / scheduler) if n == "learning_rate"]
    assert rates["constant"] == pytest.approx([0.1] * 4)
    assert rates["linear"] == pytest.approx([0.1, 0.075, 0.05, 0.025])
    assert rates["cosine"] == pytest.approx([0.1, 0.08536, 0.05, 0.01464], abs=1e-5)
    losses(sums, tmp_path / "kept", reads, steps=4, scheduler="constant", learning_rate=0.1)
    norm = {
        n: load_file(tmp_path / n / "model.safetensors")["model.embed_tokens.weight"].norm()
        for n in ("kept", "constant")
    }
    assert norm["constant"] < norm["kept"]


def test_curves_are_in_a_table_and_in_a_picture(sums: Run, reads: str, tmp_path: Path) -> None:
    told = taught.train(sums, tmp_path / "out", {"model": reads, "sft": {**SFT, "steps": 5, "log_every": 2}})
    points = curves.read(tmp_path / "out")
    by_name = {name: [step for step, n, _ in points if n == name] for _, name, _ in points}
    assert {"loss", "grad_norm", "learning_rate", "mean_token_accuracy", "entropy", "num_tokens"} <= by_name.keys()
    assert all(steps == [2, 4, 5] for steps in by_name.values()), "the last step is a point of every curve"
    assert [(s, round(v, 4)) for s, n, v in points if n == "loss"] == told["losses"]
    assert json.loads((tmp_path / "out" / "training.json").read_text())["train"]["log"] == "none"
    with Image.open(tmp_path / "out" / "curves.png") as picture:
        assert picture.format == "PNG"
        assert picture.width > 1000


def test_what_does_not_go_together_is_told(mixed: Run, sums: Run, sees: str, reads: str, tmp_path: Path) -> None:
    def told(run: Run, model: str, log: str = "none", **sft: Any) -> str:
        with pytest.raises(UserError) as error:
            taught.train(run, tmp_path / "out", {"model": model, "log": log, "sft": {**SFT, **sft}})
        assert not list(tmp_path.iterdir()), "nothing is left"
        return str(error.value)

    assert "have images, and TRL packs none" in told(mixed, sees, packing=True, max_length=64)
    assert "reads text, but SFT rows of" in told(mixed, reads)
    assert "nothing of the answers is left within 16 tokens" in told(mixed, sees, max_length=16)
    assert "nothing of the answers is left within 16 tokens" in told(sums, reads, max_length=16)
    assert "train.sft.lora.targets: Target modules {'eyes'} not found" in told(mixed, sees, lora={"targets": ["eyes"]})
    if not start.cuda():
        assert "liger: its kernels need a GPU" in told(sums, reads, liger=True)
    for log in ("wandb", "trackio"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(importlib.metadata, "distribution", without(log))
            assert f"{log} is not installed: pip install {log}" in told(sums, reads, log=log)


def without(missing: str) -> Callable[[str], importlib.metadata.Distribution]:
    real = importlib.metadata.distribution

    def distribution(name: str) -> importlib.metadata.Distribution:
        return real(f"no-{name}" if name == missing else name)

    return distribution


def test_a_part_without_images_is_filled_with_a_row_that_teaches_nothing(sees: str) -> None:
    from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

    _, processor = start.opened(sees, Path())
    collate = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)
    text = [{"type": "text", "text": "2 + 2"}]

    def rows(images: list[Any]) -> list[dict[str, Any]]:
        asked = [{"type": "image"}] * len(images) + text
        return [{
            "prompt": [{"role": "user", "content": asked}],
            "completion": [{"role": "assistant", "content": text}],
            "images": images,
        }]  # fmt: skip

    plain, more = collate(rows([])), filled(collate)(rows([]))
    assert "pixel_values" not in plain
    assert more["pixel_values"].shape[0] == more["input_ids"].shape[0] == 2
    assert (more["labels"] != -100).sum() == (plain["labels"] != -100).sum() > 0
    assert (more["labels"][-1] == -100).all()
    assert filled(collate)(rows([Image.new("RGB", (64, 64))]))["input_ids"].shape[0] == 1


def test_what_libraries_raise_names_the_setting() -> None:
    import torch

    with pytest.raises(UserError, match=r"GPU's memory is too small: raise train.sft.accumulate"), mended("train.sft"):
        raise torch.OutOfMemoryError("CUDA out of memory")
    with pytest.raises(UserError, match=r"train.sft.max_length cuts a row's images off"), mended("train.sft"):
        raise ValueError("max_length is too short and causes image placeholder tokens in input_ids to be truncated")
    with pytest.raises(ValueError, match="another"), mended("train.sft"):
        raise ValueError("another")


def test_a_gpu_without_what_is_asked_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert hardware.settings("auto", False, False)["bf16"] is False
    with pytest.raises(UserError, match="cannot compute in bfloat16"):
        hardware.settings("bf16", False, False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match="pip install liger-kernel"):
        hardware.settings("fp32", False, True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    with pytest.raises(UserError, match="4 GPUs and one process: start it with `accelerate launch"):
        hardware.settings("fp32", False, False)


def test_a_bound_on_pixels_shrinks_what_the_tower_sees() -> None:
    from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

    class Processor:
        image_processor = Idefics3ImageProcessorPil()

    start.bound(Processor, 1_000_000)
    assert Processor.image_processor.size["longest_edge"] == 728, "the largest multiple of 364 within 1000 pixels"
    start.bound(Processor, 4_000_000)
    assert Processor.image_processor.size["longest_edge"] == 728, "a bound shrinks, it does not enlarge"
    start.bound(Processor, 1000)
    assert Processor.image_processor.size["longest_edge"] == 364


def test_weights_that_were_gathered_are_written_like_a_models_own(sees: str, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    model, processor = start.opened(sees, Path())
    state = dict(model.state_dict())
    start.write(model, processor, {}, tmp_path / "gathered", state=state)
    start.write(model, processor, {}, tmp_path / "own")
    gathered, own = (load_file(tmp_path / name / "model.safetensors") for name in ("gathered", "own"))
    assert gathered.keys() == own.keys()
    assert all(gathered[name].equal(own[name]) for name in own)


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"batch": 6, "accumulate": 4}, "batch must be a multiple of accumulate"),
        ({"packing": True}, "packing needs max_length"),
        ({"lora": {"targets": ["q_proj", "lm_head"]}}, "TRL trains no adapter on lm_head"),
        ({"lora": {"targets": []}}, "name at least one layer"),
    ],
)
def test_a_mistake_in_the_settings_is_named(section: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        TrainSft.model_validate(section)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in TrainSft.model_fields.values())


def test_adapters_on_random_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="for a model that knows something"):
        Train.model_validate({"scratch": {}, "sft": {"lora": {}}})
