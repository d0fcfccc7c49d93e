"""The RL rows of a run as GRPOTrainer takes them: prompt, images, and what the reward asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mmdata.errors import UserError
from mmdata.portion import draw
from mmdata.store import Run
from mmdata.train.rows import opened, parts

if TYPE_CHECKING:
    from datasets import Dataset

KEPT = ("messages", "images", "answer", "answer_kind", "choices", "question", "problem_id", "pass_rate")
SCORED = ("reasoning_gym",)
"""Kinds whose verifier reads the problem's metadata."""


def rl(run: Run, least: int) -> Dataset:
    """The RL split: `prompt`, `images` (where any row has some) and the columns that `Rewarder.judge` wants.

    Raises UserError where there are fewer than `least` rows.
    """
    import datasets

    manifest = run.manifest("rl")
    if manifest is None or not manifest.rows:
        raise UserError(f"{run.folder} has no RL rows: build it with `mix.rl` in its recipe")
    if manifest.rows < least:
        raise UserError(
            f"{run.folder} has {manifest.rows:,} RL rows, and each round asks {least:,}: lower train.rl.questions"
        )
    files = [str(run.folder / "rl" / file["name"]) for file in manifest.files if file["name"].startswith("part-")]
    tables = [datasets.Dataset.from_parquet(file, keep_in_memory=True) for file in files]
    rows = datasets.concatenate_datasets(tables).select_columns(list(KEPT))
    pictured = any(len(names) for names in rows["images"])
    metadata = _metadata(run, rows)

    def shown(batch: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {
            "prompt": [parts(messages) if pictured else messages for messages in batch["messages"]],
            "answer": batch["answer"], "kind": batch["answer_kind"], "choices": batch["choices"],
            "question": batch["question"], "metadata": [metadata.get(name, "") for name in batch["problem_id"]],
        }  # fmt: skip
        if pictured:
            given["images"] = [[opened(run.images.path(name), None) for name in names] for names in batch["images"]]
        return given

    return rows.with_transform(shown)


def in_rounds(rows: Dataset, seed: int, rounds: int, questions: int, *, easy_first: bool) -> Dataset:
    """The rows in the order in which they are asked: so many rounds of so many questions, drawn by the seed, each row
    once before any is asked again.

    A round asks questions with images or questions without, never both: not every processor takes a batch of both.
    `easy_first`: high pass rates come first, rows that nobody was asked last.
    """
    plain = rows.with_format(None)
    names, rates = plain["problem_id"], plain["pass_rate"]
    pictured = [bool(images) for images in plain["images"]]
    wanted = rounds * questions + 2 * (questions - 1)
    order: list[int] = []
    for turn in range(-(-wanted // len(rows))):
        order += sorted(range(len(rows)), key=lambda i: draw(seed, f"round {turn}", names[i]))
    del order[wanted:]
    if easy_first:
        order.sort(key=lambda i: -1.0 if rates[i] is None else rates[i], reverse=True)
    asked: list[int] = []
    waiting: dict[bool, list[int]] = {False: [], True: []}
    for i in order:
        waiting[pictured[i]].append(i)
        if len(waiting[pictured[i]]) == questions:
            asked += waiting[pictured[i]]
            waiting[pictured[i]] = []
    return rows.select(asked[: rounds * questions])


def _metadata(run: Run, rows: Any) -> dict[str, str]:
    """By problem: the metadata that a verifier reads."""
    kinds = zip(rows["problem_id"], rows["answer_kind"], strict=True)
    wanted = {name for name, kind in kinds if kind in SCORED}
    return {p.id: p.metadata for p in run.read("screened") if p.id in wanted} if wanted else {}
