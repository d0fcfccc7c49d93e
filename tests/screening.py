"""A corpus of made problems put through the screen's own steps."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from rich.console import Console

from mmdata.build import make
from mmdata.progress import Shown
from mmdata.recipe import Recipe
from mmdata.screen import crops, index, looks, screening
from mmdata.store import Run
from mmdata.types import Problem

QUIET = Shown(Console(), quiet=True)


def problem(id: str, question: str = "Which?", answer: str = "1", **more: Any) -> Problem:
    """A problem called `s/<id>`, or of another `source`."""
    source = more.pop("source", "s")
    base = Problem(
        id=f"{source}/{id}", source=source, upstream_id=id, revision="1", split="train", question=question,
        answer=answer, answer_kind="text", domain="d", license="MIT",
    )  # fmt: skip
    return replace(base, **more)


def png(width: int, height: int, color: str = "red", form: str = "PNG") -> bytes:
    """An image of one colour, as a file."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, form)
    return out.getvalue()


def drawn(seed: int) -> Image.Image:
    """A scene of shapes."""
    rng = random.Random(seed)
    image = Image.new("RGB", (320, 240), "white")
    pen = ImageDraw.Draw(image)
    for _ in range(6):
        x, y, size = rng.randrange(0, 240), rng.randrange(0, 160), rng.randrange(30, 80)
        pen.rectangle((x, y, x + size, y + size), fill=rng.choice(("red", "blue", "green", "black")))
    return image


def put(folder: Path, image: bytes | Image.Image, form: str = "PNG", **how: Any) -> str:
    """Store an image in a run's folder; its name."""
    if isinstance(image, Image.Image):
        out = io.BytesIO()
        image.save(out, form, **how)
        image = out.getvalue()
    return Run(folder).images.put(image)


def indexed(folder: Path, rows: Iterable[Problem], name: str = "index.parquet") -> Path:
    """An index of problems whose images are stored in that folder."""
    rows = list(rows)
    folder.mkdir(parents=True, exist_ok=True)
    store = Run(folder).images
    seen = [[_seen(Image.open(store.path(name)).convert("RGB")) for name in row.images] for row in rows]
    seen = [[each for each in those if each] for those in seen]
    covers = [
        {"benchmark": source, "split": "test", "revision": "1", "left_out": {},
         "rows": sum(row.source == source for row in rows),
         "images": sum(len(row.images) for row in rows if row.source == source),
         "looks": sum(len(those) for row, those in zip(rows, seen, strict=True) if row.source == source)}
        for source in sorted({row.source for row in rows})
    ]  # fmt: skip
    entries = ((row.source, row.upstream_id, index.Entry.of(row), len(row.images), those)
               for row, those in zip(rows, seen, strict=True))  # fmt: skip
    index.write(folder / name, entries, covers)
    return folder / name


def _seen(image: Image.Image) -> bytes:
    look = looks.look(image)
    return look and look + crops.thumb(image)


def screened(
    problems: Iterable[Problem], folder: Path, workers: int = 1, **keys: Any
) -> tuple[list[str], dict[str, tuple[str, str]]]:
    """`(ids kept, {id: (reason, detail)})` under these keys of a recipe's `screen`; no benchmark is looked for unless
    they name one."""
    rows = list(problems)
    run = Run(folder)
    keys = {"leaks": {"act": "off"}} | keys
    sources = [{"use": "files", "name": name, "options": {"path": "none"}} for name in sorted({p.source for p in rows})]
    recipe = Recipe.model_validate({"name": "made", "sources": sources, "screen": keys})
    run.write(
        "problems", _stage(rows), key="made", config={}, inputs={}, versions={}, sources=lambda row: row.source,
        seconds=lambda: 0.0,
    )  # fmt: skip
    for step in screening(recipe, folder, run, workers):
        make(step, run, QUIET)
    kept = [row.id for row in run.read("screened")]
    return kept, {row.id: (row.reason, row.detail) for row in run.dropped("screened")}


def _stage(rows: list[Problem]) -> Any:
    yield from rows
    return {}
