"""An index of benchmarks: what a corpus is searched for, as hashes alone. No word, option or gold is in it, and of
images only what is left of them in 28² cells of 16 greys.

A parquet file, a row a benchmark question: 32-bit hashes of its shingles and numbers, 64-bit hashes of its question and
of question and options together, and of each of its images a look and a thumbnail (see
`looks`, `crops`), one after the other. Who is covered, at which revision, stands in the file's metadata.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mmdata.errors import UserError
from mmdata.screen import crops, looks
from mmdata.screen.wording import NUMBERED, canonical, freer, hash32, numbers, options_of, shingles, wording_key, words
from mmdata.tables import aside
from mmdata.types import Problem

FORMAT = "mmdata benchmark index 2"
PACKAGED = Path(__file__).parents[1] / "benchmarks.parquet"
"""The index that comes with the package."""
_HASHES = pa.list_(pa.uint32())
SCHEMA = pa.schema(
    [
        ("benchmark", pa.dictionary(pa.int16(), pa.string())), ("id", pa.string()), ("question", pa.uint64()),
        ("wording", pa.uint64()), ("words", pa.uint16()), ("shingles", _HASHES), ("numbers", _HASHES),
        ("images", pa.uint16()), ("looks", pa.list_(pa.binary())),
    ]
)  # fmt: skip
"""`words`: of the question. `images`: how many the benchmark shows; `looks` may be fewer, where some were not there."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is compared of one question, of a benchmark or of a corpus."""

    question: int
    """64-bit hash of its canonical wording."""
    wording: int
    """The same with its options, in any order."""
    words: int
    """How many the question has."""
    shingles: NDArray[np.uint32]
    """Hashes of the question's shingles, sorted, each once."""
    numbers: NDArray[np.uint32]
    """Hashes of the question's numbers, sorted, each once."""

    @classmethod
    def of(cls, problem: Problem) -> Entry:
        """Of a problem."""
        text = canonical(problem.question)
        return cls(
            question=wording_key(text), wording=wording_key(text, options_of(problem)),
            words=min(words(text), 65_535), shingles=np.unique(shingles(text).astype(np.uint32)),
            numbers=np.unique(np.array([hash32(n) for n in numbers(text)], np.uint32)),
        )  # fmt: skip


def write(
    path: Path, rows: Iterable[tuple[str, str, Entry, int, Sequence[bytes]]], covers: Sequence[Mapping[str, Any]]
) -> int:
    """Write an index whole or not at all; returns its number of rows.

    rows: `(benchmark, id, entry, images, looks)`. covers: what is in it, by benchmark, for people and the manifest.
    """
    metadata = {b"format": FORMAT.encode(), b"looks": looks.VERSION.encode()}
    columns: list[list[Any]] = [[] for _ in SCHEMA]
    count = 0
    with aside(path) as place, pq.ParquetWriter(place, SCHEMA.with_metadata(metadata), compression="zstd") as writer:

        def flush() -> None:
            arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA.with_metadata(metadata)))
            for column in columns:
                column.clear()

        for benchmark, id, entry, images, seen in rows:
            values = (
                benchmark, id, entry.question, entry.wording, entry.words, entry.shingles, entry.numbers, images,
                list(seen),
            )  # fmt: skip
            for column, value in zip(columns, values, strict=True):
                column.append(value)
            count += 1
            if len(columns[0]) == 4_096:
                flush()
        flush()
        writer.add_key_value_metadata({"covers": json.dumps(list(covers), sort_keys=True)})
    return count


def covers(path: Path) -> list[dict[str, Any]]:
    """What an index covers: by benchmark its rows, images, revision, …

    Raises UserError if the file is no index that this version can read.
    """
    return _opened(path)[1]


def _opened(path: Path) -> tuple[pa.Table, list[dict[str, Any]]]:
    try:
        with pq.ParquetFile(path) as file:
            said = {k.decode(): v.decode() for k, v in (file.metadata.metadata or {}).items() if k != b"ARROW:schema"}
            if said.get("format") != FORMAT or said.get("looks") != looks.VERSION:
                raise UserError(f"{path} was not written by this version: make it again with `mmdata decontam index`")
            return file.read().replace_schema_metadata().cast(SCHEMA), json.loads(said["covers"])
    except FileNotFoundError:
        raise UserError(f"there is no index {path}: write one with `mmdata decontam index`") from None
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise UserError(f"{path} is no index of benchmarks ({type(error).__name__})") from None


class Index:
    """One or several index files, ready to be searched."""

    def __init__(self, paths: Sequence[Path], share: float) -> None:
        """share: of a row's shingles, how many have to be found (see `holding`); fewer of one with `NUMBERED` numbers.
        Raises UserError if a file is no index that this version can read."""
        opened = [_opened(path) for path in paths]
        self.covers = [each for _, said in opened for each in said]
        table = pa.concat_tables([SCHEMA.empty_table(), *(t for t, _ in opened)])
        self.benchmarks: list[str] = table["benchmark"].to_pylist()
        self.ids: list[str] = table["id"].to_pylist()
        self.question = _numpy(table["question"])
        self.wording = _numpy(table["wording"])
        self.words = _numpy(table["words"])
        self.images = _numpy(table["images"])
        self.sizes, shingle, of = _lists(table["shingles"])
        self._shingles, self._start = shingle, np.cumsum(self.sizes) - self.sizes
        counts, values, _ = _lists(table["numbers"])
        self._numbers = np.split(values, np.cumsum(counts)[:-1]) if len(counts) else []
        self._share = np.where(counts >= NUMBERED, freer(share), share)
        self._shingle, self._row = _rarest(shingle, of, self.sizes, self._share)
        seen = [(row, look) for row, those in enumerate(table["looks"].to_pylist()) for look in those]
        self.look_rows = np.array([row for row, _ in seen], np.int64)
        joined = b"".join(look for _, look in seen)
        both = np.frombuffer(joined, np.uint8).reshape(len(seen), looks.BYTES + crops.BYTES)
        self.looks: NDArray[np.uint8] = np.ascontiguousarray(both[:, : looks.BYTES])
        self.thumbs: NDArray[np.uint8] = both[:, looks.BYTES :]
        self._by_wording = np.argsort(self.wording, kind="stable")
        self._wordings = self.wording[self._by_wording]
        self.template = self._templates()

    def __len__(self) -> int:
        return len(self.ids)

    def _templates(self) -> NDArray[np.bool_]:
        """Which questions are asked of several images here: their words alone tell nothing."""
        values, inverse = np.unique(self.question, return_inverse=True)
        shown = np.zeros(len(values), np.int64)
        np.add.at(shown, inverse, self.images > 0)
        return np.asarray(shown[inverse] > 1)

    def holding(self, entry: Entry) -> list[tuple[int, float]]:
        """`(row, share)` of the rows whose shingles are, to the index's share at least, among these, and whose numbers
        are all among these; the rows with the same wording too, whatever their length. The best first."""
        found: dict[int, float] = {}
        low = np.searchsorted(self._shingle, entry.shingles, "left")
        high = np.searchsorted(self._shingle, entry.shingles, "right")
        met = high > low
        rows = [self._row[a:b] for a, b in zip(low[met], high[met], strict=True)]
        possible = np.unique(np.concatenate(rows)) if rows else np.empty(0, np.int64)
        for row, shared in zip(possible, self._shared(possible, entry), strict=True):
            if shared >= self._share[row] and np.isin(self._numbers[row], entry.numbers).all():
                found[int(row)] = float(shared)
        at, end = (np.searchsorted(self._wordings, np.uint64(entry.wording), side) for side in ("left", "right"))
        found |= dict.fromkeys(self._by_wording[at:end].tolist(), 1.0)
        return sorted(found.items(), key=lambda each: (-each[1], self.benchmarks[each[0]], self.ids[each[0]]))

    def _shared(self, rows: NDArray[np.int64], entry: Entry) -> NDArray[np.float64]:
        """Which part of each row's shingles an entry has."""
        if not len(rows):
            return np.empty(0)
        sizes = self.sizes[rows]
        ends = np.cumsum(sizes)
        flat = self._shingles[np.repeat(self._start[rows] - (ends - sizes), sizes) + np.arange(ends[-1])]
        at = np.minimum(np.searchsorted(entry.shingles, flat), len(entry.shingles) - 1)
        hits = np.add.reduceat((entry.shingles[at] == flat).astype(np.int64), ends - sizes)
        return np.asarray(hits / sizes)


def _rarest(
    shingle: NDArray[np.uint32], row: NDArray[np.int64], sizes: NDArray[np.int64], share: NDArray[np.float64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """`(shingles, rows)`, sorted: of each row its rarest `n - ceil(share × n) + 1` shingles. Whoever holds that share
    of a row's shingles holds one of these: the others need not be searched for."""
    _, of, counts = np.unique(shingle, return_inverse=True, return_counts=True)
    order = np.lexsort((shingle, counts[of], row))
    shingle, row = shingle[order], row[order]
    place = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    # A product like 0.56 × 25 comes out above 14.
    rare = place <= (sizes - np.ceil(share * sizes - 1e-9))[row]
    shingle, row = shingle[rare], row[rare]
    order = np.lexsort((row, shingle))
    return shingle[order], row[order]


def _numpy(column: pa.ChunkedArray) -> NDArray[Any]:
    found: NDArray[Any] = column.combine_chunks().to_numpy(zero_copy_only=False)
    return found


def _lists(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.int64]]:
    """`(lengths, values, the row of each value)` of a column of lists."""
    whole = column.combine_chunks()
    sizes = np.asarray(whole.value_lengths().fill_null(0).to_numpy(zero_copy_only=False), np.int64)
    values: NDArray[np.uint32] = whole.flatten().to_numpy(zero_copy_only=False).astype(np.uint32)
    return sizes, values, np.repeat(np.arange(len(sizes)), sizes)
