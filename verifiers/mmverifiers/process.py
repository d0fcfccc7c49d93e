"""One worker process as its parent sees it: started when first asked, killed when late, started again when
dead."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, Protocol

from mmverifiers.worker import MEMORY_EXIT

if TYPE_CHECKING:
    import subprocess

START_SECONDS = 120.0
"""How long a worker may take to import math-verify and warm up."""

AHEAD_BYTES = 16384
"""Most bytes that wait in the child's pipe: less than any pipe holds, so that writing never blocks for long."""

_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[3]); from mmverifiers.worker import main; "
    "main(float(sys.argv[1]), int(sys.argv[2]))"
)


class Task(Protocol):
    """Something a worker is asked."""

    def message(self) -> list[Any]:
        """The task's name in `worker.TASKS` and its arguments, as JSON."""
        ...

    def result(self, reply: Any) -> Any:
        """What the reply means."""
        ...

    def failure(self, reason: str) -> Any:
        """What it means that there was no reply: `timeout`, `memory` or `error`."""
        ...


class WorkerProcess:
    """A child that does one task at a time. `ask` belongs to one thread at a time."""

    def __init__(self, timeout: float, memory_mb: int) -> None:
        """timeout: seconds a question. memory_mb: MiB beyond what the warm worker takes. Starts nothing."""
        self._timeout, self._memory_mb = timeout, memory_mb
        self._child: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._read = b""

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is no child."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def ask(self, tasks: Sequence[Task]) -> Iterator[Any]:
        """Each task's result in order: what it makes of the child's reply, or of `timeout`, `memory` or `error` where
        there was none in time.

        RuntimeError where no child can be started or this worker is closed.
        """
        lines = [(json.dumps(task.message()) + "\n").encode("ascii") for task in tasks]
        done = sent = attempts = 0
        while done < len(tasks):
            child = self._running()
            try:
                sent = self._write(child, lines, done, sent)
                reply = self._read_line(child, self._timeout)
            except OSError:
                reply = b""
            if reply is not None and reply.endswith(b"\n"):
                told = json.loads(reply)
                yield tasks[done].failure("error") if told is None else tasks[done].result(told)
                done, attempts = done + 1, 0
                continue
            status = self._end(patience=0.0 if reply is None else 2.0)
            sent, attempts = done, attempts + 1
            if self._closed:
                raise RuntimeError("the pool is closed")
            if reply is None or status == -signal.SIGALRM:
                failure = "timeout"
            elif status == MEMORY_EXIT:
                failure = "memory"
            elif attempts < 2:  # a worker that somebody else killed says nothing about the task
                continue
            else:
                failure = "memory" if status == -signal.SIGKILL else "error"  # killed by the system, twice
            yield tasks[done].failure(failure)
            done, attempts, sent = done + 1, 0, done + 1

    @staticmethod
    def _write(child: subprocess.Popen[bytes], lines: Sequence[bytes], done: int, sent: int) -> int:
        """Send ahead what the pipe surely holds, so that the child never waits; how many lines have been sent."""
        ahead = sum(map(len, lines[done:sent]))
        while sent < len(lines) and (sent == done or ahead + len(lines[sent]) <= AHEAD_BYTES):
            _pipe(child.stdin).write(lines[sent])
            ahead += len(lines[sent])
            sent += 1
        return sent

    def kill(self) -> None:
        """Kill the child, so that an `ask` under way ends at once; every later `ask` fails. For any
        thread."""
        with self._lock:
            self._closed = True
            if self._child is not None:
                self._child.kill()

    def close(self) -> None:
        """Kill and reap the child and close its pipes. Not while an `ask` is under way: `kill` first."""
        self.kill()
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        """The child, started and warm."""
        import subprocess
        import tempfile

        if self._child is not None and self._child.poll() is None:
            return self._child
        self._end()
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (`_end` closes it)
            options = [str(self._timeout), str(self._memory_mb), json.dumps(sys.path)]
            child = self._child = subprocess.Popen(
                [sys.executable, "-P", "-c", _CHILD, *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
            )
        if self._read_line(child, START_SECONDS) != b'"ready"\n':
            child.kill()
            child.wait()
            self._errors.seek(0)
            said = self._errors.read()[-2000:].decode("utf-8", "replace").strip()
            self._end()
            raise RuntimeError("the pool is closed" if self._closed else f"a verifier's worker did not start: {said}")
        return child

    def _read_line(self, child: subprocess.Popen[bytes], seconds: float) -> bytes | None:
        """What the child writes up to and with a newline; without one where it ended first; None where time is over."""
        import selectors

        if b"\n" not in self._read:
            deadline = time.monotonic() + seconds
            with selectors.DefaultSelector() as selector:
                fd = _pipe(child.stdout).fileno()
                selector.register(fd, selectors.EVENT_READ)
                while b"\n" not in self._read:
                    left = deadline - time.monotonic()
                    if left <= 0 or not selector.select(left):
                        return None
                    part = os.read(fd, 65536)
                    if not part:
                        break
                    self._read += part
        line, newline, self._read = self._read.partition(b"\n")
        return line + newline

    def _end(self, patience: float = 0.0) -> int:
        """Kill and reap the child, close its pipes; its exit status, 0 where there was no child.

        patience: seconds in which a child that has closed its pipe may end by itself, so that its status says why.
        """
        import subprocess

        with self._lock:
            child, errors = self._child, self._errors
            self._child = self._errors = None
            self._read = b""
        if child is None:
            return 0
        try:
            status = child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            status = child.wait()
        for pipe in (child.stdin, child.stdout, errors):
            if pipe is not None:
                pipe.close()
        return status


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
