"""What README says is so."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from mmdata.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_has_an_example_in_readme_and_in_its_own_help() -> None:
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        assert f"`mmdata {name}" in README
        assert "Example: mmdata" in (command.help or "")


def test_the_tree_in_readme_names_every_module_and_nothing_that_is_not_there() -> None:
    tree = README.split("## What is where")[1].split("```")[1]
    named = set(re.findall(r"(?<![/\w])(\w+\.py)\b", tree))
    there = {p.name for p in (ROOT / "mmdata").glob("*.py") if not p.name.startswith("__")}
    assert there <= named, f"README does not name {sorted(there - named)}"
    every = {p.name for p in ROOT.glob("*/**/*.py") if ".venv" not in p.parts}
    assert named <= every, f"README names {sorted(named - every)}"


@pytest.mark.parametrize("target", ["quickstart", "test", "bench", "chaos"])
def test_make_has_the_targets_that_readme_names(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert target in README


def test_links_in_the_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "verifiers" / "README.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (document.parent / link).exists(), f"{document.name}: {link}"
