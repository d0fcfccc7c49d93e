"""Venn diagrams of two or three sets, with how many things lie in each region."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from mmdata.figures import Drawing, Question, _venn
from mmdata.figures._canvas import Canvas
from mmdata.figures._geometry import polar
from mmdata.figures._venn import Scene
from mmdata.figures._words import join, options

TITLE = "Venn diagram"
DOMAIN = "sets"
FORMS = {
    "only": (1, 2), "both": (1, 2), "neither": (1, 2), "set": (1, 2, 3), "union": (1, 2, 3), "total": (1, 2),
    "biggest": (1, 2), "complement": (2, 3), "one": (2, 3), "difference": (2, 3), "two": (3,), "missing": (3,),
    "check": (1, 2, 3),
}  # fmt: skip
_TINTS = ("#cfe2f7", "#fbd9b8", "#d3efcf", "#e6d6f2", "#f9cfd0", "#fdf0b3", "#c9ece8", "#e3e3e3", "#f7d3e6", "#dbe7c0")
_INKS = ("#1f3f73", "#7a3410", "#215c2c", "#5a2a78", "#333333", "#0b5563", "#8a1f3d")
_GROUNDS = ("#ffffff", "#fbf8f0", "#f4f7fa", "#f8f4fa", "#f5f9f3")


def scene(rng: random.Random, level: int) -> Scene:
    """Two or three sets with different sizes and one largest region."""
    noun, verb, never, words = rng.choice(_venn.TOPICS)
    sets = sorted(rng.sample(words, 3 if level == 3 or (level == 2 and rng.random() < 0.5) else 2))
    rng.shuffle(sets)
    low, high = {1: (1, 20), 2: (3, 60) if len(sets) == 2 else (1, 15), 3: (2, 30)}[level]
    while True:
        counts = [rng.randint(low, high) for _ in range(2 ** len(sets))]
        sizes = {sum(count for region, count in enumerate(counts) if region >> i & 1) for i in range(len(sets))}
        if len(sizes) == len(sets) and sorted(counts)[-1] > sorted(counts)[-2]:
            break
    return Scene(
        level=level, noun=noun, verb=verb, never=never, sets=tuple(sets), counts=tuple(counts),
        hidden=rng.randrange(8) if level == 3 else -1, radius=rng.randint(84, 100),
        apart=rng.uniform(0.56, 0.62) if len(sets) == 3 else rng.uniform(0.55, 0.66), turned=rng.random() < 0.5,
        spare=(rng.randint(40, 60), rng.randint(0, 16)), corner=rng.choice((-1, 1)), ground=rng.choice(_GROUNDS),
        tints=tuple(rng.sample(_TINTS, 3)), ink=rng.choice(_INKS), size=rng.randint(14, 18),
        stroke=rng.choice((1.5, 2, 2.5, 3)), titled=rng.random() < 0.6,
    )  # fmt: skip


def caption(scene: Scene) -> str:
    """The number of each region."""
    told = [
        f"{_venn.called(scene, region)}: {'x' if region == scene.hidden else scene.counts[region]}"
        for region in [*range(1, len(scene.counts)), 0]
    ]
    told[0] = f"O{told[0][1:]}"  # `Only ...`
    whole = f" There are {sum(scene.counts)} {scene.noun} in all." if scene.hidden >= 0 else ""
    shows = f"how many {scene.noun} {scene.verb} {join(scene.sets)}"
    return f"The Venn diagram shows {shows}. {'; '.join(told)}.{whole}"


def labels(scene: Scene) -> Mapping[str, str]:
    """How many sets there are, and whether a number is missing."""
    return {"sets": str(len(scene.sets)), "counts": scene.noun, "missing number": "yes" if scene.hidden >= 0 else "no"}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    noun, verb, sets = scene.noun, scene.verb, scene.sets
    start, every = f"How many {noun} {verb}", 2 ** len(sets) - 1
    i, j = rng.sample(range(len(sets)), 2)
    one, two = sets[i], sets[j]
    others = [name for name in sets if name not in (one, two)]
    letters = len(one) == 1
    if form in ("biggest", "check", "difference"):
        return {"biggest": _biggest, "check": _check, "difference": _difference}[form](scene, rng)
    if form == "only":
        rest = join([n for n in sets if n != one], "or")
        texts = [f"{start} {one} only?", f"{start} {one} but not {rest}?"]
        return _number(scene, rng, texts, lambda region: region == 1 << i)
    if form == "both":
        if others:
            texts = [f"{start} {one} and {two} but not {others[0]}?", f"{start} just {one} and {two}, not {others[0]}?"]
            return _number(scene, rng, texts, lambda region: region == every - (1 << sets.index(others[0])))
        texts = [f"{start} both {one} and {two}?", f"{start} {one} as well as {two}?"]
        texts += [f"How many {noun} does the intersection of {one} and {two} have?"] * letters
        return _number(scene, rng, texts, lambda region: region == every)
    if form == "neither":
        texts = [f"{start} none of {join(sets)}?", f"How many {noun} lie outside all circles?"]
        texts = [f"{start} neither {one} nor {two}?", *texts[1:]] if not others else texts
        return _number(scene, rng, texts, lambda region: region == 0)
    if form == "set":
        texts = [f"{start} {one} (alone or not)?", f"{start} {one} in all?"]
        return _number(scene, rng, texts, _venn.within(i))
    if form == "union":
        if len(sets) == 3 and (scene.level == 2 or rng.random() < 0.5):
            texts = [f"{start} at least one of {join(sets)}?", f"How many {noun} lie in at least one circle?"]
            return _number(scene, rng, texts, lambda region: region > 0)
        texts = [f"{start} {one} or {two} or both?", f"{start} at least one of {one} and {two}?"]
        texts += [f"How many {noun} does the union of {one} and {two} have?"] * letters
        return _number(scene, rng, texts, lambda region: region & (1 << i | 1 << j))
    if form == "total":
        texts = [f"How many {noun} does the diagram count in all?", f"What is the total number of {noun}?"]
        return _number(scene, rng, texts, lambda region: True)
    if form == "complement":
        texts = [f"How many {noun} {scene.never} {one}?"]
        texts += [
            f"How many {noun} does the complement of {one} have?"
            if letters
            else f"How many of the {noun} {scene.never} {one}?"
        ]
        return _number(scene, rng, texts, lambda region: not region >> i & 1)
    if form in ("one", "two"):
        texts = [f"{start} exactly {form} of {join(sets)}?", f"How many {noun} lie in exactly {form} of the circles?"]
        count = 1 if form == "one" else 2
        texts[1] = texts[1].replace("one of the circles", "one circle").replace("two of the circles", "two circles")
        return _number(scene, rng, texts, lambda region: region.bit_count() == count)
    texts = ["What number is x?", "Which number belongs in the region marked x?", f"How many {noun} does x stand for?"]
    text = rng.choice(texts)
    return Question(text=text, answer=str(scene.counts[scene.hidden]), kind="number", steps=(_venn.solved(scene),))


def draw(scene: Scene) -> Drawing:
    """The circles in their frame."""
    r, size, many, (across, down) = scene.radius, scene.size, len(scene.sets), scene.spare
    down_by = 1 if scene.turned else -1
    turns = (180, 0) if many == 2 else tuple(down_by * 90 + 120 * k for k in range(3))
    middles = [polar((0, 0), scene.apart * r, turn) for turn in turns]
    top, low = min(y for _, y in middles) - r - size - 16, max(y for _, y in middles) + r + size + 16
    if many == 2:
        low -= size + 6
    wide = max(x for x, _ in middles) + r + across
    head, foot = 12 + (size + 8) * scene.titled + down, 12 + (size + 8) * (scene.hidden >= 0) + down
    canvas = Canvas(round(2 * wide + 24), round(low - top + head + foot), scene.ground)
    x, y = canvas.width / 2, head - top
    centers = [(x + u, y + v) for u, v in middles]
    canvas.rectangle(12, head, canvas.width - 12, canvas.height - foot, "#ffffff", scene.ink, scene.stroke)
    for center, tint in zip(centers, scene.tints, strict=False):
        canvas.circle(center, r, fill=tint)
    for region in range(3, 2**many):
        if region.bit_count() > 1:
            inside = [i for i in range(many) if region >> i & 1]
            canvas.polygon(_venn.common([centers[i] for i in inside], r), _venn.mixed([scene.tints[i] for i in inside]))
    for center in centers:
        canvas.circle(center, r, outline=scene.ink, width=scene.stroke)
    for center, name in zip(centers, scene.sets, strict=True):
        side = -1 if many == 2 or center[1] < y - 1 else 1
        # Names of neighbors keep apart.
        aside = 0.3 * (center[0] - x) if abs(center[0] - x) > 1 else 0
        place = (center[0] + aside, center[1] + side * (r + size / 2 + 5))
        canvas.text(place, name[:1].upper() + name[1:], size, scene.ink, bold=True)
    for region, count in enumerate(scene.counts):
        words = "x" if region == scene.hidden else str(count)
        if region:
            part = [middles[i] for i in range(many) if region >> i & 1]
            u, v = sum(p[0] for p in part) / len(part), sum(p[1] for p in part) / len(part)
            grow = 1.0 if region == 2**many - 1 else 1.3 if many == 2 else 1.85 if len(part) == 1 else 2.25
            canvas.text((x + grow * u, y + grow * v), words, size, "#111111")
        else:
            bottom = many == 2 or scene.turned
            place = (x + scene.corner * (wide - 26), canvas.height - foot - 18 if bottom else head + 18)
            canvas.text(place, words, size, "#111111")
    if scene.titled:
        title = f"Sets of {scene.noun}" if len(scene.sets[0]) == 1 else f"What {scene.noun} {scene.verb}"
        canvas.text((x, head - size / 2 - 6), title, size, scene.ink)
    if scene.hidden >= 0:
        canvas.text(
            (x, canvas.height - foot + size / 2 + 8), f"{sum(scene.counts)} {scene.noun} in all", size, scene.ink
        )
    return canvas.done()


def _number(scene: Scene, rng: random.Random, texts: Sequence[str], inside: Callable[[int], object]) -> Question:
    """A question for how many things lie in the regions that pass."""
    steps = tuple(_venn.added(scene, inside, "The regions that count:"))
    return Question(text=rng.choice(texts), answer=str(scene.sum(inside)), kind="number", steps=steps)


def _biggest(scene: Scene, rng: random.Random) -> Question:
    names = [_venn.called(scene, region) for region in range(len(scene.counts))]
    best = scene.counts.index(max(scene.counts))
    shown, letter = options(names[best], names, rng)
    texts = (
        f"Which of these regions holds the most {scene.noun}?",
        f"In which of these regions are the most {scene.noun}?",
    )
    told = join([f"{name} {scene.counts[names.index(name)]}" for name in shown])
    steps = (f"The numbers are: {told}.", f"The largest is {max(scene.counts)}, for {names[best]}.")
    return Question(text=rng.choice(texts), answer=letter, kind="choice", steps=steps, choices=shown)


def _pair(scene: Scene, rng: random.Random) -> tuple[int, int, int, int, list[str]]:
    """Two sets, the larger first, with their sizes and the steps to them."""
    sizes = [scene.sum(_venn.within(i)) for i in range(len(scene.sets))]
    i, j = sorted(rng.sample(range(len(sizes)), 2), key=lambda k: -sizes[k])
    steps = [step for k in (i, j) for step in _venn.added(scene, _venn.within(k), f"In {scene.sets[k]}:")]
    return i, j, sizes[i], sizes[j], list(dict.fromkeys(steps))


def _difference(scene: Scene, rng: random.Random) -> Question:
    i, j, more, less, steps = _pair(scene, rng)
    than = f"in {scene.sets[j]}" if scene.verb.endswith("in") else scene.sets[j]
    text = f"How many more {scene.noun} {scene.verb} {scene.sets[i]} than {than}?"
    other = f"By how many {scene.noun} is the set for {scene.sets[i]} larger than the set for {scene.sets[j]}?"
    steps.append(f"{more} - {less} = {more - less}.")
    return Question(text=rng.choice((text, other)), answer=str(more - less), kind="number", steps=tuple(steps))


def _check(scene: Scene, rng: random.Random) -> Question:
    i, j, more, less, steps = _pair(scene, rng)
    yes = rng.random() < 0.5
    first, second = (i, j) if yes else (j, i)
    than = f"in {scene.sets[second]}" if scene.verb.endswith("in") else scene.sets[second]
    start = "Do" if not scene.verb.startswith("are") else "Are"
    text = f"{start} more {scene.noun} {scene.verb.removeprefix('are ')} {scene.sets[first]} than {than}?"
    other = f"Is the set for {scene.sets[first]} larger than the set for {scene.sets[second]}?"
    steps.append(f"{more} > {less}.")
    return Question(text=rng.choice((text, other)), answer="yes" if yes else "no", kind="yesno", steps=tuple(steps))
