"""One image: what its bytes are, whether it can be used, and what it is converted to. The rules are in `pictures`."""

from __future__ import annotations

import io
import json
import re
from contextlib import suppress
from typing import Any

import numpy as np
from PIL import Image, ImageFile

from mmdata.images import ImageStore
from mmdata.recipe import Screen
from mmdata.screen.crops import thumb
from mmdata.screen.looks import look
from mmdata.screen.processors import tokens
from mmdata.types import Picture

# Only decoders of pixel formats (JPEG's also reads MPO): Pillow knows formats that start other programs, such as EPS.
_KINDS = (
    (rb"\x89PNG\r\n\x1a\n", "PNG"), (rb"\xff\xd8\xff", "JPEG"), (rb"RIFF.{4}WEBP", "WEBP"), (rb"GIF8[79]a", "GIF"),
    (rb"BM", "BMP"), (rb"II\*\0|MM\0\*", "TIFF"),
)  # fmt: skip
_OTHERS = (
    (rb"%PDF-", "PDF"), (rb"%!PS|\xc5\xd0\xd3\xc6", "EPS"), (rb"PK\x03\x04", "ZIP"), (rb"\x1f\x8b", "gzip"),
    (rb"8BPS", "PSD"), (rb".{4}ftypavi[fs]", "AVIF"), (rb".{4}ftyp(hei|mif|msf)", "HEIC"), (rb".{4}ftyp", "MP4"),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "JPEG 2000"), (rb"\0\0\0\x0cJXL ", "JPEG XL"), (rb"\0\0\x01\0", "ICO"),
    (rb"version https://git-lfs", "a Git LFS pointer"), (rb"data:image/", "a data URL"), (rb"[\[{]", "JSON"),
    (rb"<.*<svg|<svg", "SVG"), (rb"<(!doctype )?html|<.*<html", "HTML"), (rb"<", "XML"),
)  # fmt: skip
"""What else is found under an image's name, by its first bytes."""
_ROWS = 256
"""Rows that are scaled at once: numpy's wider numbers of a whole image would take several times its memory."""


def refusal(name: str, reason: str, detail: str, **more: Any) -> Picture:
    """The Picture of an image that cannot be used. more: what is known of it nevertheless."""
    known: dict[str, Any] = {"format": "", "mode": "", "width": 0, "height": 0, **more}
    return Picture(
        name=name, reason=reason, detail=detail, used=name, changes="", tokens="{}", look=b"", thumb=b"", **known
    )


def inspect(name: str, store: ImageStore, config: Screen) -> Picture:
    """What there is to say of one image; what it is converted to is put into the store."""
    try:
        content = store.path(name).read_bytes()
    except FileNotFoundError:
        return refusal(name, "image_missing", "")
    kind, is_image = kind_of(content)
    if not is_image:
        return refusal(name, "not_an_image", kind or "of no format that is read")
    known: dict[str, Any] = {"format": kind}
    try:
        with Image.open(_checked(content, kind, config), formats=[kind]) as image:
            return _inspected(name, image, store, config, known)
    except _Refused as error:
        return refusal(name, *error.args, **known)
    except MemoryError:
        return refusal(name, "image_memory", "", **known)
    except Exception as error:  # Pillow's decoders raise almost anything on hostile bytes
        said = re.sub(r"<_io\.BytesIO[^>]*>", "the file", f"{type(error).__name__}: {error}")
        return refusal(name, "undecodable_image", said[:200], **known)


def kind_of(content: bytes) -> tuple[str, bool]:
    """What bytes are, and whether that is a kind of image that is read; empty where that cannot be told."""
    head = content[:4096]
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for kinds, is_image in ((_KINDS, True), (_OTHERS, False)):
        for pattern, kind in kinds:
            if re.match(pattern, head if is_image else text, re.DOTALL | re.IGNORECASE):
                return kind, is_image
    return "", False


class _Refused(Exception):
    """`(reason, detail)` of an image that cannot be used."""


def _checked(content: bytes, kind: str, config: Screen) -> io.BytesIO:
    # Our own bound is checked before a pixel is decoded; Pillow's would answer with a warning in between.
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # With a list of formats, `open` tries only the decoders that are loaded already.
    Image.init()
    if kind == "WEBP":
        # Its decoder makes room for the whole image as soon as the file is opened.
        _bounded(*_webp_size(content), config)
    return io.BytesIO(content)


def _webp_size(content: bytes) -> tuple[int, int]:
    """Width and height by a WEBP's header; zeros where it has none."""
    head, kind = content[20:30], content[12:16]
    if len(head) < 10:
        return 0, 0
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF


def _bounded(width: int, height: int, config: Screen) -> None:
    if width * height > config.max_pixels:
        raise _Refused("image_bomb", f"{width}×{height} pixels")


def _inspected(
    name: str, image: ImageFile.ImageFile, store: ImageStore, config: Screen, known: dict[str, Any]
) -> Picture:
    width, height = image.size
    known |= {"mode": image.mode, "width": width, "height": height}
    _bounded(width, height, config)
    if min(width, height) < config.min_side:
        raise _Refused("image_too_small", f"{width}×{height} pixels, at least {config.min_side} a side")
    if max(width, height) > config.max_aspect * min(width, height):
        raise _Refused("image_aspect", f"{width}×{height} pixels")
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise _Refused("animated_image", "more than one frame")
    # Pillow reads 16-bit colours as their upper eight bits and calls that RGB.
    deep = any("16" in str(tile[3]) for tile in image.tile) and not image.mode.startswith("I")
    image.load()
    turn = _orientation(image)
    if turn in (5, 6, 7, 8):
        width, height = height, width
        known |= {"width": width, "height": height}
    try:
        worth = tokens(width, height, config.processors)
    except ValueError as error:
        raise _Refused("image_processor", str(error)) from None
    clean, changes = convert(image, turn, deep)
    used = name
    if changes:
        file = io.BytesIO()
        clean.save(file, "PNG")
        used = store.put(file.getvalue())
    return Picture(
        name=name, reason="", detail="", used=used, changes="; ".join(changes),
        tokens=json.dumps(worth, sort_keys=True), look=look(clean), thumb=thumb(clean), **known,
    )  # fmt: skip


def _orientation(image: Image.Image) -> int:
    """1 to 8, as EXIF counts; 1 (upright) where it says nothing that can be read."""
    with suppress(Exception):  # a broken EXIF block spoils no pixel
        turn = image.getexif().get(0x0112, 1)
        return turn if turn in range(1, 9) else 1
    return 1


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip


def convert(image: ImageFile.ImageFile, turn: int, deep: bool = False) -> tuple[Image.Image, list[str]]:
    """The decoded image upright in RGB or L, without metadata, and what was changed, in words. deep: its
    decoder cut 16 bits to 8.

    Raises ValueError where no rule says how.
    """
    changes: list[str] = []
    clean: Image.Image = image
    mode = image.mode
    if turn != 1:
        changes.append(f"turned upright (EXIF orientation {turn})")
    if image.has_transparency_data or mode in ("RGBa", "La"):
        clean, changes = _on_white(image), [*changes, f"{mode} with transparency laid on white"]
    elif mode == "I" or mode.startswith("I;16"):
        clean, changes = _scaled(image), [*changes, "16 bits scaled to 8"]
    elif mode == "F":
        raise ValueError("floating-point pixels: nothing states their range")
    elif mode not in ("RGB", "L"):
        to = "L" if mode == "1" else "RGB"
        clean, changes = image.convert(to), [*changes, f"{mode} to {to}"]
    if deep:
        changes.append("16 bits cut to 8")
    if image.format not in ("PNG", "JPEG", "WEBP", "MPO"):
        changes.append(f"{image.format} to PNG")
    if turn != 1:
        clean = clean.transpose(_TURNS[turn])
    if changes:
        clean = clean.copy() if clean is image else clean
        clean.info = {}
    return clean, changes


def _on_white(image: Image.Image) -> Image.Image:
    mode = "L" if image.mode in ("L", "LA", "La", "1") else "RGB"
    alpha = image.convert("LA" if mode == "L" else "RGBA")
    ground = Image.new(mode, image.size, "white")
    ground.paste(alpha.convert(mode), mask=alpha.getchannel("A"))
    return ground


def _scaled(image: Image.Image) -> Image.Image:
    """8 bits of 16: value × 255 / 65535, rounded."""
    clean = Image.new("L", image.size)
    for top in range(0, image.height, _ROWS):
        rows = np.asarray(image.crop((0, top, image.width, min(top + _ROWS, image.height)))).astype(np.int64)
        if rows.min() < 0 or rows.max() > 65_535:
            raise ValueError("pixels beyond 16 bits")
        clean.paste(Image.fromarray(((rows * 255 + 32_767) // 65_535).astype(np.uint8)), (0, top))
    return clean
