"""reasoning-gym: procedural text problems, generated on demand, the same for the same seed and settings."""

from __future__ import annotations

import difflib
import hashlib
import importlib.metadata
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from mmdata.errors import SourceError
from mmdata.sources import Where, dropped
from mmdata.types import Card, Draft, Dropped, Problem
from mmverifiers import json_value, puzzle

CARD = Card(
    name="reasoning_gym",
    title="Reasoning Gym",
    summary="Arithmetic, algebra, logic, games and more: problems generated with their answers.",
    url="https://github.com/open-thought/reasoning-gym",
    license="Apache-2.0",
    commercial=True,
    training=True,
    citation="Stojanovski et al., REASONING GYM: Reasoning Environments for Reinforcement Learning with Verifiable "
    "Rewards. arXiv:2505.24760",
    domain="reasoning",
    kinds=("number", "yesno", "text", "list", "json", "reasoning_gym"),
    modality="text",
    splits=("generated",),
    install="pip install reasoning-gym==0.1.25",
    quirks=(
        "There are no files: a row is made from the task, the seed and its index, so its id names all three.",
        "A row's domain is its task's family in the package: arithmetic, algebra, logic, algorithmic, games, …",
        "Puzzles with many right answers are judged by the package's own scorer (kind reasoning_gym) where it is safe "
        "and gives the gold 1.0; other tasks with a scorer of their own (metadata: own_scorer) are compared with the "
        "gold, so that other right answers count as wrong.",
        "graph_color and rubiks_cube have no gold; the generator's example of a right answer takes its place.",
        "Closing phrases such as 'Give only the result as your final answer.' are removed: they contradict reasoning.",
    ),
    confirmed="For products, chain_sum, basic_arithmetic, letter_counting, leg_counting, count_bits, gcd and "
    "simple_equations of 0.1.25 the package's own scorer gives the golds 1.0.",
)

_FORMAT = re.compile(r"\s*Give only the [\w ]{1,30} as your final answer\.\s*$")
_OURS = ("size", "seed")
_EXAMPLES = {"graph_color": "possible_answer", "rubiks_cube": "example_correct_answer"}
"""Tasks without a gold whose metadata hold a right answer, and its key there."""


class TaskOptions(BaseModel):
    """How much of one task, and how hard."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: Annotated[int, Field(ge=1, le=1_000_000, description="How many problems to generate.")] = 100
    config: dict[str, Any] = Field(default_factory=dict, description="Settings of the task's generator.")

    @field_validator("config")
    @classmethod
    def _plain(cls, config: dict[str, Any]) -> dict[str, Any]:
        if taken := sorted(set(config) & set(_OURS)):
            raise ValueError(f"{', '.join(taken)} is set beside config, not in it")
        try:
            json.dumps(config, sort_keys=True)
        except (TypeError, ValueError):
            raise ValueError("only plain values (numbers, texts, lists, mappings) can be settings") from None
        return config


class Options(BaseModel):
    """Which tasks, in which order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tasks: dict[str, TaskOptions] = Field(
        min_length=1, description="Task name: {size, config}. Rows come task after task, in this order."
    )
    seed: int = Field(default=0, ge=0, lt=2**32, description="Another seed makes other problems.")


def revision(options: Options, base: Path) -> str:
    """The version of the installed package: another version may generate other problems."""
    try:
        return importlib.metadata.version("reasoning-gym")
    except importlib.metadata.PackageNotFoundError:
        raise SourceError(f"reasoning_gym: the package is not installed: {CARD.install}") from None


def rows(where: Where) -> Iterator[Mapping[str, Any]]:
    """Generate row after row. Every task's settings are checked before the first row."""
    options: Options = where.options
    opened = [(name, task, _open(name, task, options.seed)) for name, task in options.tasks.items()]
    for name, task, dataset in opened:
        about = {
            "task": name,
            "seed": options.seed,
            "config": task.config,
            "category": dataset.category,
            "own_scorer": "score_answer" in vars(type(dataset)),
        }
        for index in range(task.size):
            try:
                entry = dataset[index]
                yield {**about, "index": index, "entry": entry, "scored": _scored(name, task.config, entry)}
            except Exception as error:
                yield {**about, "index": index, "error": f"{type(error).__name__}: {error}"[:300]}


def problem(row: Mapping[str, Any], where: Where) -> Draft | Dropped:
    """The generated question and answer."""
    upstream_id = f"{row['task']}-{row['seed']}-{row['index']}"
    if row["config"]:
        settings = json.dumps(row["config"], sort_keys=True).encode()
        upstream_id += f"-{hashlib.sha256(settings).hexdigest()[:8]}"
    if "error" in row:
        return dropped(where, upstream_id, "generator_failed", row["error"])
    entry = row["entry"]
    answer = _gold(row["task"], entry)
    if answer is None:
        return dropped(where, upstream_id, "no_gold", "the generator gives no answer; only its scorer can judge")
    scored = row.get("scored", False)
    details = {"task": row["task"], "own_scorer": row["own_scorer"], "generator": _json(entry["metadata"])}
    if scored:
        details["config"] = row["config"]
    return Draft(
        problem=Problem(
            id=f"{where.name}/{upstream_id}",
            source=where.name,
            upstream_id=upstream_id,
            revision=where.revision,
            split=where.split,
            question=_FORMAT.sub("", entry["question"]).strip(),
            answer=answer,
            answer_kind="reasoning_gym" if scored else _kind(answer),
            domain=row["category"],
            family=row["task"],
            license=CARD.license,
            metadata=json.dumps(details, sort_keys=True),
        )
    )


def _open(name: str, task: TaskOptions, seed: int) -> Any:
    """The task's generator. Importing the package takes seconds, so nothing above this line does."""
    try:
        from reasoning_gym.factory import DATASETS, create_dataset
    except ImportError as error:
        raise SourceError(f"reasoning_gym cannot be imported ({error}): {CARD.install}") from None
    if name not in DATASETS:
        raise SourceError(f"reasoning_gym has no task {name!r}{_near(name, list(DATASETS))}")
    known = [field.name for field in fields(DATASETS[name][1]) if field.name not in _OURS]
    for key in task.config:
        if key not in known:
            raise SourceError(f"reasoning_gym: task {name!r} has no setting {key!r}{_near(key, known)}")
    try:
        return create_dataset(name, size=task.size, seed=seed, **task.config)
    except Exception as error:  # the package's checks are assertions and errors of every kind
        raise SourceError(f"reasoning_gym: task {name!r} refuses {task.config}: {error or repr(error)}") from None


def _gold(task: str, entry: Mapping[str, Any]) -> str | None:
    """The gold as a text; None where the generator gives none."""
    answer = entry["answer"]
    if answer is None and task in _EXAMPLES:
        answer = entry["metadata"].get(_EXAMPLES[task])
    if answer is None:
        return None
    return json.dumps(answer) if isinstance(answer, Mapping) else str(answer).strip()


def _scored(task: str, config: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """Can the kind `reasoning_gym` judge it, after all that its scorer needs has been through JSON?"""
    if not puzzle.scorable(task):
        return False
    try:
        told = json.dumps({"task": task, "config": config, "generator": _json(entry["metadata"])}, sort_keys=True)
    except (TypeError, ValueError):
        return False
    answer = _gold(task, entry)
    return answer is not None and puzzle.accepts(answer, told)


def _near(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else f"; there are: {', '.join(sorted(known))}"


def _kind(answer: str) -> str:
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", answer):
        return "number"
    if answer.startswith("[") and answer.endswith("]"):
        return "list"
    if answer.startswith("{") and json_value.read_json(answer) is not None:
        return "json"
    return "yesno" if answer.lower() in ("yes", "no") else "text"


def _json(value: Any) -> Any:
    """What can be said in JSON; the rest (sets, objects, NaN) is left out, since its text may vary between runs."""
    if isinstance(value, Mapping):
        return {str(k): _json(v) for k, v in value.items() if isinstance(k, str | int) and _plain(v)}
    if isinstance(value, list | tuple):
        return [_json(v) for v in value if _plain(v)]
    return value


def _plain(value: Any) -> bool:
    if isinstance(value, float):
        return value == value and abs(value) != float("inf")
    return value is None or isinstance(value, str | int | float | list | tuple | Mapping)
