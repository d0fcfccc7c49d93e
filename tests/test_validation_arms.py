"""The arms of an experiment: a run's own rows and its controls, each a run by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from conftest import Place, tables
from mmdata.cli import app
from mmdata.errors import UserError
from mmdata.progress import Shown
from mmdata.store import Run
from mmdata.types import Problem
from mmdata.validation.arms import Apart, derive
from mmdata.validation.config import STUDENT, Arm, Control
from mmverifiers import Target, parse_target

QUIET = Shown(Console(), quiet=True)
NOTHING = Apart(iter(()))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Twelve sums; of the four paths of each one is right, one wrong, and for half of them one breaks the format and
    one is cut off."""
    return Place(tmp_path_factory.mktemp("arms")).build()


def derived(run: Run, place: Path, control: Control | None = None, apart: Apart = NOTHING, **changes: object) -> Run:
    arm = Arm(name="arm", changes={key.replace("__", "."): value for key, value in changes.items()}, control=control)
    made = Run(place)
    derive(run, arm, STUDENT, apart, made, 1, QUIET)
    return made


def said(run: Run) -> list[tuple[str, str]]:
    """`(problem, the assistant's text)` of each SFT row."""
    return [(row.problem_id, row.messages[-1]["content"]) for row in run.read("sft")]


def test_the_arm_of_a_run_has_the_bytes_of_its_sft_rows_and_leaves_the_run_alone(run: Run, tmp_path: Path) -> None:
    before = tables(run)
    made = derived(run, tmp_path / "arm")
    own = {name: digest for name, digest in tables(made).items() if name.startswith("sft/part")}
    assert own
    assert own.items() <= before.items()
    assert tables(run) == before
    assert made.manifest("rl") is None


def test_an_arm_can_be_asked_about_its_rows(run: Run, tmp_path: Path) -> None:
    made = derived(run, tmp_path / "arm", "unverified")
    row = next(made.read("sft"))
    told = CliRunner().invoke(app, ["explain", str(made.folder), row.id], catch_exceptions=False)
    assert told.exit_code == 0
    assert row.problem_id in told.output


def test_unverified_rows_are_all_paths_in_the_target_format_right_or_wrong(run: Run, tmp_path: Path) -> None:
    own, made = said(run), said(derived(run, tmp_path / "arm", "unverified"))
    assert set(own) < set(made)
    wrong = set(made) - set(own)
    for problem, text in wrong:
        assert isinstance(parse_target(text), Target)
        assert f"<answer>{2 * int(problem[-5:]) + 1}</answer>" in text
    assert {problem for problem, _ in wrong} == {f"adds/q{i:05d}" for i in range(12)}


def test_one_path_a_question_keeps_every_question(run: Run, tmp_path: Path) -> None:
    made = said(derived(run, tmp_path / "arm", "one-path"))
    assert len(made) == len({problem for problem, _ in made}) == 12
    assert len(said(run)) > 12


def test_answers_alone_are_the_same_rows_without_their_reasoning(run: Run, tmp_path: Path) -> None:
    made = derived(run, tmp_path / "arm", "answers")
    for (problem, text), (other, whole) in zip(said(made), said(run), strict=True):
        parsed = parse_target(whole)
        assert isinstance(parsed, Target)
        assert problem == other
        assert text == f"<answer>{parsed.answer}</answer>"


def test_a_random_mix_has_as_many_rows_drawn_from_all_that_were_accepted(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.recipe["mix"] = {"sft": {"rows": {"adds": 7}}}
    run = place.build()
    own, made = said(run), said(derived(run, tmp_path / "arm", "random"))
    every = said(derived(run, tmp_path / "all", None, mix__sft__rows={}))
    assert len(own) == len(made) == 7 < len(every)
    assert set(made) <= set(every)
    assert set(made) != set(own)
    assert said(derived(run, tmp_path / "again", "random")) == made


def test_no_row_of_an_arm_shares_an_image_or_a_question_with_what_is_held_out(run: Run, tmp_path: Path) -> None:
    held_out = [problem for problem in run.read("screened") if problem.id in ("adds/q00003", "adds/q00007")]
    made = derived(run, tmp_path / "arm", None, Apart(iter(held_out)))
    assert {problem for problem, _ in said(made)} == {f"adds/q{i:05d}" for i in range(12)} - {p.id for p in held_out}
    gone = [drop for drop in made.dropped("sft") if drop.reason == "held_out"]
    assert len(gone) == made.need("sft").dropped["held_out"] > 0


def test_what_is_held_out_is_known_by_its_images_and_without_images_by_its_words() -> None:
    def problem(id: str, question: str, *images: str) -> Problem:
        return Problem(
            id=id, source="s", upstream_id=id, revision="1", split="test", question=question, answer="1",
            answer_kind="number", images=images, domain="math", license="MIT",
        )  # fmt: skip

    apart = Apart(iter([problem("a", "How many?", "one", "two"), problem("b", "What is  2 + 2?")]))
    assert problem("c", "Which colour?", "two") in apart
    assert problem("d", "what is 2 + 2?") in apart
    assert problem("e", "How many?", "three") not in apart
    assert problem("f", "How many?") not in apart


def test_a_changed_arm_is_judged_and_mixed_anew(run: Run, tmp_path: Path) -> None:
    lenient = derived(run, tmp_path / "arm", None, verify__format="lenient", mix__sft__per_problem=3)
    assert len(said(lenient)) > len(said(run))
    assert json.loads(json.dumps(lenient.need("verdicts").config))["format"] == "lenient"
    assert run.need("verdicts").config["format"] == "strict"


def test_an_arm_without_rows_says_why(run: Run, tmp_path: Path) -> None:
    everything = Apart(run.read("screened"))
    with pytest.raises(UserError, match=r"the arm arm has no SFT rows \(.*held_out"):
        derived(run, tmp_path / "arm", None, everything)


def test_a_run_that_makes_no_sft_rows_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.recipe["mix"] = {"sft": None}
    with pytest.raises(UserError, match="makes no SFT rows"):
        derived(place.build(), tmp_path / "arm")


def test_an_arm_follows_its_run_when_that_is_built_anew(tmp_path: Path) -> None:
    place = Place(tmp_path)
    run = place.build()
    first = said(derived(run, tmp_path / "arm"))
    place.build(changes=("sources.adds.limit=5",))
    second = said(derived(run, tmp_path / "arm"))
    assert {problem for problem, _ in second} == {f"adds/q{i:05d}" for i in range(5)}
    assert len(second) < len(first)


def test_the_images_of_an_arm_are_those_of_the_run_it_comes_from(tmp_path: Path) -> None:
    figures = {"use": "figures", "options": {"families": {"counting": {}}, "levels": [1], "figures": 4}}
    own = {"name": "own", "model": "mmdata", "engine": "source"}
    for seed, folder in enumerate(("one", "two")):
        (tmp_path / folder).mkdir()
        place = Place(tmp_path / folder)
        place.recipe["sources"] = [{**figures, "options": {**figures["options"], "seed": seed}}]  # type: ignore[dict-item]
        place.recipe["distill"] = {"teachers": [own]}
        run = place.build()
        made = derived(run, tmp_path / "arm")
        images = [name for row in made.read("sft") for name in row.images]
        assert images
        assert all(made.images.path(name).is_file() for name in images)
        assert (made.folder / "images").resolve() == (run.folder / "images").resolve()
    left = tmp_path / "one" / "run" / "images" / ".aside"
    left.mkdir(exist_ok=True)
    derived(Run(tmp_path / "one" / "run"), tmp_path / "arm")
    derived(Run(tmp_path / "two" / "run"), tmp_path / "arm")
    assert left.is_dir(), "another build may be writing there"


def test_a_random_mix_is_as_large_as_what_the_arm_itself_would_be(run: Run, tmp_path: Path) -> None:
    counts = {"mix__sft__rows": {"adds": 5}}
    assert len(said(derived(run, tmp_path / "own", None, **counts))) == 5
    assert len(said(derived(run, tmp_path / "random", "random", **counts))) == 5
