"""Indexes of benchmarks: what is in them, how they are written and shown, and what is said where there is none."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

import layout
from conftest import Place
from mmdata.cli import app
from mmdata.errors import UserError
from mmdata.screen import crops
from mmdata.screen.index import FORMAT, PACKAGED, Index, covers
from mmdata.screen.looks import BYTES
from screening import drawn, indexed, problem, put, screened

SOURCES = Path(__file__).parent / "sources"


def copy(folder: Path, name: str, case: int = 0) -> Path:
    """A local copy of a published set, in the layout of its fixture."""
    fixture = json.loads((SOURCES / f"{name}.json").read_text(encoding="utf-8"))
    layout.write(fixture["cases"][case]["files"], folder / name)
    return folder / name


def cli(*arguments: object) -> str:
    """What `mmdata decontam` prints."""
    done = CliRunner().invoke(app, ["decontam", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def mistake(*arguments: object) -> str:
    """What a person reads who called `mmdata decontam` so."""
    with pytest.raises(UserError) as caught:
        CliRunner().invoke(app, ["decontam", *map(str, arguments)], catch_exceptions=False)
    return str(caught.value)


def test_an_index_of_a_text_benchmark_finds_its_questions(tmp_path: Path) -> None:
    out = tmp_path / "new" / "math500.parquet"
    shown = cli("index", "math500", "--option", f"math500.path={copy(tmp_path, 'math500')}", "--out", out)
    (said,) = covers(out)
    assert (said["benchmark"], said["split"], said["rows"], said["images"], said["looks"]) == (
        "math500",
        "test",
        5,
        0,
        0,
    )
    assert said["title"]
    assert "math500" in shown
    assert said["revision"][:12] in shown
    assert cli("show", out) == shown
    rows = [problem("a", "2. Solve $x^{2} = 8$ for positive $x$"), problem("b", "Solve x^2 = 9 for positive x.")]
    dropped = screened(rows, tmp_path / "run", leaks={"indexes": [str(out)]})[1]
    assert list(dropped) == ["s/a"]
    assert dropped["s/a"][1].startswith("math500/test-test/algebra/9002.json: its words 1.00")


def test_an_index_of_a_benchmark_with_images_keeps_rows_whose_picture_is_gone(tmp_path: Path) -> None:
    folder = copy(tmp_path, "mathvision", case=1)
    (folder / "images").mkdir(exist_ok=True)
    drawn(1).save(folder / "images" / "9001.jpg")
    out = tmp_path / "index.parquet"
    shown = cli("index", "mathvision:test", "--option", f"mathvision.path={folder}", "--out", out, "--workers", "1")
    (said,) = covers(out)
    # Of four rows one has no option for its gold, and one shows a picture that is not there.
    assert said["left_out"] == {"image_missing": 1, "letter_without_options": 1}
    assert (said["rows"], said["images"], said["looks"]) == (3, 3, 2)
    assert "image_missing: 1, letter_without_options: 1" in shown
    images = (put(tmp_path / "run", drawn(1)),)
    dropped = screened([problem("a", "What?", images=images)], tmp_path / "run", leaks={"indexes": [str(out)]})[1]
    assert dropped["s/a"][1].startswith("mathvision/test-9001: its image")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.parquet", "mathvision", "run"]


def own(folder: Path, count: int = 40) -> Path:
    """A benchmark of one's own as a recipe names it, some of its rows broken."""
    (folder / "images").mkdir(parents=True)
    lines: list[dict[str, Any]] = []
    for i in range(count):
        drawn(i).save(folder / "images" / f"{i}.png")
        lines.append({"q": f"How many of the {i} shapes are red?", "a": str(i), "i": f"images/{i}.png"})
    lines += [{"q": "No picture, words alone?", "a": "1"}, {"q": ["no", "text"], "a": "1"}]
    (folder / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + "{broken\n")
    columns = {"question": "q", "answer": "a", "images": "i"}
    source = {"use": "files", "name": "ours", "options": {"path": "rows.jsonl", "columns": columns}}
    recipe = folder / "ours.yaml"
    recipe.write_text(json.dumps({"name": "ours", "sources": [source]}))
    return recipe


def test_an_index_has_the_same_bytes_however_often_and_by_how_many_it_is_written(tmp_path: Path) -> None:
    recipe = own(tmp_path / "copy")
    files = [tmp_path / f"{i}.parquet" for i in range(3)]
    for out, workers in zip(files, (1, 1, 2), strict=True):
        cli("index", recipe, "--out", out, "--workers", workers)
    assert len({out.read_bytes() for out in files}) == 1
    (said,) = covers(files[0])
    assert (said["benchmark"], said["rows"], said["looks"]) == ("ours", 41, 40)
    assert said["left_out"] == {"bad_json": 1, "not_a_text": 1}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.parquet", "1.parquet", "2.parquet", "copy"]


def test_an_index_holds_no_text_but_names(tmp_path: Path) -> None:
    out = tmp_path / "index.parquet"
    cli("index", own(tmp_path / "copy", 3), "--out", out)
    for path in (out, PACKAGED):
        schema = pyarrow.parquet.read_schema(path)
        texts = [
            field.name
            for field in schema
            if any(kind in str(field.type) for kind in ("string", "binary")) and field.name != "looks"
        ]
        assert texts == ["benchmark", "id"]
        assert {len(look) for row in pyarrow.parquet.read_table(path)["looks"].to_pylist() for look in row} == {
            BYTES + crops.BYTES
        }
    assert b"shapes" not in out.read_bytes()


def test_the_packaged_index_covers_what_is_shown(tmp_path: Path) -> None:
    shown, said = cli("show"), covers(PACKAGED)
    index = Index([PACKAGED], 0.8)
    for each in said:
        rows = [row for row in range(len(index)) if index.benchmarks[row] == each["benchmark"]]
        assert len(rows) == each["rows"]
        assert int(index.images[rows].sum()) == each["images"]
        assert int(np.isin(index.look_rows, rows).sum()) == each["looks"]
        line = next(line for line in shown.splitlines() if f" {each['benchmark']} " in line)
        for figure in ("split", "rows", "images", "looks"):
            assert f" {each[figure]} " in line
    assert sum(each["rows"] for each in said) == len(index)
    assert sorted({*index.benchmarks}) == sorted(each["benchmark"] for each in said)
    assert cli("show", PACKAGED) == shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "no source is called 'nowhere'"),
        (["gsm8k:validation"], "gsm8k has train, test, not 'validation'"),
        (["gsm8k", "--option", "gsm8k.pth=x"], "gsm8k: pth: Extra inputs are not permitted"),
        (["gsm8k", "--option", "path=x"], "write it as SOURCE.KEY=VALUE"),
        (["gsm8k", "--option", "gsm8k.path"], "write it as SOURCE.KEY=VALUE"),
        (["gsm8k", "--option", "gsm8k.path=[x"], "--option gsm8k.path: the value is not YAML"),
        (["gsm8k", "--option", "math500.path=x"], "--option math500.…: no such source is asked for"),
        (["gsm8k", "--option", "gsm8k.path=nowhere"], "there is no such file or folder"),
        (["a.yaml", "gsm8k"], "a recipe says all by itself"),
        (["nowhere.yaml"], "nowhere.yaml: 1 mistake\n  there is no such file"),
    ],
)
def test_what_cannot_be_indexed_is_said_in_a_word(tmp_path: Path, arguments: list[str], says: str) -> None:
    out = tmp_path / "index.parquet"
    said = mistake("index", *arguments, "--out", out)
    assert says in said
    assert said.count("\n") == says.count("\n")
    assert not list(tmp_path.iterdir())


def test_a_benchmark_without_a_readable_row_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "gsm8k").mkdir()
    (tmp_path / "gsm8k" / "test.jsonl").write_text('{"question": "What is missing?", "answer": "Nobody wrote it."}\n')
    said = mistake("index", "gsm8k:test", "--option", f"gsm8k.path={tmp_path / 'gsm8k'}", "--out", tmp_path / "x")
    assert said == "there is no readable row in gsm8k"
    assert [path.name for path in tmp_path.iterdir()] == ["gsm8k"]


def unreadable(folder: Path) -> dict[str, tuple[Path, str]]:
    """Files that are no index, by what is wrong, with what is said."""
    whole = indexed(folder, [problem("1", source="bench")], "whole.parquet")
    table = pyarrow.parquet.read_table(whole)
    meta = {"format": FORMAT, "looks": (table.schema.metadata or {})[b"looks"].decode(), "covers": "[]"}
    made: dict[str, bytes | dict[str, str]] = {
        "text": b"question,answer\n",
        "empty": b"",
        "cut": whole.read_bytes()[:-30],
        "older": {**meta, "format": "mmdata benchmark index 0"},
        "other looks": {**meta, "looks": "0 (12 bytes)"},
        "another table": {},
        "covers": {**meta, "covers": "{"},
    }
    says = {"older": "was not written by this version", "other looks": "was not written by this version",
            "another table": "was not written by this version"}  # fmt: skip
    found = {"missing": (folder / "missing.parquet", "there is no")}
    found["other columns"] = folder / "columns.parquet", "is no index of benchmarks"
    pyarrow.parquet.write_table(table.drop_columns("numbers").replace_schema_metadata(meta), found["other columns"][0])
    for name, content in made.items():
        path = folder / f"{name}.parquet"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            pyarrow.parquet.write_table(table.replace_schema_metadata(content), path)
        found[name] = path, says.get(name, "is no index of benchmarks")
    return found


def test_a_file_that_is_no_index_is_named_with_what_to_do(tmp_path: Path) -> None:
    for path, says in unreadable(tmp_path).values():
        for said in (mistake("show", path), _refused(path, tmp_path / "run")):
            assert says in said
            assert path.name in said
            assert "\n" not in said


def _refused(index: Path, run: Path) -> str:
    with pytest.raises(UserError) as caught:
        screened([problem("a")], run, leaks={"indexes": [str(index)]})
    return str(caught.value)


def test_the_commands_end_with_a_word_and_no_traceback(place: Place) -> None:
    path, says = unreadable(place.folder)["text"]
    recipe = place.folder / "recipe.yaml"
    recipe.write_text(json.dumps({**place.recipe, "screen": {"leaks": {"indexes": ["nowhere.parquet"]}}}))
    for command, words in ((["decontam", "show", path], says), (["build", recipe], "there is no")):
        done = subprocess.run(
            [sys.executable, "-m", "mmdata", *command], cwd=place.folder, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONWARNINGS": "error", "HF_HUB_OFFLINE": "1"},
        )  # fmt: skip
        assert done.returncode == 2
        assert done.stderr.startswith("error: ")
        assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_two_splits_of_one_source_have_the_same_options_and_their_own_figures(tmp_path: Path) -> None:
    folder = copy(tmp_path, "mathvision")
    data = folder / "data" / "test-00000-of-00001.parquet"
    data.with_name("testmini-00000-of-00001.parquet").write_bytes(data.read_bytes())
    out = tmp_path / "index.parquet"
    cli("index", "mathvision:test", "mathvision:testmini", "--option", f"mathvision.path={folder}", "--out", out)
    assert [(each["split"], each["rows"], each["images"]) for each in covers(out)] == [
        ("test", 2, 2),
        ("testmini", 2, 2),
    ]
