"""How much goes into a split: shares, what needs no image, balanced answers, counts. Who is refused, and why.

Whether a row is taken depends on hashes of the seed with the row's own id, and on how many rows there are: 8 bytes a
row are held where a count, a balance or a bound on what is solvable blind is asked for.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator

from mmdata.asked import Asked
from mmdata.keys import hash64
from mmdata.recipe import Portion
from mmdata.types import Problem

Accepted = Callable[[], Iterator[tuple[Asked, str]]]
"""Every row that could be taken, as its problem and its id; can be asked for again."""


class Chosen:
    """Which of the accepted rows a split takes."""

    def __init__(self, config: Portion, seed: int, accepted: Accepted) -> None:
        self._seed = seed
        self._weights = {source: int(share * 2**64) for source, share in config.weights.items()}
        self._fewest: dict[tuple[tuple[str, str, str], str], int] = {}
        self._last: dict[str, int] = {}
        self._none: set[str] = set()
        self._balanced = False
        self._blind, self._solvable = config.blind, 2**64
        # Each of these looks only at what those before it leave.
        self._solvable = self._bound(accepted)
        if config.balance:
            self._fewest, self._balanced = self._balance(accepted), True
        self._none = {source for source, rows in config.rows.items() if rows <= 0}
        if any(config.rows.values()):
            draws = {source: array("Q") for source in config.rows}
            for asked, row in accepted():
                if asked.problem.source in draws and not self.refuses(asked, row):
                    draws[asked.problem.source].append(draw(seed, "mix", row))
            self._last = {s: sorted(d)[config.rows[s] - 1] for s, d in draws.items() if len(d) > config.rows[s] > 0}
        if config.balance or config.rows:
            # The others have become fewer: what is solvable blind may now be more than its share.
            self._solvable = self._bound(accepted)

    def refuses(self, asked: Asked, row: str) -> str:
        """Why a row is not taken; nothing if it is."""
        problem = asked.problem
        source, drawn = problem.source, draw(self._seed, "mix", row)
        if drawn >= self._weights.get(source, 2**64):
            return "over_weight"
        if self._needs_no_image(asked) and draw(self._seed, "blind", row) >= self._solvable:
            return "solvable_blind"
        group = _group(problem) if self._balanced else None
        # Where one of the answers never comes up, neither has an entry: nothing there can be balanced.
        if group and draw(self._seed, "balance", row) > self._fewest.get((group, _answer(problem)), -1):
            return "over_balance"
        return "over_target" if source in self._none or drawn > self._last.get(source, 2**64) else ""

    def _needs_no_image(self, asked: Asked) -> bool:
        return self._blind is not None and (asked.blind_rate or 0.0) > self._blind.above

    def _bound(self, accepted: Accepted) -> int:
        """The draw below which rows that are solvable blind are taken: no more of them than their share allows."""
        if self._blind is None or self._blind.share == 1.0:
            return 2**64
        draws, others = array("Q"), 0
        for asked, row in accepted():
            if not self.refuses(asked, row):
                if self._needs_no_image(asked):
                    draws.append(draw(self._seed, "blind", row))
                else:
                    others += 1
        share = self._blind.share
        most = int(share * others / (1 - share) + 1e-9)
        return self._solvable if len(draws) <= most else sorted(draws)[most]

    def _balance(self, accepted: Accepted) -> dict[tuple[tuple[str, str, str], str], int]:
        """By group and answer, the highest draw that is taken: each answer of a group is taken equally often."""
        draws: dict[tuple[tuple[str, str, str], str], array[int]] = defaultdict(lambda: array("Q"))
        for asked, row in accepted():
            group = _group(asked.problem)
            if group and not self.refuses(asked, row):
                draws[group, _answer(asked.problem)].append(draw(self._seed, "balance", row))
        highest: dict[tuple[tuple[str, str, str], str], int] = {}
        for group in {group for group, _ in draws}:
            taken = min(len(draws.get((group, answer), ())) for answer in ("yes", "no"))
            if taken:
                highest |= {(group, answer): sorted(draws[group, answer])[taken - 1] for answer in ("yes", "no")}
        return highest


def draw(seed: int, purpose: str, name: str) -> int:
    """A number below 2⁶⁴ that only the seed and the name decide."""
    return hash64(f"{seed}\0{purpose}\0{name}")


def _group(problem: Problem) -> tuple[str, str, str] | None:
    """The yes/no questions among which answers are balanced; None for other questions."""
    if problem.answer_kind != "yesno" or _answer(problem) not in ("yes", "no"):
        return None
    return problem.source, problem.family, str(json.loads(problem.metadata).get("form", ""))


def _answer(problem: Problem) -> str:
    return problem.answer.strip().lower()
