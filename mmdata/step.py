"""A step of the pipeline: one table, what decides its rows, and how they are made."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmdata.store import Stage

Tick = Callable[[], None]
"""Called once for each row that a stage has done."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One table of the pipeline: what decides its rows, and how they are made."""

    verb: str
    """The stage."""
    table: str
    """The table it makes."""
    config: Mapping[str, Any]
    """Its own section of the recipe."""
    inputs: tuple[str, ...]
    """The tables it reads."""
    versions: Mapping[str, Any]
    """Of the code that decides its rows."""
    start: Callable[[Tick], Stage]
    """Begin making rows."""
    source: Callable[[Any], str] = field(default=lambda row: str(row.source))
    """The source of a row."""
    total: Callable[[], int | None] = field(default=lambda: None)
    """How many ticks it will take, if that can be known."""


def code(*modules: str | None, folder: bool = False) -> str:
    """Version of some modules: the package's version and a hash of their text, so that no edit is forgotten. With
    `folder`, of every module beside them."""
    paths = [Path(module or "") for module in modules]
    files = [file for path in paths for file in (sorted(path.parent.rglob("*.py")) if folder else [path])]
    digest = hashlib.sha256(b"\0".join(f.read_bytes() for f in files)).hexdigest()[:12]
    try:
        return f"{importlib.metadata.version('mmdata-toolkit')}+{digest}"
    except importlib.metadata.PackageNotFoundError:
        return f"0+{digest}"
