"""Builds that are killed, by `benchmarks/chaos.py` at a small size, and that script's own eyes."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def test_builds_killed_at_random_moments_make_the_same_bytes_and_ask_for_nothing_finished_again() -> None:
    command = [sys.executable, BENCHMARKS / "chaos.py", "--kills", "3", "--problems", "40", "--replayed", "200"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "served: 3 kills in" in done.stdout
    assert "replayed: 3 kills in" in done.stdout


@pytest.fixture
def chaos(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import chaos

    return chaos


def test_a_byte_that_differs_and_a_file_too_few_or_too_many_are_seen(chaos, tmp_path: Path) -> None:
    for run, files in {"one": ("same", "less", "other"), "two": ("same", "more", "other")}.items():
        (tmp_path / run / "sft").mkdir(parents=True)
        for name in files:
            (tmp_path / run / "sft" / f"{name}.parquet").write_text(run if name == "other" else "")
    found = dict(chaos.differences(chaos.tables(tmp_path / "one"), chaos.tables(tmp_path / "two")))
    assert found == {
        "sft/less.parquet": "is missing",
        "sft/more.parquet": "should not be there",
        "sft/other.parquet": "has other bytes",
    }


def test_a_finished_sample_that_is_asked_for_again_is_seen(chaos, tmp_path: Path) -> None:
    part = chaos.Part("served", tmp_path, chaos.Loopback())
    try:
        first, second = ({"messages": [word], "seed": 5, "n": 2} for word in ("one", "two"))
        part.server.bodies += [first, second]
        answered = frozenset(chaos.asked([first]))
        kill = chaos.Kill(folder=0, planned="", stage="traces", tables=2, logged=frozenset(), answered=answered, mark=2)
        part._settle("run", [kill])
        assert (part.again, part.wrong) == (0, [])
        part.server.bodies.append({"messages": ["one"], "seed": 6})
        part._settle("run", [kill])
        assert part.again == 1
        assert part.wrong == ["run: 1 finished samples were asked again after a kill in traces"]
    finally:
        part.server.close()
