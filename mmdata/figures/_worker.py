"""Pictures drawn by child processes, in the order in which they were asked for.

A child is a plain `python -m` process on a pair of pipes, as in `mmverifiers.pool`: nothing re-imports the caller's
main module.
"""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from typing import IO, Any

from mmdata import figures
from mmdata.errors import SourceError

AHEAD = 4
"""Pictures that each child may be ahead. What asks for them fits into a pipe's buffer, so no write ever waits."""
_LENGTH = struct.Struct("<I")


def png(key: figures.Key) -> bytes:
    """The picture of a figure as a PNG file."""
    file = io.BytesIO()
    figures.draw(key).image.save(file, "PNG")
    return file.getvalue()


def drawn(keys: Iterable[figures.Key], workers: int) -> Iterator[tuple[figures.Key, bytes]]:
    """Each key with its picture (PNG), in the order of the keys, whatever the number of workers.

    Raises SourceError if a child dies.
    """
    if workers == 1:
        yield from ((key, png(key)) for key in keys)
        return
    with ExitStack() as stack:
        children = [stack.enter_context(_child()) for _ in range(workers)]
        due: deque[tuple[figures.Key, subprocess.Popen[bytes]]] = deque()
        for index, key in enumerate(keys):
            child = children[index % workers]
            _ask(child, key)
            due.append((key, child))
            if len(due) > AHEAD * workers:
                yield _answer(*due.popleft())
        while due:
            yield _answer(*due.popleft())


class _child:
    """A child process, killed and waited for at the end."""

    def __enter__(self) -> subprocess.Popen[bytes]:
        code = "from mmdata.figures._worker import main; main()"
        # Warnings of the child's own start are no one's business here; a traceback is: stderr stays.
        self._process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def _ask(child: subprocess.Popen[bytes], key: figures.Key) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(asdict(key)).encode() + b"\n")
        child.stdin.flush()
    except BrokenPipeError:
        raise SourceError("figures: a drawing process ended; what it said is above: build again") from None


def _answer(key: figures.Key, child: subprocess.Popen[bytes]) -> tuple[figures.Key, bytes]:
    assert child.stdout is not None
    head = child.stdout.read(_LENGTH.size)
    picture = child.stdout.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    if not picture:
        raise SourceError(f"figures: drawing {key.family} {key.index} failed; what it said is above: build again")
    return key, picture


def main() -> None:
    """A child: a key a line in, a length and a PNG file out."""
    lines: IO[bytes] = sys.stdin.buffer
    for line in lines:
        asked: dict[str, Any] = json.loads(line)
        picture = png(figures.Key(**asked))
        sys.stdout.buffer.write(_LENGTH.pack(len(picture)) + picture)
        sys.stdout.buffer.flush()
