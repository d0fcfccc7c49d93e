"""The worker process: reads questions, one JSON array a line, and answers each with one line of JSON.

It is started by `pool.py` and is killed when a question takes too long. It trusts nothing it reads: no
pickle, no eval.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TextIO

MEMORY_EXIT = 77
"""Exit status of a worker that ran out of the memory that it was given."""
ORPHAN_SECONDS = 30
"""How long after a question's deadline a worker ends by itself, should its parent be gone."""


def main(timeout: float, memory_mb: int) -> None:
    """Serve `[task, argument, …]` lines from stdin until it closes. Replies `"ready"` when warm.

    timeout: seconds a question, enforced by the parent. memory_mb: MiB of address space beyond what the warm
    worker has already (Linux; elsewhere there is no limit).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, also on Ctrl-C
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # whatever a library prints must not look like a reply
    import logging

    from mmverifiers import expression

    logging.disable(logging.CRITICAL)
    expression.warm_up()
    limit = _limit_memory(memory_mb)
    _reply(replies, "ready")
    for line in sys.stdin:
        rule, *arguments = json.loads(line)
        if hasattr(signal, "alarm"):
            signal.alarm(int(timeout) + ORPHAN_SECONDS)  # the default action ends the process, even in C code
        started = time.monotonic()
        try:
            reply = TASKS[rule](*arguments)
        except MemoryError:
            os._exit(MEMORY_EXIT)
        except Exception:  # a fault of a rule or of a library: this task has no reply, the next ones do
            reply = None
        if limit and time.monotonic() - started > 0.05 and _peak_bytes() > 0.9 * limit:
            os._exit(MEMORY_EXIT)  # sympy swallows MemoryError here and there, and then says "not equal"
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        _reply(replies, reply)


def _judge(*parts: Any) -> list[str]:
    from mmverifiers.judge import Question, answer_question

    kind, golds, answers, choices, question, metadata = parts
    asked = Question(kind, tuple(golds), tuple(answers), tuple(choices), question, metadata)
    return list(answer_question(asked))


def _steps(text: str) -> str:
    from mmverifiers.steps import steps_json

    return steps_json(text)


TASKS: Mapping[str, Callable[..., Any]] = MappingProxyType({"judge": _judge, "steps": _steps})
"""What a worker can be asked, by name; the arguments and the reply are JSON."""


def _reply(replies: TextIO, reply: Any) -> None:
    replies.write(json.dumps(reply) + "\n")
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
