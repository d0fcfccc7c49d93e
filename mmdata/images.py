"""Images: the content-addressed store, and the check that one can be shown. What a corpus may use of them,
`screen.inspection` finds out.

An image is the bytes of a file, named by their sha256. It is stored once, decoded only to be checked or shown,
and never a pixel of it goes into a table (datasets #7508, axolotl #3898).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmdata.recipe import Screen

MAX_BYTES = 64 * 2**20
"""A larger file is not read. The largest image of the benchmark sets, 5367 × 7184 pixels, is well below."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_EXTENSIONS = ("png", "jpg", "webp", "gif", "bmp", "tiff", "bin")
# Only decoders of pixel formats (JPEG's also reads MPO): Pillow knows formats that start other programs, such as EPS.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")


class ImageStore:
    """A folder of images, each once, at `<first two hex digits>/<sha256>.<type by content>`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.aside = folder / ".aside"
        """Where images are written before they are renamed into place: what a killed build leaves is here."""
        self._made: set[Path] = set()

    def put(self, image: bytes | Path) -> str:
        """Store one image file; returns its sha256 (hex). Raises ValueError as `named` does."""
        name, content = named(image)
        path = self.folder / name[:2] / f"{name}.{_type(content)}"
        if not path.exists():
            for folder in {path.parent, self.aside} - self._made:
                folder.mkdir(parents=True, exist_ok=True)
                self._made.add(folder)
            # Written aside and renamed, so that no half image can be found under a whole one's name.
            aside = self.aside / f"{name}.{os.getpid()}"
            try:
                aside.write_bytes(content)
                aside.replace(path)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise
        return name

    def path(self, name: str) -> Path:
        """Where the image with this sha256 is.

        Raises FileNotFoundError if it is not in the store.
        """
        for extension in _EXTENSIONS:
            path = self.folder / name[:2] / f"{name}.{extension}"
            if path.exists():
                return path
        raise FileNotFoundError(f"image {name} is not in {self.folder}")


def named(image: bytes | Path) -> tuple[str, bytes]:
    """The sha256 (hex) and the bytes of an image file.

    Raises ValueError with a reason code if it cannot be read, is empty or is above `MAX_BYTES`.
    """
    if isinstance(image, Path):
        image = _read(image)
    if not image:
        raise ValueError("image_empty")
    if len(image) > MAX_BYTES:
        raise ValueError("image_too_large")
    return hashlib.sha256(image).hexdigest(), image


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise ValueError("image_missing")
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("image_too_large")
        return path.read_bytes()
    except OSError:
        raise ValueError("image_unreadable") from None


def _type(image: bytes) -> str:
    """The file type by content, for the name's ending; what it is called upstream may lie."""
    if image[:4] == b"RIFF" and image[8:12] == b"WEBP":
        return "webp"
    return next((kind for magic, kind in _MAGIC if image.startswith(magic)), "bin")


def check_image(path: Path, limits: Screen) -> tuple[str, str]:
    """Decode an image file fully, within the limits; returns `(reason, detail)`, reason `""` if it can be used.

    Sizes come from the header and are checked before a pixel is decoded, so a decompression bomb costs nothing.
    """
    from PIL import Image

    # With a list of formats, `open` tries only the decoders that are loaded already.
    Image.init()
    # Our own bound is checked below; Pillow's would answer with a warning in between.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            if width * height > limits.max_pixels:
                return "image_bomb", f"{width}×{height} pixels"
            if min(width, height) < limits.min_side:
                return "image_too_small", f"{width}×{height} pixels, at least {limits.min_side} a side"
            if max(width, height) > limits.max_aspect * min(width, height):
                return "image_aspect", f"{width}×{height} pixels"
            image.load()
    except Exception as error:  # Pillow's decoders raise almost anything on hostile bytes
        return "undecodable_image", f"{type(error).__name__}: {error}".replace(str(path), path.name)[:200]
    return "", ""
