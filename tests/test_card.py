"""The dataset card."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import DatasetCard, DatasetCardData
from markdown_it import MarkdownIt

import made_run
from mmdata import card
from mmdata.errors import StoreError
from mmdata.store import Run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return made_run.make(tmp_path_factory.mktemp("made") / "run")


@pytest.fixture(scope="module")
def text(run: Run) -> str:
    return card.write(run).read_text(encoding="utf-8")


def front(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    return found


def html_of(text: str) -> str:
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text.split("---\n", 2)[2])


def rows(*licenses: str, **more: Any) -> list[dict[str, Any]]:
    return [{"split": "sft", "source": "a", "license": n, "image": False, "rows": 1, **more} for n in licenses]


def test_the_hub_accepts_the_front_matter(text: str) -> None:
    read = DatasetCard(text)
    assert isinstance(read.data, DatasetCardData)
    assert read.data.to_dict() == front(text)
    assert read.data.license == "other"
    assert read.data.size_categories == ["n<1K"]
    assert set(read.data.task_categories or []) == {
        "visual-question-answering",
        "question-answering",
        "text-generation",
    }


def test_every_split_is_a_config_with_its_files(text: str) -> None:
    configs = {c["config_name"]: c["data_files"] for c in front(text)["configs"]}
    assert list(configs) == ["sft", "rl", "eval"]
    assert configs["rl"] == [{"split": "train", "path": "rl/part-*.parquet"}]
    assert configs["eval"] == [{"split": "test", "path": "eval/part-*.parquet"}]


@pytest.mark.parametrize(
    ("licenses", "said"),
    [
        (["MIT"], {"license": "mit"}),
        (["CC-BY-4.0", "CC-BY-4.0"], {"license": "cc-by-4.0"}),
        (["GPL-3.0-or-later"], {"license": "gpl-3.0"}),
        (["ODC-By-1.0"], {"license": "odc-by"}),
        (["MIT", "CC-BY-4.0"], {"license": "other", "license_name": "per-row"}),
        (["My own <terms>\n---"], {"license": "other", "license_name": "my-own-terms"}),
    ],
)
def test_one_licence_that_the_hub_knows_is_named_and_any_other_is_other(
    licenses: list[str], said: dict[str, str]
) -> None:
    found = card.metadata("x", ["sft"], rows(*licenses))
    assert {k: v for k, v in found.items() if k.startswith("license")} == said


@pytest.mark.parametrize(
    ("count", "size"), [(999, "n<1K"), (1_000, "1K<n<10K"), (874_357, "100K<n<1M"), (2_000_000, "1M<n<10M")]
)
def test_the_size_is_the_rows_of_all_splits(count: int, size: str) -> None:
    assert card.metadata("x", ["sft"], rows("MIT", rows=count))["size_categories"] == [size]


def test_hostile_names_are_inert_in_markdown(text: str) -> None:
    page = html_of(text)

    class Tags(HTMLParser):
        seen: set[str] = set()  # noqa: RUF012
        links: list[str] = []  # noqa: RUF012

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.seen.add(tag)
            self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    tags = Tags()
    tags.feed(page)
    plain = {
        "h1",
        "h2",
        "h3",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ul",
        "li",
        "code",
        "pre",
        "strong",
        "a",
    }
    assert tags.seen <= plain
    assert all(link.startswith("https://example.org/") for link in tags.links)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_no_name_breaks_a_table(text: str) -> None:
    page = html_of(text)
    for table in re.findall(r"<table>.*?</table>", page, re.DOTALL):
        widths = {len(re.findall(r"<t[hd]", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)}
        assert len(widths) == 1
    assert page.count("<table>") == 5
    assert "pipe|`tick`" in page


def test_a_block_of_code_holds_whatever_it_holds(text: str) -> None:
    blocks = re.findall(r"<pre><code[^>]*>(.*?)</code></pre>", html_of(text), re.DOTALL)
    assert any("# heading" in block and "````" in block and "javascript:alert(1)" in block for block in blocks)


def test_figures_come_from_the_tables(run: Run, text: str) -> None:
    for split in ("sft", "rl", "eval"):
        manifest = run.manifest(split)
        assert manifest is not None
        assert re.search(rf"^\| `{split}` \| {manifest.rows} \|", text, re.MULTILINE)
    captioned = sum(e.see == "caption" for e in run.read("sft"))
    assert f"- {captioned} of 17 SFT rows were written by a teacher that was shown a caption" in text
    assert re.search(r"^\| shapes \| .* \| MIT \(9\) \| yes \| yes \|$", text, re.MULTILINE)
    assert "| sft | wrong\\_answer | 30 |" in text


def test_the_card_says_what_has_not_been_done_and_how_to_rebuild(text: str) -> None:
    for words in ("No row was compared with any benchmark",
                  "mmdata build recipe.yaml", "recording: made.jsonl, sha256: 00ff", "temperature: 0.7"):  # fmt: skip
        assert words in text


def test_the_screening_is_told_as_the_tables_have_it(tmp_path: Path) -> None:
    run = made_run.look(made_run.make(tmp_path / "run"))
    text = card.render(run)
    page = html_of(text)
    assert "<script" not in page
    assert page.count("<table>") == 6
    found = [re.sub(r"<[^>]*>", "", row).split("\n")[1:-1] for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]
    rows = {row[0]: row[3:] for row in found if len(row) == 9}
    assert rows["exam"] == ["1,234", "77", "55", "1", "0", "0"]
    assert rows["&lt;script&gt;alert(1)&lt;/script&gt;"] == ["1,234", "77", "55", "0", "1", "1"]
    assert rows["unseen|`tick`"] == ["1,234", "77", "55", "0", "0", "0"]
    assert "problems that repeat another to the letter: 1, nearly: 2" in page
    assert "what was found was left out" in page
    assert "No row was compared with any benchmark" not in page


def test_the_same_tables_give_the_same_card(tmp_path: Path, text: str) -> None:
    again = made_run.make(tmp_path / "again")
    assert card.write(again).read_text(encoding="utf-8") == text


def test_notes_without_their_keys_are_no_obstacle(tmp_path: Path) -> None:
    run = made_run.make(tmp_path / "run", hostile=False)
    for table in ("problems", "traces"):
        path = run.folder / table / "manifest.json"
        path.write_text(re.sub(r'"(sources|teachers)": \{', r'"no_\1": {', path.read_text()))
    (run.folder / "recipe.yaml").unlink()
    assert "No teacher was asked" in card.render(run)


def test_a_run_without_a_split_has_no_card(tmp_path: Path) -> None:
    run = made_run.make(tmp_path / "run", tables=("problems", "screened"))
    with pytest.raises(StoreError, match="no published split"):
        card.write(run)


@pytest.mark.parametrize("value", ["https://x.org/a", "javascript:alert(1)", "https://x.org/a>b", "https://x.org/ y"])
def test_only_a_plain_address_is_a_link(value: str) -> None:
    assert card.link(value).startswith("<https://") == (value == "https://x.org/a")
