"""math-verify called directly, in the process that `verify_speed.py` times it in: a batch a line in, its seconds out.

Golds come wrapped in `$…$` already. A line is [whether golds are parsed once, [[response, gold], …]].
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from math_verify import parse, verify


def judge(pairs: list[list[str]], cached: bool) -> list[bool]:
    """Whether each response is verified against its gold."""
    known: dict[str, Any] = {}
    accepted = []
    for response, gold in pairs:
        if not cached:
            parsed = parse(gold)
        elif gold in known:
            parsed = known[gold]
        else:
            parsed = known[gold] = parse(gold)
        accepted.append(bool(verify(parsed, parse(response))))
    return accepted


for line in sys.stdin:
    once, batch = json.loads(line)
    started = time.perf_counter()
    verified = judge(batch, once)
    print(json.dumps([time.perf_counter() - started, verified]), flush=True)
