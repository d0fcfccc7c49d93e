"""suspects: verdicts/ → suspects/. Problems whose paths agree on one answer that is not the gold.

Which of the two is wrong is for a person to say: `mmdata report` shows the queue, and no split holds such a problem.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby, islice, tee

from mmdata.recipe_verify import SuspectGold
from mmdata.store import Stage
from mmdata.types import Judged, Problem, Suspect
from mmdata.verify import joined
from mmverifiers import Item, Pool

MOST = 16
"""So many different wordings of a problem's wrong answers are compared, the most frequent ones: a bound on the work
that one problem can make, whatever its paths say."""


def suspects(
    config: SuspectGold, problems: Iterable[Problem], verdicts: Iterable[Judged], pool: Pool, tick: Callable[[], None]
) -> Stage:
    """The problems whose gold is in doubt, in order. Two answers agree if they are the same words, or if the problem's
    own verifier takes each for the other: with a tolerance or a unit left out, one direction alone proves little.

    Only what was found, read and judged wrong has a say. A path that was cut off, kept no format or could not be judged
    agrees with nothing, but was sampled. Nor has an answer a say that repeats what the question asks to work out.
    """
    asking, settling = tee(_ballots(config, problems, verdicts, tick))
    said = pool.judge(item for ballot in asking for item in ballot.items())
    for ballot in settling:
        verdicts_on = zip(ballot.pairs, islice(said, len(ballot.pairs)), strict=True)
        same = {pair for pair, verdict in verdicts_on if verdict.score == 1.0}
        if row := ballot.settled(same):
            yield row
    return {}


def evidence(row: Suspect) -> str:
    """Why the gold is doubted, in a few words."""
    return f"{row.agreeing} of {row.sampled} paths say {row.answer!r:.80}, gold {row.gold!r:.80}"


@dataclass(frozen=True, kw_only=True)
class _Ballot:
    """The wrong answers of a problem that are many enough to doubt its gold, if they agree."""

    problem: Problem
    sampled: int
    needed: int
    wordings: list[tuple[str, list[Judged]]]
    """What was said, and by which paths; the most frequent first."""
    anchors: list[int]
    """The wordings with which all others are compared: enough paths cannot agree without one of these."""

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Which wording is judged with which one as the gold. Each is compared with itself too: a ballot without a pair
        would make the pool read on and on for one."""
        both = (p for a in self.anchors for o in range(len(self.wordings)) for p in ((o, a), (a, o)))
        return list(dict.fromkeys(both))

    def items(self) -> Iterator[Item]:
        """The pairs, for the problem's own verifier. The source's scorer, which `metadata` would call in, knows only
        its own gold."""
        for given, gold in self.pairs:
            yield Item(
                response=self.wordings[given][0], answer=self.wordings[gold][0], extract="none",
                kind=self.wordings[0][1][0].verifier, choices=self.problem.choices, question=self.problem.question,
            )  # fmt: skip

    def settled(self, same: set[tuple[int, int]]) -> Suspect | None:
        """The row, if enough paths agree: with the wording that has most of them behind it."""
        best: list[Judged] = []
        for anchor in self.anchors:
            found = list(self.wordings[anchor][1])
            for other, (_, rows) in enumerate(self.wordings):
                found += rows if other != anchor and {(other, anchor), (anchor, other)} <= same else ()
            best = max(best, found, key=len)
        if len(best) < self.needed:
            return None
        return Suspect(
            problem_id=self.problem.id, source=self.problem.source, verifier=best[0].verifier, gold=self.problem.answer,
            answer=best[0].extracted or "", agreeing=len(best), sampled=self.sampled,
            trace_ids=tuple(row.trace_id for row in best),
        )  # fmt: skip


def _ballots(
    config: SuspectGold, problems: Iterable[Problem], verdicts: Iterable[Judged], tick: Callable[[], None]
) -> Iterator[_Ballot]:
    """Problems of which enough paths are wrong, whatever they say."""
    for _, group in groupby(joined(problems, verdicts), key=lambda pair: pair[0].id):
        found = list(group)
        problem, rows = found[0][0], [row for _, row in found]
        for _ in rows:
            tick()
        # Rounded, because 0.7 of 10 is a little more than 7 to a computer.
        needed = max(config.least, math.ceil(round(config.agree * len(rows), 9)))
        by_words: dict[str, list[Judged]] = {}
        for row in rows:
            if row.reason == "wrong_answer" and row.extracted and row.method != "echo":
                by_words.setdefault(" ".join(row.extracted.split()), []).append(row)
        wordings = sorted(by_words.items(), key=lambda entry: -len(entry[1]))[:MOST]
        total = sum(len(paths) for _, paths in wordings)
        if total < needed:
            continue
        before = accumulate((len(paths) for _, paths in wordings), initial=0)
        anchors = [i for i, paths in zip(range(len(wordings)), before, strict=False) if total - paths >= needed]
        yield _Ballot(problem=problem, sampled=len(rows), needed=needed, wordings=wordings, anchors=anchors)
