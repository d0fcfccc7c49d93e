"""Reading a recipe: YAML in, a Recipe out, or every mistake at once, by its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from mmdata import sources as source_modules
from mmdata.errors import RecipeError, UserError
from mmdata.recipe import Recipe


def load(path: Path, *, changes: Sequence[str] = (), limit: int | None = None) -> Recipe:
    """Read a recipe; `changes` are `dotted.key=value` (values in YAML), `limit` caps every source.

    Raises RecipeError, with every mistake by its key.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeys)
    except FileNotFoundError:
        raise RecipeError(str(path), ["there is no such file"]) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeError(str(path), [" ".join(str(error).split())]) from None
    if not isinstance(raw, dict):
        raise RecipeError(str(path), ["a recipe is a mapping with `name` and `sources`"])
    raw = _unshared(raw)
    problems = [found for change in changes if (found := apply(raw, change))]
    try:
        recipe = Recipe.model_validate(raw)
    except ValidationError as error:
        raise RecipeError(str(path), problems + _explain(error) + _option_mistakes(raw)) from None
    problems += _option_mistakes(raw) + _cross_check(recipe)
    if problems:
        raise RecipeError(str(path), problems)
    return _resolved(recipe, limit)


def of_sources(entries: Sequence[Mapping[str, Any]], place: str, limit: int | None = None) -> Recipe:
    """A recipe that reads sources and does nothing else with them; `place` is where its entries were written.

    Raises RecipeError, with every mistake by its key.
    """
    raw = {"name": "questions", "sources": list(entries), "mix": {"sft": None, "rl": None}}
    try:
        recipe = Recipe.model_validate(raw)
    except ValidationError as error:
        raise RecipeError(place, _explain(error) + _option_mistakes(raw)) from None
    names = [spec.name for spec in recipe.sources]
    problems = _option_mistakes(raw)
    problems += [f"sources.{i}.name: {n!r} is taken" for i, n in enumerate(names) if n in names[:i]]
    if problems:
        raise RecipeError(place, problems)
    return _resolved(recipe, limit)


def source_options(options: Sequence[str]) -> dict[str, dict[str, Any]]:
    """`SOURCE.KEY=VALUE` as options by source; values in YAML. Raises UserError for what cannot be understood."""
    given: dict[str, dict[str, Any]] = {}
    for option in options:
        key, sign, text = option.partition("=")
        name, dot, last = key.partition(".")
        if not (sign and dot and last):
            raise UserError(f"--option {option}: write it as SOURCE.KEY=VALUE")
        try:
            given.setdefault(name, {})[last] = yaml.safe_load(text)
        except yaml.YAMLError:
            raise UserError(f"--option {key}: the value is not YAML") from None
    return given


def _resolved(recipe: Recipe, limit: int | None) -> Recipe:
    """The recipe with its sources' defaults written out."""
    specs = []
    for spec in recipe.sources:
        module = source_modules.load(spec.use)
        split = spec.split or module.CARD.splits[0]
        options = module.Options.model_validate(spec.options).model_dump(mode="json")
        cap = min((n for n in (limit, spec.limit) if n is not None), default=None)
        specs.append(spec.model_copy(update={"split": split, "options": options, "limit": cap}))
    return recipe.model_copy(update={"sources": tuple(specs)})


def dump(recipe: Recipe) -> str:
    """The recipe as YAML with every default written out."""
    return yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100)


class UniqueKeys(yaml.SafeLoader):
    """A SafeLoader that refuses a key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(k) for k in keys if keys.count(k) > 1})
        if twice:
            line = node.start_mark.line + 1
            raise yaml.YAMLError(f"line {line}: the key {', '.join(twice)} is written twice")
        return super().construct_mapping(node, deep)


def _unshared(value: Any) -> Any:
    """A copy in which what a YAML alias repeats can be changed in one place alone."""
    if isinstance(value, dict):
        return {key: _unshared(entry) for key, entry in value.items()}
    return [_unshared(entry) for entry in value] if isinstance(value, list) else value


def apply(raw: Any, change: str) -> str:
    """Carry out `a.b.0.c=value`, a value in YAML, on a raw mapping; returns what is wrong with it, or nothing."""
    key, sign, text = change.partition("=")
    if not sign:
        return f"--set {change}: write it as key=value"
    *parents, last = key.split(".")
    at = raw
    for part in parents:
        at = at.setdefault(part, {}) if isinstance(at, dict) else _item(at, part)
        if not isinstance(at, dict | list):
            return f"--set {key}: there is no {part} to set something in"
    try:
        value = yaml.safe_load(text)
        at[int(last) if isinstance(at, list) else last] = value
    except (ValueError, IndexError):
        return f"--set {key}: {last} is no place in a list"
    except yaml.YAMLError:
        return f"--set {key}: the value is not YAML"
    return ""


def _item(items: Any, part: str) -> Any:
    """An entry of a list, by number or by its `name`."""
    if not isinstance(items, list):
        return None
    if part.isdecimal():
        return items[int(part)] if int(part) < len(items) else None
    return next((i for i in items if isinstance(i, dict) and part in (i.get("name"), i.get("use"))), None)


def _explain(error: ValidationError, prefix: str = "") -> list[str]:
    return [
        f"{prefix}{'.'.join(str(p) for p in e['loc']) or 'recipe'}: {e['msg'].removeprefix('Value error, ')}"
        + (f" (there is {e['input']!r:.60})" if e["type"] not in ("missing", "value_error", "extra_forbidden") else "")
        for e in error.errors(include_url=False)
    ]


def _option_mistakes(raw: dict[str, Any]) -> list[str]:
    """What the sources' own options models say, under their keys; and splits that are not on the card."""
    found: list[str] = []
    entries = raw.get("sources")
    for i, entry in enumerate(entries if isinstance(entries, list) else []):
        if not isinstance(entry, dict) or entry.get("use") not in source_modules.names():
            continue
        module = source_modules.load(entry["use"])
        try:
            module.Options.model_validate(entry.get("options") or {})
        except ValidationError as error:
            found += _explain(error, f"sources.{i}.options.")
        split, splits = entry.get("split"), module.CARD.splits
        if split and "*" not in splits and split not in splits:
            found.append(f"sources.{i}.split: {entry['use']} has {', '.join(splits)}, not {split!r}")
    return found


def _cross_check(recipe: Recipe) -> list[str]:
    """Mistakes that take two keys to see."""
    found = []
    names = [s.name for s in recipe.sources]
    teachers = [t.name for t in recipe.distill.teachers]
    for what, listed in (("sources", names), ("distill.teachers", teachers)):
        found += [f"{what}.{i}.name: {n!r} is taken" for i, n in enumerate(listed) if n in listed[:i]]
    for i, teacher in enumerate(recipe.distill.teachers):
        found += [
            f"distill.teachers.{i}.serve.sources: no source is named {s!r}"
            for s in teacher.serve.sources
            if s not in names
        ]
    blind = recipe.distill.blind
    if (
        blind
        and blind.teacher
        and blind.teacher not in [t.name for t in recipe.distill.teachers if t.engine != "source"]
    ):
        found.append(f"distill.blind.teacher: no teacher that could be asked is named {blind.teacher!r}")
    for split in ("sft", "rl"):
        share = getattr(recipe.mix, split)
        if share and share.blind and not blind:
            found.append(f"mix.{split}.blind: nothing is known of it without distill.blind")
        for key in ("rows", "weights") if share else ():
            found += [f"mix.{split}.{key}: no source is named {s!r}" for s in getattr(share, key) if s not in names]
    benchmarks = [i for i, s in enumerate(recipe.sources) if source_modules.load(s.use).CARD.benchmark]
    if recipe.mix.sft or recipe.mix.rl:
        found += [
            f"sources.{i}.use: {recipe.sources[i].use} is a benchmark, which nothing is trained on: "
            "set mix.sft and mix.rl to null, or take it out"
            for i in benchmarks
        ]
    if not (recipe.mix.sft or recipe.mix.rl or recipe.mix.eval.fraction or len(benchmarks) == len(recipe.sources)):
        found.append("mix: asks for no split; leave sft or rl in, or set eval.fraction")
    if recipe.mix.rl and recipe.mix.rl.pass_rate[0] > recipe.mix.rl.pass_rate[1]:
        found.append("mix.rl.pass_rate: the lower end comes first")
    return found
