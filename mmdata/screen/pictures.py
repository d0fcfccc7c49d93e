"""pictures/: every image of the problems, once: what it is, whether it can be used, what it is worth and looks like.

What an image is, its bytes say. PNG, JPEG and WEBP of 8 bits, RGB or L, upright and without transparency, go on byte
for byte. Everything else that Pillow decodes becomes a PNG, by these rules, and keeps no metadata:

- the orientation that EXIF asks for is applied;
- transparency is laid on white;
- palettes, CMYK, YCbCr, HSV become RGB as Pillow converts them, 1 bit becomes L; colour profiles are not applied;
- 16 bits of grey become 8 as value × 255 / 65535, rounded, those of colours by keeping the upper 8, as Pillow does;
  pixels beyond 16 bits, and floating-point ones, whose range nothing states, are refused;
- GIF, BMP and TIFF become PNG whatever their pixels; moving images, and TIFFs of several pages, are refused. An MPO is
  the JPEG that its first frame is.

An image may cost `SECONDS` and `MEMORY`; above that its process is killed and replaced, and it alone is lost.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as Late
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pebble import ProcessExpired, ProcessPool

from mmdata.images import ImageStore
from mmdata.recipe import Screen
from mmdata.screen.inspection import inspect, refusal
from mmdata.store import Stage
from mmdata.types import Picture, Problem

Names = NDArray[np.bytes_]
SECONDS = 30.0
"""That an image may take."""
MEMORY = 2 * 2**30
"""Bytes that an image may take beyond what its process starts with (Linux only)."""
CHUNK = 16
"""Images handed to a process at once."""
AHEAD = 4
"""Chunks by process that are read ahead of the one that is due next."""
_GATHERED = 2**20
"""Names that are gathered before the repeated ones among them are dropped."""


def pictures(
    config: Screen, read: Callable[[], Iterator[Problem]], images: ImageStore, workers: int, tick: Callable[[], None]
) -> Stage:
    """A Picture an image, sorted by name; the same ones whatever the number of workers."""
    names = _names(read())
    chunks = (names[at : at + CHUNK] for at in range(0, len(names), CHUNK))
    for found in inspected(chunks, config, images.folder, workers) if len(names) else ():
        tick()
        yield found
    return {}


def _names(problems: Iterator[Problem]) -> Names:
    """The distinct names of the problems' images, sorted: 32 bytes each."""
    distinct, gathered = np.empty(0, "S32"), bytearray()
    for problem in problems:
        for name in problem.images:
            gathered += bytes.fromhex(name)
        if len(gathered) >= 32 * _GATHERED:
            distinct, gathered = _merged(distinct, gathered), bytearray()
    return _merged(distinct, gathered)


def _merged(distinct: Names, gathered: bytearray) -> Names:
    return np.unique(np.concatenate([distinct, np.frombuffer(gathered, "S32")]))


def _hex(name: bytes) -> str:
    # numpy takes zeros at the end of fixed-length bytes for padding.
    return name.ljust(32, b"\0").hex()


def inspected(
    chunks: Iterator[Names], config: Screen, folder: Path, workers: int, seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Iterator[Picture]:  # fmt: skip
    """The pictures of each chunk, in order."""
    # Children are forked from a server that has no threads and has imported this already: they start in no time.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPool(workers, initializer=_bounded, initargs=(memory,), context=context)

    def ask(names: Names) -> Any:
        return pool.schedule(_inspect, args=([_hex(name) for name in names], folder, config), timeout=seconds)

    try:
        due: deque[tuple[Names, Any]] = deque()
        more = True
        while more or due:
            while more and len(due) < AHEAD * workers:
                names = next(chunks, None)
                more = names is not None
                if names is not None:
                    due.append((names, ask(names)))
            if due:
                names, asked = due.popleft()
                yield from _answered(names, asked, ask, seconds)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _answered(names: Names, asked: Any, ask: Callable[[Names], Any], seconds: float) -> list[Picture]:
    """A chunk's pictures; where its process ended, each image is asked for alone."""
    try:
        found: list[Picture] = asked.result()
        return found
    except Late:
        reason, detail = "image_timeout", f"more than {seconds:g} s"
    except ProcessExpired as error:
        killed = error.exitcode == -signal.SIGKILL
        reason, detail = ("image_memory", "") if killed else ("undecodable_image", "the decoder crashed")
    if len(names) == 1:
        return [refusal(_hex(names[0]), reason, detail)]
    alone = [(names[at : at + 1], ask(names[at : at + 1])) for at in range(len(names))]
    return [picture for name, again in alone for picture in _answered(name, again, ask, seconds)]


def _bounded(memory: int) -> None:
    """Bound a new process."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):
        pass  # not Linux: time alone is bounded
    # What a person's Ctrl-C ends is the parent, which ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _inspect(names: Sequence[str], folder: Path, config: Screen) -> list[Picture]:
    store = ImageStore(folder)
    return [inspect(name, store, config) for name in names]
