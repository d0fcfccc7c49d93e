"""Table two of `verify.py`: items a second, ours and math-verify called directly, in one run on the same pairs.

math-verify parses the gold of each pair, as its README does; "gold cached" parses each distinct gold once. Each round
draws other pairs and runs every side in turn on a warm process; what is shown is the median of the rounds. "judged"
is the share of the pairs that got the verdict that is right by construction. Nothing is judged by these figures.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, cast

import verify_pairs
from verify_graders import dollars
from verify_pairs import Draw, Pair

from mmverifiers import Item, Pool

CLASSES: tuple[tuple[str, Callable[[Draw, int], list[Pair]], int, float], ...] = (
    ("integers, bare", verify_pairs.bare_integers, 400, 50.0),
    ("integers, boxed in prose", verify_pairs.boxed_integers, 300, 50.0),
    ("LaTeX as in MATH", verify_pairs.latex, 80, 1.0),
    ("choices", verify_pairs.choices, 160, 1.0),
    ("hard LaTeX", verify_pairs.hard, 20, 1.5),
    ("mix, 8 answers a problem", verify_pairs.mix, 30, 15.0),
)
"""Name, generator, size (of the mix: problems), and how many times math-verify's rate we aim at."""
TWO_WORKERS = 1.7
"""How many times one worker's rate two should have, on an idle machine and where workers have work."""
SIDES = ("math-verify", "gold cached", "one worker", "two workers")


class _Direct:
    """math-verify in one warm process that times itself."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            (sys.executable, str(Path(__file__).with_name("verify_direct.py"))),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
        )  # fmt: skip

    def run(self, pairs: Sequence[Pair], cached: bool) -> tuple[float, list[bool]]:
        """Seconds, and what was accepted."""
        stdin, stdout = cast(IO[str], self._child.stdin), cast(IO[str], self._child.stdout)
        stdin.write(json.dumps([cached, [[pair.response, dollars(pair.gold)] for pair in pairs]]) + "\n")
        stdin.flush()
        said = stdout.readline()
        if not said:
            raise RuntimeError("math-verify ended")
        seconds, accepted = json.loads(said)
        return seconds, accepted

    def close(self) -> None:
        """End the process."""
        self._child.communicate()


def _ours(pool: Pool, pairs: Sequence[Pair]) -> tuple[float, list[bool]]:
    items = [Item(response=p.response, answer=p.gold, kind=p.kind, choices=p.choices, extract="lenient") for p in pairs]
    started = time.perf_counter()
    accepted = [verdict.score == 1.0 for verdict in pool.judge(items)]
    return time.perf_counter() - started, accepted


def print_speed(rounds: int, seed: int) -> None:
    """Warm every side, time every class, print."""
    found: dict[str, list[tuple[list[float], list[float]]]] = {name: [] for name, *_ in CLASSES}
    direct = _Direct()
    with Pool(workers=1) as one, Pool(workers=2) as two:
        warm = Draw(seed + 1_000_003)
        pairs = verify_pairs.latex(warm, 20) + verify_pairs.hard(warm, 18)
        direct.run(pairs, cached=False)
        _ours(one, pairs)
        _ours(two, pairs)
        for number in range(rounds):
            draw = Draw(seed + number)
            for name, make, count, _ in CLASSES:
                pairs = make(draw, count)
                took = [
                    direct.run(pairs, cached=False), direct.run(pairs, cached=True), _ours(one, pairs),
                    _ours(two, pairs),
                ]  # fmt: skip
                rates = [len(pairs) / seconds for seconds, _ in took]
                judged = [sum(a == p.right for a, p in zip(got, pairs, strict=True)) / len(pairs) for _, got in took]
                found[name].append((rates, judged))
    direct.close()
    print(f"{'items a second':26}" + "".join(f"{side:>13}" for side in SIDES) + "   one : m-v (aim)  two : one  judged")
    for name, _, _, aim in CLASSES:
        rates = [statistics.median(one[0][i] for one in found[name]) for i in range(4)]
        ratio = statistics.median(one[0][2] / one[0][0] for one in found[name])
        more = statistics.median(one[0][3] / one[0][2] for one in found[name])
        theirs, _, mine, _ = (statistics.mean(one[1][i] for one in found[name]) for i in range(4))
        print(
            f"{name:26}" + "".join(f"{rate:>13,.0f}" for rate in rates) + f"  {ratio:>7.1f} × ({aim:>4g})"
            f"  {more:>6.2f} ×  {mine:>6.1%} (m-v {theirs:.1%})"
        )
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"aims: never slower; {TWO_WORKERS} × with two workers where workers have work, on an idle machine")
    print(f"median of {rounds} rounds; load {load:.1f} on {os.cpu_count()} cores")
