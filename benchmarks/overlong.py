"""Does the overlong penalty shorten answers, and at what price? A wordy model, trained with the penalty and without it.

    python benchmarks/overlong.py                # three seeds
    python benchmarks/overlong.py --seeds 0

The packaged tiny model is first taught to be wordy: solutions of easy-VQA before which it says nothing new, none to
five times over, drawn by a hash and so independent of question and answer. Then it is rewarded as recipes/tiny-rl.yaml
says, once with DAPO's soft punishment of length and once without, and asked balanced questions about images that no row
shows. Ends with status 1 where answers are not a third shorter with the penalty than without it, or fewer are right
than of the wordy model by more than chance.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rl import RECIPES, asked, command, compared, settings, share, whole

from mmdata.keys import hash64
from mmdata.store import Run
from mmdata.train import curves

WORDS = "I look again. "
MOST = 5
"""So many times at most."""
SHORTER = 2 / 3
"""What is left of the length, at most."""
SFT = ("train.model=mmdata/tiny-vlm", "train.scratch=null", "train.tower=null", "train.sft.steps=500",
       "train.sft.learning_rate=5e-4")  # fmt: skip
RL = ("train.rl.steps=60", "train.rl.rollouts=4", "train.rl.learning_rate=5e-5", "train.rl.max_tokens=96",
      "train.rl.temperature=0.7", "train.rl.patience=61")  # fmt: skip
PENALTY = ("train.rl.reward.overlong={buffer: 84, factor: 1.0}",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where runs and models are kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="trainings at once, a thread each")
    given = parser.parse_args()
    runs: Path = given.runs
    run, test, wordy = runs / "wordy", runs / "tiny-rl-test", runs / "wordy-model"
    command("build", RECIPES / "tiny-rl-test.yaml", "--run", test, "--quiet")
    build(runs)
    if not wordy.exists():
        command("train", "sft", run, "--out", wordy, *settings(*SFT), "--quiet")
    before = asked(wordy, test, runs / "eval-wordy")

    def trained(what: tuple[str, str]) -> dict[str, Any]:
        arm, seed = what
        name = f"{arm}-{seed}".replace(" ", "-")
        out = run / "models" / name
        if not out.exists():
            words = ["--model", wordy, "--out", out, "--seed", seed, "--workers", "1"]
            command("train", "rl", run, *words, *settings(*RL, *(PENALTY if arm == "penalty" else ())), "--quiet")
        return asked(out, test, runs / f"eval-{name}", against=runs / "eval-wordy")

    every = [(arm, seed) for arm in ("penalty", "no penalty") for seed in given.seeds.split(",")]
    with ThreadPoolExecutor(given.jobs) as threads:
        after = dict(zip(every, threads.map(trained, every), strict=True))
    print("| model | tokens an answer | sampled while training | right | beside the wordy one | verdict |")
    print("|--|--|--|--|--|--|")
    print(f"| wordy, before | {tokens(before):.1f} | | {share(whole(before)['accuracy'])} | | |")
    for (arm, seed), found in after.items():
        gain, name = compared(found), f"{arm}-{seed}".replace(" ", "-")
        print(
            f"| {arm}, seed {seed} | {tokens(found):.1f} | {lengths(run / 'models' / name)} | "
            f"{share(whole(found)['accuracy'])} | {share(gain['difference'], signed=True)} | {gain['verdict']} |"
        )
    passed = all(
        tokens(after["penalty", seed]) <= SHORTER * tokens(after["no penalty", seed])
        and compared(after["penalty", seed])["verdict"] != "worse"
        for seed in given.seeds.split(",")
    )
    sys.exit(0 if passed else 1)


def build(runs: Path) -> None:
    """The run of wordy solutions: SFT rows to teach them, RL rows to train on."""
    plain, recording = runs / "plain", runs / "wordy.jsonl"
    recipe, only = RECIPES / "tiny-vlm.yaml", ("sources=[{use: easy_vqa, split: train, limit: 12000}]", "train=null")
    command("build", recipe, "--run", plain, *settings(*only), "--quiet")
    recording.write_text("".join(json.dumps(line) + "\n" for line in said(Run(plain))), encoding="utf-8")
    teacher = ["engine=replay", f"path={json.dumps(str(recording.resolve()))}", "system=''"]
    changes = [only[0], "mix.rl={balance: true, unsampled: drop}", "train={model: mmdata/tiny-vlm}"]
    changes += [f"distill.teachers.solutions.{change}" for change in teacher]
    rl = json.dumps({"steps": 1, "questions": 32, "warmup": 10, "frozen": ["model.vision_model"]})
    changes += [f"train.rl={rl}", "name=wordy"]
    command("build", recipe, "--run", runs / "wordy", *settings(*changes), "--quiet")


def said(run: Run) -> Iterator[dict[str, Any]]:
    """A recording of the solutions, wordy."""
    for trace in run.read("traces"):
        again = WORDS * (hash64(f"wordy\0{trace.problem_id}") % (MOST + 1))
        response = trace.response.replace("<think>", f"<think>{again}", 1)
        yield {"problem_id": trace.problem_id, "sample": 0, "response": response}


def tokens(summary: dict[str, Any]) -> float:
    """Mean tokens of an answer."""
    return float(whole(summary)["tokens_mean"])


def lengths(model: Path) -> str:
    """Mean tokens of completions at the first logged step, in the middle and at the end."""
    found = [value for _, name, value in curves.read(model) if name == "completions/mean_length"]
    return " → ".join(f"{found[i]:.0f}" for i in (0, len(found) // 2, -1)) if found else ""


if __name__ == "__main__":
    main()
