"""The gallery of a source: everything it asks is on one page, and nothing in its rows comes alive there."""

import base64
import html
import importlib.util
import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from made_run import HOSTILE
from mmdata import figures, gallery
from mmdata.errors import RecipeError
from test_cli import ends_clearly, mmdata
from test_report import Page

PICTURE = re.compile(r'src="data:image/(?:png|jpeg);base64,([^"]+)"')


def made(folder: Path, source: str, *options: str) -> str:
    """The page's text, by the real command."""
    flags = [word for option in options for word in ("--option", option)]
    done = mmdata("sources", "show", source, "--gallery", "page.html", *flags, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("wrote page.html: ")
    assert [path.name for path in folder.glob("*.html")] == ["page.html"]
    assert not list(folder.glob(".page*"))
    return (folder / "page.html").read_text(encoding="utf-8")


def inert(text: str) -> Page:
    """The page, once nothing in it can run, reach out, or be left open."""
    page = Page(text)
    assert page.open == []
    assert not {"script", "iframe", "object", "link", "form", "base", "svg"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert all(value.startswith("#") for _, name, value in page.attributes if name == "href")
    assert all(value.startswith("data:image/") for _, name, value in page.attributes if name == "src")
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert ("meta", "content", policy) in page.attributes
    return page


def test_every_level_and_question_type_of_a_family_is_shown_with_a_picture(tmp_path: Path) -> None:
    text = made(tmp_path, "figures", "families={counting: {}}", "figures=20")
    page = inert(text)
    ids = set(re.findall(r"<code>figures/train-0-counting-(\d)-\d+-(\w+)</code>", text))
    wanted = {(str(level), form) for level in figures.LEVELS for form in figures.forms("counting", level)}
    assert ids == wanted
    assert page.tags["img"] == text.count('loading="lazy"') >= 3
    for file in PICTURE.findall(text):
        Image.open(io.BytesIO(base64.b64decode(file))).load()
    shown = "".join(page.text)
    assert shown.count("The picture shows ") >= page.tags["img"]
    assert shown.count("judged as ") == 2 * len(wanted), "two of each, where there are few"
    assert "judged as choice" in shown


def test_the_index_leads_to_every_family(tmp_path: Path) -> None:
    first = figures.names()[:2]
    page = inert(
        made(tmp_path, "figures", f"families={json.dumps({name: {} for name in first})}", "levels=[1]", "figures=2")
    )
    anchors = {value for _, name, value in page.attributes if name == "id"}
    links = [value for _, name, value in page.attributes if name == "href" and value != "#top"]
    assert len(links) == len(first)
    assert {link[1:] for link in links} <= anchors


@pytest.mark.skipif(importlib.util.find_spec("easy_vqa") is None, reason="easy-vqa is not installed")
def test_a_public_set_is_shown_by_question_type(tmp_path: Path) -> None:
    text = made(tmp_path, "easy_vqa")
    page = inert(text)
    assert page.tags["h2"] == 3
    assert {"has_color", "has_no_color", "has_shape", "has_no_shape"} <= set(re.findall(r'tag">(\w+)</b>', text))
    assert page.tags["img"] >= 3


def test_nothing_in_hostile_rows_comes_alive_and_a_lying_image_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "lying.png").write_text("<svg onload=alert(1)><script>alert(1)</script></svg>")
    Image.new("RGB", (40, 30), "red").save(tmp_path / "true.png")
    images = ["lying.png", "true.png"]
    rows = [
        {"q": f"{evil} {name}?", "a": evil, "c": ["one", evil], "t": evil, "d": evil[:500], "p": images}
        for name, evil in HOSTILE.items()
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    columns = "columns={question: q, answer: a, choices: c, caption: t, domain: d, images: p}"
    text = made(tmp_path, "files", "path=rows.jsonl", columns, "license=<b>mine</b>")
    page = inert(text)
    shown = "".join(page.text)
    assert "<script" not in text
    assert "<script>alert(1)</script>" in shown
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", text)
    assert r"\x1b[31malert" in shown
    assert "{{ 7 * 7 }}" in shown
    assert "THE-END" not in shown
    assert shown.count("image cannot be shown: undecodable_image") == page.tags["img"] == len(HOSTILE)
    assert "svg" not in PICTURE.sub("", html.unescape(re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)))


def test_rows_that_are_no_problems_are_counted_and_text_needs_no_picture(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"q": "1+1?", "a": "2"}\nbroken\n{"q": "2+2?", "a": "4"}\n')
    page = inert(made(tmp_path, "files", "path=rows.jsonl", "columns.question=q", "columns.answer=a"))
    shown = " ".join("".join(page.text).split())
    assert "in every row," in shown
    assert re.search(r"Rows that are no problems: \w+ 1", shown)
    assert shown.count("judged as ") == 2
    assert page.tags["img"] == 0


def test_reading_stops_when_a_source_has_nothing_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "PATIENCE", 6)
    found = gallery.read("figures", {"families": {"counting": {"levels": [1]}}, "figures": 10_000_000})
    assert len(found.groups) == len(figures.forms("counting", 1))
    assert not found.ended
    assert found.rows < 40


def test_every_mistake_in_the_options_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as caught:
        gallery.parsed("figures", ["levels=[7]", "colour=red", "figures", "seed={", "seed.a=1", "seed=1"])
    for words in ("levels.0: ", "colour: Extra inputs", "figures: write it as KEY=VALUE", "seed={: write it"):
        assert words in str(caught.value)
    ends_clearly(mmdata("sources", "show", "files", "--gallery", "p.html", cwd=tmp_path), "path: Field required")
    ends_clearly(mmdata("sources", "show", "figures", "--option", "seed=1", cwd=tmp_path), "goes with --gallery")
    ends_clearly(mmdata("sources", "show", "figures", "--gallery", "no/p.html", cwd=tmp_path), "there is no folder")
    ends_clearly(mmdata("sources", "show", "nowhere", "--gallery", "p.html", cwd=tmp_path), "nowhere")
    assert not list(tmp_path.iterdir())
