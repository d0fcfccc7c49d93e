"""`mmdata eval`, behind the command line: what is asked, where it goes, what comes out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mmdata.card import put
from mmdata.errors import UserError
from mmdata.evaluation import page, pairs, show
from mmdata.evaluation.asking import Wanted
from mmdata.evaluation.evaluate import evaluate
from mmdata.evaluation.figures import figures
from mmdata.evaluation.places import On, trained_model, understood
from mmdata.evaluation.questions import MODALITIES, gathered
from mmdata.progress import Shown
from mmdata.store import Run

if TYPE_CHECKING:
    from rich.console import Console

ENGINES = ("auto", "vllm", "transformers", "openai", "replay")
SUMMARY, PAGE = "summary.json", "report.html"


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the command line says besides the model."""

    on: Sequence[str]
    options: Sequence[str]
    modality: str
    limit: int | None
    seed: int
    system: str | None
    how: Mapping[str, Any]
    """Fields of `Wanted`."""
    out: Path | None
    html: Path | None
    against: Path | None
    workers: int


def run(model: str, given: Given, shown: Shown, console: Console, *, as_json: bool) -> None:
    """Evaluate a model, or a run's own on what the run holds out, and show what came out. Raises UserError."""
    on = list(given.on)
    if (Path(model) / "recipe.yaml").is_file():
        on, model = on or [model], trained_model(Run(Path(model)))
    if not on:
        raise UserError("say what to ask with --on: a run's folder, a source such as math500, or a recipe")
    if given.modality not in MODALITIES:
        raise UserError(f"--modality {given.modality}: there are {', '.join(MODALITIES)}")
    asked = understood(on, given.options)
    wanted = _wanted(model, given, asked, shown)
    other = pairs.folder(given.against) if given.against else None
    out = Run(given.out or Path("runs") / "eval" / _named(model, asked))
    if (out.folder / "recipe.yaml").exists():
        raise UserError(f"{out.folder} is a run: choose another folder for the results with --out")
    with out.locked("evaluation", "evaluation"):
        places = asked.places(out, given.workers, shown)
        questions = gathered(places, out.images, modality=given.modality, limit=given.limit, seed=given.seed)
        evaluate(wanted, questions, out, workers=given.workers, shown=shown)
        found = told(out, other, given.html)
    if as_json:
        console.file.write(_json(found))
    elif not shown.quiet:
        show.show(found, (given.html or out.folder / PAGE, out.folder / SUMMARY), console)


def told(out: Run, other: Run | None = None, html: Path | None = None) -> dict[str, Any]:
    """The figures of an evaluation's folder, beside those of another where there is one; written as summary.json and as
    a page, whose place `html` is instead of the folder. Raises StoreError if there are no results."""
    found = figures(out) | {"against": None}
    if other is not None:
        found["against"] = pairs.compare(out, other)
    put(out.folder / SUMMARY, _json(found))
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
    page.write(out, found, html or out.folder / PAGE)
    return found


def again(out: Run) -> Path:
    """Render the page again, with the comparison that summary.json holds, if it is of these results. Raises StoreError
    if there are none."""
    try:
        found = json.loads((out.folder / SUMMARY).read_text(encoding="utf-8"))
        whole = found["results"] == out.need("results").digest
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        told(out)
        return out.folder / PAGE
    return page.write(out, found, out.folder / PAGE)


def _json(found: Mapping[str, Any]) -> str:
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


def _wanted(model: str, given: Given, asked: On, shown: Shown) -> Wanted:
    """How the model is asked. Raises UserError for what makes no sense together."""
    system = given.system
    if system is None:
        system = asked.system()
        if len(asked.runs) and asked.recipe is None:
            shown.say("system message: as in the rows of the run; --system sets another")
    wanted = Wanted(model=model, system=system, seed=given.seed, **given.how)
    if wanted.engine not in ENGINES:
        raise UserError(f"--engine {wanted.engine}: there are {', '.join(ENGINES)}")
    if (wanted.path is None) == (wanted.engine == "replay"):
        raise UserError("--engine replay and --recording FILE go together")
    try:
        wanted.teacher()
    except ValidationError as error:
        said = "; ".join(
            f"{e['loc'][0] if e['loc'] else 'engine'}: {e['msg']}" for e in error.errors(include_url=False)
        )
        raise UserError(said.replace("Value error, ", "").replace("base_url", "--base-url")) from None
    if wanted.path is not None and not Path(wanted.path).exists():
        raise UserError(f"--recording {wanted.path}: there is no such recording")
    return wanted


def _named(model: str, asked: On) -> str:
    """A folder's name: the model's last two parts, so that seeds of one run lie apart, and what it is asked."""
    parts = [part for part in Path(model).parts if part not in ("/", "..", "models")]
    return re.sub(r"[^A-Za-z0-9._+-]+", "-", f"{'-'.join(parts[-2:])}-on-{asked.label}")[:120].strip("-.")
