"""The openai engine against a real server on this machine, well and ill."""

from __future__ import annotations

import base64
import io
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from loopback import Loopback, Trouble, drawn, key_of
from mmdata.engines import Reply, Request, open_engine, openai
from mmdata.errors import EngineError
from mmdata.recipe import Sampling, Teacher

PLAIN = Sampling(temperature=0.7, top_p=0.9, max_tokens=64)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less between tries than one would outside a test; and no key or proxy of the machine's."""
    monkeypatch.setattr(openai, "BACKOFF", 0.01)
    for name in ("OPENAI_API_KEY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


def teacher(url: str, **more: Any) -> Teacher:
    return Teacher(**{"name": "big", "model": "m", "engine": "openai", "base_url": url, "retries": 2, **more})


def request(text: str = "2 + 2?", **more: Any) -> Request:
    messages = more.pop("messages", ({"role": "user", "content": text},))
    return Request(**{"key": text, "problem_id": text, "messages": messages, "sampling": PLAIN, "seed": 100, **more})


@contextmanager
def opened(server: Loopback | str, **more: Any) -> Iterator[openai.OpenAI]:
    url = server if isinstance(server, str) else server.url
    engine = open_engine(teacher(url, **more), Path())
    assert isinstance(engine, openai.OpenAI)
    try:
        yield engine
    finally:
        engine.close()


def ask(server: Loopback | str, *requests: Request, **more: Any) -> list[Reply]:
    with opened(server, **more) as engine:
        return sorted(engine.ask(iter(requests)), key=lambda r: (r.request.key, r.sample))


def only(server: Loopback, trouble: Trouble, **more: Any) -> Reply:
    """The reply to one request, when this happens to it every time."""
    server.always = trouble
    (reply,) = ask(server, request(), **more)
    return reply


def test_one_request_brings_all_samples_in_order(server: Loopback) -> None:
    asked = request(first=4, count=4)
    replies = ask(server, asked)
    assert [r.sample for r in replies] == [4, 5, 6, 7]
    rule = drawn(tuple("0123456789"))
    assert [r.text for r in replies] == [rule(list(asked.messages), 104 + i) for i in range(4)]
    assert {r.finish_reason for r in replies} == {"stop"}
    assert all(r.prompt_tokens == 11 and r.seconds > 0 and not r.error for r in replies)
    (body,) = server.bodies
    assert body == {
        "model": "m", "messages": [{"role": "user", "content": "2 + 2?"}], "n": 4, "temperature": 0.7,
        "top_p": 0.9, "max_tokens": 64, "seed": 104,
    }  # fmt: skip


def test_tokens_are_given_for_one_choice_and_unknown_for_several(server: Loopback) -> None:
    assert [r.completion_tokens for r in ask(server, request(count=1))] == [7]
    assert [r.completion_tokens for r in ask(server, request(count=2))] == [0, 0]


def test_stops_are_sent_and_kept_in_the_output(server: Loopback) -> None:
    ask(server, request(sampling=Sampling(stop=("</answer>",))))
    assert server.bodies[0]["stop"] == ["</answer>"]
    assert server.bodies[0]["include_stop_str_in_output"] is True


ANSWER = Sampling(stop=("</answer>",))


def test_a_server_that_refuses_to_keep_stops_is_asked_without_and_the_stop_is_put_back(server: Loopback) -> None:
    server.unknown = "include_stop_str_in_output"
    server.rule = lambda messages, seed: "<answer>4" if seed % 2 else "<answer>4</answer>"
    replies = ask(server, request("a", count=2, sampling=ANSWER), request("b", sampling=ANSWER), concurrency=1)
    assert [r.text for r in replies] == ["<answer>4</answer>"] * 3
    assert [server.unknown in b for b in server.bodies] == [True, False, False]
    assert {b["n"] for b in server.bodies[:2]} == {2}
    assert all(b["stop"] == ["</answer>"] for b in server.bodies)


@pytest.mark.parametrize(("stops", "finish"), [(("</answer>",), "length"), (("</answer>", "END"), "stop")])
def test_no_stop_is_put_back_where_it_is_not_known_to_have_been(
    server: Loopback, stops: tuple[str, ...], finish: str
) -> None:
    server.unknown = "include_stop_str_in_output"
    server.always = Trouble(message={"content": "<answer>4"}, finish=finish)
    (reply,) = ask(server, request(sampling=Sampling(stop=stops)))
    assert (reply.text, reply.finish_reason) == ("<answer>4", finish)


def test_a_server_that_knows_neither_n_nor_the_key_is_learnt(server: Loopback) -> None:
    server.unknown = "include_stop_str_in_output"
    server.troubles.append(Trouble(400, body=b"{}"))
    asked = [request(text, count=2, sampling=ANSWER) for text in "ab"]
    assert not any(r.error for r in ask(server, *asked, concurrency=1))
    assert [(b["n"], server.unknown in b) for b in server.bodies] == [
        (2, True), (2, False), (1, True), *[(1, False)] * 4,
    ]  # fmt: skip


def test_requests_that_are_refused_side_by_side_are_all_asked_again(server: Loopback) -> None:
    server.unknown, server.delay = "include_stop_str_in_output", 0.05
    asked = [request(f"{i}", sampling=ANSWER) for i in range(8)]
    assert not any(r.error for r in ask(server, *asked, concurrency=8))


def test_a_refusal_for_another_reason_teaches_nothing(server: Loopback) -> None:
    server.troubles.extend([Trouble(400, body=b"{}")] * 2)
    bad, *fine = ask(server, *(request(text, sampling=ANSWER) for text in "abc"), concurrency=1)
    assert bad.error.startswith("HTTP 400")
    assert not any(r.error for r in fine)
    assert ["include_stop_str_in_output" in b for b in server.bodies] == [True, False, True, True]


def test_images_go_out_as_data_uris_of_their_own_type(server: Loopback, tmp_path: Path) -> None:
    paths = []
    for kind in ("png", "jpeg", "webp", "gif"):
        paths.append(tmp_path / f"{len(paths)}.img")
        Image.new("RGB", (30, 30)).save(paths[-1], format=kind)
    parts = [{"type": "image"} for _ in paths] + [{"type": "text", "text": "what?"}]
    (reply,) = ask(server, request(messages=({"role": "user", "content": parts},), images=tuple(paths)))
    assert not reply.error
    *sent, text = server.bodies[0]["messages"][0]["content"]
    assert text == {"type": "text", "text": "what?"}
    for part, path, kind in zip(sent, paths, ("png", "jpeg", "webp", "gif"), strict=True):
        head, _, data = part["image_url"]["url"].partition(",")
        assert head == f"data:image/{kind};base64"
        assert base64.b64decode(data) == path.read_bytes()


@pytest.mark.parametrize(("kind", "mode"), [("tiff", "RGB"), ("tiff", "CMYK"), ("tiff", "1"), ("bmp", "RGB")])
def test_an_image_that_servers_do_not_read_goes_out_as_png(
    server: Loopback, tmp_path: Path, kind: str, mode: str
) -> None:
    path = tmp_path / "image"
    picture = Image.new("RGB", (30, 20), "white")
    picture.paste("black", (0, 0, 9, 9))
    picture.convert(mode).save(path, format=kind)
    (reply,) = ask(server, request(messages=({"role": "user", "content": [{"type": "image"}]},), images=(path,)))
    assert not reply.error
    head, _, data = server.bodies[0]["messages"][0]["content"][0]["image_url"]["url"].partition(",")
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as sent:
        assert (sent.format, sent.mode, sent.tobytes()) == ("PNG", "RGB", picture.tobytes())


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "cannot be read"), (b"GARBAGE", "of no type"), (b"II*\0cut off", "of no type"), ("", "more places")],
)
def test_an_image_that_cannot_be_sent_fails_its_request_alone(
    server: Loopback, tmp_path: Path, content: bytes | str | None, says: str
) -> None:
    path = tmp_path / "image"
    if isinstance(content, bytes):
        path.write_bytes(content)
    images = () if content == "" else (path,)
    bad = request("a", messages=({"role": "user", "content": [{"type": "image"}]},), images=images)
    broken, fine = ask(server, bad, request("b"))
    assert says in broken.error
    assert not fine.error


@pytest.mark.parametrize("granted", [1, 2, 3])
def test_a_server_that_gives_fewer_choices_is_asked_for_the_rest(server: Loopback, granted: int) -> None:
    server.always = Trouble(choices=granted)
    asked = request(count=4)
    replies = ask(server, asked)
    rule = drawn(tuple("0123456789"))
    assert [r.text for r in replies] == [rule(list(asked.messages), 100 + i) for i in range(4)]
    if granted == 1:
        assert [b["n"] for b in server.bodies] == [4, 1, 1, 1]


def test_a_server_that_refuses_n_is_asked_one_by_one_from_then_on(server: Loopback) -> None:
    server.troubles.append(Trouble(400, body=b'{"error": {"message": "n must be 1"}}'))
    replies = ask(server, request("a", count=2), request("b", count=2), concurrency=1)
    assert not any(r.error for r in replies)
    assert [(b["n"], b["seed"]) for b in server.bodies] == [(2, 100), (1, 100), (1, 101), (1, 100), (1, 101)]


def test_one_by_one_a_reply_comes_before_the_next_is_there(server: Loopback) -> None:
    server.troubles.extend([Trouble(choices=1), Trouble(choices=1)])
    server.always = Trouble(hang=30)
    with opened(server, concurrency=1) as engine:
        replies = engine.ask(iter([request(count=4)]))
        started = time.monotonic()
        assert [next(replies).sample for _ in range(2)] == [0, 1]
        assert time.monotonic() - started < 5
        assert server.requests <= 3  # the last sample has not been asked for
        replies.close()  # type: ignore[attr-defined]


def test_one_by_one_what_came_is_given_before_the_engine_ends(server: Loopback) -> None:
    server.troubles.extend([Trouble(choices=1), Trouble(choices=1)])
    server.always = Trouble(401, body=b"{}")
    got: list[Reply] = []
    with opened(server) as engine, pytest.raises(EngineError, match="asks for a key"):
        got.extend(engine.ask(iter([request(count=4)])))
    assert [r.sample for r in got] == [0, 1]
    assert not any(r.error for r in got)


@pytest.mark.parametrize(
    ("said", "kept"),
    [(10**30, 2**31 - 1), (-1, 0), (7.5, 0), ("7", 0), (True, 0), (None, 0), ([], 0), (12, 12)],
    ids=str,
)
def test_counts_of_tokens_that_cannot_be_are_bounded(server: Loopback, said: Any, kept: int) -> None:
    usage = {"prompt_tokens": said, "completion_tokens": said}
    body = {"choices": [{"index": 0, "message": {"content": "4"}, "finish_reason": "stop"}], "usage": usage}
    reply = only(server, Trouble(200, body=json.dumps(body).encode()))
    assert (reply.text, reply.prompt_tokens, reply.completion_tokens) == ("4", kept, kept)


@pytest.mark.parametrize(
    "trouble",
    [Trouble(s, body=b"{}") for s in (408, 409, 425, 500, 502, 503, 529)]
    + [Trouble(429, {"Retry-After": "0"}), Trouble(drop=True)],
    ids=lambda t: str(t.status or "dropped"),
)
def test_a_passing_failure_is_tried_again(server: Loopback, trouble: Trouble) -> None:
    server.troubles.extend([trouble, trouble])
    (reply,) = ask(server, request())
    assert not reply.error
    assert server.requests == 3


def test_retry_after_is_honoured_within_bounds(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    server.troubles.append(Trouble(429, {"Retry-After": "0.4"}))
    started = time.monotonic()
    assert not ask(server, request())[0].error
    assert time.monotonic() - started > 0.4
    monkeypatch.setattr(openai, "LONGEST_WAIT", 0.1)
    server.troubles.append(Trouble(429, {"Retry-After": "Fri, 31 Dec 2999 23:59:59 GMT"}))
    assert not ask(server, request())[0].error


def test_a_failure_that_stays_is_the_request_s_error(server: Loopback) -> None:
    reply = only(server, Trouble(500, body=b'{"error": {"message": "out of luck"}}'))
    assert reply.error == "HTTP 500: out of luck (after 3 tries)"
    assert (reply.text, reply.finish_reason) == ("", "error")


def test_a_refusal_is_not_tried_again_and_fails_every_sample(server: Loopback) -> None:
    server.always = Trouble(403, body=b'{"detail": "not this prompt"}')
    replies = ask(server, request(count=3))
    assert [r.error for r in replies] == ["HTTP 403: not this prompt"] * 3
    assert server.requests == 1


def test_what_had_come_before_a_failure_is_kept(server: Loopback) -> None:
    server.troubles.extend([Trouble(choices=2), *[Trouble(500)] * 3])
    assert [bool(r.error) for r in ask(server, request(count=4))] == [False, False, True, True]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"choices": 3}',
        b'{"choices": [{}]}',
        b"[" * 100_000,
        b'{"choices": [1]}',
        b"\xff\xfe",
        b"null",
    ],
    ids=range(8),
)
def test_garbage_is_an_error(server: Loopback, body: bytes) -> None:
    assert only(server, Trouble(200, body=body)).error.startswith("not a chat completion")


def test_an_answer_without_choices_is_an_error(server: Loopback) -> None:
    assert only(server, Trouble(choices=0)).error == "an answer without choices"


def test_a_huge_answer_is_cut_off(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "MOST_BYTES", 2**20)
    assert "larger than 1 MiB" in only(server, Trouble(200, body=b" " * 3 * 2**20)).error


@pytest.mark.parametrize(
    ("message", "finish", "text", "error"),
    [
        ({"content": None}, "stop", "", "no text"),
        ({"content": ["a"]}, "stop", "", "not a text"),
        ({"content": "\ud800"}, "stop", "", "not valid Unicode"),
        ([], "stop", "", "without a message"),
        ({"content": "4", "reasoning_content": "2+2"}, "stop", "<think>2+2</think>4", ""),
        ({"content": "4", "reasoning": "2+2"}, "stop", "<think>2+2</think>4", ""),
        ({"content": "<think>a</think>4", "reasoning": "2+2"}, "stop", "<think>a</think>4", ""),
        ({"content": None, "reasoning": "2+"}, "length", "<think>2+", ""),
        ({"content": "4", "reasoning": ""}, "stop", "4", ""),
        ({"content": ""}, "content_filter", "", ""),
    ],
)
def test_messages_of_all_kinds(server: Loopback, message: Any, finish: str, text: str, error: str) -> None:
    reply = only(server, Trouble(message=message, finish=finish))
    assert reply.text == text
    assert error in reply.error
    assert bool(error) == bool(reply.error)
    assert reply.finish_reason == ("error" if error else finish)


def test_no_server_is_an_error_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(EngineError, match=rf"teacher 'big': no server answers at {url} .*mend base_url"):
        ask(url, request())


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://host/v1", "http://", "http://a:b:c/"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(EngineError, match="base_url is no address"):
        ask(url, request())


@pytest.mark.parametrize(("status", "says"), [(401, "asks for a key"), (302, "redirects"), (503, "until it is ready")])
def test_what_the_first_answer_tells(server: Loopback, status: int, says: str) -> None:
    server.models = Trouble(status, {"Location": "http://127.0.0.1:1/"})
    with pytest.raises(EngineError, match=says):
        ask(server, request())


def test_a_server_without_a_list_of_models_is_fine(server: Loopback) -> None:
    server.models = Trouble(404)
    assert not ask(server, request())[0].error


def test_the_key_is_sent_and_never_shown(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret")
    with opened(server, api_key_env="MY_KEY") as engine:
        list(engine.ask(iter([request()])))
        assert "sk-secret" not in repr(engine.identity)
    assert server.headers[0]["Authorization"] == "Bearer sk-secret"
    reply = only(server, Trouble(403, body=b'{"error": {"message": "bad key sk-secret"}}'), api_key_env="MY_KEY")
    assert reply.error == "HTTP 403: bad key ***"
    server.models = Trouble(401, body=b"sk-secret")
    with pytest.raises(EngineError, match="refuses the key in MY_KEY") as caught:
        ask(server, request(), api_key_env="MY_KEY")
    assert "sk-secret" not in str(caught.value)


def test_credentials_and_query_of_the_address_stay_out_of_the_manifest(server: Loopback) -> None:
    url = server.url.replace("http://", "http://user:pass@") + "/?api-version=3"
    with opened(url) as engine:
        assert engine.identity.model == "m@served"
        assert engine.identity.details == {"base_url": server.url}
        list(engine.ask(iter([request()])))
    assert server.paths == ["/v1/chat/completions?api-version=3"]
    assert server.headers[0]["Authorization"] == "Basic " + base64.b64encode(b"user:pass").decode()


@pytest.mark.parametrize("status", [401, 404])
def test_what_every_request_would_meet_ends_the_engine(server: Loopback, status: int) -> None:
    server.always = Trouble(status, body=b'{"error": {"message": "no model m"}}')
    with pytest.raises(EngineError, match="teacher 'big'"):
        ask(server, request())
    assert server.requests == 1


def test_no_more_requests_are_under_way_than_allowed_and_they_are_taken_lazily(server: Loopback) -> None:
    server.delay, taken = 0.02, 0

    def requests() -> Iterator[Request]:
        nonlocal taken
        for i in range(40):
            taken = i + 1
            yield request(f"question {i}")

    with opened(server, concurrency=5) as engine:
        replies = engine.ask(requests())
        next(replies)
        assert taken <= 5 + 1
        assert len(list(replies)) == 39
    assert 2 <= server.most_under_way <= 5
    assert set(server.counts.values()) == {1}


def test_a_finished_reply_does_not_wait_for_the_window_to_fill(server: Loopback) -> None:
    def requests() -> Iterator[Request]:
        yield request("a")
        time.sleep(0.5)  # the next problem comes late
        yield request("b")
        yield request("c")

    with opened(server, concurrency=32) as engine:
        replies = engine.ask(requests())
        assert next(replies).request.key == "a"
        assert server.requests <= 2
        assert len(list(replies)) == 2


def test_a_server_that_dies_ends_the_build_and_loses_nothing_that_was_finished(server: Loopback) -> None:
    def requests() -> Iterator[Request]:
        for i in range(30):
            if i == 10:
                server.close()
            yield request(f"question {i}")

    got: list[Reply] = []
    says = r"teacher 'big': the server at .* stopped answering .*build again"
    with opened(server, concurrency=4) as engine, pytest.raises(EngineError, match=says):
        got.extend(engine.ask(requests()))
    assert len(got) >= 6
    assert not any(r.error for r in got)


def test_a_server_that_hangs_is_given_up(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    server.always = Trouble(hang=30)
    (reply,) = ask(server, request(), timeout=0.2, retries=1)
    assert reply.error == "no answer within 0.2 s (after 2 tries)"
    monkeypatch.setattr(openai, "PROBE_SECONDS", 0.2)
    with opened(server, timeout=0.2, retries=0) as engine:
        server.models = Trouble(200, hang=30)
        with pytest.raises(EngineError, match="stopped answering"):
            list(engine.ask(iter([request()])))


def test_leaving_in_the_middle_and_closing_twice_are_quick(server: Loopback) -> None:
    server.troubles.append(Trouble())
    server.always = Trouble(hang=30)
    started = time.monotonic()
    with opened(server, concurrency=3) as engine:
        assert len(list(islice(engine.ask(request(f"{i}") for i in range(9)), 1))) == 1
        engine.close()
    assert time.monotonic() - started < 5


def test_a_local_server_is_reached_past_a_proxy(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert not ask(server, request())[0].error


def test_the_loopback_server_runs_from_a_shell(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, str(Path(__file__).with_name("loopback.py")), "--port", "0", "--log", str(log)]
    with subprocess.Popen(
        [*command, "--answers", "yes,no", "--trouble", "500:3"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            url = f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
            replies = ask(url, *(request(f"q{i}", count=2) for i in range(6)), concurrency=1)
        finally:
            process.kill()
    assert {r.text.partition("<answer>")[2] for r in replies} <= {"yes</answer>", "no</answer>"}
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["key"] for line in lines] == [key_of([{"role": "user", "content": f"q{i}"}]) for i in range(6)]
    assert {(line["seed"], line["n"]) for line in lines} == {(100, 2)}
