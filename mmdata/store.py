"""A run's folder: tables in parquet parts, dropped rows with their reasons, a manifest written last, reuse by key.

A folder without a manifest does not exist. A table is written beside its place, its manifest last, and renamed into
place as a whole; whatever a killed build left half-written is removed by the next one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mmdata.errors import StoreError
from mmdata.images import ImageStore
from mmdata.tables import DROPPED, NOUNS, ROWS, SCHEMAS, TUPLES, Parts
from mmdata.types import Dropped, Example, Judged, Leak, Picture, Problem, Result, Suspect, Trace, Twin

Row = Problem | Picture | Leak | Twin | Trace | Judged | Suspect | Example | Result
Notes = dict[str, Any]
Stage = Generator[Row | Dropped, None, Notes]
"""What a stage is: it yields rows or Dropped and returns notes for its manifest."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What is known of a finished table."""

    table: str
    """Which table."""
    key: str
    """Hash of everything that decides the rows."""
    config: Mapping[str, Any]
    """The stage's own section of the recipe."""
    inputs: Mapping[str, str]
    """Digest of each table that was read."""
    rows: int
    """Rows in the parts."""
    by_source: Mapping[str, int]
    """Rows per source."""
    dropped: Mapping[str, int]
    """Dropped rows by reason."""
    files: tuple[Mapping[str, Any], ...]
    """`{name, rows, bytes, sha256}` of each file, dropped.parquet included."""
    versions: Mapping[str, Any]
    """Of the code that decided the rows."""
    seconds: float
    """How long it took."""
    notes: Notes = field(default_factory=dict)
    """What else the stage has to say: who answered, what was asked again, …"""

    @property
    def digest(self) -> str:
        """Hash of the rows: the same rows have the same digest, however they came about."""
        return _hash([[f["name"], f["sha256"]] for f in self.files if f["name"] != "dropped.parquet"])


def key_of(stage: str, config: Mapping[str, Any], inputs: Mapping[str, str], versions: Mapping[str, Any]) -> str:
    """The key of a table: same key, same rows."""
    return _hash([stage, config, inputs, versions])


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


class Run:
    """A run's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.images = ImageStore(folder / "images")

    @property
    def requests(self) -> Path:
        """The request log: every finished request."""
        return self.folder / "requests.sqlite"

    @property
    def judgements(self) -> Path:
        """The judge's log: every reply that it gave."""
        return self.folder / "judgements.sqlite"

    @contextmanager
    def locked(self, what: str = "run", work: str = "build") -> Iterator[None]:
        """Hold the folder against other builds; the system lets go of it when the process ends, however it ends.
        `what` the folder is and which `work` holds it are for messages.

        Raises StoreError if another build holds it.
        """
        option = "--run" if what == "run" else "--out"
        self.folder.mkdir(parents=True, exist_ok=True)
        if not any((self.folder / mark).exists() for mark in (".lock", "recipe.yaml")) and any(self.folder.iterdir()):
            raise StoreError(f"{self.folder} is not empty and is no {what}: choose another folder with {option}")
        with (self.folder / ".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise StoreError(
                    f"another {work} is writing to {self.folder}: wait for it, or use {option} for another folder"
                ) from None
            leftovers = [self.folder / f"{table}.{end}" for table in ROWS for end in ("partial", "old")]
            for leftover in (*leftovers, self.images.aside):
                shutil.rmtree(leftover, ignore_errors=True)
            yield

    def keep(self, tables: Set[str]) -> None:
        """Remove every table but these, and the pages that were made with it; images and the request log stay."""
        gone = [table for table in NOUNS.keys() - tables if self.manifest(table) is not None]
        for table in gone:
            shutil.rmtree(self.folder / table)
        if gone:
            self.drop_pages()

    def drop_pages(self) -> None:
        """Remove the report and the card: they tell of tables that are about to change."""
        for page in ("report.html", "card.md"):
            (self.folder / page).unlink(missing_ok=True)

    def whole(self, manifest: Manifest) -> bool:
        """Whether every file of a table is there, in its size."""
        paths = [(self.folder / manifest.table / f["name"], f.get("bytes")) for f in manifest.files]
        return all(path.is_file() and path.stat().st_size == size for path, size in paths)

    def manifest(self, table: str) -> Manifest | None:
        """The manifest of a finished table, or None if there is none.

        Raises StoreError if it cannot be read.
        """
        path = self.folder / table / "manifest.json"
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            return Manifest(**{**raw, "files": tuple(raw["files"])})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError(f"{path} is damaged ({error}): remove the folder {path.parent} and build again") from None

    def need(self, table: str) -> Manifest:
        """The manifest of a table that must be there.

        Raises StoreError if it is not.
        """
        found = self.manifest(table)
        if found is None:
            raise StoreError(f"{self.folder} has no {table}: build the run first")
        return found

    def read(self, table: str, columns: list[str] | None = None) -> Iterator[Any]:
        """The rows of a table, in order, as their noun; with `columns`, as plain tuples of those columns."""
        noun, tuples = ROWS[table], TUPLES[table]
        for batch in self._batches(table, columns):
            if columns is not None:
                yield from zip(*(batch.column(c).to_pylist() for c in columns), strict=True)
                continue
            data = {name: batch.column(name).to_pylist() for name in batch.schema.names}
            for name in tuples & data.keys():  # a table of an older version may lack one
                data[name] = [v if v is None else tuple(v) for v in data[name]]
            names = list(data)
            for values in zip(*data.values(), strict=True):
                # The rows of a frozen dataclass without checks of its own: its __init__ would take most of the time.
                row = object.__new__(noun)
                row.__dict__.update(zip(names, values, strict=True))
                yield row

    def _batches(self, table: str, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
        for part in sorted((self.folder / table).glob("part-*.parquet")):
            try:
                with pq.ParquetFile(part) as parquet:
                    yield from parquet.iter_batches(batch_size=1024, columns=columns)
            except pa.ArrowException as error:
                raise StoreError(f"{part} is damaged ({error}): remove {part.parent} and build again") from None

    def dropped(self, table: str) -> Iterator[Dropped]:
        """The rows that this table's stage dropped."""
        path = self.folder / table / "dropped.parquet"
        if path.exists():
            with pq.ParquetFile(path) as parquet:
                for batch in parquet.iter_batches(batch_size=1024):
                    yield from (Dropped(**row) for row in batch.to_pylist())

    def write(
        self, table: str, stage: Stage, *, key: str, config: Mapping[str, Any], inputs: Mapping[str, str],
        versions: Mapping[str, Any], sources: Any, seconds: Any,
    ) -> Manifest:  # fmt: skip
        """Run a stage to its end and put its rows where they belong, all or nothing.

        `sources(row)` names a row's source; `seconds()` is asked at the end how long it took.
        """
        partial = self.folder / f"{table}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        by_source: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        with Parts(partial, SCHEMAS[table]) as parts, Parts(partial, DROPPED, "dropped") as drops:
            while True:
                try:
                    row = next(stage)
                except StopIteration as end:
                    notes: Notes = end.value or {}
                    break
                if isinstance(row, Dropped):
                    drops.add(row)
                    reasons[row.reason] += 1
                else:
                    parts.add(row)
                    by_source[sources(row)] += 1
        manifest = Manifest(
            table=table, key=key, config=config, inputs=inputs, rows=by_source.total(),
            by_source=dict(sorted(by_source.items())), dropped=dict(sorted(reasons.items())),
            files=(*parts.files, *drops.files), versions=versions, seconds=round(seconds(), 3), notes=notes,
        )  # fmt: skip
        aside = partial / "manifest.json.partial"
        aside.write_text(json.dumps(asdict(manifest), indent=1, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        aside.replace(partial / "manifest.json")
        self._swap(partial, self.folder / table)
        return manifest

    def _swap(self, new: Path, place: Path) -> None:
        """Put a whole folder in place; a build killed in between finds no table there and makes it again."""
        old = place.with_name(f"{place.name}.old")
        if place.exists():
            place.rename(old)
        new.rename(place)
        shutil.rmtree(old, ignore_errors=True)
