"""The real vLLM engine, on a model of a few thousand random weights: prompts in, seeded samples out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import tiny
from conftest import Place
from mmdata.engines import Reply, open_engine
from mmdata.engines import vllm as engine_module
from mmdata.errors import EngineError
from mmdata.recipe import Sampling, Teacher
from test_engine_transformers import request

pytest.importorskip("vllm")
pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module", autouse=True)
def _one_model() -> Any:
    yield
    engine_module.release()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.llama(tmp_path_factory.mktemp("models"))


def teacher(path: Path) -> Teacher:
    return Teacher(name="tiny", model=path.name, engine="vllm")


def ask(path: Path, *requests: Any) -> list[Reply]:
    engine = open_engine(teacher(path), path.parent)
    try:
        return list(engine.ask(iter(requests)))
    finally:
        engine.close()


def texts(replies: list[Reply]) -> dict[tuple[str, int], str]:
    return {(r.request.key, r.sample): r.text for r in replies}


def test_every_sample_comes_back_once_with_its_tokens_counted(model: Path) -> None:
    replies = ask(model, *(request(f"{i}+{i}?", count=3) for i in range(20)))
    assert len(texts(replies)) == len(replies) == 60
    assert all(0 < r.completion_tokens <= 12 and r.prompt_tokens > 5 and not r.error for r in replies)
    assert {r.finish_reason for r in replies} <= {"stop", "length"}


def test_samples_asked_later_are_those_that_asking_for_all_at_once_gives(model: Path) -> None:
    whole = texts(ask(model, request(count=6)))
    parts = texts(ask(model, request(count=4))) | texts(ask(model, request(first=4, count=2)))
    assert parts == whole
    assert len(set(whole.values())) > 1


def test_a_prompt_that_is_too_long_is_an_error_of_that_request_alone(model: Path) -> None:
    good, long = sorted(ask(model, request("2+2?"), request("9" * 500)), key=lambda r: r.request.key)
    assert not good.error
    assert "refused the prompt" in long.error


def test_at_temperature_0_every_sample_is_the_same_and_none_is_missing(model: Path) -> None:
    greedy = Sampling(temperature=0.0, max_tokens=6)
    replies = ask(model, replace(request(count=3), sampling=greedy))
    assert [r.sample for r in replies] == [0, 1, 2]
    assert len({r.text for r in replies}) == 1
    assert not any(r.error for r in replies)


def test_a_stop_text_ends_a_path_and_stays_in_it(model: Path) -> None:
    sampling = Sampling(temperature=1.0, max_tokens=40, stop=("1", "2", "3", "a", "e", "x"))
    replies = ask(model, replace(request(count=8), sampling=sampling))
    stopped = [r for r in replies if r.finish_reason == "stop" and r.text]
    assert stopped
    assert all(r.text[-1] in sampling.stop for r in stopped)


def test_a_model_that_sees_answers_differently_about_different_images(tmp_path: Path) -> None:
    path = tiny.idefics(tmp_path)
    content = [{"type": "image"}, {"type": "text", "text": "what?"}]
    asked = []
    for colour in ("red", "blue"):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"{colour}.png")
        message = {"role": "user", "content": content}
        asked.append(request(messages=(message,), images=(tmp_path / f"{colour}.png",), count=4))
    replies = ask(path, *asked)
    assert not any(r.error for r in replies)
    said = {image.name: [r.text for r in replies if image in r.request.images] for a in asked for image in a.images}
    assert len(said["red.png"]) == 4
    assert said["red.png"] != said["blue.png"]
    assert replies[0].prompt_tokens > ask(path, request("what?"))[0].prompt_tokens


def test_a_folder_without_a_model_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(EngineError, match="empty"):
        ask(tmp_path / "empty", request())


def test_a_build_runs_on_it_from_rows_to_verdicts(place: Place, model: Path) -> None:
    place.recipe["distill"] = {"samples": 2, "teachers": [
        {"name": "tiny", "model": str(model), "engine": "auto", "max_model_len": 64, "system": "",
         "sampling": {"max_tokens": 8}},
    ]}  # fmt: skip
    run = place.build()
    notes = run.need("traces").notes["teachers"]["tiny"]
    assert (notes["engine"], notes["asked"]) == ("vllm", 24)
    assert run.need("verdicts").rows == 24
    assert run.need("sft").rows == 0
