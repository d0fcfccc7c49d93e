"""figures, the source: drawn on demand, the same with any number of workers, solved by itself."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from mmdata import figures as families
from mmdata import prompt, recipe_file
from mmdata.build import build
from mmdata.errors import RecipeError, SourceError
from mmdata.figures import _worker
from mmdata.progress import Shown
from mmdata.sources import Where, figures
from mmdata.store import Run
from mmdata.types import Draft
from mmverifiers import Target, parse_target

SMALL: dict[str, Any] = {"families": {"counting": {}, "clock": {"levels": [1]}}, "figures": 4}


def place(split: str = "train", workers: int = 1, **options: Any) -> Where:
    made = figures.Options.model_validate({**SMALL, **options})
    return Where(name="f", split=split, revision="r", options=made, base=Path(), workers=workers)


def problems(where: Where) -> list[Draft]:
    return [figures.problem(row, where) for row in figures.rows(where)]


def recipe(folder: Path, **more: Any) -> Path:
    path = folder / "recipe.yaml"
    written = {
        "name": "figures",
        "sources": [{"use": "figures", "options": SMALL}],
        "distill": {"samples": 3, "teachers": [{"name": "own", "model": "mmdata", "engine": "source"}]},
        **more,
    }
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    return path


def built(folder: Path, name: str, workers: int, **more: Any) -> Run:
    path, run = recipe(folder, **more), Run(folder / name)
    with (folder / "said").open("w") as file:
        build(recipe_file.load(path), folder, run, workers=workers, shown=Shown(Console(file=file), quiet=True))
    return run


def test_rows_are_lazy_and_take_turns_over_families_and_levels() -> None:
    endless = figures.rows(place(figures=10_000_000, questions=1))
    first = [next(endless) for _ in range(8)]
    endless.close()  # type: ignore[attr-defined]
    turns = [(row["key"]["family"], row["key"]["level"], row["key"]["index"]) for row in first]
    once = [("counting", 1), ("counting", 2), ("counting", 3), ("clock", 1)]
    assert turns == [(*each, index) for index in (0, 1) for each in once]


def test_questions_about_one_figure_differ_and_every_type_comes_up() -> None:
    found = problems(place(figures=8, questions=2))
    by_picture: dict[Any, list[str]] = {}
    for draft in found:
        by_picture.setdefault(draft.images, []).append(json.loads(draft.problem.metadata)["form"])
    assert all(len(forms) == len(set(forms)) == 2 for forms in by_picture.values())
    asked = Counter(json.loads(d.problem.metadata)["form"] for d in found if d.problem.family == "counting")
    assert set(asked) == set(families.load("counting").FORMS)
    assert len({draft.problem.id for draft in found}) == len(found)


def test_splits_and_seeds_share_no_picture() -> None:
    pictures = [{draft.images for draft in problems(where)} for where in (place(), place(split="test"), place(seed=1))]
    assert not pictures[0] & pictures[1]
    assert not pictures[0] & pictures[2]
    assert not pictures[1] & pictures[2]


def test_any_number_of_processes_draws_the_same() -> None:
    one, three = list(figures.rows(place())), list(figures.rows(place(workers=3)))
    assert one == three


def test_a_drawing_process_that_dies_is_named(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = families.Key(family="no such family", level=1, index=0)
    with pytest.raises(SourceError, match="drawing no such family 0 failed"):
        list(_worker.drawn([bad], 2))
    assert "KeyError" in capfd.readouterr().err


def test_a_scene_that_was_there_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[families.Key] = []
    plain = families.scene

    def few(key: families.Key) -> Any:
        seen.append(key)
        return plain(replace(key, index=0, attempt=0) if key.attempt == 0 else key)

    monkeypatch.setattr(families, "scene", few)
    rows = list(figures.rows(place(families={"counting": {"levels": [1]}}, figures=3, questions=1)))
    assert [row["key"]["attempt"] for row in rows] == [0, 1, 1]


def test_a_family_that_runs_out_of_scenes_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = families.scene
    monkeypatch.setattr(families, "scene", lambda key: plain(replace(key, index=0, attempt=0)))
    with pytest.raises(SourceError, match="counting has no more different scenes at level 1 than 1"):
        list(figures.rows(place(families={"counting": {"levels": [1]}}, figures=2)))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"families": {"countng": {}}}, "there is no family 'countng'; did you mean counting"),
        ({"families": {"counting": {"forms": ["sums"]}}}, "counting has no question type 'sums'; did you mean sum"),
        ({"families": {"counting": {"levels": [1], "forms": ["difference"]}}}, "none of its question types at level 1"),
        ({"levels": [4]}, "less than or equal to 3"),
    ],
)
def test_a_mistake_in_the_options_is_named(tmp_path: Path, options: dict[str, Any], told: str) -> None:
    path = recipe(tmp_path, sources=[{"use": "figures", "options": options}])
    with pytest.raises(RecipeError, match=told):
        recipe_file.load(path)


def test_a_build_keeps_every_figure_and_every_solution_whatever_the_workers(tmp_path: Path) -> None:
    one, two = built(tmp_path, "one", 1), built(tmp_path, "two", 2)
    for table in ("problems", "screened", "traces", "verdicts", "sft", "rl"):
        assert one.need(table).digest == two.need(table).digest, table
    assert one.need("problems").dropped == one.need("screened").dropped == one.need("sft").dropped == {}
    # Asked for three paths, a source that carries one solution gives one.
    assert one.need("traces").rows == one.need("problems").rows == one.need("sft").rows == 4 * 4 * 2
    for row in one.read("sft"):
        assert row.images
        assert isinstance(parse_target(row.messages[-1]["content"]), Target)
        assert prompt.IMAGE in row.messages[1]["content"]


def test_the_source_s_solutions_are_judged_like_any_teacher_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = figures.problem

    def lying(row: Any, where: Where) -> Draft:
        draft = plain(row, where)
        wrong = "<think>It is so.</think><answer>997</answer>"
        return replace(draft, problem=replace(draft.problem, solutions=(wrong, *draft.problem.solutions, wrong)))

    monkeypatch.setattr(figures, "problem", lying)
    run = built(tmp_path, "run", 1)
    assert run.need("traces").rows == 3 * run.need("problems").rows
    assert run.need("sft").rows == run.need("problems").rows
    assert all("997" not in row.messages[-1]["content"] for row in run.read("sft"))


def test_problems_without_a_solution_find_no_teacher_in_the_source(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text('{"q": "1+1?", "a": "2"}\n')
    mapped = {"path": "d.jsonl", "columns": {"question": "q", "answer": "a"}, "license": "MIT"}
    run = built(tmp_path, "run", 1, sources=[{"use": "files", "name": "d", "options": mapped}])
    assert run.need("traces").dropped == {"no_teacher": 1}
