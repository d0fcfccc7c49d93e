"""Gold that the paths contradict: it is put aside with the evidence, and never lost."""

import io
import math
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import made_run
from conftest import Place, answered, rows, tables, write_jsonl
from mmdata import card, explain, recipe_file, report, report_problems, reverify, summary, suspect
from mmdata.progress import Shown
from mmdata.recipe_verify import SuspectGold
from mmdata.store import Run
from mmdata.types import Judged, Problem, Suspect
from mmverifiers import Pool
from screening import problem
from test_report import Page

CUT = "<cut>"


def said(place: Place, answers: dict[int, list[str]], gold: dict[int, str] | None = None) -> None:
    """Eight paths of each problem: by default the right answer; `CUT` for one that ends in the midst."""
    lines = rows(12)
    for i, text in (gold or {}).items():
        lines[i]["answer"] = text
    write_jsonl(place.folder / "data.jsonl", lines)
    recorded = []
    for i in range(12):
        for sample, answer in enumerate(answers.get(i, [str(2 * i)] * 8)):
            line = answered(f"adds/q{i:05d}", sample, answer)
            recorded.append(line | {"finish_reason": "length" if answer == CUT else "stop"})
    write_jsonl(place.folder / "recording.jsonl", recorded)
    place.recipe["distill"]["samples"] = 8  # type: ignore[index]


def doubted(run: Run) -> dict[str, tuple[str, str, int, int]]:
    return {s.problem_id: (s.gold, s.answer, s.agreeing, s.sampled) for s in run.read("suspects")}


def judged(extracted: Iterable[str | None], kind: str = "number", **more: object) -> list[Judged]:
    """A problem's verdicts, one wrong answer a path; None: it was cut off."""
    return [
        Judged(
            trace_id=f"t{i}", problem_id="s/p", source="s", verifier=kind, version="1", score=0.0, extracted=text,
            method=str(more.get("method", "number")), reason="wrong_answer" if text is not None else "truncated",
        )
        for i, text in enumerate(extracted)
    ]  # fmt: skip


def settled(verdicts: list[Judged], asked: Problem, config: SuspectGold | None = None) -> list[Suspect]:
    with Pool() as pool:
        return list(suspect.suspects(config or SuspectGold(), [asked], verdicts, pool, lambda: None))  # type: ignore[arg-type]


def test_six_of_eight_paths_that_agree_put_a_gold_in_doubt_and_five_do_not(place: Place) -> None:
    said(place, {
        1: ["7"] * 6 + ["2", CUT],
        2: ["9"] * 5 + ["4"] * 3,
        3: ["9"] * 5 + [CUT] * 3,
        4: ["1", "2", "3", "4", "5", "6", "7", "9"],
        5: ["11"] * 8,
    })  # fmt: skip
    run = place.build()
    assert doubted(run) == {"adds/q00001": ("2", "7", 6, 8), "adds/q00005": ("10", "11", 8, 8)}
    (first, _) = run.read("suspects")
    paths = {t.id: t.sample for t in run.read("traces") if t.problem_id == "adds/q00001"}
    assert [paths[id] for id in first.trace_ids] == [0, 1, 2, 3, 4, 5]


def test_a_doubted_problem_is_in_no_split_and_every_split_says_why(place: Place) -> None:
    said(place, {i: ["77"] * 7 + [str(2 * i)] for i in (1, 2, 3, 4)})
    place.recipe["mix"] = {"eval": {"fraction": 0.5}}
    run = place.build()
    ids = set(doubted(run))
    assert len(ids) == 4
    assert ids.isdisjoint(row.problem_id for split in summary.SPLITS for row in run.read(split))
    told = [d for split in summary.SPLITS for d in run.dropped(split) if d.reason == "suspect_gold"]
    assert {d.stage for d in told} == {"sft", "rl", "eval"}
    assert sum(d.stage == "sft" for d in told) == 32
    assert {d.id for d in told if d.stage == "rl"} == ids
    assert "7 of 8 paths say '77', gold '2'" in {d.detail for d in told}


def test_other_words_for_the_same_answer_agree_and_the_most_frequent_is_shown() -> None:
    words = [r"\frac{1}{2}", "0.5", "1/2", "1/2", r"\dfrac12", "2/4", None, "3"]
    (row,) = settled(judged(words, "math"), problem("p", answer="7", answer_kind="math"))
    assert (row.answer, row.agreeing, row.sampled, row.gold) == ("1/2", 6, 8, "7")
    assert row.trace_ids[:2] == ("t2", "t3")


def test_an_option_by_letter_and_by_text_is_one_answer() -> None:
    asked = problem("p", answer="A", answer_kind="choice", choices=("12 cm", "15 cm", "18 cm"))
    words = ["B", "(B)", "15 cm", "B. 15 cm", "option B", "b", "C", "C"]
    (row,) = settled(judged(words, "choice"), asked)
    assert (row.agreeing, row.verifier) == (6, "choice")


def test_what_one_direction_alone_takes_for_the_same_does_not_agree() -> None:
    # As an answer 105 is within five percent of 100 as the gold; 100 is within five percent of 105.
    near = ["100"] * 3 + ["105"] * 3
    assert settled(judged(near, "relaxed"), problem("p", answer="7", answer_kind="relaxed"))
    # 105.26 against 100 is further than five percent, 100 against 105.26 is not.
    far = ["100"] * 3 + ["105.26"] * 3
    assert not settled(judged(far, "relaxed"), problem("p", answer="7", answer_kind="relaxed"))


def test_an_answer_that_repeats_the_question_does_not_doubt_the_gold() -> None:
    asked = problem("p", "What is 17 * 23?", "391", answer_kind="number")
    assert not settled(judged(["17 * 23"] * 8, method="echo"), asked)


@pytest.mark.parametrize(
    ("agree", "least", "paths", "sampled", "found"),
    [
        (0.75, 6, 6, 8, True), (0.75, 6, 5, 6, False), (0.75, 7, 6, 8, False), (0.75, 2, 5, 8, False),
        (0.7, 2, 7, 10, True), (0.7, 2, 6, 10, False), (1.0, 2, 9, 10, False), (1.0, 2, 10, 10, True),
    ],
)  # fmt: skip
def test_a_share_and_a_number_have_to_be_reached(
    agree: float, least: int, paths: int, sampled: int, found: bool
) -> None:
    words = ["5"] * paths + ["6"] * (sampled - paths)
    config = SuspectGold(agree=agree, least=least)
    assert bool(settled(judged(words), problem("p", answer_kind="number"), config)) == found


@given(st.lists(st.sampled_from(["1", "1.0", "2", "2.0", "3", None]), min_size=1, max_size=12), st.integers(2, 8))
@settings(max_examples=60)
def test_agreement_is_counted_as_a_person_would(words: list[str | None], least: int) -> None:
    config = SuspectGold(agree=0.6, least=least)
    votes = [sum(w is not None and float(w) == n for w in words) for n in (1, 2, 3)]
    enough = max(votes) >= max(least, math.ceil(0.6 * len(words) - 1e-9))
    found = settled(judged(words), problem("p", answer="9", answer_kind="number"), config)
    assert [row.agreeing for row in found] == ([max(votes)] if enough else [])


def test_a_problem_with_hundreds_of_answers_costs_a_bounded_number_of_comparisons() -> None:
    asked = 0

    class Counting(Pool):
        def judge(self, items):  # type: ignore[no-untyped-def]
            nonlocal asked
            for item in items:
                asked += 1
                yield from super().judge([item])

    words = [f"x{i}" for i in range(1000)]
    with Counting() as pool:
        config = SuspectGold(agree=0.51, least=8)
        verdicts = judged(words[: suspect.MOST], "text") + judged([], "text")
        list(suspect.suspects(config, [problem("p")], verdicts, pool, lambda: None))  # type: ignore[arg-type]
        assert asked <= suspect.MOST**2
        list(suspect.suspects(config, [problem("p")], judged(words, "text"), pool, lambda: None))  # type: ignore[arg-type]
    assert asked <= 2 * suspect.MOST**2


def test_null_turns_it_off_and_takes_the_table_away(place: Place) -> None:
    said(place, {1: ["7"] * 8})
    run = place.build()
    assert run.need("suspects").rows == 1
    verdicts = run.need("verdicts").key
    place.recipe["verify"] = {"suspect": None}
    place.build()
    assert run.manifest("suspects") is None
    assert run.need("verdicts").key == verdicts
    assert "adds/q00001" in {row.problem_id for row in run.read("rl")}


def test_workers_do_not_change_a_byte_of_the_queue(place: Place) -> None:
    forms = [r"\frac{22}{7}", "22/7", r"\dfrac{22}{7}", r"3+\frac17", "44/14", r"\frac{66}{21}", "1", "2"]
    said(place, dict.fromkeys(range(12), forms))
    one, two = place.build("one", workers=1), place.build("two", workers=2)
    assert tables(one) == tables(two)
    assert one.need("suspects").rows > 6


def test_judging_again_leaves_the_queue_that_a_build_would_make(place: Place) -> None:
    said(place, {1: ["7"] * 8})
    run = place.build()
    wanted = tables(run)
    (run.folder / "suspects" / "manifest.json").unlink()
    shown = Shown(Console(quiet=True), quiet=True)
    assert reverify.reverify(run, workers=1, shown=shown).stale == ("suspects", "sft", "rl", "eval")
    reverify.reverify(run, workers=1, shown=shown, write=True)
    assert tables(run) == wanted
    place.build()
    assert not place.ran


def test_the_grammar_refuses_what_two_answers_could_both_reach(tmp_path: Path) -> None:
    text = "name: r\nsources: [{use: gsm8k}]\nverify: {suspect: {agree: 0.5, least: 1}}\n"
    (tmp_path / "r.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(recipe_file.RecipeError) as caught:
        recipe_file.load(tmp_path / "r.yaml")
    found = str(caught.value)
    assert "verify.suspect.agree" in found
    assert "verify.suspect.least" in found


def page(run: Run) -> Page:
    found = Page(report.write(run).read_text(encoding="utf-8"))
    assert found.open == []
    return found


def test_the_report_shows_the_queue_with_both_answers_and_a_path(place: Place) -> None:
    said(place, {1: ["7"] * 6 + ["2", CUT], 5: ["11"] * 8})
    run = place.build()
    text = " ".join("".join(page(run).text).split())
    queue = text[text.index("Suspect gold 2 problems") : text.index("Dropped, and why")]
    for words in ("What is 1 + 1?", "gold 2", "6 of 8 paths say 7", "Path 0 adds them.", "8 of 8 paths say 11"):
        assert words in queue
    assert queue.index("8 of 8") < queue.index("6 of 8")
    assert "suspects" not in text[: text.index("From rows to splits")]


def test_a_queue_that_is_long_is_cut_and_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_problems, "QUEUE", 2)
    said(place, {i: ["77"] * 8 for i in range(1, 6)})
    text = " ".join("".join(page(place.build()).text).split())
    assert "5 problems whose paths agree" in text
    assert "Here are 2" in text
    assert text.count("8 of 8 paths say 77") == 2


def test_a_run_without_doubts_has_no_queue(place: Place) -> None:
    run = place.build()
    assert run.need("suspects").rows == 0
    assert "Suspect gold" not in "".join(page(run).text)
    assert summary.funnel(run).total.suspects == 0


def test_nothing_that_a_path_says_leaves_the_queue(place: Place) -> None:
    evil = f"{made_run.HOSTILE['html']} {made_run.HOSTILE['template']} {made_run.HOSTILE['bidi']}"
    said(place, {1: [evil] * 8}, gold={1: "Paris"})
    run = place.build()
    (row,) = run.read("suspects")
    assert row.agreeing == 8
    found = page(run)
    assert not {"script", "iframe", "form"} & set(found.tags)
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in "".join(found.text)
    assert "\u202e" not in "".join(found.text)
    written = io.StringIO()
    explain.show(explain.explain(run, "adds/q00001"), Console(file=written, width=120))
    assert not set(written.getvalue()) & set("\x1b\u202e\u200b\ufeff")


def test_explain_tells_the_evidence_and_every_split_that_the_problem_is_not_in(place: Place) -> None:
    said(place, {1: ["7"] * 6 + ["2", CUT]})
    events = explain.explain(place.build(), "adds/q00001")
    (doubt,) = (e for e in events if "in doubt" in e.text)
    assert (doubt.stage, doubt.outcome) == ("verify", "dropped")
    assert "6 of 8 paths say '7', gold '2'" in doubt.text
    assert [e.text for e in events if e.stage == "rl"] == ["the problem dropped: suspect_gold"]
    assert sum(e.stage == "sft" and "suspect_gold" in e.text for e in events) == 8


def test_the_summary_and_the_card_count_them(place: Place) -> None:
    said(place, {1: ["7"] * 8, 2: ["7"] * 8})
    run = place.build()
    assert summary.funnel(run).total.suspects == 2
    text = card.write(run).read_text(encoding="utf-8")
    assert "2 problems of which at least 6 paths, and 75.0 % of all sampled ones, agree on another answer" in text
    assert "| rl | suspect\\_gold | 2 |" in text
    place.build(changes=("verify.suspect=null",))
    assert summary.funnel(run).total.suspects is None
    assert "Apart from answers that no verifier accepts" in card.write(run).read_text(encoding="utf-8")
