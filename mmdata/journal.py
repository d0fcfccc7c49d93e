"""The request log: every finished request of a run, append-only, by key. It is what makes a killed build go on.

SQLite in write-ahead mode: a reply is in the file before the next one is asked for, whenever the process dies, and a
log of millions of replies needs no memory.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path

from mmdata.tables import encodable


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One finished sample, as it is logged."""

    key: str
    """The trace's id."""
    problem_id: str
    teacher: str
    model: str
    prompt: str
    """The request's key."""
    sample: int
    response: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    seed: int
    seconds: float


_NAMES = tuple(f.name for f in fields(Answer))
_VALUES = attrgetter(*_NAMES)
_COLUMNS = ", ".join(_NAMES)
_MARKS = ", ".join("?" for _ in fields(Answer))


class Journal:
    """An open request log. Raises sqlite3.Error when the disk is full or the file is damaged."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        if read_only:
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            return
        # One statement is one transaction; a connection is used by one thread at a time.
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, problem_id TEXT, teacher TEXT, model TEXT,"
            " prompt TEXT, sample INTEGER, response TEXT, finish_reason TEXT, prompt_tokens INTEGER,"
            " completion_tokens INTEGER, seed INTEGER, seconds REAL)"
        )
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS failures (key TEXT PRIMARY KEY, error TEXT, final INTEGER) WITHOUT ROWID"
        )

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def __contains__(self, key: str) -> bool:
        return self._db.execute("SELECT 1 FROM answers WHERE key = ?", (key,)).fetchone() is not None

    def add(self, answer: Answer) -> None:
        """Log a finished sample; one that is there already stays as it is."""
        values = [encodable(value) for value in _VALUES(answer)]
        self._db.execute(f"INSERT OR IGNORE INTO answers ({_COLUMNS}) VALUES ({_MARKS})", values)

    def fail(self, key: str, error: str, *, final: bool) -> None:
        """Log that a sample could not be had, and whether asking again could change that."""
        self._db.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?)", (key, encodable(error[:1000]), final))

    def get(self, key: str) -> Answer | None:
        """The sample with this key, if it is there."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM answers WHERE key = ?", (key,)).fetchone()
        return Answer(**dict(zip(_NAMES, row, strict=True))) if row else None

    def failure(self, key: str) -> tuple[str, bool]:
        """Why a sample could not be had, and whether that is final."""
        row = self._db.execute("SELECT error, final FROM failures WHERE key = ?", (key,)).fetchone()
        return (str(row[0]), bool(row[1])) if row else ("no answer came", False)

    def answered(self, model: str) -> dict[str, int]:
        """How many samples each prompt has from a model, whatever its revision; from any, if `model` is empty."""
        start = f"{model}@" if model else ""
        return dict(
            self._db.execute(
                "SELECT prompt, count(*) FROM answers WHERE substr(model, 1, ?) = ? GROUP BY prompt",
                (len(start), start),
            )
        )

    def count(self) -> int:
        """How many samples are there."""
        return int(self._db.execute("SELECT count(*) FROM answers").fetchone()[0])
