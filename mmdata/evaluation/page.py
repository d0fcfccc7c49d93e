"""The page of an evaluation: its tables, and questions with what was answered, to filter by outcome. One file that
loads nothing and runs nothing: the filters are radio buttons and style sheets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from mmdata import __version__
from mmdata.card import environment, put
from mmdata.evaluation.figures import STATES, state
from mmdata.evaluation.show import head, tables
from mmdata.keys import hash64
from mmdata.report_problems import TEXT, thumbnail
from mmdata.show import printable
from mmdata.store import Run
from mmdata.types import Result

SHOWN = 400
"""Questions on the page, at most."""
DRAWN = 4
"""Drawn answers shown of each."""
PICTURES = 4
"""Images shown of each."""
MARKS = {"right": "✓", "wrong": "✗", "undecided": "?", "unanswered": "∅"}
Row = dict[str, Any]


def write(run: Run, found: Mapping[str, Any], path: Path) -> Path:
    """Render the page of an evaluation's folder, whose figures are `found`; the same results give the same bytes."""
    put(path, render(run, found))
    return path


def render(run: Run, found: Mapping[str, Any]) -> str:
    """The page's text. Raises StoreError if there are no results."""
    picked = _picked(run)
    questions = [_question(run, row) for row in run.read("results") if row.id in picked]
    values = {
        "version": __version__, "found": found, "head": list(head(found)), "tables": list(tables(found)),
        "questions": questions, "total": found["questions"]["asked"], "states": STATES, "marks": MARKS,
        "blind": any(q["blind"] for q in questions),
    }  # fmt: skip
    return environment(markdown=False).get_template("evaluation.html.j2").render(values)


def _picked(run: Run) -> set[str]:
    """Which questions are shown: as many of each source, outcome and blind outcome, as far as there are, those with the
    smallest hashes; nobody's choice."""
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
    columns = ["id", "source", "score", "reason", "blind_score", "blind_reason"]
    for id, source, score, reason, blind, why in run.read("results", columns):
        outcome = source, state(score, reason), "" if why is None else state(blind, why)
        found[outcome].append((hash64(f"page\0{id}"), id))
    turns = zip_longest(*(sorted(found[key]) for key in sorted(found)))
    return {id for id, _ in zip((each[1] for turn in turns for each in turn if each), range(SHOWN), strict=False)}


def _question(run: Run, row: Result) -> Row:
    outcome = state(row.score, row.reason)
    blind = None if row.blind_reason is None else state(row.blind_score, row.blind_reason)
    answers = [_answer("greedy", row.response, row.extracted, outcome, row.reason, row.tokens, row.finish_reason)]
    if row.blind_reason is not None and blind is not None:
        answers.append(
            _answer("without images", row.blind_response, row.blind_extracted, blind, row.blind_reason,
                    row.blind_tokens or 0, "")
        )  # fmt: skip
    for label, said in [(f"told {b['budget']:,} tokens", b) for b in row.budgets if b["told"]] + [
        (f"drawn {s['sample']}", s) for s in row.samples[:DRAWN]
    ]:
        what = state(said["score"], said["reason"])
        answers.append(
            _answer(label, said["response"], said["extracted"], what, said["reason"], said["tokens"],
                    said["finish_reason"])
        )  # fmt: skip
    return {
        "id": row.id, "source": row.source, "domain": row.domain, "question": row.question, "choices": row.choices,
        "gold": row.gold, "kind": row.kind, "state": outcome, "blind": blind or "", "answers": answers,
        "images": [thumbnail(run, name) for name in row.images[:PICTURES]], "more_drawn": len(row.samples) - DRAWN,
    }  # fmt: skip


def _answer(
    label: str, response: str | None, extracted: str | None, outcome: str, reason: str, tokens: int, ended: str
) -> Row:
    text = "no answer came" + (f": {ended}" if ended else "") if response is None else response
    return {
        "label": label, "text": printable(text, TEXT, lines=True), "extracted": extracted, "state": outcome,
        "reason": reason, "tokens": tokens, "ended": "" if response is None else ended,
    }  # fmt: skip
