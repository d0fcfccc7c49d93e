"""The transformers engine on models of a few thousand random weights, built here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import tiny
from mmdata.engines import Reply, Request, open_engine
from mmdata.errors import EngineError
from mmdata.recipe import Sampling, Teacher

pytest.importorskip("torch")
pytest.importorskip("transformers")

# What libraries deprecate among themselves is not ours to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

WORDS = Sampling(temperature=1.0, max_tokens=12)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.llama(tmp_path_factory.mktemp("models"))


def request(text: str = "2+2?", **more: Any) -> Request:
    messages = more.pop("messages", ({"role": "user", "content": text},))
    return Request(**{"key": text, "problem_id": text, "messages": messages, "sampling": WORDS, "seed": 7, **more})


def ask(path: Path, *requests: Request, **more: Any) -> list[Reply]:
    teacher = Teacher(**{"name": "tiny", "model": path.name, "engine": "transformers", **more})
    engine = open_engine(teacher, path.parent)
    try:
        return list(engine.ask(iter(requests)))
    finally:
        engine.close()
        engine.close()


def test_each_sample_depends_on_its_own_seed_alone(llama: Path) -> None:
    eight = ask(llama, request(count=8))
    assert [r.sample for r in eight] == list(range(8))
    assert len({r.text for r in eight}) == 8
    parts = ask(llama, request(count=4), request(first=4, count=3), request(first=7, count=1))
    assert [r.text for r in parts] == [r.text for r in eight]
    assert [r.text for r in ask(llama, request(seed=9, count=2))] == [r.text for r in eight[2:4]]


def test_batches_are_bounded_without_changing_a_sample(llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ask(llama, request(count=5))
    monkeypatch.setattr("mmdata.engines.transformers.ROWS", 2)
    assert [r.text for r in ask(llama, request(count=5))] == [r.text for r in whole]


def test_without_temperature_all_samples_are_the_likeliest(llama: Path) -> None:
    greedy = Sampling(temperature=0.0, max_tokens=8)
    replies = ask(llama, request(count=3, sampling=greedy), request(count=1, seed=99, sampling=greedy))
    assert len({r.text for r in replies}) == 1
    assert [r.sample for r in replies] == [0, 1, 2, 0]


def test_samples_follow_the_models_own_probabilities(llama: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, words = AutoModelForCausalLM.from_pretrained(llama), AutoTokenizer.from_pretrained(llama)
    with torch.no_grad():
        odds = model(words("user:2+2?<end>a:", return_tensors="pt").input_ids).logits[0, -1] / 0.2
    odds = odds.softmax(-1)
    likeliest = int(odds.argmax())
    sampling = Sampling(temperature=0.2, max_tokens=1)
    drawn = ask(llama, request(count=400, sampling=sampling))
    share = sum(r.text == words.decode([likeliest]) for r in drawn) / 400
    assert abs(share - float(odds[likeliest])) < 0.08
    narrow = Sampling(temperature=0.2, top_p=0.0001, max_tokens=1)
    assert {r.text for r in ask(llama, request(count=4, sampling=narrow))} == {words.decode([likeliest])}


def test_a_path_ends_at_max_tokens_at_the_end_token_or_at_a_stop(llama: Path) -> None:
    drawn = ask(llama, request(count=32))
    assert {r.completion_tokens for r in drawn if r.finish_reason == "length"} == {12}
    cut = next(r for r in drawn if len(r.text) == 12)  # no special tokens in it
    stop = cut.text[3:5]
    sampling = Sampling(max_tokens=12, stop=("no such text", stop))
    first, _ = ask(llama, request(sampling=sampling, first=cut.sample, count=2))
    assert first.text == cut.text[: cut.text.index(stop) + 2]
    assert (first.finish_reason, first.completion_tokens) == ("stop", len(first.text))
    ended = [r for r in ask(llama, request(count=64, sampling=Sampling(max_tokens=40))) if r.finish_reason == "stop"]
    assert ended
    assert all("<end>" not in r.text and r.completion_tokens >= 1 for r in ended)


def test_tags_stay_in_the_text_even_as_special_tokens(llama: Path) -> None:
    replies = ask(llama, request(count=64, sampling=Sampling(max_tokens=40)))
    assert any("</answer>" in r.text for r in replies)
    assert not any(hidden in r.text for r in replies for hidden in ("<pad>", "<unk>"))


def test_a_prompt_longer_than_the_context_is_that_request_s_error(llama: Path) -> None:
    long, fine = ask(llama, request("x" * 70), request())
    assert "prompt of 78 tokens is longer than the model's context of 64" in long.error
    assert long.prompt_tokens == 0
    assert not fine.error
    (short,) = ask(llama, request(sampling=Sampling(max_tokens=1000, stop=())), max_model_len=64)
    assert short.prompt_tokens + short.completion_tokens <= 64
    replies = ask(llama, request("x" * 70, count=3), max_model_len=4096)
    assert [r.sample for r in replies if r.error] == [0, 1, 2]


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (
            "OutOfMemoryError",
            "CUDA out of memory. Tried to\nallocate 9 GiB",
            "CUDA out of memory. Tried to allocate 9 GiB",
        ),
        ("RuntimeError", "CUDA error:\nunspecified", "CUDA error: unspecified"),
    ],
)
def test_a_model_that_fails_while_answering_ends_the_engine(
    llama: Path, monkeypatch: pytest.MonkeyPatch, kind: str, text: str, says: str
) -> None:
    import torch
    import transformers

    generate, asked = transformers.LlamaForCausalLM.generate, 0

    def failing(*args: Any, **more: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise getattr(torch, kind, RuntimeError)(text)
        return generate(*args, **more)

    monkeypatch.setattr(transformers.LlamaForCausalLM, "generate", failing)
    teacher = Teacher(name="tiny", model=llama.name, engine="transformers")
    engine, got = open_engine(teacher, llama.parent), []
    expected = f"teacher 'tiny': .*{says}; what is finished is kept: build again"
    with pytest.raises(EngineError, match=expected):
        got.extend(engine.ask(iter([request(), request("3+3?")])))
    engine.close()
    assert len(got) == 1


def test_a_chat_template_that_refuses_is_that_request_s_error(llama: Path) -> None:
    refused, fine = ask(llama, request(messages=({"role": "tool", "content": "x"},)), request())
    assert refused.error == "no tools here"
    assert not fine.error


def test_the_models_own_sampling_advice_is_not_taken(llama: Path, tmp_path: Path) -> None:
    import shutil

    from transformers import GenerationConfig

    path = Path(shutil.copytree(llama, tmp_path / "llama"))
    GenerationConfig(
        do_sample=True, temperature=0.01, top_k=1, repetition_penalty=9.0, eos_token_id=0, pad_token_id=1
    ).save_pretrained(path)
    assert [r.text for r in ask(path, request(count=3))] == [r.text for r in ask(llama, request(count=3))]


def test_the_identity_names_the_weights_and_versions(llama: Path) -> None:
    teacher = Teacher(name="tiny", model="llama", engine="transformers")
    identity = open_engine(teacher, llama.parent).identity
    assert identity.model.startswith("llama@sha256:")
    assert identity.engine == "transformers"
    assert {"transformers", "torch", "from"} <= set(identity.details)


def test_a_text_model_cannot_be_shown_an_image(llama: Path, tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    Image.new("RGB", (30, 30)).save(path)
    content = [{"type": "image"}, {"type": "text", "text": "what?"}]
    with pytest.raises(EngineError, match=r"teacher 'tiny': llama cannot see images: set `see: caption`"):
        ask(llama, request(messages=({"role": "user", "content": content},), images=(path,)))


def test_a_model_without_a_chat_template_is_refused(llama: Path, tmp_path: Path) -> None:
    import shutil

    path = Path(shutil.copytree(llama, tmp_path / "base"))
    (path / "chat_template.jinja").unlink()
    with pytest.raises(EngineError, match="no chat template"):
        ask(path, request())


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "config.json").write_text('{"model_type": "none such"}')
    (tmp_path / "m" / "model.safetensors").write_bytes(b"")
    with pytest.raises(EngineError, match="teacher 'tiny': cannot load m"):
        ask(tmp_path / "m", request())


@pytest.fixture(scope="module")
def idefics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.idefics(tmp_path_factory.mktemp("models"))


def test_a_vision_model_sees_its_images(idefics: Path, tmp_path: Path) -> None:
    for name, colour in (("red", (255, 0, 0)), ("blue", (0, 0, 255))):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"{name}.png")
    system = {"role": "system", "content": "look"}
    content = [{"type": "image"}, {"type": "text", "text": "what?"}]

    def see(name: str, **more: Any) -> Request:
        path = tmp_path / f"{name}.png"
        return request(name, messages=(system, {"role": "user", "content": content}), images=(path,), **more)

    replies = ask(idefics, see("red", count=3), see("red", first=1, count=2), see("blue", count=3), request(count=2))
    assert not any(r.error for r in replies)
    red, again, blue, text = replies[:3], replies[3:5], replies[5:8], replies[8:]
    assert [r.text for r in again] == [r.text for r in red[1:]]
    assert [r.text for r in blue] != [r.text for r in red]
    assert red[0].prompt_tokens > text[0].prompt_tokens
    (tmp_path / "lost.png").write_bytes(b"no image")
    missing, fine = ask(idefics, see("lost"), see("red"))
    assert "lost.png cannot be read" in missing.error
    assert not fine.error
