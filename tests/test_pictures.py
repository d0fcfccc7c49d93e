"""What is found out about an image, and that no image, however made, costs more than its bounds."""

import io
import json
import struct
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from mmdata.images import ImageStore, check_image
from mmdata.recipe import Screen
from mmdata.screen.inspection import inspect, kind_of
from mmdata.screen.pictures import inspected, pictures
from mmdata.screen.processors import PROCESSORS, tokens
from mmdata.types import Picture, Problem

LIMITS = Screen()
PHOTO = Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)).resize((96, 72))


def encoded(image: Image.Image = PHOTO, form: str = "PNG", **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def plain(width: int, height: int) -> bytes:
    return encoded(Image.new("RGB", (width, height), "red"))


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *chunks: bytes, body: bytes = b"") -> bytes:
    """A PNG of any header, whatever its body holds."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    middle = b"".join(chunks) + chunk(b"IDAT", zlib.compress(body))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + middle + chunk(b"IEND", b"")


def oriented(turn: int, form: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = turn
    return encoded(form=form, exif=exif)


def several(form: str) -> bytes:
    frames = [Image.new("RGB", (64, 64), color) for color in ("red", "blue", "green")]
    return encoded(frames[0], form, save_all=True, append_images=frames[1:])


def webp(width: int, height: int) -> bytes:
    """A WEBP whose header promises many pixels."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0" * 4 + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def found(folder: Path, image: bytes, limits: Screen = LIMITS) -> Picture:
    store = ImageStore(folder)
    return inspect(store.put(image), store, limits)


@pytest.mark.parametrize(
    ("image", "reason", "detail"),
    [
        (plain(27, 500), "image_too_small", "27×500"),
        (plain(28, 28 * 200 + 1), "image_aspect", "28×5601"),
        (png(0, 64), "undecodable_image", ""),
        (png(30_000, 30_000), "image_bomb", "30000×30000"),
        (png(2**31 - 1, 2**31 - 1), "image_bomb", ""),
        (webp(16_384, 16_384), "image_bomb", "16384×16384"),
        (encoded(form="BMP")[:18] + struct.pack("<ii", 30_000, 30_000) + encoded(form="BMP")[26:], "image_bomb", ""),
        (encoded(form="GIF")[:6] + struct.pack("<HH", 30_000, 30_000) + encoded(form="GIF")[10:], "image_bomb", ""),
        (png(64, 64), "undecodable_image", ""),
        (encoded()[:-400], "undecodable_image", "truncated"),
        (encoded(form="JPEG")[:-400], "undecodable_image", "truncated"),
        (encoded(form="WEBP")[:-40], "undecodable_image", ""),
        (encoded(form="TIFF")[:200], "undecodable_image", ""),
        (b"\x89PNG\r\n\x1a\n", "undecodable_image", ""),
        (several("GIF"), "animated_image", ""),
        (several("WEBP"), "animated_image", ""),
        (several("PNG"), "animated_image", ""),
        (several("TIFF"), "animated_image", ""),
        (encoded(Image.new("F", (64, 64)), "TIFF"), "undecodable_image", "floating-point"),
        (encoded(Image.new("I", (64, 64), 70_000), "TIFF"), "undecodable_image", "16 bits"),
        (png(64, 64, chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(2**26))), body=bytes(64 * 193)),
         "undecodable_image", "Decompressed data too large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made -->\n<svg/>", "not_an_image", "SVG"),
        (b"<!DOCTYPE html><html>404</html>", "not_an_image", "HTML"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n", "not_an_image", "EPS"),
        (b"%PDF-1.7\n", "not_an_image", "PDF"),
        (b'{"error": "rate limited"}', "not_an_image", "JSON"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "not_an_image", "Git LFS"),
        (b"\0" * 1000, "not_an_image", "no format"),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else value or "any",
)  # fmt: skip
def test_an_image_that_cannot_be_used_says_why(tmp_path: Path, image: bytes, reason: str, detail: str) -> None:
    started = time.perf_counter()
    picture = found(tmp_path, image)
    assert picture.reason == reason
    assert detail in picture.detail
    assert str(tmp_path) not in picture.detail
    assert (picture.used, picture.changes, picture.look) == (picture.name, "", b"")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_what_any_trainer_reads_goes_on_byte_for_byte(tmp_path: Path, form: str, mode: str) -> None:
    picture = found(tmp_path, encoded(PHOTO.convert(mode), form))
    assert (picture.reason, picture.used, picture.changes) == ("", picture.name, "")
    assert (picture.format, picture.width, picture.height) == (form, 96, 72)
    assert picture.mode == ("RGB" if form == "WEBP" else mode)
    assert json.loads(picture.tokens) == tokens(96, 72, PROCESSORS)
    assert picture.look


def clear(mode: str) -> Image.Image:
    """Black on the left, and what is black underneath but cannot be seen on the right."""
    image = Image.new("LA" if mode == "LA" else "RGBA", (64, 64), (0, 255) if mode == "LA" else (0, 0, 0, 255))
    image.paste((0, 0) if mode == "LA" else (0, 0, 0, 0), (32, 0, 64, 64))
    return image


def by_index() -> bytes:
    """A palette of black and white of which white is transparent."""
    image = Image.new("P", (64, 64))
    image.putpalette([0, 0, 0, 9, 9, 9])
    image.paste(1, (32, 0, 64, 64))
    return encoded(image, transparency=1)


@pytest.mark.parametrize(
    ("image", "mode", "changes"),
    [
        (encoded(clear("RGBA")), "RGB", "RGBA with transparency laid on white"),
        (encoded(clear("LA")), "L", "LA with transparency laid on white"),
        (encoded(clear("RGBA"), "WEBP", lossless=True), "RGB", "RGBA with transparency laid on white"),
        (by_index(), "RGB", "P with transparency laid on white"),
    ],
)
def test_transparency_is_laid_on_white(tmp_path: Path, image: bytes, mode: str, changes: str) -> None:
    picture = found(tmp_path, image)
    assert picture.changes == changes
    with Image.open(ImageStore(tmp_path).path(picture.used)) as used:
        assert (used.format, used.mode) == ("PNG", mode)
        assert used.convert("L").getpixel((4, 4)) == 0
        assert used.convert("L").getpixel((60, 60)) == 255


@pytest.mark.parametrize(
    ("image", "changes"),
    [
        (encoded(PHOTO.convert("P")), "P to RGB"),
        (encoded(PHOTO.convert("1")), "1 to L"),
        (encoded(PHOTO.convert("CMYK"), "JPEG"), "CMYK to RGB"),
        (encoded(PHOTO.convert("CMYK"), "TIFF"), "CMYK to RGB; TIFF to PNG"),
        (encoded(PHOTO.convert("YCbCr"), "TIFF"), "TIFF to PNG"),
        (encoded(form="GIF"), "P to RGB; GIF to PNG"),
        (encoded(form="BMP"), "BMP to PNG"),
        (oriented(6), "turned upright (EXIF orientation 6)"),
        (oriented(3, "PNG"), "turned upright (EXIF orientation 3)"),
        (oriented(8, "WEBP"), "turned upright (EXIF orientation 8)"),
    ],
)  # fmt: skip
def test_what_else_can_be_decoded_becomes_a_png_without_metadata(tmp_path: Path, image: bytes, changes: str) -> None:
    picture = found(tmp_path, image)
    assert (picture.reason, picture.detail, picture.changes.removeprefix("YCbCr to RGB; ")) == ("", "", changes)
    assert picture.used != picture.name
    with Image.open(ImageStore(tmp_path).path(picture.used)) as used:
        assert (used.format, used.mode in ("RGB", "L"), dict(used.info)) == ("PNG", True, {})
        assert used.size == (picture.width, picture.height)
    assert found(tmp_path / "again", image) == picture


def test_an_image_is_measured_and_seen_upright(tmp_path: Path) -> None:
    picture = found(tmp_path, oriented(6))
    assert (picture.width, picture.height) == (72, 96)
    with Image.open(ImageStore(tmp_path).path(picture.used)) as used, Image.open(io.BytesIO(oriented(6))) as raw:
        assert used.tobytes() == raw.transpose(Image.Transpose.ROTATE_270).tobytes()


@given(st.lists(st.integers(0, 65_535), min_size=4, max_size=4))
@settings(max_examples=20)
def test_sixteen_bits_are_scaled_and_not_cut_off(tmp_path_factory: pytest.TempPathFactory, values: list[int]) -> None:
    folder = tmp_path_factory.mktemp("images")
    grid = np.repeat(np.repeat(np.array(values, np.uint16).reshape(2, 2), 20, 0), 20, 1)
    picture = found(folder, encoded(Image.fromarray(grid)))
    assert (picture.mode, picture.changes) == ("I;16", "16 bits scaled to 8")
    with Image.open(ImageStore(folder).path(picture.used)) as used:
        scaled = [used.getpixel(at) for at in ((0, 0), (39, 0), (0, 39), (39, 39))]
    assert scaled == [round(value * 255 / 65_535) for value in values]


def test_a_lying_extension_and_a_text_that_is_long_change_nothing(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "x" * 500_000, zip=True)
    (tmp_path / "photo.jpg").write_bytes(encoded(pnginfo=info))
    store = ImageStore(tmp_path / "store")
    picture = inspect(store.put(tmp_path / "photo.jpg"), store, LIMITS)
    assert (picture.reason, picture.format, picture.used) == ("", "PNG", picture.name)


def test_an_image_that_is_not_there_is_missing(tmp_path: Path) -> None:
    assert inspect("0" * 64, ImageStore(tmp_path), LIMITS).reason == "image_missing"


def test_a_processor_s_refusal_names_it(tmp_path: Path) -> None:
    picture = found(tmp_path, plain(28, 28 * 201), replace_limits(max_aspect=1000.0))
    assert picture.reason == "image_processor"
    assert picture.detail.startswith("qwen2.5-vl: 28×5628")
    assert found(tmp_path, plain(28, 28 * 201), replace_limits(max_aspect=1000.0, processors=())).reason == ""


def replace_limits(**keys: Any) -> Screen:
    return Screen.model_validate(LIMITS.model_dump() | keys)


@given(st.binary(max_size=300), st.integers(0, 10_000), st.integers(0, 255), st.sampled_from(["PNG", "JPEG", "TIFF"]))
@settings(max_examples=80)
def test_no_bytes_break_the_check(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int, value: int, form: str
) -> None:
    folder = tmp_path_factory.mktemp("images")
    whole = bytearray(encoded(form=form))
    whole[at % len(whole)] = value
    for image in (b"?" + junk, bytes(whole), bytes(whole[:at]) or b"?", bytes(whole[:8]) + junk):
        picture = found(folder, image)
        assert (picture.reason == "") == bool(picture.look)
        assert str(folder) not in picture.detail
        (folder / "image").write_bytes(image)
        reason, detail = check_image(folder / "image", LIMITS)
        assert isinstance(reason, str)
        assert str(folder) not in detail


@given(st.binary(max_size=5_000), st.sampled_from([b"", b"<", b"<!--", b"<?xml ", b"   <svg", b"\n" * 4_000]))
def test_what_bytes_are_is_always_told(junk: bytes, start: bytes) -> None:
    assert isinstance(kind_of(start + junk)[0], str)


def problems(*names: str) -> list[Problem]:
    return [
        Problem(
            id=f"s/{row}", source="s", upstream_id=str(row), revision="1", split="train", question="?", answer="1",
            answer_kind="text", images=(name,), domain="d", license="MIT",
        )
        for row, name in enumerate(names)
    ]  # fmt: skip


def test_colours_of_16_bits_are_stored_with_8(tmp_path: Path) -> None:
    lines = b"".join(b"\0" + b"".join(struct.pack(">HHH", x * 257, 0, 65_535) for x in range(256)) for _ in range(40))
    deep = png(256, 40, body=lines).replace(struct.pack(">BB", 8, 2), struct.pack(">BB", 16, 2), 1)
    head = deep[12:29]
    deep = deep[:29] + struct.pack(">I", zlib.crc32(head)) + deep[33:]
    picture = found(tmp_path, deep)
    assert (picture.mode, picture.changes) == ("RGB", "16 bits cut to 8")
    with Image.open(ImageStore(tmp_path).path(picture.used)) as image:
        assert [image.getpixel((x, 9)) for x in (0, 7, 255)] == [(0, 0, 255), (7, 0, 255), (255, 0, 255)]


def test_each_image_is_seen_once_in_order_whatever_the_workers(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    names = [store.put(plain(20 + i, 40)) for i in range(40)]
    rows, ticks = problems(*names, *names[:7]), []
    one, three = (list(pictures(LIMITS, lambda: iter(rows), store, n, lambda: ticks.append(1))) for n in (1, 3))
    assert one == three
    assert [picture.name for picture in one if isinstance(picture, Picture)] == sorted(names)
    assert len(ticks) == 80
    assert list(pictures(LIMITS, lambda: iter(problems()), store, 1, lambda: None)) == []


def test_an_image_that_takes_too_long_is_lost_alone(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    # Noise under a veil is encoded anew, for seconds on any machine.
    noise = np.random.default_rng(1).integers(0, 256, (4_000, 4_000, 4), dtype=np.uint8)
    slow = store.put(encoded(Image.fromarray(noise, "RGBA"), compress_level=0))
    quick = [store.put(plain(30, 30 + i)) for i in range(5)]
    chunk = np.array([bytes.fromhex(name) for name in sorted([slow, *quick])], "S32")
    result = list(inspected(iter([chunk]), LIMITS, tmp_path, 1, seconds=0.1))
    reasons = {picture.name: picture.reason for picture in result}
    assert [picture.name for picture in result] == sorted([slow, *quick])
    assert reasons[slow] == "image_timeout"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is bounded on Linux")
def test_an_image_that_takes_too_much_memory_is_lost_alone(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    size = 8_000
    large = store.put(encoded(Image.new("RGBA", (size, size), (255, 0, 0, 99)), compress_level=1))
    small = store.put(plain(40, 40))
    chunk = np.array([bytes.fromhex(name) for name in sorted([large, small])], "S32")
    result = list(inspected(iter([chunk]), LIMITS, tmp_path, 1, memory=200 * 2**20))
    assert {p.name: p.reason for p in result} == {large: "image_memory", small: ""}


def test_an_image_is_stored_once_under_its_hash_and_its_true_type(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    name = store.put(encoded(form="JPEG"))
    (tmp_path / "lying.png").write_bytes(encoded(form="JPEG"))
    assert store.put(tmp_path / "lying.png") == name
    assert store.path(name).suffix == ".jpg"
    assert sum(p.is_file() for p in tmp_path.rglob(f"*{name}*")) == 1


@pytest.mark.parametrize(("image", "reason"), [(b"", "image_empty"), (Path("nowhere.png"), "image_missing")])
def test_an_image_that_cannot_be_stored_has_a_reason(tmp_path: Path, image: bytes | Path, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ImageStore(tmp_path).put(image)


@given(st.integers(1, 9_000), st.integers(1, 9_000), st.sampled_from(sorted(PROCESSORS)))
def test_sizes_are_resized_as_transformers_does(width: int, height: int, name: str) -> None:
    theirs = pytest.importorskip("transformers.models.qwen2_vl.image_processing_pil_qwen2_vl")
    processor = PROCESSORS[name]
    bounds = {"min_pixels": processor.min_pixels, "max_pixels": processor.max_pixels}
    try:
        high, wide = theirs.smart_resize(height, width, factor=processor.factor, **bounds)
    except ValueError:
        with pytest.raises(ValueError, match="200 to 1"):
            processor.resized(width, height)
    else:
        assert processor.resized(width, height) == (wide, high)
        assert processor.tokens(width, height) == wide * high // processor.factor**2


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (28, 28, {"qwen2.5-vl": 4, "qwen3-vl": 64}), (1000, 700, {"qwen2.5-vl": 900, "qwen3-vl": 682}),
        (5000, 5000, {"qwen2.5-vl": 1225, "qwen3-vl": 16_384}),
    ],
)  # fmt: skip
def test_an_image_is_worth_these_tokens(width: int, height: int, expected: dict[str, int]) -> None:
    assert tokens(width, height, PROCESSORS) == expected
