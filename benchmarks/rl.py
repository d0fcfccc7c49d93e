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
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "recipes"
WINDOWS = {"with": "mix.rl.pass_rate=[0.125,0.875]", "without": "mix.rl.pass_rate=[0.0,1.0]"}
HALF = ("train.sft.steps=500", "train.tower.steps=900")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0,1,2", help="of the order of questions and of what is sampled")
    parser.add_argument("--windows", default="with,without", help="of pass rates")
    parser.add_argument("--steps", type=int, help="by default the recipe's")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where runs and models are kept")
    given = parser.parse_args()
    runs: Path = given.runs
    half = runs / "half"
    if not half.exists():
        _mmdata("build", RECIPES / "tiny-vlm.yaml", "--run", runs / "tiny-vlm", "--quiet")
        _mmdata("train", "sft", runs / "tiny-vlm", "--out", half, *_set(*HALF), "--quiet")
    test = runs / "tiny-rl-test"
    _mmdata("build", RECIPES / "tiny-rl-test.yaml", "--run", test, "--quiet")
    before = _asked(half, test, runs / "eval-half")
    lines, passed = [_line("half-taught, before", before, None)], True
    for window in given.windows.split(","):
        run = runs / f"tiny-rl-{window}"
        model = f"distill.teachers.half.model={half.resolve()}"
        _mmdata("build", RECIPES / "tiny-rl.yaml", "--run", run, *_set(model, WINDOWS[window]), "--quiet")
        for seed in given.seeds.split(","):
            out, minutes = run / "models" / f"rl-{seed}", None
            if not out.exists():
                steps = [f"train.rl.steps={given.steps}"] if given.steps else []
                words = ["--model", half, "--seed", seed, "--workers", "1", *_set(*steps)]
                minutes = _mmdata("train", "rl", run, *words, "--quiet") / 60
            after = _asked(out, test, runs / f"eval-{window}-{seed}", against=runs / "eval-half")
            lines.append(_line(f"{window} the window, seed {seed}", after, minutes))
            passed &= window != "with" or _rose(after)
    print("| model | right | without images | difference | verdict | CPU minutes |\n|--|--|--|--|--|--|")
    print("\n".join(lines))
    sys.exit(0 if passed else 1)


def _set(*changes: str) -> list[str]:
    return [word for change in changes for word in ("--set", change)]


def _mmdata(*words: str | Path) -> float:
    """Run a command; the CPU seconds that it and its processes took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # One thread: two wait for each other as soon as anything else runs.
    done = subprocess.run(
        [sys.executable, "-m", "mmdata", *map(str, words)], env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False
    )
    if done.returncode:
        sys.exit(f"mmdata {' '.join(map(str, words))} ended with status {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _asked(model: Path, test: Path, out: Path, against: Path | None = None) -> dict[str, Any]:
    """The summary of asking the model all questions of the test."""
    compared = ["--against", against] if against else []
    _mmdata("eval", model, "--on", f"{test}:rl", "--max-tokens", "64", "--out", out, *compared, "--quiet")
    found: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return found


def _whole(summary: dict[str, Any]) -> dict[str, Any]:
    return next(group for group in summary["groups"] if group["by"] == "all")


def _compared(summary: dict[str, Any]) -> dict[str, Any]:
    return next(group for group in summary["against"]["groups"] if group["by"] == "all")


def _rose(summary: dict[str, Any]) -> bool:
    blind = _whole(summary)["blind"]["accuracy"]["high"]
    return _compared(summary)["verdict"] == "better" and _whole(summary)["accuracy"]["low"] > blind


def _line(name: str, summary: dict[str, Any], minutes: float | None) -> str:
    whole = _whole(summary)
    cells = [name, _share(whole["accuracy"]), _share(whole["blind"]["accuracy"])]
    if summary["against"]:
        gain = _compared(summary)
        cells += [_share(gain["difference"], signed=True), gain["verdict"]]
    else:
        cells += ["", ""]
    return f"| {' | '.join(cells)} | {'' if minutes is None else f'{minutes:.1f}'} |"


def _share(found: dict[str, float], *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    return f"{found['value']:{sign}.1%} [{found['low']:{sign}.1%} – {found['high']:{sign}.1%}]"


if __name__ == "__main__":
    main()
