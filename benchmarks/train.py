"""What `mmdata train sft` costs beside TRL alone: the same model, rows, settings and seed, in turns in one process.

    python benchmarks/train.py
    python benchmarks/train.py --steps 400 --rounds 7

TRL alone is what its documentation shows: a datasets.Dataset of prompt, completion and images (decoded by the library
from the same files), SFTTrainer, train, save. Ours reads the run's tables, marks a checkpoint every `save_every` steps,
and writes curves. Both must end in the same losses, or they did not do the same work.

Two figures, each the median over the rounds of ours over TRL's: of the whole, from opening the model to the last file
written, and of the steps (inside `SFTTrainer.train`, checkpoints and all), which is what grows with a training and what
the bound is for. The process' CPU time is what counts: on a shared machine the clock on the wall also measures others.
Ends with status 1 where the steps cost more than BOUND over TRL's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")

import yaml
from rich.console import Console
from rich.table import Table

from mmdata import recipe_file
from mmdata.build import build
from mmdata.engines.weights import resolve
from mmdata.progress import Shown
from mmdata.store import Run

MODEL = "mmdata/tiny-vlm"
BOUND = 1.05
"""Most that a step may cost over TRL's own."""
Timed = tuple[float, float, list[float]]
"""CPU seconds of the steps and of the whole, and the losses."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=50, help="of each training")
    parser.add_argument("--batch", type=int, default=8, help="rows a step")
    parser.add_argument("--rounds", type=int, default=4, help="trainings of each kind, after one of each to warm up")
    parser.add_argument("--rows", type=int, default=300, help="questions about figures")
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    folder = Path(tempfile.mkdtemp(prefix="mmdata-train-"))
    try:
        with (folder / "said").open("w") as said, redirect_stderr(said), redirect_stdout(said):
            run = corpus(folder, given.rows, given.steps, given.batch)
            rounds = [
                turn(run, folder, given.steps, given.batch, ours_first=bool(n % 2)) for n in range(given.rounds + 1)
            ]
    finally:
        shutil.rmtree(folder)
    sys.exit(0 if told(rounds[1:], rows=given.rows, steps=given.steps, batch=given.batch) else 1)


def corpus(folder: Path, rows: int, steps: int, batch: int) -> Run:
    """A run with so many questions about figures, whose solutions are the source's own."""
    options = {"families": {"counting": {}}, "levels": [1], "figures": rows, "questions": 1}
    written = {
        "name": "train", "sources": [{"use": "figures", "options": options}],
        "distill": {"teachers": [{"name": "own", "model": "mmdata", "engine": "source"}]},
        "mix": {"system": "", "rl": None},
        "train": {
            "model": MODEL,
            "sft": {"steps": steps, "batch": batch, "learning_rate": 1e-4, "warmup": 5, "log_every": steps},
        },
    }  # fmt: skip
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    made = Run(folder / "run")
    build(recipe_file.load(path), folder, made, workers=2, shown=Shown(Console(file=sys.stderr), quiet=True))
    return made


def turn(run: Run, folder: Path, steps: int, batch: int, *, ours_first: bool) -> dict[str, Timed]:
    """One training of each kind."""
    kinds: list[tuple[str, Callable[[Path], list[float]]]] = [
        ("trl", lambda out: alone(run, out, steps, batch)), ("mmdata", lambda out: ours(run, out)),
    ]  # fmt: skip
    return {name: timed(train, folder / name) for name, train in (reversed(kinds) if ours_first else kinds)}


def timed(train: Callable[[Path], list[float]], out: Path) -> Timed:
    """Train into a folder that is removed after."""
    from trl import SFTTrainer

    steps: list[float] = []
    real = SFTTrainer.train

    def measured(self: Any, *given: Any, **named: Any) -> Any:
        started = time.process_time()
        try:
            return real(self, *given, **named)
        finally:
            steps.append(time.process_time() - started)

    SFTTrainer.train = measured
    started = time.process_time()
    try:
        losses = train(out)
    finally:
        SFTTrainer.train = real
        shutil.rmtree(out, ignore_errors=True)
    return steps[0], time.process_time() - started, losses


def ours(run: Run, out: Path) -> list[float]:
    """mmdata train sft, as its command calls it."""
    from mmdata.train import sft

    recipe = recipe_file.load(run.folder / "recipe.yaml")
    made = sft.train(recipe, Path(), run, out, 0, Shown(Console(file=sys.stderr), quiet=True))
    return [loss for _, loss in made["losses"]]


def alone(run: Run, out: Path, steps: int, batch: int) -> list[float]:
    """TRL by its documentation, on the same rows."""
    import datasets
    from transformers import AutoModelForImageTextToText, AutoProcessor, set_seed
    from trl import SFTConfig, SFTTrainer

    set_seed(0)
    path = resolve(MODEL).path
    model = AutoModelForImageTextToText.from_pretrained(path, dtype="float32")
    processor = AutoProcessor.from_pretrained(path)
    rows = []
    for row in run.read("sft"):
        (question, answer), text = row.messages, row.messages[0]["content"].replace("<image>", "")
        asked = [{"type": "image", "text": None}, {"type": "text", "text": text}]
        rows.append({
            "prompt": [{"role": "user", "content": asked}],
            "completion": [{"role": "assistant", "content": [{"type": "text", "text": answer["content"]}]}],
            "images": [str(run.images.path(name)) for name in row.images],
        })  # fmt: skip
        assert question["content"] == f"<image>{text}"
    data = datasets.Dataset.from_list(rows).cast_column("images", datasets.List(datasets.Image(mode="RGB")))
    settings = SFTConfig(
        output_dir=str(out), max_steps=steps, per_device_train_batch_size=batch, learning_rate=1e-4, warmup_steps=5,
        lr_scheduler_type="cosine", max_length=None, seed=0, data_seed=0, save_strategy="no", report_to="none",
        logging_steps=steps, disable_tqdm=True, gradient_checkpointing=False, bf16=False, use_cpu=True,
        remove_unused_columns=False,
    )  # fmt: skip
    trainer = SFTTrainer(model=model, args=settings, train_dataset=data, processing_class=processor)
    trainer.train()
    trainer.save_model(str(out))
    return [round(entry["loss"], 4) for entry in trainer.state.log_history if "loss" in entry]


def told(rounds: list[dict[str, Timed]], *, rows: int, steps: int, batch: int) -> bool:
    """Print the table; whether the bound holds."""
    same = all(turn["trl"][2] == turn["mmdata"][2] for turn in rounds)
    table = Table(title=f"{MODEL}, {steps} steps of {batch} of {rows} rows, {len(rounds)} rounds, CPU seconds")
    for column in ("", "TRL alone", "mmdata train sft", "ratio (median)", "lowest – highest"):
        table.add_column(column, justify="left" if not column else "right")
    ratio = 0.0
    for index, name in ((1, "the whole"), (0, "the steps")):
        trl, own = ([turn[kind][index] for turn in rounds] for kind in ("trl", "mmdata"))
        ratios = [mine / its for mine, its in zip(own, trl, strict=True)]
        ratio = statistics.median(ratios)
        table.add_row(
            name, f"{statistics.median(trl):.2f}", f"{statistics.median(own):.2f}", f"{ratio:.3f}",
            f"{min(ratios):.3f} – {max(ratios):.3f}",
        )  # fmt: skip
    console = Console(width=110)
    console.print(table)
    console.print(f"losses: {'the same' if same else 'NOT THE SAME'}")
    console.print(f"steps: at most {BOUND:.2f} wanted, {'held' if ratio <= BOUND else 'MISSED'}")
    return same and ratio <= BOUND


if __name__ == "__main__":
    main()
