"""The command lines of `mmdata validate` and `mmdata ablate`. Imported by `mmdata.cli`: nothing heavy is imported
before a command runs."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmdata.console import console, interruptible

if TYPE_CHECKING:
    from mmdata.validation.experiment import Experiment

CORES = os.cpu_count() or 1
Compared = partial(typer.Option, rich_help_panel="What is compared")
Taught = partial(typer.Option, rich_help_panel="Who is taught, and how long")
Asked = partial(typer.Option, rich_help_panel="What is asked")
Told = partial(typer.Option, rich_help_panel="What comes out")
Out = Annotated[Path | None, Told(help="The experiment's folder; by default runs/experiments/<its name>.")]
JobsAtOnce = Annotated[
    int | None, Told(min=1, max=256, help="Trainings at once; by default one a core, and one on a GPU.")
]
Workers = Annotated[int, Told(min=1, max=256, help="Processes and threads of builds; the rows are the same.")]
AsJson = Annotated[bool, Told("--json", help="Print the findings as JSON.")]
Quiet = Annotated[bool, Told(help="Print nothing but mistakes.")]


def validate(
    runs: Annotated[
        list[Path], typer.Argument(help="Runs; the first is what others are compared with.", metavar="RUN…")
    ],
    controls: Annotated[
        str,
        Compared(
            help="Of the first run: unverified (right or wrong), one-path (a question), random (without the recipe's "
            "weights and balance), answers (without reasoning); or none."
        ),
    ] = "unverified,one-path,random",
    model: Annotated[
        str | None, Taught(help="A folder or a Hub id to start from; by default a tiny model with random weights.")
    ] = None,
    steps: Annotated[int | None, Taught(min=1, help="Of each training; by default 600.")] = None,
    changes: Annotated[
        list[str] | None,
        Taught("--set", metavar="KEY=VALUE", help="Of the student's training: sft.learning_rate=1e-5, tower=null"),
    ] = None,
    seeds: Annotated[str, Taught(help="Each trains a student of every arm.")] = "0,1,2",
    on: Annotated[
        str | None, Asked(metavar="RUN[:SPLIT]", help="Held-out questions; by default what the first run holds out.")
    ] = None,
    limit: Annotated[int | None, Asked(min=1, help="So many questions of each source.")] = None,
    max_tokens: Annotated[int, Asked(min=4, help="Of an answer.")] = 512,
    out: Out = None,
    jobs: JobsAtOnce = None,
    workers: Workers = CORES,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Does this data teach? The same student, trained on each run's SFT rows and on controls, asked the same questions.

    Prints accuracy with intervals over seeds and questions, and a verdict: better, worse, or not distinguishable, and
    what would tell. The findings go to the runs' cards. Killed, the same command goes on.

    Example: mmdata validate runs/quickstart --seeds 0,1,2

    Example: mmdata validate runs/mine runs/other --controls none --on runs/test:rl --model Qwen/Qwen2.5-VL-3B-Instruct
    """
    from mmdata.validation import command

    what = command.validation(
        runs, controls=controls, model=model, steps=steps, changes=changes or (), seeds=seeds, on=on, limit=limit,
        max_tokens=max_tokens,
    )  # fmt: skip
    _carry_out(what, out, jobs, workers, as_json, quiet)


def ablate(
    grid: Annotated[Path, typer.Argument(help="A grid (YAML): a recipe, and what is changed in it.", metavar="GRID")],
    seeds: Annotated[str | None, Taught(help="Instead of the grid's: --seeds 0")] = None,
    steps: Annotated[int | None, Taught(min=1, help="Of each training, instead of the grid's.")] = None,
    changes: Annotated[
        list[str] | None, Taught("--set", metavar="KEY=VALUE", help="Change a key of the grid: held_out.limit=200")
    ] = None,
    out: Out = None,
    jobs: JobsAtOnce = None,
    workers: Workers = CORES,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """What matters in a recipe: every combination of a grid's changes, taught to the same student and compared.

    Teachers, paths a question, filters, mixes: whatever a recipe says can be an axis. Killed, the same command goes on.

    Example: mmdata ablate recipes/validate/paths.yaml --seeds 0
    """
    from mmdata.validation import command

    _carry_out(command.ablation(grid, seeds, steps, changes or ()), out, jobs, workers, as_json, quiet)


def _carry_out(what: Experiment, out: Path | None, jobs: int | None, workers: int, as_json: bool, quiet: bool) -> None:
    from mmdata.progress import Shown
    from mmdata.validation import command

    with interruptible():
        command.run(
            what, out or Path("runs") / "experiments" / what.name, jobs, workers,
            Shown(console(stderr=as_json), quiet or as_json), console(), as_json=as_json,
        )  # fmt: skip
