"""mmdata decontam: indexes of benchmarks, written from their adapters and shown for what they cover."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mmdata import recipe_file
from mmdata import sources as source_modules
from mmdata.collect import where
from mmdata.errors import UserError
from mmdata.images import ImageStore
from mmdata.recipe import Screen, SourceSpec
from mmdata.screen.album import Album
from mmdata.screen.index import Entry, covers, write
from mmdata.screen.pictures import pictures
from mmdata.show import table
from mmdata.types import Dropped, Picture, Problem

if TYPE_CHECKING:
    from rich.console import Console

EVERYTHING = Screen(min_side=1, max_aspect=1e6, processors=())
"""An image that no trainer could take is looked for all the same."""


def specs(names: Sequence[str], options: Sequence[str]) -> tuple[list[SourceSpec], Path]:
    """What to read, and the folder that its relative paths start from: `SOURCE`, `SOURCE:SPLIT` or a recipe (YAML).

    options: `SOURCE.KEY=VALUE`, the value in YAML. Raises UserError for what cannot be understood.
    """
    given = recipe_file.source_options(options)
    recipes = [name for name in names if name.endswith((".yaml", ".yml"))]
    if recipes:
        if len(names) > 1 or options:
            raise UserError("a recipe says all by itself: give it alone, without --option")
        return list(recipe_file.load(Path(names[0])).sources), Path(names[0]).parent
    found = []
    for name in names:
        use, _, split = name.partition(":")
        module = source_modules.load(use)
        try:
            own = module.Options.model_validate(given.get(use, {})).model_dump(mode="json")
        except ValidationError as error:
            said = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False))
            raise UserError(f"{use}: {said}") from None
        splits = module.CARD.splits
        if split and "*" not in splits and split not in splits:
            raise UserError(f"{use} has {', '.join(splits)}, not {split!r}")
        found.append(SourceSpec(use=use, split=split or splits[0], options=own))
    if unasked := [name for name in given if name not in {spec.use for spec in found}]:
        raise UserError(f"--option {unasked[0]}.…: no such source is asked for")
    return found, Path()


def index(wanted: Sequence[SourceSpec], base: Path, out: Path, workers: int) -> list[dict[str, Any]]:
    """Write an index of what sources hold, golds aside; returns what it covers. A row with a missing or broken image
    is in it by its words alone, where its adapter gives these; what the adapter drops, for its gold say, is left out.

    Raises UserError as the sources do, and if there is nothing to write.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    place = out.with_name(f".{out.name}.images")
    shutil.rmtree(place, ignore_errors=True)
    try:
        store = ImageStore(place)
        said: list[dict[str, Any]] = []
        rows: list[tuple[Problem, Entry, int]] = []
        for spec in wanted:
            at = where(spec, base, workers)
            lost: Counter[str] = Counter()
            before = len(rows)
            for row in _drafted(spec, at, store, lost):
                rows.append(row)
            card = source_modules.load(spec.use).CARD
            said.append(
                {
                    "benchmark": spec.name, "title": card.title, "url": card.url, "license": card.license,
                    "split": spec.split, "revision": at.revision, "rows": len(rows) - before,
                    "left_out": dict(sorted(lost.items())),
                }
            )  # fmt: skip
        if not rows:
            raise UserError("there is no readable row in " + ", ".join(s["benchmark"] for s in said))
        album = Album(_pictured(EVERYTHING, rows, store, workers), thumbs=True)
        looks = [[seen for name in problem.images if (seen := album.seen(name))] for problem, _, _ in rows]
        end = 0
        for each in said:
            own = range(end, end := end + each["rows"])
            each |= {"images": sum(rows[i][2] for i in own), "looks": sum(len(looks[i]) for i in own)}
        named = ((p.source, p.upstream_id, e, n, seen) for (p, e, n), seen in zip(rows, looks, strict=True))
        write(out, named, said)
        return said
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _drafted(
    spec: SourceSpec, at: source_modules.Where, store: ImageStore, lost: Counter[str]
) -> Iterator[tuple[Problem, Entry, int]]:
    """`(problem without its texts, what is compared of it, how many images it shows)`; `lost` counts the others."""
    module = source_modules.load(spec.use)
    for row in islice(module.rows(at), spec.limit):
        try:
            draft = module.problem(_imageless(row), at)
        except UserError:
            raise
        except Exception as error:  # a row that breaks the adapter is a bad row
            lost[f"unreadable_row: {type(error).__name__}"] += 1
            continue
        if isinstance(draft, Dropped):
            lost[draft.reason] += 1
            continue
        names = []
        for image in draft.images:
            try:
                names.append(store.put(image))
            except ValueError:
                lost["image_missing"] += 1
        bare = replace(
            draft.problem, question="", choices=(), answer="", caption=None, solutions=(), metadata="{}",
            images=tuple(names),
        )  # fmt: skip
        yield bare, Entry.of(draft.problem), len(draft.images)


def _imageless(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row whose picture is not there still has its words: it goes on with an empty one."""
    if row.get("bad", ("",))[0] == "image_missing" and "columns" in row:
        return {**{key: value for key, value in row.items() if key != "bad"}, "images": (b"",)}
    return row


def _pictured(
    config: Screen, rows: Sequence[tuple[Problem, Entry, int]], store: ImageStore, workers: int
) -> Iterator[Picture]:
    for picture in pictures(config, lambda: (row[0] for row in rows), store, workers, lambda: None):
        if isinstance(picture, Picture):
            yield picture


def show(path: Path, console: Console) -> None:
    """Print what an index covers. Raises UserError if it is none."""
    rows = [
        [
            each["benchmark"], each["split"], each["revision"][:12], each["rows"], each["images"], each["looks"],
            ", ".join(f"{reason}: {rows:,}" for reason, rows in each["left_out"].items()),
        ]
        for each in covers(path)
    ]  # fmt: skip
    headings = ["benchmark", "split", "revision", "questions", "images", "images seen", "left out"]
    table(console, f"{path}: hashes alone, of", headings, rows, words=3)
