"""A corpus of made problems put through the screen's own steps."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console

from mmdata.build import make
from mmdata.progress import Shown
from mmdata.recipe import Recipe
from mmdata.screen import screening
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


def put(folder: Path, image: bytes | Image.Image, form: str = "PNG", **how: Any) -> str:
    """Store an image in a run's folder; its name."""
    if isinstance(image, Image.Image):
        out = io.BytesIO()
        image.save(out, form, **how)
        image = out.getvalue()
    return Run(folder).images.put(image)


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
