"""mmdata train rl, end to end on a few steps: RL rows and a verifier in, a model that earned its reward out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import tiny
from conftest import Place
from mmdata.cli import app
from mmdata.errors import UserError
from mmdata.store import Run
from mmdata.train import curves, rl_rows
from mmdata.train.config_rl import TrainRl
from mmdata.train.rl import CLIP, WORDING, _arguments

pytest.importorskip("trl")
pytestmark = [
    pytest.mark.engine,
    # What libraries deprecate among themselves is not ours to mend.
    pytest.mark.filterwarnings("ignore"),
]
RL = {"steps": 3, "questions": 4, "rollouts": 8, "max_tokens": 6, "learning_rate": 1e-3, "warmup": 0}


def babbler(folder: Path) -> Path:
    """A model that says digits and stops, whatever it is asked: now and then it says the right one."""
    import torch
    from transformers import LlamaForCausalLM

    path = tiny.llama(folder)
    model = LlamaForCausalLM.from_pretrained(path)
    with torch.no_grad():
        model.model.embed_tokens.weight.fill_(1.0)
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        model.lm_head.weight.zero_()
        # Hidden states are all ones, so that a row's sum is its token's logit.
        words = tiny.tokenizer()
        model.lm_head.weight[words.convert_tokens_to_ids(list("0123456789"))] = 6 / 64
        model.lm_head.weight[words.eos_token_id] = 7.5 / 64
    model.save_pretrained(path)
    return path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Sums up to ten, and a model that babbles."""
    place = Place(tmp_path, count=6)
    place.recipe["verify"] = {"format": "lenient"}
    place.recipe["mix"] = {"system": "", "sft": None, "rl": {}}
    place.recipe["train"] = {"model": str(babbler(tmp_path)), "rl": RL}
    return place


def trained(run: Run, *words: str) -> Any:
    return CliRunner().invoke(app, ["train", "rl", str(run.folder), "--workers", "1", *words])


def told(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "training.json").read_text())
    return found


def test_each_term_of_the_reward_is_logged_apart_and_the_weights_move(place: Place, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    run, out = place.build(), tmp_path / "out"
    done = trained(run, "--out", str(out))
    assert done.exit_code == 0, done.output
    curve = {name: [v for _, n, v in curves.read(out) if n == name] for _, name, _ in curves.read(out)}
    assert {"reward", "rewards/accuracy/mean", "rewards/format/mean", "completions/mean_length"} <= set(curve)
    assert len(curve["reward"]) == 3
    assert any(curve["rewards/accuracy/mean"]), "the babble hit nothing"
    assert told(out)["rl"] == run.need("rl").digest
    before, after = (load_file(folder / "model.safetensors") for folder in (tmp_path / "llama", out))
    assert any((after[name].float() - before[name].float()).abs().max() > 1e-4 for name in after)


def test_the_same_seed_makes_the_same_weights(place: Place, tmp_path: Path) -> None:
    run = place.build()
    for name in ("one", "two"):
        assert trained(run, "--seed", "5", "--out", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "one" / "model.safetensors").read_bytes() == (
        tmp_path / "two" / "model.safetensors"
    ).read_bytes()


def test_a_training_killed_with_sigkill_ends_with_the_same_weights_and_curves(place: Place, tmp_path: Path) -> None:
    settings = {"updates": 2, "curriculum": True, "scheduler": "cosine"}
    place.recipe["train"]["rl"] = {**RL, "steps": 8, "save_every": 2, **settings}
    run, calm, out, said = place.build(), tmp_path / "calm", tmp_path / "killed", tmp_path / "said"

    def start(out: Path) -> subprocess.Popen[bytes]:
        """The command in a process of its own: what this one has imported and set may change a last bit."""
        words = [sys.executable, "-m", "mmdata", "train", "rl", str(run.folder), "--workers", "1", "--out", str(out)]
        with said.open("w") as file:
            return subprocess.Popen(words, stdout=file, stderr=file, env={**os.environ, "OMP_NUM_THREADS": "1"})

    assert start(calm).wait(300) == 0, said.read_text()
    running = start(out)
    while not list(tmp_path.glob(".killed.work/checkpoint-*/whole.json")):
        assert running.poll() is None, said.read_text()
        time.sleep(0.005)
    running.kill()
    running.wait()
    assert not out.exists()
    assert start(out).wait(300) == 0, said.read_text()
    assert told(out)["resumed"] >= 2
    assert (out / "model.safetensors").read_bytes() == (calm / "model.safetensors").read_bytes()
    assert curves.read(out) == curves.read(calm)
    assert not list(tmp_path.glob(".killed*"))


def test_a_reward_that_stays_at_nothing_stops_the_run_with_a_message(place: Place, tmp_path: Path) -> None:
    place.recipe["verify"] = {"format": "strict"}
    out = tmp_path / "out"
    done = trained(place.build(), "--out", str(out), "--set", "train.rl.patience=2")
    assert isinstance(done.exception, UserError)
    assert "stopped at step 2: the reward's term accuracy was 0 for every completion in 2 steps" in str(done.exception)
    assert not out.exists()


def test_parts_that_are_frozen_keep_their_weights(place: Place, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    out = tmp_path / "out"
    assert trained(place.build(), "--out", str(out), "--set", "train.rl.frozen=[model.embed_tokens]").exit_code == 0
    before, after = (load_file(folder / "model.safetensors") for folder in (tmp_path / "llama", out))
    name = "model.embed_tokens.weight"
    assert torch.equal(after[name], before[name].to(torch.bfloat16))


def test_adapters_learn_and_are_merged_into_what_is_written(place: Place, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    out = tmp_path / "out"
    done = trained(place.build(), "--out", str(out), "--set", "train.rl.lora={rank: 4, targets: [o_proj]}")
    assert done.exit_code == 0, done.output
    before, after = (load_file(folder / "model.safetensors") for folder in (tmp_path / "llama", out))
    changed = {name for name in after if not after[name].equal(before[name].to(after[name].dtype))}
    assert changed
    assert all("o_proj" in name for name in changed), "nothing else learns"
    assert (out / "adapter" / "adapter_model.safetensors").exists()


def test_what_is_missing_is_named(place: Place, tmp_path: Path) -> None:
    run = place.build()
    said = str(trained(run, "--set", "train.rl.questions=40").exception)
    assert "has 6 RL rows, and each round asks 40: lower train.rl.questions" in said
    place.recipe["mix"]["rl"], place.recipe["mix"]["sft"] = None, {}
    assert "has no RL rows" in str(trained(place.build()).exception)
    place.recipe["train"] = {"scratch": {}}
    assert "nothing to start from" in str(trained(place.build()).exception)


def test_a_curriculum_asks_easy_questions_first(place: Place) -> None:
    rows = rl_rows.rl(place.build(), 1).with_format(None)
    rates = [0.5, None, 0.25, 1.0, 0.0, 0.75]
    graded = rows.remove_columns("pass_rate").add_column("pass_rate", rates)
    asked = rl_rows.in_rounds(graded, 0, 6, 1, easy_first=True)["pass_rate"]
    assert asked == [1.0, 0.75, 0.5, 0.25, 0.0, None]
    assert rl_rows.in_rounds(graded, 0, 12, 1, easy_first=True)["pass_rate"][:4] == [1.0, 1.0, 0.75, 0.75]
    drawn = rl_rows.in_rounds(graded, 0, 12, 1, easy_first=False)["problem_id"]
    assert sorted(drawn[:6]) == sorted(drawn[6:]) == sorted(graded["problem_id"]), "each once before any comes again"
    assert drawn[:6] != drawn[6:]
    assert drawn != rl_rows.in_rounds(graded, 1, 12, 1, easy_first=False)["problem_id"]


@given(st.lists(st.booleans(), min_size=4, max_size=40), st.integers(1, 5), st.integers(1, 4), st.booleans())
def test_a_round_has_questions_with_images_or_without(kinds: list[bool], rounds: int, size: int, easy: bool) -> None:
    import datasets

    rows = datasets.Dataset.from_dict({
        "problem_id": [f"p{i}" for i in range(len(kinds))], "pass_rate": [i / 50 for i in range(len(kinds))],
        "images": [["x"] if kind else [] for kind in kinds],
    })  # fmt: skip
    asked = rl_rows.in_rounds(rows, 3, rounds, size, easy_first=easy)["images"]
    assert len(asked) == rounds * size
    assert all(len({bool(names) for names in asked[i : i + size]}) == 1 for i in range(0, len(asked), size))


@pytest.mark.parametrize("algorithm", list(WORDING))
def test_an_algorithm_is_what_its_paper_says(algorithm: str, tmp_path: Path) -> None:
    made = _arguments(TrainRl.model_validate({"algorithm": algorithm}), tmp_path / "out", 0)
    assert (made.epsilon, made.epsilon_high) == CLIP[algorithm]
    assert made.importance_sampling_level == ("sequence" if algorithm == "gspo" else "token")
    assert made.scale_rewards == ("none" if algorithm == "dr_grpo" else "group")
    assert made.loss_type == {"gspo": "grpo"}.get(algorithm, algorithm)
    assert made.num_generations == 16
    assert made.beta == 0


def test_batches_are_questions_times_rollouts_over_updates(tmp_path: Path) -> None:
    config = TrainRl(questions=8, rollouts=4, updates=2, accumulate=4)
    made = _arguments(config, tmp_path / "out", 0)
    assert made.per_device_train_batch_size == 4
    assert made.gradient_accumulation_steps == 4
    assert made.generation_batch_size == 32
    assert config.completions == 16


def test_a_model_that_sees_learns_from_images_and_texts_in_one_batch(tmp_path: Path) -> None:
    place = Place(tmp_path, count=2)
    place.recipe["sources"].append(
        {"use": "figures", "options": {"families": {"counting": {}}, "levels": [1], "figures": 2}}
    )
    place.recipe["mix"] = {"system": "", "sft": None, "rl": {}}
    place.recipe["train"] = {"model": str(tiny.idefics(tmp_path)), "rl": {**RL, "questions": 2, "patience": 5}}
    run = place.build()
    assert {bool(row.images) for row in run.read("rl")} == {True, False}
    done = trained(run, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output + str(done.exception)


def test_what_a_sources_own_scorer_reads_goes_with_the_row(tmp_path: Path) -> None:
    pytest.importorskip("reasoning_gym")
    place = Place(tmp_path, count=1)
    place.recipe["sources"] = [{"use": "reasoning_gym", "options": {"tasks": {"countdown": {"size": 2}}}}]
    place.recipe["distill"] = {}
    place.recipe["mix"] = {"sft": None, "rl": {}}
    run = place.build()
    rows = rl_rows.rl(run, 1)
    scored = [row for row in rows if row["kind"] == "reasoning_gym"]
    assert scored
    wanted = {problem.question: problem.metadata for problem in run.read("screened")}
    assert all(row["metadata"] == wanted[row["question"]] for row in scored)
