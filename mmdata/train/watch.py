"""Stops a training that cannot learn: a silent zero reward looks like slow forgetting."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from mmdata.errors import UserError
from mmdata.show import printable

BEST = {"format": 1.0, "consistency": 1.0, "overlong": 0.0}
"""Terms that may stay the same there: nothing is left to earn."""


class Watch:
    """Looks at what GRPOTrainer logs of each step."""

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
