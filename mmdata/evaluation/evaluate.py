"""mmdata eval, top to bottom: ask, judge, write. A finished evaluation is a folder:

requests.sqlite            every finished answer: what makes a killed evaluation go on
problems/                  the questions of sources, as a build reads them; those of runs stay where they are
images/                    of every question
results/                   a row a question, in parquet; manifest.json, written last
summary.json report.html   made from results/ alone
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import mmverifiers
from mmdata import prompt
from mmdata.engines import Engine
from mmdata.engines.weights import resolve
from mmdata.errors import UserError
from mmdata.evaluation import asking, judging
from mmdata.evaluation import questions as questioning
from mmdata.evaluation.asking import Wanted, arms, ask, opened, who
from mmdata.evaluation.judging import results
from mmdata.evaluation.questions import Questions
from mmdata.journal import Journal
from mmdata.progress import Shown, Ticker
from mmdata.step import code
from mmdata.store import Manifest, Run, key_of
from mmverifiers import Pool

TABLE = "results"


def evaluate(wanted: Wanted, questions: Questions, out: Run, *, workers: int = 1, shown: Shown) -> Manifest:
    """The results of asking `wanted.model` all questions, written into `out` whole or not at all; where they are there
    already, nothing runs. The caller holds the lock of `out`.

    Raises UserError for what only the user can mend; everything finished by then is kept.
    """
    engine = opened(wanted)
    try:
        _check(wanted, engine, questions.with_images)
        answerer = who(wanted, engine.identity)
        config, versions = _config(wanted, questions, answerer), _versions()
        key = key_of(TABLE, config, {"questions": questions.digest}, versions)
        there = out.manifest(TABLE)
        if there and there.notes["model"]["model"] != engine.identity.model:
            raise UserError(
                f"{out.folder} holds the results of {there.notes['model']['model']}: choose another folder with --out, "
                "or remove it"
            )
        notes = _notes(wanted, engine, questions)
        same = there and {k: there.notes.get(k) for k in notes} == json.loads(json.dumps(notes))
        if there and same and there.key == key and out.whole(there) and not there.notes["failed"]:
            shown.say(f"eval {there.rows:,} questions, nothing to do")
            return there
        started = time.monotonic()
        with Journal(out.requests) as journal, shown.live():
            times = {"blind": questions.with_images}
            answers = sum(a.samples * times.get(a.name, questions.count) for a in arms(wanted))
            ticker = Ticker(shown, "ask", answers)
            ask(wanted, questions, engine, answerer, journal, ticker)
            ticker.done()
            ticker = Ticker(shown, "judge", questions.count)
            with Pool(workers=workers) as pool:
                stage = results(wanted, questions, journal, answerer, pool, _cutter(wanted, engine), ticker)
                manifest = out.write(
                    TABLE, _noted(stage, notes), key=key, config=config, inputs={"questions": questions.digest},
                    versions=versions, sources=lambda row: row.source, seconds=lambda: time.monotonic() - started,
                )  # fmt: skip
            ticker.done()
    finally:
        engine.close()
    shown.say(f"eval {manifest.rows:,} questions, {manifest.seconds:.1f} s")
    if failed := manifest.notes["failed"]:
        shown.say(f"warning: {failed:,} answers could not be had: the same command asks for them again")
    return manifest


def _noted(stage: Any, notes: dict[str, Any]) -> Any:
    """The stage, with more notes."""
    return (yield from stage) | notes


def _notes(wanted: Wanted, engine: Engine, questions: Questions) -> dict[str, Any]:
    """What the results are of, for whoever reads them."""
    trained = _beside(wanted, engine, "training.json")
    taught = json.loads(trained.read_text(encoding="utf-8")).get("sft", "") if trained else ""
    model = asdict(engine.identity)
    if wanted.path is not None:
        model["details"] = {**model["details"], "recording": Path(wanted.path).name}
    return {
        "model": model, "questions": list(questions.about), "with_images": questions.with_images,
        "cut": "tokenizer" if _beside(wanted, engine, "tokenizer.json") else "none", "taught": taught,
    }  # fmt: skip


def _config(wanted: Wanted, questions: Questions, answerer: str) -> dict[str, Any]:
    """What was asked for, as the manifest keeps it: no path of this machine, and the engine that `auto` stood for."""
    given = {k: v for k, v in asdict(wanted).items() if k not in ("model", "path", "base_url", "engine")}
    return {**given, "budgets": list(wanted.budgets), "answers": answerer, **questions.chosen}


def _versions() -> dict[str, str]:
    """Of the code that decides the rows."""
    return {
        "mmverifiers": mmverifiers.version(), "verifiers": code(mmverifiers.__file__, folder=True),
        "evaluation": code(asking.__file__, judging.__file__, questioning.__file__), "prompt": code(prompt.__file__),
    }  # fmt: skip


def _check(wanted: Wanted, engine: Engine, images: int) -> None:
    """Raises UserError where a text model would be shown images."""
    settings = _beside(wanted, engine, "config.json")
    if images and settings is not None and b'"vision_config"' not in settings.read_bytes():
        raise UserError(
            f"{wanted.model} sees no images, and {images:,} questions have some: --modality text leaves them out"
        )


def _beside(wanted: Wanted, engine: Engine, name: str) -> Path | None:
    """A file of the model, where it runs on this machine."""
    if engine.identity.engine not in ("vllm", "transformers"):
        return None
    path = resolve(wanted.model).path / name
    return path if path.is_file() else None


def _cutter(wanted: Wanted, engine: Engine) -> Callable[[str, int], int]:
    """How many characters of a text are so many tokens: by the model's own tokenizer; where there is none at hand, not
    at all: then nothing of a longer answer counts."""
    path = _beside(wanted, engine, "tokenizer.json")
    if path is None:
        return lambda text, budget: 0
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))

    def cut(text: str, budget: int) -> int:
        offsets = tokenizer.encode(text, add_special_tokens=False).offsets
        return int(offsets[budget - 1][1]) if len(offsets) > budget else len(text)

    return cut
