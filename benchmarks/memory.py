"""Is memory flat while rows grow? Builds a text corpus, collect to mix, out of a recording, at several sizes.

Each size is one `mmdata build` in a process of its own: rows per second, the peak of its largest process, the peak of
it and its verifier workers together, and the seconds of each table as its manifest says. One sample a problem, 90 % of
them right. Ends with status 1 where a peak is above --bound.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import measure
import yaml

RECIPE = {
    "name": "sums",
    "sources": [{
        "use": "files", "name": "sums",
        "options": {
            "path": "data.jsonl", "license": "CC0-1.0",
            "columns": {"id": "id", "question": "question", "answer": "answer"},
        },
    }],
    "distill": {
        "samples": 1,
        "teachers": [{
            "name": "recorded", "model": "recorded", "engine": "replay", "path": "recording.jsonl", "see": "text",
        }],
    },
    "mix": {"eval": {"fraction": 0.01}},
}  # fmt: skip


def questions(count: int) -> Iterator[dict[str, Any]]:
    """Distinct additions."""
    for i in range(count):
        yield {"id": f"q{i:08d}", "question": f"What is {i} plus {3 * i + 1}?", "answer": str(4 * i + 1)}


def answers(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """One path a question, nine of ten right."""
    draw = random.Random(seed)
    for i in range(count):
        found = 4 * i + 1 + (draw.random() < 0.1)
        thought = f"To add {i} and {3 * i + 1} I add the ones, then the tens, and carry. That makes {found}."
        response = f"<think>{thought}</think><answer>{found}</answer>"
        yield {"problem_id": f"sums/q{i:08d}", "sample": 0, "response": response}


def build(count: int, folder: Path, workers: int) -> tuple[measure.Measured, dict[str, float]]:
    """One build of `count` questions."""
    measure.write_jsonl(folder / "data.jsonl", questions(count))
    measure.write_jsonl(folder / "recording.jsonl", answers(count))
    (folder / "recipe.yaml").write_text(yaml.safe_dump(RECIPE), encoding="utf-8")
    command = (*measure.MMDATA, "build", "recipe.yaml", "--run", "run", "--workers", str(workers))
    return measure.run(command, folder), measure.seconds_of(folder / "run")


def main() -> int:
    """Build, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000", help="rows, with commas; the full: 10000,100000,1000000")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--bound", type=float, default=1536, help="MiB that no size may need")
    args = parser.parse_args()
    worst = 0.0
    print(f"{'rows':>9} {'wall s':>8} {'rows/s':>8} {'peak MiB':>9} {'with workers':>12}  seconds of each table")
    for count in map(int, args.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="mmdata-bench-") as folder:
            whole, stages = build(count, Path(folder), args.workers)
        worst = max(worst, whole.tree_mb)
        shown = " ".join(f"{table} {seconds:.1f}" for table, seconds in stages.items())
        print(
            f"{count:>9,} {whole.seconds:>8.1f} {count / whole.seconds:>8,.0f} {whole.peak_mb:>9,.0f}"
            f" {whole.tree_mb:>12,.0f}  {shown}", flush=True,
        )  # fmt: skip
    if worst > args.bound:
        print(f"FAILED: {worst:,.0f} MiB is above the bound of {args.bound:,.0f} MiB")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
