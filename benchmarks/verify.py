"""How good and how fast are the verdicts of mmverifiers, beside math-verify and a plain string match?

Table one: labelled cases (`verify_cases/*.jsonl`, written for this project: a careful human's right or wrong, with a
reason), a row for each class of behaviour. Accepted is a score of 1.0; a false accept is a wrong answer accepted, a
false reject a right one not accepted, whatever the verdict. Table two: items a second on generated pairs
(`verify_speed.py`). Ends with status 1 where table one has a false accept or 1 % false rejects; no time is judged.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import verify_speed
from verify_graders import MathVerify, string_match

from mmverifiers import Item, Pool

CASES = Path(__file__).parent / "verify_cases"
GRADERS = ("mmverifiers", "math-verify", "string match")
FALSE_REJECTS = 0.01
"""Share of the right answers that may not be accepted."""


@dataclass(frozen=True)
class Case:
    """One labelled answer."""

    id: str
    kind: str
    group: str
    """The class of behaviour, `<group>/<class>` or `<group>`."""
    response: str
    golds: tuple[str, ...]
    """Any of them is right."""
    choices: tuple[str, ...]
    question: str
    extract: str
    metadata: str
    label: bool
    """What a careful human says."""
    reason: str


@dataclass(frozen=True)
class Result:
    """What each grader did with a case."""

    case: Case
    accepted: tuple[bool, ...]
    """In the order of `GRADERS`."""
    verdict: str
    """Ours, in words."""


def text_of(value: Any) -> str:
    """A string as it is, {"repeat": [text, n]} n times, a list of both joined: so long texts are short in files."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        text, times = value["repeat"]
        return str(text) * int(times)
    return "".join(map(text_of, value))


def read_cases(pattern: str) -> list[Case]:
    """Every case whose id or class matches, in the order of the files."""
    cases = []
    for path in sorted(CASES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            row = json.loads(line)
            if any(fnmatch.fnmatch(name, pattern) for name in (row["id"], row["class"], row["class"].split("/")[0])):
                cases.append(_case(row))
    return cases


def _case(row: dict[str, Any]) -> Case:
    answer = row["answer"]
    return Case(
        id=row["id"], kind=row["kind"], group=row["class"], response=text_of(row["response"]),
        golds=tuple(answer["any"]) if isinstance(answer, dict) and "any" in answer else (text_of(answer),),
        choices=tuple(row["choices"]), question=row["question"], extract=row["extract"],
        metadata=row.get("metadata", ""), label=row["label"], reason=row["reason"],
    )  # fmt: skip


def judge_ours(case: Case, pool: Pool) -> tuple[bool, str]:
    """Accepted or not, and the verdict in words; an item that is refused is not accepted."""
    answer = case.golds[0] if len(case.golds) == 1 and case.kind not in ("anls", "vqa") else case.golds
    try:
        item = Item(
            response=case.response, answer=answer, kind=case.kind, choices=case.choices,
            question=case.question, extract=case.extract, metadata=case.metadata,
        )  # fmt: skip
        verdict = next(iter(pool.judge([item])))
    except Exception as error:  # an item that is refused is a failure with a reason, not the end of the run
        return False, f"{type(error).__name__}: {_short(str(error))}"
    shown = None if verdict.extracted is None else _short(verdict.extracted)
    said = f"{verdict.score} {verdict.reason} by {verdict.method}, kind {verdict.kind}, extracted {shown!r}"
    return verdict.score == 1.0, said


def judge_all(cases: Sequence[Case], only_ours: bool = False) -> list[Result]:
    """All three graders; ours in one thread, the others beside it in another."""

    def ours() -> list[tuple[bool, str]]:
        with Pool(workers=1) as pool:
            return [judge_ours(case, pool) for case in cases]

    def others() -> list[tuple[bool, bool]]:
        if only_ours:
            return [(False, False)] * len(cases)
        child = MathVerify()
        try:
            return [(child.accepts(c.response, c.golds), string_match(c.response, c.golds)) for c in cases]
        finally:
            child.close()

    with ThreadPoolExecutor(2) as threads:
        mine, theirs = threads.submit(ours), threads.submit(others)
        pairs = zip(cases, mine.result(), theirs.result(), strict=True)
        return [Result(case, (accepted, *rest), said) for case, (accepted, said), rest in pairs]


def print_quality(results: Sequence[Result]) -> None:
    """A line for each class, a line for each group of classes, and the total."""
    print(f"{'':32} {'cases':>11}  " + "  ".join(f"{name:^20}" for name in GRADERS))
    print(f"{'class':32} {'right wrong':>11}  " + "  ".join(f"{'accuracy':>8} {'FA':>5} {'FR':>5}" for _ in GRADERS))
    groups = list(dict.fromkeys(one.case.group.split("/")[0] for one in results))
    for group in groups:
        of_group = [one for one in results if one.case.group.split("/")[0] == group]
        classes = list(dict.fromkeys(one.case.group for one in of_group))
        for name in classes if len(classes) > 1 else ():
            print(_line("  " + name, [one for one in of_group if one.case.group == name], rates=False))
        print(_line(group, of_group, rates=True))
    print(_line("all", results, rates=True))
    print("FA: false accepts, FR: false rejects; their numbers in a class, % of the wrong and the right in a group")


def _line(name: str, results: Sequence[Result], rates: bool) -> str:
    right = sum(one.case.label for one in results)
    wrong = len(results) - right
    cells = []
    for i in range(len(GRADERS)):
        accepts, rejects = _errors(results, i)
        good = (len(results) - accepts - rejects) / len(results)
        shown = (f"{accepts / max(wrong, 1):>5.1%}", f"{rejects / max(right, 1):>5.1%}")
        plain = (f"{accepts or '.':>5}", f"{rejects or '.':>5}")
        cells.append(f"{good:>8.1%} " + " ".join(shown if rates else plain))
    return f"{name:32} {right:>5} {wrong:>5}  " + "  ".join(cells)


def _errors(results: Sequence[Result], grader: int) -> tuple[int, int]:
    accepts = sum(one.accepted[grader] and not one.case.label for one in results)
    rejects = sum(one.case.label and not one.accepted[grader] for one in results)
    return accepts, rejects


def failures(results: Sequence[Result]) -> Iterator[str]:
    """Each case that ours gets wrong, with what it said."""
    for one in results:
        case = one.case
        if one.accepted[0] != case.label:
            wrong = "FALSE REJECT" if case.label else "FALSE ACCEPT"
            yield f"{wrong} {case.id} ({case.kind}, {case.extract}): {case.reason}"
            yield f"    gold {' | '.join(map(_short, case.golds))!r}  choices {list(case.choices)}  {case.question!r}"
            yield f"    response {_short(case.response)!r}"
            yield f"    verdict {one.verdict}"


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:150]} … {text[-150:]} ({len(text):,} characters)"


def main() -> int:
    """Judge, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default="*", metavar="GLOB", help="only cases whose id or class matches")
    parser.add_argument("--failures", action="store_true", help="list the cases that ours gets wrong; no speed table")
    parser.add_argument("--only", choices=("quality", "speed"), help="one table instead of both")
    parser.add_argument("--rounds", type=int, default=3, help="of the speed table, each on other pairs")
    parser.add_argument("--seed", type=int, default=0, help="of the speed table's pairs")
    args = parser.parse_args()
    status = 0
    if args.only != "speed":
        cases = read_cases(args.cases)
        if not cases:
            print(f"no case matches {args.cases}")
            return 2
        results = judge_all(cases, only_ours=args.failures)
        if args.failures:
            print("\n".join(failures(results)) or "no failures")
        else:
            print_quality(results)
        accepts, rejects = _errors(results, 0)
        right = sum(case.label for case in cases)
        print(f"mmverifiers: {accepts} false accepts, {rejects} false rejects in {len(cases):,} cases", flush=True)
        status = int(accepts > 0 or rejects >= FALSE_REJECTS * right)
    if args.only != "quality" and not args.failures:
        print()
        verify_speed.print_speed(args.rounds, args.seed)
    return status


if __name__ == "__main__":
    sys.exit(main())
