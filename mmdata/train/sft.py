"""mmdata train sft: TRL's SFTTrainer on the SFT split of a run."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from mmdata.progress import Shown, Ticker
from mmdata.recipe import Recipe
from mmdata.store import Run
from mmdata.train import start
from mmdata.train.config import Train


def train(recipe: Recipe, base: Path, run: Run, out: Path, seed: int, shown: Shown) -> dict[str, Any]:
    """Train as the recipe's `train` section says and write the model into the folder `out`, whole or not at all;
    returns what training.json in it says.

    Raises UserError where there is nothing to train, nothing to train with, or `out` is there already.
    """
    config = start.ready(recipe, run, out)
    started = time.monotonic()
    from transformers import set_seed

    set_seed(seed)
    model, processor = _start(config, base, run)
    told: dict[str, Any] = {"parameters": sum(p.numel() for p in model.parameters())}
    with shown.live():
        if config.tower and config.scratch:
            told["tower"] = _warm_up(config, model, processor, run, seed, shown)
        told["losses"] = _sft(config, model, processor, run, out, seed, shown)
    manifest = run.need("sft")
    told |= {
        "train": config.model_dump(mode="json"), "seed": seed, "rows": manifest.rows, "sft": manifest.digest,
        "seconds": round(time.monotonic() - started, 1),
        "versions": start.versions(),
    }  # fmt: skip
    start.write(model, processor, told, out)
    return told


def _start(config: Train, base: Path, run: Run) -> tuple[Any, Any]:
    """The model that training starts from, and its processor."""
    if config.scratch is None:
        return start.opened(config.model, base)
    from mmdata.train import rows, scratch

    processor = scratch.processor(config.scratch, rows.texts(run))
    return scratch.model(config.scratch, processor.tokenizer), processor


def _warm_up(config: Train, model: Any, processor: Any, run: Run, seed: int, shown: Shown) -> dict[str, float]:
    from mmdata.train import rows, tower

    assert config.tower is not None
    assert config.scratch is not None
    ticker = Ticker(shown, "tower", config.tower.steps)
    found = tower.warm_up(
        model, processor, config.tower, config.scratch, rows.labelled(run), run.images, seed, ticker
    )  # fmt: skip
    ticker.done()
    for name, accuracy in found.items():
        shown.say(f"tower names {name}: {accuracy:.3f}")
    return found


def _sft(
    config: Train, model: Any, processor: Any, run: Run, out: Path, seed: int, shown: Shown
) -> list[tuple[int, float]]:
    """Train in place; the loss every 50 steps."""
    from transformers import PrinterCallback, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    from mmdata.train import rows

    ticker = Ticker(shown, "sft", config.sft.steps)

    class Ticking(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            ticker()

    arguments = SFTConfig(
        output_dir=str(out.with_name(f".{out.name}.work")), max_steps=config.sft.steps, seed=seed, data_seed=seed,
        per_device_train_batch_size=config.sft.batch, learning_rate=config.sft.learning_rate,
        warmup_steps=config.sft.warmup, lr_scheduler_type="cosine", max_length=None, completion_only_loss=True,
        save_strategy="no", report_to="none", logging_steps=50, disable_tqdm=True, remove_unused_columns=False,
        gradient_checkpointing=False, bf16=False, use_cpu=not start.cuda(), dataloader_num_workers=0,
    )  # fmt: skip
    side = config.scratch.image_size if config.scratch else None
    trainer = SFTTrainer(
        model=model, args=arguments, train_dataset=rows.sft(run, side), processing_class=processor,
        callbacks=[Ticking()],
    )  # fmt: skip
    trainer.pop_callback(PrinterCallback)
    try:
        trainer.train()
    finally:
        shutil.rmtree(arguments.output_dir, ignore_errors=True)
    ticker.done()
    return [(entry["step"], round(entry["loss"], 4)) for entry in trainer.state.log_history if "loss" in entry]
