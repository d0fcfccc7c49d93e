"""The pictures table in memory: about 270 bytes an image, found by its name."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mmdata.screen import crops, looks
from mmdata.types import Picture


class Album:
    """What is known of every image of a run's problems."""

    def __init__(self, pictures: Iterable[Picture], *, thumbs: bool = False) -> None:
        """`pictures` come sorted by name, as the table holds them. thumbs: keep these too, 392 bytes an image."""
        names, seen, blank = bytearray(), bytearray(), bytes(looks.BYTES)
        small, empty = bytearray(), bytes(crops.BYTES)
        self._refused: dict[str, tuple[str, str]] = {}
        self._used: dict[str, str] = {}
        has = bytearray()
        for picture in pictures:
            names += bytes.fromhex(picture.name)
            seen += picture.look or blank
            has.append(bool(picture.look))
            if thumbs:
                small += picture.thumb or empty
            if picture.reason:
                self._refused[picture.name] = (picture.reason, picture.detail)
            elif picture.used != picture.name:
                self._used[picture.name] = picture.used
        self._names: NDArray[np.void] = np.frombuffer(names, "V32")
        # Voids cannot be searched; eight bytes of a sha256 tell any number of images apart that fits on a disk, and
        # the whole name is compared after.
        self._keys = np.frombuffer(names, ">u8").reshape(-1, 4)[:, 0].astype(np.uint64)
        self.looks: NDArray[np.uint8] = np.frombuffer(seen, np.uint8).reshape(-1, looks.BYTES)
        """The look of each image, in the table's order."""
        self.thumbs: NDArray[np.uint8] = np.frombuffer(small, np.uint8).reshape(-1, crops.BYTES)
        """The thumbnail of each, where they are kept."""
        self.visible: NDArray[np.bool_] = np.frombuffer(has, np.bool_)
        """Whether there is anything to see in it: other looks mean nothing."""

    def __len__(self) -> int:
        return len(self._names)

    def place(self, name: str) -> int:
        """Where an image stands in `looks`. Raises KeyError if it is not in the table."""
        whole = bytes.fromhex(name)
        at = int(np.searchsorted(self._keys, np.uint64(int.from_bytes(whole[:8], "big"))))
        while at < len(self._names) and self._keys[at] == int.from_bytes(whole[:8], "big"):
            if self._names[at].tobytes() == whole:
                return at
            at += 1
        raise KeyError(name)

    def name(self, place: int) -> str:
        """Which image stands at a place of `looks`."""
        return bytes(self._names[place].tobytes()).hex()

    def seen(self, name: str) -> bytes:
        """An image's look and its thumbnail; empty where there is nothing to see."""
        at = self.place(name)
        return self.looks[at].tobytes() + self.thumbs[at].tobytes() if self.visible[at] else b""

    def refused(self, name: str) -> tuple[str, str]:
        """`(reason, detail)` why an image cannot be used; empty if it can."""
        return self._refused.get(name, ("", ""))

    def used(self, name: str) -> str:
        """The image that problems go on with in its place: itself, or what it was converted to."""
        return self._used.get(name, name)
