"""What a completion earns: terms from the verdict of the run's own verifier, each logged by itself.

Judging happens in the verifiers' worker processes, which a hostile completion can at most get killed. Then, and
wherever else the completion is why it cannot be judged, it earns nothing: were it left out, writing what nobody can
judge would be better than being wrong. Where the gold is why, or the machine, it is left out, and teaches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmdata.keys import normalise
from mmdata.train.config_rl import TrainRl
from mmdata.verify import reasoning
from mmverifiers import Item, Pool, Target, Verdict, parse_target

WORDS = ("text", "anls", "vqa", "relaxed")
"""Kinds whose answers are free words."""
NOT_ITS_FAULT = ("gold_unverifiable", "error")
Term = Callable[..., list[float | None]]


@dataclass(frozen=True, slots=True)
class Earned:
    """The terms of one completion; all None where it is left out."""

    accuracy: float | None
    format: float | None
    consistency: float | None


class Rewarder:
    """Judges batches of completions. A context manager: it owns worker processes."""

    def __init__(self, config: TrainRl, extract: str, ends: Sequence[int], *, workers: int = 1) -> None:
        """`extract`: how an answer is found, as in the recipe's `verify.format`. `ends`: tokens that end a completion;
        one that ends otherwise was cut off."""
        self._config, self._extract, self._ends = config, extract, frozenset(ends)
        self._pool = Pool(workers=workers, timeout=config.reward.timeout)
        self._batch: Sequence[Any] | None = None
        self._earned: list[Earned] = []
        self._sample = ""

    def __enter__(self) -> Rewarder:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def terms(self) -> dict[str, tuple[Term, float]]:
        """By name: a reward function as TRL calls it, and its weight. Terms that weigh nothing are left out, but for
        the format, which is worth watching."""
        weights = self._config.reward
        found: dict[str, tuple[Term, float]] = {
            "accuracy": (self._term("accuracy"), weights.accuracy),
            "format": (self._term("format"), weights.format),
        }
        if weights.consistency:
            found["consistency"] = (self._term("consistency"), weights.consistency)
        if weights.overlong:
            from trl.rewards import get_soft_overlong_punishment

            punishment = get_soft_overlong_punishment(self._config.max_tokens, weights.overlong.buffer)
            punishment.__name__ = "overlong"
            found["overlong"] = (punishment, weights.overlong.factor)
        return found

    def sample(self) -> str:
        """One of the last completions."""
        return self._sample

    def _term(self, name: str) -> Term:
        def term(completions: Sequence[Any], **given: Any) -> list[float | None]:
            return [getattr(earned, name) for earned in self._judged(completions, given)]

        term.__name__ = name
        return term

    def _judged(self, completions: Sequence[Any], given: Mapping[str, Any]) -> list[Earned]:
        """Each batch is judged once: TRL asks for one term after the other."""
        if self._batch is not completions:
            cut = [not ids or ids[-1] not in self._ends for ids in given["completion_ids"]]
            texts = [said(completion) for completion in completions]
            self._earned, self._sample = self.judge(texts, cut, given), texts[0]
            self._batch = completions
            if log := given.get("log_metric"):
                log("left_out", sum(earned.accuracy is None for earned in self._earned) / len(self._earned))
        return self._earned

    def judge(self, texts: Sequence[str], cut: Sequence[bool], rows: Mapping[str, Sequence[Any]]) -> list[Earned]:
        """What each text earns. `cut`: whether it was cut off. `rows`: columns of the same length, `answer`, `kind`,
        `choices`, `question` and `metadata`."""
        items = [
            Item(
                response=text, answer=rows["answer"][i], kind=rows["kind"][i], choices=tuple(rows["choices"][i]),
                question=rows["question"][i], extract=self._extract, finish_reason="length" if cut[i] else "stop",
                metadata=rows["metadata"][i],
            )
            for i, text in enumerate(texts)
        ]  # fmt: skip
        verdicts = list(self._pool.judge(items))
        follows = self._consistent(items, verdicts) if self._config.reward.consistency else [0.0] * len(items)
        return [
            Earned(None, None, None)
            if verdict.reason in NOT_ITS_FAULT
            else Earned(
                verdict.score or 0.0, float(not cut and isinstance(parse_target(item.response), Target)), agrees
            )
            for item, verdict, agrees, cut in zip(items, verdicts, follows, cut, strict=True)
        ]

    def _consistent(self, items: Sequence[Item], verdicts: Sequence[Verdict]) -> list[float]:
        """0 where there is no reasoning, one of its steps is provably false, or its last statement gives an answer
        that is provably another; 1 elsewhere, so that nothing is earned by a special wording."""
        texts = [reasoning(item.response)[1] for item in items]
        steps = self._pool.check_steps(texts)
        stated = self._pool.judge(map(_stated, items, texts, verdicts))
        return [
            float(bool(text.strip()) and not false and not _another(text, verdict, other))
            for text, false, verdict, other in zip(texts, steps, verdicts, stated, strict=True)
        ]


def _stated(item: Item, text: str, verdict: Verdict) -> Item:
    """The question whether the last statement of a reasoning says the answer that was given."""
    lines = [line for line in text.replace(". ", ".\n").splitlines() if line.strip()]
    return Item(
        response=lines[-1] if lines else "", answer=verdict.extracted or "", kind=verdict.kind, choices=item.choices,
        question=item.question, metadata=item.metadata,
    )  # fmt: skip


def _another(text: str, verdict: Verdict, other: Verdict) -> bool:
    """Whether a reasoning says another answer than the one that was given. Of words it can only be said whether they
    stand in it anywhere."""
    if verdict.kind in WORDS:
        return normalise(verdict.extracted or "") not in normalise(text)
    return other.reason == "wrong_answer"


def said(completion: Any) -> str:
    """A completion's text, as TRL brings it: a text, or the messages of the assistant."""
    if isinstance(completion, str):
        return completion
    parts: list[str] = []
    for message in completion:
        content = message["content"]
        parts += [content] if isinstance(content, str) else [part.get("text", "") for part in content]
    return "".join(parts)
