"""Two evaluations on the same questions: by how much one model is better, and whether that can be told from noise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mmdata.errors import UserError
from mmdata.evaluation import statistics
from mmdata.evaluation.figures import Seen, groups, seen
from mmdata.store import Run

Row = dict[str, Any]
ASIDE = ("answers", "samples", "temperature", "seed", "budgets", "blind", "tell", "limit", "modality")
"""Settings that decide no greedy answer to a question that both were asked."""


def compare(ours: Run, theirs: Run) -> Row:
    """Our greedy answers beside theirs, over the questions that both were asked.

    Raises UserError where there are none.
    """
    other, one = {(row.id, row.asks): row for row in seen(theirs)}, seen(ours)
    pairs = [(row, other[row.id, row.asks]) for row in one if (row.id, row.asks) in other]
    if not pairs:
        raise UserError(f"--against {theirs.folder}: it was asked none of these {len(one):,} questions")
    here, there = ours.need("results"), theirs.need("results")
    by_id = {row.id: pair for row, pair in ((mine, (mine, its)) for mine, its in pairs)}
    return {
        "model": there.notes["model"]["model"], "questions": len(pairs), "only_here": len(one) - len(pairs),
        "only_there": len(other) - len(pairs), "settings": list(_unlike(here.config, there.config)),
        "groups": [
            _group(by, name, [by_id[row.id] for row in rows]) for by, name, rows in groups([mine for mine, _ in pairs])
        ],
    }  # fmt: skip


def _unlike(here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterable[str]:
    """The settings in which the two evaluations differ, in words."""
    for key in sorted(here.keys() | there.keys()):
        if key not in ASIDE and here.get(key) != there.get(key):
            yield f"{key}: {here.get(key)!r} here, {there.get(key)!r} there"


def _group(by: str, name: str, pairs: Sequence[tuple[Seen, Seen]]) -> Row:
    ours, theirs = [mine.right for mine, _ in pairs], [its.right for _, its in pairs]
    only_ours = sum(a > b for a, b in zip(ours, theirs, strict=True))
    only_theirs = sum(b > a for a, b in zip(ours, theirs, strict=True))
    clusters = [mine.cluster for mine, _ in pairs]
    gain = statistics.difference(theirs, ours, clusters)
    assert gain is not None  # there is a pair
    n, p = len(pairs), statistics.mcnemar(only_theirs, only_ours)
    return {
        "by": by, "name": name, "questions": n, "accuracy_here": sum(ours) / n, "accuracy_there": sum(theirs) / n,
        "difference": asdict(gain), "only_here_right": only_ours, "only_there_right": only_theirs,
        "mcnemar_p": p,
        "detectable": statistics.detectable(only_theirs, only_ours, n), "verdict": verdict(gain, p),
    }  # fmt: skip


def verdict(gain: statistics.Estimate, p: float) -> str:
    """`better`, `worse`, or `not distinguishable`: the interval of the difference holds zero, or McNemar's test, which
    is the stricter of the two where few questions are answered differently, does not tell the models apart."""
    if p >= 1 - statistics.LEVEL or gain.low <= 0 <= gain.high:
        return "not distinguishable"
    return "better" if gain.low > 0 else "worse"


def folder(place: Path) -> Run:
    """The folder that `--against` names. Raises UserError if it holds no results."""
    if Run(place).manifest("results") is None:
        raise UserError(f"--against {place}: there are no results; name a folder that mmdata eval wrote")
    return Run(place)
