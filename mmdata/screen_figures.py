"""What the screen looked at, in figures: images, twins, benchmarks. From tables and manifests only, as in `summary`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmdata.show import number
from mmdata.store import Run
from mmdata.summary import counts, scan


@dataclass(frozen=True, kw_only=True)
class Covered:
    """One benchmark that the corpus was compared with."""

    benchmark: str
    """Its name in the index."""
    split: str
    revision: str
    questions: int
    """How many the index holds."""
    images: int
    """How many images these show."""
    looks: int
    """Of these, how many could be looked at: the others were missing or broken when the index was written."""
    by_question: int
    """Problems that were recognised by their words alone."""
    by_image: int
    """By an image alone."""
    by_both: int
    """By both."""


HEADINGS = ("benchmark", "questions", "images", "compared", "found by words", "by image", "by both")


def benchmarks(run: Run) -> list[Covered]:
    """Every benchmark of the indexes that were used, with what was found; empty where none was looked for. What several
    indexes or splits hold of one name is one line: what is found is told by the name."""
    manifest = run.manifest("leaks")
    found = {(row["benchmark"], row["evidence"]): row["rows"]
             for row in counts(scan(run, "leaks"), "benchmark", "evidence")}  # fmt: skip
    of: dict[str, list[Mapping[str, Any]]] = {}
    for said in manifest.notes.get("covers", []) if manifest else []:
        of.setdefault(str(said["benchmark"]), []).append(said)
    return [
        Covered(
            benchmark=name, split=", ".join(dict.fromkeys(str(said["split"]) for said in those)),
            revision=", ".join(dict.fromkeys(str(said["revision"]) for said in those)),
            questions=sum(int(said["rows"]) for said in those), images=sum(int(said["images"]) for said in those),
            looks=sum(int(said["looks"]) for said in those), by_question=found.get((name, "question"), 0),
            by_image=found.get((name, "image"), 0), by_both=found.get((name, "both"), 0),
        )
        for name, those in of.items()
    ]  # fmt: skip


def lines(run: Run) -> list[tuple[str, str]]:
    """`(what, what was found)`: images and twins, in words."""
    import polars as pl

    said = []
    if run.manifest("pictures"):
        pictures = scan(run, "pictures")
        every = sum(row["rows"] for row in counts(pictures, "reason"))
        refused = {r["reason"]: r["rows"] for r in counts(pictures.filter(pl.col("reason") != ""), "reason")}
        usable = pictures.filter(pl.col("reason") == "")
        changed = {r["changes"]: r["rows"] for r in counts(usable.filter(pl.col("changes") != ""), "changes")}
        if every:
            said.append(("Images", f"{number(every)} different ones were decoded in full"))
        for what, found in (("Refused images", refused), ("Converted images", changed)):
            if found:
                told = ", ".join(f"{reason} {number(rows)}" for reason, rows in sorted(found.items())[:20])
                said.append((what, f"{number(sum(found.values()))}: {told}"))
    if run.manifest("twins"):
        how = {row["how"]: row["rows"] for row in counts(scan(run, "twins"), "how")}
        exact, near = number(how.get("exact", 0)), number(how.get("near", 0))
        said.append(("Twins", f"problems that repeat another to the letter: {exact}, nearly: {near}"))
    return said
