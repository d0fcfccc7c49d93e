"""Where real rows are at hand: PuzzleVQA's rows whose question, answer and image are those of another must be found,
and the pictures of all samples must survive beside one another, while copies of them must not."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import screen_found as found
import screen_plant as plant
from PIL import Image
from screen_pictures import COPIES, png

KNOWN = 364
"""Of the 2,000 rows, with their images (declare-lab/LLM-PuzzleTest)."""


def stand_in(shows: str) -> bytes:
    """A picture that nothing has but what shows the same."""
    rng = random.Random(shows)
    small = Image.new("RGB", (12, 12))
    small.putdata([(rng.randrange(256), rng.randrange(256), rng.randrange(256)) for _ in range(144)])
    return png(small.resize((192, 192), Image.Resampling.NEAREST))


def read(folder: Path) -> list[tuple[str, dict[str, Any], bytes]]:
    """Every row: its id, its columns, and its image as far as it is here."""
    files = sorted((folder / "full_json").glob("*.json")) or sorted((folder / "data").glob("*.json"))
    lines = [(path, i, line) for path in files for i, line in enumerate(path.read_text("utf-8").splitlines())]
    rows = [(f"{path.stem}-{i}", json.loads(line)) for path, i, line in lines]
    pictures = [folder / "data" / one["image"] for _, one in rows]
    return [(id, one, p.read_bytes() if p.exists() else b"") for (id, one), p in zip(rows, pictures, strict=True)]


def corpus_of(name: str, rows: list[tuple[str, dict[str, Any], bytes]]) -> plant.Corpus:
    """Rows whose question, answer and image are the same are one problem."""
    made, first = plant.Corpus(name), dict[tuple[str, str, str], str]()
    for id, one, shown in rows:
        options, answer = tuple(map(str, one["options"])), str(one["answer"])
        group = first.setdefault((one["question"], answer, hashlib.sha256(shown).hexdigest()), id)
        letter = "ABCDEFGH"[options.index(answer)] if answer in options else answer
        made.rows.append(plant.Row(id, "", group, group != id, one["question"], letter, shown, options))
    return made


def counted(corpus: plant.Corpus, place: Path, note: str) -> tuple[int, bool]:
    """Print what became of a corpus: how many copies it has; were all of them found, and nothing else?"""
    pairs, run = found.twins_of(corpus, place)
    reasons, groups = found.dropped(run), corpus.groups
    gone = {found.bare(id) for id in reasons}
    kept = Counter(row.group for row in corpus.rows if row.id not in gone)
    copies = sum(row.copy is True for row in corpus.rows)
    # Of a problem one row goes on, whichever it is.
    twice, lost = sum(n - 1 for n in kept.values()), len({*groups.values()} - kept.keys())
    print(f"\nPuzzleVQA, {len(corpus.rows):,} rows {note}: {copies} repeat another's question, answer and image")
    print(f"  left out: {dict(Counter(reasons.values()))}; copies that go on: {twice}; problems lost: {lost}")
    for row in corpus.rows:
        if (twin := pairs.get(row.id)) and groups[twin] != row.group:
            print(f"  {row.id} was taken for {twin}")
    return copies, not twice and not lost


def measured(place: Path, samples: Path) -> bool | None:
    """Print what was found; were all copies, and nothing else? None where the rows are not at hand."""
    if not (samples / "puzzlevqa").is_dir():
        print("\nPuzzleVQA: its rows are not at hand, so its copies are not counted")
        return None
    rows = read(samples / "puzzlevqa")
    here = [row for row in rows if row[2]]
    copies, good = counted(corpus_of("puzzlevqa", here), place, "with their images")
    if len(here) < len(rows):
        standing = [(id, one, stand_in(f"{one['caption']} {one['answer']}")) for id, one, _ in rows]
        note = f"with a stand-in for each caption and answer (with the images {KNOWN})"
        return counted(corpus_of("puzzlevqa-stand-ins", standing), place, note)[1] and good
    return good and copies == KNOWN


def samples_corpus(folder: Path, most: int, rng: random.Random) -> plant.Corpus:
    """So many pictures of the samples, in pairs of neighbours, with the same question and gold, and a copy of each."""
    corpus, seen = plant.Corpus("samples"), dict[str, str]()
    kinds = list(COPIES)
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in (".png", ".jpg", ".jpeg")]
    # Geometry3K has the same diagram again with its points marked.
    paths = [path for path in paths if not path.stem.endswith("_point")]
    step = max(1, len(paths) // most)
    paths = [path for i, path in enumerate(paths) if i // 2 % step == 0]
    for i, path in enumerate(paths):
        image = flattened(Image.open(path))
        id = "-".join(path.relative_to(folder).with_suffix("").parts)
        group = seen.setdefault(hashlib.sha256(str(image.size).encode() + image.tobytes()).hexdigest(), id)
        row = plant.Row(id, "another real picture", group, False, plant.CONSTANT, "yes", path.read_bytes())
        if group == id:
            corpus.first.append(row)
            kind = kinds[i % len(kinds)]
            corpus.rows.append(replace(row, id=f"{id}-copy", kind=kind, copy=True, picture=COPIES[kind](image, rng)))
        else:
            corpus.rows.append(replace(row, kind="same pixels", copy=True))
    return corpus


def flattened(image: Image.Image) -> Image.Image:
    """On white."""
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
