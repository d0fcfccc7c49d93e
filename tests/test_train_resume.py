"""A killed training goes on from its last whole checkpoint, and ends as one that nothing disturbed."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

import taught
import tiny
from mmdata.errors import UserError
from mmdata.store import Run
from mmdata.train import checkpoint, curves

pytest.importorskip("trl")
pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore")]
SFT = {"steps": 4, "batch": 4, "warmup": 1, "log_every": 1, "save_every": 2}
TINY = {"scratch": taught.SCRATCH, "tower": {"steps": 12, "batch": 4}, "sft": SFT}


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return taught.mixed(tmp_path_factory.mktemp("resume")).build()


@pytest.fixture(scope="module")
def calm(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What nothing disturbed."""
    out = tmp_path_factory.mktemp("calm") / "out"
    taught.train(run, out, TINY)
    return out


@pytest.fixture(autouse=True)
def _undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "draw", lambda *_: None)


@pytest.fixture
def killed_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has the next training end at the checkpoint of that step: before its mark is written, or after."""

    def set_up(step: int, *, whole: bool) -> None:
        real = checkpoint.mark

        def mark(place: Path, at: int) -> None:
            if whole or at != step:
                real(place, at)
            if at == step:
                monkeypatch.setattr(checkpoint, "mark", real)
                raise Killed

        monkeypatch.setattr(checkpoint, "mark", mark)

    return set_up


def made(folder: Path) -> tuple[bytes, list[curves.Point]]:
    """What must be the same: the weights and the curves."""
    return (folder / "model.safetensors").read_bytes(), curves.read(folder)


def test_a_training_killed_with_sigkill_ends_with_the_same_weights_and_curves(run: Run, tmp_path: Path) -> None:
    section = {**TINY, "sft": {**SFT, "steps": 24, "save_every": 4}}
    path = run.folder / "recipe.yaml"
    written = {**yaml.safe_load(path.read_text(encoding="utf-8")), "train": section}
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    calm, out, said = tmp_path / "calm", tmp_path / "killed", tmp_path / "said"

    def start(out: Path) -> subprocess.Popen[bytes]:
        """The command in a process of its own: what this one has imported and set may change a last bit."""
        command = [sys.executable, "-m", "mmdata", "train", "sft", str(run.folder), "--seed", "3", "--out", str(out)]
        with said.open("w") as file:
            return subprocess.Popen(command, stdout=file, stderr=file, env={**os.environ, "OMP_NUM_THREADS": "1"})

    assert start(calm).wait(300) == 0, said.read_text()
    process = start(out)
    while checkpoint.last(checkpoint.folder(out)) is None and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, said.read_text()
    assert not out.exists()
    assert start(out).wait(300) == 0, said.read_text()
    told = json.loads((out / "training.json").read_text())
    assert f"goes on from the checkpoint at step {told['resumed']} of 24" in said.read_text()
    assert 4 <= told["resumed"] < 24
    assert made(out) == made(calm)
    assert [step for step, name, _ in curves.read(out) if name == "loss"] == list(range(1, 25))
    assert told["tower"] == json.loads((calm / "training.json").read_text())["tower"]
    assert not list(tmp_path.glob(".killed*")), "no checkpoint is left"


@pytest.mark.parametrize("kind", ["adapters", "packed text"])
def test_it_goes_on_bit_by_bit_whatever_is_trained(
    kind: str, run: Run, tmp_path: Path, killed_at: Callable[..., None]
) -> None:
    if kind == "adapters":
        adapters = {"lora": {"rank": 2, "dropout": 0.2}, "accumulate": 2}
        section: dict[str, Any] = {"model": str(tiny.idefics(tmp_path)), "sft": {**SFT, **adapters}}
    else:
        run = taught.sums(tmp_path).build()
        packed = {"packing": True, "max_length": 256, "batch": 1, "weight_decay": 0.1, "scheduler": "linear"}
        section = {"model": str(tiny.llama(tmp_path)), "sft": {**SFT, **packed}}
    taught.train(run, tmp_path / "calm", section)
    killed_at(2, whole=True)
    with pytest.raises(Killed):
        taught.train(run, tmp_path / "killed", section)
    assert taught.train(run, tmp_path / "killed", section)["resumed"] == 2
    assert made(tmp_path / "killed") == made(tmp_path / "calm")


def test_a_checkpoint_without_its_mark_or_cut_short_does_not_exist(
    run: Run, calm: Path, tmp_path: Path, killed_at: Callable[..., None]
) -> None:
    killed_at(4, whole=False)
    with pytest.raises(Killed):
        taught.train(run, tmp_path / "killed", TINY)
    work = checkpoint.folder(tmp_path / "killed")
    assert (work / "checkpoint-4" / "model.safetensors").exists()
    assert checkpoint.last(work) == (work / "checkpoint-2", 2)
    optimizer = work / "checkpoint-2" / "optimizer.pt"
    whole = optimizer.read_bytes()
    optimizer.write_bytes(whole[:-1])
    assert checkpoint.last(work) is None
    optimizer.write_bytes(whole)
    assert taught.train(run, tmp_path / "killed", TINY)["resumed"] == 2
    assert made(tmp_path / "killed") == made(calm)


@pytest.mark.parametrize("lora", [None, {"rank": 2}])
def test_killed_before_the_model_is_written_it_takes_no_step_more(
    lora: dict[str, int] | None, run: Run, tmp_path: Path, killed_at: Callable[..., None]
) -> None:
    section = {"model": str(tiny.idefics(tmp_path)), "sft": {**SFT, "save_every": 4, "lora": lora}}
    taught.train(run, tmp_path / "calm", section)
    killed_at(4, whole=True)
    with pytest.raises(Killed):
        taught.train(run, tmp_path / "killed", section)
    assert taught.train(run, tmp_path / "killed", section)["resumed"] == 4
    assert made(tmp_path / "killed") == made(tmp_path / "calm")


def test_the_tower_is_trained_once(run: Run, calm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mmdata.train import sft, tower

    real = sft._trainer

    def kill(*_: object, **__: object) -> None:
        monkeypatch.setattr(sft, "_trainer", real)
        raise Killed

    monkeypatch.setattr(sft, "_trainer", kill)
    with pytest.raises(Killed):
        taught.train(run, tmp_path / "killed", TINY)
    monkeypatch.setattr(tower, "warm_up", lambda *_: pytest.fail("it is trained already"))
    assert taught.train(run, tmp_path / "killed", TINY)["tower"]
    assert made(tmp_path / "killed") == made(calm)


def test_other_settings_or_another_seed_do_not_go_on_from_it(
    run: Run, tmp_path: Path, killed_at: Callable[..., None]
) -> None:
    slower = {**TINY, "sft": {**SFT, "learning_rate": 5e-4}}
    for section in (TINY, slower):
        console = Console(record=True, width=400, file=io.StringIO())
        killed_at(2, whole=True)
        with pytest.raises(Killed):
            taught.train(run, tmp_path / "out", section, console=console)
    assert "is of a training with other settings, rows, seed or versions: starting anew" in console.export_text()
    assert taught.train(run, tmp_path / "out", slower, seed=4)["resumed"] == 0


def test_two_trainings_do_not_write_to_one_folder(run: Run, tmp_path: Path) -> None:
    from mmdata.progress import Shown

    shown = Shown(Console(), quiet=True)
    work = checkpoint.folder(tmp_path / "out")
    with checkpoint.held(work, "key", shown), pytest.raises(UserError, match="another training writes to"):
        taught.train(run, tmp_path / "out", TINY)
