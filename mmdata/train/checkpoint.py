"""How a killed training goes on: checkpoints in a hidden folder beside the model's, used only if whole and its own.

The trainer writes a checkpoint file by file. Its mark comes last and lists the files with their sizes: without it, or
with a file missing or cut short, a checkpoint does not exist. The folder has a key over everything that decides the
weights; under another key, what is in it is thrown away.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmdata.errors import UserError
from mmdata.progress import Shown
from mmdata.train import hardware

MARK, KEY, LOCK = "whole.json", "key.json", ".lock"
KEPT = 2
"""Checkpoints that are kept: while one is written, the one before it is whole."""


def folder(out: Path) -> Path:
    """Where the checkpoints of a model that goes to `out` are."""
    return out.with_name(f".{out.name}.work")


def key(decides: Mapping[str, Any]) -> str:
    """Hash of everything that decides the weights."""
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:32]


@contextmanager
def held(work: Path, own: str, shown: Shown) -> Iterator[None]:
    """Hold the folder against other trainings, emptied if its key is not `own`. The system lets go of it when the
    process ends, however it ends. Of several processes that train together, the first holds it for all.

    Raises UserError if another training holds it.
    """
    if not hardware.first():
        yield
        return
    work.mkdir(parents=True, exist_ok=True)
    with (work / LOCK).open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UserError(
                f"another training writes to {work}: wait for it, or use --out for another folder"
            ) from None
        _claim(work, own, shown)
        try:
            yield
        finally:
            if {path.name for path in work.iterdir()} <= {LOCK, KEY}:
                shutil.rmtree(work)


def _claim(work: Path, own: str, shown: Shown) -> None:
    try:
        found = json.loads((work / KEY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if found == own:
        for place in work.glob("checkpoint-*"):
            if _step(place) is None:
                shutil.rmtree(place)
        return
    left = [path for path in work.iterdir() if path.name != LOCK]
    if any(path.is_dir() for path in left):
        shown.say(f"{work} is of a training with other settings, rows, seed or versions: starting anew")
    for path in left:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    written(work / KEY, json.dumps(own))


def written(path: Path, text: str) -> None:
    """A file with that text, whole or not at all."""
    aside = path.with_name(f".{path.name}.partial")
    aside.write_text(text, encoding="utf-8")
    aside.rename(path)


def mark(place: Path, step: int) -> None:
    """Say that a checkpoint is whole."""
    written(place / MARK, json.dumps({"step": step, "files": _files(place)}, sort_keys=True))


def last(work: Path) -> tuple[Path, int] | None:
    """The newest whole checkpoint, and its step."""
    whole = [(step, place) for place in work.glob("checkpoint-*") if (step := _step(place)) is not None]
    step, place = max(whole, default=(0, None))
    return (place, step) if place else None


def _step(place: Path) -> int | None:
    """The step of a checkpoint that is whole."""
    try:
        told = json.loads((place / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return int(told["step"]) if told["files"].items() <= _files(place).items() else None


def _files(place: Path) -> dict[str, int]:
    """Name and size of every file in it."""
    return {
        str(path.relative_to(place)): path.stat().st_size
        for path in sorted(place.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.name != MARK
    }


def keeping(every: int) -> dict[str, Any]:
    """What any of TRL's configurations is told of checkpoints every so many steps, and after the last; 0: none."""
    if not every:
        return {"save_strategy": "no"}
    return {"save_strategy": "steps", "save_steps": every, "save_total_limit": KEPT}


def marking() -> Any:
    """A callback of transformers' trainer: it marks each checkpoint once every process has written its share, and has
    the curves drawn up to it, since what has gone into a mean is not in a checkpoint."""
    from accelerate import PartialState
    from transformers import TrainerCallback

    class Marking(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if control.should_save or state.global_step >= state.max_steps:
                control.should_log = True

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            PartialState().wait_for_everyone()
            if state.is_world_process_zero:
                mark(Path(args.output_dir) / f"checkpoint-{state.global_step}", state.global_step)

    return Marking()


def gone(work: Path) -> None:
    """Remove the folder, once the model is written."""
    if hardware.first():
        shutil.rmtree(work, ignore_errors=True)


def environment() -> dict[str, Any]:
    """What of the surroundings decides the weights: for a key."""
    return {"processes": hardware.processes(), "fsdp": os.environ.get("ACCELERATE_USE_FSDP", "")}
