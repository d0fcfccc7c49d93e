"""The report and the figures behind it."""

import io
import re
from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import made_run
from mmdata import histograms, report, summary, verdict_figures
from mmdata.errors import StoreError
from mmdata.show import printable
from mmdata.store import Run

VOID = {"meta", "br", "img", "rect", "line"}


class Page(HTMLParser):
    """Every tag with its attributes, the text, and whether all that was opened was closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made_run.make(tmp_path_factory.mktemp("made") / "run")


@pytest.fixture(scope="module")
def page(run: Run) -> Page:
    return Page(report.write(run).read_text(encoding="utf-8"))


def test_the_page_is_well_formed_whatever_the_rows_hold(page: Page) -> None:
    assert page.open == []
    assert page.tags["html"] == page.tags["body"] == page.tags["main"] == 1


def test_nothing_in_the_rows_becomes_a_tag_a_handler_or_a_link(run: Run, page: Page) -> None:
    text = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "<script" not in text.lower()
    assert not {"script", "iframe", "object", "link", "form", "base"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert all(value.startswith("#") for _, name, value in page.attributes if name == "href")
    assert "<script>alert(1)</script>" in "".join(page.text)


def test_nothing_is_loaded_from_anywhere(run: Run, page: Page) -> None:
    text = (run.folder / "report.html").read_text(encoding="utf-8")
    sources = [value for _, name, value in page.attributes if name in ("src", "srcset", "poster", "xlink:href")]
    assert sources
    assert all(value.startswith("data:image/png;base64,") for value in sources)
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert not re.search(r"url\(|@import", "".join(styles))
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert ("meta", "content", policy) in page.attributes


def test_hidden_characters_are_shown_and_templates_are_text(run: Run, page: Page) -> None:
    text = (run.folder / "report.html").read_text(encoding="utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", text)
    shown = "".join(page.text)
    assert r"\x1b[31malert" in shown
    assert r"user\u202egnp.exe" in shown
    assert "{{ 7 * 7 }}" in shown


def test_long_texts_are_cut_and_say_so(run: Run, page: Page) -> None:
    shown = "".join(page.text)
    assert "THE-END" not in shown
    assert "more characters)" in shown
    assert (run.folder / "report.html").stat().st_size < 1_000_000


def test_every_verdict_and_a_broken_image_are_shown(page: Page) -> None:
    shown = " ".join("".join(page.text).split())
    for words in ("✓ right", "✗ wrong", "? cannot be judged", "cannot be shown: undecodable_image", "no_teacher"):
        assert words in shown
    assert page.tags["img"] == 5


def test_every_drawing_has_a_title(page: Page) -> None:
    drawings = [value for tag, name, value in page.attributes if tag == "svg" and name == "role"]
    assert len(drawings) == 5
    assert page.tags["title"] > len(drawings)


def test_the_same_tables_give_the_same_page(tmp_path: Path) -> None:
    one, two = (made_run.make(tmp_path / name / "run") for name in ("one", "two"))
    assert report.write(one).read_bytes() == report.write(two).read_bytes()
    assert not list(one.folder.glob(".report*"))


@pytest.mark.parametrize("tables", [("problems",), ("problems", "screened"), ("problems", "screened", "traces")])
def test_a_run_that_is_not_finished_has_a_report_too(tmp_path: Path, tables: tuple[str, ...]) -> None:
    run = made_run.make(tmp_path / "run", tables=tables)
    page = Page(report.write(run).read_text(encoding="utf-8"))
    assert page.open == []
    assert "This run is not finished" in "".join(page.text)
    summary.show(run, Console(file=io.StringIO()))


def test_a_folder_without_a_run_has_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="build the run first"):
        report.write(Run(tmp_path))


def test_the_funnel_counts_what_the_tables_hold(run: Run) -> None:
    found = summary.funnel(run)
    flows = {flow.source: flow for flow in found.flows}
    words = flows["words"]
    assert (words.read, words.problems, words.screened, words.unserved) == (7, 6, 4, 1)
    assert (words.traces, words.judged, words.right, words.sft, words.rl, words.eval) == (12, 9, 3, 2, 3, 1)
    assert words.pass_rate == pytest.approx(3 / 9)
    for table, column in (("problems", "problems"), ("traces", "traces"), ("sft", "sft"), ("rl", "rl")):
        assert getattr(found.total, column) == sum(1 for _ in run.read(table))
    assert sum(d.rows for d in found.drops) == sum(1 for t in made_run.TABLES for _ in run.dropped(t))


def test_what_cannot_be_judged_is_not_counted_as_wrong(run: Run) -> None:
    (verifier,) = verdict_figures.verifiers(run)
    total = summary.funnel(run).total
    assert total.judged == verifier["right"] + verifier["wrong"]
    assert verifier["unjudged"] == sum(v.score is None for v in run.read("verdicts"))


def test_histograms_count_every_row_once(run: Run) -> None:
    lengths, rates = histograms.lengths(run), histograms.rates(run)
    assert lengths is not None
    assert rates is not None
    assert sum(n for _, n in lengths.bars) == lengths.total == sum(t.completion_tokens > 0 for t in run.read("traces"))
    judged = {v.problem_id for v in run.read("verdicts") if v.score is not None}
    assert sum(n for _, n in rates.bars) == rates.total == len(judged)


def test_the_screening_is_told_as_the_tables_have_it_and_nothing_in_it_becomes_a_tag(tmp_path: Path) -> None:
    run = made_run.look(made_run.make(tmp_path / "run", hostile=False))
    text = report.write(run).read_text(encoding="utf-8")
    page = Page(text)
    section = re.search(r'<section aria-labelledby="screened">.*?</section>', text, re.DOTALL)
    assert section is not None
    shown = Page(section[0])
    said = " ".join(" ".join(shown.text).split())
    assert (page.open, shown.open) == ([], [])
    assert not {"script", "img", "a"} & set(shown.tags)
    for words in ("5 different ones were decoded", f"2: {made_run.EVIL} 1, image_bomb 1", f"1: {made_run.EVIL} 1",
                  "problems that repeat another to the letter: 1, nearly: 2"):  # fmt: skip
        assert words in said
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>.*?</tr>", section[0].split("<tbody>")[1])]
    assert rows == [["1,234", "77", "55", *found] for found in (["1", "0", "0"], ["0", "1", "1"], ["0", "0", "0"])]
    assert 'id="screened"' not in report.write(made_run.make(tmp_path / "other")).read_text(encoding="utf-8")


def traced(folder: Path, tokens: list[int]) -> Run:
    """A run of traces that are this long."""
    (like, *_) = made_run.make(folder / "like").read("traces")
    rows = [replace(like, id=str(n), completion_tokens=count) for n, count in enumerate(tokens)]

    def stage() -> Generator[Any, None, dict[str, Any]]:
        yield from rows
        return {}

    run = Run(folder / "run")
    run.write("traces", stage(), key="k", config={}, inputs={}, versions={}, sources=lambda _: "s", seconds=lambda: 1.0)
    return run


def test_responses_whose_tokens_were_not_counted_are_not_the_shortest(tmp_path: Path) -> None:
    lengths = histograms.lengths(traced(tmp_path / "some", [0, 0, 0, 30, 40]))
    assert lengths is not None
    assert (lengths.total, lengths.median, lengths.top) == (2, 30, 40)
    assert sum(n for _, n in lengths.bars) == 2
    assert histograms.lengths(traced(tmp_path / "none", [0, 0])) is None


@pytest.mark.parametrize("folder", ["a=1", "b[0]", "c*"])
def test_a_folder_may_be_called_anything(tmp_path: Path, folder: str) -> None:
    run = made_run.make(tmp_path / folder, tables=("problems",))
    assert summary.funnel(run).total.problems == 24


def test_the_terminal_is_never_steered(run: Run) -> None:
    written = io.StringIO()
    summary.show(run, Console(file=written, force_terminal=False, width=200))
    assert "\x1b" not in written.getvalue()
    assert "<script>alert(1)</script>" in written.getvalue()
    assert "recording: made.jsonl" in written.getvalue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\u202eb\u2066c\u2069", r"a\u202eb\u2066c\u2069"),
        ("\x9b1m\x7f", r"\x9b1m\x7f"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("lone\ud800", r"lone\ud800"),
        ("line\r\n\tnext", r"line\r\n\tnext"),
        ("naïve — 漢字 👩‍🔬 عربي", "naïve — 漢字 👩‍🔬 عربي"),
    ],
)
def test_printable_shows_what_is_hidden_and_leaves_the_rest(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_printable_keeps_lines_where_it_is_told_to_and_notes_what_it_cuts() -> None:
    assert printable("a\r\nb\tc\rd", lines=True) == "a\nb\tc\\rd"
    assert printable("x" * 1010, 10) == "x" * 10 + "… (1,000 more characters)"
