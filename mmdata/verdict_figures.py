"""The verdicts of a run in figures: by verifier and reason, what the search for false steps found, and what the judge
said. From manifests and tables only, as in `summary`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mmdata.show import number, percent
from mmdata.store import Run
from mmdata.summary import counts, scan


def verifiers(run: Run) -> list[dict[str, Any]]:
    """By `verifier, version`: how many paths were right, wrong, or could not be judged."""
    rows = counts(scan(run, "verdicts"), "verifier", "version", "score")
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        name, version = key = (row["verifier"], row["version"])
        blank = {"verifier": name, "version": version, "right": 0, "wrong": 0, "unjudged": 0}
        what = "unjudged" if row["score"] is None else "right" if row["score"] == 1.0 else "wrong"
        found.setdefault(key, blank)[what] += row["rows"]
    return [found[key] for key in sorted(found)]


def reasons(run: Run) -> list[dict[str, Any]]:
    """By `said, reason` (`right`, `wrong` or `unjudged`): how many paths; the most frequent first."""
    found = [
        {"said": said(row["score"]), "reason": row["reason"], "rows": row["rows"]}
        for row in counts(scan(run, "verdicts"), "score", "reason")
    ]
    return sorted(found, key=lambda row: (-row["rows"], row["reason"]))


def said(score: float | None) -> str:
    """A score in a word."""
    return "unjudged" if score is None else "right" if score == 1.0 else "wrong"


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What the search for false steps found."""

    checked: int
    """Right paths whose reasoning was searched."""
    false: int
    """Of these, paths with a step that is provably false."""
    sft: int
    """SFT rows made from such paths."""


def steps(run: Run) -> Steps | None:
    """What the search for false steps found; None where nobody looked."""
    import polars as pl

    manifest = run.manifest("verdicts")
    noted = manifest.notes.get("steps") if manifest else None
    if not isinstance(noted, Mapping):
        return None
    false = scan(run, "verdicts").filter(pl.col("reason") == "step_error").select("trace_id")
    rows = scan(run, "sft").select("trace_id").join(false, on="trace_id", how="semi")
    used = rows.select(pl.len()).collect(engine="streaming").item()
    return Steps(checked=int(noted.get("checked", 0)), false=int(noted.get("false", 0)), sft=int(used))


@dataclass(frozen=True, kw_only=True)
class JudgeFigures:
    """What an LLM judge said where the rules could not decide, and where it disagrees with them."""

    model: str
    same: int = 0
    """Answers that it accepted."""
    different: int = 0
    """Answers that it rejected."""
    unclear: int = 0
    """Answers about which its reply was not one of the two that it may give: they stay undecided."""
    too_long: int = 0
    """Answers that were too long to be shown to it: they stay undecided."""
    failed: int = 0
    """Answers that could not be put to it: the next build asks again."""
    audited: int = 0
    """Answers decided by the rules that were put to it besides."""
    agree: int = 0
    """Of these, answers about which it says the same as the rules."""
    rules_ok: int = 0
    """Of these, answers that the rules accept and it does not."""
    rules_wrong_answer: int = 0
    """Of these, answers that the rules reject and it does not."""
    examples: tuple[Mapping[str, Any], ...] = ()
    """Some of the disagreements: `trace_id, problem_id, rules, judge, gold, extracted`."""

    @property
    def asked(self) -> int:
        """Answers that the rules could not decide, and it was to decide."""
        return self.same + self.different + self.unclear + self.too_long + self.failed


def judge(run: Run) -> JudgeFigures | None:
    """What the judge did; None where there was none."""
    manifest = run.manifest("verdicts")
    noted = manifest.notes.get("judge") if manifest else None
    if not isinstance(noted, Mapping):
        return None
    audit = noted.get("audit")
    audit = audit if isinstance(audit, Mapping) else {}
    figures = {key: int(noted.get(key, 0)) for key in ("same", "different", "unclear", "too_long", "failed")}
    checked = {key: int(audit.get(key, 0)) for key in ("agree", "rules_ok", "rules_wrong_answer")}
    examples = tuple(e for e in audit.get("examples", ()) if isinstance(e, Mapping))
    return JudgeFigures(
        model=str(noted.get("model")), **figures, **checked, audited=int(audit.get("rows", 0)), examples=examples
    )


def lines(run: Run) -> Iterator[tuple[str, str]]:
    """`(what, found)` for people: one line each for the steps, the judge and its audit, where they were wanted."""
    if found := steps(run):
        share = percent(found.false / found.checked) if found.checked else "none"
        yield (
            "steps",
            f"{number(found.false)} of {number(found.checked)} right paths ({share}) state something provably false; "
            f"{number(found.sft)} SFT rows come from them",
        )
    if (asked := judge(run)) is None:
        return
    undecided = {"unclear": asked.unclear, "too long": asked.too_long, "not reached": asked.failed}
    rest = "".join(f", {number(n)} {what}" for what, n in undecided.items() if n)
    yield (
        "judge",
        f"{asked.model}: of {number(asked.asked)} answers that the rules leave open, {number(asked.same)} accepted, "
        f"{number(asked.different)} rejected{rest}",
    )
    if asked.audited:
        yield (
            "audit",
            f"of {number(asked.audited)} answers that the rules decide, the judge agrees about {number(asked.agree)}, "
            f"rejects {number(asked.rules_ok)} that they accept, accepts {number(asked.rules_wrong_answer)} that they "
            "reject",
        )
