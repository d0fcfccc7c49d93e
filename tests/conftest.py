"""What most tests need: a small recipe over rows written here, a recording that answers them, and a build of both."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import settings
from rich.console import Console

from mmdata import recipe_file
from mmdata.build import build
from mmdata.progress import Shown
from mmdata.store import Run

# How long an example takes depends on what else the machine does; tests that hang have pytest-timeout.
settings.register_profile("mmdata", deadline=None)
settings.load_profile("mmdata")


def rows(count: int) -> list[dict[str, str]]:
    """Additions: row i asks for i + i."""
    return [{"id": f"q{i:05d}", "question": f"What is {i} + {i}?", "answer": str(2 * i)} for i in range(count)]


def answered(problem_id: str, sample: int, answer: str) -> dict[str, object]:
    """A row of a recording."""
    response = f"<think>Path {sample} adds them.</think><answer>{answer}</answer>"
    return {"problem_id": problem_id, "sample": sample, "response": response}


def write_jsonl(path: Path, lines: list[dict[str, object]] | list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


class Place:
    """A folder with data.jsonl, recording.jsonl and recipe.yaml, and the runs built from them."""

    def __init__(self, folder: Path, count: int = 12, samples: int = 4) -> None:
        self.folder = folder
        write_jsonl(folder / "data.jsonl", rows(count))
        # Sample 0 is right, 1 is wrong, 2 is cut off for even rows, 3 breaks the format for odd ones.
        recorded = []
        for i in range(count):
            for sample in range(samples):
                line = answered(f"adds/q{i:05d}", sample, str(2 * i + (sample == 1)))
                if sample == 2 and i % 2 == 0:
                    line["finish_reason"] = "length"
                if sample == 3 and i % 2:
                    line["response"] = f"The answer is {2 * i}."
                recorded.append(line)
        write_jsonl(folder / "recording.jsonl", recorded)
        self.recipe = {
            "name": "adds",
            "sources": [{
                "use": "files", "name": "adds",
                "options": {
                    "path": "data.jsonl", "license": "CC0-1.0",
                    "columns": {"id": "id", "question": "question", "answer": "answer"},
                },
            }],
            "distill": {
                "samples": samples,
                "teachers": [{"name": "recorded", "model": "test/recorded", "engine": "replay",
                              "path": "recording.jsonl", "see": "text"}],
            },
        }  # fmt: skip

    def build(self, run: str = "run", *, workers: int = 1, until: str = "mix", changes: tuple[str, ...] = ()) -> Run:
        """Build the recipe as it now stands, in a folder of that name."""
        path = self.folder / "recipe.yaml"
        path.write_text(yaml.safe_dump(self.recipe), encoding="utf-8")
        made = Run(self.folder / run)
        self.console = Console(record=True, width=200, file=open("/dev/null", "w"))  # noqa: SIM115
        try:
            self.ran = build(
                recipe_file.load(path, changes=changes), self.folder, made,
                until=until, workers=workers, shown=Shown(self.console, quiet=False),
            )  # fmt: skip
        finally:
            self.console.file.close()
        return made

    def said(self) -> str:
        """What the last build printed."""
        return self.console.export_text()


def tables(run: Run) -> dict[str, str]:
    """sha256 of every parquet file of a run."""
    return {
        str(p.relative_to(run.folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(run.folder.glob("*/*.parquet"))
    }


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def make_place(tmp_path: Path) -> Callable[..., Place]:
    return lambda **kwargs: Place(tmp_path, **kwargs)
