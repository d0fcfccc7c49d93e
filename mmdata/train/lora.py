"""Low-rank adapters by peft: what is learnt, and the whole model that comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmdata.errors import UserError
from mmdata.train.config_sft import Lora
from mmdata.train.start import loaded


def settings(config: Lora) -> Any:
    """Peft's configuration. Raises UserError if peft is not installed."""
    try:
        from peft import LoraConfig
    except ImportError:
        raise UserError("lora needs peft: pip install 'mmdata-toolkit[train]'") from None
    targets = config.targets if isinstance(config.targets, str) else list(config.targets)
    return LoraConfig(
        r=config.rank, lora_alpha=config.alpha, lora_dropout=config.dropout, target_modules=targets,
        task_type="CAUSAL_LM",
    )  # fmt: skip


def merged(path: Path, adapters: Path) -> Any:
    """The model in the folder `path` with those in the folder `adapters` merged in, in 32 bits: nothing of a small
    change is lost to the few digits of bfloat16 before it is added."""
    from peft import PeftModel

    return PeftModel.from_pretrained(loaded(path), adapters).merge_and_unload()
