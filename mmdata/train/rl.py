"""mmdata train rl: TRL's GRPOTrainer on the RL split of a run, rewarded by the run's own verifier."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from typing import Any

from mmdata.errors import UserError
from mmdata.progress import Shown, Ticker
from mmdata.recipe import Recipe
from mmdata.store import Run
from mmdata.train import start
from mmdata.train.config_rl import TrainRl
from mmdata.train.reward import Rewarder
from mmdata.train.rl_rows import in_rounds, rl
from mmdata.train.watch import Told, Watch

WORDING = {
    # The GSPO paper: one ratio a sequence, mean over a sequence's tokens, then over sequences.
    "gspo": {"importance_sampling_level": "sequence", "loss_type": "grpo", "scale_rewards": "group"},
    "grpo": {"importance_sampling_level": "token", "loss_type": "grpo", "scale_rewards": "group"},
    "dapo": {"importance_sampling_level": "token", "loss_type": "dapo", "scale_rewards": "group"},
    "dr_grpo": {"importance_sampling_level": "token", "loss_type": "dr_grpo", "scale_rewards": "none"},
}
CLIP = {"gspo": (3e-4, 4e-4), "grpo": (0.2, 0.2), "dapo": (0.2, 0.28), "dr_grpo": (0.2, 0.2)}


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
    what training.json in it says.

    Raises UserError where there is nothing to train, nothing to train with, `out` is there already, or nothing can be
    learnt.
    """
    config = start.ready(recipe, run, out).rl
    started = time.monotonic()
    from transformers import set_seed

    set_seed(seed)
    weights, processor = start.opened(model, base)
    told: dict[str, Any] = {"parameters": sum(p.numel() for p in weights.parameters()), "from": Path(model).name}
    for name, parameter in weights.named_parameters():
        if name.startswith(config.frozen):
            parameter.requires_grad_(False)
    with shown.live():
        curve = _grpo(config, recipe, weights, processor, run, out, seed, shown, workers)
    manifest = run.need("rl")
    told |= {
        "train": {"rl": config.model_dump(mode="json")}, "seed": seed, "rows": manifest.rows, "rl": manifest.digest,
        "seconds": round(time.monotonic() - started, 1), "versions": start.versions(), "curve": curve,
    }  # fmt: skip
    start.write(weights, processor, told, out)
    return told


def _grpo(
    config: TrainRl, recipe: Recipe, model: Any, processor: Any, run: Run, out: Path, seed: int, shown: Shown,
    workers: int,
) -> list[dict[str, float]]:  # fmt: skip
    """Train in place; what was logged of each step."""
    from transformers import PrinterCallback, TrainerCallback
    from trl import GRPOTrainer

    ticker = Ticker(shown, "rl", config.steps)
    rounds = -(-config.steps // config.updates)
    rows = in_rounds(rl(run, config.questions), seed, rounds, config.questions, easy_first=config.curriculum)
    arguments = _arguments(config, out, seed)
    # A completion that nobody can judge is counted, not printed: it may be long, or meant for a terminal.
    logging.getLogger("trl.trainer.grpo_trainer").setLevel(logging.ERROR)
    ends = _ends(model, processor)
    with Rewarder(config, recipe.verify.format, ends, workers=workers) as rewarder:
        terms = rewarder.terms()
        watch = Watch(list(terms), config.patience, rewarder.sample)
        told = Told(list(terms), config.steps, shown.say)

        class Watching(TrainerCallback):  # type: ignore[misc]
            def on_step_end(self, *_: Any, **__: Any) -> None:
                ticker()

            def on_log(self, _: Any, state: Any, __: Any, logs: dict[str, Any], **___: Any) -> None:
                if "reward" in logs:
                    watch(state.global_step, logs)
                    told(state.global_step, logs)

        arguments.reward_weights = [weight for _, weight in terms.values()]
        trainer = GRPOTrainer(
            model=model, reward_funcs=[term for term, _ in terms.values()], args=arguments, train_dataset=rows,
            processing_class=processor, callbacks=[Watching()],
        )  # fmt: skip
        trainer.pop_callback(PrinterCallback)
        try:
            trainer.train()
        finally:
            shutil.rmtree(arguments.output_dir, ignore_errors=True)
    ticker.done()
    return [entry for entry in trainer.state.log_history if "reward" in entry]


def _arguments(config: TrainRl, out: Path, seed: int) -> Any:
    from trl import GRPOConfig

    low, high = config.clip or CLIP[config.algorithm]
    micro = config.micro_batch or config.completions
    vllm = {
        "use_vllm": True, "vllm_mode": config.vllm, "vllm_gpu_memory_utilization": config.vllm_memory,
        "vllm_server_base_url": config.vllm_url,
    } if config.vllm != "off" else {}  # fmt: skip
    return GRPOConfig(
        output_dir=str(out.with_name(f".{out.name}.work")), max_steps=config.steps, seed=seed, data_seed=seed,
        per_device_train_batch_size=micro, gradient_accumulation_steps=config.completions // micro,
        steps_per_generation=config.questions * config.rollouts // micro, num_generations=config.rollouts,
        learning_rate=config.learning_rate, warmup_steps=config.warmup, lr_scheduler_type=_schedule(config),
        weight_decay=config.weight_decay, beta=config.kl, epsilon=low, epsilon_high=high,
        temperature=config.temperature, top_p=config.top_p, max_completion_length=config.max_tokens,
        mask_truncated_completions=config.truncated == "mask", shuffle_dataset=False,
        save_strategy="no", report_to="none", logging_steps=1, disable_tqdm=True, remove_unused_columns=False,
        gradient_checkpointing=False, bf16=False, use_cpu=not start.cuda(), dataloader_num_workers=0,
        **WORDING[config.algorithm], **vllm,
    )  # fmt: skip


def _schedule(config: TrainRl) -> str:
    return "constant_with_warmup" if config.schedule == "constant" else config.schedule


def _ends(model: Any, processor: Any) -> list[int]:
    """The tokens that end a completion, as GRPOTrainer finds them."""
    words = getattr(processor, "tokenizer", processor)
    ends = getattr(model.generation_config, "eos_token_id", None)
    given = ends if isinstance(ends, list) else [ends]
    return sorted({token for token in (*given, words.eos_token_id) if token is not None})
