"""What a model is asked in an evaluation, and asking it. A finished answer is in the request log before the next one is
asked for: a killed evaluation goes on where it was, and a wider one asks only what is new."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from mmdata import prompt
from mmdata.engines import Engine, Identity, Request, open_engine
from mmdata.errors import EngineError
from mmdata.evaluation.questions import Questions
from mmdata.journal import Answer, Journal
from mmdata.recipe import SYSTEM, Sampling, Teacher
from mmdata.types import Problem

SHARES = (2, 4)
"""Smaller budgets of tokens: `max_tokens` over each of these."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How a model is evaluated: everything but the questions."""

    model: str
    """One of mmdata's own, a folder, a Hub id, or the name a server knows it by."""
    engine: str = "auto"
    """As a teacher's."""
    base_url: str | None = None
    """Of an OpenAI-compatible server."""
    system: str = SYSTEM
    """The system message; empty for none."""
    format: str = "lenient"
    """How the answer is found in a response: strict or lenient."""
    max_tokens: int = 4096
    """Of an answer."""
    samples: int = 0
    """Further answers to each question, drawn at `temperature`, for pass@k."""
    temperature: float = 1.0
    """Above 0."""
    blind: bool = True
    """Ask questions with images also without them."""
    tell: bool = False
    """Ask also with smaller budgets of tokens that the model is told of."""
    seed: int = 0
    """Of the drawn answers."""
    max_model_len: int | None = None
    path: str | None = None
    """Of a recording, for the engine `replay`."""

    @property
    def budgets(self) -> tuple[int, ...]:
        """The smaller budgets of tokens."""
        return tuple(n for share in SHARES if (n := self.max_tokens // share))

    def teacher(self, **changes: object) -> Teacher:
        """The model as engines know it, asked greedily."""
        return Teacher.model_validate({
            "name": "model", "model": self.model, "engine": self.engine, "base_url": self.base_url,
            "system": self.system, "max_model_len": self.max_model_len, "path": self.path,
            "sampling": Sampling(temperature=0.0, max_tokens=self.max_tokens), **changes,
        })  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One way in which every question is put."""

    name: str
    """`greedy`, `blind`, `told` or `sampled`."""
    teacher: Teacher
    """With its system message and sampling."""
    samples: int = 1
    seed: int = 0
    """Of drawn answers."""
    budget: int
    """Most tokens of an answer."""

    def put(self, problem: Problem) -> Problem | None:
        """The problem as it is put; None where this way makes no sense for it."""
        if self.name != "blind":
            return problem
        return replace(problem, images=(), caption=None) if problem.images else None


def arms(wanted: Wanted) -> tuple[Arm, ...]:
    """Every way in which questions are put, greedy first."""
    found = [Arm(name="greedy", teacher=wanted.teacher(), budget=wanted.max_tokens)]
    if wanted.blind:
        found.append(replace(found[0], name="blind"))
    for budget in wanted.budgets if wanted.tell else ():
        system = f"{wanted.system} Use at most {budget} tokens in all.".strip()
        sampling = Sampling(temperature=0.0, max_tokens=budget)
        found.append(Arm(name="told", teacher=wanted.teacher(system=system, sampling=sampling), budget=budget))
    if wanted.samples:
        sampling = Sampling(temperature=wanted.temperature, max_tokens=wanted.max_tokens)
        found.append(
            Arm(
                name="sampled", teacher=wanted.teacher(sampling=sampling), samples=wanted.samples, seed=wanted.seed,
                budget=wanted.max_tokens,
            )
        )  # fmt: skip
    return tuple(found)


def opened(wanted: Wanted) -> Engine:
    """The engine that answers. Raises EngineError if nobody can."""
    try:
        return open_engine(wanted.teacher(), Path())
    except EngineError as error:
        raise _said(error) from None


def who(wanted: Wanted, identity: Identity) -> str:
    """Who answers, for the keys of answers: the same weights on another engine may answer otherwise, and so may another
    recording."""
    recorded = []
    if wanted.path is not None:
        place = Path(wanted.path)
        for file in sorted(place.glob("part-*")) if place.is_dir() else [place]:
            with file.open("rb") as handle:
                recorded.append(hashlib.file_digest(handle, "sha256").hexdigest()[:16])
    return json.dumps([identity.model, identity.engine, identity.details.get("base_url", ""), *recorded])


def _said(error: EngineError) -> EngineError:
    """The error in the words of an evaluation, which has no teachers and builds nothing."""
    words = {"teacher 'model':": "the model:", "build again": "run the same command again"}
    told = str(error)
    for old, new in words.items():
        told = told.replace(old, new)
    return EngineError(told)


def keys(arm: Arm, problem: Problem, images: tuple[Path, ...], answerer: str) -> tuple[Request, list[str]]:
    """The request of one arm for a problem as it is put, and the key of each of its answers."""
    request = prompt.request(arm.teacher, problem, images, arm.seed)
    return request, [prompt.trace_id(request.key, answerer, i) for i in range(arm.samples)]


def ask(
    wanted: Wanted, questions: Questions, engine: Engine, answerer: str, journal: Journal, tick: Callable[[], None]
) -> None:  # fmt: skip
    """Have every answer in the log, as far as they can be had. Raises EngineError where the engine as a whole fails;
    what it said by then is kept."""
    todo = _missing(wanted, questions, journal, answerer, tick)
    first = next(todo, None)
    if first is None:
        return
    try:
        for reply in engine.ask(chain([first], todo)):
            key = prompt.trace_id(reply.request.key, answerer, reply.sample)
            if reply.error:
                journal.fail(key, reply.error, final=reply.final)
            else:
                journal.add(
                    Answer(
                        key=key, problem_id=reply.request.problem_id, teacher="model", model=engine.identity.model,
                        prompt=reply.request.key, sample=reply.sample, response=reply.text,
                        finish_reason=reply.finish_reason, prompt_tokens=reply.prompt_tokens,
                        completion_tokens=reply.completion_tokens, seed=reply.request.seed + reply.sample,
                        seconds=reply.seconds,
                    )
                )  # fmt: skip
            tick()
    except EngineError as error:
        raise _said(error) from None


def _missing(
    wanted: Wanted, questions: Questions, journal: Journal, answerer: str, tick: Callable[[], None]
) -> Iterator[Request]:
    """What has still to be asked, question by question; what is known to be useless is not asked again. Ticks for what
    is there."""
    ways = arms(wanted)
    for problem in questions.read():
        paths = tuple(questions.images.path(name) for name in problem.images)
        for arm in ways:
            put = arm.put(problem)
            if put is None:
                continue
            whole, wants = keys(arm, put, paths if put.images else (), answerer)
            gaps = [i for i, key in enumerate(wants) if key not in journal and not journal.failure(key)[1]]
            for _ in range(len(wants) - len(gaps)):
                tick()
            while gaps:
                count = next((n for n in range(1, len(gaps)) if gaps[n] != gaps[0] + n), len(gaps))
                yield replace(whole, first=gaps[0], count=count)
                gaps = gaps[count:]
