"""Which rows go where, and that nothing sits on both sides of the held-out line."""

from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from conftest import Place, answered, write_jsonl
from mmdata import mix, prompt
from mmdata.recipe import Mix, Recipe, Serve, Teacher
from mmdata.types import Problem
from mmverifiers import Target, parse_target
from screening import problem

BASE = {"name": "r", "sources": [{"use": "files", "name": "s"}]}


def held_out(problems: list[Problem], fraction: float, seed: int = 0) -> dict[str, bool]:
    recipe = Recipe.model_validate({**BASE, "seed": seed, "mix": {"eval": {"fraction": fraction}}})
    groups = mix.Groups(recipe, lambda: iter(problems))
    return {p.id: p in groups for p in problems}


@given(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=3, unique=True), max_size=25), st.integers(0, 5))
def test_problems_that_share_an_image_directly_or_through_others_are_on_one_side(
    shared: list[list[int]], seed: int
) -> None:
    problems = [problem(str(i), images=tuple(f"{n:064x}" for n in names)) for i, names in enumerate(shared)]
    sides = held_out(problems, 0.5, seed)
    for a in problems:
        for b in problems:
            if set(a.images) & set(b.images):
                assert sides[a.id] == sides[b.id]


def test_text_problems_with_the_same_words_are_on_one_side_and_the_fraction_is_about_right() -> None:
    problems = [problem(f"{i}-{k}", f"Question  {i}?", str(k)) for i in range(2000) for k in range(2)]
    sides = held_out(problems, 0.1)
    assert all(sides[f"s/{i}-0"] == sides[f"s/{i}-1"] for i in range(2000))
    assert 150 < sum(sides[f"s/{i}-0"] for i in range(2000)) < 250
    assert not any(held_out(problems, 0.0).values())


def test_a_held_out_problem_is_in_no_training_row(place: Place) -> None:
    place.recipe["mix"] = {"eval": {"fraction": 0.4}}
    run = place.build()
    out = {row.problem_id for row in run.read("eval")}
    assert 0 < len(out) < 12
    assert out.isdisjoint(row.problem_id for table in ("sft", "rl") for row in run.read(table))
    assert {d.id for d in run.dropped("rl") if d.reason == "held_out"} == out


def test_a_count_is_met_exactly_and_a_larger_count_keeps_what_a_smaller_one_took(place: Place) -> None:
    taken = {}
    for count in (0, 3, 7, 99):
        place.recipe["mix"] = {"sft": {"rows": {"adds": count}}, "rl": {"rows": {"adds": count}}}
        run = place.build()
        taken[count] = {row.id for row in run.read("rl")}
        assert (run.need("rl").rows, run.need("sft").rows) == (min(count, 12), min(count, 24))
    assert taken[0] < taken[3] < taken[7] < taken[99]


def test_a_weight_takes_its_share(place: Place) -> None:
    place.recipe["mix"] = {"rl": {"weights": {"adds": 0.5}}}
    run = place.build()
    assert 1 <= run.need("rl").rows <= 11
    assert run.need("rl").rows + run.need("rl").dropped["over_weight"] == 12


def test_the_pass_rate_window_keeps_its_ends_and_what_was_never_sampled_by_choice(place: Place) -> None:
    for window, rows in (((0.5, 1.0), 12), ((0.0, 0.5), 12), ((0.51, 1.0), 0)):
        place.recipe["mix"] = {"rl": {"pass_rate": list(window)}}
        assert place.build().need("rl").rows == rows
    place.recipe["distill"] = {}
    place.recipe["mix"] = {"rl": {"pass_rate": [0.51, 1.0]}}
    assert place.build().need("rl").rows == 12
    place.recipe["mix"] = {"rl": {"unsampled": "drop"}}
    assert place.build().need("rl").dropped == {"unsampled": 12}


def test_paths_that_read_the_same_are_kept_once(place: Place) -> None:
    write_jsonl(place.folder / "recording.jsonl", [
        {**answered(f"adds/q{i:05d}", s, str(2 * i)), "response": f"<think>Same.</think><answer>{2 * i}</answer>"}
        for i in range(12) for s in range(4)
    ])  # fmt: skip
    run = place.build()
    assert run.need("sft").rows == 12
    assert run.need("sft").dropped == {"duplicate_path": 36}


def test_the_target_and_the_system_prompt_are_the_recipe_s(place: Place) -> None:
    place.recipe["mix"] = {"system": "Box it.", "target": "{think}\n\\boxed{{{answer}}}"}
    row = next(iter(place.build().read("sft")))
    assert row.messages[0] == {"role": "system", "content": "Box it."}
    assert row.messages[2]["content"] == "Path 0 adds them.\n\\boxed{0}"


def test_a_lenient_recipe_keeps_right_answers_in_another_form(place: Place) -> None:
    place.recipe["verify"] = {"format": "lenient"}
    run = place.build()
    # Sample 3 of odd problems says "The answer is …." without tags.
    assert run.need("sft").rows == 30


def test_what_is_published_from_a_lenient_recipe_keeps_the_target_format(place: Place) -> None:
    response = "<think>2+2 is 4.</think> So the answer is 0"
    write_jsonl(place.folder / "recording.jsonl", [{"problem_id": "adds/q00000", "sample": 0, "response": response}])
    place.recipe["verify"] = {"format": "lenient"}
    for row in place.build().read("sft"):
        assert isinstance(parse_target(row.messages[-1]["content"]), Target)
        break
    else:
        raise AssertionError("nothing was published")


def teacher(**changes: object) -> Teacher:
    return Teacher.model_validate({"name": "t", "model": "m", **changes})


def test_the_first_teacher_that_can_be_shown_a_problem_serves_it() -> None:
    image = problem("a", images=("0" * 64,))
    captioned = problem("b", images=("0" * 64,), caption="A bar chart.")
    text = problem("c")
    can = [[prompt.can_serve(teacher(see=see), p) for p in (image, captioned, text)] for see in
           ("image", "caption", "text")]  # fmt: skip
    assert can == [[True, True, True], [False, True, True], [False, False, True]]
    routed = Serve(sources=("s",), domains=("d",), modality="image", caption=True)
    assert [prompt.can_serve(teacher(serve=routed), p) for p in (image, captioned, text)] == [False, True, False]
    assert not prompt.can_serve(teacher(serve={"sources": ["other"]}), text)


def test_a_published_question_has_as_many_image_marks_as_images_whatever_it_says() -> None:
    for words, choices in (("<image> What does <image> show?", ()), ("<im<image>age> What?", ("<image>", "b"))):
        asked = problem("a", words, images=("0" * 64,), choices=choices)
        (_, user) = prompt.conversation(Mix(), asked)
        assert user["content"].count("<image>") == 1


def test_a_caption_stands_in_for_the_image_only_for_a_teacher_that_sees_captions() -> None:
    asked = problem("a", "Which bar?", images=("0" * 64,), caption="Two bars.", choices=("left", "right"))
    reading = prompt.request(teacher(see="caption"), asked, (), 0)
    seeing = prompt.request(teacher(), asked, (Path("a.png"),), 0)
    assert reading.messages[-1]["content"] == (
        "Two bars.\nWhich bar?\nA. left\nB. right\nAnswer with the letter of the right option."
    )
    assert reading.images == ()
    assert [p["type"] for p in seeing.messages[-1]["content"]] == ["image", "text"]
    assert "Two bars" not in str(seeing.messages)
    assert reading.key != seeing.key


def _keys() -> Iterator[str]:
    asked = problem("a", "Which bar?")
    yield prompt.request(teacher(), asked, (), 0).key
    yield prompt.request(teacher(), asked, (), 1).key
    yield prompt.request(teacher(system="Be brief."), asked, (), 0).key
    yield prompt.request(teacher(sampling={"temperature": 0.5}), asked, (), 0).key
    yield prompt.request(teacher(examples=[{"question": "q", "think": "t", "answer": "a"}]), asked, (), 0).key
    yield prompt.request(teacher(), problem("b", "Which bar?"), (), 0).key


def test_whatever_changes_the_prompt_changes_its_key_and_the_number_of_samples_does_not() -> None:
    assert len(set(_keys())) == 6
    assert prompt.request(teacher(samples=8), problem("a", "Which bar?"), (), 0).key == next(_keys())


def test_balanced_yes_and_no_come_equally_often_in_every_group_and_other_rows_stay(place: Place) -> None:
    asked = [("yes", "a", 9), ("no", "a", 3), ("yes", "b", 2), ("no", "b", 5), ("no", "c", 4)]
    lines = [
        {"id": f"{answer}{form}{i}", "question": f"{answer} {form} {i}?", "answer": answer, "form": form}
        for answer, form, count in asked
        for i in range(count)
    ]
    write_jsonl(place.folder / "data.jsonl", [*lines, {"id": "n", "question": "1+1?", "answer": "2", "form": "a"}])
    columns = {"id": "id", "question": "question", "answer": "answer"}
    place.recipe["sources"][0]["options"]["columns"] = columns
    place.recipe["distill"] = {}
    place.recipe["mix"] = {"sft": None, "rl": {"balance": True}}
    run = place.build()
    kept = sorted(row.problem_id.removeprefix("adds/").rstrip("0123456789") for row in run.read("rl"))
    # Of form c only no is ever right: nothing of it can be balanced.
    assert kept == sorted(["yesa", "noa"] * 3 + ["yesb", "nob"] * 2 + ["n"])
    assert run.need("rl").dropped == {"over_balance": 6 + 3 + 4}
    place.recipe["mix"]["rl"]["rows"] = {"adds": 4}
    fewer = {row.problem_id for row in place.build("fewer").read("rl")}
    assert len(fewer) == 4
    assert fewer <= {row.problem_id for row in run.read("rl")}
