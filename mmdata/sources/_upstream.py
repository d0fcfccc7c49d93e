"""What the adapters of published data sets share: where the files are, their rows, their images, and a Problem made of
what an adapter read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from mmdata.errors import SourceError
from mmdata.sources import Where, dropped
from mmdata.sources._archive import Archive
from mmdata.sources._readers import READERS
from mmdata.sources._tree import Folder, Repository, Tree, commit, first
from mmdata.sources._values import BadValue, unmarked
from mmdata.types import Card, Draft, Dropped, Problem

Row = Mapping[str, Any]
PARQUET = (
    "{config}/{split}-*.parquet", "{config}/{split}/*.parquet", "{config}/{split}.parquet",
    "data/{split}-*.parquet", "{split}-*.parquet", "data/{split}.parquet", "{split}.parquet",
)  # fmt: skip
"""Where the Hub's parquet files of a split usually lie, a configuration's own folder before what all may share."""


class Place(BaseModel):
    """Where a published data set is read from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str | None = Field(
        default=None, min_length=1, description="A local copy in the original layout, from the recipe; else the Hub."
    )
    revision: str | None = Field(
        default=None, min_length=1, description="A commit, tag or branch on the Hub; main by default, pinned by commit."
    )
    config: str = Field(default="", description="Which of the data set's configurations, where it has several.")


@dataclass(frozen=True, kw_only=True)
class Read:
    """What an adapter made of one upstream row."""

    id: str
    """Unique within the split, stable."""
    question: str
    """Image marks in it are removed."""
    answer: str
    kind: str
    """Which verifier judges the answer."""
    choices: tuple[str, ...] = ()
    images: tuple[bytes | Path, ...] = ()
    caption: str | None = None
    domain: str = ""
    """By default the card's."""
    family: str = ""
    solutions: tuple[str, ...] = ()
    """Whole responses, reasoning and answer."""
    license: str = ""
    """By default the card's."""
    metadata: Mapping[str, Any] = field(default_factory=dict)


def version(options: Place, base: Path, repo: str) -> str:
    """The commit of the Hub's repository, or a hash of the local copy."""
    if options.path is not None:
        return Folder(base / options.path, options.path).revision()
    if not repo:
        raise SourceError("this data set is not on the Hub: download it and set the option path")
    return commit(repo, options.revision)


def tree(where: Where, repo: str) -> Tree:
    """The data set's files."""
    options: Place = where.options
    if options.path is not None:
        return Folder(where.base / options.path, options.path)
    return Repository(repo, where.revision, where.limit)


def table(where: Where, files: Tree, *patterns: str) -> Iterator[Row]:
    """Rows of the files that the first fitting pattern finds, as {index, columns} or {index, bad: (reason, detail)}.

    `{split}` and `{config}` stand for the recipe's words. Raises SourceError naming what was found if nothing fits.
    """
    wanted = [p.format(split=where.split, config=where.options.config) for p in patterns]
    index = 0
    for name in first(files, [p for p in wanted if not p.startswith("/")]):
        kind = PurePosixPath(name).suffix[1:]
        try:
            with files.open(name) as file:
                for columns in READERS[kind](file, name):
                    broken = isinstance(columns, tuple)
                    yield {"index": index, "bad": columns} if broken else {"index": index, "columns": columns}
                    index += 1
        except (OSError, ValueError) as error:
            raise SourceError(f"{files.place}: {name} cannot be read: {' '.join(str(error).split())[:200]}") from None


def entries(files: Tree, name: str) -> Iterator[Row]:
    """Rows of a JSON document that is one object of objects, `{id: {…}, …}`: {index, key, columns}. Read whole."""
    with files.open(name) as file:
        try:
            whole = json.load(file)
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{files.place}: {name} is not JSON: {error}") from None
    if not isinstance(whole, dict):
        raise SourceError(f"{files.place}: {name} is a {type(whole).__name__}, not an object of objects")
    for index, (key, columns) in enumerate(whole.items()):
        found = {"columns": columns} if isinstance(columns, dict) else {"bad": ("bad_json", f"{key} is no object")}
        yield {"index": index, "key": key, **found}


class Pictures:
    """The images that rows name by path: loose files below one of the folders, or members of an archive."""

    def __init__(self, files: Tree, folders: Sequence[str] = ("",), archives: Sequence[str] = ()) -> None:
        self._files, self._folders, self._patterns = files, folders, archives
        self._archives: list[Archive] | None = None
        self._open = ExitStack()

    def __enter__(self) -> Pictures:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def get(self, name: str) -> bytes | Path:
        """Raises BadValue where the image is in none of the places."""
        name, missing = name.strip().removeprefix("./"), BadValue("image_missing", name)
        if not name:
            raise missing
        # Once an archive had to be opened, most images will be in it.
        if (found := _member(self._archives or (), name)) is not None:
            return found
        for folder in self._folders:
            try:
                return self._files.image(f"{folder}/{name}" if folder else name)
            except BadValue as bad:
                missing = bad
        if (found := _member(self._opened(), name)) is not None:
            return found
        raise missing

    def _opened(self) -> list[Archive]:
        """The archives of the first pattern that fits, opened when the first image is not a loose file."""
        if self._archives is None:
            self._archives = []
            for pattern in self._patterns:
                names = self._files.find(pattern)
                # Parts of one file stand in order; other files are archives of their own.
                groups = [names] if ".part" in pattern and names else [[name] for name in names]
                for group in groups:
                    archive = Archive(self._files, group)
                    self._open.callback(archive.close)
                    self._archives.append(archive)
                if groups:
                    break
        return self._archives


def _member(archives: Sequence[Archive], name: str) -> bytes | None:
    return next((archive.read(name) for archive in archives if name in archive), None)


def with_images(rows: Iterator[Row], pictures: Pictures, names: Callable[[Row], Sequence[str]]) -> Iterator[Row]:
    """The rows with `images` fetched by the names that a function finds in the columns."""
    with pictures:
        for row in rows:
            if "bad" in row:
                yield row
                continue
            try:
                yield {**row, "images": tuple(pictures.get(name) for name in names(row["columns"]))}
            except BadValue as bad:
                yield {**row, "bad": (bad.reason, bad.detail)}


def pick(columns: Row, *names: str, place: str = "") -> Any:
    """The value of the first of the columns that the row has. Raises SourceError naming those found if it has none."""
    for name in names:
        if name in columns:
            return columns[name]
    found = ", ".join(map(str, list(columns)[:30]))
    raise SourceError(f"{place}: there is no column {' or '.join(names)}; found: {found}")


def problem_of(row: Row, where: Where, card: Card, read: Callable[[Row, Where], Read]) -> Draft | Dropped:
    """The problem in a row that `table` gave. `read` turns its columns (and `images`, `index`) into a Read, and raises
    BadValue for a row that is of no use."""
    fallback = f"{where.split}-{row['index']:08d}"
    if "bad" in row and "columns" not in row:
        return dropped(where, fallback, *row["bad"])
    try:
        if "bad" in row:
            raise BadValue(*row["bad"])
        found = read(row, where)
    except BadValue as bad:
        return dropped(where, _utf8(fallback), bad.reason, _utf8(bad.detail))
    question = unmarked(found.question)
    metadata = json.dumps(dict(found.metadata), sort_keys=True, ensure_ascii=False) if found.metadata else "{}"
    texts = (found.id, question, found.answer, found.caption or "", found.domain, found.family, found.license, metadata)
    said = "\0".join((*texts, *found.choices, *found.solutions))
    if _utf8(said) != said:
        return dropped(where, _utf8(found.id), "bad_encoding", "a text is not valid Unicode")
    return Draft(
        problem=Problem(
            id=f"{where.name}/{found.id}", source=where.name, upstream_id=found.id, revision=where.revision,
            split=where.split, question=question, choices=found.choices, answer=found.answer, answer_kind=found.kind,
            caption=found.caption or None, domain=found.domain or card.domain, family=found.family,
            solutions=found.solutions, license=found.license or card.license,
            metadata=metadata,
        ),
        images=found.images,
    )  # fmt: skip


def _utf8(text: str) -> str:
    """The text with what cannot be written as UTF-8 (half a surrogate pair) replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
