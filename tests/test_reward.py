"""What a completion earns: right answers in the right form, and nothing for whatever is made to look like one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdata.errors import UserError
from mmdata.train.config_rl import Overlong, Reward, TrainRl
from mmdata.train.reward import Earned, Rewarder, said
from mmdata.train.watch import Watch

END = 7
RIGHT = "<think>2 + 3 = 5.</think><answer>5</answer>"


def config(**reward: Any) -> TrainRl:
    return TrainRl(max_tokens=40, reward=Reward(**reward))


def rows(count: int, answer: str = "5", kind: str = "number", question: str = "2 + 3 = ?") -> dict[str, list[Any]]:
    return {
        "answer": [answer] * count, "kind": [kind] * count, "choices": [[]] * count, "question": [question] * count,
        "metadata": [""] * count,
    }  # fmt: skip


def earned(rewarder: Rewarder, texts: Sequence[str], cut: bool = False, **of: str) -> list[Earned]:
    return rewarder.judge(texts, [cut] * len(texts), rows(len(texts), **of))


@pytest.fixture(scope="module")
def rewarder() -> Iterator[Rewarder]:
    with Rewarder(config(consistency=0.2), "lenient", [END]) as made:
        yield made


@pytest.fixture(scope="module")
def strict() -> Iterator[Rewarder]:
    with Rewarder(config(), "strict", [END]) as made:
        yield made


def test_a_right_answer_in_the_target_format_earns_everything(rewarder: Rewarder) -> None:
    assert earned(rewarder, [RIGHT]) == [Earned(1.0, 1.0, 1.0)]


def test_a_wrong_answer_earns_its_format_alone(rewarder: Rewarder) -> None:
    [found] = earned(rewarder, [RIGHT.replace("<answer>5", "<answer>6")])
    assert (found.accuracy, found.format) == (0.0, 1.0)


def test_a_right_answer_without_the_format_earns_no_format(rewarder: Rewarder, strict: Rewarder) -> None:
    assert earned(rewarder, ["The answer is 5."])[0].accuracy == 1.0
    assert earned(rewarder, ["The answer is 5."])[0].format == 0.0
    assert earned(strict, ["The answer is 5."])[0].accuracy == 0.0


def test_what_is_cut_off_is_wrong_even_where_an_answer_stands_in_it(rewarder: Rewarder) -> None:
    assert earned(rewarder, [RIGHT], cut=True) == [Earned(0.0, 0.0, 1.0)]


@pytest.mark.parametrize(
    ("reasoning", "follows"),
    [
        ("2 + 3 = 5.", 1.0),
        ("I add them. The sum is 5.", 1.0),
        ("Adding gives what is asked for.", 1.0),
        ("2 + 3 = 6.", 0.0),
        ("2 + 3 = 6. So the answer is 5.", 0.0),
        ("I add them. The answer is 4.", 0.0),
        ("", 0.0),
    ],
)
def test_the_answer_must_follow_from_the_reasoning(rewarder: Rewarder, reasoning: str, follows: float) -> None:
    [found] = earned(rewarder, [f"<think>{reasoning}</think><answer>5</answer>"])
    assert found.consistency == follows


def test_words_must_stand_in_the_reasoning(rewarder: Rewarder) -> None:
    texts = [f"<think>The image shows a red circle.</think><answer>{word}</answer>" for word in ("red", "blue")]
    found = earned(rewarder, texts, answer="red", kind="text", question="what color?")
    assert [each.consistency for each in found] == [1.0, 0.0]


HOSTILE = [
    "<think>t</think><answer>" + "9^" * 40 + "9</answer>",
    "<think>t</think><answer>(" * 3000,
    "<think>t</think><answer>\\frac{" + "1+" * 4000 + "1}{2}</answer>",
    "<think>t</think><answer>\\sum_{i=1}^{10^{12}} i^{i}</answer>",
    "<think>t</think><answer>factorial(99999999)</answer>",
    "<think>t</think><answer>4</answer><answer>5</answer>",
    "<think>t</think><answer>5 or 6 or 7</answer>",
    "<think>t</think><answer>1, 2, 3, 4, 5, 6, 7, 8, 9</answer>",
    "<think>t</think><answer>2 + 3</answer>",
    "<think>t</think><answer>x = x</answer>",
    "<think>t</think><answer>the gold answer</answer>",
    "<answer></answer>",
    "<think>" + "5 " * 5000,
    "\x1b[2J\u202e<script>5</script>",
    "__import__('os').system('true')",
    "",
]


def test_what_is_made_to_hang_or_to_fool_the_verifier_earns_nothing_and_holds_nobody_up(strict: Rewarder) -> None:
    started = time.monotonic()
    found = earned(strict, HOSTILE)
    taken = time.monotonic() - started
    assert {text[:60]: each.accuracy for text, each in zip(HOSTILE, found, strict=True) if each.accuracy} == {}
    # Each may take its two seconds, and starting another worker after it.
    assert taken < 6 * len(HOSTILE), f"{taken:.1f} s"
    assert earned(strict, [RIGHT])[0].accuracy == 1.0, "the next one is judged as ever"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_noise_is_judged_and_earns_nothing(strict: Rewarder, text: str) -> None:
    [found] = earned(strict, [text], answer="31415926")
    assert found.accuracy == 0.0
    assert found.format in (0.0, 1.0)


def test_a_gold_that_nobody_can_verify_is_left_out_instead_of_wrong(strict: Rewarder) -> None:
    assert earned(strict, [RIGHT], answer="", kind="number") == [Earned(None, None, None)]


def test_terms_are_named_and_weighed_as_the_recipe_says() -> None:
    with Rewarder(config(), "strict", [END]) as made:
        assert {name: weight for name, (_, weight) in made.terms().items()} == {"accuracy": 0.9, "format": 0.1}
    whole = config(consistency=0.3, overlong=Overlong(buffer=10, factor=0.5))
    with Rewarder(whole, "strict", [END]) as made:
        terms = made.terms()
        assert {name: weight for name, (_, weight) in terms.items()} == {
            "accuracy": 0.9, "format": 0.1, "consistency": 0.3, "overlong": 0.5,
        }  # fmt: skip
        assert [term.__name__ for term, _ in terms.values()] == list(terms)
        # Of 40 tokens the last 10 are punished, one tenth each.
        lengths = [30, 31, 40, 41]
        assert terms["overlong"][0](completion_ids=[[0] * n for n in lengths]) == [0.0, -0.1, -1.0, -1.0]


def test_a_batch_is_judged_once_for_all_terms() -> None:
    with Rewarder(config(), "strict", [END]) as made:
        batches: list[int] = []
        judge = made.judge
        made.judge = lambda texts, *more: batches.append(len(texts)) or judge(texts, *more)  # type: ignore[method-assign,func-returns-value]
        told: dict[str, float] = {}
        batch = [[{"role": "assistant", "content": RIGHT}], [{"role": "assistant", "content": "no"}]]
        given = {"completion_ids": [[1, END], [1, 2]], "log_metric": told.__setitem__, **rows(2)}
        found = {name: term(completions=batch, **given) for name, (term, _) in made.terms().items()}
        assert found == {"accuracy": [1.0, 0.0], "format": [1.0, 0.0]}
        assert batches == [2]
        assert told == {"left_out": 0.0}
        assert made.sample() == RIGHT


def test_a_completion_without_an_end_was_cut_off() -> None:
    with Rewarder(config(), "strict", [END]) as made:
        accuracy = made.terms()["accuracy"][0]
        ids = [[1, END], [1, 2], []]
        assert accuracy(completions=[RIGHT, RIGHT, RIGHT], completion_ids=ids, **rows(3)) == [1, 0, 0]


def test_completions_are_texts_or_messages_with_parts() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]
    assert said("ab") == said([{"role": "assistant", "content": "ab"}]) == "ab"
    assert said([{"role": "assistant", "content": parts}]) == "ab"


def logs(accuracy: float = 0.5, spread: float = 0.5, format: float = 1.0, even: float = 0.0) -> dict[str, float]:
    return {
        "rewards/accuracy/mean": accuracy, "rewards/accuracy/std": spread,
        "rewards/format/mean": format, "rewards/format/std": 0.0, "frac_reward_zero_std": even,
    }  # fmt: skip


def watched(patience: int = 3) -> Watch:
    return Watch(["accuracy", "format"], patience, lambda: "so it \x1b[31mgoes")


def test_a_term_that_is_zero_for_many_steps_stops_the_training_and_says_so() -> None:
    watch = watched()
    watch(1, logs(accuracy=0, spread=0))
    watch(2, logs(accuracy=0, spread=0))
    with pytest.raises(UserError, match="step 3: the reward's term accuracy was 0 for every") as stopped:
        watch(3, logs(accuracy=0, spread=0))
    assert "\x1b" not in str(stopped.value)
    assert "so it" in str(stopped.value)


def test_a_term_that_can_never_be_judged_stops_it_too() -> None:
    watch = watched()
    nothing: dict[str, Any] = {"rewards/accuracy/mean": None, "rewards/accuracy/std": None}
    watch(1, logs() | nothing)
    watch(2, logs() | nothing)
    with pytest.raises(UserError, match="accuracy could never be judged"):
        watch(3, logs() | nothing)


def test_rewards_that_never_differ_within_a_question_stop_it() -> None:
    watch = watched()
    watch(1, logs(even=1.0))
    watch(2, logs(even=1.0))
    with pytest.raises(UserError, match="all completions of a question earned the same"):
        watch(3, logs(even=1.0))


def test_a_format_that_is_always_right_and_terms_that_move_go_on() -> None:
    watch = watched()
    for step in range(20):
        watch(step, logs(accuracy=0.0 if step % 3 else 0.1, spread=0.0 if step % 3 else 0.3, even=step % 2))


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"questions": 5, "updates": 2}, "questions must be a multiple of updates"),
        ({"questions": 4, "rollouts": 4, "accumulate": 3}, "must be a multiple of accumulate"),
        ({"questions": 4, "updates": 4, "save_every": 6}, "save_every must be a multiple of updates"),
        ({"max_tokens": 10, "reward": {"overlong": {"buffer": 11}}}, "buffer must be at most max_tokens"),
        ({"vllm": "server"}, "vllm_url goes with vllm: server"),
        ({"clip": [1.5, 0.1]}, "two distances from 1"),
        ({"reward": {"accuracy": 0}}, "greater than 0"),
        ({"rollouts": 1}, "greater than or equal to 2"),
    ],
)
def test_a_mistake_in_the_section_is_named(section: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        TrainRl.model_validate(section)
