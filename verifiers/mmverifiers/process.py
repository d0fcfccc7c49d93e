"""One worker process as its parent sees it: started when first asked, killed when late, started again when
dead."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from typing import IO, TYPE_CHECKING

from mmverifiers.judge import Question
from mmverifiers.verdict import Verdict
from mmverifiers.worker import MEMORY_EXIT

if TYPE_CHECKING:
    import subprocess

START_SECONDS = 120.0
"""How long a worker may take to import math-verify and warm up."""

_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[3]); from mmverifiers.worker import main; "
    "main(float(sys.argv[1]), int(sys.argv[2]))"
)


class WorkerProcess:
    """A child that answers one question at a time. `ask` belongs to one thread at a time."""

    def __init__(self, timeout: float, memory_mb: int) -> None:
        """timeout: seconds a question. memory_mb: MiB beyond what the warm worker takes. Starts nothing."""
        self._timeout, self._memory_mb = timeout, memory_mb
        self._child: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._lock = threading.Lock()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is no child."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def ask(self, question: Question) -> Verdict:
        """The question's Verdict: the child's, or `timeout`, `memory` or `error` where it gave none in time.

        RuntimeError where no child can be started or this worker is closed.
        """
        message = (json.dumps([question.kind, question.gold, question.answer]) + "\n").encode("ascii")
        status = 0
        for _ in range(2):  # a worker that somebody else killed says nothing about the question
            child = self._running()
            try:
                _pipe(child.stdin).write(message)
            except OSError:
                self._end()
                continue
            reply = _read_line(child, self._timeout)
            if reply is not None and reply.endswith(b"\n"):
                return question.verdict(json.loads(reply))
            status = self._end()
            if self._closed:
                raise RuntimeError("the pool is closed")
            if reply is None or status == -signal.SIGALRM:
                return question.verdict("timeout", "worker")
            if status == MEMORY_EXIT:
                break
        out_of_memory = status in (MEMORY_EXIT, -signal.SIGKILL)  # the latter from the system, twice
        return question.verdict("memory" if out_of_memory else "error", "worker")

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
        if _read_line(child, START_SECONDS) != b'"ready"\n':
            child.kill()
            child.wait()
            self._errors.seek(0)
            said = self._errors.read()[-2000:].decode("utf-8", "replace").strip()
            self._end()
            raise RuntimeError("the pool is closed" if self._closed else f"a verifier's worker did not start: {said}")
        return child

    def _end(self) -> int:
        """Kill and reap the child, close its pipes; its exit status, 0 where there was no child."""
        with self._lock:
            child, errors = self._child, self._errors
            self._child = self._errors = None
        if child is None:
            return 0
        child.kill()
        status = child.wait()
        for pipe in (child.stdin, child.stdout, errors):
            if pipe is not None:
                pipe.close()
        return status


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _read_line(child: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    """What the child writes up to and with a newline; without one where it ended first; None where time is
    over."""
    import selectors

    deadline = time.monotonic() + seconds
    line = b""
    with selectors.DefaultSelector() as selector:
        fd = _pipe(child.stdout).fileno()
        selector.register(fd, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                return None
            part = os.read(fd, 4096)
            if not part:
                break
            line += part
    return line
