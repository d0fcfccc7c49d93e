"""mmdata train rl: TRL's GRPOTrainer on the RL split of a run, rewarded by the run's own verifier."""

from __future__ import annotations

import json
import logging
import time
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import mmverifiers
from mmdata.engines.weights import Weights, resolve
from mmdata.errors import UserError
from mmdata.progress import Shown, Ticker
from mmdata.recipe import Recipe
from mmdata.store import Run
from mmdata.train import checkpoint, curves, hardware, lora, start
from mmdata.train.config_rl import TrainRl
from mmdata.train.finish import finish
from mmdata.train.mistakes import mended
from mmdata.train.reward import Rewarder
from mmdata.train.rl_rows import in_rounds, rl
from mmdata.train.watch import Told, Watch

VERSION = 1
"""Of the code that decides the weights: checkpoints of another are not gone on from."""
WORDING = {
    # The GSPO paper: one ratio a sequence, mean over a sequence's tokens, then over sequences.
    "gspo": {"importance_sampling_level": "sequence", "loss_type": "grpo", "scale_rewards": "group"},
    "grpo": {"importance_sampling_level": "token", "loss_type": "grpo", "scale_rewards": "group"},
    "dapo": {"importance_sampling_level": "token", "loss_type": "dapo", "scale_rewards": "group"},
    "dr_grpo": {"importance_sampling_level": "token", "loss_type": "dr_grpo", "scale_rewards": "none"},
}
CLIP = {"gspo": (3e-4, 4e-4), "grpo": (0.2, 0.2), "dapo": (0.2, 0.28), "dr_grpo": (0.2, 0.2)}
SCHEDULERS = {"cosine": "cosine", "linear": "linear", "constant": "constant_with_warmup"}


@dataclass(frozen=True, kw_only=True)
class Job:
    """One training."""

    recipe: Recipe
    config: TrainRl
    log: str
    run: Run
    weights: Weights
    """What training starts from."""
    out: Path
    seed: int
    shown: Shown
    workers: int

    @cached_property
    def work(self) -> Path:
        """Where checkpoints are."""
        return checkpoint.folder(self.out)


def origin(recipe: Recipe, run: Path, model: str | None, seed: int) -> str:
    """What training starts from: what is given, the recipe's model, or what SFT made of the run with this seed.

    Raises UserError where there is none.
    """
    if model or (recipe.train and recipe.train.model):
        return model or recipe.train.model  # type: ignore[union-attr]
    made = run / "models" / f"sft-{seed}"
    if not made.is_dir():
        raise UserError(f"nothing to start from: there is no {made}; train one with SFT, or name one with --model")
    return str(made)


def train(
    recipe: Recipe, base: Path, run: Run, model: str, out: Path, seed: int, shown: Shown, *, workers: int = 1
) -> dict[str, Any]:
    """Train `model` as the recipe's `train.rl` says and write it into the folder `out`, whole or not at all; returns
    what training.json in it says. Killed, the same call goes on from the last checkpoint.

    Raises UserError where there is nothing to train, nothing to train with, `out` is there already, or nothing can be
    learnt.
    """
    config = start.ready(recipe, run, out)
    start.hush()
    found = rl(run, config.rl.questions)
    job = Job(
        recipe=recipe, config=config.rl, log=config.log, run=run, weights=resolve(model, None, base), out=out,
        seed=seed, shown=shown, workers=workers,
    )  # fmt: skip
    with checkpoint.held(job.work, _key(job), shown), shown.live():
        told = _train(job, found)
    checkpoint.gone(job.work)
    return told


def _key(job: Job) -> str:
    """Hash of everything that decides the weights and the curves."""
    return checkpoint.key({
        "code": VERSION, "train": job.config.model_dump(mode="json"), "extract": job.recipe.verify.format,
        "model": job.weights.identity, "seed": job.seed, "rows": job.run.need("rl").digest,
        "verifiers": mmverifiers.version(), "versions": start.versions(), **checkpoint.environment(),
    })  # fmt: skip


def _train(job: Job, found: Any) -> dict[str, Any]:
    from transformers import set_seed

    started = time.monotonic()
    config, arguments = job.config, _arguments(job.config, job.work, job.seed)
    for name, value in curves.reporting(job.log, job.recipe.name, job.out.name).items():
        setattr(arguments, name, value)
    # The first process has put the folder in order.
    arguments.distributed_state.wait_for_everyone()
    last = checkpoint.last(job.work)
    set_seed(job.seed)
    whole = last[0] if last and not config.lora else job.weights.path
    model, processor = start.loaded(whole), start.reader(job.weights.path)
    for name, parameter in model.named_parameters():
        if name.startswith(config.frozen):
            parameter.requires_grad_(False)
    told: dict[str, Any] = {"parameters": sum(p.numel() for p in model.parameters()), "from": job.weights.identity}
    rounds = -(-config.steps // config.updates)
    rows = in_rounds(found, job.seed, rounds, config.questions, easy_first=config.curriculum)
    with Rewarder(config, job.recipe.verify.format, _ends(model, processor), workers=job.workers) as rewarder:
        if last:
            job.shown.say(f"goes on from the checkpoint at step {last[1]:,} of {config.steps:,}")
        with mended("train.rl"):
            trainer = _trainer(job, model, processor, arguments, rows, rewarder, last[1] if last else 0)
            history = _run(job, trainer, last)
    told |= {
        "train": {"rl": config.model_dump(mode="json")}, "seed": job.seed, "rows": job.run.need("rl").rows,
        "rl": job.run.need("rl").digest, "resumed": last[1] if last else 0, "versions": start.versions(),
        "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip
    adapters = job.weights.path if config.lora else None
    finish(trainer, processor, told, history, job.out, job.work, job.recipe.name, adapters)
    return told


def _trainer(job: Job, model: Any, processor: Any, arguments: Any, rows: Any, rewarder: Rewarder, done: int) -> Any:
    """TRL's trainer. Raises UserError while it trains, where nothing can be learnt."""
    from transformers import PrinterCallback, TrainerCallback

    with warnings.catch_warnings():
        # Which versions of vLLM TRL has seen matters to whoever uses one.
        warnings.simplefilter("ignore" if job.config.vllm == "off" else "default", UserWarning)
        from trl import GRPOTrainer

    # A completion that nobody can judge is counted, not printed: it may be long, or meant for a terminal.
    logging.getLogger("trl.trainer.grpo_trainer").setLevel(logging.ERROR)
    terms = rewarder.terms()
    ticker = Ticker(job.shown, "rl", job.config.steps - done)
    watch = Watch(list(terms), job.config.patience, rewarder.sample)
    told = Told(list(terms), job.config.steps, job.shown.say)

    class Watching(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            ticker()

        def on_log(self, _: Any, state: Any, __: Any, logs: dict[str, Any], **___: Any) -> None:
            if "reward" in logs:
                told(state.global_step, logs)
                watch(state.global_step, logs)

        def on_train_end(self, *_: Any, **__: Any) -> None:
            ticker.done()

    arguments.reward_weights = [weight for _, weight in terms.values()]
    trainer = GRPOTrainer(
        model=model, reward_funcs=[term for term, _ in terms.values()], args=arguments, train_dataset=rows,
        processing_class=processor, callbacks=[Watching(), checkpoint.marking()],
        peft_config=lora.settings(job.config.lora) if job.config.lora else None,
    )  # fmt: skip
    trainer.pop_callback(PrinterCallback)
    return trainer


def _run(job: Job, trainer: Any, last: tuple[Path, int] | None) -> list[dict[str, Any]]:
    """Train in place, from the last checkpoint if there is one; everything that was logged of the rewards."""
    if last is None:
        trainer.train()
    elif last[1] < job.config.steps:
        trainer.train(resume_from_checkpoint=str(last[0]))
    else:
        # Only the model was not written yet; the trainer would take one step more.
        if job.config.lora:
            trainer.model.load_adapter(str(last[0]), "default")
        return list(json.loads((last[0] / "trainer_state.json").read_text())["log_history"])
    return list(trainer.state.log_history)


def _arguments(config: TrainRl, work: Path, seed: int) -> Any:
    """TRL's configuration."""
    from trl import GRPOConfig

    low, high = config.clip or CLIP[config.algorithm]
    vllm = {
        "use_vllm": True, "vllm_mode": config.vllm, "vllm_gpu_memory_utilization": config.vllm_memory,
        "vllm_server_base_url": config.vllm_url,
    } if config.vllm != "off" else {}  # fmt: skip
    return GRPOConfig(
        output_dir=str(work), max_steps=config.steps, seed=seed, data_seed=seed,
        steps_per_generation=config.accumulate * config.updates, num_generations=config.rollouts,
        learning_rate=config.learning_rate, warmup_steps=config.warmup, lr_scheduler_type=SCHEDULERS[config.scheduler],
        weight_decay=config.weight_decay, beta=config.kl, epsilon=low, epsilon_high=high,
        temperature=config.temperature, top_p=config.top_p, max_completion_length=config.max_tokens,
        mask_truncated_completions=config.truncated == "mask", shuffle_dataset=False,
        logging_steps=1, disable_tqdm=True, remove_unused_columns=False, dataloader_num_workers=0,
        **hardware.shares(config.completions, config.accumulate),
        **hardware.settings(config.precision, config.gradient_checkpointing, config.liger),
        **checkpoint.keeping(config.save_every), **WORDING[config.algorithm], **vllm,
    )  # fmt: skip


def _ends(model: Any, processor: Any) -> list[int]:
    """The tokens that end a completion, as GRPOTrainer finds them."""
    words = getattr(processor, "tokenizer", processor)
    ends = getattr(model.generation_config, "eos_token_id", None)
    given = ends if isinstance(ends, list) else [ends]
    return sorted({token for token in (*given, words.eos_token_id) if token is not None})
