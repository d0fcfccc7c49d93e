"""Commands of an experiment that run side by side: the one that fails is told, the others end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from mmdata.errors import UserError
from mmdata.validation.trials import Jobs

MODULES = {
    "sleeps": "import os, time, pathlib, sys\nplace = pathlib.Path(sys.argv[1])\n"
    "place.with_name('aside').write_text(str(os.getpid()))\nplace.with_name('aside').rename(place)\ntime.sleep(120)\n",
    "fails": "import sys, time, pathlib\nwhile not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.05)\n"
    "print('first', file=sys.stderr)\nprint('the disk is full', file=sys.stderr)\nsys.exit(2)\n",
    "works": "import pathlib, sys\npathlib.Path(sys.argv[1]).touch()\n",
}


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in MODULES.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_every_chain_runs_in_turn_and_says_when_it_is_done(modules: Path) -> None:
    done: list[int] = []
    chains = [[["works", str(modules / f"{i}-{j}")] for j in range(2)] for i in range(3)]
    Jobs(2).run([partial(iter, chain) for chain in chains], done.append)
    assert sorted(done) == [0, 1, 2]
    assert all((modules / f"{i}-{j}").exists() for i in range(3) for j in range(2))


def test_what_failed_is_told_and_what_it_stopped_is_not_done(modules: Path) -> None:
    mark, done, started = str(modules / "mark"), list[int](), time.monotonic()
    chains = [[["sleeps", mark], ["works", str(modules / "later")]], [["fails", mark]], [["works", mark + "2"]]]
    with pytest.raises(UserError, match=r"(?s)`fails .*status 2.*the disk is full"):
        Jobs(2).run([partial(iter, chain) for chain in chains], done.append)
    assert time.monotonic() - started < 60
    assert 0 not in done
    assert not (modules / "later").exists()


def test_a_plain_kill_ends_what_was_started_too(modules: Path) -> None:
    code = (
        "from functools import partial\nfrom mmdata.validation.trials import Jobs\n"
        f"Jobs(1).run([partial(iter, [['sleeps', {str(modules / 'mark')!r}]])], print)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        if (modules / "mark").exists():
            break
        time.sleep(0.1)
    parent.send_signal(signal.SIGTERM)
    _, said = parent.communicate(timeout=60)
    assert "KeyboardInterrupt" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int((modules / "mark").read_text()), 0)
