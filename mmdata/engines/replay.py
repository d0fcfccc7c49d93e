"""replay: answers out of a recording, so that a build can be rerun, or tested, without a model.

A recording is a JSONL file or the `traces/` folder of a finished run. Each row has `problem_id`, `sample` (0 if left
out) and `response`; it may have `finish_reason`, `prompt_tokens`, `completion_tokens`, `teacher`, `model` and
`prompt`. A row that names a teacher answers for that teacher alone. A row that names the prompt it was recorded for
answers no other prompt, so that a recording can hold answers to several prompts about one problem.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmdata.engines import Identity, Reply, Request
from mmdata.errors import EngineError
from mmdata.recipe import Teacher
from mmdata.tables import encodable


def open_engine(teacher: Teacher, base: Path) -> Replay:
    """The recording at `teacher.path`, relative to the recipe's folder."""
    return Replay(teacher, base)


class Replay:
    """A recording, indexed in a temporary file: memory stays flat however long it is."""

    def __init__(self, teacher: Teacher, base: Path) -> None:
        path = base / str(teacher.path)
        self._folder = tempfile.TemporaryDirectory(prefix="mmdata-replay-")
        self._db = sqlite3.connect(Path(self._folder.name) / "index.sqlite", check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(
            "CREATE TABLE rows (problem TEXT, sample INTEGER, text TEXT, finish TEXT, prompt_tokens INTEGER,"
            " completion_tokens INTEGER, prompt TEXT, PRIMARY KEY (problem, sample, prompt)) WITHOUT ROWID"
        )
        try:
            self.identity = self._index(path, teacher)
        except BaseException:
            self.close()
            raise

    def _index(self, path: Path, teacher: Teacher) -> Identity:
        models: dict[str, None] = {}
        try:
            self._db.executemany(
                "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", self._rows(path, teacher, models)
            )
        except FileNotFoundError:
            raise EngineError(f"teacher {teacher.name!r}: there is no recording at {teacher.path}") from None
        except (ValueError, KeyError, TypeError, OverflowError, sqlite3.Error) as error:
            raise EngineError(f"teacher {teacher.name!r}: {teacher.path} is no recording: {error}") from None
        if len(models) > 1:
            raise EngineError(
                f"teacher {teacher.name!r}: {teacher.path} holds answers of {len(models)} models "
                f"({', '.join(sorted(models)[:3])}): record one teacher a model, under its name"
            )
        model = next(iter(models), f"{teacher.model}@recording")
        return Identity(model=model, engine="replay", details={"recording": str(teacher.path)})

    @staticmethod
    def _rows(path: Path, teacher: Teacher, models: dict[str, None]) -> Iterator[tuple[Any, ...]]:
        for row in _read(path):
            if row.get("teacher") not in (None, teacher.name):
                continue
            if row.get("model"):
                models[str(row["model"])] = None
            yield (
                encodable(str(row["problem_id"])), int(row.get("sample") or 0), encodable(str(row["response"])),
                str(row.get("finish_reason") or "stop"), int(row.get("prompt_tokens") or 0),
                int(row.get("completion_tokens") or 0), str(row.get("prompt") or ""),
            )  # fmt: skip

    def ask(self, requests: Iterator[Request]) -> Iterator[Reply]:
        """One reply a sample; a sample that was not recorded is an error of that sample."""
        for request in requests:
            for sample in range(request.first, request.first + request.count):
                row = self._db.execute(
                    "SELECT text, finish, prompt_tokens, completion_tokens, prompt FROM rows"
                    " WHERE problem = ? AND sample = ? ORDER BY prompt = ? DESC, prompt LIMIT 1",
                    (request.problem_id, sample, request.key),
                ).fetchone()  # fmt: skip
                if row is None:
                    yield Reply(request=request, sample=sample, error="not in the recording", final=True)
                elif row[4] and row[4] != request.key:
                    yield Reply(request=request, sample=sample, error="recorded for another prompt", final=True)
                else:
                    yield Reply(
                        request=request, sample=sample, text=row[0], finish_reason=row[1], prompt_tokens=row[2],
                        completion_tokens=row[3],
                    )  # fmt: skip

    def close(self) -> None:
        self._db.close()
        self._folder.cleanup()


def _read(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a JSONL file, or of every part of a traces folder."""
    if path.is_dir():
        import pyarrow.parquet as pq

        parts = sorted(path.glob("part-*.parquet"))
        if not parts:
            raise FileNotFoundError(path)
        for part in parts:
            with pq.ParquetFile(part) as parquet:
                for batch in parquet.iter_batches(batch_size=1024):
                    yield from batch.to_pylist()
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            row = json.loads(line)
            if not isinstance(row, dict) or "problem_id" not in row or not isinstance(row.get("response"), str):
                raise ValueError(f"line {number} has no problem_id and response")
            yield row
