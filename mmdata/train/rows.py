"""The rows of a run as trainers take them: prompt, completion, images."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdata.errors import UserError
from mmdata.prompt import IMAGE
from mmdata.store import Manifest, Run

if TYPE_CHECKING:
    from datasets import Dataset
    from PIL import Image

CACHED = 50_000
"""Decoded small images that are kept: 64 × 64 pixels are 12 KB."""


def counted(run: Run) -> Manifest:
    """What is known of the SFT split. Raises UserError if the run has no SFT rows."""
    manifest = run.manifest("sft")
    if manifest is None or not manifest.rows:
        raise UserError(f"{run.folder} has no SFT rows: build it with `mix.sft` in its recipe")
    return manifest


def sft(run: Run, side: int | None) -> Dataset:
    """The SFT split, rows shown as `{prompt, completion, images}`: messages whose content is a list of parts, and
    decoded RGB images, squared to `side` pixels if that is given. Where no row has an image, there are no `images`, and
    contents are plain texts: what models of text want.

    Raises UserError if the run has no SFT rows.
    """
    import datasets

    manifest = counted(run)
    files = [str(run.folder / "sft" / file["name"]) for file in manifest.files if file["name"].startswith("part-")]
    tables = [datasets.Dataset.from_parquet(file, keep_in_memory=True) for file in files]
    rows = datasets.concatenate_datasets(tables).select_columns(["messages", "images"])
    if not any(len(names) for names in rows["images"]):
        return rows.map(_plain, remove_columns=rows.column_names, keep_in_memory=True)
    picture = lru_cache(maxsize=CACHED if side else 0)(lambda name: opened(run.images.path(name), side))

    def shown(batch: Mapping[str, Any]) -> Mapping[str, Any]:
        split = [_split(messages) for messages in batch["messages"]]
        return {
            "prompt": [prompt for prompt, _ in split],
            "completion": [completion for _, completion in split],
            "images": [[picture(name) for name in names] for names in batch["images"]],
        }

    return rows.with_transform(shown)


def texts(run: Run) -> Iterator[str]:
    """The words of every SFT row, for a tokenizer to learn from."""
    for row in run.read("sft"):
        for message in row.messages:
            yield message["content"].replace(IMAGE, "")


def labelled(run: Run) -> dict[str, dict[str, str]]:
    """By image: the labels that the metadata of the SFT rows' problems give, each under its source, family and name."""
    wanted = {row.problem_id for row in run.read("sft")}
    found: dict[str, dict[str, str]] = {}
    for problem in run.read("screened"):
        if problem.id in wanted and len(problem.images) == 1:
            details = json.loads(problem.metadata)
            # Families are drawn alike; the forms of easy-VQA's questions, its families, are about the same images.
            sort = details.get("family", "")
            for name, value in details.get("labels", {}).items():
                found.setdefault(problem.images[0], {})[f"{problem.source}/{sort}/{name}"] = value
    return found


def opened(path: Path, side: int | None) -> Image.Image:
    """An image file, decoded."""
    from PIL import Image

    with Image.open(path) as image:
        picture = image.convert("RGB")
    return picture.resize((side, side), Image.Resampling.BICUBIC) if side else picture


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"prompt": row["messages"][:-1], "completion": row["messages"][-1:]}


def _split(messages: list[dict[str, str]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shown = parts(messages)
    return shown[:-1], shown[-1:]


def parts(messages: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Messages whose contents are lists of parts, an image's wherever its mark stands."""
    return [{"role": message["role"], "content": _parts(message["content"])} for message in messages]


def _parts(content: str) -> list[dict[str, str]]:
    texts = content.split(IMAGE)
    parts: list[dict[str, str]] = []
    for i, text in enumerate(texts):
        parts += [{"type": "image"}] if i else []
        parts += [{"type": "text", "text": text}] if text else []
    return parts
