"""What a training logged: `curves.parquet` (step, name, value) and a picture of it in the model's folder."""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mmdata.errors import UserError

TABLE, PICTURE = "curves.parquet", "curves.png"
COLUMNS = 3
"""Panels side by side in the picture."""
FIRST = ("loss", "reward")
"""Whose panels come first."""
TIMES = ("step", "step_time")
"""What is logged and no curve: the step itself, and how long it took."""
Point = tuple[int, str, float]
"""Step, name, value."""


def points(history: Iterable[Mapping[str, Any]]) -> list[Point]:
    """The values of a trainer's log, step by step and by name. What it says of its own speed at the end is left out: it
    is no curve, and would differ each time."""
    return [
        (int(entry["step"]), name, float(value))
        for entry in history
        if "train_runtime" not in entry
        for name, value in sorted(entry.items())
        if name not in TIMES and isinstance(value, int | float)
    ]


def write(found: list[Point], folder: Path, title: str) -> None:
    """Both files."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    steps, names, values = zip(*found, strict=True) if found else ((), (), ())
    schema = pa.schema([("step", pa.int64()), ("name", pa.string()), ("value", pa.float64())])
    pq.write_table(pa.table([list(steps), list(names), list(values)], schema=schema), folder / TABLE)
    draw(found, folder / PICTURE, title)


def read(folder: Path) -> list[Point]:
    """The points in a model's folder."""
    import pyarrow.parquet as pq

    return [(row["step"], row["name"], row["value"]) for row in pq.read_table(folder / TABLE).to_pylist()]


def draw(found: list[Point], path: Path, title: str) -> None:
    """A panel for each name whose value changes, what is learnt from first."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lines: dict[str, tuple[list[int], list[float]]] = {}
    for step, name, value in sorted(found, key=lambda point: point[1] not in FIRST):
        if name != "epoch":
            steps, values = lines.setdefault(name, ([], []))
            steps.append(step)
            values.append(value)
    lines = {name: line for name, line in lines.items() if len(set(line[1])) > 1} or lines
    rows = max(1, -(-len(lines) // COLUMNS))
    width, height = 4 * COLUMNS, 2.8 * rows
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    # Set by hand: having the library measure every label doubles the time.
    figure.subplots_adjust(
        left=0.6 / width, right=1 - 0.2 / width, top=1 - 0.7 / height, bottom=0.5 / height, wspace=0.25, hspace=0.45
    )
    figure.suptitle(title, y=1 - 0.2 / height, va="center")
    for place, (name, (steps, values)) in enumerate(lines.items(), start=1):
        panel = figure.add_subplot(rows, COLUMNS, place)
        panel.plot(steps, values, linewidth=1, marker="." if len(steps) < 30 else "")
        panel.set_title(name, fontsize=9)
        panel.set_xlabel("step", fontsize=7)
        panel.tick_params(labelsize=7)
        panel.grid(alpha=0.3)
    figure.savefig(path, dpi=100, metadata={"Software": None})


def reporting(log: str, project: str, name: str) -> dict[str, Any]:
    """What any of TRL's configurations is told of where the curves go while it trains; `none`: nowhere.

    Raises UserError if the package that was asked for is not installed.
    """
    if log == "none":
        return {"report_to": "none"}
    try:
        importlib.metadata.distribution(log)
    except importlib.metadata.PackageNotFoundError:
        raise UserError(f"train.log: {log} is not installed: pip install {log}, or set train.log to none") from None
    if log == "wandb":
        os.environ.setdefault("WANDB_PROJECT", project)
    return {"report_to": log, "project": project, "run_name": name}
