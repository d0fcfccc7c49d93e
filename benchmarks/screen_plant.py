"""What `screen.py` plants: rows of which it is known whether one repeats another, in folders that the source `files`
reads. Nothing here knows how screening works."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import screen_pictures as pictures
import screen_words as words
from PIL import Image

from mmdata import figures

CONSTANT = "Which option describes the picture best?"
"""The question of every row where only pictures may tell."""

COLOURED = ("counting", "dice", "grid", "pattern")
"""Families whose questions are about colours."""
EDITED = ("one value changed", "one colour changed")


@dataclass(frozen=True)
class Row:
    """A planted row."""

    id: str
    kind: str
    """What was done to it, for people."""
    group: str
    """Rows of one group are the same problem; the row that it was made from is in it too, if it is a copy."""
    copy: bool | None
    """Must it be found, or must it survive? None: either can be defended, so it is told and not judged."""
    question: str
    answer: str
    picture: bytes = b""
    choices: tuple[str, ...] = ()


@dataclass
class Corpus:
    """Rows, and what a row can be found to repeat."""

    name: str
    first: list[Row] = field(default_factory=list)
    """What the others were made from: the source that wins, or the benchmark."""
    rows: list[Row] = field(default_factory=list)

    @property
    def groups(self) -> dict[str, str]:
        """Id → group."""
        return {row.id: row.group for row in (*self.first, *self.rows)}


@dataclass(frozen=True)
class Figure:
    """A figure, and one question about it."""

    key: figures.Key
    image: Image.Image
    question: figures.Question
    caption: str

    @property
    def name(self) -> str:
        return f"{self.key.family}-{self.key.level}-{self.key.index}"


@cache
def figure(family: str, level: int, index: int) -> Figure:
    """Drawn once."""
    key = figures.Key(family=family, level=level, index=index, split="bench")
    scene, forms = figures.scene(key), figures.forms(family, level)
    module = figures.load(family)
    question = figures.question(key, scene, forms[index % len(forms)])
    return Figure(key, module.draw(scene).image, question, module.caption(scene))


def every_figure(each: int, start: int = 0) -> Iterator[Figure]:
    """So many of each family, levels in turn; none has the caption of another."""
    for family in figures.names():
        captions = set[str]()
        for i in range(start, start + each):
            one = figure(family, 1 + i % 3, i)
            if one.caption not in captions:
                captions.add(one.caption)
                yield one


@cache
def look_alikes(key: figures.Key) -> tuple[tuple[str, Image.Image], ...]:
    """Pictures that are nearly that of a figure and show something else."""
    image, rng = figure(key.family, key.level, key.index).image, key.rng("look-alike")
    found = [(EDITED[0], pictures.one_value_changed(key, image, rng))]
    if key.family in COLOURED:
        found.append((EDITED[1], pictures.one_colour_changed(image, rng)))
    return tuple((kind, other) for kind, other in found if other is not None)


def easy_pictures(count: int) -> list[Image.Image]:
    """Of the data set easy_vqa: one shape each, of a few kinds and colours, wherever it lies."""
    import easy_vqa

    folder = Path(easy_vqa.__file__).parent / "data" / "train" / "images"
    return [Image.open(folder / f"{i}.png").convert("RGB") for i in range(count)]


def near_pictures(each: int, rng: random.Random) -> Corpus:
    """Copies of figures and what looks like them. Question and gold are the same in all: only the pictures tell."""
    corpus, kinds = Corpus("pictures"), list(pictures.COPIES)
    for at, one in enumerate(every_figure(each)):
        plain: Mapping[str, Any] = {"question": CONSTANT, "answer": "yes"}
        corpus.first.append(Row(one.name, "another figure", one.name, False, **plain, picture=pictures.png(one.image)))
        for k in range(4):
            kind = kinds[(4 * at + k) % len(kinds)]
            copy = pictures.COPIES[kind](one.image, rng)
            corpus.rows.append(Row(f"{one.name}-{k}", kind, one.name, True, **plain, picture=copy))
        for k, (kind, image) in enumerate(look_alikes(one.key)):
            id = f"{one.name}-like{k}"
            corpus.rows.append(Row(id, kind, id, False, **plain, picture=pictures.png(image)))
    for kind, images in (("frames of a puzzle", pictures.frames(40, rng)), ("easy_vqa's pictures", easy_pictures(150))):
        for i, image in enumerate(images):
            id = f"{kind.split()[0]}-{i}"
            corpus.rows.append(Row(id, kind, id, False, **plain, picture=pictures.png(image)))
    return corpus


def _worded(id: str, kind: str, group: str, copy: bool | None, made: words.Words) -> Row:
    """A row without a picture."""
    answer = "ABCD"[made.options.index(made.gold)] if made.gold in made.options else made.gold
    if made.options and made.gold not in made.options:  # its options are labelled
        answer = next(
            letter for letter, text in zip("ABCD", made.options, strict=False) if text.endswith(f" {made.gold}")
        )
    return Row(id, kind, group, copy, made.text, answer, choices=made.options)


def near_words(count: int, rng: random.Random) -> Corpus:
    """Word problems, each said otherwise in two ways, and two that only look like it."""
    corpus, made = Corpus("words"), Counter[str]()
    bases = words.bases(count, rng)
    # What is made of one must not happen to be another.
    taken = {base.text for base in bases}
    for i, base in enumerate(bases):
        corpus.first.append(_worded(f"w{i}", "another problem", f"w{i}", False, base))
        tables = (words.COPIES, 2, True), (words.NUMBERS, 1, False), (words.TURNED, 1, False)
        for changes, most, copy in tables:
            done = 0
            # The kinds that came up least so far first: few problems allow some of them.
            for kind in sorted(changes, key=lambda name: (made[name], name)):
                if done < most and (found := changes[kind](base, rng)) and found != base:
                    if not copy and found.text in taken:
                        continue
                    taken.add(found.text)
                    id = f"w{i}-{kind.replace(' ', '-').replace(',', '')}"
                    corpus.rows.append(_worded(id, kind, f"w{i}" if copy else id, copy, found))
                    made[kind] += 1
                    done += 1
    return corpus


def constant_family(rng: random.Random) -> Corpus:
    """100 rows with one question; pictures and answers vary."""
    corpus = Corpus("family")
    asked = "What is the missing number of the part denoted with a question mark?"
    for i, (image, gold) in enumerate(pictures.puzzles(100, rng)):
        corpus.rows.append(Row(f"p{i}", "one question", f"p{i}", False, asked, gold, picture=pictures.png(image)))
    return corpus


SAME_PICTURE = "same picture, another question"


def leaks(each: int, count: int, rng: random.Random) -> Corpus:
    """A benchmark of figures and word problems, and a corpus that holds some of it."""
    corpus = Corpus("leaks")
    shown = list(every_figure(each))
    known = {one.caption for one in shown}
    for at, one in enumerate(shown):
        corpus.first.append(_asked(one.name, "", one.name, None, one, pictures.png(one.image)))
        corpus.rows += [*_taken(one, at, rng), *_alike(one, known)]
    frames, puzzles = pictures.frames(50, rng), [image for image, _ in pictures.puzzles(50, rng)]
    for name, images in (("frame", frames), ("puzzle", puzzles)):
        for i, image in enumerate(images):
            row = Row(
                f"{name}-{i}", "", f"{name}-{i}", None, f"Which {name} comes next?", str(i % 7), pictures.png(image)
            )
            held, other = i < 15, f"another {name} of the benchmark's kind"
            (corpus.first if held else corpus.rows).append(row if held else replace(row, kind=other, copy=False))
    worded = near_words(count, rng)
    corpus.first += worded.first
    for row in worded.rows:
        # Who changes one word of a benchmark's question has still taken it from there.
        copy = None if row.kind in words.TURNED else row.copy
        corpus.rows.append(replace(row, kind=f"text: {row.kind}", copy=copy))
    return corpus


def _asked(id: str, kind: str, group: str, copy: bool | None, of: Figure, picture: bytes) -> Row:
    """A row with the question of a figure."""
    asked = of.question
    return Row(id, kind, group, copy, asked.text, asked.answer, picture, asked.choices)


def _taken(one: Figure, at: int, rng: random.Random) -> Iterator[Row]:
    """What was taken from a benchmark's figure."""
    changes = {**pictures.COPIES, **pictures.TURNED, **pictures.CROPPED}
    for k in range(4):
        kind = list(changes)[(4 * at + k) % len(changes)]
        yield _asked(f"{one.name}-{k}", kind, one.name, True, one, changes[kind](one.image, rng))
    other, shown = "What does the picture show in its upper half?", pictures.png(one.image)
    yield Row(f"{one.name}-asked", SAME_PICTURE, one.name, True, other, "a part of it", shown)


def _alike(one: Figure, known: Container[str]) -> Iterator[Row]:
    """What is like a benchmark's figure, and is not in it."""
    for k, (kind, image) in enumerate(look_alikes(one.key)):
        # Who changes a benchmark's picture has still taken it from there.
        id = f"{one.name}-like{k}"
        yield _asked(id, f"{kind}, same question", id, None, one, pictures.png(image))
    for k, kind in enumerate(("another picture, same question", "another picture, own question")):
        more = figure(one.key.family, one.key.level, one.key.index + 3_000 * (1 + k))
        if more.caption not in known:
            id = f"{one.name}-other{k}"
            yield _asked(id, kind, id, False, more if k else one, pictures.png(more.image))


def write(rows: list[Row], place: Path) -> None:
    """A JSONL file, and a folder of pictures beside it, named without an ending: what they are shows by content."""
    folder = place.parent / f"{place.stem}-pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with place.open("w", encoding="utf-8") as file:
        for row in rows:
            line: dict[str, Any] = {"id": row.id, "question": row.question, "answer": row.answer}
            line |= {"choices": list(row.choices), "images": []}
            if row.picture:
                (folder / row.id).write_bytes(row.picture)
                line["images"] = [f"{folder.name}/{row.id}"]
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
