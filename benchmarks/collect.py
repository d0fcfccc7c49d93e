"""How fast is collect, beside plain `datasets` reading the same rows and writing them as parquet?

(a) JSONL of text rows; (b) rows with an image each, PNG files in a folder. For `datasets` the images are taken as they
are (`decode=False`) and embedded in the parquet, which is what a push to the Hub does; collect keeps each in its image
store once, under its hash, and judges every gold with its verifier besides. Each side is a process of its own, run in
turn; the fastest of the rounds counts, and its memory. Nothing is judged: the ratios are printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import measure
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml
from PIL import Image, ImageDraw

SHAPES = ("circle", "rectangle", "triangle")
COLOURS = ("black", "blue", "brown", "gray", "green", "red", "teal", "yellow")
NOTHING = "import datasets, pyarrow.parquet"
"""What both libraries cost before the first row."""

TEXT = """
import datasets, sys
rows = datasets.load_dataset("json", data_files="data.jsonl", split="train", cache_dir="cache")
rows.to_parquet("out.parquet")
"""
IMAGES = """
import datasets, sys
from datasets.table import embed_table_storage
rows = datasets.load_dataset("json", data_files="data.jsonl", split="train", cache_dir="cache")
rows = rows.cast_column("image", datasets.Image(decode=False))
shown = rows.with_format("arrow").map(embed_table_storage, batched=True, batch_size=1000)
shown.with_format(None).to_parquet("out.parquet")
"""


def text_rows(count: int) -> Iterator[dict[str, Any]]:
    """Sums in a paragraph of words."""
    for i in range(count):
        story = f"A train with {i} seats is joined to one with {2 * i + 1} seats. " * 4
        yield {"id": f"r{i:08d}", "question": f"{story}How many seats are there?", "answer": str(3 * i + 1)}


def image_rows(folder: Path, count: int) -> Iterator[dict[str, Any]]:
    """Three questions about each picture of one shape, 64 pixels a side."""
    (folder / "images").mkdir()
    for i in range(count):
        picture = i // 3
        shape, colour = SHAPES[picture % 3], COLOURS[picture // 3 % 8]
        name = f"{folder}/images/{picture:07d}.png"
        if i % 3 == 0:
            _draw(shape, colour, picture).save(name)
        question, answer = (
            ("what shape is in the image?", shape), ("what color is the shape?", colour), ("is there a circle?",
            "yes" if shape == "circle" else "no"),
        )[i % 3]  # fmt: skip
        yield {"id": f"r{i:08d}", "question": question, "answer": answer, "image": name}


def _draw(shape: str, colour: str, number: int) -> Image.Image:
    image = Image.new("RGB", (64, 64), (200 + number % 50, 200 + number // 50 % 50, 200 + number // 2500 % 50))
    x, y, side = 4 + number % 20, 4 + number // 20 % 20, 16 + number // 400 % 20
    pen = ImageDraw.Draw(image)
    if shape == "circle":
        pen.ellipse((x, y, x + side, y + side), fill=colour)
    elif shape == "rectangle":
        pen.rectangle((x, y, x + side, y + side), fill=colour)
    else:
        pen.polygon(((x, y + side), (x + side, y + side), (x + side // 2, y)), fill=colour)
    return image


def write_recipe(folder: Path, images: bool) -> None:
    """What mmdata is told of the rows."""
    columns = {"id": "id", "question": "question", "answer": "answer"} | ({"images": "image"} if images else {})
    options: dict[str, Any] = {"path": "data.jsonl", "license": "CC0-1.0", "columns": columns}
    source = {"use": "files", "name": "rows", "options": options}
    (folder / "recipe.yaml").write_text(yaml.safe_dump({"name": "rows", "sources": [source]}), encoding="utf-8")


def compare(name: str, count: int, script: str, folder: Path, rounds: int) -> None:
    """Both sides in turn, and a line for each."""
    sides: dict[str, list[measure.Measured]] = {"mmdata": [], "datasets": []}
    nothing = min(measure.run((sys.executable, "-c", NOTHING), folder).seconds for _ in range(rounds))
    for i in range(rounds):
        collect = (*measure.MMDATA, "build", "recipe.yaml", "--run", f"run-{i}", "--stage", "collect", "--quiet")
        sides["mmdata"].append(measure.run(collect, folder))
        plain = script.replace('"cache"', f'"cache-{i}"').replace("out.parquet", f"out-{i}.parquet")
        sides["datasets"].append(measure.run((sys.executable, "-c", plain), folder))
        _expect(folder / f"run-{i}" / "problems", count)
        _expect(folder, count)
    best = {side: min(found, key=lambda one: one.seconds) for side, found in sides.items()}
    for side, one in best.items():
        print(
            f"{name:6} {side:9} {count:>8,} {one.seconds:>8.2f} {count / one.seconds:>9,.0f} {one.peak_mb:>9,.0f}"
            f" {one.tree_mb:>10,.0f}", flush=True,
        )  # fmt: skip
    mine, plain = best["mmdata"], best["datasets"]
    print(
        f"{name}: mmdata has {plain.seconds / mine.seconds:.2f} × the rows/s of datasets, and"
        f" {mine.tree_mb / plain.tree_mb:.2f} × its memory (importing datasets alone takes {nothing:.2f} s)\n"
    )


def _expect(folder: Path, count: int) -> None:
    """Every row, and, where the images are in the table, every image's bytes."""
    rows = 0
    for part in folder.glob("*.parquet"):
        table = pq.read_table(part)
        rows += table.num_rows if part.name != "dropped.parquet" else 0
        if "image" in table.schema.names and pc.struct_field(table["image"], "bytes").null_count:
            raise RuntimeError(f"{part.name} lacks images")
        if part.name.startswith("out-"):
            part.unlink()
    if rows != count:
        raise RuntimeError(f"{folder.name} has {rows} rows, not {count}")


def main() -> int:
    """Write rows, run both sides, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000, help="of text")
    parser.add_argument("--image-rows", type=int, default=9_000, help="three to an image")
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    print(f"{'rows':6} {'side':9} {'count':>8} {'wall s':>8} {'rows/s':>9} {'peak MiB':>9} {'with child':>10}")
    with tempfile.TemporaryDirectory(prefix="mmdata-bench-") as place:
        measure.write_jsonl(Path(place) / "data.jsonl", text_rows(args.rows))
        write_recipe(Path(place), images=False)
        compare("text", args.rows, TEXT, Path(place), args.rounds)
    with tempfile.TemporaryDirectory(prefix="mmdata-bench-") as place:
        measure.write_jsonl(Path(place) / "data.jsonl", image_rows(Path(place), args.image_rows))
        write_recipe(Path(place), images=True)
        compare("images", args.image_rows, IMAGES, Path(place), args.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
