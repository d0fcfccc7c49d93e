"""Which questions an evaluation asks: those of runs' splits and of sources, checked as a build checks them."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from mmdata.build import make, sampling
from mmdata.decontam import EVERYTHING
from mmdata.errors import UserError
from mmdata.images import ImageStore, named
from mmdata.keys import hash64
from mmdata.progress import Shown
from mmdata.recipe import Recipe
from mmdata.screen import unfit
from mmdata.screen.album import Album
from mmdata.store import Run
from mmdata.types import Problem
from mmdata.verify import joined

MODALITIES = ("any", "image", "text")
SPLITS = ("eval", "sft", "rl", "screened")
"""Of a run: the held-out questions, those of either training split, and every problem that was not screened out."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where questions come from."""

    name: str
    """As it was asked for: `runs/mine:eval`, `math500:test`."""
    read: Callable[[], Iterator[Problem]]
    """Its problems, in the same order each time."""
    images: ImageStore
    about: Mapping[str, Any]
    """For the manifest."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """Rows that are no question, by reason."""
    trained: Callable[[], Iterator[str]] = lambda: iter(())
    """Ids of the problems that a training split of the same run holds."""


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Questions that can be read again and again, in the same order."""

    read: Callable[[], Iterator[Problem]]
    images: ImageStore
    """Holds the images of all of them."""
    digest: str
    """Hash of all questions in their order."""
    count: int
    with_images: int
    about: tuple[Mapping[str, Any], ...]
    """Where they come from, a mapping a place: for the manifest."""
    chosen: Mapping[str, Any]
    """What was left out on purpose: modality, limit, and the seed of the choice."""


def of_run(run: Run, split: str = "eval") -> Place:
    """The problems of a run's split, each once. Raises UserError if there are none."""
    if split not in SPLITS:
        raise UserError(f"{run.folder}:{split}: a run is asked by {', '.join(SPLITS)}")
    manifest, problems = run.manifest(split), run.need("screened")
    if manifest is None or not manifest.rows:
        advice = "name a split that was trained on, such as :sft, which tells what was learnt by heart"
        raise UserError(
            f"{run.folder} holds no questions out: set mix.eval.fraction in its recipe and build it again, or {advice}"
            if split == "eval" else f"{run.folder} has no rows in {split}"
        )  # fmt: skip

    def read() -> Iterator[Problem]:
        if split == "screened":
            yield from run.read("screened")
            return
        last = ""
        for problem, _ in joined(run.read("screened"), run.read(split)):
            if problem.id != last:
                last = problem.id
                yield problem

    def trained() -> Iterator[str]:
        for table in ("sft", "rl"):
            if run.manifest(table):
                yield from (id for (id,) in run.read(table, ["problem_id"]))

    name = run.folder.resolve().name
    taught = found.digest if (found := run.manifest("sft")) else ""
    about = {"from": "run", "run": name, "split": split, "rows": manifest.digest, "sft": taught}
    about["problems"] = problems.digest
    return Place(name=f"{name}:{split}", read=read, images=run.images, about=about, trained=trained)


def of_sources(recipe: Recipe, base: Path, out: Run, workers: int, shown: Shown) -> Place:
    """The problems of a recipe's sources, read into `out`. What no answer could be right about is left out and counted,
    as a build does it: a gold that is missing or that its own verifier does not accept, a broken image, an id that is
    taken. Nothing else is screened: a benchmark may repeat and contradict itself."""
    what = recipe.model_copy(update={"screen": EVERYTHING})
    for step in islice(sampling(what, base, out, workers), 2):
        make(step, out, shown)
    found, album = out.need("problems"), Album(out.read("pictures"))

    def screened() -> Iterator[tuple[Problem, str]]:
        ids: set[str] = set()
        for problem in out.read("problems"):
            taken = "duplicate_id" if problem.id in ids else ""
            ids.add(problem.id)
            yield problem, taken or unfit(EVERYTHING, problem, album, None, {})[0]

    def read() -> Iterator[Problem]:
        for problem, reason in screened():
            if not reason:
                yield replace(problem, images=tuple(album.used(name) for name in problem.images))

    lost = Counter(found.dropped) + Counter(reason for _, reason in screened() if reason)
    about = {"from": "sources", "sources": found.notes["sources"], "lost": dict(sorted(lost.items()))}
    name = "+".join(f"{spec.name}:{spec.split}" for spec in recipe.sources)
    return Place(name=name, read=read, images=out.images, about=about | {"problems": found.digest}, lost=lost)


def gathered(
    places: Sequence[Place], images: ImageStore, *, modality: str = "any", limit: int | None = None, seed: int = 0
) -> Questions:
    """The questions of all places; with `limit`, of each source so many, drawn by a hash of `seed` and the id: a choice
    that does not look at them, and a larger limit keeps what a smaller one chose. Their images are put into `images`.
    The same question in two places is asked once.

    Raises UserError if there is no question, or if one id means two of them.
    """

    def wanted(problem: Problem) -> bool:
        return modality == "any" or (modality == "image") == bool(problem.images)

    known: dict[str, str] = {}
    drawn: dict[str, set[tuple[int, str]]] = {}
    for place in places:
        for problem in filter(wanted, place.read()):
            asked = asks(problem)
            if known.setdefault(problem.id, asked) != asked:
                raise UserError(f"two different questions are called {problem.id}: evaluate {place.name} by itself")
            drawn.setdefault(problem.source, set()).add((hash64(f"{seed}\0evaluate\0{problem.id}"), problem.id))
    chosen = {id for own in drawn.values() for _, id in (own if limit is None else heapq.nsmallest(limit, own))}

    def read() -> Iterator[Problem]:
        for _, problem in _once(places, chosen, wanted):
            yield problem

    whole, count, pictures = hashlib.sha256(), 0, 0
    own_ids: list[set[str]] = [set() for _ in places]
    for at, problem in _once(places, chosen, wanted):
        whole.update(f"{json.dumps(problem.id)} {known[problem.id]} {problem.domain} {problem.family}\n".encode())
        _copied(problem, places[at].images, images)
        count, pictures = count + 1, pictures + bool(problem.images)
        own_ids[at].add(problem.id)
    if not count:
        lost = {reason: n for place in places for reason, n in place.lost.items()}
        why = f" ({', '.join(f'{reason} {n:,}' for reason, n in lost.items())})" if lost else ""
        raise UserError(f"there is no question to ask in {', '.join(p.name for p in places)}{why}")
    about = tuple(
        {**place.about, "name": place.name, "questions": len(own),
         "trained_on": len(own.intersection(place.trained()))}
        for place, own in zip(places, own_ids, strict=True)
    )  # fmt: skip
    choice = {"modality": modality, "limit": limit, "seed": seed}
    return Questions(
        read=read, images=images, digest=whole.hexdigest()[:32], count=count, with_images=pictures, about=about,
        chosen=choice,
    )  # fmt: skip


def _once(
    places: Sequence[Place], chosen: set[str], wanted: Callable[[Problem], bool]
) -> Iterator[tuple[int, Problem]]:
    """Each chosen problem with the number of its place, where it comes first."""
    seen: set[str] = set()
    for at, place in enumerate(places):
        for problem in filter(wanted, place.read()):
            if problem.id in chosen and problem.id not in seen:
                seen.add(problem.id)
                yield at, problem


def _copied(problem: Problem, come: ImageStore, go: ImageStore) -> None:
    """Have the problem's images in the store `go`. Raises UserError where one is lost."""
    if come is go:
        return
    for name in problem.images:
        try:
            go.path(name)
            continue
        except FileNotFoundError:
            pass
        try:
            content = named(come.path(name))[1]
        except (FileNotFoundError, ValueError):
            raise UserError(f"{problem.id}: its image {name[:12]} is not in {come.folder}: build it again") from None
        go.put(content)


def asks(problem: Problem) -> str:
    """Hash of what is asked and of what is right: the same hash, the same question."""
    parts = [problem.question, problem.choices, problem.images, problem.answer, problem.answer_kind]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
