"""The gallery of a source: one self-contained page with an example of everything that it asks."""

from __future__ import annotations

import base64
import io
import json
import os
import tempfile
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdata import __version__, collect, sources
from mmdata.card import environment, put
from mmdata.errors import RecipeError, UserError
from mmdata.images import FORMATS, ImageStore, check_image
from mmdata.recipe import Screen, SourceSpec
from mmdata.show import printable
from mmdata.types import Draft, Dropped
from mmverifiers import Target, parse_target

if TYPE_CHECKING:
    from markupsafe import Markup

ROWS = 20_000
"""Rows that are read at most."""
PATIENCE = 150
"""Rows without a new group after which reading stops, or as many as brought one each at the start: a turn of a source
that goes round its families."""
GROUPS = 2_000
"""Groups shown at most: a source whose forms are all different would have no end of them."""
FEW = 24
"""Up to so many groups have two examples each."""
IMAGES = 8
"""Images shown of a row."""
SIDE = 640
"""Pixels of a picture's longer side."""
COLOURS = 2**16
"""A picture with more of them is a photograph, and kept as JPEG."""
TEXT = 2_000
"""Characters of a caption or a solution that are shown."""

Group = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image, checked and written anew."""

    uri: Markup
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Example:
    """One row of the source."""

    id: str
    form: str
    question: str
    choices: tuple[str, ...]
    answer: str
    kind: str
    license: str
    solution: str
    """The reasoning of its first solution, if it carries one."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What is asked about the same images."""

    level: str
    caption: str
    pictures: tuple[Picture | str, ...]
    """Or why one cannot be shown."""
    more: int
    """Images that are not shown."""
    examples: list[Example] = field(default_factory=list)


@dataclass(kw_only=True)
class Found:
    """What was read, and the examples picked from it."""

    rows: int = 0
    ended: bool = False
    """Was every row read?"""
    drops: Counter[str] = field(default_factory=Counter)
    groups: dict[Group, list[Draft]] = field(default_factory=dict)


def write(name: str, options: Sequence[str], path: Path) -> str:
    """Write the gallery of a source, with options `KEY=VALUE`, and say what is in it.

    Raises UserError where the options, the data or the place are not right.
    """
    if not path.absolute().parent.is_dir():
        raise UserError(f"{path}: there is no folder {path.absolute().parent} to write it into")
    given = parsed(name, options)
    found = read(name, given)
    families = [(family, f"g{i}", panels) for i, (family, panels) in enumerate(_panels(found).items(), 1)]
    card = sources.load(name).CARD
    counts = {anchor: sum(len(panel.examples) for panel in panels) for _, anchor, panels in families}
    values = {
        "card": card, "version": __version__, "found": found, "families": families,
        "options": json.dumps(given, ensure_ascii=False, default=str) if given else "",
        "read": "every row" if found.ended else f"the first {found.rows:,} rows",
        "counts": counts,
    }  # fmt: skip
    put(path, environment(markdown=False).get_template("gallery.html.j2").render(values))
    return f"wrote {path}: {sum(counts.values()):,} examples of {len(found.groups):,} groups"


def parsed(name: str, options: Sequence[str]) -> dict[str, Any]:
    """Options from `dotted.key=value`, values in YAML. Raises RecipeError, with every mistake."""
    import yaml
    from pydantic import ValidationError

    module, given, wrong = sources.load(name), dict[str, Any](), list[str]()
    for option in options:
        key, sign, text = option.partition("=")
        *parents, last = key.split(".")
        at: Any = given
        for part in parents:
            at = at.setdefault(part, {}) if isinstance(at, dict) else None
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError:
            sign = ""
        if not sign or not last or not isinstance(at, dict):
            wrong.append(f"{option}: write it as KEY=VALUE, the value in YAML")
        else:
            at[last] = value
    try:
        module.Options.model_validate(given)
    except ValidationError as error:
        wrong += [
            f"{'.'.join(map(str, e['loc'])) or 'options'}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors(include_url=False)
        ]
    if wrong:
        raise RecipeError(f"--option of {name}", wrong)
    return given


def read(name: str, options: Mapping[str, Any]) -> Found:
    """One or two rows of each group of the default split, until no new group turns up any more."""
    spec = SourceSpec(use=name, limit=ROWS, options=dict(options))
    spec = spec.model_copy(update={"split": sources.load(name).CARD.splits[0]})
    found, quiet, turn = Found(), 0, 0
    rows = collect.drafts(spec, collect.where(spec, Path(), workers=os.cpu_count() or 1))
    for row in rows:
        found.rows += 1
        quiet += 1
        if isinstance(row, Dropped):
            found.drops[row.reason] += 1
        else:
            group = _group(row)
            if group not in found.groups and len(found.groups) < GROUPS:
                found.groups[group], quiet = [], 0
                turn += len(found.groups) == found.rows
            kept = found.groups.get(group)
            if kept is not None and (not kept or (len(kept) < 2 and len(found.groups) <= FEW)):
                kept.append(row)
        if quiet > max(PATIENCE, turn):
            break
    else:
        found.ended = found.rows < ROWS
    rows.close()  # type: ignore[attr-defined] # it may have processes
    return found


def _group(draft: Draft) -> Group:
    """Family (or domain), level and form."""
    problem = draft.problem
    try:
        details = json.loads(problem.metadata)
    except ValueError:
        details = None
    plain = {k: str(v) for k, v in details.items() if isinstance(v, str | int)} if isinstance(details, dict) else {}
    return problem.family or problem.domain, plain.get("level", ""), plain.get("form", "")


def _panels(found: Found) -> dict[str, list[Panel]]:
    """The examples by family, those about the same images together; levels and forms in order."""
    each = 2 if len(found.groups) <= FEW else 1
    panels: dict[str, dict[Any, Panel]] = {}
    with tempfile.TemporaryDirectory(prefix="mmdata-gallery-") as folder:
        store = ImageStore(Path(folder))
        for (family, level, form), drafts in sorted(found.groups.items(), key=lambda item: item[0][:2]):
            own = panels.setdefault(family, {})
            for draft in drafts[:each]:
                # Problems without images stand by themselves.
                same = level, draft.problem.caption, draft.images or draft.problem.id
                if same not in own:
                    own[same] = Panel(
                        level=level, caption=_cut(draft.problem.caption or ""),
                        pictures=tuple(_picture(image, store) for image in draft.images[:IMAGES]),
                        more=len(draft.images[IMAGES:]),
                    )  # fmt: skip
                own[same].examples.append(_example(draft, form))
    return {family: list(own.values()) for family, own in panels.items()}


def _example(draft: Draft, form: str) -> Example:
    problem = draft.problem
    target = parse_target(solution := next(iter(problem.solutions), ""))
    return Example(
        id=problem.id, form=form, question=problem.question, choices=problem.choices, answer=problem.answer,
        kind=problem.answer_kind, license=problem.license,
        solution=_cut(target.think if isinstance(target, Target) else solution),
    )  # fmt: skip


def _cut(text: str) -> str:
    return printable(text, TEXT, lines=True)


def _picture(file: bytes | Path, store: ImageStore) -> Picture | str:
    """An image, checked and written anew; or why it cannot be shown."""
    from markupsafe import Markup
    from PIL import Image

    try:
        path = store.path(store.put(file))
    except ValueError as error:
        return f"image cannot be shown: {error}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reason, detail = check_image(path, Screen(min_side=1, max_aspect=1e9))
            if reason:
                return f"image cannot be shown: {reason}, {detail}"
            with Image.open(path, formats=FORMATS) as image:
                image.thumbnail((SIDE, SIDE))
                # White ground: many drawings are black lines on nothing.
                ground = Image.new("RGBA", image.size, "white")
                ground.alpha_composite(image.convert("RGBA"))
            shown, buffer = ground.convert("RGB"), io.BytesIO()
            kind = "png" if shown.getcolors(COLOURS) else "jpeg"
            shown.save(buffer, kind, quality=85)
    except Exception as error:  # Pillow's decoders raise almost anything on hostile bytes
        return f"image cannot be shown: {type(error).__name__}"
    uri = Markup(f"data:image/{kind};base64,") + base64.b64encode(buffer.getvalue()).decode()
    return Picture(uri=uri, width=shown.width, height=shown.height)
