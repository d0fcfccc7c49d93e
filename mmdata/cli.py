"""The command line: parse, call, show. Mistakes a user can make end in one or two lines and exit code 2."""

from __future__ import annotations

import os
import sqlite3
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from mmdata import __version__
from mmdata.console import console, interruptible
from mmdata.errors import UserError
from mmdata.evaluation.cli import evaluate
from mmdata.train import cli as train
from mmdata.validation.cli import ablate, validate

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich",
    help="Build verified, licensed, traceable multimodal reasoning datasets from a recipe.\n\n"
    "Start with [bold]mmdata build recipes/quickstart.yaml[/bold], or with your own rows: "
    "[bold]mmdata new my-domain --from data.jsonl[/bold].",
)  # fmt: skip
sources_app = typer.Typer(
    help="The public data sets that mmdata reads.\n\nExample: mmdata sources show easy_vqa", invoke_without_command=True
)
app.add_typer(sources_app, name="sources")
app.add_typer(train.app, name="train")
decontam_app = typer.Typer(
    help="Indexes of benchmarks, which `screen.leaks` keeps out of a corpus: hashes alone.\n\n"
    "Example: mmdata decontam index mathvision --option mathvision.path=copies/mathvision --out mathvision.parquet",
    no_args_is_help=True,
)
app.add_typer(decontam_app, name="decontam")

CORES = os.cpu_count() or 1
RecipeFile = Annotated[Path, typer.Argument(help="A recipe (YAML).", metavar="RECIPE")]
RunFolder = Annotated[Path, typer.Argument(help="A run's folder.", metavar="RUN")]
OfRun = partial(typer.Option, rich_help_panel="For a run")
OfFile = partial(typer.Option, rich_help_panel="For a file of predictions")


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(f"mmdata {__version__}")
        raise typer.Exit


@app.command()
def build(
    recipe: RecipeFile,
    run: Annotated[Path | None, typer.Option(help="The run's folder; by default runs/<the recipe's name>.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Read at most so many rows of each source.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a key: distill.samples=8")
    ] = None,
    stage: Annotated[str, typer.Option(help="Stop after this one: collect, screen, distill, verify, mix.")] = "mix",
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes and threads; the rows are the same.")] = CORES,
    dry_run: Annotated[bool, typer.Option(help="Say what would run, and what is there already.")] = False,
    quiet: Annotated[bool, typer.Option(help="Print nothing but mistakes.")] = False,
) -> None:
    """Make a corpus: collect → screen → distill → verify → mix. Killed or changed, it goes on where it can.

    Example: mmdata build recipes/quickstart.yaml --limit 50 --set distill.samples=8
    """
    from mmdata import recipe_file as recipes
    from mmdata.build import VERBS
    from mmdata.build import build as run_build
    from mmdata.progress import Shown
    from mmdata.store import Run

    if stage not in VERBS:
        raise UserError(f"--stage {stage}: there are {', '.join(VERBS)}")
    what = recipes.load(recipe, changes=changes or (), limit=limit)
    folder = Run(run or Path("runs") / what.name)
    screen = console()
    if dry_run:
        from mmdata import plan

        plan.show(plan.plan(what, recipe.parent, folder, stage), screen)
        return
    with interruptible():
        ran = run_build(what, recipe.parent, folder, until=stage, workers=workers, shown=Shown(screen, quiet))
    if stage == "mix" and (ran or not all((folder.folder / page).exists() for page in ("report.html", "card.md"))):
        from mmdata import card as cards
        from mmdata import report as reports

        reports.write(folder)
        cards.write(folder)
    if not quiet:
        from mmdata import summary

        summary.show(folder, screen)


@app.command()
def verify(
    what: Annotated[Path, typer.Argument(help="A run's folder, or a file (JSONL).", metavar="RUN|PREDICTIONS")],
    write: Annotated[bool, OfRun("--write", help="Replace the verdicts and mix again.")] = False,
    changes: Annotated[Path | None, OfRun(help="List every changed verdict there: .jsonl or .parquet.")] = None,
    kind: Annotated[str | None, OfFile(help="Of lines that name none; by default auto.")] = None,
    extract: Annotated[str | None, OfFile(help="strict, lenient or none; by default lenient.")] = None,
    key: Annotated[
        list[str] | None, OfFile(metavar="NAME=COLUMN", help="What the file calls a key: response=output")
    ] = None,
    out: Annotated[Path | None, OfFile(help="Write each line's verdict there (JSONL).")] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Judging processes.")] = CORES,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Judge again the cached paths of a run, or judge a file of predictions. Nothing is generated.

    Of a run, the changed verdicts are counted by reason; without --write its tables stay as they are. A file of
    predictions has one JSON object a line: response, answer, and where they help id, kind, choices, question,
    extract, finish_reason, metadata.

    Example: mmdata verify runs/quickstart

    Example: mmdata verify predictions.jsonl --kind math --out verdicts.jsonl
    """
    from mmdata import verify_command

    given = {"write": write, "changes": changes, "kind": kind, "extract": extract, "key": key, "out": out}
    with interruptible():
        verify_command.run(
            what, given, workers=workers, as_json=as_json, console=console(), progress=console(stderr=True)
        )


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="What the recipe and its rows are called.")],
    data: Annotated[Path, typer.Option("--from", help="JSONL, CSV, parquet, or a folder of images.")],
    out: Annotated[Path | None, typer.Option(help="The recipe's file; by default NAME.yaml.")] = None,
) -> None:
    """Write a recipe for your own rows; the mapping is guessed from the columns, and said.

    Example: mmdata new my-domain --from data.jsonl
    """
    from mmdata import new as newly

    place = out or Path(f"{name}.yaml")
    if place.exists():
        raise UserError(f"{place} is there already: remove it, or choose another file with --out")
    text, guesses = newly.guess(data, name, place.parent)
    place.write_text(text, encoding="utf-8")
    for guess in guesses:
        typer.echo(guess)
    typer.echo(f"wrote {place}; look it over, then: mmdata build {place}")


@sources_app.callback()
def sources(context: typer.Context) -> None:
    """List the sources: what they are, their licence, what a row asks for.

    Example: mmdata sources
    """
    if context.invoked_subcommand is None:
        from mmdata import catalogue

        catalogue.show_all()


@sources_app.command("show")
def sources_show(
    name: Annotated[str, typer.Argument(help="A source's name.")],
    gallery: Annotated[Path | None, typer.Option(help="Write examples of all it asks there: one page (HTML).")] = None,
    option: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Of the source, for the gallery: figures=5")
    ] = None,
) -> None:
    """One source: licence, options, known quirks, a sample row; or a page of examples of all that it asks.

    Example: mmdata sources show easy_vqa

    Example: mmdata sources show figures --gallery gallery.html
    """
    if gallery is not None:
        from mmdata import gallery as galleries

        typer.echo(galleries.write(name, option or (), gallery))
        return
    if option:
        raise UserError("--option goes with --gallery: a source's options are shown without it")
    from mmdata import catalogue

    catalogue.show_one(name)


@decontam_app.command("index")
def decontam_index(
    source: Annotated[
        list[str], typer.Argument(metavar="SOURCE[:SPLIT]...", help="Sources to read, or one recipe that names them.")
    ],
    out: Annotated[Path, typer.Option(help="The index to write (parquet).")],
    option: Annotated[
        list[str] | None, typer.Option(metavar="SOURCE.KEY=VALUE", help="Of a source: mathvision.path=copies/it")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes that look at images.")] = CORES,
) -> None:
    """Write an index of benchmarks, for a recipe's screen.leaks.indexes: hashes of their questions and images alone.

    Example: mmdata decontam index mathvision math500 --out benchmarks.parquet
    """
    from mmdata import decontam

    wanted, base = decontam.specs(source, option or ())
    with interruptible():
        decontam.index(wanted, base, out, workers)
    decontam.show(out, console())


@decontam_app.command("show")
def decontam_show(
    index: Annotated[Path | None, typer.Argument(help="An index; by default the one that comes with mmdata.")] = None,
) -> None:
    """What an index covers: benchmarks, their revisions, how many questions and images.

    Example: mmdata decontam show
    """
    from mmdata import decontam
    from mmdata.screen.index import PACKAGED

    decontam.show(index or PACKAGED, console())


app.command("eval")(evaluate)
app.command()(validate)
app.command()(ablate)


@app.command()
def explain(run: RunFolder, id: Annotated[str, typer.Argument(help="Of a problem, a trace or an example.")]) -> None:
    """The life of one problem, trace or example across all stages, drop reasons included.

    Example: mmdata explain runs/quickstart easy_vqa/train-0
    """
    from mmdata import explain as explaining
    from mmdata.store import Run

    explaining.show(explaining.explain(Run(run), id), console())


@app.command()
def report(run: RunFolder) -> None:
    """Write the run's report, or an evaluation's: one self-contained page.

    Example: mmdata report runs/quickstart
    """
    from mmdata import report as reports
    from mmdata.store import Run

    folder = Run(run)
    if folder.manifest("results"):
        from mmdata.evaluation import command

        typer.echo(command.again(folder))
        return
    typer.echo(reports.write(folder))


@app.command()
def card(run: RunFolder) -> None:
    """Write the run's dataset card, for the Hub.

    Example: mmdata card runs/quickstart
    """
    from mmdata import card as cards
    from mmdata.store import Run

    typer.echo(cards.write(Run(run)))


def main() -> None:
    """Run the command line; what only the user can mend ends here."""
    try:
        app()
    except UserError as error:
        _stop(str(error))
    except BrokenPipeError:
        sys.exit(1)
    except (OSError, sqlite3.Error) as error:
        # A full disk, a folder that may not be written to: the run holds only whole tables and whole replies.
        where = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
        what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        _stop(f"{what}{where}: mend that and run the same command again; what is finished is kept")


def _stop(message: str) -> None:
    from mmdata.show import printable

    typer.echo(f"error: {printable(message, lines=True)}", err=True)
    sys.exit(2)
