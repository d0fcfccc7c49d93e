"""`mmdata verify`, behind the command line: which of its two halves is meant, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdata import card, predictions, report, reverify
from mmdata.errors import UserError
from mmdata.prediction_file import options
from mmdata.progress import Shown
from mmdata.store import Run

if TYPE_CHECKING:
    from rich.console import Console

OF_RUN = ("write", "changes")
"""Options that make sense for a run alone; all others are for a file."""


def run(
    what: Path, given: Mapping[str, Any], *, workers: int, as_json: bool, console: Console, progress: Console
) -> None:
    """Judge a run again, or a file of predictions. Raises UserError for options of the other half."""
    if not what.exists():
        raise UserError(f"{what} is neither a run nor a file of predictions: there is nothing at that place")
    for name, value in given.items():
        if value and (name in OF_RUN) != what.is_dir():
            half = "run" if name in OF_RUN else "file of predictions"
            raise UserError(f"--{name} is for a {half}, and {what} is none")
    shown = Shown(progress, quiet=as_json)
    if not what.is_dir():
        how = options(given["key"] or (), given["kind"], given["extract"], workers)
        predictions.show(predictions.judge(what, how, given["out"], shown), console, as_json=as_json)
        return
    folder = Run(what)
    found = reverify.reverify(folder, workers=workers, shown=shown, write=given["write"], changes=given["changes"])
    if found.written:
        report.write(folder)
        card.write(folder)
    reverify.show(found, console, as_json=as_json)
