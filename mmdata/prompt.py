"""Problem → chat messages: the only place that writes a prompt.

The parser of the target format, `parse_target`, is the verifiers' own: what is published and what is judged right
cannot disagree about it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmdata.engines import Request
from mmdata.recipe import Mix, Teacher
from mmdata.types import Problem

LETTERS = "ABCDEFGHIJ"
IMAGE = "<image>"


def question(text: str, choices: Sequence[str] = (), caption: str | None = None) -> str:
    """The words of a question: caption, question, lettered options, and how to name one."""
    lines = [caption.strip()] if caption else []
    lines.append(text.strip())
    if choices:
        lines += [f"{letter}. {choice}" for letter, choice in zip(LETTERS, choices, strict=False)]
        lines.append("Answer with the letter of the right option.")
    return unmarked("\n".join(lines)).strip()


def unmarked(text: str) -> str:
    """The text without image marks, also not one that taking another away would make: a mark that stands for no
    image breaks every trainer's count of images."""
    while IMAGE in text:
        text = text.replace(IMAGE, "")
    return text


def can_serve(teacher: Teacher, problem: Problem) -> bool:
    """Whether the recipe routes this problem to this teacher, and the teacher can be shown it."""
    if problem.images and (teacher.see == "text" or (teacher.see == "caption" and not problem.caption)):
        return False
    if teacher.engine == "source" and not problem.solutions:
        return False
    serve = teacher.serve
    return (
        (not serve.sources or problem.source in serve.sources)
        and (not serve.domains or problem.domain in serve.domains)
        and (serve.modality == "any" or (serve.modality == "image") == bool(problem.images))
        and (serve.caption is None or serve.caption == bool(problem.caption))
    )


def sees(teacher: Teacher, problem: Problem) -> str:
    """What the teacher is shown of the problem: `image`, `caption` or `text` (there is no image)."""
    return teacher.see if problem.images else "text"


def request(teacher: Teacher, problem: Problem, images: Sequence[Path], seed: int) -> Request:
    """The prompt for one problem; the caller says which samples of it are wanted.

    The key covers the problem's id (two problems that read the same are two draws), messages, image hashes, sampling
    parameters, the model's precision and context length, and the recipe's seed. The samples' seed is drawn from it.
    """
    see = sees(teacher, problem)
    messages: list[Mapping[str, Any]] = [{"role": "system", "content": teacher.system}] if teacher.system else []
    for shot in teacher.examples:
        asked = question(shot.question, shot.choices, shot.caption)
        shown = f"<think>{shot.think}</think><answer>{shot.answer}</answer>"
        messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": shown}]
    words = question(problem.question, problem.choices, problem.caption if see == "caption" else None)
    if see == "image":
        parts = [{"type": "image"} for _ in problem.images]
        messages.append({"role": "user", "content": [*parts, {"type": "text", "text": words}]})
    else:
        messages.append({"role": "user", "content": words})
    shown_images = problem.images if see == "image" else ()
    solutions = problem.solutions if teacher.engine == "source" else ()
    content = json.dumps(
        [problem.id, messages, list(shown_images), teacher.sampling.model_dump(mode="json"), seed,
         teacher.max_model_len, teacher.dtype, *solutions],
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    key = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    return Request(
        key=key[:32],
        problem_id=problem.id,
        messages=tuple(messages),
        images=tuple(images) if see == "image" else (),
        solutions=solutions,
        seed=int(key[:7], 16),
        sampling=teacher.sampling,
    )


def trace_id(key: str, model: str, sample: int) -> str:
    """The id of one sample: hash of the request's key, what answers it, and the sample's index."""
    return hashlib.sha256(f"{key}\0{model}\0{sample}".encode()).hexdigest()[:32]


def conversation(mix: Mix, problem: Problem, assistant: str | None = None) -> tuple[Mapping[str, str], ...]:
    """The published messages of a problem, with the assistant's text for SFT rows."""
    messages = [{"role": "system", "content": mix.system}] if mix.system else []
    words = IMAGE * len(problem.images) + question(problem.question, problem.choices)
    messages.append({"role": "user", "content": words})
    if assistant is not None:
        messages.append({"role": "assistant", "content": assistant})
    return tuple(messages)
