"""Does reinforcement learning with our reward teach? A half-taught model before and after, on held-out images.

    python benchmarks/rl.py                      # three seeds, with and without the window of pass rates
    python benchmarks/rl.py --seeds 0 --windows with --steps 60

Half-teaches the tiny model (recipes/tiny-vlm.yaml, fewer steps), samples it (recipes/tiny-rl.yaml), trains it with the
recipe's `train.rl` and asks it balanced questions about images that no row shows (recipes/tiny-rl-test.yaml): as many
yes as no answers. Beside it stand the blind baseline, the same questions without their images, and CPU minutes. What is
there already is taken as it is. Ends with status 1 where a seed with the window does not rise above the model that it
started from by more than its interval, and above the blind baseline.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mmdata.store import Run

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "recipes"
WINDOWS = {"with": "mix.rl.pass_rate=[0.2,0.8]", "without": "mix.rl.pass_rate=[0.0,1.0]"}
HALF = ("train.sft.steps=700", "train.tower.steps=900")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0,1,2", help="of the order of questions and of what is sampled")
    parser.add_argument("--windows", default="with,without", help="of pass rates")
    parser.add_argument("--steps", type=int, help="by default the recipe's")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where runs and models are kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="trainings at once, a thread each")
    given = parser.parse_args()
    runs: Path = given.runs
    half = runs / "half"
    if not half.exists():
        command("build", RECIPES / "tiny-vlm.yaml", "--run", runs / "tiny-vlm", "--quiet")
        command("train", "sft", runs / "tiny-vlm", "--out", half, *settings(*HALF), "--quiet")
    test = runs / "tiny-rl-test"
    command("build", RECIPES / "tiny-rl-test.yaml", "--run", test, "--quiet")
    before = asked(half, test, runs / "eval-half")
    windows = given.windows.split(",")
    for window in windows:
        run = runs / f"tiny-rl-{window}"
        sampled = runs / f"tiny-rl-{windows[0]}"
        if not run.exists() and sampled.exists():
            # The same paths, mixed with another window.
            aside = run.with_name(f".{run.name}.partial")
            shutil.rmtree(aside, ignore_errors=True)
            shutil.copytree(sampled, aside, ignore=shutil.ignore_patterns("models"))
            aside.rename(run)
        model = f"distill.teachers.half.model={half.resolve()}"
        command("build", RECIPES / "tiny-rl.yaml", "--run", run, *settings(model, WINDOWS[window]), "--quiet")
        print(f"{window} the window: {Run(run).need('rl').rows:,} questions", flush=True)

    def trained(what: tuple[str, str]) -> tuple[dict[str, Any], float | None]:
        window, seed = what
        run, minutes = runs / f"tiny-rl-{window}", None
        out = run / "models" / f"rl-{seed}"
        if not out.exists():
            steps = [f"train.rl.steps={given.steps}"] if given.steps else []
            words = ["--model", half, "--seed", seed, "--workers", "1", *settings(*steps)]
            minutes = command("train", "rl", run, *words, "--quiet") / 60
        return asked(out, test, runs / f"eval-{window}-{seed}", against=runs / "eval-half"), minutes

    every = [(window, seed) for window in windows for seed in given.seeds.split(",")]
    with ThreadPoolExecutor(given.jobs) as threads:
        after = list(threads.map(trained, every))
    lines = [_line("half-taught, before", before, None)]
    lines += [_line(f"{w} the window, seed {s}", *found) for (w, s), found in zip(every, after, strict=True)]
    print("| model | right | yes/no | without images | difference | verdict | CPU minutes |\n|--|--|--|--|--|--|--|")
    print("\n".join(lines))
    sys.exit(0 if all(_rose(found) for (w, _), (found, _) in zip(every, after, strict=True) if w == "with") else 1)


def settings(*changes: str) -> list[str]:
    """Changes as words of a command."""
    return [word for change in changes for word in ("--set", change)]


def command(*words: str | Path) -> float:
    """Run a command; the CPU seconds that it and its processes took."""
    # One thread: two wait for each other as soon as anything else runs.
    process = subprocess.Popen(
        [sys.executable, "-m", "mmdata", *map(str, words)], env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"mmdata {' '.join(map(str, words))} ended with status {process.returncode}")
    return used.ru_utime + used.ru_stime


def asked(model: Path, test: Path, out: Path, against: Path | None = None) -> dict[str, Any]:
    """The summary of asking the model all questions of the test."""
    compared = ["--against", against] if against else []
    command("eval", model, "--on", f"{test}:rl", "--max-tokens", "96", "--out", out, *compared, "--quiet")
    found: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return found


def whole(summary: dict[str, Any]) -> dict[str, Any]:
    """Of all questions."""
    return next(group for group in summary["groups"] if group["by"] == "all")


def compared(summary: dict[str, Any]) -> dict[str, Any]:
    """All questions beside the model that training started from."""
    return next(group for group in summary["against"]["groups"] if group["by"] == "all")


def _rose(summary: dict[str, Any]) -> bool:
    blind = whole(summary)["blind"]["accuracy"]["high"]
    return compared(summary)["verdict"] == "better" and whole(summary)["accuracy"]["low"] > blind


def _line(name: str, summary: dict[str, Any], minutes: float | None) -> str:
    every = whole(summary)
    yes_no = share(summary["balanced"][0]["accuracy"])
    cells = [name, share(every["accuracy"]), yes_no, share(every["blind"]["accuracy"])]
    if summary["against"]:
        gain = compared(summary)
        cells += [share(gain["difference"], signed=True), gain["verdict"]]
    else:
        cells += ["", ""]
    return f"| {' | '.join(cells)} | {'' if minutes is None else f'{minutes:.1f}'} |"


def share(found: dict[str, float], *, signed: bool = False) -> str:
    """A share with its interval."""
    sign = "+" if signed else ""
    return f"{found['value']:{sign}.1%} [{found['low']:{sign}.1%} – {found['high']:{sign}.1%}]"


if __name__ == "__main__":
    main()
