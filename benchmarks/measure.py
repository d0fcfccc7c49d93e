"""What the other scripts share: run a command and measure its time and memory, and write the rows that it reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MMDATA = (sys.executable, "-m", "mmdata")
QUIET = {"RAYON_NUM_THREADS": "2", "POLARS_MAX_THREADS": "2", "HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1"}
"""Environment of every measured process: as many threads as the builds have workers, and no network."""
EVERY = 0.05
"""Seconds between two looks at the memory of a process and its children."""


@dataclass(frozen=True)
class Measured:
    """One finished process."""

    seconds: float
    """Wall time, start of the interpreter included."""
    peak_mb: float
    """Largest resident memory of any one process in it (ru_maxrss), in MiB."""
    tree_mb: float
    """Largest sum of the resident memory of it and all its children, looked at every 50 ms; Linux only, else
    `peak_mb`. Pages that they share count several times, so this is an upper bound."""


_BETWEEN = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(1 if status else 0)
"""
"""A process starts out with the peak of the one that started it, so a small one stands in between."""


def run(command: Iterable[str | Path], cwd: Path) -> Measured:
    """Run a command to its end. CalledProcessError, with what it printed, where it fails."""
    words = [sys.executable, "-I", "-S", "-c", _BETWEEN, str(cwd / "measured.peak"), *map(str, command)]
    log = cwd / "measured.log"
    with log.open("wb") as said:
        started = time.monotonic()
        child = subprocess.Popen(words, cwd=cwd, env={**os.environ, **QUIET}, stdout=said, stderr=subprocess.STDOUT)
        tree = _Watch(child.pid)
        status = child.wait()
        seconds = time.monotonic() - started
        tree.stop()
    if status:
        raise subprocess.CalledProcessError(status, words[6:], log.read_text(errors="replace")[-3000:])
    unit = 2**20 if sys.platform == "darwin" else 2**10
    peak = int((cwd / "measured.peak").read_text()) / unit
    return Measured(seconds, peak, max(peak, tree.most / 2**20))


class _Watch:
    """Looks at the memory of all children of a process, on a thread, until told to stop."""

    def __init__(self, pid: int) -> None:
        self.most = 0
        self._pid, self._over = pid, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            self.most = max(self.most, _children_bytes(self._pid))


def _children_bytes(pid: int) -> int:
    total, waiting = 0, [pid]
    while waiting:
        place = Path("/proc") / str(waiting.pop())
        try:
            if place.name != str(pid):
                total += int((place / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in (place / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError):  # it has ended, or there is no /proc
            continue
    return total


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """One object a line, written as they come."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")


def seconds_of(run: Path) -> dict[str, float]:
    """Table → seconds, from the manifests of a run's folder."""
    manifests = {path.parent.name: json.loads(path.read_text()) for path in run.glob("*/manifest.json")}
    order = ("problems", "screened", "traces", "verdicts", "suspects", "sft", "rl", "eval")
    return {table: manifests[table]["seconds"] for table in order if table in manifests}
