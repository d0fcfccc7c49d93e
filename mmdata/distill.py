"""distill: screened/ → traces/. Every problem is sent to the first teacher that can serve it, n paths each.

A finished sample is in the request log before anything else happens, so a killed build asks for nothing twice, and
raising `samples` asks only for the new ones. The table is made from the log at the end, in the problems' order.

The same goes for the blind probe, blind_traces/: problems with images, asked again as if they had none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
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


@dataclass(frozen=True)
class Asking:
    """Who is asked about a problem, and how."""

    teacher: Teacher
    problem: Problem
    """As it is put to the teacher."""
    samples: int


@dataclass(frozen=True)
class Survey:
    """Which problems are put to whom."""

    table: str
    """Where the answers go."""
    teachers: tuple[Teacher, ...]
    """Who may be asked."""
    seed: int
    """The recipe's."""
    ask: Callable[[Problem], Asking | None]
    """None: nobody is asked."""
    everything: bool
    """Whether a problem that nobody is asked about is dropped for it, and not just no part of this."""

    def total(self, read: Read) -> int:
        """How many samples a finished table has, whoever they are asked of."""
        return sum(asking.samples for problem in read() if (asking := self.ask(problem)))


def surveys(recipe: Recipe) -> Iterator[Survey]:
    """What a recipe asks for: the paths, and, if it wants to know whether images are needed, the blind ones."""
    teachers, blind = recipe.distill.teachers, recipe.distill.blind

    def ordinary(problem: Problem) -> Asking | None:
        teacher = route(recipe, problem)
        return Asking(teacher, problem, samples_of(recipe, teacher, problem)) if teacher else None

    yield Survey("traces", teachers, recipe.seed, ordinary, everything=True)
    if blind is None:
        return
    probing = tuple(t for t in teachers if t.engine != "source" and blind.teacher in (None, t.name))

    def unseeing(problem: Problem) -> Asking | None:
        teacher = probing[0] if blind.teacher else route(recipe, problem)
        if not problem.images or teacher not in probing:
            return None
        return Asking(teacher, replace(problem, images=(), caption=None), blind.samples)

    yield Survey("blind_traces", probing, recipe.seed, unseeing, everything=False)


def distill(
    survey: Survey, base: Path, read: Read, images: ImageStore, journal: Journal, tick: Callable[[], None]
) -> Stage:
    """Traces of every served problem. An unserved problem is dropped here as `no_teacher`, and stays eligible for RL;
    a sample that could not be had is dropped as `request_failed`, and asked again by the next build unless that is
    known to be useless."""
    identities: dict[str, Identity] = {}
    asked: Counter[str] = Counter()
    for teacher in survey.teachers:
        engine = open_engine(teacher, base)
        try:
            identity = identities[teacher.name] = engine.identity
            todo = missing(survey, teacher, identity.model, read, images, journal, tick)
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
    return (yield from _traces(survey, read, journal, identities, asked))


def route(recipe: Recipe, problem: Problem) -> Teacher | None:
    """The first teacher that can serve a problem."""
    return next((t for t in recipe.distill.teachers if prompt.can_serve(t, problem)), None)


def samples_of(recipe: Recipe, teacher: Teacher, problem: Problem) -> int:
    """How many paths a teacher draws of a problem: of a source's own solutions no more than there are."""
    wanted = teacher.samples or recipe.distill.samples
    return min(wanted, len(problem.solutions)) if teacher.engine == "source" else wanted


def missing(
    survey: Survey, teacher: Teacher, model: str, read: Read, images: ImageStore, journal: Journal,
    tick: Callable[[], None],
) -> Iterator[Request]:  # fmt: skip
    """What has still to be asked of one teacher, in the problems' order: one request a run of missing samples. Ticks
    for the samples that are there."""
    for problem in read():
        asking = survey.ask(problem)
        if asking is None or asking.teacher is not teacher:
            continue
        paths = [images.path(name) for name in asking.problem.images] if teacher.see == "image" else []
        whole = prompt.request(teacher, asking.problem, paths, survey.seed)
        wanted = range(asking.samples)
        gaps = [i for i in wanted if prompt.trace_id(whole.key, model, i) not in journal]
        for _ in range(len(wanted) - len(gaps)):
            tick()
        while gaps:
            count = next((n for n in range(1, len(gaps)) if gaps[n] != gaps[0] + n), len(gaps))
            yield replace(whole, first=gaps[0], count=count)
            gaps = gaps[count:]


def _traces(
    survey: Survey, read: Read, journal: Journal, identities: dict[str, Identity], asked: Counter[str]
) -> Stage:
    """The table, from the log."""
    unserved: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    had: Counter[str] = Counter()
    failed = 0
    for problem in read():
        asking = survey.ask(problem)
        if asking is None and not survey.everything:
            continue
        if asking is None:
            unserved[problem.source] += 1
            detail = "no teacher in the recipe can be shown it"
            yield Dropped(stage="distill", id=problem.id, source=problem.source, reason="no_teacher", detail=detail)
            continue
        teacher = asking.teacher
        problems[teacher.name] += 1
        request = prompt.request(teacher, asking.problem, (), survey.seed)
        for sample in range(asking.samples):
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
                see=prompt.sees(teacher, asking.problem), sample=sample, prompt=answer.prompt, response=answer.response,
                finish_reason=answer.finish_reason, prompt_tokens=answer.prompt_tokens,
                completion_tokens=answer.completion_tokens, seed=answer.seed,
            )  # fmt: skip
    teachers: dict[str, Any] = {
        t.name: {
            **asdict(identities[t.name]), "see": t.see, "problems": problems[t.name], "asked": asked[t.name],
            "reused": had[t.name] - asked[t.name],
        }
        for t in survey.teachers
    }  # fmt: skip
    return {"teachers": teachers, "unserved": dict(sorted(unserved.items())), "failed": failed}
