"""An arm's folder: a run of its own, so that `mmdata explain` and `mmdata report` answer for its rows. What it shares
with the run that it comes from, its problems and paths, is linked; verdicts and SFT rows are made as a build makes
them."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

from mmdata import mix, recipe_file
from mmdata.asked import Asked, Tables
from mmdata.build import judging, make
from mmdata.errors import UserError
from mmdata.keys import hash64, normalise
from mmdata.progress import Shown
from mmdata.recipe import Recipe
from mmdata.step import Tick, code
from mmdata.store import Manifest, Run, Stage
from mmdata.train.config import Train
from mmdata.types import Dropped, Example, Problem
from mmdata.validation.config import Arm, Control
from mmverifiers import Target, parse_target

SHARED = ("problems", "pictures", "leaks", "twins", "screened", "traces", "blind_traces")
"""Tables that no change of `verify` or `mix` alters."""
JUDGED = ("verdicts", "suspects", "blind_verdicts")
"""Tables that no change of `mix` alters."""


class Apart:
    """The held-out questions, which no arm may be taught: their images and, where there are none, their words."""

    def __init__(self, problems: Iterator[Problem]) -> None:
        self._known: set[str] = set()
        for problem in problems:
            self._known |= self._marks(problem)

    @staticmethod
    def _marks(problem: Problem) -> set[str]:
        return set(problem.images) or {normalise(problem.question)}

    def __contains__(self, problem: Problem) -> bool:
        return not self._known.isdisjoint(self._marks(problem))

    @property
    def digest(self) -> str:
        """Hash of all of them."""
        return hashlib.sha256("\0".join(sorted(self._known)).encode()).hexdigest()[:32]


def derive(
    source: Run, arm: Arm, student: Train, apart: Apart, place: Run, workers: int, shown: Shown
) -> Manifest:  # fmt: skip
    """Make the SFT rows of an arm in `place` from what the run `source` has sampled; their manifest.

    Raises UserError where the run holds no paths, or no row is left.
    """
    source.need("traces")
    own = recipe_file.load(source.folder / "recipe.yaml")
    plain = recipe_file.load(source.folder / "recipe.yaml", changes=arm.words)
    what = _set_up(plain, arm.control).model_copy(update={"train": student})
    if what.mix.sft is None:
        raise UserError(f"{source.folder}: its recipe makes no SFT rows (mix.sft is null): students learn from these")
    # What is cleared away when a folder is locked must not be another run's.
    _unlinked(place)
    with place.locked("arm of an experiment", "experiment"):
        for table in (*SHARED, *(JUDGED if what.verify == own.verify else ())):
            _linked(source, place, table)
        _images(source, place)
        aside = place.folder / "recipe.yaml.partial"
        aside.write_text(recipe_file.dump(what), encoding="utf-8")
        aside.replace(place.folder / "recipe.yaml")
        for step in judging(what, place, workers, online=False):
            if step.table not in ("sft", "rl", "eval"):
                make(step, place, shown)
            elif step.table == "sft":
                start = partial(_kept_apart, plain, what, arm.control, Tables.of(place, what), apart)
                config = {**step.config, "control": arm.control, "apart": apart.digest}
                config["of"] = plain.mix.model_dump(mode="json", include={"sft"})
                versions = {**step.versions, "arms": code(__file__)}
                make(replace(step, start=start, config=config, versions=versions), place, shown)
    if pending := place.need("verdicts").notes.get("judge", {}).get("pending"):
        shown.say(f"warning: {pending:,} answers were never put to the judge, who is not asked here: they stay out")
    found = place.need("sft")
    if not found.rows:
        why = ", ".join(f"{reason} {n:,}" for reason, n in found.dropped.items()) or "no path answers a problem"
        raise UserError(f"the arm {arm.name} has no SFT rows ({why}): there is nothing to teach")
    return found


def _linked(source: Run, place: Run, table: str) -> None:
    """The table as the run has it, without copying it where the file system allows."""
    there, here = source.manifest(table), place.manifest(table)
    if there is None or (here is not None and here.digest == there.digest and here.key == there.key):
        return
    aside = place.folder / f"{table}.partial"
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(source.folder / table, aside, copy_function=_link)
    shutil.rmtree(place.folder / table, ignore_errors=True)
    aside.rename(place.folder / table)


def _link(one: str, two: str) -> None:
    try:
        os.link(one, two)
    except OSError:
        shutil.copy2(one, two)


def _unlinked(place: Run) -> None:
    link = place.folder / "images"
    if link.is_symlink():
        link.unlink()


def _images(source: Run, place: Run) -> None:
    """Images are named by their contents: a link to their folder never shows another one. And what the judge has said
    so far."""
    folder = (source.folder / "images").resolve()
    if folder.is_dir():
        (place.folder / "images").symlink_to(folder, target_is_directory=True)
    if source.judgements.is_file():
        aside = place.folder / "judgements.partial"
        aside.unlink(missing_ok=True)
        with closing(sqlite3.connect(source.judgements)) as there, closing(sqlite3.connect(aside)) as here:
            there.backup(here)
        aside.replace(place.judgements)


def _set_up(what: Recipe, control: Control | None) -> Recipe:
    """The recipe with what a control changes in it."""
    sft = what.mix.sft
    if sft is None or control is None:
        return what
    if control == "one-path":
        sft = sft.model_copy(update={"per_problem": 1})
    elif control == "random":
        sft = sft.model_copy(update={"rows": {}, "weights": {}, "balance": False, "blind": None})
    return what.model_copy(update={"mix": what.mix.model_copy(update={"sft": sft})})


@dataclass(frozen=True)
class _Unverified(Tables):
    """The tables, as if every whole path in the target format were right, and no gold doubted."""

    def asked(self) -> Iterator[Asked]:
        for asked in super().asked():
            paths = [
                (trace, replace(verdict, score=1.0, reason="ok"))
                if trace.finish_reason != "length" and isinstance(parse_target(trace.response), Target)
                else (trace, verdict)
                for trace, verdict in asked.paths
            ]  # fmt: skip
            yield replace(asked, paths=paths, suspect=None)


def controlled(what: Recipe, control: Control | None, tables: Tables, tick: Tick) -> Stage:
    """The SFT rows of a run or of a control (see `describe`), as far as its recipe does not say it already."""
    if control == "unverified":
        tables = _Unverified(tables.run, tables.names)
    rows = mix.sft(what, tables, tick)
    if control == "answers":
        rows = _answers(rows)
    return (yield from rows)


def _answers(rows: Stage) -> Stage:
    for row in rows:
        if isinstance(row, Example):
            parsed = parse_target(row.messages[-1]["content"])
            if not isinstance(parsed, Target):
                yield _refused(row, "format")
                continue
            said = {**row.messages[-1], "content": f"<answer>{parsed.answer}</answer>"}
            row = replace(row, messages=(*row.messages[:-1], said))
        yield row
    return {}


def _refused(row: Example, reason: str) -> Dropped:
    return Dropped(stage="sft", id=row.trace_id or row.id, source=row.source, reason=reason)


def _kept_apart(
    plain: Recipe, what: Recipe, control: Control | None, tables: Tables, apart: Apart, tick: Tick
) -> Stage:  # fmt: skip
    """The rows of an arm: none shows a held-out image or asks a held-out question. A random mix has as many as the
    recipe `plain` makes, those with the smallest hashes; 8 bytes a row are held for it."""
    known = {problem.id for problem in tables.problems() if problem in apart}

    def own(recipe: Recipe) -> Iterator[Example]:
        for row in mix.sft(recipe, tables, lambda: None):
            if isinstance(row, Example) and row.problem_id not in known:
                yield row

    bound = None
    if control == "random":
        count, draws = sum(1 for _ in own(plain)), sorted(_draw(what, row) for row in own(what))
        bound = draws[count - 1] if 0 < count < len(draws) else None
    for row in controlled(what, control, tables, tick):
        if isinstance(row, Example) and row.problem_id in known:
            row = _refused(row, "held_out")
        elif isinstance(row, Example) and bound is not None and _draw(what, row) > bound:
            row = _refused(row, "random_mix")
        yield row
    return {}


def _draw(what: Recipe, row: Example) -> int:
    return hash64(f"{what.seed}\0random\0{row.id}")


def describe(control: Control | None) -> str:
    """What a control is, for a table's note."""
    return {
        None: "the run's own rows",
        "unverified": "also every whole path in the target format whose answer is wrong",
        "one-path": "one path a question",
        "random": "as many rows, drawn without the recipe's weights, counts and balance",
        "answers": "the same rows without their reasoning",
    }[control]
