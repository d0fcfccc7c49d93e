"""The command line of `mmdata eval`. Imported by `mmdata.cli`: nothing heavy is imported before the command runs."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from mmdata.console import console, interruptible

CORES = os.cpu_count() or 1
Asked = partial(typer.Option, rich_help_panel="What is asked")
How = partial(typer.Option, rich_help_panel="How it is asked")
Told = partial(typer.Option, rich_help_panel="What comes out")


def evaluate(
    model: Annotated[
        str, typer.Argument(help="A folder, a Hub id, or a run that a model was trained on.", metavar="MODEL|RUN")
    ],
    on: Annotated[
        list[str] | None,
        Asked(
            metavar="RUN[:SPLIT]|SOURCE[:SPLIT]|RECIPE",
            help="What a run holds out (or its sft, rl, screened), a source's test split, a recipe's sources. "
            "May be there several times: --on runs/mine --on math500",
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        Asked(metavar="SOURCE.KEY=VALUE", help="Of a source: --option mathvision.path=copies/mathvision"),
    ] = None,
    modality: Annotated[str, Asked(help="any; or image or text, questions with or without images alone.")] = "any",
    limit: Annotated[
        int | None,
        Asked(min=1, help="So many questions of each source, drawn by a hash of --seed and their ids: --limit 200"),
    ] = None,
    seed: Annotated[int, Asked(min=0, help="Of that choice, and of drawn answers.")] = 0,
    engine: Annotated[str, How(help="auto, vllm, transformers, openai or replay, as a teacher's.")] = "auto",
    base_url: Annotated[str | None, How(help="Of an OpenAI-compatible server: http://localhost:8000/v1")] = None,
    recording: Annotated[Path | None, How(help="For the engine replay: a recording (JSONL).")] = None,
    system: Annotated[
        str | None,
        How(help="The system message, '' for none; by default the one of the run's own rows, else the standard one."),
    ] = None,
    answer_format: Annotated[str, How("--format", help="How an answer is read: strict or lenient.")] = "lenient",
    max_tokens: Annotated[int, How(min=4, help="Of an answer.")] = 4096,
    max_model_len: Annotated[
        int | None, How(min=64, help="Tokens of prompt and answer; by default the model's.")
    ] = None,
    samples: Annotated[
        int,
        How(min=0, max=1024, help="Further answers to each question, drawn at --temperature, for pass@k: --samples 8"),
    ] = 0,
    temperature: Annotated[float, How(min=0.01, max=5.0, help="Of the drawn answers; all others are greedy.")] = 1.0,
    budget_told: Annotated[
        bool, How("--budget-told", help="Ask also with half and a quarter of the tokens, and say so to the model.")
    ] = False,
    blind: Annotated[bool, How(" /--no-blind", show_default=False, help="Ask no question without its images.")] = True,
    out: Annotated[Path | None, Told(help="The results' folder; by default runs/eval/MODEL-on-QUESTIONS.")] = None,
    against: Annotated[Path | None, Told(help="Another model's results, to compare question by question.")] = None,
    html: Annotated[Path | None, Told(help="The page; by default report.html in the results' folder.")] = None,
    as_json: Annotated[bool, Told("--json", help="Print the summary as JSON.")] = False,
    quiet: Annotated[bool, Told(help="Print nothing but mistakes.")] = False,
    workers: Annotated[int, Told(min=1, max=256, help="Judging processes; the results are the same.")] = CORES,
) -> None:
    """How well a model answers: what a run holds out, and benchmarks, with intervals and the blind baseline.

    Answers are kept: killed or changed, it goes on where it can. Of a run that a model was trained on, that model is
    asked what the run holds out.

    Example: mmdata eval runs/mine/models/sft-0 --on runs/mine --on math500 --limit 200

    Example: mmdata eval Qwen/Qwen2.5-VL-3B-Instruct --on mathvista --samples 8 --against runs/eval/other-on-mathvista
    """  # fmt: skip
    from mmdata.errors import UserError
    from mmdata.evaluation import command
    from mmdata.progress import Shown

    if answer_format not in ("strict", "lenient"):
        raise UserError(f"--format {answer_format}: there are strict and lenient")
    how = {
        "engine": engine, "base_url": base_url, "path": None if recording is None else str(recording),
        "format": answer_format, "max_tokens": max_tokens, "max_model_len": max_model_len, "samples": samples,
        "temperature": temperature, "tell": budget_told, "blind": blind,
    }  # fmt: skip
    given = command.Given(
        on=on or (), options=option or (), modality=modality, limit=limit, seed=seed, system=system, how=how, out=out,
        html=html, against=against, workers=workers,
    )  # fmt: skip
    with interruptible():
        command.run(
            model, given, Shown(console(stderr=as_json), quiet or as_json), console(), as_json=as_json
        )  # fmt: skip
