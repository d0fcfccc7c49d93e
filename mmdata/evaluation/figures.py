"""The figures of an evaluation, from its results alone: the terminal, the page and summary.json all take them from
here. Whatever stands here is plain data, fit for JSON; a figure that there is none of is None."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median
from typing import Any

from mmdata.evaluation import statistics
from mmdata.store import Manifest, Run
from mmdata.types import Result

Row = dict[str, Any]
STATES = ("right", "wrong", "undecided", "unanswered")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Of one question what figures need: no texts."""

    id: str
    asks: str
    source: str
    domain: str
    image: bool
    kind: str
    gold: str
    cluster: str
    """Questions about the same images are one cluster."""
    state: str
    """One of STATES."""
    tokens: int
    cut: bool
    """Whether the answer ran into `max_tokens`."""
    blind: str | None
    """State without the images; None where that was not asked."""
    budgets: tuple[tuple[int, bool, str, int], ...]
    """`(budget, told, state, tokens)`."""
    samples: tuple[str, ...]
    """States of the drawn answers."""

    @property
    def right(self) -> float:
        """1.0 or 0.0: what cannot be judged and what was not answered is not right."""
        return float(self.state == "right")


def seen(run: Run) -> list[Seen]:
    """Every question of an evaluation's folder. Raises StoreError if there are no results."""
    run.need("results")
    return [_seen(row) for row in run.read("results")]


def _seen(row: Result) -> Seen:
    return Seen(
        id=row.id, asks=row.asks, source=row.source, domain=row.domain, image=row.image, kind=row.kind, gold=row.gold,
        cluster=" ".join(row.images) or row.id, state=state(row.score, row.reason), tokens=row.tokens,
        cut=row.finish_reason == "length",
        blind=None if row.blind_reason is None else state(row.blind_score, row.blind_reason),
        budgets=tuple((b["budget"], b["told"], state(b["score"], b["reason"]), b["tokens"]) for b in row.budgets),
        samples=tuple(state(s["score"], s["reason"]) for s in row.samples),
    )  # fmt: skip


def state(score: float | None, reason: str) -> str:
    """One of STATES."""
    if reason == "request_failed":
        return "unanswered"
    return "undecided" if score is None else "right" if score == 1.0 else "wrong"


def figures(run: Run) -> Row:
    """Every figure of an evaluation's folder. Raises StoreError if there are no results."""
    manifest, rows = run.need("results"), seen(run)
    config, notes = manifest.config, manifest.notes
    return {
        "model": notes["model"], "settings": dict(config), "warnings": list(warnings(manifest, rows)),
        "questions": {"asked": len(rows), "with_images": notes["with_images"], "places": notes["questions"]},
        "groups": [group(by, name, own) for by, name, own in groups(rows)],
        "balanced": list(_balanced(rows)),
        "budgets": _budgets(rows, config["max_tokens"]),
        "pass_at_k": _passes(rows),
        "results": manifest.digest,
    }  # fmt: skip


def warnings(manifest: Manifest, rows: Sequence[Seen]) -> Iterable[str]:
    """What has to be known before any figure is believed, in sentences."""
    notes = manifest.notes
    over = any(tokens >= budget for row in rows for budget, told, _, tokens in row.budgets if not told)
    for place in notes["questions"]:
        name, count, trained = place["name"], place["questions"], place["trained_on"]
        learnt = notes["taught"] and notes["taught"] == place.get("sft")
        if trained:
            whom = "this model was trained on this run" if learnt else "a model trained on this run has seen them"
            yield f"{name} is NOT held out: {trained:,} of its {count:,} questions are in a training split, and {whom}"
        for source, told in place.get("sources", {}).items():
            if told["split"].startswith("train"):
                yield f"{source} is asked by its split {told['split']}: a model may have been trained on it"
        if lost := place.get("lost"):
            reasons = ", ".join(f"{reason} {n:,}" for reason, n in lost.items())
            yield f"{name}: {sum(lost.values()):,} of its rows left out, since nothing can be asked of them: {reasons}"
    if failed := notes["failed"]:
        yield f"{failed:,} answers could not be had, and count as not right: the same command asks for them again"
    if notes["cut"] == "none" and over:
        yield "no tokenizer of the model is at hand: of an answer longer than a budget nothing counts"


def groups(rows: Sequence[Seen]) -> Iterable[tuple[str, str, list[Seen]]]:
    """`(by, name, rows)`: all, then by modality, source and domain."""
    yield "all", "all", list(rows)
    ways: tuple[tuple[str, Callable[[Seen], str]], ...] = (
        ("modality", lambda row: "image" if row.image else "text only"),
        ("source", lambda row: row.source),
        ("domain", lambda row: row.domain),
    )
    for by, of in ways:
        found: dict[str, list[Seen]] = defaultdict(list)
        for row in rows:
            found[of(row)].append(row)
        for name in sorted(found):
            yield by, name, found[name]


def group(by: str, name: str, rows: Sequence[Seen]) -> Row:
    """Everything about some questions."""
    count = {each: sum(row.state == each for row in rows) for each in STATES}
    tokens = [row.tokens for row in rows if row.tokens]
    return {
        "by": by, "name": name, "questions": len(rows), **count, "cut_off": sum(row.cut for row in rows),
        "accuracy": _mean([row.right for row in rows], rows),
        "accuracy_if_undecided_were_right": (count["right"] + count["undecided"]) / len(rows),
        "tokens_mean": fmean(tokens) if tokens else None, "tokens_median": median(tokens) if tokens else None,
        "blind": _blind([row for row in rows if row.blind is not None]),
    }  # fmt: skip


def _blind(rows: Sequence[Seen]) -> Row | None:
    """The same questions without their images, where they were asked so."""
    if not rows:
        return None
    unseen = [float(row.blind == "right") for row in rows]
    gain = statistics.difference(unseen, [row.right for row in rows], [row.cluster for row in rows])
    return {
        "questions": len(rows), "accuracy": _mean(unseen, rows), "gain": gain and asdict(gain),
        "undecided": sum(row.blind == "undecided" for row in rows),
        "unanswered": sum(row.blind == "unanswered" for row in rows),
    }  # fmt: skip


def _balanced(rows: Sequence[Seen]) -> Iterable[Row]:
    """Yes/no questions of each source, both answers counting alike: who always says the same gets a half."""
    found: dict[str, dict[str, list[Seen]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.kind == "yesno":
            found[row.source][row.gold.strip().casefold()].append(row)
    for source, strata in sorted(found.items()):
        own = [strata[gold] for gold in sorted(strata)]
        every = [row for stratum in own for row in stratum]
        if len(own) == 2:
            yield {
                "name": source, "questions": len(every), "by_gold": {g: len(strata[g]) for g in sorted(strata)},
                "accuracy": _strata(own, lambda row: row.right),
                "blind": None if any(row.blind is None for row in every)
                else _strata(own, lambda row: float(row.blind == "right")),
            }  # fmt: skip


def _budgets(rows: Sequence[Seen], whole: int) -> list[Row]:
    """Accuracy against the budget of tokens: the whole one, then smaller ones, cut off there or told to the model. An
    answer whose tokens nobody counted is in none of the cut ones."""
    found: dict[tuple[int, bool], list[tuple[Seen, str, int]]] = defaultdict(list)
    for row in rows:
        for budget, told, what, tokens in row.budgets:
            found[budget, told].append((row, what, tokens))
    for (_, told), own in found.items():
        # No answer at all is none with fewer tokens either.
        own += [(row, row.state, 0) for row in rows if row.state == "unanswered" and not told]
    first = {"budget": whole, "share": 1.0, "told": False, **_budget([(r, r.state, r.tokens) for r in rows])}
    order = sorted(found, key=lambda key: (key[1], -key[0]))
    return [first] + [
        {"budget": budget, "share": budget / whole, "told": told, **_budget(found[budget, told])}
        for budget, told in order
    ]  # fmt: skip


def _budget(own: Sequence[tuple[Seen, str, int]]) -> Row:
    tokens = [count for _, _, count in own if count]
    values = [float(what == "right") for _, what, _ in own]
    return {
        "questions": len(own), "accuracy": _mean(values, [row for row, _, _ in own]),
        "tokens_mean": fmean(tokens) if tokens else None,
    }  # fmt: skip


def _passes(rows: Sequence[Seen]) -> list[Row]:
    """pass@k of the drawn answers, in all and by source."""
    found = []
    for by, name, own in groups(rows):
        drawn = [row for row in own if row.samples]
        if by not in ("all", "source") or not drawn:
            continue
        for k in statistics.powers(len(drawn[0].samples)):
            values = [statistics.pass_at(len(r.samples), r.samples.count("right"), k) for r in drawn]
            estimate = _mean(values, drawn)
            found.append({"by": by, "name": name, "k": k, "questions": len(drawn), "rate": estimate})
    return found


def _mean(values: Sequence[float], rows: Sequence[Seen]) -> Mapping[str, float] | None:
    found = statistics.mean(values, [row.cluster for row in rows])
    return None if found is None else asdict(found)


def _strata(strata: Sequence[Sequence[Seen]], of: Callable[[Seen], float]) -> Mapping[str, float] | None:
    values = [[of(row) for row in own] for own in strata]
    found = statistics.stratified(values, [[row.cluster for row in own] for own in strata])
    return None if found is None else asdict(found)
