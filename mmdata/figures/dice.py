"""Dice of several colors lying apart: their pips to count, add and compare."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from mmdata.figures import Drawing, Question
from mmdata.figures._canvas import Canvas
from mmdata.figures._words import COLORS, join, options

TITLE = "Dice"
DOMAIN = "counting"
FORMS = {
    "total": (1, 2, 3),
    "color_pips": (1, 2, 3),
    "face": (1, 2, 3),
    "parity": (1, 2),
    "how_many": (2, 3),
    "most": (2, 3),
    "sorted": (2, 3),
    "ends": (2, 3),
    "difference": (2, 3),
    "without": (3,),
    "bottom": (3,),
}
_BODIES = {"white": "#fdfdfb"} | {name: COLORS[name] for name in ("red", "blue", "green", "yellow", "purple", "black")}
_GROUNDS = ("#f4f1e8", "#e3edf3", "#ece4f1", "#e6efe0", "#f6e7db", "#d9d4c7", "#cfdcd6", "#e9e9e9")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six")
_SPOTS = {1: "C", 2: "AI", 3: "ACI", 4: "AGBI", 5: "ABCGI", 6: "ABDFGI"}
"""Where the pips of a face are: A upper left, B upper right, D and F at the sides, G lower left, I lower right."""
_PLACES = {"A": (-1, -1), "B": (1, -1), "C": (0, 0), "D": (-1, 0), "F": (1, 0), "G": (-1, 1), "I": (1, 1)}
_WORDINGS = {
    "total": ("How many pips can be seen in all?", "What is the total number of pips in the picture?"),
    "color_pips": ("How many pips can be seen on the {}?", "Count the pips on the {}. How many are there?"),
    "face": ("Does {} show a {}?", "Is there a {1} on {0}?"),
    "parity": ("Is the total number of pips {}?", "Is the number of all pips together {}?"),
    "how_many": ("How many dice show {}?", "Count the dice that show {}. How many are there?"),
    "most": ("Which of these colors of dice shows the {} pips in all?", "Dice of which color have the {} pips in all?"),
    "sorted": ("List the numbers on all dice from {}.", "Write down what each die shows, sorted from {}."),
    "ends": (
        "What is the {} the highest and the lowest number on the dice?",
        "Find the {} the highest and lowest number.",
    ),
    "difference": (
        "How many more pips are on the {} than on the {}?",
        "By how many do the pips on the {} outnumber those on the {}?",
    ),
    "without": (
        "How many pips are on the dice that are not {}?",
        "Leave out the {} dice. How many pips are on the others?",
    ),
    "bottom": ("How many pips are on the bottom of the {}?", "How many pips are hidden underneath the {}?"),
}


@dataclass(frozen=True, kw_only=True)
class Die:
    """One die, seen from above."""

    color: str
    pips: int
    x: int
    """Of its middle, in pixels; likewise `y`."""
    y: int
    side: int
    turn: int
    """Degrees."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All dice, none of which touch."""

    level: int
    width: int
    height: int
    ground: str
    round: float
    """Radius of the corners, as a part of the side; of the pips likewise `dot`."""
    dot: float
    shadow: int
    dice: tuple[Die, ...]

    def pips(self, color: str = "") -> list[int]:
        """What the dice show, lowest first; of one color if it is given."""
        return sorted(d.pips for d in self.dice if color in ("", d.color))

    @property
    def colors(self) -> list[str]:
        """The colors that there are, in a fixed order."""
        return [color for color in _BODIES if self.pips(color)]


def scene(rng: random.Random, level: int) -> Scene:
    """Dice in different cells of an invisible grid, jittered."""
    across, down, cell = {1: (2, 2, 128), 2: (3, 2, 110), 3: (4, 3, rng.randint(92, 104))}[level]
    count = rng.randint(*{1: (1, 3), 2: (4, 6), 3: (6, 10)}[level])
    # The spread is drawn first, so that neither it nor the highest number can be guessed; some face is always missing.
    spread = rng.randint(2, 5)
    low = rng.randint(1, 6 - spread)
    faces = list(range(low, low + spread + 1))
    if spread == 5:
        faces.remove(rng.randint(2, 5))
    pips = [low, low + spread, *(rng.choice(faces) for _ in range(count - 2))]
    if level == 1:
        pips = [rng.randint(1, 6) for _ in range(count)]
    rng.shuffle(pips)
    palette = rng.sample(list(_BODIES), {1: count, 2: 3, 3: rng.randint(3, 4)}[level])
    colors = [*palette, *(rng.choice(palette) for _ in range(count - len(palette)))]
    if level > 1 and len({sum(n for n, c in zip(pips, colors, strict=True) if c == color) for color in palette}) == 1:
        return scene(rng, level)  # Comparing colors needs two that differ.
    dice = []
    for place, face, color in zip(rng.sample(range(across * down), count), pips, colors, strict=True):
        side = rng.randint(*{1: (64, 84), 2: (52, 70), 3: (42, 60)}[level])
        turn = rng.randint(-12, 12) + rng.choice((0, 90))
        # Half the width of the turned square, and room for its shadow.
        lean = math.radians(turn % 90)
        slack = int(cell / 2 - side / 2 * (math.cos(lean) + math.sin(lean)) - 5)
        x, y = (
            cell * cell_at + cell // 2 + rng.randint(-slack, slack) for cell_at in (place % across, place // across)
        )
        dice.append(Die(color=color, pips=face, x=x, y=y, side=side, turn=turn))
    return Scene(
        level=level,
        width=across * cell,
        height=down * cell,
        ground=rng.choice(_GROUNDS),
        round=rng.choice((0.12, 0.18, 0.24)),
        dot=rng.choice((0.085, 0.095, 0.105)),
        shadow=rng.choice((0, 2, 3)),
        dice=tuple(dice),
    )


def caption(scene: Scene) -> str:
    """What the dice of each color show."""
    head = "The picture shows one die." if len(scene.dice) == 1 else f"The picture shows {len(scene.dice)} dice."
    return " ".join([head, *(_seen(scene, color) for color in scene.colors)])


def labels(scene: Scene) -> Mapping[str, str]:
    """How many dice there are, of how many colors, and their lowest and highest numbers."""
    pips = scene.pips()
    facts = {"dice": len(pips), "colors": len(scene.colors), "lowest": pips[0], "highest": pips[-1]}
    return {name: str(value) for name, value in facts.items()}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    wording = rng.choice(_WORDINGS[form])
    return _ASK[form](scene, wording, rng)


def draw(scene: Scene) -> Drawing:
    """The dice on a plain ground."""
    canvas = Canvas(scene.width, scene.height, scene.ground)
    for die in scene.dice:
        if scene.shadow:
            canvas.polygon(_outline(die, scene.round, scene.shadow), fill="#9b968c")
        edge = "#6d6d6d" if die.color in ("white", "yellow") else "#2b2b2b"
        canvas.polygon(_outline(die, scene.round, 0), fill=_BODIES[die.color], outline=edge, width=1.5)
        dot = "#161616" if die.color in ("white", "yellow") else "#ffffff"
        for spot in _SPOTS[die.pips]:
            x, y = _PLACES[spot]
            canvas.circle(_turned(die, x * 0.27 * die.side, y * 0.27 * die.side), scene.dot * die.side, fill=dot)
    return canvas.done()


def _turned(die: Die, x: float, y: float) -> tuple[float, float]:
    cos, sin = math.cos(math.radians(die.turn)), math.sin(math.radians(die.turn))
    return die.x + x * cos - y * sin, die.y + x * sin + y * cos


def _outline(die: Die, part: float, shift: int) -> list[tuple[float, float]]:
    """A square with rounded corners."""
    radius = part * die.side
    inner = die.side / 2 - radius
    points = []
    for corner, (x, y) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        for step in range(7):
            angle = math.radians(90 * corner + 15 * step)
            at = _turned(die, x * inner + radius * math.cos(angle), y * inner + radius * math.sin(angle))
            points.append((at[0] + shift, at[1] + shift))
    return points


def _seen(scene: Scene, color: str) -> str:
    pips = scene.pips(color)
    dice = "die shows" if len(pips) == 1 else "dice show"
    return f"The {color} {dice} {join([str(n) for n in pips])}."


def _sum(pips: Sequence[int]) -> str:
    return f"{' + '.join(map(str, pips))} = {sum(pips)}."


def _added(scene: Scene, color: str) -> list[str]:
    """What the dice of a color show, and its sum where there are several."""
    pips = scene.pips(color)
    return [_seen(scene, color), *([_sum(pips)] if len(pips) > 1 else [])]


def _dice(scene: Scene, color: str) -> str:
    return f"{color} {'die' if len(scene.pips(color)) == 1 else 'dice'}"


def _number(text: str, answer: int, *steps: str) -> Question:
    return Question(text=text, answer=str(answer), kind="number", steps=steps)


def _yesno(text: str, yes: bool, *steps: str) -> Question:
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)


def _every(scene: Scene) -> list[str]:
    return [_seen(scene, color) for color in scene.colors]


def _total(scene: Scene, wording: str, rng: random.Random) -> Question:
    parts = [sum(scene.pips(color)) for color in scene.colors]
    steps = [step for color in scene.colors for step in _added(scene, color)]
    return _number(wording, sum(parts), *steps, *([f"In all: {_sum(parts)}"] if len(parts) > 1 else []))


def _color_pips(scene: Scene, wording: str, rng: random.Random) -> Question:
    color = rng.choice(scene.colors)
    return _number(wording.format(_dice(scene, color)), sum(scene.pips(color)), *_added(scene, color))


def _face(scene: Scene, wording: str, rng: random.Random) -> Question:
    pips = scene.pips()
    yes = rng.random() < 0.5
    face = rng.choice([n for n in range(1, 7) if (n in pips) == yes])
    text = wording.format("the die" if len(pips) == 1 else "any of the dice", _NUMBERS[face])
    return _yesno(text, yes, *_every(scene), f"So {'at least one die' if yes else 'no die'} shows {face}.")


def _parity(scene: Scene, wording: str, rng: random.Random) -> Question:
    kinds = ("even", "odd") if sum(scene.pips()) % 2 == 0 else ("odd", "even")
    yes = rng.random() < 0.5
    steps = _total(scene, "", rng).steps
    return _yesno(wording.format(kinds[not yes]), yes, *steps, f"{sum(scene.pips())} is {kinds[0]}.")


def _how_many(scene: Scene, wording: str, rng: random.Random) -> Question:
    bound = rng.randint(2, 5)
    sorts = [(f"greater than {bound}", range(bound + 1, 7)), (f"less than {bound}", range(1, bound))]
    what, fits = rng.choice([("even", range(2, 7, 2)), ("odd", range(1, 7, 2)), *sorts])
    found = [n for n in scene.pips() if n in fits]
    asked = f"an {what} number" if what in ("even", "odd") else f"a number {what}"
    listed = f": {join([str(n) for n in found])}" if found else ""
    last = f"{len(found) or 'None'} of these numbers {'is' if len(found) == 1 else 'are'} {what}{listed}."
    return _number(wording.format(asked), len(found), *_every(scene), last)


def _most(scene: Scene, wording: str, rng: random.Random) -> Question:
    sums = {color: sum(scene.pips(color)) for color in scene.colors}
    word, best = rng.choice((("most", max(sums.values())), ("fewest", min(sums.values()))))
    # Colors that are tied are not offered together.
    right = rng.choice([color for color in sums if sums[color] == best])
    shown, letter = options(right, [color for color in sums if sums[color] != best], rng)
    steps = [step for color in sums for step in _added(scene, color)]
    steps.append(
        f"Of the options the {_dice(scene, right)} have the {word} pips, {best}.".replace("die have", "die has")
    )
    return Question(text=wording.format(word), answer=letter, kind="choice", steps=tuple(steps), choices=shown)


def _sorted(scene: Scene, wording: str, rng: random.Random) -> Question:
    up = rng.random() < 0.5
    order = ", ".join(map(str, scene.pips() if up else scene.pips()[::-1]))
    way = "smallest to largest" if up else "largest to smallest"
    steps = (*_every(scene), f"From {way}: {order}.")
    return Question(text=wording.format(way), answer=order, kind="list", steps=steps)


def _ends(scene: Scene, wording: str, rng: random.Random) -> Question:
    low, high = scene.pips()[0], scene.pips()[-1]
    what, sign, found = rng.choice(
        (("difference between", "-", high - low), ("sum of", "+", high + low), ("product of", "×", high * low))
    )
    steps = (f"The highest number is {high} and the lowest is {low}.", f"{high} {sign} {low} = {found}.")
    return _number(wording.format(what), found, *_every(scene), *steps)


def _difference(scene: Scene, wording: str, rng: random.Random) -> Question:
    sums = {color: sum(scene.pips(color)) for color in scene.colors}
    one, two = rng.choice([pair for pair in permutations(sums, 2) if sums[pair[0]] > sums[pair[1]]])
    found = sums[one] - sums[two]
    steps = (*_added(scene, one), *_added(scene, two), f"{sums[one]} - {sums[two]} = {found}.")
    return _number(wording.format(_dice(scene, one), _dice(scene, two)), found, *steps)


def _without(scene: Scene, wording: str, rng: random.Random) -> Question:
    color = rng.choice(scene.colors)
    rest = [other for other in scene.colors if other != color]
    parts = [sum(scene.pips(other)) for other in rest]
    steps = [step for other in rest for step in _added(scene, other)]
    return _number(wording.format(color), sum(parts), *steps, f"Together: {_sum(parts)}")


def _bottom(scene: Scene, wording: str, rng: random.Random) -> Question:
    color = rng.choice(scene.colors)
    pips = scene.pips(color)
    hidden = [7 - n for n in pips]
    name = _dice(scene, color) + (" in all" if len(pips) > 1 else "")
    steps = [_seen(scene, color), *(f"7 - {n} = {7 - n}." for n in dict.fromkeys(pips))]
    steps += [f"On the bottom: {_sum(hidden)}"] if len(hidden) > 1 else []
    return _number(f"Opposite faces of a die add up to 7. {wording.format(name)}", sum(hidden), *steps)


_ASK = {
    "total": _total,
    "color_pips": _color_pips,
    "face": _face,
    "parity": _parity,
    "how_many": _how_many,
    "most": _most,
    "sorted": _sorted,
    "ends": _ends,
    "difference": _difference,
    "without": _without,
    "bottom": _bottom,
}
