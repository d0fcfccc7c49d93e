"""Reading a file of predictions: JSONL in; of each line an Item to judge, or what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdata.errors import UserError
from mmdata.show import printable
from mmverifiers import KINDS, Item

NEEDED = ("response", "answer")
"""Keys that every line has."""
OPTIONAL = ("id", "kind", "choices", "question", "extract", "finish_reason", "metadata")
"""Keys that a line may have; null stands for none."""
EXTRACT = ("strict", "lenient", "none")
"""How an answer is found in a response: see `mmverifiers.Item`."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a file is read and judged."""

    kind: str = "auto"
    """Of lines that name none: a name from `mmverifiers.KINDS`, or `auto`."""
    extract: str = "lenient"
    """Of lines that name none: `strict`, `lenient` or `none`."""
    keys: Mapping[str, str]
    """What the file calls a key of `NEEDED` or `OPTIONAL`, where it is called otherwise."""
    workers: int = 1
    """Judging processes."""


def options(keys: Sequence[str], kind: str | None, extract: str | None, workers: int) -> Options:
    """Options as given on a command line; `keys` are `NAME=COLUMN`. Raises UserError for what makes no sense."""
    known = (*NEEDED, *OPTIONAL)
    pairs = dict(key.partition("=")[::2] for key in keys)
    for name, column in pairs.items():
        if name not in known or not column:
            raise UserError(f"--key {name}={column}: write it as NAME=COLUMN; names are {', '.join(known)}")
    for option, value, names in (("kind", kind, ("auto", *KINDS)), ("extract", extract, EXTRACT)):
        if value is not None and value not in names:
            raise UserError(f"--{option} {value}: there are {', '.join(names)}")
    return Options(kind=kind or "auto", extract=extract or "lenient", keys=pairs, workers=workers)


def lines(path: Path, how: Options) -> Iterator[tuple[int, Any, Item | str]]:
    """Each line that is not blank: its number, its id (or its number), and its Item or what is wrong with it."""
    with path.open("rb") as handle:
        for line, raw in enumerate(handle, 1):
            if raw.strip():
                try:
                    row = json.loads(raw)
                except (ValueError, RecursionError) as error:
                    yield line, line, f"not JSON: {' '.join(str(error).split()):.100}"
                    continue
                if not isinstance(row, dict):
                    yield line, line, f"{_named(row)}, not an object"
                    continue
                id = row.get(how.keys.get("id", "id"))
                yield line, line if id is None else id, _item(row, how)


def _item(row: dict[str, Any], how: Options) -> Item | str:
    """What to judge, or what is wrong with the line."""
    name = {key: how.keys.get(key, key) for key in (*NEEDED, *OPTIONAL)}
    missing = [name[key] for key in NEEDED if name[key] not in row]
    if missing:
        keys = printable(", ".join(map(str, row)), 200)
        wanted = " and ".join(map(repr, missing))
        return f"no key {wanted}; it has {keys or 'none'}: name the one to take with --key, as in --key response=text"
    given: dict[str, Any] = {key: row.get(name[key]) for key in name}
    for key in ("response", "question", "kind", "extract", "finish_reason"):
        if not isinstance(given[key], str) and (key == "response" or given[key] is not None):
            return f"{name[key]} is {_named(given[key])}, not a text"
    several = given["answer"] if isinstance(given["answer"], list) else [given["answer"]]
    answers, choices = _texts(several), _texts(given["choices"] or [])
    if not answers:
        return f"{name['answer']} is {_named(given['answer'])}, not a text, a number or a list of these"
    if choices is None:
        return f"{name['choices']} is {_named(given['choices'])}, not a list of texts"
    kind, extract = given["kind"] or how.kind, given["extract"] or how.extract
    if kind != "auto" and kind not in KINDS:
        return f"{name['kind']} is {printable(kind, 50)}; there are auto, {', '.join(KINDS)}"
    if extract not in EXTRACT:
        return f"{name['extract']} is {printable(extract, 50)}; there are {', '.join(EXTRACT)}"
    more = given["metadata"] or ""
    return Item(
        response=given["response"], answer=answers if isinstance(given["answer"], list) else answers[0], kind=kind,
        choices=choices, question=given["question"] or "", extract=extract,
        finish_reason=given["finish_reason"] or "stop",
        metadata=more if isinstance(more, str) else json.dumps(more, sort_keys=True),
    )  # fmt: skip


def _texts(values: Any) -> tuple[str, ...] | None:
    """Texts, and numbers and truth values as JSON writes them; None if there is anything else."""
    if not isinstance(values, list):
        return None
    try:
        return tuple(v if isinstance(v, str) else json.dumps(_plain(v), allow_nan=False) for v in values)
    except ValueError:
        return None


def _plain(value: Any) -> int | float | bool:
    if not isinstance(value, int | float):
        raise ValueError
    return value


def _named(value: Any) -> str:
    """What a JSON value is, in words."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return names.get(type(value), "a number")
