"""What an evaluation asks, how it judges, what it keeps and what its figures say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import tables, write_jsonl
from evaluated import SIGHTED, UNSIGHTED, asked, evaluated, made, record, say, usual, wanting
from loopback import Loopback
from mmdata.engines.replay import Replay
from mmdata.errors import StoreError, UserError
from mmdata.evaluation import page, pairs, places, show, statistics
from mmdata.evaluation.asking import Wanted
from mmdata.evaluation.figures import figures, seen, state
from mmdata.evaluation.questions import gathered, of_run
from mmdata.store import Run
from mmdata.types import Problem
from test_report import Page


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made(tmp_path_factory.mktemp("made")).build()


def done(run: Run, folder: Path, says: Any = usual, workers: int = 1, choice: Any = None, **how: Any) -> Run:
    """An evaluation of a recorded model, in a folder of its own."""
    out, wanted = Run(folder / "out"), wanting(folder / "said.jsonl", **how)
    folder.mkdir(exist_ok=True)
    questions = asked(run, out, **(choice or {}))
    record(folder / "said.jsonl", wanted, questions, says)
    evaluated(wanted, questions, out, workers)
    return out


def named(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(g for g in found["groups"] if g["name"] == name)


# What is asked


def test_the_questions_are_those_that_the_run_holds_out_each_once_with_its_images(run: Run, tmp_path: Path) -> None:
    out = Run(tmp_path)
    questions = asked(run, out)
    ids = [p.id for p in questions.read()]
    assert ids == [row.problem_id for row in run.read("eval")]
    assert questions.count == len(ids) == len(set(ids)) > 10
    assert questions.with_images == sum(bool(p.images) for p in questions.read()) > 5
    assert all(out.images.path(name).is_file() for p in questions.read() for name in p.images)
    assert questions.about[0]["trained_on"] == 0


def test_a_training_split_is_asked_where_it_is_named_and_it_is_said_to_be_one(run: Run, tmp_path: Path) -> None:
    out = done(run, tmp_path, choice={"split": "sft"})
    found = figures(out)
    assert found["questions"]["asked"] == len({row.problem_id for row in run.read("sft")})
    (warning,) = [w for w in found["warnings"] if "NOT held out" in w]
    assert f"{found['questions']['asked']:,} of its {found['questions']['asked']:,} questions" in warning
    assert "NOT held out" in page.render(out, found | {"against": None})


def test_a_run_that_holds_nothing_out_says_what_to_do(tmp_path: Path) -> None:
    run = made(tmp_path, fraction=0.0).build()
    with pytest.raises(UserError, match=r"holds no questions out: set mix\.eval\.fraction"):
        of_run(run)
    with pytest.raises(UserError, match="a run is asked by"):
        of_run(run, "test")


def test_a_limit_draws_without_looking_and_a_larger_one_keeps_what_a_smaller_chose(run: Run, tmp_path: Path) -> None:
    def ids(**how: Any) -> list[str]:
        return [p.id for p in asked(run, Run(tmp_path), split="screened", **how).read()]

    whole, four, eight = ids(), ids(limit=4), ids(limit=8)
    assert len(four) == 4
    assert set(four) < set(eight) < set(whole)
    assert [id for id in whole if id in eight] == eight, "the order stays"
    assert four != whole[:4], "not just the first"
    assert ids(limit=4, seed=1) != four
    assert ids(limit=10_000) == whole


def test_modality_leaves_out_the_others(run: Run, tmp_path: Path) -> None:
    out = Run(tmp_path)
    images, texts = (asked(run, out, split="screened", modality=m) for m in ("image", "text"))
    assert (images.with_images, texts.with_images) == (images.count, 0)
    assert images.count + texts.count == SIGHTED + UNSIGHTED


def test_the_same_question_in_two_places_is_asked_once_and_two_of_one_name_never(run: Run, tmp_path: Path) -> None:
    out, place = Run(tmp_path), of_run(run)
    assert (
        gathered([place, of_run(run, "screened")], out.images).count
        == gathered([of_run(run, "screened")], out.images).count
    )
    both = gathered([place, of_run(run, "sft")], out.images)
    assert [about["trained_on"] for about in both.about] == [0, both.about[1]["questions"]]
    other = replace(place, name="other", read=lambda: (replace(p, answer="99") for p in place.read()))
    with pytest.raises(UserError, match="two different questions are called"):
        gathered([place, other], out.images)
    with pytest.raises(UserError, match=r"no question to ask in x \(no_gold 3\)"):
        gathered([replace(place, name="x", read=lambda: iter(()), lost={"no_gold": 3})], out.images)


def test_a_lost_image_is_named(run: Run, tmp_path: Path) -> None:
    away = replace(of_run(run), images=Run(tmp_path / "empty").images)
    with pytest.raises(UserError, match="its image"):
        gathered([away], Run(tmp_path).images)


def test_sources_are_asked_by_a_split_that_is_not_for_training_where_there_is_one() -> None:
    assert places.usual("gsm8k") == "test"
    assert places.usual("mathvista") == "testmini"
    assert places.usual("vqav2") == "validation"
    assert places.usual("virl39k") == "train"


# What is kept


def test_every_arm_is_asked_and_every_question_has_a_row(run: Run, tmp_path: Path) -> None:
    out = done(run, tmp_path, samples=3, tell=True)
    rows = list(out.read("results"))
    assert [r.id for r in rows] == [p.id for p in of_run(run).read()]
    for row in rows:
        number = int(row.id.rpartition("q")[2])
        assert row.score == float(number % 5 > 0)
        assert (row.blind_score is None) == (not row.images) == (not row.image)
        assert [s["score"] for s in row.samples] == [1.0, 0.0, 1.0]
        assert sorted((b["budget"], b["told"]) for b in row.budgets) == [
            (16, False), (16, True), (32, False), (32, True)]  # fmt: skip
        if row.image:
            assert row.blind_score == float(number % 4 == 1)
    assert out.need("results").notes["failed"] == 0


def test_blind_questions_show_no_image_and_no_caption_and_are_other_requests(run: Run, tmp_path: Path) -> None:
    out = done(run, tmp_path, blind=False)
    assert all(row.blind_reason is None for row in out.read("results"))
    assert all(group["blind"] is None for group in figures(out)["groups"])


def test_the_results_are_the_same_whatever_the_number_of_workers(run: Run, tmp_path: Path) -> None:
    one, two = (done(run, tmp_path / str(n), workers=n, samples=2, tell=True) for n in (1, 2))
    assert tables(one) == tables(two)
    assert figures(one) == figures(two)


def test_nothing_is_asked_or_judged_when_nothing_changed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = done(run, tmp_path)
    before = (out.folder / "results" / "manifest.json").read_bytes()

    def refuse(*_: object) -> Iterator[Any]:
        raise AssertionError

    monkeypatch.setattr(Replay, "ask", refuse)
    monkeypatch.setattr("mmdata.evaluation.evaluate.results", refuse)
    evaluated(wanting(tmp_path / "said.jsonl"), asked(run, out), out)
    assert (out.folder / "results" / "manifest.json").read_bytes() == before


class Killed(BaseException):
    pass


@pytest.mark.parametrize("after", [0, 1, 7, 40])
def test_killed_while_asking_it_goes_on_where_it_was(
    run: Run, tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = done(run, tmp_path / "whole", samples=2)
    count, real = [0], Replay.ask

    def dying(self: Replay, requests: Iterator[Any]) -> Iterator[Any]:
        for reply in real(self, requests):
            if count[0] == after:
                raise Killed
            count[0] += 1
            yield reply

    (tmp_path / "cut").mkdir()
    out, wanted = Run(tmp_path / "cut" / "out"), wanting(tmp_path / "whole" / "said.jsonl", samples=2)
    monkeypatch.setattr(Replay, "ask", dying)
    with pytest.raises(Killed):
        evaluated(wanted, asked(run, out), out)
    assert out.manifest("results") is None
    told = list(whole.read("results"))
    answers = sum(1 + (r.blind_reason is not None) + len(r.samples) for r in told)
    monkeypatch.setattr(Replay, "ask", real)
    again: list[str] = []

    def counting(self: Replay, requests: Iterator[Any]) -> Iterator[Any]:
        for reply in real(self, requests):
            again.append(reply.request.problem_id)
            yield reply

    monkeypatch.setattr(Replay, "ask", counting)
    evaluated(wanted, asked(run, out), out)
    assert len(again) == answers - after, "nothing that was finished is asked again"
    assert tables(out) == tables(whole)


@pytest.mark.parametrize("when", ["rows", "swap"])
def test_killed_while_writing_there_are_old_results_or_none_and_the_next_run_makes_them(
    run: Run, tmp_path: Path, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = done(run, tmp_path / "whole")
    out, wanted = Run(tmp_path / "out"), wanting(tmp_path / "whole" / "said.jsonl")
    evaluated(replace(wanted, format="strict"), asked(run, out), out)
    old = tables(out)
    real = Path.rename

    def dying(self: Path, target: Path) -> Path:
        if when == "rows" or self.name == "results.partial":
            raise Killed
        return real(self, target)

    monkeypatch.setattr(Path, "rename", dying)
    with pytest.raises(Killed):
        evaluated(wanted, asked(run, out), out)
    assert tables(Run(out.folder)).get("results/part-00000.parquet") == (
        old["results/part-00000.parquet"] if when == "rows" else None
    )
    monkeypatch.setattr(Path, "rename", real)
    evaluated(wanted, asked(run, out), out)
    assert tables(out) == tables(whole)
    assert not (out.folder / "results.old").exists()


def test_more_samples_ask_only_for_the_new_ones(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = Run(tmp_path / "out")
    questions = asked(run, out)
    record(tmp_path / "said.jsonl", wanting(tmp_path, samples=5, tell=True), questions)
    evaluated(wanting(tmp_path / "said.jsonl", samples=2), questions, out)
    real, fresh = Replay.ask, []

    def counting(self: Replay, requests: Iterator[Any]) -> Iterator[Any]:
        for reply in real(self, requests):
            fresh.append(reply.sample)
            yield reply

    monkeypatch.setattr(Replay, "ask", counting)
    evaluated(wanting(tmp_path / "said.jsonl", samples=5), questions, out)
    assert sorted(set(fresh)) == [2, 3, 4]
    assert len(fresh) == 3 * questions.count


def test_another_model_is_kept_out_of_a_folder_that_holds_results(run: Run, tmp_path: Path) -> None:
    out = done(run, tmp_path)
    with pytest.raises(UserError, match=r"holds the results of test/model@recording: choose another folder with --out"):
        evaluated(replace(wanting(tmp_path / "said.jsonl"), model="test/other"), asked(run, out), out)


def test_a_longer_recording_answers_what_was_missing(run: Run, tmp_path: Path) -> None:
    out = done(run, tmp_path, says=lambda arm, s, p: None if p.id.endswith("1") else usual(arm, s, p))
    missing = [row for row in out.read("results") if row.response is None]
    assert missing
    assert {(row.reason, row.score, row.finish_reason) for row in missing} == {
        ("request_failed", None, "not in the recording")}  # fmt: skip
    found = named(figures(out), "all")
    assert found["unanswered"] == len(missing)
    assert found["accuracy"]["value"] == pytest.approx(found["right"] / found["questions"]), "they stay in n"
    questions = asked(run, out)
    record(tmp_path / "said.jsonl", wanting(tmp_path), questions)
    evaluated(wanting(tmp_path / "said.jsonl"), questions, out)
    assert all(row.response is not None for row in out.read("results"))


def test_what_may_yet_be_answered_is_asked_again_by_the_same_command(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tired = Replay.ask, True

    def failing(self: Replay, requests: Iterator[Any]) -> Iterator[Any]:
        for reply in real(self, requests):
            yield replace(reply, text="", error="busy") if tired else reply

    monkeypatch.setattr(Replay, "ask", failing)
    out = done(run, tmp_path)
    assert out.need("results").notes["failed"] > 0
    assert any("could not be had" in w for w in figures(out)["warnings"])
    tired = False
    evaluated(wanting(tmp_path / "said.jsonl"), asked(run, out), out)
    assert out.need("results").notes["failed"] == 0
    assert all(row.response is not None for row in out.read("results"))


# What the figures say


def test_figures_are_what_counting_gives(run: Run, tmp_path: Path) -> None:
    out = done(run, tmp_path, samples=4)
    found, rows = figures(out), list(out.read("results"))
    whole, image, text = (named(found, name) for name in ("all", "image", "text only"))
    assert whole["right"] == sum(r.score == 1.0 for r in rows)
    assert image["questions"] + text["questions"] == whole["questions"] == len(rows)
    assert text["blind"] is None
    blind = [r.blind_score for r in rows if r.image]
    assert image["blind"]["accuracy"]["value"] == pytest.approx(blind.count(1.0) / len(blind))
    assert image["blind"]["gain"]["value"] == pytest.approx(
        image["accuracy"]["value"] - image["blind"]["accuracy"]["value"])  # fmt: skip
    assert whole["tokens_mean"] == whole["tokens_median"] == 10
    assert found["warnings"] == [], "no answer is over a budget: that there is no tokenizer is no matter"
    assert {p["k"]: p["rate"]["value"] for p in found["pass_at_k"] if p["by"] == "all"} == {
        1: pytest.approx(0.5), 2: pytest.approx(5 / 6), 4: pytest.approx(1.0)}  # fmt: skip
    (balanced,) = found["balanced"]
    assert balanced["questions"] == sum(r.kind == "yesno" for r in rows)
    assert json.loads(json.dumps(found)) == found, "plain data"


def test_questions_about_one_image_are_one_cluster(run: Run, tmp_path: Path) -> None:
    rows = seen(done(run, tmp_path))
    clusters = {row.cluster for row in rows if row.image}
    assert len(clusters) < sum(row.image for row in rows)


@pytest.mark.parametrize(
    ("score", "reason", "found"),
    [(1.0, "ok", "right"), (0.0, "truncated", "wrong"), (None, "parse_failed", "undecided"),
     (None, "request_failed", "unanswered"), (1.0, "step_error", "right")],
)  # fmt: skip
def test_every_verdict_has_one_state(score: float | None, reason: str, found: str) -> None:
    assert state(score, reason) == found


def test_an_undecided_answer_is_shown_and_makes_the_upper_bound(run: Run, tmp_path: Path) -> None:
    out = done(run, tmp_path, says=lambda a, s, p: say("perhaps / maybe ∮?!") if p.answer_kind == "number" else "no")
    found = named(figures(out), "all")
    assert found["undecided"] > 0
    most = found["accuracy_if_undecided_were_right"]
    assert most == pytest.approx((found["right"] + found["undecided"]) / found["questions"])
    assert most > found["accuracy"]["value"]


def test_a_smaller_budget_counts_what_was_closed_by_then(run: Run, tmp_path: Path) -> None:
    """Without the model's tokenizer nothing of an answer over budget counts; and that is said."""
    out, wanted = Run(tmp_path / "out"), wanting(tmp_path / "said.jsonl", tell=True)
    questions = asked(run, out)
    record(tmp_path / "said.jsonl", wanted, questions, lambda a, s, p: say(p.answer), tokens=20)
    evaluated(wanted, questions, out)
    found = figures(out)
    shares = {(b["budget"], b["told"]): b["accuracy"]["value"] for b in found["budgets"]}
    assert shares == {(64, False): 1.0, (32, False): 1.0, (16, False): 0.0, (32, True): 1.0, (16, True): 1.0}
    assert any("no tokenizer" in w for w in found["warnings"])


def test_a_cut_answer_is_right_only_if_its_answer_was_closed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def says(arm: str, sample: int, problem: Problem) -> str:
        early = int(problem.upstream_id[1:]) % 2
        return say(problem.answer) + " and" * 90 if early else say(problem.answer, words=90)

    # A tokenizer of words: so many tokens, so many words.
    def cutter(*_: object) -> Any:
        return lambda text, budget: len(" ".join(text.split(" ")[:budget]))

    monkeypatch.setattr("mmdata.evaluation.evaluate._cutter", cutter)
    out, wanted = Run(tmp_path / "out"), replace(wanting(tmp_path / "said.jsonl"), max_tokens=128)
    questions = asked(run, out)
    record(tmp_path / "said.jsonl", wanted, questions, says, tokens=95)
    evaluated(wanted, questions, out)
    for row in out.read("results"):
        assert row.score == 1.0
        early = int(row.id.rpartition("q")[2]) % 2
        assert [(b["score"], b["tokens"]) for b in row.budgets] == [(float(early), 64), (float(early), 32)]


def test_two_models_are_compared_question_by_question(run: Run, tmp_path: Path) -> None:
    better = done(run, tmp_path / "b", says=lambda a, s, p: say(p.answer))
    worse = done(run, tmp_path / "w", says=lambda a, s, p: say(p.answer if int(p.upstream_id[1:]) % 2 else "-1"))
    found = pairs.compare(better, worse)
    whole = found["groups"][0]
    even = sum(int(p.upstream_id[1:]) % 2 == 0 for p in of_run(run).read())
    assert (whole["only_here_right"], whole["only_there_right"]) == (even, 0)
    assert whole["mcnemar_p"] == pytest.approx(2 * 0.5**even)
    assert whole["verdict"] == "better"
    assert whole["difference"]["value"] == pytest.approx(even / whole["questions"])
    assert pairs.compare(worse, better)["groups"][0]["verdict"] == "worse"
    same = pairs.compare(better, better)["groups"][0]
    assert (same["verdict"], same["mcnemar_p"]) == ("not distinguishable", 1.0)
    assert 0 < same["detectable"] < 1


@pytest.mark.parametrize(
    ("wins", "losses", "found"), [(4, 0, "not distinguishable"), (6, 0, "better"), (0, 6, "worse")]
)
def test_four_answers_are_no_difference_whatever_a_bootstrap_says(wins: int, losses: int, found: str) -> None:
    ours = [1.0] * wins + [0.0] * losses + [1.0] * 94
    theirs = [0.0] * wins + [1.0] * losses + [1.0] * 94
    gain = statistics.difference(theirs, ours)
    assert gain is not None
    assert gain.low > 0 or gain.high < 0
    assert pairs.verdict(gain, statistics.mcnemar(losses, wins)) == found


def test_only_what_both_were_asked_alike_is_compared(run: Run, tmp_path: Path) -> None:
    whole = done(run, tmp_path / "a")
    part = done(run, tmp_path / "b", choice={"limit": 5}, format="strict")
    found = pairs.compare(whole, part)
    assert found["questions"] == 5
    assert (found["only_here"], found["only_there"]) == (sum(1 for _ in whole.read("results")) - 5, 0)
    assert found["settings"] == ["format: 'lenient' here, 'strict' there"]
    with pytest.raises(UserError, match="there are no results"):
        pairs.folder(run.folder)
    other = done(run, tmp_path / "c", choice={"modality": "text"})
    images = done(run, tmp_path / "d", choice={"modality": "image"})
    with pytest.raises(UserError, match="it was asked none of these"):
        pairs.compare(other, images)


# The page


HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e{{ 7 * 7 }}<img src=x onerror=alert(1)>"


def test_the_page_shows_every_outcome_and_nothing_of_it_becomes_a_tag(tmp_path: Path) -> None:
    run = made(tmp_path, hostile=HOSTILE).build()

    def says(arm: str, sample: int, problem: Problem) -> str | None:
        number = int(problem.upstream_id[1:])
        return None if number % 7 == 0 else usual(arm, sample, problem) + HOSTILE + "x" * 10_000

    out = done(run, tmp_path / "e", says=says, samples=6, tell=True)
    found = figures(out) | {"against": None}
    text = page.write(out, found, out.folder / "page.html").read_text(encoding="utf-8")
    shown = Page(text.replace("<input ", "<br ").replace("<br>", ""))
    assert shown.open == []
    assert not {"script", "iframe", "object", "link", "form", "base"} & set(shown.tags)
    assert not [name for _, name, _ in shown.attributes if name.startswith("on")]
    assert all(v.startswith("data:image/png;base64,") for _, name, v in shown.attributes if name == "src")
    assert "\x1b" not in text
    assert "\u202e" not in text
    words = "".join(shown.text)
    for each in ("✓ right", "∅ unanswered", "without images", "drawn 3", "told 32 tokens", "{{ 7 * 7 }}",
                 "2 more drawn answers", "more characters)"):  # fmt: skip
        assert each in words
    for name in ("outcome-wrong", "blind-right"):
        assert f'id="{name}"' in text
    assert page.render(out, found) == text, "the same results give the same page"


def test_the_page_has_a_bound_and_some_of_each_outcome(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = done(run, tmp_path)
    monkeypatch.setattr(page, "SHOWN", 8)
    text = page.render(out, figures(out) | {"against": None})
    assert text.count("<article") == 8
    for each in ("is-right", "is-wrong", "blind-right", "blind-wrong"):
        assert f'"{each}' in text or f' {each}"' in text


def test_a_folder_without_results_has_no_figures(run: Run) -> None:
    with pytest.raises(StoreError, match="has no results"):
        figures(run)


def test_tables_are_words_and_a_group_that_is_everything_is_said_once(run: Run, tmp_path: Path) -> None:
    found = figures(done(run, tmp_path, choice={"modality": "text"})) | {"against": None}
    (accuracy, balanced, _budgets) = show.tables(found)
    assert [row[0] for row in accuracy.rows] == ["all", "source: adds"]
    assert "without images" not in accuracy.headings
    assert balanced.title.startswith("Yes/no")


def test_a_recording_answers_each_prompt_about_a_problem_with_its_own_row(tmp_path: Path) -> None:
    from mmdata.engines import Request, open_engine

    rows = [{"problem_id": "p", "response": f"to {key}", "prompt": key} for key in ("a", "b")]
    write_jsonl(tmp_path / "said.jsonl", [*rows, {"problem_id": "q", "response": "to any"}])
    teacher = wanting(tmp_path / "said.jsonl").teacher()
    engine = open_engine(teacher, Path())
    requests = [
        Request(key=k, problem_id=p, messages=(), sampling=teacher.sampling) for p, k in ("pa", "pb", "pc", "qc")
    ]
    replies = [r.text or r.error for r in engine.ask(iter(requests))]
    engine.close()
    assert replies == ["to a", "to b", "recorded for another prompt", "to any"]


def test_the_model_of_a_run_is_the_one_that_was_trained_on_it(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="mmdata train sft makes one"):
        places.trained_model(run)
    for name in ("sft-0", "sft-1"):
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / "config.json").write_text("{}")
        if name == "sft-0":
            assert places.trained_model(Run(tmp_path)) == str(tmp_path / "models" / "sft-0")
    with pytest.raises(UserError, match=r"holds 2 models: name one of .*sft-0, .*sft-1"):
        places.trained_model(Run(tmp_path))


def test_a_model_of_text_is_shown_no_images(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    (tmp_path / "training.json").write_text(json.dumps({"sft": run.need("sft").digest}))

    def beside(_: object, __: object, name: str) -> Path | None:
        return tmp_path / name if (tmp_path / name).is_file() else None

    monkeypatch.setattr("mmdata.evaluation.evaluate._beside", beside)
    with pytest.raises(UserError, match=r"sees no images, and \d+ questions have some: --modality text"):
        done(run, tmp_path / "a")
    out = done(run, tmp_path / "b", choice={"modality": "text", "split": "sft"})
    (warning,) = [w for w in figures(out)["warnings"] if "NOT held out" in w]
    assert warning.endswith("this model was trained on this run")


def adds(messages: list[Any], seed: int) -> str:
    """A server that adds right where it is shown an image or was told to hurry, and says 1 otherwise."""
    content = messages[-1]["content"]
    words = content if isinstance(content, str) else content[-1]["text"]
    sees = not isinstance(content, str) or "Use at most" in messages[0]["content"]
    number = int(words.split()[2 if words.startswith("What") else 1])
    right = str(2 * number) if words.startswith("What") else "yes" if number % 8 == 0 else "no"
    return say(right if sees else "1")


def test_a_server_is_asked_greedily_blind_and_with_budgets_and_the_order_of_its_replies_is_no_matter(
    run: Run, tmp_path: Path
) -> None:
    with Loopback(adds) as server:
        how = {"model": "loopback", "engine": "openai", "base_url": server.url, "system": "Add.", "max_tokens": 64}
        out = Run(tmp_path / "one")
        evaluated(Wanted(**how, tell=True), asked(run, out, split="screened"), out)
        other = Run(tmp_path / "two")
        server.delay = 0.002
        evaluated(Wanted(**how, tell=True), asked(run, other, split="screened"), other)
    found = figures(out)
    image, text = (named(found, name) for name in ("image", "text only"))
    assert (image["accuracy"]["value"], image["blind"]["accuracy"]["value"]) == (1.0, 0.0)
    assert text["right"] == 0
    assert {b["budget"]: b["accuracy"]["value"] for b in found["budgets"] if b["told"]} == {32: 1.0, 16: 1.0}
    assert tables(out) == tables(other)


def test_a_server_that_is_gone_ends_clearly_and_the_same_command_goes_on(run: Run, tmp_path: Path) -> None:
    out = Run(tmp_path)
    with Loopback(adds) as server:
        wanted = Wanted(model="loopback", engine="openai", base_url=server.url, system="Add.", max_tokens=64)
        evaluated(wanted, asked(run, out, split="screened", limit=10), out)
    with pytest.raises(UserError, match="the model") as found:
        evaluated(wanted, asked(run, out, split="screened"), out)
    assert "teacher" not in str(found.value)
    assert "build again" not in str(found.value)
    assert out.need("results").rows == 10, "what was there is there still"
