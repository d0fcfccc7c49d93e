"""A run with questions that it holds out, and recordings of models that answer them: what evaluations are tested on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from conftest import Place, answered, write_jsonl
from mmdata import prompt
from mmdata.evaluation.asking import Wanted, arms
from mmdata.evaluation.evaluate import evaluate
from mmdata.evaluation.questions import Questions, gathered, of_run
from mmdata.progress import Shown
from mmdata.store import Manifest, Run
from mmdata.types import Problem
from screening import png

SILENT = Shown(Console(quiet=True), quiet=True)
SIGHTED, UNSIGHTED = 40, 20
"""Questions with an image, two about each, and without."""
Says = Callable[[str, int, Problem], str | None]
"""`(arm, sample, problem)` → the response; None: it is not in the recording."""


def made(folder: Path, *, fraction: float = 0.5, hostile: str = "") -> Place:
    """A folder with rows, pictures and a recipe that holds some out; questions are additions, some with yes or no."""
    place = Place(folder, count=0)
    lines: list[dict[str, Any]] = []
    recorded: list[dict[str, object]] = []
    for i in range(SIGHTED + UNSIGHTED):
        image = f"{i // 2}.png" if i < SIGHTED else ""
        if image:
            (folder / image).write_bytes(png(64 + i // 2, 64))
        answer = str(2 * i) if i % 4 else ("yes", "no")[i // 4 % 2]
        words = f"What is {i} + {i}?" if i % 4 else f"Is {i} + {i} equal to {2 * i + i // 4 % 2}?"
        lines.append({"id": f"q{i}", "question": f"{words}{hostile}", "answer": answer, "image": image})
        recorded.append(answered(f"adds/q{i}", 0, answer))
    write_jsonl(folder / "data.jsonl", lines)
    write_jsonl(folder / "recording.jsonl", recorded)
    source = place.recipe["sources"][0]  # type: ignore[index]
    source["options"]["columns"]["images"] = ["image"]
    place.recipe["distill"]["samples"] = 1  # type: ignore[index]
    place.recipe["distill"]["teachers"][0]["see"] = "image"  # type: ignore[index]
    place.recipe["mix"] = {"system": "Add.", "eval": {"fraction": fraction}}
    return place


def say(answer: str, words: int = 4) -> str:
    return f"<think>{' '.join(['so'] * words)}</think><answer>{answer}</answer>"


def usual(arm: str, sample: int, problem: Problem) -> str:
    """Right with the image and without one; blind right one time out of four; of drawn answers every other is right."""
    number = int(problem.upstream_id[1:])
    right = {"blind": number % 4 == 1, "sampled": sample % 2 == 0}.get(arm, number % 5 > 0)
    return say(problem.answer if right else {"yes": "no", "no": "yes"}.get(problem.answer, "-1"))


def record(path: Path, wanted: Wanted, questions: Questions, says: Says = usual, tokens: int = 10) -> None:
    """Write the recording of a model that says this; each row names the prompt that it answers."""
    lines: list[dict[str, Any]] = []
    for problem in questions.read():
        for arm in arms(wanted):
            put = arm.put(problem)
            if put is None:
                continue
            key = prompt.request(arm.teacher, put, tuple(Path(n) for n in put.images), arm.seed).key
            for sample in range(arm.samples):
                text = says(arm.name, sample, problem)
                if text is not None:
                    lines.append({
                        "problem_id": problem.id, "sample": sample, "response": text, "prompt": key,
                        "completion_tokens": tokens, "prompt_tokens": 7,
                    })  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def wanting(path: Path, **how: Any) -> Wanted:
    return Wanted(model="test/model", engine="replay", path=str(path), system="Add.", max_tokens=64, **how)


def asked(run: Run, out: Run, *, split: str = "eval", **how: Any) -> Questions:
    out = Run(out.folder)
    with out.locked("evaluation", "evaluation"):
        return gathered([of_run(run, split)], out.images, **how)


def evaluated(wanted: Wanted, questions: Questions, out: Run, workers: int = 1, shown: Shown = SILENT) -> Manifest:
    with out.locked("evaluation", "evaluation"):
        return evaluate(wanted, questions, out, workers=workers, shown=shown)
