"""Problems as the report shows them, with what became of them: a sample, and those whose gold is in doubt."""

from __future__ import annotations

import base64
import bisect
import hashlib
import io
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mmdata import summary
from mmdata.images import FORMATS, check_image
from mmdata.store import Run

if TYPE_CHECKING:
    import polars as pl
    from markupsafe import Markup

PER_SOURCE = 8
"""Sampled problems of each source."""
PER_PROBLEM = 8
"""Paths and images shown of each of them."""
QUEUE = 25
"""Problems with a doubted gold that are shown."""
SIDE = 256
"""Pixels of a thumbnail's longer side."""
TEXT = 3_000
"""Characters of a response that are shown."""

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Problems whose gold a person should look at."""

    total: int
    rows: list[Row]
    """The first of them, with a path that contradicts the gold: those first whose paths agree most."""


def queue(run: Run) -> Queue | None:
    """The problems whose gold is in doubt; None where nobody looked for them."""
    import polars as pl

    manifest = run.manifest("suspects")
    if manifest is None:
        return None
    share = (pl.col("agreeing") / pl.col("sampled")).alias("share")
    frame = summary.scan(run, "suspects").with_columns(share)
    order = frame.sort("share", "agreeing", "problem_id", descending=[True, True, False]).head(QUEUE)
    rows = order.collect(engine="streaming").to_dicts()
    if not rows:
        return Queue(total=0, rows=[])
    example = pl.col("id").is_in([row["trace_ids"][0] for row in rows])
    found = _problems(run, [row["problem_id"] for row in rows], example)
    return Queue(total=manifest.rows, rows=[found[row["problem_id"]] | {"suspect": row} for row in rows])


def samples(run: Run) -> dict[str, list[Row]]:
    """Problems of each source, picked by hash."""
    import polars as pl

    picked = _picked(run.read(_table(run), ["id", "source"]))
    found = _problems(run, [id for ids in picked.values() for id in ids], pl.col("sample") < PER_PROBLEM)
    return {source: [found[id] for id in ids] for source, ids in picked.items()}


def _table(run: Run) -> str:
    return "screened" if run.manifest("screened") else "problems"


def _problems(run: Run, ids: Sequence[str], shown: pl.Expr) -> dict[str, Row]:
    """Problems by id, with the paths of them that are to be shown."""
    import polars as pl

    def of(table: str, key: str, *columns: str) -> list[Row]:
        frame = summary.scan(run, table).filter(pl.col(key).is_in(ids)).select(key, *columns)
        return frame.collect(engine="streaming").to_dicts()

    # The longest responses are cut while they are read.
    short = summary.scan(run, "traces").filter(pl.col("problem_id").is_in(ids) & shown)
    cut = pl.col("response").str.slice(0, TEXT)
    paths = short.with_columns(response=cut, characters=pl.col("response").str.len_chars())
    traces: dict[str, list[Row]] = {}
    for trace in paths.collect(engine="streaming").sort("teacher", "sample").to_dicts():
        traces.setdefault(trace["problem_id"], []).append(trace)
    wanted = ("trace_id", "score", "extracted", "verifier", "method", "reason", "false_steps")
    verdicts = {v["trace_id"]: v for v in of("verdicts", "problem_id", *wanted)}
    in_sft = {row["trace_id"] for row in of("sft", "problem_id", "trace_id")}
    counts = Counter(row["problem_id"] for row in of("traces", "problem_id"))
    splits = {split: {row["problem_id"] for row in of(split, "problem_id")} for split in summary.SPLITS}
    keys = ("question", "choices", "answer", "answer_kind", "images", "caption", "license")
    thumbnails: dict[str, Markup | str] = {}
    found = {}
    for problem in of(_table(run), "id", *keys):
        id, names = problem["id"], problem["images"][:PER_PROBLEM]
        for name in names:
            if name not in thumbnails:
                thumbnails[name] = thumbnail(run, name)
        found[id] = {
            **problem, "thumbnails": [thumbnails[name] for name in names],
            "paths": [_path(t, verdicts.get(t["id"]), in_sft) for t in traces.get(id, [])[:PER_PROBLEM]],
            "sampled": counts[id], "splits": [s for s in summary.SPLITS if id in splits[s]],
        }  # fmt: skip
    return found


def _picked(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The ids with the smallest hashes, by source: a fair sample that is the same every time."""
    best: dict[str, list[tuple[bytes, str]]] = {}
    for id, source in rows:
        entry = hashlib.sha256(id.encode()).digest(), id
        own = best.setdefault(source, [])
        if (len(own) < PER_SOURCE or entry < own[-1]) and entry not in own:
            bisect.insort(own, entry)
            del own[PER_SOURCE:]
    return {source: [id for _, id in best[source]] for source in sorted(best)}


def _path(trace: Row, verdict: Mapping[str, Any] | None, in_sft: set[str]) -> Row:
    kind, mark, said = "unjudged", "?", "not judged yet"
    if verdict is not None:
        right = {None: ("unjudged", "?", "cannot be judged"), 1.0: ("right", "✓", "right")}
        kind, mark, said = right.get(verdict["score"], ("wrong", "✗", "wrong"))
    text = trace["response"]
    more = trace["characters"] - len(text)
    # The cut is noted here, because the end of the string is gone by now.
    shown = f"{text}… ({more:,} more characters)" if more else text
    return {**trace, "response": shown, "verdict": verdict, "kind": kind, "mark": mark, "said": said,
            "in_sft": trace["id"] in in_sft}  # fmt: skip


def thumbnail(run: Run, name: str) -> Markup | str:
    """A small PNG of an image as a data URI; where that cannot be had, why."""
    from markupsafe import Markup
    from PIL import Image

    from mmdata.recipe import Screen

    try:
        path = run.images.path(name)
    except FileNotFoundError:
        return f"image {name[:12]} is not in the image store"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reason, detail = check_image(path, Screen(min_side=1, max_aspect=1e9))
            if reason:
                return f"image {name[:12]} cannot be shown: {reason}, {detail}"
            with Image.open(path, formats=FORMATS) as image:
                image.thumbnail((SIDE, SIDE))
                # White ground: many drawings are black lines on nothing.
                small = Image.new("RGBA", image.size, "white")
                small.alpha_composite(image.convert("RGBA"))
            buffer = io.BytesIO()
            small.convert("RGB").save(buffer, "PNG", optimize=True)
    except Exception as error:  # Pillow's decoders raise almost anything on hostile bytes
        return f"image {name[:12]} cannot be shown: {type(error).__name__}"
    return Markup("data:image/png;base64,") + base64.b64encode(buffer.getvalue()).decode()
