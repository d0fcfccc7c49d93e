"""What the Venn diagram family is made of: topics, the scene, names of regions, steps, overlapping circles."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mmdata.figures._canvas import Point
from mmdata.figures._geometry import polar
from mmdata.figures._words import join

TOPICS = (
    ("students", "play", "do not play", ("soccer", "tennis", "chess", "hockey", "golf", "rugby", "volleyball")),
    ("people", "drink", "do not drink", ("coffee", "tea", "juice", "milk", "cocoa", "water")),
    ("children", "like", "do not like", ("apples", "pears", "plums", "grapes", "cherries", "melons", "figs")),
    ("tourists", "speak", "do not speak", ("French", "Spanish", "German", "Italian", "Polish", "Dutch", "Greek")),
    ("families", "keep", "do not keep", ("cats", "dogs", "birds", "fish", "rabbits", "hens")),
    ("musicians", "play", "do not play", ("piano", "guitar", "violin", "drums", "flute", "cello", "harp")),
    ("guests", "eat", "do not eat", ("rice", "fish", "soup", "salad", "pasta", "cake")),
    ("readers", "read", "do not read", ("novels", "comics", "poems", "plays", "diaries", "essays")),
    ("elements", "are in", "are not in", ("A", "B", "C")), ("numbers", "are in", "are not in", ("P", "Q", "R")),
    ("objects", "are in", "are not in", ("X", "Y", "Z")), ("members", "are in", "are not in", ("K", "L", "M")),
)  # fmt: skip
"""What is counted, a verb, the verb with its `not`, and names of sets."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How many things lie in each region."""

    level: int
    noun: str
    verb: str
    never: str
    """The verb with its `not`."""
    sets: tuple[str, ...]
    counts: tuple[int, ...]
    """By region: the place is the sum of 1, 2 and 4 for the sets that the region lies in."""
    hidden: int
    """The region that is marked x, or -1."""
    radius: int
    apart: float
    """How far the middles of the circles lie from the middle of all, in radii."""
    turned: bool
    spare: tuple[int, int]
    """Pixels between the circles and the frame, across and down."""
    corner: int
    """Where the number outside the circles stands: -1 on the left, 1 on the right."""
    ground: str
    tints: tuple[str, ...]
    ink: str
    size: int
    stroke: float
    titled: bool

    def sum(self, inside: Callable[[int], object]) -> int:
        """How many things lie in the regions that pass."""
        return sum(count for region, count in enumerate(self.counts) if inside(region))


def called(scene: Scene, region: int) -> str:
    """What a region is called."""
    inside = [name for i, name in enumerate(scene.sets) if region >> i & 1]
    if not inside:
        return "neither" if len(scene.sets) == 2 else "none of the three"
    if len(inside) == len(scene.sets):
        return "both" if len(inside) == 2 else "all three"
    return f"only {join(inside)}"


def solved(scene: Scene) -> str:
    """How x follows."""
    rest = " - ".join(str(count) for region, count in enumerate(scene.counts) if region != scene.hidden)
    return f"All regions together are {sum(scene.counts)}: {sum(scene.counts)} - {rest} = {scene.counts[scene.hidden]}."


def added(scene: Scene, inside: Callable[[int], object], name: str) -> list[str]:
    """Steps to the sum of some regions."""
    regions = [region for region in range(len(scene.counts)) if inside(region)]
    steps = [solved(scene).removesuffix(".") + ", which is x."] if scene.hidden in regions else []
    told = [f"{called(scene, region)} {scene.counts[region]}" for region in regions]
    steps.append(f"{name} {join(told)}.")
    if len(regions) > 1:
        steps.append(f"{' + '.join(str(scene.counts[region]) for region in regions)} = {scene.sum(inside)}.")
    return steps


def common(centers: Sequence[Point], radius: float) -> list[Point]:
    """The outline of what the circles share."""
    ring = [polar(center, radius, 3 * k) for center in centers for k in range(120)]
    kept = [spot for spot in ring if all(math.dist(spot, center) <= radius + 0.01 for center in centers)]
    x, y = sum(spot[0] for spot in kept) / len(kept), sum(spot[1] for spot in kept) / len(kept)
    return sorted(kept, key=lambda spot: math.atan2(spot[1] - y, spot[0] - x))


def mixed(tints: Sequence[str]) -> str:
    """The color of overlapping tints."""
    parts = [[int(tint[k : k + 2], 16) for tint in tints] for k in (1, 3, 5)]
    return "#" + "".join(f"{round(255 * math.prod(value / 255 for value in part)):02x}" for part in parts)


def within(place: int) -> Callable[[int], object]:
    """Does a region lie in the set of that place?"""
    return lambda region: region >> place & 1
