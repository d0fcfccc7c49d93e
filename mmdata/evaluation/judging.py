"""Judging a model's answers: one Result a question, in the questions' order, from the request log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from mmdata.evaluation.asking import Arm, Wanted, arms, keys
from mmdata.evaluation.questions import Questions, asks
from mmdata.journal import Answer, Journal
from mmdata.store import Stage
from mmdata.types import Problem, Result
from mmverifiers import Item, Pool, Verdict

BATCH = 256
"""Questions that are judged at once."""
END = "</answer>"


@dataclass(frozen=True, kw_only=True)
class Said:
    """One answer to be judged, or the lack of one."""

    arm: Arm
    sample: int
    answer: Answer | None
    """None: no answer came."""
    key: str
    """Of the answer, in the request log."""
    budget: int
    """Most tokens."""
    text: str | None = None
    """Instead of the answer's own text: its beginning, as far as the budget reaches."""

    def item(self, problem: Problem, extract: str) -> Item | None:
        """What the verifier is given. An answer that was cut off is wrong, unless what it says as its answer had been
        closed by then."""
        if self.answer is None:
            return None
        cut = self.text is not None
        return Item(
            response=self.answer.response if self.text is None else self.text,
            answer=problem.answer, kind=problem.answer_kind, choices=problem.choices, question=problem.question,
            extract=extract, metadata=problem.metadata,
            finish_reason=("stop" if END in (self.text or "") else "length") if cut else self.answer.finish_reason,
        )  # fmt: skip


def results(
    wanted: Wanted, questions: Questions, journal: Journal, answerer: str, pool: Pool, cut: Callable[[str, int], int],
    tick: Callable[[], None],
) -> Stage:  # fmt: skip
    """Every question with what became of it. `cut(text, budget)` says how many characters so many tokens are."""
    ways = arms(wanted)
    failed = 0
    waiting = questions.read()
    while batch := list(islice(waiting, BATCH)):
        said = [(problem, list(_said(wanted, ways, problem, journal, answerer, cut))) for problem in batch]
        items = (item for problem, every in said for one in every if (item := one.item(problem, wanted.format)))
        verdicts = pool.judge(items)
        for problem, every in said:
            judged = [(one, next(verdicts) if one.answer is not None else None) for one in every]
            failed += sum(one.answer is None and not journal.failure(one.key)[1] for one in every)
            tick()
            yield _result(problem, judged, journal)
    return {"failed": failed}


def _said(
    wanted: Wanted, ways: tuple[Arm, ...], problem: Problem, journal: Journal, answerer: str,
    cut: Callable[[str, int], int],
) -> Iterator[Said]:  # fmt: skip
    """Everything the model said to one question, the cut answers after the greedy one."""
    for arm in ways:
        put = arm.put(problem)
        if put is None:
            continue
        images = tuple(Path(name) for name in put.images)  # what the key is made of is their names, not these
        for sample, key in enumerate(keys(arm, put, images, answerer)[1]):
            answer = journal.get(key)
            yield Said(arm=arm, sample=sample, answer=answer, key=key, budget=arm.budget)
            if arm.name != "greedy" or answer is None:
                continue
            for budget in wanted.budgets:
                if answer.completion_tokens > budget:
                    text = answer.response[: cut(answer.response, budget)]
                    yield Said(arm=arm, sample=sample, answer=answer, key=key, budget=budget, text=text)
                elif answer.completion_tokens:
                    yield Said(arm=arm, sample=sample, answer=answer, key=key, budget=budget)


def _result(problem: Problem, judged: list[tuple[Said, Verdict | None]], journal: Journal) -> Result:
    greedy = next(pair for pair in judged if pair[0].arm.name == "greedy")
    unseen = next((_told(*pair, journal) for pair in judged if pair[0].arm.name == "blind"), None)
    blind: Mapping[str, Any] = unseen or dict.fromkeys(("response", "tokens", "extracted", "score", "reason"))
    own = _told(*greedy, journal)
    answer = greedy[0].answer
    smaller = [
        _told(*pair, journal) | ({"response": None} if pair[0].arm.name == "greedy" else {})
        for pair in judged
        if pair[0].arm.name == "told" or (pair[0].arm.name == "greedy" and pair is not greedy)
    ]
    return Result(
        id=problem.id, source=problem.source, split=problem.split, domain=problem.domain, family=problem.family,
        form=str(json.loads(problem.metadata).get("form", "")), question=problem.question, choices=problem.choices,
        images=problem.images, image=bool(problem.images), gold=problem.answer, kind=problem.answer_kind,
        asks=asks(problem), prompt_tokens=answer.prompt_tokens if answer else 0,
        response=own["response"], finish_reason=own["finish_reason"], tokens=own["tokens"],
        extracted=own["extracted"], score=own["score"], reason=own["reason"],
        blind_response=blind["response"], blind_tokens=blind["tokens"], blind_extracted=blind["extracted"],
        blind_score=blind["score"], blind_reason=blind["reason"],
        budgets=tuple(smaller),
        samples=tuple(_told(*pair, journal) for pair in judged if pair[0].arm.name == "sampled"),
    )  # fmt: skip


def _told(said: Said, verdict: Verdict | None, journal: Journal) -> dict[str, Any]:
    """An answer with its verdict, as the table holds it."""
    row: dict[str, Any] = {"budget": said.budget, "told": said.arm.name == "told", "sample": said.sample}
    if said.answer is None or verdict is None:
        why, _ = journal.failure(said.key)
        return row | {
            "response": None, "finish_reason": why, "tokens": 0, "extracted": None, "score": None,
            "reason": "request_failed",
        }  # fmt: skip
    tokens = said.answer.completion_tokens if said.text is None else said.budget
    return row | {
        "response": said.answer.response, "tokens": tokens, "extracted": verdict.extracted, "score": verdict.score,
        "reason": verdict.reason, "finish_reason": said.answer.finish_reason if said.text is None else "length",
    }  # fmt: skip
