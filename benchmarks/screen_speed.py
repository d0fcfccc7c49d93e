"""How fast screening is and what it takes, beside datasketch and imagehash doing the same job in the same run."""

from __future__ import annotations

import json
import random
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import measure
import screen_found as found
import screen_plant as plant
import screen_words as words
from screen_pictures import png

RIVAL_TEXTS, RIVAL_IMAGES = 20_000, 2_000
"""What the libraries get at most: rates are compared."""
COPIES = 0.1
"""Share of the texts that say again what an earlier one says."""


def texts(count: int, rng: random.Random) -> Iterator[words.Words]:
    """Short word problems, some of them copies of a recent one."""
    recent: list[words.Words] = []
    changes = list(words.COPIES.values())
    for i in range(count):
        made = None
        if recent and rng.random() < COPIES:
            made = rng.choice(changes)(rng.choice(recent), rng)
        if made is None:
            made = words.told(
                i % len(words.STORIES), (rng.randint(21, 9_999), rng.randint(3, 999), rng.randint(2, 99)), rng
            )
            recent = [*recent[-500:], made]
        yield made


def write_texts(count: int, path: Path) -> None:
    """The same texts for the same count, as the source `files` reads them."""
    with path.open("w", encoding="utf-8") as file:
        for i, made in enumerate(texts(count, random.Random(1))):
            row = plant._worded(f"t{i}", "", "", None, made)
            line = {"id": row.id, "question": row.question, "answer": row.answer, "choices": list(row.choices)}
            file.write(json.dumps(line | {"images": []}) + "\n")


def write_images(count: int, folder: Path, each: int) -> None:
    """So many PNG files, all different, though only as many different pictures as there are figures."""
    folder.mkdir()
    shown = [png(one.image) for one in plant.every_figure(each)]
    for i in range(count):
        body = b"tEXt" + b"n\0" + str(i).encode()
        note = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        whole = shown[i % len(shown)]
        (folder / f"{i:07d}.png").write_bytes(whole[:-12] + note + whole[-12:])


def screened(place: Path, name: str, file: str) -> tuple[measure.Measured, dict[str, float]]:
    """Screening alone, of rows that are collected already: what it took, and the seconds of each table."""
    recipe = found.recipe(place, name, [found.source("own", file)])
    found.build(recipe, f"run-{name}", stage="collect")
    took = found.build(recipe, f"run-{name}")
    paths = (place / f"run-{name}").glob("*/manifest.json")
    return took, {path.parent.name: json.loads(path.read_text())["seconds"] for path in paths}


def rival(place: Path, job: str, what: Path) -> tuple[measure.Measured, float]:
    """A library at the same job, in a process of its own: what it took, and its seconds without its start."""
    script = Path(__file__).with_name("screen_libraries.py")
    took = measure.run((sys.executable, script, job, what), place)
    return took, float(json.loads((place / "measured.log").read_text().splitlines()[-1])["seconds"])


def measured(place: Path, text_rows: int, images: int, each: int) -> list[tuple[str, bool]]:
    """Print the table; what was aimed at, and whether it was reached."""
    write_texts(text_rows, place / "texts.jsonl")
    took, seconds = screened(place, "texts", "texts.jsonl")
    whole = sum(seconds[t] for t in ("pictures", "leaks", "twins", "screened"))
    lines = [
        ("texts: mmdata, twins alone", f"{text_rows:,}", f"{text_rows / seconds['twins']:,.0f}", f"{took.tree_mb:,.0f}",
         f"{seconds['twins']:.1f}"),
        ("texts: mmdata, all of screen", f"{text_rows:,}", f"{text_rows / whole:,.0f}", f"{took.tree_mb:,.0f}",
         f"{whole:.1f}"),
    ]  # fmt: skip
    ours = text_rows / seconds["twins"]
    fewer = min(text_rows, RIVAL_TEXTS)
    write_texts(fewer, place / "fewer.jsonl")
    took, spent = rival(place, "texts", place / "fewer.jsonl")
    theirs = fewer / spent
    lines.append(
        ("texts: datasketch MinHashLSH", f"{fewer:,}", f"{theirs:,.0f}", f"{took.tree_mb:,.0f}", f"{spent:.1f}")
    )

    write_images(images, place / "shown", each)
    with (place / "images.jsonl").open("w") as file:
        for i in range(images):
            line = {"id": f"i{i}", "question": f"What is it, number {i}?", "answer": str(i), "choices": []}
            file.write(json.dumps(line | {"images": [f"shown/{i:07d}.png"]}) + "\n")
    took, seconds = screened(place, "images", "images.jsonl")
    seen = images / seconds["pictures"]
    lines.append(("images: mmdata, pictures", f"{images:,}", f"{seen:,.0f}", f"{took.tree_mb:,.0f}",
                  f"{seconds['pictures']:.1f}"))  # fmt: skip
    fewer = min(images, RIVAL_IMAGES)
    if fewer < images:
        for path in sorted((place / "shown").iterdir())[fewer:]:
            path.unlink()
    took, spent = rival(place, "images", place / "shown")
    lines.append(("images: imagehash.phash, 2 processes", f"{fewer:,}", f"{fewer / spent:,.0f}", f"{took.tree_mb:,.0f}",
                  f"{spent:.1f}"))  # fmt: skip
    found.table("Speed with two workers. MiB: peak of all its processes. mmdata also checks, converts and writes",
                ("job", "", "rows", "a second", "MiB", "seconds"), [(a, "", *rest) for a, *rest in lines])  # fmt: skip
    return [
        (f"texts: {ours / theirs:.1f} × datasketch's rate", ours >= theirs),
        (f"images: {seen * spent / fewer:.1f} × imagehash's rate", seen * spent >= fewer),
    ]
