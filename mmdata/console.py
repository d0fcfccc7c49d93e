"""What every command shares: where it prints, and how it ends when it is interrupted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console


def console(stderr: bool = False) -> Console:
    """Where things are printed: as wide as the terminal, or wide enough for tables where there is none."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(soft_wrap=True, width=None if stream.isatty() else 160, stderr=stderr)


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C ends a long command with a word instead of a traceback."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("interrupted: what is finished is kept, the same command goes on from there", err=True)
        raise typer.Exit(130) from None
