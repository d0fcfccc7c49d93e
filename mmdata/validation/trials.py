"""Trainings and evaluations of an experiment: each a command of its own, several at a time. What is there already, of
the same rows, start, budget and seed, is taken as it is; what was killed goes on."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, current_thread, main_thread

from mmdata import recipe_file
from mmdata.errors import UserError
from mmdata.store import Run
from mmdata.train import sft as training
from mmdata.train import start
from mmdata.train.config import Train
from mmdata.validation.config import Arm, HeldOut


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One arm with one seed."""

    arm: Arm
    run: Run
    """The arm's folder."""
    seed: int
    primed: Path | None
    """What the student starts from; None: from `student.model`."""
    origin: str
    """Which weights these are."""
    student: Train
    out: Path
    """The experiment's folder."""

    @property
    def name(self) -> str:
        """Of the model's folder and of the results': other rows, another budget, another name."""
        decides = [
            self.run.need("sft").digest, self.student.model_dump(mode="json"), self.seed, start.versions(),
            training.VERSION, self.origin,
        ]  # fmt: skip
        key = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:8]
        return f"{self.arm.folder}-{self.seed}-{key}"

    @property
    def model(self) -> Path:
        """The student."""
        return self.out / "models" / self.name

    @property
    def results(self) -> Run:
        """Its answers to the held-out questions."""
        return Run(self.out / "results" / self.name)


def commands(trial: Trial, test: Run, held_out: HeldOut) -> Iterator[list[str]]:
    """What has to run for a trial, as words after `python -m`."""
    if not trial.model.exists():
        changes = (
            ["train.scratch=null", "train.tower=null", f"train.model={json.dumps(str(trial.primed))}"]
            if trial.primed
            else []
        )
        yield [
            "mmdata", "train", "sft", str(trial.run.folder), "--out", str(trial.model), "--seed", str(trial.seed),
            "--quiet", *(word for change in changes for word in ("--set", change)),
        ]  # fmt: skip
    # As in the rows that it was taught.
    system = recipe_file.load(trial.run.folder / "recipe.yaml").mix.system
    limit = [] if held_out.limit is None else ["--limit", str(held_out.limit)]
    yield [
        "mmdata", "eval", str(trial.model), "--on", f"{test.folder}:{held_out.split}", "--out",
        str(trial.results.folder), "--max-tokens", str(held_out.max_tokens), "--engine", held_out.engine, "--workers",
        "1", "--system", system, "--quiet", *limit,
    ]  # fmt: skip


class Jobs:
    """Commands that run side by side. Once one fails, or the work is interrupted, the others end."""

    def __init__(self, at_once: int) -> None:
        self._at_once, self._stop = at_once, Event()

    def run(self, chains: Sequence[Callable[[], Iterator[list[str]]]], done: Callable[[int], None]) -> None:
        """Run the commands of each chain in turn; `done(i)` is called when a chain has ended.

        Raises UserError with what a failed command said.
        """

        def one(i: int) -> None:
            for words in chains[i]():
                self._command(words)
            done(i)

        with _terminable(), ThreadPoolExecutor(self._at_once) as threads:
            futures = [threads.submit(one, i) for i in range(len(chains))]
            try:
                ended, _ = wait(futures, return_when=FIRST_EXCEPTION)
            except BaseException:
                self._stop.set()
                raise
            if any(future.exception() for future in ended):
                self._stop.set()
        failures = [error for future in futures if (error := future.exception()) is not None]
        for error in sorted(failures, key=lambda error: isinstance(error, _Stopped)):
            raise error

    def _command(self, words: list[str]) -> None:
        if self._stop.is_set():
            raise _Stopped
        # One thread each where several run: two would wait for each other.
        threads = {"OMP_NUM_THREADS": "1"} if self._at_once > 1 else {}
        process = subprocess.Popen(
            [sys.executable, "-m", *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, errors="replace", env={**os.environ, **threads},
        )  # fmt: skip
        while True:
            try:
                _, said = process.communicate(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                if self._stop.is_set():
                    process.terminate()
        if process.returncode:
            if self._stop.is_set():
                raise _Stopped
            last = [line for line in said.splitlines() if line.strip()][-2:] or ["it said nothing"]
            raise UserError(f"`{' '.join(words[:4])}` ended with status {process.returncode}: " + "\n".join(last))


@contextmanager
def _terminable() -> Iterator[None]:
    """A plain `kill` ends this process as Ctrl-C does: what it has started ends with it."""
    if current_thread() is not main_thread():
        yield
        return

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Stopped(Exception):
    """Another command failed."""
