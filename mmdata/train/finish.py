"""What a training leaves: the model's folder, written by the first of its processes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from mmdata.train import curves, hardware, lora, start


def finish(
    trainer: Any, processor: Any, told: dict[str, Any], history: list[dict[str, Any]], out: Path, work: Path,
    name: str, adapted: Path | None,
) -> None:  # fmt: skip
    """The model, its curves and what is told of it, in the folder `out`. `name`: the recipe's. `adapted`: the folder of
    the model that adapters were trained for; they are merged into it, and kept beside. Where each process holds a share
    of the weights, all take part."""
    state = None
    if trainer.optimizer is not None and (trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled):
        state = trainer.accelerator.get_state_dict(trainer.model_wrapped)
    if not hardware.first():
        return
    model, aside = trainer.accelerator.unwrap_model(trainer.model), work / "adapter"
    if adapted:
        model.save_pretrained(aside, state_dict=state)
        model, state = lora.merged(adapted, aside), None

    def more(folder: Path) -> None:
        curves.write(curves.points(history), folder, f"{name}: {out.name}")
        if adapted:
            shutil.copytree(aside, folder / "adapter", ignore=shutil.ignore_patterns("README.md"))

    start.write(model, processor, told, out, state=state, more=more)
