"""What every student of a seed starts from: a model with random weights, its tokenizer, and a tower that has learnt to
name labels. Made once, of the rows and images of all arms, so that arms differ in nothing but their rows, and pay for
it once.

    python -m mmdata.validation.primer OUT SEED RUN…
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from mmdata import recipe_file
from mmdata.errors import UserError
from mmdata.progress import Shown
from mmdata.step import code
from mmdata.store import Run
from mmdata.train import checkpoint, rows, scratch, start, tower
from mmdata.train.config import Train


def place(runs: Sequence[Run], student: Train, seed: int, out: Path) -> Path:
    """Where in the experiment's folder `out` the start of a seed's students lies: another one, another place."""
    decides = [
        [run.need("sft").digest for run in runs],
        [run.need("screened").digest for run in runs] if student.tower else [],
        student.model_dump(mode="json", include={"scratch", "tower"}), start.versions(),
        code(scratch.__file__, tower.__file__, __file__),
    ]  # fmt: skip
    key = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:8]
    return out / "models" / f"start-{seed}-{key}"


def make(runs: Sequence[Run], out: Path, seed: int) -> None:
    """Write the model that `train.scratch` and `train.tower` of the first run's recipe describe into `out`. Its
    tokenizer learns from the SFT rows of all runs, its tower from their images, or they would favour one of them.

    Raises UserError where there is nothing to train with, or another process makes it.
    """
    work = checkpoint.folder(out)
    with checkpoint.held(work, out.name, Shown(Console(), quiet=True)):
        if not out.exists():
            _make(runs, out, seed)
    checkpoint.gone(work)


def _make(runs: Sequence[Run], out: Path, seed: int) -> None:
    config = start.ready(recipe_file.load(runs[0].folder / "recipe.yaml"), runs[0], out)
    if config.scratch is None:
        raise ValueError("the recipe's students start from a model, not from scratch")
    start.hush()
    from transformers import set_seed

    set_seed(seed)
    processor = scratch.processor(config.scratch, (text for run in runs for text in rows.texts(run)))
    model = scratch.model(config.scratch, processor.tokenizer)
    named: dict[str, float] = {}
    if config.tower:
        labels: dict[str, dict[str, str]] = {}
        files: dict[str, Path] = {}
        for run in runs:
            for image, given in rows.labelled(run).items():
                labels.setdefault(image, {}).update(given)
                files[image] = run.images.path(image)
        named = tower.warm_up(
            model, processor, config.tower, config.scratch, labels, files.__getitem__, seed, lambda: None
        )
    start.write(model, processor, {"tower": named, "seed": seed, "versions": start.versions()}, out)


if __name__ == "__main__":
    try:
        make([Run(Path(folder)) for folder in sys.argv[3:]], Path(sys.argv[1]), int(sys.argv[2]))
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
