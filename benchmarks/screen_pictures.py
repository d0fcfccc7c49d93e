"""Pictures for `screen.py`: how a copy of a picture may look, and pictures that only look like copies.

Nothing here knows how screening works. Every change takes a picture and random numbers and answers an image file.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from mmdata import figures

Change = Callable[[Image.Image, random.Random], bytes]
VISIBLE = 12
"""Pixels that must differ clearly before two pictures count as different."""


def png(image: Image.Image) -> bytes:
    """A PNG file."""
    return saved(image, "PNG")


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    """An image file of some format."""
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def jpeg(low: int, high: int) -> Change:
    """JPEG of a quality between the two."""
    return lambda image, rng: saved(image, "JPEG", quality=rng.randint(low, high))


def webp(image: Image.Image, rng: random.Random) -> bytes:
    return saved(image, "WEBP", quality=rng.randint(40, 90))


def resized(low: float, high: float) -> Change:
    """Both sides by one factor between the two."""

    def change(image: Image.Image, rng: random.Random) -> bytes:
        return png(_scaled(image, rng.uniform(low, high), rng))

    return change


def _scaled(image: Image.Image, factor: float, rng: random.Random) -> Image.Image:
    how = rng.choice((Image.Resampling.LANCZOS, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC))
    return image.resize((round(image.width * factor), round(image.height * factor)), how)


def enhanced(kind: Callable[[Image.Image], ImageEnhance._Enhance], low: float, high: float) -> Change:
    """Brightness, contrast or saturation: at least a tenth of the way to either bound."""

    def change(image: Image.Image, rng: random.Random) -> bytes:
        bound, least = (low, 0.9) if rng.random() < 0.5 else (high, 1.1)
        return png(kind(image).enhance(rng.uniform(min(bound, least), max(bound, least))))

    return change


def gamma(image: Image.Image, rng: random.Random) -> bytes:
    power = rng.choice((rng.uniform(0.7, 0.9), rng.uniform(1.1, 1.4)))
    return png(image.point([round(255 * (v / 255) ** power) for v in range(256)] * 3))


def grey(image: Image.Image, rng: random.Random) -> bytes:
    return png(image.convert("L"))


def margins(image: Image.Image, rng: random.Random) -> bytes:
    """A border of one colour on each side, of 2 to 12 % of it."""
    w, h = image.size
    border = tuple(round(side * rng.uniform(0.02, 0.12)) for side in (w, h, w, h))
    edge = "#{:02x}{:02x}{:02x}".format(*image.convert("RGB").tobytes()[:3])
    colour = rng.choice(("white", "white", "black", "#e8e8e8", edge))
    return png(ImageOps.expand(image, border, colour))


def watermark(image: Image.Image, rng: random.Random) -> bytes:
    """A few grey letters in a corner, at most a sixth of the width and a fourteenth of the height."""
    made = image.copy()
    size = max(7, image.height // 22)
    text = rng.choice(("© edu", "quiz.io", "page 7", "scan"))
    pen = ImageDraw.Draw(made, "RGBA")
    left, top, right, bottom = pen.textbbox((0, 0), text, font_size=size)
    while right - left > image.width / 6 and size > 6:
        size -= 1
        left, top, right, bottom = pen.textbbox((0, 0), text, font_size=size)
    x = rng.choice((3, image.width - (right - left) - 3))
    y = rng.choice((3, image.height - (bottom - top) - 3))
    pen.text((x - left, y - top), text, (120, 120, 120, 190), font_size=size)
    return png(made)


def screenshot(image: Image.Image, rng: random.Random) -> bytes:
    """Smaller, on a white margin, as JPEG."""
    small = _scaled(image, rng.uniform(0.6, 0.9), rng)
    return saved(ImageOps.expand(small, round(small.width * rng.uniform(0.03, 0.08)), "white"), "JPEG", quality=70)


def flipped(image: Image.Image, rng: random.Random) -> bytes:
    return png(rng.choice((ImageOps.mirror, ImageOps.flip))(image))


def rotated(image: Image.Image, rng: random.Random) -> bytes:
    turn = rng.choice((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270))
    return png(image.transpose(turn))


def cropped(low: float, high: float) -> Change:
    """Every side cut by a share between the two."""

    def change(image: Image.Image, rng: random.Random) -> bytes:
        w, h = image.size
        left, top, right, bottom = (rng.uniform(low, high) for _ in range(4))
        return png(image.crop((round(w * left), round(h * top), round(w * (1 - right)), round(h * (1 - bottom)))))

    return change


COPIES: Mapping[str, Change] = {
    "JPEG, quality 30–49": jpeg(30, 49), "JPEG, quality 50–74": jpeg(50, 74), "JPEG, quality 75–95": jpeg(75, 95),
    "WEBP": webp, "resized to 50–90 %": resized(0.5, 0.9), "resized to 110–200 %": resized(1.1, 2.0),
    "brightness": enhanced(ImageEnhance.Brightness, 0.75, 1.15), "contrast": enhanced(ImageEnhance.Contrast, 0.7, 1.3),
    "saturation": enhanced(ImageEnhance.Color, 0.4, 1.6), "gamma": gamma, "grey copy": grey, "margins": margins,
    "watermark": watermark, "screenshot": screenshot,
}  # fmt: skip
"""Changes that leave the problem what it is."""
TURNED: Mapping[str, Change] = {"flipped": flipped, "rotated": rotated}
CROPPED: Mapping[str, Change] = {"cropped 1–4 %": cropped(0.01, 0.04), "cropped 4–10 %": cropped(0.04, 0.10)}
"""With `TURNED`: what only who looks for benchmark leaks must see through."""


def differ(one: Image.Image, other: Image.Image) -> bool:
    """Would a person who looks closely tell them apart?"""
    if one.size != other.size:
        return True
    gap = np.abs(np.asarray(one.convert("RGB"), np.int16) - np.asarray(other.convert("RGB"), np.int16)).max(axis=2)
    return int((gap > 48).sum()) >= VISIBLE


def one_value_changed(key: figures.Key, image: Image.Image, rng: random.Random) -> Image.Image | None:
    """The same figure in the same style with one number, colour or name changed, so that its caption changes; None
    where no such change was found."""
    family, scene = figures.load(key.family), figures.scene(key)
    caption, leaves = family.caption(scene), list(_leaves(scene, (), ""))
    rng.shuffle(leaves)
    for path, name, value in leaves[:150]:
        texts = sorted({v for _, n, v in leaves if n == name and isinstance(v, str) and v != value})
        others = [value - 1, value + 1] if type(value) is int else texts if isinstance(value, str) else []
        if not others:
            continue
        try:
            other = _with(scene, path, rng.choice(others))
            if family.caption(other) != caption and differ(found := family.draw(other).image, image):
                return found if found.size == image.size else None
        except Exception:  # a scene that no figure has: the families promise nothing about those
            continue
    return None


def _leaves(value: Any, path: tuple[Any, ...], name: str) -> Iterator[tuple[tuple[Any, ...], str, Any]]:
    """Every plain value in a scene: where it is, the field it belongs to, and itself. Styles are left alone."""
    if is_dataclass(value):
        for each in fields(value):
            if each.name not in ("style", "topic", "level", "width", "height"):
                yield from _leaves(getattr(value, each.name), (*path, each.name), each.name)
    elif isinstance(value, tuple):
        for i, each in enumerate(value):
            yield from _leaves(each, (*path, i), name)
    else:
        yield path, name, value


def _with(value: Any, path: tuple[Any, ...], leaf: Any) -> Any:
    if not path:
        return leaf
    at, *rest = path
    if isinstance(at, int):
        return (*value[:at], _with(value[at], tuple(rest), leaf), *value[at + 1 :])
    return replace(value, **{at: _with(getattr(value, at), tuple(rest), leaf)})


def one_colour_changed(image: Image.Image, rng: random.Random) -> Image.Image | None:
    """Every pixel of the most frequent strong colour in another hue, as bright as before; None without colours."""
    pixels = np.asarray(image.convert("RGB"), np.float32)
    strong = pixels.max(axis=2) - pixels.min(axis=2) > 80
    colours, counts = np.unique(np.asarray(image.convert("RGB"))[strong], axis=0, return_counts=True)
    if not len(colours) or counts.max() < 4 * VISIBLE:
        return None
    colour = colours[counts.argmax()].astype(np.float32)
    weights = np.array((0.299, 0.587, 0.114), np.float32)
    other = np.roll(colour, rng.choice((1, 2)))
    other = np.clip(other * (colour @ weights) / max(other @ weights, 1.0), 0, 255)
    near = np.abs(pixels - colour).max(axis=2) < 24
    changed = np.where(near[..., None], other, pixels).round().astype(np.uint8)
    found = Image.fromarray(changed)
    return found if differ(found, image) else None


def board(order: tuple[int, ...], colours: tuple[str, str]) -> Image.Image:
    """A sliding puzzle: 15 numbered tiles and a gap."""
    image = Image.new("RGB", (320, 320), "#f4f1ea")
    pen = ImageDraw.Draw(image)
    for i, tile in enumerate(order):
        x, y = 10 + i % 4 * 76, 10 + i // 4 * 76
        if tile:
            pen.rounded_rectangle((x, y, x + 70, y + 70), 8, colours[tile % 2], "#333333", 2)
            pen.text((x + 35, y + 35), str(tile), "#ffffff", font_size=30, anchor="mm")
    return image


def frames(count: int, rng: random.Random) -> list[Image.Image]:
    """Consecutive frames of one sliding puzzle: a tile moves from each to the next, and none comes twice."""
    order, seen = list(range(16)), set[tuple[int, ...]]()
    rng.shuffle(order)
    while len(seen) < count:
        gap = order.index(0)
        near = [gap + d for d in (-4, 4)] + [gap + d for d in (-1, 1) if (gap + d) // 4 == gap // 4]
        at = rng.choice([n for n in near if 0 <= n < 16])
        order[gap], order[at] = order[at], 0
        seen.add(tuple(order))
    states = sorted(seen, key=lambda state: rng.random())
    return [board(state, ("#3b6ea5", "#a5523b")) for state in states]


def puzzles(count: int, rng: random.Random) -> list[tuple[Image.Image, str]]:
    """Different pictures of one puzzle and their answers: coloured numbers in a ring, one of them to be found."""
    names = {"red": "#d63a3a", "green": "#3a9a4a", "blue": "#3a5ad6", "purple": "#8a3ab0", "orange": "#e08a20"}
    made: dict[tuple[tuple[str, int], ...], tuple[Image.Image, str]] = {}
    while len(made) < count:
        hidden = rng.randint(1, 9)
        cells = ((rng.choice(list(names)), 0), *((rng.choice(list(names)), rng.randint(1, 9)) for _ in range(5)))
        image = Image.new("RGB", (360, 360), "white")
        pen = ImageDraw.Draw(image)
        for i, (colour, number) in enumerate(cells):
            x, y = 180 + 120 * math.cos(i * math.pi / 3), 180 + 120 * math.sin(i * math.pi / 3)
            pen.ellipse((x - 45, y - 45, x + 45, y + 45), names[colour], "black", 2)
            pen.text((x, y), str(number or "?"), "white", font_size=36, anchor="mm")
        made.setdefault(cells, (image, str(hidden)))
    return list(made.values())
