"""Training started by accelerate or torchrun: on several processes, and as the shipped configurations say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import taught
import tiny
from mmdata.errors import UserError
from mmdata.store import Run
from mmdata.train import curves, hardware

pytest.importorskip("trl")
pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore")]
CONFIGS = Path(__file__).parents[1] / "recipes" / "accelerate"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("launch")


@pytest.fixture(scope="module")
def run(place: Path) -> Run:
    return taught.mixed(place).build()


def run_python(*command: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    return subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, env=env, check=False)


def test_two_processes_take_the_steps_of_one_and_speak_with_one_voice(run: Run, place: Path) -> None:
    settings = {"steps": 3, "batch": 8, "warmup": 0, "log_every": 1, "save_every": 2}
    taught.train(run, place / "one", {"model": str(tiny.idefics(place)), "sft": settings}, seed=0)
    done = run_python(
        "torch.distributed.run", "--nproc_per_node=2", "--standalone",
        "-m", "mmdata", "train", "sft", str(run.folder), "--out", str(place / "two"),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("parameters") == 1
    assert (place / "two" / "model.safetensors").is_file()
    one, two = curves.read(place / "one"), curves.read(place / "two")
    assert [point[:2] for point in one] == [point[:2] for point in two]
    for name in ("loss", "num_tokens", "learning_rate"):
        assert [v for _, n, v in two if n == name] == pytest.approx([v for _, n, v in one if n == name], rel=1e-5)


def test_accelerate_starts_the_command_and_hands_on_its_mistakes(run: Run, place: Path) -> None:
    (place / "there").mkdir()
    done = run_python(
        "accelerate.commands.launch", "--cpu", "--num_processes=1", "--num_machines=1", "--mixed_precision=no",
        "--dynamo_backend=no", "-m", "mmdata", "train", "sft", str(run.folder), "--out", str(place / "there"),
    )  # fmt: skip
    assert done.returncode != 0
    assert f"error: {place / 'there'} is there already" in done.stderr


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ddp", "MULTI_GPU"), ("fsdp2", "FSDP"), ("deepspeed-zero2", "DEEPSPEED"), ("deepspeed-zero3", "DEEPSPEED")],
)
def test_accelerate_reads_the_configurations(name: str, kind: str) -> None:
    from accelerate.commands.config.config_args import load_config_from_file
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser

    path = CONFIGS / f"{name}.yaml"
    assert load_config_from_file(str(path)).distributed_type == kind
    command = ["--config_file", str(path), "-m", "mmdata", "train", "sft", "runs/x"]
    given, *_ = _validate_launch_command(launch_command_parser().parse_args(command))
    assert given.module
    assert (given.multi_gpu, given.use_fsdp, given.use_deepspeed) == (
        kind == "MULTI_GPU", kind == "FSDP", kind == "DEEPSPEED",
    )  # fmt: skip
    if kind == "DEEPSPEED":
        assert given.zero_stage == int(name[-1])


def test_the_sharding_is_what_its_configuration_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser
    from accelerate.utils import FullyShardedDataParallelPlugin
    from accelerate.utils.launch import prepare_multi_gpu_env

    command = ["--config_file", str(CONFIGS / "fsdp2.yaml"), "-m", "mmdata"]
    given, *_ = _validate_launch_command(launch_command_parser().parse_args(command))
    given.num_processes = 1
    for name, value in prepare_multi_gpu_env(given).items():
        if name.startswith("FSDP_"):
            monkeypatch.setenv(name, value)
    plugin = FullyShardedDataParallelPlugin()
    assert plugin.fsdp_version == 2
    assert plugin.reshard_after_forward is True
    assert "FULL" in str(plugin.state_dict_type)


def test_a_step_that_cannot_be_divided_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "8")
    assert hardware.shares(64, 2) == {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 2}
    with pytest.raises(UserError, match=r"12 rows cannot be divided into 2 parts on 8 processes.* multiple of 16"):
        hardware.shares(12, 2)


def test_only_the_first_process_tells_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError), hardware.one_voice():
        raise UserError("told")
    monkeypatch.setenv("RANK", "1")
    with pytest.raises(SystemExit) as end, hardware.one_voice():
        raise UserError("not told")
    assert end.value.code == 2
