"""The pool: what hangs or hogs is killed alone, order is kept, nothing is left behind."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import mmverifiers
from mmverifiers import Item, Pool, Verdict, verify, verify_many
from mmverifiers.pool import WINDOW

PACKAGE = str(Path(mmverifiers.__file__).parents[1])
ROOT_THREE = r"\sqrt{3}/3"


def item(response: str, answer: str, kind: str = "math") -> Item:
    return Item(response=response, answer=answer, kind=kind, extract="none")


def slow(n: int, right: bool = True) -> Item:
    """Needs a worker: n+sqrt(2) against 2n+1+sqrt(2)-n-1, or one more."""
    return item(rf"\sqrt{{2}}+{n}", rf"{2 * n + 1 + (not right)}+\sqrt{{2}}-{n + 1}")


TOWER = item("9^{9^{9^{9}}}", "10^{10^{10^{9}}}")
FACTORIAL = item("(10^{9})!", "3^{10^{9}}")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(timeout=2) as pool:
        yield pool


@pytest.mark.parametrize("hanging", [TOWER, FACTORIAL], ids=["power tower", "factorial"])
def test_a_hanging_item_is_a_timeout_and_its_neighbours_are_judged(pool: Pool, hanging: Item) -> None:
    started = time.monotonic()
    verdicts = list(pool.judge([slow(1), hanging, slow(2), slow(3, right=False)]))
    assert [v.score for v in verdicts] == [1.0, None, 1.0, 0.0]
    assert verdicts[1].reason in ("timeout", "memory")
    assert time.monotonic() - started < 60


def test_an_item_that_takes_all_memory_is_killed_and_its_neighbours_are_judged() -> None:
    hog = item(r"\begin{pmatrix}1\end{pmatrix}^{2}+10^{10^{9}}", "2^{3000000000}+x")
    with Pool(timeout=6, memory_mb=64) as small:
        verdicts = list(small.judge([slow(1), hog, slow(2)]))
    assert [v.score for v in verdicts] == [1.0, None, 1.0]
    assert verdicts[1].reason in ("memory", "timeout")


def test_order_is_kept_among_fast_and_slow_items_for_any_number_of_workers() -> None:
    items = [slow(n // 3, right=n % 2 == 0) if n % 3 else item(str(n), str(n - n % 2), "number") for n in range(90)]
    expected = [1.0 if n % 2 == 0 else 0.0 for n in range(90)]
    one, two = (list(verify_many(items, workers=workers, timeout=30)) for workers in (1, 2))
    assert [v.score for v in one] == expected
    assert one == two


def test_fast_items_start_no_process() -> None:
    with Pool() as pool:
        verdicts = list(pool.judge(item(str(n), str(n), "number") for n in range(100)))
        assert pool.pids == ()
    assert {v.score for v in verdicts} == {1.0}


def test_items_stream_lazily() -> None:
    taken = 0

    def endless() -> Iterator[Item]:
        nonlocal taken
        while True:
            taken += 1
            yield item("4", "4", "number")

    with Pool() as pool:
        verdicts = pool.judge(endless())
        for _ in range(10):
            next(verdicts)
    assert taken == 10


def test_a_late_verdict_holds_back_a_bounded_number_of_items() -> None:
    taken = 0

    def endless() -> Iterator[Item]:
        nonlocal taken
        yield TOWER
        while True:
            taken += 1
            yield item("4", "4", "number")

    with Pool(timeout=1) as pool:
        assert next(pool.judge(endless())).reason == "timeout"
    assert taken <= WINDOW


def test_a_repeated_question_is_asked_once(pool: Pool) -> None:
    started = time.monotonic()
    verdicts = list(pool.judge([TOWER] * 50))
    assert {v.reason for v in verdicts} == {"timeout"}
    assert time.monotonic() - started < 30


def test_several_threads_share_a_pool(pool: Pool) -> None:
    results: dict[int, list[float | None]] = {}

    def run(thread: int) -> None:
        results[thread] = [v.score for v in pool.judge(slow(n, right=n % 2 == 0) for n in range(20))]

    threads = [threading.Thread(target=run, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {thread: [1.0, 0.0] * 10 for thread in range(4)}


def test_verify_judges_hard_items_off_the_main_thread() -> None:
    found: list[Verdict] = []
    thread = threading.Thread(target=lambda: found.append(verify(rf"\boxed{{{ROOT_THREE}}}", r"\frac{1}{\sqrt{3}}")))
    thread.start()
    thread.join()
    assert (found[0].score, found[0].method) == (1.0, "formula")


def test_closing_leaves_no_process_and_ends_what_is_under_way() -> None:
    pool = Pool(timeout=60)
    assert next(pool.judge([slow(1)])).score == 1.0
    (pid,) = pool.pids
    errors: list[str] = []

    def wait() -> None:
        try:
            list(pool.judge([TOWER]))
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.5)
    pool.close()
    thread.join(timeout=30)
    assert errors == ["the pool is closed"]
    assert pool.pids == ()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(RuntimeError, match="the pool is closed"):
        list(pool.judge([slow(1)]))


def test_a_worker_that_dies_while_idle_is_replaced(pool: Pool) -> None:
    assert next(pool.judge([slow(101)])).score == 1.0
    os.kill(pool.pids[0], 9)
    assert next(pool.judge([slow(102)])).score == 1.0


def test_sizes_must_be_positive() -> None:
    with pytest.raises(ValueError, match="workers, timeout and memory_mb must be positive"):
        Pool(workers=0)


CODE = r"""
from mmverifiers import verify
print(verify(r"\boxed{\sqrt{12}}", r"2\sqrt{3}").score)
"""


@pytest.mark.parametrize("way", ["stdin", "option", "unguarded script"])
def test_it_works_whatever_the_main_module_is(way: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(CODE, encoding="utf-8")
    arguments = {"stdin": ["-"], "option": ["-c", CODE], "unguarded script": [str(script)]}[way]
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        input=CODE,
        env={**os.environ, "PYTHONPATH": PACKAGE},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("1.0\n", "")


def _judged_here() -> tuple[float | None, str]:
    verdict = verify(r"\boxed{\frac{\sqrt{3}}{3}}", r"\frac{1}{\sqrt{3}}")
    return verdict.score, verdict.method


def _judged_into(results: multiprocessing.SimpleQueue) -> None:
    results.put(_judged_here())


def test_a_judgement_is_the_same_in_a_thread_an_event_loop_and_a_forked_process() -> None:
    here = _judged_here()
    assert here == (1.0, "formula")
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda _: _judged_here(), range(4))) == [here] * 4

    async def inside() -> tuple[float | None, str]:
        return _judged_here()

    assert asyncio.run(inside()) == here
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    child = context.Process(target=_judged_into, args=(results,))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads: what is tested here
        child.start()
    child.join(60)
    assert child.exitcode == 0
    assert results.get() == here


def test_a_rule_that_fails_is_an_error_of_its_item_and_the_worker_goes_on(pool: Pool) -> None:
    broken = Item(response="1 + x", answer="x + 1", kind="math", extract="none")
    next(pool.judge([broken]))
    before = pool.pids
    process = pool._processes[0]

    class Broken:
        def message(self) -> list[object]:
            return ["judge", "no such kind", ["1"], ["1"], [], "", ""]

        def result(self, reply: object) -> object:
            return reply

        def failure(self, reason: str) -> str:
            return reason

    assert list(process.ask([Broken()])) == ["error"]
    assert pool.pids == before


def test_an_answer_that_no_reader_makes_sense_of_is_unread_and_ends_nothing(pool: Pool) -> None:
    # The gold reads as a measure, and the answer as none that could be compared with it.
    given = (r"\dfrac{22}{7}", r"3+\frac17")
    items = [Item(response=text, answer=r"3+\frac17", kind="number", extract="none") for text in given]
    assert [verdict.reason for verdict in pool.judge(items)] == ["parse_failed", "ok"]
