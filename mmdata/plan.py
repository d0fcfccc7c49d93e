"""What a build would do: which tables are there, how many requests and tokens are missing. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mmdata import collect, distill, prompt
from mmdata.build import VERBS, steps, up_to_date
from mmdata.images import named
from mmdata.journal import Journal
from mmdata.recipe import Recipe
from mmdata.store import Run
from mmdata.types import Dropped, Problem

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One table."""

    verb: str
    table: str
    state: str
    """`there` or `to run`."""
    detail: str = ""


CHARACTERS_A_TOKEN = 4
"""English text in common tokenizers: good enough to see an order of magnitude."""


def plan(what: Recipe, base: Path, run: Run, until: str = "mix") -> Iterator[Planned]:
    """Every table in order. Past the first one that has to run, all that can be said is what depends on it."""
    there: set[str] = set()
    surveys = {survey.table: survey for survey in distill.surveys(what)}
    for step in steps(what, base, run, 1):
        if VERBS.index(step.verb) > VERBS.index(until):
            return
        found = up_to_date(step, run) if there.issuperset(step.inputs) else None
        detail = f"{found.rows:,} rows" if found else ""
        if step.table in surveys and not found:
            detail = _requests(what, surveys[step.table], base, run, screened="screened" in there)
        yield Planned(verb=step.verb, table=step.table, state="there" if found else "to run", detail=detail)
        there |= {step.table} if found else set()


def show(planned: Iterable[Planned], console: Console) -> None:
    """Print a plan, a line a table."""
    for each in planned:
        console.print(f"{each.verb:8} {each.table:14} {each.state:7} {each.detail}".rstrip(), highlight=False)


def _requests(what: Recipe, survey: distill.Survey, base: Path, run: Run, *, screened: bool) -> str:
    """How many samples are missing, and what they may cost at most."""
    answered: dict[str, dict[str, int]] = {}
    if run.requests.exists():
        with Journal(run.requests, read_only=True) as journal:
            for each in survey.teachers:
                # A folder answers under its own name, a recording under the name of whoever was recorded.
                model = "" if each.engine == "replay" else each.model
                local = (base / model).is_dir()
                answered[each.name] = journal.answered(Path(model).name if model and local else model)
    count: Counter[str] = Counter()
    for problem in run.read("screened") if screened else _unscreened(what, base):
        asking = survey.ask(problem)
        if asking is None:
            count["unserved"] += survey.everything
            continue
        teacher, wanted = asking.teacher, asking.samples
        request = prompt.request(teacher, asking.problem, (), survey.seed)
        there = min(wanted, answered.get(teacher.name, {}).get(request.key, 0))
        count["there"] += there
        if there < wanted:
            count["requests"] += 1
            count["samples"] += wanted - there
            count["prompt"] += sum(len(str(m["content"])) for m in request.messages) // CHARACTERS_A_TOKEN
            count["new"] += (wanted - there) * teacher.sampling.max_tokens
    about = "" if screened else " (before screening)"
    return (
        f"{count['requests']:,} requests for {count['samples']:,} samples{about}, about {count['prompt']:,} prompt"
        f" tokens, at most {count['new']:,} new tokens; {count['there']:,} samples there,"
        f" {count['unserved']:,} problems without a teacher"
    )


def _unscreened(what: Recipe, base: Path) -> Iterator[Problem]:
    """The problems as the sources give them, images hashed but kept nowhere."""
    for spec in what.sources:
        drafts = collect.drafts(spec, collect.where(spec, base))
        for row in collect.stored(drafts, lambda image: named(image)[0]):
            if not isinstance(row, Dropped):
                yield row
