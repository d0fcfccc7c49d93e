"""Which questions an evaluation asks: a run's held-out ones, or a source's, read and checked as a build reads them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmdata.build import make, sampling
from mmdata.errors import UserError
from mmdata.images import ImageStore
from mmdata.progress import Shown
from mmdata.recipe import Recipe
from mmdata.store import Run
from mmdata.types import Problem
from mmdata.verify import joined

MODALITIES = ("any", "image", "text")


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Questions that can be read again and again, in the same order."""

    read: Callable[[], Iterator[Problem]]
    images: ImageStore
    about: Mapping[str, Any]
    """Where they come from, for the manifest."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """What could not be asked, by reason."""


def held_out(run: Run, modality: str = "any", limit: int | None = None) -> Questions:
    """The problems of a run's eval split; with `limit`, the first so many of each source.

    Raises UserError if there are none.
    """
    manifest = run.manifest("eval")
    if manifest is None or not manifest.rows:
        raise UserError(
            f"{run.folder} holds no questions out: set mix.eval.fraction in its recipe and build it again, "
            "or ask a benchmark with --source"
        )

    def read() -> Iterator[Problem]:
        return (problem for problem, _ in joined(run.read("screened"), run.read("eval")))

    about = {"from": "held out", "run": run.folder.resolve().name, "eval": manifest.digest}
    return _some(Questions(read=read, images=run.images, about=about), modality, limit)


def of_sources(
    recipe: Recipe, base: Path, place: Run, workers: int, shown: Shown, modality: str = "any"
) -> Questions:  # fmt: skip
    """The problems of a recipe's sources, read into `place`: nothing is screened. A row whose gold its own verifier
    does not accept is left out and counted, as in a build: no answer to it could be right."""
    make(next(sampling(recipe, base, place, workers)), place, shown)
    found = place.need("problems")
    about = {"from": "sources", "sources": found.notes["sources"], "problems": found.digest}
    every = Questions(read=lambda: place.read("problems"), images=place.images, about=about, lost=found.dropped)
    return _some(every, modality, None)


def _some(all_: Questions, modality: str, limit: int | None) -> Questions:
    """Those with images, or without; of each source the first so many."""

    def read() -> Iterator[Problem]:
        seen: Counter[str] = Counter()
        for problem in all_.read():
            if modality != "any" and (modality == "image") != bool(problem.images):
                continue
            seen[problem.source] += 1
            if limit is None or seen[problem.source] <= limit:
                yield problem

    about = {**all_.about, "modality": modality, "limit": limit}
    return Questions(read=read, images=all_.images, about=about, lost=all_.lost)


def asks(problem: Problem) -> str:
    """Hash of what is asked and of what is right: the same hash, the same question."""
    parts = [problem.question, problem.choices, problem.images, problem.answer, problem.answer_kind]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def digest(questions: Questions) -> tuple[str, int, int]:
    """Hash of all questions in their order, how many there are, and how many have images. Raises UserError if there
    are none."""
    whole, count, images = hashlib.sha256(), 0, 0
    for problem in questions.read():
        whole.update(f"{json.dumps(problem.id)} {asks(problem)} {problem.domain} {problem.family}\n".encode())
        count += 1
        images += bool(problem.images)
    if not count:
        raise UserError(f"there is no question to ask: {questions.about['modality']} questions were wanted")
    return whole.hexdigest()[:32], count, images
