"""distill: screened/ → traces/. Every problem is sent to the first teacher that can serve it, n paths each.

A finished sample is in the request log before anything else happens, so a killed build asks for nothing twice, and
raising `samples` asks only for the new ones. The table is made from the log at the end, in the problems' order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Any

from mmdata import prompt
from mmdata.engines import Identity, Request, open_engine
from mmdata.images import ImageStore
from mmdata.journal import Answer, Journal
from mmdata.recipe import Recipe, Teacher
from mmdata.store import Stage
from mmdata.types import Dropped, Problem, Trace

Read = Callable[[], Iterator[Problem]]


def distill(
    recipe: Recipe, base: Path, read: Read, images: ImageStore, journal: Journal,
    tick: Callable[[], None],
) -> Stage:  # fmt: skip
    """Traces of every served problem. An unserved problem is dropped here as `no_teacher`, and stays eligible for RL;
    a sample that could not be had is dropped as `request_failed`, and asked again by the next build unless that is
    known to be useless."""
    identities: dict[str, Identity] = {}
    asked: Counter[str] = Counter()
    for teacher in recipe.distill.teachers:
        engine = open_engine(teacher, base)
        try:
            identity = identities[teacher.name] = engine.identity
            todo = missing(recipe, teacher, identity.model, read, images, journal, tick)
            first = next(todo, None)
            if first is None:
                continue
            for reply in engine.ask(chain([first], todo)):
                key = prompt.trace_id(reply.request.key, identity.model, reply.sample)
                if reply.error:
                    journal.fail(key, reply.error, final=reply.final)
                else:
                    asked[teacher.name] += 1
                    journal.add(
                        Answer(
                            key=key, problem_id=reply.request.problem_id, teacher=teacher.name, model=identity.model,
                            prompt=reply.request.key, sample=reply.sample, response=reply.text,
                            finish_reason=reply.finish_reason, prompt_tokens=reply.prompt_tokens,
                            completion_tokens=reply.completion_tokens, seed=reply.request.seed + reply.sample,
                            seconds=reply.seconds,
                        )
                    )  # fmt: skip
                tick()
        finally:
            engine.close()
    return (yield from _traces(recipe, read, journal, identities, asked))


def route(recipe: Recipe, problem: Problem) -> Teacher | None:
    """The first teacher that can serve a problem."""
    return next((t for t in recipe.distill.teachers if prompt.can_serve(t, problem)), None)


def samples_of(recipe: Recipe, teacher: Teacher, problem: Problem) -> int:
    """How many paths a teacher draws of a problem: of a source's own solutions no more than there are."""
    wanted = teacher.samples or recipe.distill.samples
    return min(wanted, len(problem.solutions)) if teacher.engine == "source" else wanted


def total(recipe: Recipe, read: Read) -> int:
    """How many samples a finished run has, whoever they are asked of."""
    routed = ((route(recipe, problem), problem) for problem in read())
    return sum(samples_of(recipe, teacher, problem) for teacher, problem in routed if teacher is not None)


def missing(
    recipe: Recipe, teacher: Teacher, model: str, read: Read, images: ImageStore, journal: Journal,
    tick: Callable[[], None],
) -> Iterator[Request]:  # fmt: skip
    """What has still to be asked of one teacher, in the problems' order: one request a run of missing samples. Ticks
    for the samples that are there."""
    for problem in read():
        if route(recipe, problem) is not teacher:
            continue
        paths = [images.path(name) for name in problem.images] if teacher.see == "image" else []
        whole = prompt.request(teacher, problem, paths, recipe.seed)
        wanted = range(samples_of(recipe, teacher, problem))
        gaps = [i for i in wanted if prompt.trace_id(whole.key, model, i) not in journal]
        for _ in range(len(wanted) - len(gaps)):
            tick()
        while gaps:
            count = next((n for n in range(1, len(gaps)) if gaps[n] != gaps[0] + n), len(gaps))
            yield replace(whole, first=gaps[0], count=count)
            gaps = gaps[count:]


def _traces(
    recipe: Recipe, read: Read, journal: Journal, identities: dict[str, Identity], asked: Counter[str]
) -> Stage:
    """The table, from the log."""
    unserved: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    had: Counter[str] = Counter()
    failed = 0
    for problem in read():
        teacher = route(recipe, problem)
        if teacher is None:
            unserved[problem.source] += 1
            detail = "no teacher in the recipe can be shown it"
            yield Dropped(stage="distill", id=problem.id, source=problem.source, reason="no_teacher", detail=detail)
            continue
        problems[teacher.name] += 1
        request = prompt.request(teacher, problem, (), recipe.seed)
        for sample in range(samples_of(recipe, teacher, problem)):
            key = prompt.trace_id(request.key, identities[teacher.name].model, sample)
            answer = journal.get(key)
            if answer is None:
                why, final = journal.failure(key)
                failed += not final
                yield Dropped(
                    stage="distill", id=problem.id, source=problem.source, reason="request_failed",
                    detail=f"sample {sample}: {why}",
                )  # fmt: skip
                continue
            had[teacher.name] += 1
            yield Trace(
                id=key, problem_id=problem.id, teacher=teacher.name, model=answer.model,
                see=prompt.sees(teacher, problem), sample=sample, prompt=answer.prompt, response=answer.response,
                finish_reason=answer.finish_reason, prompt_tokens=answer.prompt_tokens,
                completion_tokens=answer.completion_tokens, seed=answer.seed,
            )  # fmt: skip
    teachers: dict[str, Any] = {
        t.name: {
            **asdict(identities[t.name]), "see": t.see, "problems": problems[t.name], "asked": asked[t.name],
            "reused": had[t.name] - asked[t.name],
        }
        for t in recipe.distill.teachers
    }  # fmt: skip
    return {"teachers": teachers, "unserved": dict(sorted(unserved.items())), "failed": failed}
