"""What imagehash, datasketch and wordllama say of planted rows, each at its own defaults; and the same work as
screening does, timed: `python screen_libraries.py texts FILE` or `images FOLDER`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import screen_plant as plant
from PIL import Image

Pairs = dict[str, str]
ALIKE = 0.9
"""wordllama's own default of `deduplicate`."""


def phash(picture: bytes | Path) -> int:
    """imagehash's perceptual hash, 64 bits. 0 where it cannot be read."""
    import imagehash

    with Image.open(BytesIO(picture) if isinstance(picture, bytes) else picture) as image:
        return int(str(imagehash.phash(image)), 16)


def greedy(ids: Sequence[str], fixed: int, alike: Callable[[int, np.ndarray[Any, Any]], np.ndarray[Any, Any]]) -> Pairs:
    """In order, a row goes to the row before it that is kept and most alike. `fixed`: so many are kept whatever they
    look like (a benchmark's). alike: row, rows → likeness, negative where they are not alike."""
    kept, found = list(range(fixed)), Pairs()
    for i in range(fixed, len(ids)):
        likeness = alike(i, np.array(kept, np.int64)) if kept else np.zeros(0)
        if len(likeness) and likeness.max() >= 0:
            found[ids[i]] = ids[kept[int(likeness.argmax())]]
        else:
            kept.append(i)
    return found


def by_imagehash(corpus: plant.Corpus, *, benchmark: bool = False) -> dict[str, Pairs]:
    """At Hamming distances of at most 8 and 10: what users of imagehash take."""
    rows = [row for row in (*corpus.first, *corpus.rows) if row.picture]
    fixed = sum(bool(row.picture) for row in corpus.first) if benchmark else 0
    with ProcessPoolExecutor(2) as pool:
        hashes = np.array(list(pool.map(phash, [row.picture for row in rows], chunksize=32)), np.uint64)
    ids = [row.id for row in rows]

    def within(most: int) -> Pairs:
        return greedy(ids, fixed, lambda i, kept: most - np.bitwise_count(hashes[kept] ^ hashes[i]).astype(np.int64))

    return {"phash ≤ 8": within(8), "phash ≤ 10": within(10)}


def said(row: plant.Row) -> str:
    return " ".join((row.question, *row.choices))


def by_datasketch(corpus: plant.Corpus, *, benchmark: bool = False) -> Pairs:
    """MinHashLSH at its default threshold (0.9) and number of permutations (128), over sets of words."""
    from datasketch import MinHashLSH

    lsh, found = MinHashLSH(), Pairs()
    for i, row in enumerate((*corpus.first, *corpus.rows)):
        if row.picture and benchmark:
            continue
        sketch = minhash(said(row))
        known = sorted(lsh.query(sketch)) if not benchmark or i >= len(corpus.first) else []
        if known:
            found[row.id] = str(known[0])
        elif not benchmark or i < len(corpus.first):
            lsh.insert(row.id, sketch)
    return found


def minhash(text: str) -> Any:
    """Of a text's words, as datasketch's own examples do."""
    from datasketch import MinHash

    sketch = MinHash()
    sketch.update_batch([word.encode() for word in set(text.split())])
    return sketch


def by_wordllama(corpus: plant.Corpus, *, benchmark: bool = False) -> Pairs:
    """Cosine of wordllama's vectors of at least 0.9, with the weights that its package carries."""
    import wordllama

    model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    rows = [row for row in (*corpus.first, *corpus.rows) if not (row.picture and benchmark)]
    fixed = sum(not row.picture for row in corpus.first) if benchmark else 0
    vectors = model.embed([said(row) for row in rows], norm=True)
    return greedy([row.id for row in rows], fixed, lambda i, kept: vectors[kept] @ vectors[i] - ALIKE)


def texts(path: Path) -> int:
    """Deduplicate the questions of a JSONL file with MinHashLSH; returns the number of duplicates."""
    from datasketch import MinHashLSH

    lsh, found = MinHashLSH(), 0
    with path.open(encoding="utf-8") as file:
        for i, line in enumerate(file):
            sketch = minhash(json.loads(line)["question"])
            if lsh.query(sketch):
                found += 1
            else:
                lsh.insert(i, sketch)
    return found


def images(folder: Path) -> int:
    """Hash a folder of images in two processes; returns how many there were."""
    paths = sorted(folder.iterdir())
    with ProcessPoolExecutor(2) as pool:
        return len(list(pool.map(phash, paths, chunksize=64)))


if __name__ == "__main__":
    started = time.monotonic()
    found = {"texts": texts, "images": images}[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"seconds": time.monotonic() - started, "found": found}))
