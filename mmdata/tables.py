"""The tables: an explicit Arrow schema for each noun, and the writer of their parts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mmdata.types import Dropped, Example, Judged, Leak, Picture, Problem, Result, Suspect, Trace, Twin

PART_ROWS = 100_000
GROUP_ROWS = 4_096

_TEXTS = pa.list_(pa.string())
_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_STEPS = pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64()), ("text", pa.string()), ("why", pa.string())]))
_SAID = pa.list_(
    pa.struct([
        ("budget", pa.int64()), ("told", pa.bool_()), ("sample", pa.int64()), ("response", pa.string()),
        ("finish_reason", pa.string()), ("tokens", pa.int64()), ("extracted", pa.string()), ("score", pa.float64()),
        ("reason", pa.string()),
    ])
)  # fmt: skip
_ARROW = {
    "str": pa.string(), "str | None": pa.string(), "int": pa.int64(), "float | None": pa.float64(),
    "bytes": pa.binary(), "float": pa.float64(), "tuple[str, ...]": _TEXTS, "tuple[Mapping[str, str], ...]": _MESSAGES,
    "tuple[Mapping[str, Any], ...] | None": _STEPS, "tuple[Mapping[str, Any], ...]": _SAID, "bool": pa.bool_(),
    "int | None": pa.int64(),
}  # fmt: skip


def schema(noun: type[Any]) -> pa.Schema:
    """The Arrow schema of a dataclass: a column a field."""
    return pa.schema([(f.name, _ARROW[str(f.type)]) for f in fields(noun)])


NOUNS: dict[str, type[Any]] = {
    "problems": Problem, "pictures": Picture, "leaks": Leak, "twins": Twin, "screened": Problem,
    "traces": Trace, "blind_traces": Trace, "verdicts": Judged, "suspects": Suspect, "blind_verdicts": Judged,
    "sft": Example, "rl": Example, "eval": Example,
}  # fmt: skip
"""Every table of a run, in the order in which they are made, and the noun that is its row."""
OPTIONAL = ("blind_traces", "suspects", "blind_verdicts")
"""Tables that a finished run need not have: its recipe may not ask for them."""
ROWS: dict[str, type[Any]] = {**NOUNS, "results": Result}
"""Every table there is: `results` is the one of an evaluation's folder, no table of a run."""
SCHEMAS: dict[str, pa.Schema] = {table: schema(noun) for table, noun in ROWS.items()}
DROPPED = schema(Dropped)
TUPLES = {t: {f.name for f in fields(n) if str(f.type).startswith("tuple")} for t, n in ROWS.items()}


class Parts:
    """Rows in, parquet parts out: bounded row groups, a new file every `PART_ROWS`; no rows, still one file."""

    def __init__(self, folder: Path, schema: pa.Schema, stem: str = "part") -> None:
        self.folder, self.schema, self.stem = folder, schema, stem
        self.files: list[Mapping[str, Any]] = []
        self._pending: list[Any] = []
        self._writer: pq.ParquetWriter | None = None
        self._path = folder
        self._rows = 0

    def __enter__(self) -> Parts:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._flush()
            if self._writer is None and not self.files:
                self._open()
            self._close()
        elif self._writer is not None:
            self._writer.close()

    def add(self, row: Any) -> None:
        self._pending.append(row)
        if len(self._pending) == GROUP_ROWS:
            self._flush()
            if self._rows >= PART_ROWS and self.stem == "part":
                self._close()

    def _open(self) -> None:
        name = f"part-{len(self.files):05d}" if self.stem == "part" else self.stem
        self._path, self._rows = self.folder / f"{name}.parquet", 0
        self._writer = pq.ParquetWriter(self._path, self.schema, compression="zstd", write_page_index=True)

    def _flush(self) -> None:
        if self._pending:
            if self._writer is None:
                self._open()
            columns = [_column([getattr(row, f.name) for row in self._pending], f.type) for f in self.schema]
            assert self._writer is not None
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self.schema))
            self._rows += len(self._pending)
            self._pending.clear()

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            with self._path.open("rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
            size = self._path.stat().st_size
            self.files.append({"name": self._path.name, "rows": self._rows, "bytes": size, "sha256": digest})


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """A place to write a file at, put where it belongs when all went well, else removed: it is there whole or not at
    all. What is no ordinary file (a pipe, a terminal) is written to as it is."""
    if path.exists() and not path.is_file():
        yield path
        return
    place = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield place
        place.replace(path)
    finally:
        place.unlink(missing_ok=True)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array([encodable(v) for v in values], kind)


def encodable(value: Any) -> Any:
    """Lone surrogates, which a hostile reply or a broken file may hold, have no UTF-8 form: they become `?`."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, tuple):
        return tuple(encodable(v) for v in value)
    if isinstance(value, Mapping):
        return {k: encodable(v) for k, v in value.items()}
    return value
