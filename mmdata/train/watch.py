"""Looks at a training while it runs: says how it goes, and stops it where nothing can be learnt."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from mmdata.errors import UserError
from mmdata.show import printable

BEST = {"format": 1.0, "consistency": 1.0, "overlong": 0.0}
"""Terms that may stay the same there: nothing is left to earn."""


SAID = 20
"""Lines that are said of a whole training."""


class Told:
    """Says now and then what was earned since the last time."""

    def __init__(self, terms: list[str], steps: int, say: Callable[[str], None]) -> None:
        self._names = {"reward": "reward"} | {f"rewards/{name}/mean": name for name in terms}
        self._names["completions/mean_length"] = "tokens"
        self._every, self._say = max(1, steps // SAID), say
        self._found: dict[str, list[float]] = {}

    def __call__(self, step: int, logs: Mapping[str, Any]) -> None:
        """What GRPOTrainer logged of a step."""
        for name in self._names:
            if logs.get(name) is not None:
                self._found.setdefault(name, []).append(float(logs[name]))
        if step % self._every == 0:
            means = (f"{self._names[name]} {sum(each) / len(each):.3g}" for name, each in self._found.items())
            self._say(f"rl step {step:,}: {', '.join(means)}")
            self._found = {}


class Watch:
    """Looks at what GRPOTrainer logs of each step: a silent zero reward looks like slow forgetting."""

    def __init__(self, terms: list[str], patience: int, sample: Callable[[], str]) -> None:
        """`patience`: steps that a term may stay the same. `sample`: one of the last completions, for the message."""
        self._terms, self._patience, self._sample = terms, patience, sample
        self._same: dict[str, tuple[float, int]] = {}

    def __call__(self, step: int, logs: Mapping[str, Any]) -> None:
        """Raises UserError where one term was the same for all completions of so many steps, or no question's
        completions earned different rewards."""
        for name in self._terms:
            spread, mean = logs.get(f"rewards/{name}/std"), logs.get(f"rewards/{name}/mean")
            if mean is None or spread is None or math.isnan(mean):
                mean, spread = math.nan, 0.0
            constant = (math.isnan(spread) or spread < 1e-6) and BEST.get(name) != mean
            if self._counted(name, mean, constant) >= self._patience:
                what = "could never be judged" if math.isnan(mean) else f"was {mean:g} for every completion"
                self._stop(step, f"the reward's term {name} {what}")
        if self._counted("", 0.0, logs.get("frac_reward_zero_std") == 1.0) >= self._patience:
            self._stop(step, "all completions of a question earned the same, whichever the question,")

    def _counted(self, name: str, value: float, constant: bool) -> int:
        """For how many steps it has been the same."""
        before, count = self._same.get(name, (value, 0))
        same = before == value or (math.isnan(before) and math.isnan(value))
        self._same[name] = (value, (count if same else 0) + 1 if constant else 0)
        return self._same[name][1]

    def _stop(self, step: int, what: str) -> None:
        raise UserError(
            f"stopped at step {step:,}: {what} in {self._patience:,} steps, so nothing can be learnt from it. Look at "
            f"the model's answers, the questions' pass rates and train.rl. A completion: "
            f"{printable(self._sample(), 200)}"
        )
