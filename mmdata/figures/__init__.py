"""Figures of our own: one family of pictures a file, found by its file name; nothing to register.

A family module has:

- `TITLE`, what the pictures are called, and `DOMAIN`, the domain of its problems;
- `FORMS`: for each question type its name and the levels (1 easy, 2, 3 hard) that ask it;
- `scene(rng, level)`: everything that decides a picture, drawn at random: a frozen dataclass of plain values;
- `caption(scene)`: what the picture shows, in words; every answer can be derived from it;
- `labels(scene)`: a few facts of the picture that take few values each;
- `ask(scene, form, rng)`: one question of that type, with its answer and the steps that lead there;
- `draw(scene)`: the picture. It depends on the scene alone.

Whatever is random comes from the `rng` that is passed in: a figure is a pure function of its key.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, cast

from PIL import Image

LEVELS = (1, 2, 3)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question about a figure."""

    text: str
    """In one of several wordings."""
    answer: str
    """The gold; of a multiple-choice question the letter of the right option."""
    kind: str
    """Which verifier judges it: `number`, `quantity` (a number with its unit), `choice`, `yesno`, `text`, `list`, `set`
    or `math` (an expression)."""
    steps: tuple[str, ...]
    """Whole sentences that lead from what is seen to the answer."""
    choices: tuple[str, ...] = ()
    """Texts of the options, without letters."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """Where some text stands on a picture."""

    text: str
    left: float
    """Pixels from the left edge; likewise the others, y downwards."""
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A picture, and where its texts are."""

    image: Image.Image
    """RGB."""
    texts: tuple[Box, ...]
    """Every text on it, in the picture's pixels."""


class Family(Protocol):
    """The shape of a family module."""

    TITLE: str
    DOMAIN: str
    FORMS: Mapping[str, tuple[int, ...]]

    def scene(self, rng: random.Random, level: int) -> Any: ...
    def caption(self, scene: Any) -> str: ...
    def labels(self, scene: Any) -> Mapping[str, str]: ...
    def ask(self, scene: Any, form: str, rng: random.Random) -> Question: ...
    def draw(self, scene: Any) -> Drawing: ...


@dataclass(frozen=True, kw_only=True)
class Key:
    """What decides a figure, and is its name."""

    family: str
    level: int
    index: int
    seed: int = 0
    split: str = "train"
    attempt: int = 0
    """Counts up where the scene before was one that had been drawn already."""

    def rng(self, purpose: str) -> random.Random:
        """Random numbers that only this key and the purpose decide."""
        return random.Random("\0".join([purpose, *map(str, asdict(self).values())]))


def names() -> list[str]:
    """Every family there is, sorted: the names of the modules beside this one."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(name: str) -> Family:
    """The family module called `name`. Raises KeyError if there is none."""
    if name not in names():
        raise KeyError(name)
    return cast(Family, importlib.import_module(f"{__name__}.{name}"))


def forms(family: str, level: int) -> list[str]:
    """The question types that a level asks, in the family's order."""
    return [form for form, levels in load(family).FORMS.items() if level in levels]


def scene(key: Key) -> Any:
    """The scene of a figure."""
    return load(key.family).scene(key.rng("scene"), key.level)


def fingerprint(scene: Any) -> bytes:
    """8 bytes that tell scenes apart."""
    return hashlib.blake2b(repr(scene).encode(), digest_size=8).digest()


def question(key: Key, scene: Any, form: str) -> Question:
    """The question of one type about a figure."""
    return load(key.family).ask(scene, form, key.rng(f"ask {form}"))


def draw(key: Key) -> Drawing:
    """The picture of a figure."""
    return load(key.family).draw(scene(key))
