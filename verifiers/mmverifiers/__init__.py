"""Does a model's response answer the question rightly? Verdicts with reasons, one file a kind of answer.

Nothing here imports sympy or math-verify until a worker process does.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mmverifiers.target import Target, Violation, parse_target, wrap_target
from mmverifiers.verdict import SCORES, Item, Verdict, version

if TYPE_CHECKING:
    from mmverifiers.judge import check_gold
    from mmverifiers.kinds import KINDS, resolve_kind
    from mmverifiers.pool import Pool, verify_many
    from mmverifiers.steps import Step, check_steps

_LATER = {
    "KINDS": "kinds",
    "Pool": "pool",
    "Step": "steps",
    "check_gold": "judge",
    "check_steps": "steps",
    "resolve_kind": "kinds",
    "verify_many": "pool",
}
"""Name → the module that has it, imported when the name is first used: all patterns take a fifth of a second."""

__all__ = [
    "KINDS",
    "SCORES",
    "Item",
    "Pool",
    "Step",
    "Target",
    "Verdict",
    "Violation",
    "check_gold",
    "check_steps",
    "parse_target",
    "resolve_kind",
    "verify",
    "verify_many",
    "version",
    "wrap_target",
]

_shared: Pool | None = None
_shared_pid = 0
_lock = threading.Lock()


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)


def verify(
    response: str,
    answer: str | Sequence[str],
    *,
    kind: str = "auto",
    choices: Sequence[str] = (),
    question: str = "",
    extract: str = "lenient",
    finish_reason: str = "stop",
    metadata: str = "",
) -> Verdict:
    """Judge one response; the arguments are `Item`'s fields. Safe to call from any thread.

    What needs more than microseconds goes to one worker process that all callers share, at most 5 seconds an item; it
    is started when first needed and ended with the program. For many responses use a `Pool` or `verify_many`.
    ValueError for an unknown kind or way of extraction.
    """
    from mmverifiers.judge import Question, decide

    item = Item(
        response=response,
        answer=answer if isinstance(answer, str) else tuple(answer),
        kind=kind,
        choices=tuple(choices),
        question=question,
        extract=extract,
        finish_reason=finish_reason,
        metadata=metadata,
    )
    outcome = decide(item)
    return next(_pool().judge([item])) if isinstance(outcome, Question) else outcome


def _pool() -> Pool:
    """The shared pool; a forked child makes its own, since threads do not survive a fork."""
    global _shared, _shared_pid
    from mmverifiers.pool import Pool

    with _lock:
        if _shared is None or _shared_pid != os.getpid():
            _shared, _shared_pid = Pool(), os.getpid()
        return _shared


@atexit.register
def _close_shared() -> None:
    if _shared is not None and _shared_pid == os.getpid():
        _shared.close()


os.register_at_fork(after_in_child=lambda: globals().update(_lock=threading.Lock()))
