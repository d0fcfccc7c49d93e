"""mmdata train sft: TRL's SFTTrainer on the SFT split of a run."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mmdata.engines.weights import Weights, resolve
from mmdata.errors import UserError
from mmdata.progress import Shown, Ticker
from mmdata.recipe import Recipe
from mmdata.store import Run
from mmdata.train import checkpoint, curves, hardware, lora, rows, start
from mmdata.train.config import Train
from mmdata.train.filler import filled
from mmdata.train.finish import finish
from mmdata.train.mistakes import mended

VERSION = 1
"""Of the code that decides the weights: checkpoints of another are not gone on from."""
SCHEDULERS = {"cosine": "cosine", "linear": "linear", "constant": "constant_with_warmup"}


@dataclass(frozen=True, kw_only=True)
class Job:
    """One training."""

    recipe: Recipe
    config: Train
    base: Path
    """What the path of a model is relative to."""
    run: Run
    out: Path
    seed: int
    shown: Shown

    @cached_property
    def work(self) -> Path:
        """Where checkpoints are."""
        return checkpoint.folder(self.out)

    @cached_property
    def weights(self) -> Weights | None:
        """What training starts from; None: from scratch."""
        return None if self.config.scratch else resolve(self.config.model, None, self.base)


def train(recipe: Recipe, base: Path, run: Run, out: Path, seed: int, shown: Shown) -> dict[str, Any]:
    """Train as the recipe's `train` section says and write the model into the folder `out`, whole or not at all;
    returns what training.json in it says. Killed, the same call goes on from the last checkpoint.

    Raises UserError where there is nothing to train, nothing to train with, or `out` is there already.
    """
    config = start.ready(recipe, run, out)
    rows.counted(run)
    start.hush()
    job = Job(recipe=recipe, config=config, base=base, run=run, out=out, seed=seed, shown=shown)
    with checkpoint.held(job.work, _key(job), shown), shown.live():
        told = _train(job)
    checkpoint.gone(job.work)
    return told


def _key(job: Job) -> str:
    """Hash of everything that decides the weights and the curves."""
    decides = job.config.model_dump(mode="json", include={"scratch", "tower", "sft"})
    return checkpoint.key({
        "code": VERSION, "train": decides, "model": job.weights and job.weights.identity, "seed": job.seed,
        "rows": job.run.need("sft").digest, "labels": job.run.need("screened").digest if job.config.tower else None,
        "versions": start.versions(), **checkpoint.environment(),
    })  # fmt: skip


def _train(job: Job) -> dict[str, Any]:
    from transformers import set_seed

    started = time.monotonic()
    config, arguments = job.config, _arguments(job)
    # The first process has put the folder in order.
    arguments.distributed_state.wait_for_everyone()
    last = checkpoint.last(job.work)
    set_seed(job.seed)
    model, processor = _start(job, last and last[0])
    told: dict[str, Any] = {"parameters": sum(p.numel() for p in model.parameters())}
    if config.tower:
        told["tower"] = _tower(job, model, processor, arguments, load=last is None)
    trainer = _trainer(job, model, processor, arguments, done=last[1] if last else 0)
    if config.sft.lora:
        told["trained"] = sum(p.numel() for p in trainer.model.parameters() if p.requires_grad)
    if last:
        job.shown.say(f"goes on from the checkpoint at step {last[1]:,} of {config.sft.steps:,}")
    history = _run(job, trainer, last)
    told |= {
        "losses": [(entry["step"], round(entry["loss"], 4)) for entry in history if "loss" in entry],
        "train": config.model_dump(mode="json"), "seed": job.seed, "rows": job.run.need("sft").rows,
        "sft": job.run.need("sft").digest, "resumed": last[1] if last else 0, "versions": start.versions(),
    }  # fmt: skip
    told["seconds"] = round(time.monotonic() - started, 1)
    adapted = job.weights.path if job.weights and config.sft.lora else None
    finish(trainer, processor, told, history, job.out, job.work, job.recipe.name, adapted)
    return told


def _arguments(job: Job) -> Any:
    """TRL's configuration."""
    from trl import SFTConfig

    sft = job.config.sft
    return SFTConfig(
        output_dir=str(job.work), max_steps=sft.steps, seed=job.seed, data_seed=job.seed,
        learning_rate=sft.learning_rate, warmup_steps=sft.warmup, lr_scheduler_type=SCHEDULERS[sft.scheduler],
        weight_decay=sft.weight_decay, max_length=sft.max_length, packing=sft.packing, completion_only_loss=True,
        logging_steps=sft.log_every, disable_tqdm=True, remove_unused_columns=False,
        dataloader_num_workers=sft.workers,
        **hardware.shares(sft.batch, sft.accumulate),
        **hardware.settings(sft.precision, sft.gradient_checkpointing, sft.liger),
        **checkpoint.keeping(sft.save_every),
        **curves.reporting(job.config.log, job.recipe.name, job.out.name),
    )  # fmt: skip


def _start(job: Job, last: Path | None) -> tuple[Any, Any]:
    """The model that training starts or goes on from, and its processor.

    Weights of a checkpoint are loaded here, like those of any model: the trainer's own loading leaves out those that a
    family of models has other names for on disk (of Qwen2.5-VL nearly all), and would go on from the first ones.
    """
    sft, whole = job.config.sft, last if not job.config.sft.lora else None
    if job.weights is None:
        from mmdata.train import scratch

        assert job.config.scratch is not None
        processor = scratch.processor(job.config.scratch, rows.texts(job.run))
        model = start.loaded(whole) if whole else scratch.model(job.config.scratch, processor.tokenizer)
    else:
        processor = start.reader(job.weights.path)
        # Frozen weights take half the room; those that learn need all their digits.
        frozen = "bfloat16" if sft.lora and hardware.bf16(sft.precision) else "float32"
        model = start.loaded(whole or job.weights.path, frozen)
    if sft.max_pixels and start.sees(processor):
        start.bound(processor, sft.max_pixels)
    return model, processor


def _tower(job: Job, model: Any, processor: Any, arguments: Any, load: bool) -> dict[str, float]:
    """Train the tower, or take what a killed training has made of it; by label, how well it names it. `load`: put the
    weights into the model."""
    from safetensors.torch import load_model, save_model

    weights, named = job.work / "tower.safetensors", job.work / "tower.json"
    if hardware.first() and not named.exists():
        found = _warm_up(job, model, processor)
        save_model(model, str(weights))
        checkpoint.written(named, json.dumps(found))
    arguments.distributed_state.wait_for_everyone()
    if load:
        load_model(model, weights)
    return dict(json.loads(named.read_text(encoding="utf-8")))


def _warm_up(job: Job, model: Any, processor: Any) -> dict[str, float]:
    from mmdata.train import tower

    assert job.config.tower is not None
    assert job.config.scratch is not None
    ticker = Ticker(job.shown, "tower", job.config.tower.steps)
    found = tower.warm_up(
        model, processor, job.config.tower, job.config.scratch, rows.labelled(job.run), job.run.images.path, job.seed,
        ticker,
    )  # fmt: skip
    ticker.done()
    for name, accuracy in found.items():
        job.shown.say(f"tower names {name}: {accuracy:.3f}")
    return found


def _trainer(job: Job, model: Any, processor: Any, arguments: Any, done: int) -> Any:
    """TRL's trainer. Raises UserError where model, rows and settings do not go together."""
    from transformers import PrinterCallback, TrainerCallback
    from trl import SFTTrainer

    sft, scratch = job.config.sft, job.config.scratch
    found = rows.sft(job.run, scratch.image_size if scratch else None)
    if "images" in found.column_names:
        if not start.sees(processor):
            raise UserError(f"model {job.config.model} reads text, but SFT rows of {job.run.folder} have images")
        if sft.packing:
            raise UserError(
                f"train.sft.packing: SFT rows of {job.run.folder} have images, and TRL packs none: set it to false"
            )
    cut = f"train.sft.max_length: nothing of the answers is left within {sft.max_length} tokens"
    ticker = Ticker(job.shown, "sft", sft.steps - done)

    class Ticking(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            ticker()

        def on_log(self, _: Any, __: Any, ___: Any, logs: dict[str, Any], **____: Any) -> None:
            if sft.max_length and logs.get("loss") == 0 and not logs.get("mean_token_accuracy"):
                raise UserError(cut)

        def on_train_end(self, *_: Any, **__: Any) -> None:
            ticker.done()

    with mended("train.sft"):
        trainer = SFTTrainer(
            model=model, args=arguments, train_dataset=found, processing_class=processor,
            callbacks=[Ticking(), checkpoint.marking()], peft_config=lora.settings(sft.lora) if sft.lora else None,
        )  # fmt: skip
    if not len(trainer.train_dataset):
        raise UserError(cut)
    # Every token of a step weighs the same, however its rows are divided. The Qwen models ask the trainer for a mean of
    # means; TRL's loss, which does not call theirs, can do better.
    trainer.model_accepts_loss_kwargs = True
    if "images" in found.column_names and (trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled):
        trainer.data_collator = filled(trainer.data_collator)
    trainer.pop_callback(PrinterCallback)
    return trainer


def _run(job: Job, trainer: Any, last: tuple[Path, int] | None) -> list[dict[str, Any]]:
    """Train in place, from the last checkpoint if there is one; everything that was logged."""
    if last is None:
        with mended("train.sft"):
            trainer.train()
        return list(trainer.state.log_history)
    history: list[dict[str, Any]] = json.loads((last[0] / "trainer_state.json").read_text())["log_history"]
    if last[1] >= job.config.sft.steps:
        # Only the model was not written yet; the trainer would take one step more.
        if job.config.sft.lora:
            trainer.model.load_adapter(str(last[0]), "default")
        return history
    # TRL counts tokens from nought again, the log goes on.
    trainer._total_train_tokens = next((entry["num_tokens"] for entry in reversed(history) if "num_tokens" in entry), 0)
    with mended("train.sft"):
        trainer.train(resume_from_checkpoint=str(last[0]))
    return list(trainer.state.log_history)
