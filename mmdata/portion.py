"""How much of each source goes into a split: shares, balanced answers, counts. Who is refused, and why.

Whether a row is taken depends on hashes of the seed with the row's own id, and on how many rows there are: 8 bytes a
row are held where a count or a balance is asked for.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator

from mmdata.keys import hash64
from mmdata.recipe import Portion
from mmdata.types import Problem

Accepted = Callable[[], Iterator[tuple[Problem, str]]]
"""Every row that could be taken, as its problem and its id; can be asked for again."""


class Chosen:
    """Which of the accepted rows a split takes."""

    def __init__(self, config: Portion, seed: int, accepted: Accepted) -> None:
        self._seed = seed
        self._weights = {source: int(share * 2**64) for source, share in config.weights.items()}
        self._fewest: dict[tuple[tuple[str, str, str], str], int] = {}
        self._last: dict[str, int] = {}
        self._none = {source for source, rows in config.rows.items() if rows <= 0}
        self._balanced = config.balance
        if config.balance:
            self._fewest = self._balance(accepted)
        if any(config.rows.values()):
            draws = {source: array("Q") for source in config.rows}
            for problem, row in accepted():
                if problem.source in draws and not self.refuses(problem, row):
                    draws[problem.source].append(draw(seed, "mix", row))
            self._last = {s: sorted(d)[config.rows[s] - 1] for s, d in draws.items() if len(d) > config.rows[s] > 0}

    def refuses(self, problem: Problem, row: str) -> str:
        """Why a row is not taken; nothing if it is."""
        source, drawn = problem.source, draw(self._seed, "mix", row)
        if drawn >= self._weights.get(source, 2**64):
            return "over_weight"
        group = _group(problem) if self._balanced else None
        # Where one of the answers never comes up, neither has an entry: nothing there can be balanced.
        if group and draw(self._seed, "balance", row) > self._fewest.get((group, _answer(problem)), -1):
            return "over_balance"
        return "over_target" if source in self._none or drawn > self._last.get(source, 2**64) else ""

    def _balance(self, accepted: Accepted) -> dict[tuple[tuple[str, str, str], str], int]:
        """By group and answer, the highest draw that is taken: each answer of a group is taken equally often."""
        draws: dict[tuple[tuple[str, str, str], str], array[int]] = defaultdict(lambda: array("Q"))
        for problem, row in accepted():
            group = _group(problem)
            if group and draw(self._seed, "mix", row) < self._weights.get(problem.source, 2**64):
                draws[group, _answer(problem)].append(draw(self._seed, "balance", row))
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
