"""The whole pipeline, top to bottom: collect → screen → distill → verify → mix. The store decides what has to run."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import mmverifiers
from mmdata import asked as asking
from mmdata import collect, distill, engines, images, judge, keys, mix, portion, prompt, recipe_file, suspect, verify
from mmdata import sources as source_modules
from mmdata.engines.packaged import BUNDLED
from mmdata.journal import Journal
from mmdata.progress import Shown, Ticker
from mmdata.recipe import Recipe, Teacher
from mmdata.screen import screening
from mmdata.show import printable
from mmdata.step import Step, Tick, code
from mmdata.store import Manifest, Run, Stage, key_of
from mmdata.types import Problem

ADDRESS = ("base_url", "api_key_env", "concurrency", "timeout", "retries")
"""Keys of the judge that say how it is reached."""
VERBS = ("collect", "screen", "distill", "verify", "mix")


def steps(what: Recipe, base: Path, run: Run, workers: int) -> Iterator[Step]:
    """Every step, in order."""
    yield from sampling(what, base, run, workers)
    yield from judging(what, run, workers)


def sampling(what: Recipe, base: Path, run: Run, workers: int) -> Iterator[Step]:
    """The steps that read sources and ask teachers: collect, screen and distill."""
    limits = {"timeout": what.verify.timeout, "memory_mb": what.verify.memory_mb}

    def collecting(tick: Tick) -> Stage:
        with pool(what, workers) as judges:
            return (yield from collect.collect(what, base, run.images, judges, workers, tick))

    yield Step(
        verb="collect", table="problems", inputs=(), start=collecting,
        config={
            "sources": [s.model_dump(mode="json") for s in what.sources],
            "revisions": [collect.where(s, base).revision for s in what.sources], "verify": limits,
        },
        versions=_verifiers() | {
            "collect": code(collect.__file__, images.__file__), "sources": code(source_modules.__file__, folder=True),
        },
    )  # fmt: skip

    yield from screening(what, base, run, workers)

    def read() -> Iterator[Problem]:
        return run.read("screened")

    def distilling(survey: distill.Survey, tick: Tick) -> Stage:
        with Journal(run.requests) as journal:
            return (yield from distill.distill(survey, base, read, run.images, journal, tick))

    for survey in distill.surveys(what):
        yield Step(
            verb="distill", table=survey.table, inputs=("screened",), start=partial(distilling, survey),
            config={"seed": what.seed} | what.distill.model_dump(
                mode="json", exclude={"blind"} if survey.table == "traces" else {"samples"}
            ),
            versions={
                "distill": code(distill.__file__, prompt.__file__), "engines": code(engines.__file__, folder=True),
            } | {f"teacher {t.name}": _answers(t, base) for t in survey.teachers},
            source=lambda trace: str(trace.problem_id).split("/", 1)[0],
            total=partial(survey.total, read),
        )  # fmt: skip


def judging(what: Recipe, run: Run, workers: int, *, online: bool = True) -> Iterator[Step]:
    """The steps that need nothing but what a run holds: verify and mix. No source is read, no teacher is asked; the
    judge, where the recipe has one, only with `online`."""

    def verifying(tick: Tick) -> Stage:
        tables = run.read("screened"), run.read("traces")
        with ExitStack() as stack:
            asked, judges = None, stack.enter_context(pool(what, workers))
            if what.verify.judge is not None:
                there = online or run.judgements.exists()
                log = stack.enter_context(Journal(run.judgements, read_only=not online)) if there else None
                asked = stack.enter_context(judge.Judge(what.verify.judge, log, online=online))
            return (yield from verify.verify(what.verify, *tables, judges, tick, asked))

    versions = _verifiers() | {"verify": code(verify.__file__)}
    yield Step(
        verb="verify", table="verdicts", inputs=("screened", "traces"), start=verifying,
        # What mix does with false steps decides no verdict, nor does where the judge is found.
        config=what.verify.model_dump(mode="json", exclude={"judge": {*ADDRESS}, "suspect": True}) | {
            "steps": what.verify.steps != "off"
        },
        versions=versions | ({"judge": code(judge.__file__)} if what.verify.judge else {}),
        total=lambda: _rows(run, "traces"),
    )  # fmt: skip

    doubt = what.verify.suspect
    if doubt is not None:

        def doubting(tick: Tick) -> Stage:
            with pool(what, workers) as judges:
                return (yield from suspect.suspects(doubt, run.read("screened"), run.read("verdicts"), judges, tick))

        yield Step(
            verb="verify", table="suspects", inputs=("screened", "verdicts"), start=doubting,
            config=doubt.model_dump(mode="json") | {"timeout": what.verify.timeout, "memory_mb": what.verify.memory_mb},
            versions=_verifiers() | {"suspects": code(suspect.__file__, verify.__file__)},
            total=lambda: _rows(run, "verdicts"),
        )  # fmt: skip

    if what.distill.blind is not None:
        # Whether a problem can be solved blind does not hang on the form of the answer, nor on the path to it.
        lenient = what.verify.model_copy(update={"format": "lenient", "steps": "off", "judge": None, "suspect": None})

        def unseeing(tick: Tick) -> Stage:
            with pool(what, workers) as judges:
                return (yield from verify.verify(lenient, run.read("screened"), run.read("blind_traces"), judges, tick))

        yield Step(
            verb="verify", table="blind_verdicts", inputs=("screened", "blind_traces"), start=unseeing,
            config=lenient.model_dump(mode="json"), versions=versions, total=partial(_rows, run, "blind_traces"),
        )  # fmt: skip

    tables = asking.Tables.of(run, what)
    mixing = (asking, keys, mix, portion, prompt, suspect)
    shared = {"seed": what.seed, **what.mix.model_dump(mode="json", exclude={"sft", "rl"})}
    steps = {"steps": what.verify.steps}
    for table, make in (("sft", mix.sft), ("rl", mix.rl), ("eval", mix.evaluation)):
        section = getattr(what.mix, table)
        if section is not None:
            yield Step(
                verb="mix", table=table, inputs=tables.names, start=partial(make, what, tables),
                config={**shared, table: section.model_dump(mode="json")} | (steps if table == "sft" else {}),
                versions=_verifiers() | {"mix": code(*(module.__file__ for module in mixing))},
                total=partial(_rows, run, "traces" if table == "sft" else "screened"),
            )  # fmt: skip


def build(what: Recipe, base: Path, run: Run, *, until: str = "mix", workers: int = 2, shown: Shown) -> bool:
    """Make every table up to the stage `until` that is not there yet; returns whether anything had to run.

    Raises UserError for what only the user can mend; everything finished by then is kept.
    """
    ran, made = False, set()
    with run.locked():
        todo = list(steps(what, base, run, workers))
        aside = run.folder / "recipe.yaml.partial"
        aside.write_text(recipe_file.dump(what), encoding="utf-8")
        aside.replace(run.folder / "recipe.yaml")
        for step in todo:
            if VERBS.index(step.verb) > VERBS.index(until):
                # What would now come out otherwise is not this run's any more.
                if not ran and up_to_date(step, run):
                    made.add(step.table)
                continue
            made.add(step.table)
            ran |= make(step, run, shown)
        # Nor is what an earlier recipe made and this one does not ask for.
        run.keep(made)
    return ran


def up_to_date(step: Step, run: Run) -> Manifest | None:
    """The manifest of the step's table, if it is there, whole, and would come out the same. A table that lacks
    failed requests is not whole: they are asked again."""
    there = run.manifest(step.table)
    if there is None or any(run.manifest(table) is None for table in step.inputs):
        return None
    same = there.key == _key(step, run) and not there.notes.get("failed")
    return there if same and run.whole(there) else None


def make(step: Step, run: Run, shown: Shown, *, again: bool = False) -> bool:
    """Make a step's table if it is not there or would come out otherwise, in any case with `again`; whether it had to
    be made."""
    there = None if again else up_to_date(step, run)
    if there is not None:
        shown.say(f"{step.verb:8} {step.table:14} {there.rows:>9,} rows, nothing to do")
        return False
    table = _run(step, run, shown)
    lost = f", {sum(table.dropped.values()):,} dropped" if table.dropped else ""
    shown.say(f"{step.verb:8} {step.table:14} {table.rows:>9,} rows{lost}, {table.seconds:.1f} s")
    if step.verb == "verify" and table.notes.get("failed"):
        why = printable(table.notes["judge"]["why"], 300)
        shown.say(
            f"warning: {table.notes['failed']:,} answers could not be put to the judge ({why}): undecided for now,"
        )
        shown.say("and asked about again by the next build")
    return True


def pool(what: Recipe, workers: int) -> mmverifiers.Pool:
    """The processes that judge, with the recipe's limits."""
    return mmverifiers.Pool(workers=workers, timeout=what.verify.timeout, memory_mb=what.verify.memory_mb)


def _verifiers() -> dict[str, str]:
    """Version of the verifiers' rules, and of their code."""
    return {"mmverifiers": mmverifiers.version(), "target": code(mmverifiers.__file__, folder=True)}


def _run(step: Step, run: Run, shown: Shown) -> Manifest:
    started = time.monotonic()
    run.drop_pages()
    with shown.live():
        ticker = Ticker(shown, step.verb, step.total())
        manifest = run.write(
            step.table, step.start(ticker), key=_key(step, run), config=step.config, inputs=_inputs(step, run),
            versions=step.versions, sources=step.source, seconds=lambda: time.monotonic() - started,
        )  # fmt: skip
        ticker.done()
    return manifest


def _inputs(step: Step, run: Run) -> dict[str, str]:
    return {table: run.need(table).digest for table in step.inputs}


def _key(step: Step, run: Run) -> str:
    return key_of(step.table, step.config, _inputs(step, run), step.versions)


def _rows(run: Run, table: str) -> int | None:
    manifest = run.manifest(table)
    return manifest.rows if manifest else None


def _answers(teacher: Teacher, base: Path) -> list[Any]:
    """What besides the recipe decides a teacher's answers: the engine that `auto` stands for, the contents of a
    recording, the files of a local model."""
    place = BUNDLED.get(teacher.model) or base / (teacher.path or teacher.model)
    files = sorted(p for p in place.glob("*") if p.is_file()) if place.is_dir() else [place] if place.is_file() else []
    found: list[Any] = [engines.choose(teacher.engine)]
    for file in files:
        if teacher.engine != "replay":
            found.append([file.name, file.stat().st_size, file.stat().st_mtime_ns])
        elif file.name.startswith("part-") or len(files) == 1:
            with file.open("rb") as handle:
                found.append(hashlib.file_digest(handle, "sha256").hexdigest()[:16])
    return found
