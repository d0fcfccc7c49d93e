"""What `verify.py` holds ours against: math-verify as its README shows, and a plain string match.

Run as a program it is the child process in which math-verify judges: one JSON array [response, gold] a line in, one
word a line out. Its own limit is a signal that big-integer arithmetic ignores, so whoever asks must be able to kill.
"""

from __future__ import annotations

import json
import re
import resource
import select
import subprocess
import sys
from collections.abc import Sequence
from typing import IO, cast

LIMIT = 3.0
"""Seconds until an answer of math-verify is not waited for any longer; no case that it accepts takes it one second."""
MEMORY = 4 * 2**30
"""Bytes of address space that the child may take: one power tower is enough to fill a machine."""


def dollars(gold: str) -> str:
    """The gold in an environment, since math-verify reads bare LaTeX as nothing, or as the number within it."""
    return gold if "$" in gold or r"\boxed" in gold or r"\[" in gold or r"\(" in gold else f"${gold}$"


class MathVerify:
    """math-verify in a process of its own, which is killed and started anew when it is late."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def accepts(self, response: str, golds: Sequence[str]) -> bool:
        """Whether any of the golds is verified; no answer in time is a no."""
        return any(self._ask(response, gold) == "yes" for gold in golds)

    def _ask(self, response: str, gold: str) -> str:
        if self._child is None:
            self._child = subprocess.Popen(
                (sys.executable, __file__), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, encoding="utf-8",
            )  # fmt: skip
            if self._read(60.0) != "ready":
                raise RuntimeError("math-verify did not start")
        # Lone surrogates and line ends pass as escapes, so a response is always one line of ASCII.
        try:
            stdin = cast(IO[str], self._child.stdin)
            stdin.write(json.dumps([response, dollars(gold)]) + "\n")
            stdin.flush()
            said = self._read(LIMIT)
        except BrokenPipeError:
            said = ""
        if not said:
            self.close()
        return said or "late"

    def _read(self, seconds: float) -> str:
        stdout = cast(IO[str], cast("subprocess.Popen[str]", self._child).stdout)
        ready, _, _ = select.select([stdout], [], [], seconds)
        return stdout.readline().strip() if ready else ""

    def close(self) -> None:
        """Kill the process, if there is one."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


_STATED = re.compile(r"(?i)(?:answer|####)\s*(?:is\s*:?|:)?\s*([^\n]+)")


def string_match(response: str, golds: Sequence[str]) -> bool:
    """The last box, else what follows the last "answer:" or "####", else everything; equal but for case and signs."""
    found = _last_box(response)
    if found is None:
        stated = _STATED.findall(response[-100_000:])
        found = stated[-1] if stated else response
    return _plain(found) in {_plain(gold) for gold in golds}


def _last_box(text: str) -> str | None:
    start = text.rfind(r"\boxed{")
    if start < 0:
        return None
    depth = 0
    for at in range(start + 6, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return text[start + 7 : at]
    return None


def _plain(text: str) -> str:
    return "".join(text.casefold().split()).strip("$*.:()")


def _serve() -> None:
    """Judge every line of stdin, until it ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from math_verify import parse, verify

    print("ready", flush=True)
    for line in sys.stdin:
        response, gold = json.loads(line)
        try:
            print("yes" if verify(parse(gold), parse(response)) else "no", flush=True)
        except Exception as error:  # what it raises is what it would raise in a caller's loop; the pair is not accepted
            print(type(error).__name__, flush=True)


if __name__ == "__main__":
    _serve()
