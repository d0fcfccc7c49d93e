"""screen: problems/ → screened/. What no one should be asked, or be taught, is kept out, each row with its reason.

Four tables, each made from the ones before: pictures/ (every image, once: is it usable, what does it look like),
leaks/ (what a benchmark holds too), twins/ (what repeats another problem), screened/ (what goes on). Of the reasons
that a row may have, the first counts, in this order: empty, image, licence, id, leak, conflicting gold, twin. A row
that is out for one of them is nobody's twin.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from mmdata import images, keys
from mmdata import sources as source_modules
from mmdata.errors import UserError
from mmdata.recipe import Recipe, Screen
from mmdata.screen import licences
from mmdata.screen.album import Album
from mmdata.screen.conflicts import conflicts
from mmdata.screen.index import Index
from mmdata.screen.leaks import leaks, paths
from mmdata.screen.pictures import pictures
from mmdata.screen.twins import twins
from mmdata.step import Step, Tick, code
from mmdata.store import Run, Stage
from mmdata.types import Dropped, Leak, Problem, Twin

Read = Callable[[], Iterator[Problem]]


def screening(what: Recipe, base: Path, run: Run, workers: int) -> Iterator[Step]:
    """The steps, in order."""
    config = what.screen
    read: Read = partial(run.read, "problems")
    commercial = {s.name: source_modules.load(s.use).CARD.commercial for s in what.sources}
    version = {"screen": code(__file__, folder=True), "images": code(images.__file__, keys.__file__)}
    drawn = version | {name: importlib.metadata.version(name) for name in ("pillow", "numpy")}
    # Read once for the three steps that look at it, and not before the first of them runs.
    album = cache(lambda: Album(run.read("pictures")))
    total = partial(_rows, run, "problems")

    def fit(leaked: Mapping[str, Leak]) -> Callable[[Problem], tuple[str, str]]:
        return lambda problem: unfit(config, problem, album(), commercial.get(problem.source), leaked)

    def twinning(tick: Tick) -> Stage:
        reason = fit(_leaked(config, run))
        within: Read = lambda: (p for p in read() if not reason(p)[0])  # noqa: E731
        out = conflicts(within)
        alone: Read = lambda: (p for row, p in enumerate(within()) if row not in out)  # noqa: E731
        return (yield from twins(config, [s.name for s in what.sources], alone, album(), run.images, tick))

    def deciding(tick: Tick) -> Stage:
        return (yield from screen(config, read, fit(_leaked(config, run)), album(), run.read("twins"), tick))

    def leaking(tick: Tick) -> Stage:
        index, shown = Index(indexes, config.leaks.text), Album(run.read("pictures"), thumbs=True)
        return (yield from leaks(config.leaks, index, read, shown, tick))

    indexes = paths(config.leaks, base)
    image_keys = {"processors", "min_side", "max_aspect", "max_pixels"}
    yield Step(
        verb="screen", table="pictures", inputs=("problems",), versions=drawn, source=lambda _: "images",
        config=config.model_dump(mode="json", include=image_keys),
        start=lambda tick: pictures(config, read, run.images, workers, tick),
    )  # fmt: skip
    yield Step(
        verb="screen", table="leaks", inputs=("problems", "pictures"), versions=drawn, total=total,
        config=config.leaks.model_dump(mode="json", exclude={"act"}) | {"hashes": [_hash(path) for path in indexes]},
        start=leaking,
    )  # fmt: skip
    decided = config.model_dump(mode="json", exclude=image_keys) | {"commercial": commercial}
    yield Step(
        verb="screen", table="twins", inputs=("problems", "pictures", "leaks"), versions=drawn, total=total,
        config=decided | {"sources": [s.name for s in what.sources]}, start=twinning,
    )  # fmt: skip
    yield Step(
        verb="screen", table="screened", inputs=("problems", "pictures", "leaks", "twins"), versions=version,
        total=total, config=decided, start=deciding,
    )  # fmt: skip


def unfit(
    config: Screen, problem: Problem, album: Album, commercial: bool | None, leaked: Mapping[str, Leak]
) -> tuple[str, str]:
    """`(reason, detail)` why a problem is out, whatever else there is in the corpus; empty if it is not."""
    if not problem.question.strip():
        return "empty_question", ""
    if not problem.answer.strip():
        return "empty_answer", ""
    for name in problem.images:
        if (found := album.refused(name))[0]:
            return found
    if refusal := licences.refused(config, problem, commercial):
        return "license", refusal
    if leak := leaked.get(problem.id):
        return "benchmark_leak", _evidence(leak)
    return "", ""


def screen(
    config: Screen, read: Read, reason: Callable[[Problem], tuple[str, str]], album: Album, found: Iterable[Twin],
    tick: Tick,
) -> Stage:  # fmt: skip
    """The problems worth asking, in order, with images that any trainer can read."""
    act = {"exact": config.duplicates, "near": config.near.act}
    repeats = {twin.problem_id: twin for twin in found if act[twin.how] == "drop"}
    out = conflicts(lambda: (p for p in read() if not reason(p)[0]))
    row = -1
    for problem in read():
        tick()
        why, detail = reason(problem)
        if not why:
            row += 1
            why, detail = out.get(row, ("", ""))
        if not why and (twin := repeats.get(problem.id)):
            why = {"exact": "duplicate", "near": "near_duplicate"}[twin.how]
            detail = twin.twin if twin.how == "exact" else f"{twin.twin} {_alike(twin.text, twin.image)}"
        if why:
            yield Dropped(stage="screen", id=problem.id, source=problem.source, reason=why, detail=detail)
        else:
            used = tuple(album.used(name) for name in problem.images)
            yield problem if used == problem.images else replace(problem, images=used)
    return {}


def _leaked(config: Screen, run: Run) -> dict[str, Leak]:
    """The leaks that cost a problem its place."""
    return {leak.problem_id: leak for leak in run.read("leaks")} if config.leaks.act == "drop" else {}


def _evidence(leak: Leak) -> str:
    """What a person needs to believe a leak."""
    words = f"its words {leak.text:.2f}" if leak.evidence != "image" else ""
    image = f"its image {leak.image:.3f}{', ' + leak.turned if leak.turned else ''}" if leak.image is not None else ""
    return f"{leak.match}: {', '.join(filter(None, (words, image)))}"


def _alike(text: float, image: float | None) -> str:
    return f"(words {text:.2f}" + (f", images {image:.3f})" if image is not None else ")")


def _hash(path: Path) -> str:
    if not path.is_file():
        raise UserError(f"screen.leaks.indexes: there is no {path}: write one with `mmdata decontam index`")
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()[:16]


def _rows(run: Run, table: str) -> int | None:
    manifest = run.manifest(table)
    return manifest.rows if manifest else None
