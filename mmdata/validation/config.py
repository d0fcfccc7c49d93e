"""The grammar of an experiment: what is compared, who is taught, with which budget, and what it is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from mmdata.errors import RecipeError
from mmdata.recipe_file import UniqueKeys, apply
from mmdata.train.config import Scratch, Tower, Train
from mmdata.train.config_sft import TrainSft
from mmdata.train.part import Part

Control = Literal["unverified", "one-path", "random", "answers"]
"""What a run's rows are compared with: see `arms.describe`."""
CONTROLS: tuple[Control, ...] = get_args(Control)
STUDENT = Train(
    scratch=Scratch(), tower=Tower(steps=900, batch=64, learning_rate=1e-3),
    sft=TrainSft(steps=600, batch=32, learning_rate=1e-3, warmup=50),
)  # fmt: skip
"""The tiny vision-language model's architecture with random weights, whose tower learns to name labels first."""
GENTLE = 1e-5
"""The learning rate of a student that starts from a model, unless another is given: usual for fine-tuning."""
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,._+-]{0,39}")


class HeldOut(Part):
    """What every student is asked."""

    run: str = Field(default="", description="A finished run,")
    recipe: str = Field(default="", description="or a recipe, which is built first.")
    split: str = Field(default="eval", description="eval, rl, sft or screened, of that run.")
    limit: int | None = Field(default=None, ge=1, description="So many questions of each source.")
    max_tokens: int = Field(default=512, ge=4, description="Of an answer.")
    engine: Literal["auto", "vllm", "transformers"] = Field(default="auto", description="That students answer on.")

    @model_validator(mode="after")
    def _one(self) -> HeldOut:
        if bool(self.run) == bool(self.recipe):
            raise ValueError("set either run or recipe: where the questions are")
        return self


class Arm(Part):
    """One of the splits that are compared."""

    name: str
    run: str = Field(default="", description="Whose rows; empty: of the experiment's recipe.")
    changes: Mapping[str, Any] = Field(default_factory=dict, description="Keys of the recipe, with dots, and values.")
    control: Control | None = None

    @property
    def words(self) -> list[str]:
        """The changes as `--set` takes them."""
        return [f"{key}={json.dumps(value, default=str)}" for key, value in self.changes.items()]

    @property
    def folder(self) -> str:
        """Its name, as a folder's."""
        return "".join(c if c.isalnum() or c in "._+-" else "-" for c in self.name.replace(", ", "_"))

    @property
    def samples_anew(self) -> bool:
        """Whether a change needs sources read or teachers asked, not only paths judged and mixed anew."""
        return any(key.split(".")[0] not in ("verify", "mix") for key in self.changes)


class Grid(Part):
    """A file for `mmdata ablate`: a recipe, the changes whose every combination is an arm, and the conditions."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    run: str = Field(default="", description="A finished run whose paths are judged and mixed anew,")
    recipe: str = Field(default="", description="or a recipe, which is built, as often as its paths differ.")
    changes: Mapping[str, Any] = Field(default_factory=dict, description="Made to the recipe in every arm.")
    grid: Mapping[str, Mapping[str, Mapping[str, Any]]] = Field(
        description="axis: {label: {key of the recipe: value}}; the key `control` makes it one of a run's controls."
    )
    student: Train = STUDENT
    seeds: tuple[int, ...] = Field(default=(0, 1, 2), min_length=1)
    held_out: HeldOut

    @field_validator("seeds")
    @classmethod
    def _distinct(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) < len(seeds) or min(seeds) < 0:
            raise ValueError("must be distinct, and not negative")
        return seeds

    @field_validator("grid", mode="before")
    @classmethod
    def _words(cls, grid: Any) -> Any:
        """YAML reads the label `4` as a number, `on` as true, and nothing as null."""
        if not isinstance(grid, dict):
            return grid
        for axis in grid.values():
            if isinstance(axis, dict) and any(isinstance(label, bool) for label in axis):
                raise ValueError("YAML reads on, off, yes and no as true and false: put such labels in quotes")
        return {
            str(name): {str(label): {} if cell is None else cell for label, cell in axis.items()}
            if isinstance(axis, dict) else axis
            for name, axis in grid.items()
        }  # fmt: skip

    @field_validator("grid")
    @classmethod
    def _labels(cls, grid: Any) -> Any:
        if not grid or not all(grid.values()):
            raise ValueError("name at least one axis, and a label for each of its cells")
        if wrong := [label for axis in grid.values() for label in axis if not _LABEL.fullmatch(label)]:
            raise ValueError(f"{wrong[0]!r} is no label: letters, digits, spaces and , . _ + -, at most 40")
        return grid

    @model_validator(mode="after")
    def _one(self) -> Grid:
        if bool(self.run) == bool(self.recipe):
            raise ValueError("set either run or recipe: whose rows are compared")
        if self.student.sft.lora is None and self.student.rl.lora is not None:
            raise ValueError("student.rl: students are trained with SFT alone")
        arms = self.arms()
        if self.run and any(arm.samples_anew for arm in arms):
            raise ValueError("of a finished run only verify, mix and control can change: name its recipe instead")
        return self

    def arms(self) -> list[Arm]:
        """Every combination, the first of each axis first. Raises ValueError where one cannot be."""
        found = []
        for cells in product(*(axis.items() for axis in self.grid.values())):
            changes = dict(self.changes)
            for _, cell in cells:
                changes |= cell
            control = changes.pop("control", None)
            if control is not None and control not in CONTROLS:
                raise ValueError(f"control: there are {', '.join(CONTROLS)}, not {control!r}")
            name = ", ".join(label for label, _ in cells)
            found.append(Arm(name=name, run=self.run, changes=changes, control=control))
            if found[-1].folder in [arm.folder for arm in found[:-1]]:
                raise ValueError(f"two arms would lie in the folder {found[-1].folder}: choose other labels")
        return found


def load(path: Path, changes: Sequence[str] = ()) -> Grid:
    """Read a grid; paths in it are relative to its folder. `changes` are `dotted.key=value`, values in YAML.

    Raises RecipeError, with every mistake by its key.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeys)
    except FileNotFoundError:
        raise RecipeError(str(path), ["there is no such file"]) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeError(str(path), [" ".join(str(error).split())]) from None
    if not isinstance(raw, dict):
        raise RecipeError(str(path), ["a grid is a mapping with `name`, `recipe` or `run`, `grid` and `held_out`"])
    problems = [found for change in changes if (found := apply(raw, change))]
    try:
        grid = Grid.model_validate(raw | {"student": student(raw.get("student", {}))})
    except ValidationError as error:
        problems += [said(e) for e in error.errors(include_url=False)]
    if problems:
        raise RecipeError(str(path), problems)
    return grid


def student(given: Any) -> Any:
    """A section `train` with what is not given as in STUDENT. A student that starts from a model has no scratch or
    tower, and learns more gently: it knows something already."""
    if not isinstance(given, dict):
        return given
    told = STUDENT.model_dump(mode="json")
    if given.get("model"):
        told |= {"scratch": None, "tower": None}
        told["sft"] |= {"learning_rate": GENTLE}
    both = {
        key: {**told[key], **given[key]} for key in ("scratch", "tower", "sft")
        if isinstance(told[key], dict) and isinstance(given.get(key), dict)
    }  # fmt: skip
    return {**told, **given, **both}


def said(error: Any) -> str:
    """A mistake that pydantic found, by its key."""
    place = ".".join(str(part) for part in error["loc"]) or "it"
    return f"{place}: {error['msg'].removeprefix('Value error, ')}"
