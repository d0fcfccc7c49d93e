"""Progress of long work: a bar with rate and time left on a terminal, plain lines elsewhere, silence if asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

EVERY = 15.0
"""Seconds between two plain lines."""


class Ticker:
    """Counts finished pieces of one stage; call it once a piece."""

    def __init__(self, show: Shown, label: str, total: int | None) -> None:
        self.count = 0
        self._show, self._label, self._total = show, label, total
        self._started = self._said = time.monotonic()
        self._task = show.bar.add_task(label, total=total, rate="") if show.bar else None

    def __call__(self) -> None:
        self.count += 1
        now = time.monotonic()
        if self.count == 1:
            # Loading a model is no part of the rate.
            self._started = self._said = now
        # Looking at the clock is cheap, drawing is not.
        if now - self._said < (0.2 if self._task is not None else EVERY):
            return
        self._said = now
        rate = (self.count - 1) / (now - self._started)
        if self._show.bar is not None and self._task is not None:
            self._show.bar.update(self._task, completed=self.count, rate=f"{rate:,.0f}/s")
        elif not self._show.quiet:
            left = f", about {(self._total - self.count) / rate:,.0f} s left" if self._total else ""
            of = f" of {self._total:,}" if self._total else ""
            self._show.console.print(f"{self._label}: {self.count:,}{of}, {rate:,.0f}/s{left}", highlight=False)

    def done(self) -> None:
        """Take the bar away."""
        if self._show.bar is not None and self._task is not None:
            self._show.bar.remove_task(self._task)


class Shown:
    """Where progress is shown."""

    def __init__(self, console: Console, quiet: bool) -> None:
        self.console, self.quiet = console, quiet
        self.bar: Progress | None = None

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show bars while inside, where there is a terminal to show them on."""
        if self.quiet or not self.console.is_terminal:
            yield
            return
        columns = (
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TimeRemainingColumn(),
        )  # fmt: skip
        with Progress(*columns, console=self.console, transient=True) as self.bar:
            yield
        self.bar = None

    def say(self, text: str) -> None:
        """A line, unless quiet."""
        if not self.quiet:
            self.console.print(text, highlight=False, markup=False)
