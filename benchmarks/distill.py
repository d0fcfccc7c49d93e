"""What does mmdata add to the engine's own time? The distill stage beside a bare `LLM.chat` of the same requests.

Both sides use the same loaded vLLM engine in the same process, the same prompts and the same SamplingParams (n, seeds),
and must come to the same texts. mmdata's side is the whole stage: reading the problems, writing prompts, the request
log, the table and its manifest; the other side is the call alone, with everything prepared before the clock starts.
The engine is warmed up first, its prefix cache is emptied before each turn, and the two take turns at going first.
The overhead is that of the fastest turn of each side, since what else the machine does only ever adds; the CPU seconds
of all threads are printed beside. Ends with status 1 where the overhead is above --bound.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import measure

os.environ.update(measure.QUIET)

import yaml
from rich.console import Console

from mmdata import prompt, recipe_file
from mmdata.build import build
from mmdata.engines import Request, vllm, weights
from mmdata.progress import Shown
from mmdata.recipe import Recipe
from mmdata.store import Run

SHOWN = Shown(Console(stderr=True), quiet=True)
Taken = tuple[float, float]
"""Wall seconds, and CPU seconds of all threads."""


class Clock:
    """Runs from its making."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> Taken:
        return time.perf_counter() - self._wall, time.process_time() - self._cpu


def write_inputs(folder: Path, problems: int, samples: int, tokens: int, model: str) -> Recipe:
    """Sums of small numbers, and a teacher with one example."""
    measure.write_jsonl(
        folder / "data.jsonl",
        ({"id": f"q{i:06d}", "question": f"What is {i} + {i % 7}?", "answer": str(i + i % 7)} for i in range(problems)),
    )
    columns = {"id": "id", "question": "question", "answer": "answer"}
    options = {"path": "data.jsonl", "license": "CC0-1.0", "columns": columns}
    teacher = {
        "name": "teacher", "model": model, "engine": "vllm", "see": "text", "max_model_len": 512,
        "sampling": {"temperature": 0.7, "max_tokens": tokens},
        "examples": [{"question": "What is 2 + 3?", "think": "2 + 3 = 5.", "answer": "5"}],
    }  # fmt: skip
    recipe = {
        "name": "sums", "seed": 1, "sources": [{"use": "files", "name": "sums", "options": options}],
        "distill": {"samples": samples, "teachers": [teacher]},
    }  # fmt: skip
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
    return recipe_file.load(folder / "recipe.yaml")


def through_mmdata(what: Recipe, base: Path, screened: Path) -> tuple[Taken, list[str]]:
    """Seconds of the distill stage in a fresh run that has its problems, and the texts, in order."""
    run = base / "run"
    shutil.rmtree(run, ignore_errors=True)
    shutil.copytree(screened, run)
    clock = Clock()
    build(what, base, Run(run), until="distill", shown=SHOWN)
    return clock.read(), [trace.response for trace in Run(run).read("traces")]


def directly(llm: Any, requests: list[Request]) -> tuple[Taken, list[str]]:
    """Seconds of the one call, and the texts, in order."""
    conversations = [[dict(message) for message in request.messages] for request in requests]
    params = [vllm._params(request) for request in requests]
    clock = Clock()
    outputs = llm.chat(conversations, params, use_tqdm=False)
    return clock.read(), [o.text for output in outputs for o in sorted(output.outputs, key=lambda one: one.index)]


def main() -> int:
    """Load, warm up, take turns, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=24)
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=16, help="at most, a sample")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="HuggingFaceTB/SmolLM2-135M-Instruct")
    parser.add_argument("--bound", type=float, default=15.0, help="%% of overhead")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mmdata-bench-") as place:
        base = Path(place)
        what = write_inputs(base, args.problems, args.samples, args.tokens, args.model)
        build(what, base, Run(base / "screened"), until="screen", shown=SHOWN)
        (teacher,) = what.distill.teachers
        requests = [prompt.request(teacher, p, (), what.seed) for p in Run(base / "screened").read("screened")]
        requests = [Request(**{**vars(request), "count": args.samples}) for request in requests]
        llm = vllm._load(teacher, str(weights.resolve(teacher.model, teacher.revision).path))
        print(f"{len(requests)} problems × {args.samples} samples × at most {args.tokens} tokens, {args.model}")
        directly(llm, requests[:8])
        turns: dict[str, list[Taken]] = {"direct": [], "mmdata": []}
        for i in range(args.rounds):
            texts = {}
            for side in tuple(turns)[:: -1 if i % 2 else 1]:
                llm.reset_prefix_cache()
                if side == "mmdata":
                    taken, texts[side] = through_mmdata(what, base, base / "screened")
                else:
                    taken, texts[side] = directly(llm, requests)
                turns[side].append(taken)
            same = sum(a == b for a, b in zip(texts["mmdata"], texts["direct"], strict=True))
            (wall, cpu), (wall_direct, cpu_direct) = turns["mmdata"][-1], turns["direct"][-1]
            print(
                f"round {i + 1}: direct {wall_direct:.2f} s (CPU {cpu_direct:.2f}),"
                f" mmdata {wall:.2f} s (CPU {cpu:.2f}),"
                f" {same} of {len(texts['direct'])} texts the same", flush=True,
            )  # fmt: skip
        vllm.release()
    best = {side: min(found) for side, found in turns.items()}
    overhead = 100 * (best["mmdata"][0] / best["direct"][0] - 1)
    cpu = {side: min(taken[1] for taken in found) for side, found in turns.items()}
    drawn = len(requests) * args.samples
    print(
        f"overhead {overhead:+.1f} % (CPU {100 * (cpu['mmdata'] / cpu['direct'] - 1):+.1f} %);"
        f" direct {drawn / best['direct'][0]:.1f} samples/s, mmdata {drawn / best['mmdata'][0]:.1f} samples/s"
    )
    if overhead > args.bound:
        print(f"FAILED: above the bound of {args.bound:g} %")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
