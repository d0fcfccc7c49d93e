"""verify: traces/ → verdicts/. Every trace is judged against its problem's gold; every verdict is kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from mmdata.recipe import Verify
from mmdata.store import Stage
from mmdata.types import Judged, Problem, Trace
from mmverifiers import Item, Pool, version


def verify(
    config: Verify, problems: Iterable[Problem], traces: Iterable[Trace], pool: Pool, tick: Callable[[], None]
) -> Stage:
    """One verdict a trace, in the traces' order. The pool's processes can be killed; this one is never at risk."""
    waiting: deque[tuple[Problem, Trace]] = deque()
    current = version()

    def items() -> Iterator[Item]:
        for problem, trace in joined(problems, traces):
            waiting.append((problem, trace))
            yield Item(
                response=trace.response, answer=problem.answer, kind=problem.answer_kind, choices=problem.choices,
                question=problem.question, extract=config.format, finish_reason=trace.finish_reason,
            )  # fmt: skip

    for verdict in pool.judge(items()):
        problem, trace = waiting.popleft()
        tick()
        yield Judged(
            trace_id=trace.id, problem_id=problem.id, source=problem.source, verifier=verdict.kind, version=current,
            score=verdict.score, extracted=verdict.extracted, method=verdict.method, reason=verdict.reason,
        )  # fmt: skip
    return {}


def joined(problems: Iterable[Problem], traces: Iterable[Trace]) -> Iterator[tuple[Problem, Trace]]:
    """Each trace with its problem. Both tables are in the problems' order, so neither is held."""
    ahead = iter(problems)
    problem: Problem | None = None
    for trace in traces:
        while problem is None or problem.id != trace.problem_id:
            problem = next(ahead)
        yield problem, trace
