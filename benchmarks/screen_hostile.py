"""Images for `screen.py` that a hostile or careless source may hold, each with what must become of it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import measure
import screen_found as found
import screen_plant as plant
from PIL import Image, ImageDraw
from screen_pictures import saved

Look = Callable[[Image.Image], bool]
SECONDS, MEMORY_MB = 60.0, 2_048.0
"""What one image may cost, the start of the command and of its processes included."""


@dataclass(frozen=True)
class Hostile:
    """An image file, and what must become of it."""

    name: str
    data: bytes
    kept: bool | None
    """None: either can be defended."""
    ending: str = ".png"
    looks: Look | None = None
    """What holds of the image that problems go on with."""


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG file by hand; rows: compressed already."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join((chunk(b"IHDR", head), *extra, chunk(b"IDAT", rows), chunk(b"IEND", b"")))


def blank(width: int, height: int, depth: int, colour: int, channels: int, fill: bytes = b"\0") -> bytes:
    """A large PNG of one value, without holding its pixels."""
    row = b"\0" + fill * ((width * depth * channels + 7) // 8)
    packer = zlib.compressobj(6)
    packed = b"".join(packer.compress(row) for _ in range(height))
    return png(width, height, depth, colour, packed + packer.flush())


def picture(mode: str = "RGB", size: tuple[int, int] = (200, 120)) -> Image.Image:
    """Something to see: red left, blue right, a white disc and black lines."""
    image = Image.new("RGB", size, (200, 30, 30))
    pen = ImageDraw.Draw(image)
    pen.rectangle((size[0] // 2, 0, *size), fill=(30, 30, 200))
    pen.ellipse((20, 20, 80, 80), "white", "black", 3)
    pen.line((0, 0, *size), "black", 4)
    return image.convert(mode)


def frames(format: str) -> bytes:
    return saved(picture(), format, save_all=True, append_images=[picture().rotate(90 * i) for i in (1, 2, 3)])


def sized(width: int, height: int) -> Look:
    return lambda image: image.size == (width, height)


def _at(image: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    """Red, green and blue of a pixel."""
    r, g, b = image.convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()
    return r, g, b


def _upright(image: Image.Image) -> bool:
    """Red on top: the file lies on its side."""
    r, _, b = _at(image, 100, 10)
    return image.size == (120, 200) and r > b


def _white(image: Image.Image) -> bool:
    return min(_at(image, 5, 5)) > 250


def _ramp(image: Image.Image) -> bool:
    """A ramp of 16 bits is still a ramp: dark, middle and bright where they were."""
    dark, middle, bright = (_at(image, x, 50)[0] for x in (2, 128, 253))
    return dark < 10 and 110 < middle < 145 and bright > 245


def _red_blue(image: Image.Image) -> bool:
    (r, _, b), (s, _, c) = _at(image, 10, 100), _at(image, 190, 20)
    return image.mode == "RGB" and r > b + 60 and c > s + 60


def hostile() -> Iterator[Hostile]:
    """All of them, small ones first."""
    plain, jpeg = saved(picture(), "PNG"), saved(picture(), "JPEG")
    yield Hostile("plain PNG", plain, True, looks=_red_blue)
    yield Hostile("JPEG called .png", jpeg, True, looks=_red_blue)
    yield Hostile("PNG called .jpg", plain, True, ".jpg")
    yield Hostile("empty file", b"", False)
    yield Hostile("text called .png", b"not an image at all\n" * 20, False)
    yield Hostile("PNG cut in half", plain[: len(plain) // 2], False)
    yield Hostile("JPEG cut in half", jpeg[: len(jpeg) // 2], False, ".jpg")
    yield Hostile("PNG with a wrong checksum", plain[:60] + bytes([plain[60] ^ 255]) + plain[61:], False)
    yield Hostile("PNG header alone", plain[:33], False)
    yield Hostile("PNG of 0 × 0", png(0, 0, 8, 2, zlib.compress(b"")), False)
    yield Hostile("PNG that lies about its rows", png(400, 400, 8, 2, zlib.compress(b"\0" * 100)), False)
    yield Hostile("1 × 1", blank(1, 1, 8, 2, 3), False)
    yield Hostile("10,000 × 30", blank(10_000, 30, 8, 0, 1), False)
    yield Hostile("SVG", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', False, ".svg")
    yield Hostile("SVG called .png", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', False)
    yield Hostile("HTML called .jpg", b"<!doctype html><html><body>404 not found</body></html>", False, ".jpg")
    yield Hostile("PDF", b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF", False, ".pdf")
    yield Hostile("EPS", saved(picture(), "EPS"), False, ".eps")
    yield Hostile("animated GIF", frames("GIF"), False, ".gif")
    yield Hostile("animated PNG", frames("PNG"), False)
    yield Hostile("animated WEBP", frames("WEBP"), False, ".webp")
    yield Hostile("TIFF of four pages", frames("TIFF"), False, ".tiff")
    yield Hostile("GIF of one frame", saved(picture(), "GIF"), True, ".gif", _red_blue)
    yield Hostile("BMP", saved(picture(), "BMP"), True, ".bmp", _red_blue)
    yield Hostile("WEBP", saved(picture(), "WEBP"), True, ".webp", _red_blue)
    yield Hostile("palette PNG", saved(picture("P"), "PNG"), True, looks=_red_blue)
    yield Hostile("1-bit PNG", saved(picture("1"), "PNG"), True)
    clear = picture("RGBA")
    clear.putalpha(Image.new("L", clear.size, 0))
    yield Hostile("PNG that is wholly transparent", saved(clear, "PNG"), True, looks=_white)
    inked = Image.new("LA", (200, 120), (0, 0))
    ImageDraw.Draw(inked).ellipse((60, 20, 140, 100), fill=(0, 255))
    yield Hostile("black on nothing (LA)", saved(inked, "PNG"), True, looks=_white)
    yield Hostile("CMYK JPEG", saved(picture("CMYK"), "JPEG"), True, ".jpg", _red_blue)
    ramp = Image.new("I;16", (256, 100))
    ramp.putdata([x * 257 for _ in range(100) for x in range(256)])
    yield Hostile("16-bit grey PNG", saved(ramp, "PNG"), True, looks=_ramp)
    yield Hostile("16-bit grey TIFF", saved(ramp, "TIFF"), True, ".tiff", _ramp)
    deep = b"".join(b"\0" + b"".join(struct.pack(">HHH", *(x * 257,) * 3) for x in range(256)) for _ in range(100))
    yield Hostile("16-bit RGB PNG", png(256, 100, 16, 2, zlib.compress(deep)), True, looks=_ramp)
    exif = Image.Exif()
    exif[0x0112] = 6
    yield Hostile("JPEG that EXIF turns", saved(picture(), "JPEG", exif=exif), True, ".jpg", _upright)
    text = zlib.compress(b"a" * 400_000_000, 9)
    noisy = zlib.compress(b"".join(b"\0" + bytes(range(200)) for _ in range(100)))
    yield Hostile("PNG with 400 MB of text", png(200, 100, 8, 0, noisy, chunk(b"zTXt", b"k\0\0" + text)), None)
    bmp = bytearray(saved(picture(), "BMP"))
    bmp[18:26] = struct.pack("<ii", 60_000, 60_000)
    yield Hostile("BMP that says 60,000 × 60,000", bytes(bmp), False, ".bmp")
    gif = bytearray(saved(picture(), "GIF"))
    gif[6:10] = struct.pack("<HH", 65_535, 65_535)
    yield Hostile("GIF that says 65,535 × 65,535", bytes(gif), False, ".gif")
    yield Hostile("30,000 × 30,000, 1 bit", blank(30_000, 30_000, 1, 0, 1, b"\xaa"), False)
    yield Hostile("30,000 × 30,000 RGB", png(30_000, 30_000, 8, 2, zlib.compress(b"\0" * 90_000)), False)
    yield Hostile("30,000 × 300", blank(30_000, 300, 8, 2, 3, b"\x55"), True, looks=sized(30_000, 300))
    yield Hostile("30,000 × 2,900 RGB", blank(30_000, 2_900, 8, 2, 3, b"\x55"), True, looks=sized(30_000, 2_900))
    yield Hostile("30,000 × 2,900, 1 bit", blank(30_000, 2_900, 1, 0, 1, b"\xaa"), True, looks=sized(30_000, 2_900))


def _through(one: Hostile, place: Path) -> tuple[measure.Measured | None, str, str]:
    """One image in a corpus of its own: what it cost, its reason, and what is wrong."""
    place.mkdir()
    row = plant.Row("x", "", "x", None, "What is on the left side of the picture?", "a disc")
    plant.write([row], place / "rows.jsonl")
    name = f"picture{one.ending}"
    (place / name).write_bytes(one.data)
    line = (place / "rows.jsonl").read_text().replace('"images": []', f'"images": ["{name}"]')
    (place / "rows.jsonl").write_text(line)
    try:
        took = found.build(found.recipe(place, "one", [found.source("own", "rows.jsonl")]), "run", workers=1)
    except Exception as error:  # whatever it was, the others are looked at too
        return None, "the build FAILED", f"{error}: {getattr(error, 'output', '')}"[-400:]
    run = place / "run"
    reason = found.dropped(run).get("own/x", "")
    pictures = found.rows(run, "pictures")
    wrong = "" if one.kept in (None, not reason) else "must go on" if one.kept else "must be out"
    if not reason and one.looks and not wrong:
        (kept,) = found.rows(run, "screened")
        (path,) = run.glob(f"images/**/{kept['images'][0]}*")
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(path) as image:
            wrong = "" if image.mode in ("RGB", "L") and one.looks(image) else f"looks wrong: {image.mode} {image.size}"
    if took.seconds > SECONDS or took.tree_mb > MEMORY_MB:
        wrong = f"{wrong}, costs too much".strip(", ")
    return took, reason or (pictures and pictures[0]["changes"]) or "as it is", wrong


def measured(place: Path) -> bool:
    """Print the table of all; is everything as it must be?"""
    folder = place / "hostile"
    folder.mkdir()
    every = list(hostile())
    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(lambda item: _through(item[1], folder / str(item[0])), enumerate(every)))
    lines = []
    for one, (took, said, wrong) in zip(every, done, strict=True):
        cost = (f"{took.seconds:.1f}", f"{took.tree_mb:,.0f}") if took else ("", "")
        lines.append((one.name, said[:60], f"{len(one.data):,}", *cost, wrong[:200] or "ok"))
    found.table("Hostile, huge and odd images, each in a build of its own (start of the command included)",
                ("image", "what became of it", "bytes", "seconds", "MiB", ""), lines)  # fmt: skip
    return not any(wrong for _, _, wrong in done)
