"""verify: traces/ → verdicts/. Every trace is judged against its problem's gold; every verdict is kept."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from mmdata.judge import Judge
from mmdata.recipe_verify import Verify
from mmdata.store import Stage
from mmdata.types import Judged, Problem, Trace
from mmverifiers import Item, Pool, version


class OfProblem(Protocol):
    """A row that belongs to a problem: a Trace, a Judged."""

    @property
    def problem_id(self) -> str:
        """The problem's id."""
        ...


Row = TypeVar("Row", bound=OfProblem)


def verify(
    config: Verify, problems: Iterable[Problem], traces: Iterable[Trace], pool: Pool, tick: Callable[[], None],
    judge: Judge | None = None,
) -> Stage:  # fmt: skip
    """One verdict a trace, in the traces' order. The pool's processes can be killed; this one is never at risk.

    The rules decide; the judge, if there is one, is asked where they cannot; then the reasoning of what is right may
    lose its good name.
    """
    looked = Counter[str](checked=0, false=0)
    ruled = _ruled(config, problems, traces, pool)
    open_to = config.judge.ask if config.judge else ()
    found = ((p, r) for p, r, _ in ruled) if config.steps == "off" else _stepped(ruled, pool, open_to)
    for row in (row for _, row in found) if judge is None else judge.decide(found):
        tick()
        if row.false_steps is not None and row.score != 1.0:
            row = replace(row, false_steps=None)
        elif row.false_steps:
            row = replace(row, reason="step_error")
        looked["checked"] += row.false_steps is not None
        looked["false"] += bool(row.false_steps)
        yield row
    return ({} if config.steps == "off" else {"steps": dict(looked)}) | (judge.notes() if judge else {})


def _ruled(
    config: Verify, problems: Iterable[Problem], traces: Iterable[Trace], pool: Pool
) -> Iterator[tuple[Problem, Judged, str]]:
    """What the rules say of each path, with its problem and its response."""
    waiting: deque[tuple[Problem, Trace]] = deque()
    current = version()

    def items() -> Iterator[Item]:
        for problem, trace in joined(problems, traces):
            waiting.append((problem, trace))
            yield Item(
                response=trace.response, answer=problem.answer, kind=problem.answer_kind, choices=problem.choices,
                question=problem.question, extract=config.format, finish_reason=trace.finish_reason,
                metadata=problem.metadata,
            )  # fmt: skip

    for verdict in pool.judge(items()):
        problem, trace = waiting.popleft()
        row = Judged(
            trace_id=trace.id, problem_id=problem.id, source=problem.source, verifier=verdict.kind, version=current,
            score=verdict.score, extracted=verdict.extracted, method=verdict.method, reason=verdict.reason,
        )  # fmt: skip
        yield problem, row, trace.response


def _stepped(
    rows: Iterable[tuple[Problem, Judged, str]], pool: Pool, open_to: Sequence[str]
) -> Iterator[tuple[Problem, Judged]]:
    """Each path with its false steps, where it is right or may turn out to be: nobody learns from a wrong one."""
    waiting: deque[tuple[Problem, Judged, int | None]] = deque()

    def texts() -> Iterator[str]:
        for problem, row, response in rows:
            wanted = row.score == 1.0 or row.reason in open_to
            start, text = reasoning(response) if wanted else (None, "")
            waiting.append((problem, row, start))
            yield text  # one a row, so that no stretch of wrong paths is read ahead

    for steps in pool.check_steps(texts()):
        problem, row, at = waiting.popleft()
        if at is not None:
            false = tuple({"start": at + a, "end": at + b, "text": text, "why": why} for a, b, text, why in steps)
            row = replace(row, false_steps=false)
        yield problem, row


def reasoning(response: str) -> tuple[int, str]:
    """`(start, text)` of a response's reasoning: its think block; what comes before a closing tag that was never
    opened; all of a response without tags."""
    start = response.find("<think>")
    start = 0 if start < 0 else start + len("<think>")
    end = response.find("</think>", start)
    return start, response[start : end if end >= 0 else len(response)]


def joined(problems: Iterable[Problem], rows: Iterable[Row]) -> Iterator[tuple[Problem, Row]]:
    """Each row with its problem. Both are in the problems' order, so neither is held."""
    ahead = iter(problems)
    problem: Problem | None = None
    for row in rows:
        while problem is None or problem.id != row.problem_id:
            problem = next(ahead)
        yield problem, row
