"""What every student of a seed starts from: a model with random weights, its tokenizer, and a tower that has learnt to
name labels. Made once, so that arms differ in nothing but their rows, and pay for it once.

    python -m mmdata.validation.primer OUT SEED RUN…
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from mmdata import recipe_file
from mmdata.errors import UserError
from mmdata.store import Run
from mmdata.train import rows, start


def make(runs: Sequence[Run], out: Path, seed: int) -> dict[str, float]:
    """Write the model that `train.scratch` and `train.tower` of the first run's recipe describe into `out`; by label,
    how well its tower names it. The tokenizer learns from the SFT rows of all runs, or it would favour one of them.

    Raises UserError where there is nothing to train with.
    """
    run = runs[0]
    config = start.ready(recipe_file.load(run.folder / "recipe.yaml"), run, out)
    if config.scratch is None:
        raise ValueError("the recipe's students start from a model, not from scratch")
    start.hush()
    from transformers import set_seed

    from mmdata.train import scratch, tower

    set_seed(seed)
    processor = scratch.processor(config.scratch, (text for each in runs for text in rows.texts(each)))
    model = scratch.model(config.scratch, processor.tokenizer)
    named: dict[str, float] = {}
    if config.tower:
        named = tower.warm_up(
            model, processor, config.tower, config.scratch, rows.labelled(run), run.images, seed, lambda: None
        )
    start.write(model, processor, {"tower": named, "seed": seed, "versions": start.versions()}, out)
    return named


if __name__ == "__main__":
    try:
        make([Run(Path(folder)) for folder in sys.argv[3:]], Path(sys.argv[1]), int(sys.argv[2]))
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
