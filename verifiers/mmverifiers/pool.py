"""Judging many items in worker processes that can be killed, lazily and in order.

A worker is a plain `python -c` child on a pair of pipes, not a `multiprocessing` process: nothing re-imports
the caller's `__main__` (scripts without a guard and scripts read from stdin work), no semaphore and no
tracker process is left behind, and the parent may hold threads. Each item has a deadline of its own, so that
a chunk never has to be judged again because of one item in it.
"""

from __future__ import annotations

import json
import queue
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from mmverifiers.judge import Question, decide
from mmverifiers.process import WorkerProcess
from mmverifiers.verdict import Item, Verdict

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

CHUNK = 16
"""Questions handed to a worker at once."""
WINDOW = 1024
"""Most items that are read ahead of the verdict that is due next."""
REMEMBERED = 16384
"""Questions whose verdicts a pool keeps, so that a repeated one is answered once."""


@dataclass(frozen=True, slots=True)
class Steps:
    """A reasoning text whose steps a worker checks."""

    text: str

    def message(self) -> list[Any]:
        """What a worker is sent."""
        return ["steps", self.text]

    def result(self, reply: str) -> tuple[tuple[int, int, str, str], ...]:
        """The false steps of a worker's reply."""
        return tuple((int(start), int(end), text, detail) for start, end, text, detail in json.loads(reply))

    def failure(self, reason: str) -> tuple[tuple[int, int, str, str], ...]:
        """None: nothing was proved."""
        return ()


class Pool:
    """Worker processes that judge items; a context manager, safe to use from several threads.

    workers: most processes at once; none is started before an item needs one.
    timeout: seconds an item may take in a worker; the worker is then killed and the item is `timeout`.
    memory_mb: MiB that a worker may take beyond its start; an item that wants more is `memory` (Linux only).
    ValueError unless all three are positive.
    """

    def __init__(self, workers: int = 1, timeout: float = 5.0, memory_mb: int = 2048) -> None:
        if workers < 1 or timeout <= 0 or memory_mb < 1:
            raise ValueError("workers, timeout and memory_mb must be positive")
        self.timeout = timeout
        self._processes = [WorkerProcess(timeout, memory_mb) for _ in range(workers)]
        self._idle: queue.LifoQueue[WorkerProcess] = queue.LifoQueue()
        for process in self._processes:
            self._idle.put(process)
        self._threads: ThreadPoolExecutor | None = None
        self._known: OrderedDict[Any, Future[Any]] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that are running now."""
        return tuple(pid for process in self._processes if (pid := process.pid) is not None)

    def judge(self, items: Iterable[Item]) -> Iterator[Verdict]:
        """One Verdict an item, lazily and in order; at most `WINDOW` items are read ahead.

        ValueError for an item of an unknown kind or way of extraction; RuntimeError where the pool is closed
        or no worker can be started (what it said is in the message).
        """
        return self._run(map(decide, items))

    def check_steps(self, texts: Iterable[str]) -> Iterator[tuple[tuple[int, int, str, str], ...]]:
        """The provably false steps of each text, (start, end, text, detail) each, lazily and in order.

        A text that takes too long has none: nothing was proved. RuntimeError as in `judge`.
        """
        return self._run(Steps(text) if text.strip() else () for text in texts)

    def _run(self, outcomes: Iterable[Any]) -> Iterator[Any]:
        """The outcomes, tasks among them replaced by their results."""
        from concurrent.futures import Future

        due: deque[Any] = deque()
        filling: dict[Any, Future[Any]] = {}
        for outcome in outcomes:
            if isinstance(outcome, Steps):
                due.append(filling.setdefault(outcome, Future()))  # too long to be remembered
            elif not isinstance(outcome, Question):
                if not due:
                    yield outcome
                    continue
                due.append(outcome)
            else:
                due.append(filling.get(outcome) or self._recall(outcome) or filling.setdefault(outcome, Future()))
            if len(filling) == CHUNK:
                self._send(filling)
            while due and (_done(due[0]) or len(due) >= WINDOW):
                if not _done(due[0]):
                    self._send(filling)
                yield _result(due.popleft())
        self._send(filling)
        while due:
            yield _result(due.popleft())

    def close(self) -> None:
        """Kill the workers and wait until they are gone; judging that goes on elsewhere gets a
        RuntimeError."""
        with self._lock:
            self._closed = True
            threads, self._threads = self._threads, None
        for process in self._processes:
            process.kill()
        if threads is not None:
            threads.shutdown(wait=True)
        for process in self._processes:
            process.close()

    def _recall(self, task: Any) -> Future[Any] | None:
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            future = self._known.get(task)
            if future is not None:
                self._known.move_to_end(task)
            return future

    def _send(self, filling: dict[Any, Future[Any]]) -> None:
        """Hand the chunk to a worker, remember its questions, and empty it."""
        if not filling:
            return
        from concurrent.futures import ThreadPoolExecutor

        chunk = list(filling.items())
        filling.clear()
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            if self._threads is None:
                self._threads = ThreadPoolExecutor(len(self._processes), thread_name_prefix="mmverifiers")
            self._known.update((task, future) for task, future in chunk if isinstance(task, Question))
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            self._threads.submit(self._work, chunk)

    def _work(self, chunk: list[tuple[Any, Future[Any]]]) -> None:
        process = self._idle.get()
        try:
            results = process.ask([task for task, _ in chunk])
            for (_, future), result in zip(chunk, results, strict=True):
                future.set_result(result)
        except Exception as error:
            with self._lock:
                for task, _ in chunk:
                    self._known.pop(task, None)
            for _, future in chunk:
                if not future.done():
                    future.set_exception(error)
        finally:
            self._idle.put(process)


def verify_many(
    items: Iterable[Item], workers: int = 1, timeout: float = 5.0, memory_mb: int = 2048
) -> Iterator[Verdict]:
    """One Verdict an item, lazily and in order, from a Pool that lives as long as the iteration."""
    with Pool(workers, timeout, memory_mb) as pool:
        yield from pool.judge(items)


def _done(outcome: Any) -> bool:
    return not hasattr(outcome, "done") or outcome.done()


def _result(outcome: Any) -> Any:
    return outcome.result() if hasattr(outcome, "done") else outcome
