"""Kind `reasoning_gym`: puzzles with many right answers, judged by the scorer that reasoning-gym has for the task.

The scorers of 0.1.25 were read one by one. Only those in `SCORED` are used: the ones that accept other right answers
than the gold, run no part of the answer as code, and cannot be talked into a full score. Everything else is judged as
text.

Not used, because they pass the answer to `eval` or to sympy's `parse_expr`, which is the same: binary_matrix,
intermediate_integration, polynomial_multiplication, simple_integration, spiral_matrix, string_insertion; also
countdown, n_queens and puzzle24, which are checked here instead (`CHECKED`).
Not used, because a wrong answer can get everything: boxnet (moves targets), calendar_arithmetic (negative counts),
coin_flip, complex_arithmetic, decimal_arithmetic, number_format, number_sorting and pool_matrix (tolerances that the
question does not state), figlet_font (ten letters in place are enough), game_of_life (more cells than the board has),
game_of_life_halting (any text is true), gsm_symbolic (drops a sign), polynomial_equations (prose is an empty list),
codeio, letter_jumble, spell_backward, time_intervals (partial credit by rounding).
Not used, because the package gives no gold to check the entry by: boxnet, propositional_logic, rush_hour.
Not used, because one answer is right and comparing with it is enough: all others.

The item's metadata is JSON: {"task": name, "config": settings, "generator": the entry's metadata}, or with the whole
"entry" (question, answer, metadata) in the place of "generator".
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from mmverifiers.gold import Gold, Ruling
from mmverifiers.text import Wanted, fast_text, read_text

LONGEST = 20_000
"""Characters. No longer answer is given to a scorer."""

_JSON = re.compile(r"[\[{].*[\]}]", re.DOTALL)
SCORED: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "cryptarithm": re.compile(r"\s*[A-Z]\s*=\s*\d\s*(?:,\s*[A-Z]\s*=\s*\d\s*)*", re.ASCII),
        "graph_color": re.compile(r"\{.*\}", re.DOTALL),
        "group_anagrams": _JSON,
        "jugs": _JSON,
        "kakurasu": re.compile(r"[01\s]+"),
        "knight_swap": re.compile(r"[Nn]o|\[.*\]", re.DOTALL),
        "knights_knaves": re.compile(
            r"(?!.*\b(?:or|not|either|maybe|if|nor|neither)\b)[A-Za-z ,.()\n]+", re.I | re.DOTALL
        ),
        "palindrome_generation": re.compile(r"\S+"),
        "palindrome_partitioning": _JSON,
        "prime_factorization": re.compile(r"\d+(?:\s*×\s*\d+)*", re.ASCII),
        "quantum_lock": re.compile(r"\s*[A-Ca-c](?:[\s,→>-]*[A-Ca-c]){0,500}\s*"),
        "rubiks_cube": re.compile(r"(?:[UDLRFBMESXYZxyz][w]?['2]?\s+){0,1000}[UDLRFBMESXYZxyz][w]?['2]?"),
        "shortest_path": re.compile(r"infeasible|(?:(?:up|down|left|right)\s*){1,2000}"),
        "sokoban": re.compile(r"[LRUD]{1,5000}"),
        "tower_of_hanoi": re.compile(r"(?:Move disk \d+ from Peg \d+ to Peg \d+\s*){1,2000}", re.ASCII),
        "word_ladder": re.compile(r"\s*[A-Za-z]+(?:\s*,\s*[A-Za-z]+)+\s*"),
    }
)
"""Task → what an answer must look like as a whole before the package's scorer sees it, so that a scorer that picks out
letters or digits sees no prose."""
CHECKED = ("countdown", "n_queens", "puzzle24")
"""Tasks with many right answers that are checked here, by the entry's metadata, and not by the package."""

_FENCE = re.compile(r"```\w*\s*\n(.*?)\n?\s*```", re.DOTALL)
_ARITHMETIC = re.compile(r"[\d\s+\-*/()]{1,300}", re.ASCII)
_REWRITTEN: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "prime_factorization": ((r"\\times|\\cdot|[x*·⋅]", "×"),),
        "shortest_path": ((r"\s*(?:,|->|→|;)\s*", " "), (r"^\s+|\s+$", "")),
        "sokoban": ((r"[\s,]+", ""),),
        "tower_of_hanoi": ((r"(?m)^\s*(?:\d+[.)]|[-*])\s+", ""), (r"(?m)[.,;]\s*$", "")),
        "word_ladder": ((r"\s*(?:->|→|=>)\s*", ","),),
        "countdown": (
            (r"\\times|\\cdot|[×·⋅]", "*"),
            (r"\\div|÷", "/"),
            (r"\\left|\\right", ""),
            (r"\s*=\s*\d+\s*$", ""),
        ),
        "puzzle24": (
            (r"\\times|\\cdot|[×·⋅]", "*"),
            (r"\\div|÷", "/"),
            (r"\\left|\\right", ""),
            (r"\s*=\s*24\s*$", ""),
        ),
    }
)
"""Other writings of the same answer that a task's own format does not have: (pattern, replacement)."""


def scorable(task: str) -> bool:
    """Is the task judged by more than a comparison with its gold?"""
    return task in SCORED or task in CHECKED


def read(text: str, choices: tuple[str, ...] = (), question: str = "") -> Wanted | None:
    """The gold as a text; None where it is blank."""
    return read_text(text, choices, question)


def fast(answer: str, gold: Gold) -> Ruling | None:
    """Right where it is the gold to the letter; as the kind `text` for a task that is not scored and without metadata;
    None otherwise."""
    if answer.strip() == gold.text:
        return "ok", "string"
    if not scorable(_task(gold.metadata)):
        return fast_text(answer, gold)
    return None if len(answer) <= LONGEST else ("wrong_answer", "length")


def slow(answer: str, gold: Gold) -> Ruling:
    """Judge by the task's scorer: 1.0 is right, everything below is wrong, partial credit too.

    `gold_unverifiable` where the gold itself has no 1.0: then the metadata is not that of the question. `error` where
    the package is missing or fails. Imports the package, which takes two seconds.
    """
    task = _task(gold.metadata)
    try:
        score = _scorer(gold.metadata)
    except ImportError:
        return "error", "reasoning_gym"
    entry = _entry(gold.text, gold.metadata)
    if not _sound(gold.text, entry, score):
        return "gold_unverifiable", "reasoning_gym"
    told = answer.strip()
    if fence := _FENCE.fullmatch(told):
        told = fence.group(1).strip()
    for pattern, replacement in _REWRITTEN.get(task, ()):
        told = re.sub(pattern, replacement, told)
    if task in SCORED and not SCORED[task].fullmatch(told):
        return "wrong_answer", "reasoning_gym"
    return ("ok" if _full(score, told, entry) else "wrong_answer"), "reasoning_gym"


def accepts(gold: str, metadata: str) -> bool:
    """Does the gold of an entry get 1.0 from the scorer of its task? For sources: the gold must be trusted, since
    nothing stops a scorer that hangs. False for a task that is not `scorable`; ImportError without the package."""
    return scorable(_task(metadata)) and _sound(gold, _entry(gold, metadata), _scorer(metadata))


Scorer = Callable[[str, dict[str, Any]], float]
"""(answer, entry) → 0.0 to 1.0. May raise, and may change the entry."""


def _full(score: Scorer, answer: str, entry: str) -> bool:
    try:
        with redirect_stdout(io.StringIO()):  # some scorers print what they think of an answer
            return score(answer, json.loads(entry)) == 1.0
    except MemoryError:
        raise
    except Exception:  # the scorers let through whatever an ill-formed answer raises
        return False


@lru_cache(maxsize=256)
def _sound(gold: str, entry: str, score: Scorer) -> bool:
    return _full(score, gold, entry)


@lru_cache(maxsize=256)
def _entry(gold: str, metadata: str) -> str:
    """The generated entry in JSON, of metadata for which `_task` has a name."""
    found = json.loads(metadata)
    return json.dumps(found.get("entry") or {"question": "", "answer": gold, "metadata": found["generator"]})


@lru_cache(maxsize=4096)
def _task(metadata: str) -> str:
    """The task's name; "" where the metadata is not that of a generated entry."""
    try:
        found = json.loads(metadata)
        told = found["entry"]["metadata"] if "entry" in found else found["generator"]
        complete = isinstance(told, dict) and isinstance(found.get("config") or {}, dict)
        return str(found["task"]) if complete else ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""


def _scorer(metadata: str) -> Scorer:
    task = _task(metadata)
    return _checker(task) if task in CHECKED else _package(task, json.dumps(json.loads(metadata).get("config") or {}))


@lru_cache(maxsize=32)
def _package(task: str, config: str) -> Scorer:
    from reasoning_gym.factory import create_dataset

    scorer: Scorer = create_dataset(task, size=1, seed=0, **json.loads(config)).score_answer
    return scorer


@lru_cache(maxsize=8)
def _checker(task: str) -> Scorer:
    return _queens if task == "n_queens" else _arithmetic


def _queens(answer: str, entry: dict[str, Any]) -> float:
    """Is it one of the boards that the generator found to be right?"""
    board = [line.split() for line in answer.strip().splitlines()]
    return float(
        any(board == [line.split() for line in known.splitlines()] for known in entry["metadata"]["valid_answers"])
    )


def _arithmetic(answer: str, entry: dict[str, Any]) -> float:
    """Does an expression use the numbers, each once, and have exactly the value that is asked for?"""
    from mmverifiers.exact import exact
    from mmverifiers.formula import read_formula

    if not _ARITHMETIC.fullmatch(answer) or "**" in answer or "//" in answer:
        return 0.0
    used = sorted(map(int, re.findall(r"\d+", answer)))
    found = read_formula(answer)
    if used != sorted(entry["metadata"]["numbers"]) or found is None:
        return 0.0
    return float(exact(found[0]) == entry["metadata"].get("target", 24))
