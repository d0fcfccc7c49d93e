"""The command line of `mmdata train`. Imported by `mmdata.cli`: nothing heavy is imported before a command runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from mmdata.console import console, interruptible

app = typer.Typer(
    help="Train a model on a run: does this data teach?\n\nExample: mmdata train sft runs/tiny-vlm",
    no_args_is_help=True,
)
CORES = os.cpu_count() or 1
RunFolder = Annotated[Path, typer.Argument(help="A run's folder.", metavar="RUN")]
Seed = Annotated[int, typer.Option(min=0, help="Of the weights and of the rows' order.")]
Quiet = Annotated[bool, typer.Option(help="Print nothing but mistakes.")]


@app.command()
def sft(
    run: RunFolder,
    out: Annotated[Path | None, typer.Option(help="The model's folder; by default RUN/models/sft-SEED.")] = None,
    seed: Seed = 0,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a key: train.sft.steps=100")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Supervised fine-tuning on the run's SFT rows, as the `train` section of its recipe says.

    Killed, the same command goes on from the last checkpoint. On several GPUs start it with
    `accelerate launch --config_file recipes/accelerate/fsdp2.yaml -m mmdata train sft RUN`.

    Example: mmdata train sft runs/tiny-vlm --seed 1
    """
    from mmdata import recipe_file as recipes
    from mmdata.progress import Shown
    from mmdata.store import Run
    from mmdata.train import hardware
    from mmdata.train import sft as training

    quiet = quiet or not hardware.first()
    with hardware.one_voice(), interruptible():
        what = recipes.load(run / "recipe.yaml", changes=changes or ())
        place = out or run / "models" / f"sft-{seed}"
        told = training.train(what, Path(), Run(run), place, seed, Shown(console(), quiet))
    if not quiet:
        typer.echo(f"{told['parameters']:,} parameters, {told['rows']:,} rows, {told['seconds']:,.0f} s: {place}")


@app.command()
def rl(
    run: RunFolder,
    model: Annotated[
        str | None, typer.Option(help="What training starts from; by default train.model, else the run's SFT model.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The model's folder; by default RUN/models/rl-SEED.")] = None,
    seed: Seed = 0,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a key: train.rl.algorithm=dapo")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes that judge completions.")] = CORES,
    quiet: Quiet = False,
) -> None:
    """Reinforcement learning on the run's RL rows, rewarded by its own verifier, as `train.rl` of its recipe says.

    Killed, the same command goes on from the last checkpoint.

    Example: mmdata train rl runs/mine --model runs/mine/models/sft-0 --seed 1
    """
    from mmdata import recipe_file as recipes
    from mmdata.progress import Shown
    from mmdata.store import Run
    from mmdata.train import hardware
    from mmdata.train import rl as training

    quiet = quiet or not hardware.first()
    with hardware.one_voice(), interruptible():
        what = recipes.load(run / "recipe.yaml", changes=changes or ())
        place = out or run / "models" / f"rl-{seed}"
        told = training.train(
            what, Path(), Run(run), training.origin(what, run, model, seed), place, seed, Shown(console(), quiet),
            workers=workers,
        )  # fmt: skip
    if not quiet:
        typer.echo(f"{told['rows']:,} rows, {told['seconds']:,.0f} s: {place}")
