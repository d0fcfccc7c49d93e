"""The worker process: reads questions, one JSON array a line, and answers each with one JSON string a line.

It is started by `pool.py` and is killed when a question takes too long. It trusts nothing it reads: no
pickle, no eval.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TextIO

MEMORY_EXIT = 77
"""Exit status of a worker that ran out of the memory that it was given."""
ORPHAN_SECONDS = 30
"""How long after a question's deadline a worker ends by itself, should its parent be gone."""


def main(timeout: float, memory_mb: int) -> None:
    """Serve questions `[kind, gold, answer]` from stdin until it closes. Replies `"ready"` when warm.

    timeout: seconds a question, enforced by the parent. memory_mb: MiB of address space beyond what the warm
    worker has already (Linux; elsewhere there is no limit).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, also on Ctrl-C
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # whatever a library prints must not look like a reply
    import logging

    from mmverifiers import expression
    from mmverifiers.judge import SLOW

    logging.disable(logging.CRITICAL)
    expression.warm_up()
    limit = _limit_memory(memory_mb)
    _reply(replies, "ready")
    for line in sys.stdin:
        kind, gold, answer = json.loads(line)
        if hasattr(signal, "alarm"):
            signal.alarm(int(timeout) + ORPHAN_SECONDS)  # the default action ends the process, even in C code
        try:
            reason = SLOW[kind][0](answer, gold)
        except MemoryError:
            os._exit(MEMORY_EXIT)
        if reason != "ok" and limit and _peak_bytes() > 0.9 * limit:
            os._exit(MEMORY_EXIT)  # sympy swallows MemoryError here and there, and then says "not equal"
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        _reply(replies, reason)


def _reply(replies: TextIO, reason: str) -> None:
    replies.write(json.dumps(reason) + "\n")
    replies.flush()


def _limit_memory(memory_mb: int) -> int | None:
    """Bound the address space; the bound in bytes, or None where the platform has no such bound."""
    if not sys.platform.startswith("linux"):
        return None
    import resource

    with open("/proc/self/statm") as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    limit = now + memory_mb * 2**20
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    return limit


def _peak_bytes() -> int:
    with open("/proc/self/status") as status:
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmPeak")), 0)
