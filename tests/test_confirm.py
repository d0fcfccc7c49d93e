"""When two images are the same picture, to the pixel that matters, and when one is a part of the other."""

import io
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from mmdata.screen import crops
from mmdata.screen.confirm import comparer
from mmdata.screen.crops import fitting, planes, thumb

COLOURS = ("crimson", "navy", "darkgreen", "black", "orange")


def chart(seed: int = 0, value: int | None = None, color: str | None = None) -> Image.Image:
    """Bars with their values; of the third one the value or the colour can be given."""
    rng = random.Random(seed)
    image = Image.new("RGB", (480, 360), "white")
    pen = ImageDraw.Draw(image)
    pen.text((180, 12), "Visitors a day", "black", font_size=18)
    for i in range(6):
        high, fill = rng.randrange(60, 240), rng.choice(COLOURS)
        number = value if i == 2 and value is not None else high
        x = 40 + 70 * i
        pen.rectangle((x, 330 - high, x + 45, 330), fill=color if i == 2 and color else fill, outline="black")
        pen.text((x + 8, 308 - high), str(number), "black", font_size=18)
    return image


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out)


def same(one: Image.Image, other: Image.Image, folder: Path) -> bool:
    for i, image in enumerate((one, other)):
        image.save(folder / f"{i}.png")
    return comparer(lambda place: folder / f"{place}.png")(0, 1)


def marked(image: Image.Image) -> Image.Image:
    ImageDraw.Draw(image).text((410, 340), "scan 7", "#999999", font_size=14)
    return image


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "jpeg": lambda image: jpeg(image, 40),
    "smaller": lambda image: image.resize((300, 225), Image.Resampling.LANCZOS),
    "larger": lambda image: image.resize((720, 540), Image.Resampling.BICUBIC),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.8),
    "pale": lambda image: ImageEnhance.Color(image).enhance(0.6),
    "grey": lambda image: image.convert("L"),
    "margins": lambda image: ImageOps.expand(image, (20, 33, 41, 12), "#dddddd"),
    "mark": marked,
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_is_the_same_picture(tmp_path: Path, kind: str) -> None:
    assert same(chart(), COPIES[kind](chart()), tmp_path)


def test_another_value_or_colour_is_another_picture(tmp_path: Path) -> None:
    assert not same(chart(value=187), chart(value=188), tmp_path)
    assert not same(chart(color="navy"), chart(color="crimson"), tmp_path)
    assert not same(chart(value=187), jpeg(chart(value=138), 60), tmp_path)


def test_what_is_replaced_in_a_corner_is_no_mark(tmp_path: Path) -> None:
    def labelled(text: str) -> Image.Image:
        image = chart()
        ImageDraw.Draw(image).text((420, 336), text, "black", font_size=18)
        return image

    assert not same(labelled("12 m"), labelled("75 m"), tmp_path)


def test_the_same_shape_elsewhere_in_the_same_frame_is_another_picture(tmp_path: Path) -> None:
    def disc(x: int) -> Image.Image:
        image = Image.new("RGB", (200, 200), "white")
        ImageDraw.Draw(image).ellipse((x, 60, x + 70, 130), fill="navy")
        return image

    assert not same(disc(30), disc(45), tmp_path)
    assert same(disc(30), disc(30), tmp_path)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=25)
def test_only_the_very_same_chart_is_the_same(tmp_path_factory: pytest.TempPathFactory, one: int, other: int) -> None:
    folder = tmp_path_factory.mktemp("charts")
    assert same(chart(one), chart(one), folder)
    assert same(chart(one), chart(other), folder) == (one == other)


def fit(one: Image.Image, other: Image.Image) -> float:
    both = [planes(np.frombuffer(thumb(image), np.uint8)[None]) for image in (one, other)]
    return float(fitting(*both)[0])


@pytest.mark.parametrize("box", [(0, 0, 480, 360), (20, 9, 470, 350), (40, 30, 448, 355), (-20, -30, 500, 380)])
def test_a_part_fits_the_whole_and_another_chart_does_not(box: tuple[int, int, int, int]) -> None:
    assert (
        fit(chart().crop(box) if min(box) >= 0 else ImageOps.expand(chart(), (20, 30, 20, 20), "white"), chart()) > 0.95
    )
    assert fit(chart(1).crop(box), chart()) < 0.9


def test_a_thumbnail_is_as_large_as_it_says_and_empty_where_there_is_nothing_to_see() -> None:
    assert len(thumb(chart())) == crops.BYTES
    assert thumb(Image.new("RGB", (300, 200), "teal")) == b""
    assert fit(ImageEnhance.Contrast(chart().convert("L")).enhance(0.9), chart()) > 0.99


@given(st.lists(st.integers(0, 255), min_size=8, max_size=8), st.lists(st.integers(0, 255), min_size=8, max_size=8))
@settings(max_examples=40)
def test_a_fit_is_a_correlation_whatever_is_compared(one: list[int], other: list[int]) -> None:
    both = [planes(np.frombuffer(bytes(side * (crops.BYTES // 8)), np.uint8)[None]) for side in (one, other)]
    found = float(fitting(*both)[0])
    assert -1.0 <= found <= 1.0 + 1e-9
