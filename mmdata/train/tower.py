"""Before SFT, the eyes: the vision tower and the connector of a model from scratch learn to name labels of images.

A tower with random weights hardly learns shapes through the language model's loss in a thousand steps; named directly
it takes minutes. The head that names the labels is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mmdata.train.config import Scratch, Tower
from mmdata.train.rows import opened

IGNORED = -100


def warm_up(
    model: Any, processor: Any, config: Tower, shape: Scratch, labels: Mapping[str, Mapping[str, str]],
    place: Callable[[str], Path], seed: int, tick: Callable[[], None],
) -> dict[str, float]:  # fmt: skip
    """Train in place. `labels`: by image, each label's name and value; `place`: an image's file.

    Returns the accuracy of each label on the last tenth of the steps, as it was trained (batches seen then for the
    first or second time).
    """
    import torch

    names = sorted({name for given in labels.values() for name in given})
    values = {name: sorted({given[name] for given in labels.values() if name in given}) for name in names}
    names = [name for name in names if len(values[name]) > 1]
    if not names:
        return {}
    pixels, targets = _data(processor, labels, names, values, place, shape.image_size)
    body, draws = model.model, torch.Generator().manual_seed(seed)
    width = shape.image_tokens * shape.text_hidden
    heads = torch.nn.ModuleList(torch.nn.Linear(width, len(values[name])) for name in names)
    learnt = [*body.vision_model.parameters(), *body.connector.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(learnt, lr=config.learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=config.learning_rate, total_steps=config.steps, pct_start=0.1
    )
    right, seen = torch.zeros(len(names)), torch.zeros(len(names))
    model.train()
    for step in range(config.steps):
        chosen = torch.randint(len(pixels), (config.batch,), generator=draws)
        inputs = (pixels[chosen].float() / 127.5 - 1).unsqueeze(1)
        features = body.get_image_features(inputs, return_dict=True).pooler_output.reshape(len(chosen), width)
        loss = torch.zeros(())
        for i, head in enumerate(heads):
            target = targets[chosen, i]
            if (known := target != IGNORED).any():
                said = head(features)
                loss = loss + torch.nn.functional.cross_entropy(said[known], target[known])
                if step >= 0.9 * config.steps:
                    right[i] += (said[known].argmax(-1) == target[known]).sum()
                    seen[i] += known.sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        schedule.step()
        tick()
    return {name: round(float(right[i] / seen[i]), 4) for i, name in enumerate(names) if seen[i]}


def _data(
    processor: Any, labels: Mapping[str, Mapping[str, str]], names: list[str], values: Mapping[str, list[str]],
    place: Callable[[str], Path], side: int,
) -> tuple[Any, Any]:  # fmt: skip
    """All images as bytes (n, 3, side, side), and the index of each label's value (n, labels)."""
    import numpy as np
    import torch

    order = sorted(labels)
    pixels = torch.empty((len(order), 3, side, side), dtype=torch.uint8)
    targets = torch.full((len(order), len(names)), IGNORED)
    for row, image in enumerate(order):
        picture = np.asarray(opened(place(image), side))
        pixels[row] = torch.from_numpy(picture.copy()).permute(2, 0, 1)
        for column, name in enumerate(names):
            if name in labels[image]:
                targets[row, column] = values[name].index(labels[image][name])
    return pixels, targets
