"""The dataset card: Hub metadata and a page of Markdown, from manifests and tables only."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from mmdata import blind_figures, screen_figures
from mmdata.errors import StoreError
from mmdata.family_figures import families
from mmdata.show import number, percent, printable
from mmdata.store import Run
from mmdata.summary import HEADINGS, cell, flat, funnel, published, sources, teachers
from mmdata.tables import aside
from mmdata.validation import show as validation
from mmdata.verdict_figures import judge, steps, verifiers

if TYPE_CHECKING:
    from jinja2 import Environment

VALIDATION = "validation"
"""The folder of a run in which `mmdata validate` leaves its findings."""
LIMIT = 500
"""Longer strings are cut in the card, with a note."""

# https://huggingface.co/docs/hub/repositories-licenses: licences of data, and of code where data comes with it.
HUB_LICENSES = {
    "afl-3.0", "agpl-3.0", "apache-2.0", "artistic-2.0", "bsd", "bsd-2-clause", "bsd-3-clause",
    "bsd-3-clause-clear", "bsl-1.0", "c-uda", "cc", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0",
    "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0",
    "cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0", "ecl-2.0", "epl-1.0", "epl-2.0",
    "etalab-2.0", "eupl-1.1", "eupl-1.2", "gfdl", "gpl", "gpl-2.0", "gpl-3.0", "isc", "lgpl", "lgpl-2.1",
    "lgpl-3.0", "lppl-1.3c", "mit", "mpl-2.0", "ms-pl", "ncsa", "odbl", "odc-by", "ofl-1.1", "openmdw-1.0",
    "osl-3.0", "pddl", "postgresql", "unlicense", "wtfpl", "zlib",
}  # fmt: skip
_SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B")


def write(run: Run) -> Path:
    """Render `card.md` into the run's folder.

    Raises StoreError if the run has no published split.
    """
    path = run.folder / "card.md"
    put(path, render(run))
    return path


def render(run: Run) -> str:
    """The card's text. Raises StoreError if the run has no published split."""
    found, rows = funnel(run), published(run)
    if not found.splits:
        raise StoreError(f"{run.folder} has no published split: build the run to its end first")
    recipe = resolved(run)
    asked_of_screen = _mapping(recipe.get("screen"))
    blank = dict.fromkeys(("model", "engine", "sampling", "examples", "system"))
    listed = _mapping(recipe.get("distill")).get("teachers")
    asked = {str(t.get("name")): {**blank, **t} for t in listed or () if isinstance(t, dict)}
    values = {
        "name": recipe.get("name") or run.folder.name,
        "metadata": metadata(str(recipe.get("name") or run.folder.name), found.splits, rows),
        "found": found,
        "splits": [_split(split, rows) for split in found.splits],
        "columns": [c for c in HEADINGS if c == "pass_rate" or getattr(found.total, c) is not None],
        "headings": HEADINGS,
        "sources": sources(run),
        "licenses": _licenses(rows),
        "families": families(run),
        "reasons": _reasons((d.stage, d.reason, d.rows) for d in found.drops),
        "teachers": teachers(run),
        "asked": asked,
        "blank": blank,
        "verifiers": verifiers(run),
        "steps": steps(run),
        "judge": judge(run),
        "blind": list(blind_figures.cells(blind_figures.by_source(run, blind_figures.above(recipe)))),
        "blind_headings": blind_figures.HEADINGS,
        "bound": blind_figures.above(recipe),
        "no_source": dict.fromkeys(("use", "revision", "title", "url", "commercial", "training")),
        "says": {True: "yes", False: "no", None: "–"},
        "caption_rows": sum(r["rows"] for r in rows if r["split"] == "sft" and r["see"] == "caption"),
        "suspect": _mapping(_mapping(recipe.get("verify")).get("suspect")),
        "screened": screen_figures.lines(run),
        "benchmarks": screen_figures.benchmarks(run),
        "duplicates": asked_of_screen.get("duplicates", "drop"),
        "near": _mapping(asked_of_screen.get("near")).get("act", "drop"),
        "leaks": _mapping(asked_of_screen.get("leaks")).get("act", "drop"),
        "system": _mapping(recipe.get("mix")).get("system", ""),
        "validations": list(_validations(run)),
        "validation": validation,
    }
    template = environment(markdown=True).get_template("dataset-card.md.j2")
    return template.render(values).rstrip() + "\n"


def _validations(run: Run) -> Iterator[Mapping[str, Any]]:
    """What experiments found about the very SFT rows that the run has now. Raises StoreError if it cannot be read."""
    manifest = run.manifest("sft")
    for path in sorted((run.folder / VALIDATION).glob("*.json")):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            about = found["about"]
        except (ValueError, TypeError, KeyError):
            raise StoreError(f"{path} is damaged: remove it, and run mmdata validate again") from None
        if manifest is not None and about == manifest.digest:
            yield found


def metadata(name: str, splits: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The Hub's metadata: every key is decided by the rows."""
    rows, splits = list(rows), list(splits)
    images = any(r["image"] for r in rows)
    tasks = [
        *(["visual-question-answering"] if images else []),
        *(["question-answering"] if any(not r["image"] for r in rows) else []),
        *(["text-generation"] if "sft" in splits else []),
    ]
    total = sum(r["rows"] for r in rows)
    tags = [
        "reasoning", "verified", *(["multimodal", "vqa"] if images else []),
        *(["chain-of-thought"] if "sft" in splits else []), *(["rlvr"] if "rl" in splits else []), "mmdata",
    ]  # fmt: skip
    configs = [
        {"config_name": s, "data_files": [{"split": "test" if s == "eval" else "train", "path": f"{s}/part-*.parquet"}]}
        for s in splits
    ]
    return {
        **_license({str(r["license"]) for r in rows if r["rows"]}), "language": ["en"], "pretty_name": name,
        "task_categories": tasks, "tags": tags,
        "size_categories": [_SIZES[min(max(len(str(total)) - 3, 0), len(_SIZES) - 1)]],
        "configs": configs,
    }  # fmt: skip


def _license(names: set[str]) -> dict[str, str]:
    """One licence that the Hub knows, or `other` with a name; each row says its own."""
    if len(names) != 1:
        return {"license": "other", "license_name": "per-row"}
    (name,) = names
    plain = name.strip().lower()
    short = re.sub(r"-(only|or-later)$", "", plain)
    short = {"odc-by-1.0": "odc-by", "odbl-1.0": "odbl", "pddl-1.0": "pddl"}.get(short, short)
    if short in HUB_LICENSES:
        return {"license": short}
    return {"license": "other", "license_name": re.sub(r"[^a-z0-9.]+", "-", plain).strip("-")[:80] or "unnamed"}


def _split(split: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    own = [r for r in rows if r["split"] == split]
    return {"name": split, "rows": sum(r["rows"] for r in own), "images": sum(r["rows"] for r in own if r["image"])}


def _licenses(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Published rows by source and licence."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row["source"], Counter())[row["license"]] += row["rows"]
    return {source: dict(sorted(c.items())) for source, c in sorted(counts.items())}


def _reasons(drops: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Dropped rows by stage and reason, all sources together, in the drops' order of stages."""
    counts: dict[tuple[str, str], int] = {}
    for stage, reason, rows in drops:
        counts[stage, reason] = counts.get((stage, reason), 0) + rows
    stages = list(dict.fromkeys(stage for stage, _ in counts))
    ordered = sorted(counts.items(), key=lambda item: (stages.index(item[0][0]), -item[1], item[0][1]))
    return [(*key, rows) for key, rows in ordered]


def resolved(run: Run) -> dict[str, Any]:
    """The run's resolved recipe as plain data; empty if it is not there or no YAML."""
    try:
        return _mapping(yaml.safe_load((run.folder / "recipe.yaml").read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError):
        return {}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def environment(*, markdown: bool) -> Environment:
    """Jinja with the templates of `cards/`. Whatever a template prints is made harmless, unless it is marked safe: as
    Markdown, or as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def html_text(value: Any) -> Any:
        # Escaping for HTML is Jinja's own, after this.
        return value if isinstance(value, Markup | int | float) else printable(value, 4_000, lines=True)

    def markdown_text(value: Any) -> Any:
        return value if isinstance(value, Markup) else inert(value)

    env = Environment(
        loader=FileSystemLoader([Path(__file__).with_name("_cards"), Path(__file__).parents[1] / "cards"]),
        autoescape=not markdown, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=markdown_text if markdown else html_text, keep_trailing_newline=True,
    )  # fmt: skip
    env.filters.update(
        n=number, percent=percent, cell=cell, flat=flat, cut=lambda v, limit: printable(v, limit),
        front=lambda v: Markup(_front(v)), fence=lambda v: Markup(fence(v)), link=lambda v: Markup(link(v)),
    )  # fmt: skip
    env.tests["safe_text"] = lambda v: isinstance(v, Markup)
    return env


def _front(values: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=False, width=100)


_SPECIAL = re.compile(r"""[\\`*_{}\[\]|~$!#]|^[-+=]|(?<=^\d)[.)]|:(?=//)|(?<=www)\.""")


def inert(value: object) -> str:
    """Any value as Markdown that is read as plain text: no markup, no HTML, no link, no new line or table cell."""
    text = _SPECIAL.sub(lambda found: f"\\{found[0]}", printable(value, LIMIT).strip())
    return html.escape(text, quote=False)


def link(url: object) -> str:
    """An address as a link, if it is plainly one; else as text."""
    plain = re.fullmatch(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~/%+=&?#,:@-]*)?", str(url))
    return f"<{url}>" if plain else inert(url)


def fence(value: object) -> str:
    """Any text as a block of code, to the letter but for hidden characters."""
    text = printable(value, 20_000, lines=True)
    ticks = max((len(run) for run in re.findall(r"`+", text)), default=0)
    mark = "`" * max(3, ticks + 1)
    return f"{mark}text\n{text.rstrip()}\n{mark}"


def put(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with aside(path) as place:
        place.write_text(text, encoding="utf-8", newline="\n")
