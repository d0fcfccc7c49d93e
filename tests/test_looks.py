"""That copies of an image look alike, that others do not, and that both are found among many."""

import hashlib
import io
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from mmdata import figures
from mmdata.screen import looks

SAME = 0.97


def figure(family: str, index: int = 0) -> Image.Image:
    return figures.draw(figures.Key(family=family, level=2, index=index)).image


def scene() -> Image.Image:
    """Coloured shapes on white, in no symmetry."""
    image = Image.new("RGB", (320, 240), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 30, 150, 90), fill="navy")
    draw.ellipse((180, 60, 300, 200), fill="orange", outline="black", width=3)
    draw.line((30, 210, 200, 120), fill="green", width=6)
    return image


def array(*images: Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.frombuffer(b"".join(looks.look(image) for image in images), np.uint8).reshape(len(images), looks.BYTES)


def alike(one: Image.Image, other: Image.Image) -> float:
    return float(looks.similarity(array(one), array(other))[0])


def saved(image: Image.Image, form: str, **how: object) -> Image.Image:
    out = io.BytesIO()
    image.save(out, form, **how)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def marked(image: Image.Image) -> Image.Image:
    copy = image.copy()
    wide, high = image.size
    ImageDraw.Draw(copy).rectangle((wide - wide // 7, high - high // 18, wide - 3, high - 3), fill=(200, 60, 60))
    return copy


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG of quality 30": lambda image: saved(image, "JPEG", quality=30),
    "WEBP": lambda image: saved(image, "WEBP", quality=50),
    "half its size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "twice its size": lambda image: image.resize((image.width * 2, image.height * 2)),
    "another shape": lambda image: image.resize((image.width, image.height * 9 // 10)),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.85),
    "less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.8),
    "paler": lambda image: ImageEnhance.Color(image).enhance(0.5),
    "grey": lambda image: image.convert("L"),
    "with margins": lambda image: ImageOps.expand(image, 40, "white"),
    "with margins on two sides": lambda image: ImageOps.expand(image, (0, 0, 60, 30), "white"),
    "with a mark in a corner": marked,
}


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("family", ["scene", "bar", "pie", "triangle"])
def test_a_copy_looks_the_same(family: str, copy: str) -> None:
    image = scene() if family == "scene" else figure(family)
    assert alike(image, COPIES[copy](image)) >= SAME


@pytest.mark.parametrize(
    "family", ["bar", "clock", "counting", "dice", "line", "pie", "scatter", "table", "triangle", "grid", "pattern"]
)
def test_another_figure_of_the_same_template_does_not(family: str) -> None:
    seen = array(*(figure(family, index) for index in range(4)))
    one, other = np.triu_indices(4, 1)
    assert (looks.similarity(seen[one], seen[other]) < SAME).all()


def test_colours_that_are_equally_light_are_told_apart_and_a_grey_copy_is_not() -> None:
    red, green = (Image.new("RGB", (200, 200), "white") for _ in range(2))
    for image, color in ((red, (255, 0, 0)), (green, (0, 130, 0))):
        ImageDraw.Draw(image).rectangle((30, 30, 90, 160), fill=color)
        ImageDraw.Draw(image).rectangle((110, 60, 170, 120), fill="blue")
    assert np.abs(np.asarray(red.convert("L"), int) - np.asarray(green.convert("L"), int)).max() <= 1
    assert alike(red, green) < SAME
    assert alike(red, red.convert("L")) >= SAME


def test_the_same_shape_in_another_place_is_another_picture() -> None:
    left, right = (Image.new("RGB", (200, 200), "white") for _ in range(2))
    ImageDraw.Draw(left).ellipse((20, 20, 80, 80), fill="black")
    ImageDraw.Draw(right).ellipse((110, 90, 170, 150), fill="black")
    assert alike(left, right) < SAME


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_where_nothing_is_to_be_seen_there_is_no_look(mode: str) -> None:
    assert looks.look(Image.new(mode, (64, 64), "white")) == b""
    assert len(looks.look(scene().convert(mode))) == looks.BYTES


def test_a_turned_copy_has_the_look_that_turning_gives() -> None:
    image = scene()
    turned = looks.turns(array(image))
    assert turned.shape == (len(looks.TURNS), 1, looks.BYTES)
    assert (turned[0] == array(image)).all()
    for sign, whole in enumerate((image, ImageOps.invert(image))):
        for mirror, side in enumerate((whole, ImageOps.mirror(whole))):
            for quarters in range(4):
                copy = side.rotate(90 * quarters, expand=True)
                at = 8 * sign + 4 * mirror + quarters
                similar = looks.similarity(turned[:, 0], np.repeat(array(copy), len(turned), 0))
                assert similar[at] >= SAME, looks.TURNS[at]
                assert similar.argmax() == at


def test_a_look_is_the_same_everywhere() -> None:
    assert hashlib.sha256(looks.look(scene())).hexdigest()[:16] == "f4745be9ed9ebe61"


@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 2**32), st.booleans())
@settings(max_examples=40)
def test_any_image_has_a_look_or_none_and_is_like_itself(width: int, height: int, seed: int, flat: bool) -> None:
    noise = np.random.default_rng(seed).integers(0, 2 if flat else 256, (height, width, 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    seen = looks.look(image)
    assert len(seen) in (0, looks.BYTES)
    assert not seen or alike(image, image) == 1.0


def many(count: int, seed: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Looks that have nothing in common."""
    found = np.random.default_rng(seed).integers(0, 256, (count, looks.BYTES), dtype=np.uint8)
    found[:, -4:] = 0
    return found


def nudged(rows: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """The same looks with one level changed by one step."""
    copy = rows.copy()
    copy[:, 40] ^= 1
    return copy


def test_all_pairs_are_found_and_no_others() -> None:
    alone = many(3_000)
    rows = np.concatenate([alone, nudged(alone[100:200]), alone[:5], np.zeros((3, looks.BYTES), np.uint8)])
    found = {(int(a), int(b)) for i, j, _ in looks.pairs(rows, SAME) for a, b in zip(i, j, strict=True)}
    assert found == {(100 + k, 3_000 + k) for k in range(100)} | {(k, 3_100 + k) for k in range(5)}


def test_looks_that_are_equal_are_paired_with_the_first_alone() -> None:
    rows = np.repeat(many(2), 4, axis=0)
    pairs = [(i.tolist(), j.tolist(), s.tolist()) for i, j, s in looks.pairs(rows, 1.0) if len(i)]
    assert pairs == [([0, 0, 0, 4, 4, 4], [1, 2, 3, 5, 6, 7], [1.0] * 6)]
    assert [len(i) for i, _, _ in looks.pairs(rows[:0], SAME)] == [0]


def test_of_small_sets_every_pair_is_compared() -> None:
    rows = array(*(figure("clock", index) for index in range(8)))
    one, other = np.triu_indices(8, 1)
    similar = looks.similarity(rows[one], rows[other])
    expected = sorted(zip(one[similar >= 0.9].tolist(), other[similar >= 0.9].tolist(), strict=True))
    assert [(int(a), int(b)) for i, j, _ in looks.pairs(rows, 0.9) for a, b in zip(i, j, strict=True)] == expected


def test_each_query_is_given_what_is_most_like_it() -> None:
    index = many(2_000, seed=1)
    queries = np.concatenate([nudged(index[7:9]), index[7:8], many(3, seed=2), np.zeros((1, looks.BYTES), np.uint8)])
    rows, similar = looks.matches(queries, index, SAME)
    assert rows.tolist() == [7, 8, 7, -1, -1, -1, -1]
    assert similar[2] == 1.0
    assert (similar[:2] >= SAME).all()
    assert (similar[3:] == 0).all()
    assert looks.matches(queries, index[:0], SAME)[0].tolist() == [-1] * 7
