"""The findings of an experiment as a page of Markdown in its folder, and on the cards of the runs that it is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mmdata import card
from mmdata.card import inert
from mmdata.store import Run
from mmdata.validation.show import HEADINGS, NOTE, PAIRED, conditions, pairs, rows


def markdown(found: Mapping[str, Any]) -> str:
    """The page's text."""
    lines = [f"# {inert(found['name'])}: does this data teach?", "", *_grid(HEADINGS, rows(found)), ""]
    lines += [*_grid(PAIRED, pairs(found)), ""]
    lines += [f"- {inert(line)}" for line in (NOTE, *conditions(found))]
    return "\n".join(lines) + "\n"


def _grid(headings: Sequence[str], body: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for cells in body:
        yield f"| {' | '.join(map(inert, cells))} |"


def on_card(run: Run, found: Mapping[str, Any]) -> None:
    """Keep the findings with a run that they are about, and render its card anew if it has one. A card shows them as
    long as the run has the SFT rows that they are about."""
    place = run.folder / card.VALIDATION / f"{found['name']}.json"
    place.parent.mkdir(exist_ok=True)
    told = {**found, "about": run.need("sft").digest}
    card.put(place, json.dumps(told, indent=1, sort_keys=True) + "\n")
    if (run.folder / "card.md").exists():
        card.write(run)
