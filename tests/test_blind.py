"""Problems asked again without their images: what is learnt of it, and what a recipe can do about it."""

import io
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from conftest import Place, answered, tables, write_jsonl
from mmdata import blind_figures, card, explain, prompt, recipe_file, report, reverify, summary
from mmdata.asked import Asked
from mmdata.distill import surveys
from mmdata.errors import RecipeError
from mmdata.plan import plan
from mmdata.portion import Chosen
from mmdata.progress import Shown
from mmdata.recipe import Recipe, Sft, SolvableBlind
from mmdata.store import Run
from mmdata.types import Judged
from screening import png, problem
from test_report import Page

COUNT = 12
BLIND = {i: i % 5 for i in range(COUNT)}
"""So many of the four blind paths of each problem with an image are right."""


@pytest.fixture
def seen(tmp_path: Path) -> Place:
    """Twelve problems with an image, four without; who sees is always right, who does not as often as BLIND says."""
    place = Place(tmp_path, count=0)
    lines, shown, unshown = [], [], []
    for i in range(COUNT + 4):
        image = "" if i >= COUNT else f"{i}.png"
        if image:
            (tmp_path / image).write_bytes(png(64 + i, 64))
        lines.append({"id": f"q{i}", "question": f"What is {i} + {i}?", "answer": str(2 * i), "image": image})
        for s in range(4):
            shown.append(answered(f"adds/q{i}", s, str(2 * i)))
            right = image and s < BLIND[i]
            # Right is right, whatever the form: no tags here.
            unshown.append(answered(f"adds/q{i}", s, "") | {"response": f"The answer is {2 * i + (not right)}."})
    write_jsonl(tmp_path / "data.jsonl", lines)
    write_jsonl(tmp_path / "recording.jsonl", shown)
    write_jsonl(tmp_path / "blind.jsonl", unshown)
    place.recipe["sources"][0]["options"]["columns"]["images"] = ["image"]  # type: ignore[index]
    teacher = place.recipe["distill"]["teachers"][0] | {"see": "image"}  # type: ignore[index]
    probe = teacher | {"name": "probe", "path": "blind.jsonl", "serve": {"domains": ["none"]}}
    place.recipe["distill"] = {"samples": 4, "teachers": [teacher, probe], "blind": {"teacher": "probe"}}
    return place


def rates(run: Run, split: str = "rl") -> dict[str, float | None]:
    return {row.problem_id: row.blind_rate for row in run.read(split)}


def test_every_problem_with_an_image_is_asked_blind_and_its_rows_carry_the_rate(seen: Place) -> None:
    run = seen.build()
    wanted = {f"adds/q{i}": BLIND[i] / 4 if i < COUNT else None for i in range(COUNT + 4)}
    assert rates(run) == wanted
    assert rates(run, "sft") == wanted
    assert {row.pass_rate for row in run.read("rl")} == {1.0}
    traces = list(run.read("blind_traces"))
    assert len(traces) == 4 * COUNT
    assert {(t.see, t.teacher) for t in traces} == {("text", "probe")}
    assert run.need("blind_traces").dropped == {}


def test_a_blind_prompt_is_the_words_alone_and_another_request(tmp_path: Path) -> None:
    teachers = [{"name": "t", "model": "m", "see": see, "serve": {"caption": see == "caption"}} for see in ("caption",)]
    sees = {"name": "sees", "model": "m"}
    recipe = Recipe.model_validate({
        "name": "r", "sources": [{"use": "files", "name": "s"}],
        "distill": {"teachers": [*teachers, sees], "blind": {"samples": 3}},
    })  # fmt: skip
    ordinary, blind = surveys(recipe)
    for asked in (
        problem("a", "Which bar?", images=("0" * 64,), caption="Two bars."),
        problem("b", "Which bar?", images=("0" * 64,), choices=("left", "right")),
    ):
        one, two = ordinary.ask(asked), blind.ask(asked)
        assert one is not None
        assert two is not None
        assert (one.teacher, two.samples) == (two.teacher, 3)
        sighted = prompt.request(one.teacher, one.problem, (), 0)
        unsighted = prompt.request(two.teacher, two.problem, (), 0)
        assert sighted.key != unsighted.key
        assert unsighted.messages[-1]["content"] == prompt.question(asked.question, asked.choices)
        assert unsighted.images == ()
    assert blind.ask(problem("c")) is None


def test_solutions_that_a_source_carries_are_not_asked_blind() -> None:
    recipe = Recipe.model_validate({
        "name": "r", "sources": [{"use": "files", "name": "s"}],
        "distill": {"teachers": [{"name": "t", "model": "m", "engine": "source"}], "blind": {}},
    })  # fmt: skip
    _, blind = surveys(recipe)
    assert blind.ask(problem("a", images=("0" * 64,), solutions=("x",))) is None
    assert blind.teachers == ()


def test_turning_it_on_asks_only_blind_and_turning_it_off_takes_its_tables_away(seen: Place) -> None:
    blind = seen.recipe["distill"].pop("blind")  # type: ignore[attr-defined]
    run = seen.build()
    assert set(rates(run).values()) == {None}
    traces = run.need("traces").key
    seen.recipe["distill"]["blind"] = blind  # type: ignore[index]
    seen.build()
    assert run.need("traces").key == traces
    assert "traces                16 rows" not in seen.said()
    assert run.need("blind_traces").notes["teachers"]["probe"]["asked"] == 4 * COUNT
    seen.build()
    assert not seen.ran
    seen.build(changes=("distill.blind=null",))
    assert run.manifest("blind_traces") is None
    assert run.manifest("blind_verdicts") is None


def test_more_blind_samples_ask_only_for_the_new_ones_and_a_lost_table_for_none(seen: Place) -> None:
    run = seen.build(changes=("distill.blind.samples=2",))
    seen.build()
    notes = run.need("blind_traces").notes["teachers"]["probe"]
    assert (notes["asked"], notes["reused"]) == (2 * COUNT, 2 * COUNT)
    first = tables(run)
    shutil.rmtree(run.folder / "blind_traces")
    (seen.folder / "blind.jsonl").write_text("")
    seen.build()
    assert tables(run) == first


def test_a_dry_run_counts_the_blind_requests(seen: Place) -> None:
    run = seen.build(until="screen")
    planned = plan(recipe_file.load(seen.folder / "recipe.yaml"), seen.folder, run)
    details = {p.table: p.detail for p in planned}
    assert details["traces"].startswith("16 requests for 64 samples,")
    assert details["blind_traces"].startswith("12 requests for 48 samples,")


@pytest.mark.parametrize(("share", "kept"), [(0.0, 0), (0.1, 1), (0.25, 4), (1.0, 4)])
def test_rows_that_need_no_image_are_at_most_their_share(seen: Place, share: float, kept: int) -> None:
    seen.recipe["mix"] = {"rl": {"blind": {"above": 0.5, "share": share}}}
    run = seen.build()
    solvable = {f"adds/q{i}" for i in range(COUNT) if BLIND[i] > 2}
    assert len(solvable) == 4
    rows = set(rates(run))
    assert len(rows & solvable) == kept
    assert rows >= {f"adds/q{i}" for i in range(COUNT + 4)} - solvable
    dropped = [d for d in run.dropped("rl") if d.reason == "solvable_blind"]
    assert {d.id for d in dropped} == solvable - rows
    assert all("of 4 without its images" in d.detail for d in dropped)
    assert run.need("sft").rows == 64


@given(
    st.lists(st.tuples(st.sampled_from([None, 0.0, 0.5, 0.75, 1.0]), st.booleans()), max_size=40),
    st.floats(0.0, 1.0), st.integers(0, 40), st.booleans(), st.integers(0, 3),
)  # fmt: skip
@settings(max_examples=150)
def test_the_share_holds_beside_every_other_portion(
    rows: list[tuple[float | None, bool]], share: float, count: int, balance: bool, seed: int
) -> None:
    asked = [
        Asked(problem(str(i), answer="yes" if yes else "no", answer_kind="yesno"), [], None, [
            Judged(trace_id="t", problem_id=f"s/{i}", source="s", verifier="yesno", version="1", score=score,
                   extracted="", method="", reason="")
            for score in ([1.0] * int(4 * rate) + [0.0] * (4 - int(4 * rate)) if rate is not None else [])
        ])
        for i, (rate, yes) in enumerate(rows)
    ]  # fmt: skip
    config = Sft(blind=SolvableBlind(share=share), balance=balance, rows={"s": count})
    chosen = Chosen(config, seed, lambda: ((a, a.problem.id) for a in asked))
    taken = [a for a in asked if not chosen.refuses(a, a.problem.id)]
    solvable = sum((a.blind_rate or 0.0) > 0.5 for a in taken)
    assert solvable <= share * len(taken) + 1e-6
    assert len(taken) <= count


def test_what_is_solvable_blind_is_told_everywhere(seen: Place) -> None:
    run = seen.build()
    (row,) = blind_figures.by_source(run, 0.5)
    right = sum(BLIND.values())
    assert (row.problems, row.solvable, row.blind, row.seeing) == (COUNT, 4, right / (4 * COUNT), 1.0)
    # The four paths of a problem read differently: four SFT rows each.
    assert (row.sft, row.sft_rows, row.rl, row.rl_rows) == (16, 64, 4, 16)
    page = Page(report.write(run).read_text(encoding="utf-8"))
    assert page.open == []
    text = " ".join("".join(page.text).split())
    for words in ("Without the images", "4 (33.3 %)", "16 of 64", "above 50.0 %"):
        assert words in text
    assert "| adds | 12 | 4 (33.3 %) |" in card.write(run).read_text(encoding="utf-8")
    written = io.StringIO()
    summary.show(run, Console(file=written, width=200))
    assert "Without the images" in written.getvalue()
    (event,) = (e for e in explain.explain(run, "adds/q3") if "without its images" in e.text)
    assert event.text == "asked 4 times without its images: right in 3 of 4 that could be judged"


def test_the_bound_of_the_recipe_is_the_one_that_is_counted_by(seen: Place) -> None:
    seen.recipe["mix"] = {"sft": {"blind": {"above": 0.8, "share": 1.0}}}
    run = seen.build()
    assert "above 80.0 %" in report.render(run)
    assert "| adds | 12 | 2 (16.7 %) |" in card.render(run)


def test_judging_again_judges_the_blind_paths_too(seen: Place) -> None:
    run = seen.build()
    wanted = tables(run)
    (run.folder / "blind_verdicts" / "manifest.json").unlink()
    shown = Shown(Console(quiet=True), quiet=True)
    assert reverify.reverify(run, workers=1, shown=shown).stale == ("blind_verdicts", "sft", "rl", "eval")
    reverify.reverify(run, workers=1, shown=shown, write=True)
    assert tables(run) == wanted


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (("distill.blind.teacher=nobody",), "distill.blind.teacher: no teacher that could be asked is named 'nobody'"),
        (("distill.blind=null", "mix.rl.blind={above: 0.5}"), "mix.rl.blind: nothing is known of it"),
        (("mix.rl.blind={above: 1.5}",), "mix.rl.blind.above"),
    ],
)
def test_a_mistake_in_it_is_named(seen: Place, changes: tuple[str, ...], says: str) -> None:
    with pytest.raises(RecipeError) as caught:
        seen.build(changes=changes)
    assert says in str(caught.value)
