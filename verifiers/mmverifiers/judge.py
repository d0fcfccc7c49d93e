"""From an Item to a Verdict, or to a Question that only a worker process may answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mmverifiers.echo import repeats
from mmverifiers.extract import extract_answer
from mmverifiers.gold import Gold, Ruling
from mmverifiers.kinds import KINDS, read_gold, resolve_kind
from mmverifiers.spans import likeliest
from mmverifiers.target import wrap_target
from mmverifiers.verdict import Item, Verdict, ruling

ANNOTATED = ("anls", "vqa")
"""Kinds whose gold is one JSON array of what several annotators wrote."""

_NUMERIC = frozenset(("auto", "math", "number"))
_WHOLE = re.compile(r"-?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})", re.ASCII)
SCORED_BY_METADATA = ("reasoning_gym",)
"""Kinds that need the item's metadata."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a worker is asked. Equal questions have equal verdicts, so each is asked once."""

    kind: str
    golds: tuple[str, ...]
    """Of several golds, any is right."""
    answers: tuple[str, ...]
    """As extracted from the response; of several, all must be right. The last is the one that counts."""
    choices: tuple[str, ...] = ()
    question: str = ""
    metadata: str = ""

    def message(self) -> list[Any]:
        """What a worker is sent."""
        return ["judge", self.kind, self.golds, self.answers, self.choices, self.question, self.metadata]

    def result(self, reply: list[str]) -> Verdict:
        """The Verdict for a worker's reply, (reason, method)."""
        return ruling(reply[0], extracted=self.answers[-1], method=reply[1], kind=self.kind)

    def failure(self, reason: str) -> Verdict:
        """The Verdict where the worker gave no reply: `timeout`, `memory` or `error`."""
        return self.result([reason, "worker"])


_kind = lru_cache(maxsize=4096)(resolve_kind)


def decide(item: Item) -> Verdict | Question:
    """The Verdict where no slow rule is needed, else the Question for one. Runs in microseconds, needs no
    sympy.

    ValueError for an unknown kind or way of extraction: those are the caller's mistakes.
    """
    if (integer := _integers(item)) is not None:
        return integer
    golds = _golds(item)
    first = golds[0]
    if item.finish_reason == "length":
        return ruling("truncated", extracted=None, method="finish_reason", kind=first.kind)
    found = extract_answer(item.response, item.extract, first.kind)
    if not found.answers:
        return ruling(found.reason, extracted=None, method=found.method, kind=first.kind)
    if len(golds) == len(found.answers) == 1 and first.value is not None:
        decided = _fast(found.answers, first)
        if decided is not None:
            return ruling(decided[0], extracted=found.answers[0], method=decided[1], kind=first.kind)
        return Question(first.kind, (first.text,), found.answers, item.choices, first.question, first.metadata)
    settled: Ruling | None = None
    undecided = False
    for gold in golds:
        decided = ("gold_unverifiable", "gold") if gold.value is None else _fast(found.answers, gold)
        if decided is None:
            undecided = True
        elif decided[0] == "ok":
            return ruling("ok", extracted=found.answers[-1], method=decided[1], kind=first.kind)
        settled = settled or decided
    if undecided or settled is None:
        texts = tuple(gold.text for gold in golds if gold.value is not None)
        return Question(first.kind, texts, found.answers, item.choices, first.question, first.metadata)
    return ruling(settled[0], extracted=found.answers[-1], method=settled[1], kind=first.kind)


def _integers(item: Item) -> Verdict | None:
    """The Verdict for two whole numbers in plain digits, the commonest answers of all; None for anything else."""
    gold, kind = item.answer, item.kind
    if kind not in _NUMERIC or item.choices or not isinstance(gold, str) or item.finish_reason == "length":
        return None
    if not _WHOLE.fullmatch(gold):
        return None
    found = extract_answer(item.response, item.extract, "number" if kind == "auto" else kind)
    if len(found.answers) != 1:
        return None
    answer = found.answers[0]
    if not _WHOLE.fullmatch(answer):
        return None
    right = answer == gold or int(answer.replace(",", "")) == int(gold.replace(",", ""))
    return Verdict(
        score=1.0 if right else 0.0,
        extracted=answer,
        method="integer",
        reason="ok" if right else "wrong_answer",
        kind="number" if kind == "auto" else kind,
    )


def answer_question(question: Question) -> Ruling:
    """What the fast and slow rules say together. May hang or take all memory: for worker processes only."""
    best: Ruling | None = None
    for text_ in question.golds:
        gold = read_gold(text_, question.kind, question.choices, question.question, question.metadata)
        if gold.value is None:
            ruled: Ruling = ("gold_unverifiable", "gold")
        else:
            ruled = together([_settle(answer, gold) for answer in question.answers])
        if ruled[0] == "ok":
            return ruled
        best = best or ruled
    return best or ("gold_unverifiable", "gold")


def together(rulings: list[Ruling]) -> Ruling:
    """One ruling for answers that all claim to be final: right only where all are, else the last one's, and
    `ambiguous` where some are right and some are not."""
    right = sum(reason == "ok" for reason, _ in rulings)
    return ("ambiguous", "extract") if 0 < right < len(rulings) else rulings[-1]


def check_gold(answer: str, kind: str = "auto", choices: tuple[str, ...] = (), **more: str) -> Item:
    """An Item whose response is the gold itself in the target format: a sound verifier gives it 1.0. Of several
    accepted spans, the response is the one that most annotators gave.

    more: `question` and `metadata` of the Item.
    """
    said = likeliest(answer) if kind in ANNOTATED else answer
    return Item(response=wrap_target(said), answer=answer, kind=kind, choices=choices, extract="strict", **more)


def _golds(item: Item) -> list[Gold]:
    answers = item.answer
    if not isinstance(answers, str):
        answers = tuple(answers)
        if item.kind in ANNOTATED or not answers:
            answers = json.dumps(answers)
    several = (answers,) if isinstance(answers, str) else answers
    kind = _kind(several[0], item.kind, item.choices)
    # What the kind does not look at would only make equal questions different.
    metadata = item.metadata if kind in SCORED_BY_METADATA else ""
    return [read_gold(answer, kind, item.choices, item.question, metadata) for answer in several]


def _fast(answers: tuple[str, ...], gold: Gold) -> Ruling | None:
    fast = KINDS[gold.kind].fast
    if len(answers) == 1:
        return _answered(fast(answers[0], gold), answers[0], gold)
    rulings = [_answered(fast(answer, gold), answer, gold) for answer in answers]
    decided = [ruled for ruled in rulings if ruled is not None]
    return together(decided) if len(decided) == len(rulings) else None


def _settle(answer: str, gold: Gold) -> Ruling:
    rules = KINDS[gold.kind]
    ruled = rules.fast(answer, gold)
    if ruled is None:
        ruled = rules.slow(answer, gold) if rules.slow else ("error", "rules")
        if ruled[0] == "undecided":  # a value that no reader makes sense of
            ruled = ("parse_failed", ruled[1])
    return _answered(ruled, answer, gold) or ruled


def _answered(ruled: Ruling | None, answer: str, gold: Gold) -> Ruling | None:
    """The ruling, save for a right value that only repeats what the question asks to work out."""
    if (
        ruled is None
        or ruled[0] != "ok"
        or ruled[1] == "string"
        or not gold.question
        or gold.kind not in ("math", "number")
    ):
        return ruled
    return ("wrong_answer", "echo") if repeats(answer, gold.text, gold.question) else ruled
