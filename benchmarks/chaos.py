"""Does a build survive being killed? Builds a corpus once undisturbed, then again under `kill -9` at random moments.

Two parts. One asks a chat server on 127.0.0.1 that counts what it is asked; its moments are spread at random over the
time of the undisturbed build, from the first file it writes to its end, and most of that is distill. One answers out
of a recording; its moments are spread over the tables, as many in each, at random within a table's time. At each
moment the whole process group is killed, and the next attempt goes on in the same folder. Every few kills a build may
end, and a new folder begins.

Held, or the script ends with status 1:
- every parquet file of every table, dropped.parquet included, has the bytes of the undisturbed build, and so have
  the images;
- a sample that was in the request log at a kill is never asked for again, and stays in the log;
- what a kill loses is at most the requests that were under way;
- a table that has a manifest is whole at every kill.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import measure
import yaml
from PIL import Image

from mmdata import prompt, recipe_file
from mmdata.engines.chat import messages
from mmdata.store import Run

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from loopback import Loopback, key_of

TABLES = ("problems", "screened", "traces", "verdicts", "suspects", "sft", "rl", "eval")
CONCURRENCY = 8
SAMPLES = 4
PER_FOLDER = 5
"""Kills before a build may end."""
LONGEST = 300.0
"""Seconds an attempt may take before something is wrong."""
Asked = tuple[str, int]
"""A sample as the server sees it: hash of the messages, and its seed."""


@dataclass(frozen=True)
class Kill:
    """What was found after one kill."""

    folder: int
    planned: str
    stage: str
    """What was under way."""
    tables: int
    """Finished ones."""
    logged: frozenset[str]
    """Keys of the samples in the request log."""
    answered: frozenset[Asked]
    """The same samples, as the server knows them."""
    mark: int
    """How many requests the server had received by then."""


@dataclass
class Part:
    """A recipe, its undisturbed build, and what happened to the others."""

    name: str
    folder: Path
    server: Loopback | None
    seen: list[tuple[str, float]] = field(default_factory=list)
    """When the undisturbed build began each table, in seconds from the start of the process."""
    wall: float = 0.0
    kills: list[Kill] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    requests: dict[str, str] = field(default_factory=dict)
    """Problem id → hash of the messages that ask it."""
    again: int = 0
    """Samples asked for more than once, because the first answer was under way when its build was killed."""

    @property
    def recipe(self) -> Path:
        return self.folder / f"{self.name}.yaml"

    def launch(self, run: str) -> subprocess.Popen[bytes]:
        """A build in a process group of its own."""
        with (self.folder / f"{run}.log").open("ab") as said:
            return subprocess.Popen(
                [*measure.MMDATA, "build", str(self.recipe), "--run", run, "--workers", "2"],
                cwd=self.folder, env={**os.environ, **measure.QUIET}, stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip

    def undisturbed(self) -> None:
        """Build once, and note when each table began."""
        run, started = self.folder / self.name, time.monotonic()
        child = self.launch(self.name)
        try:
            while child.poll() is None:
                now = time.monotonic() - started
                if now > LONGEST:
                    raise TimeoutError("the undisturbed build does not end")
                known = dict(self.seen)
                self.seen += [(table, now) for table in TABLES if table not in known and begun(run, table)]
                time.sleep(0.002)
        finally:
            end(child)
        self.wall = time.monotonic() - started
        self._expect_success(child, self.name)
        if self.server:
            self.server.bodies.clear()
        known = dict(self.seen)
        if missing := [table for table in TABLES if table not in known]:
            raise RuntimeError(f"the undisturbed build of {self.name} made no {', '.join(missing)}")
        if all((run / table / "manifest.json").is_file() for table in TABLES):
            self.seen.append(("report", max(self._written(run), known["eval"])))
        what = recipe_file.load(self.recipe)
        (teacher,) = what.distill.teachers
        made = Run(run)
        for problem in made.read("screened"):
            request = prompt.request(teacher, problem, [made.images.path(i) for i in problem.images], what.seed)
            self.requests[problem.id] = key_of(json.loads(json.dumps(messages(request))))

    def _written(self, run: Path) -> float:
        """When the last table was in place, on the scale of `seen`."""
        return self.wall - (time.time() - (run / "eval" / "manifest.json").stat().st_mtime)

    def disturbed(self, kills: int, draw: random.Random) -> None:
        """Builds that are killed, at `kills` moments in all, and what they come to."""
        begin, moments = self.seen[0][1], self._moments(kills, draw)
        folders = max(1, round(kills / PER_FOLDER))
        for number in range(folders):
            run, mine = f"{self.name}-{number}", list[Kill]()
            for moment in moments[number::folders]:
                while not self._kill_at(run, moment):
                    # The attempt was done before its moment came: the kill is made sooner, in a build from nothing.
                    self._finish(run, mine)
                    mine, moment = [], begin + draw.random() * (moment - begin)
                mine.append(self._look(run, number, moment))
                self.kills.append(mine[-1])
                print(self.row(len(self.kills), mine[-1]), flush=True)
            child = self.launch(run)
            try:
                child.wait(LONGEST)
            finally:
                end(child)
            self._expect_success(child, run)
            self._finish(run, mine)

    def _finish(self, run: str, kills: list[Kill]) -> None:
        """Hold a finished build against the undisturbed one and against its kills, and remove it."""
        whole, found = tables(self.folder / self.name), tables(self.folder / run)
        self.wrong += [f"{run}: {name} {why}" for name, why in differences(whole, found)]
        self._settle(run, kills)
        shutil.rmtree(self.folder / run)
        if self.server:
            self.server.bodies.clear()

    def _moments(self, kills: int, draw: random.Random) -> list[float]:
        """In order. With a server, one in each of as many equal shares of the time; else a share is a table's."""
        shares = [(i + draw.random()) / kills for i in range(kills)]
        if self.server:
            begin = self.seen[0][1]
            return [begin + share * (self.wall - begin) for share in shares]
        bounds = [*(since for _, since in self.seen), self.wall]
        found = []
        for share in shares:
            index, offset = divmod(share * len(self.seen), 1)
            found.append(bounds[int(index)] + offset * (bounds[int(index) + 1] - bounds[int(index)]))
        return found

    def _kill_at(self, run: str, moment: float) -> bool:
        """Start an attempt and kill it at a moment of the undisturbed build, that is, so long after the start of the
        table that was then under way; False if it ended before."""
        table, since = self._at(moment)
        child, started, due = self.launch(run), time.monotonic(), None
        try:
            while child.poll() is None:
                now = time.monotonic()
                if due is None and self._begun(run, table):
                    due = now + since
                if due is not None and now >= due:
                    break
                if now - started > LONGEST:
                    raise TimeoutError(f"{run} does not end")
                time.sleep(0.001)
        finally:
            killed = end(child)
        if not killed:
            self._expect_success(child, run)
        return killed

    def _at(self, moment: float) -> tuple[str, float]:
        return next((table, moment - since) for table, since in reversed(self.seen) if since <= moment)

    def _begun(self, run: str, table: str) -> bool:
        folder = self.folder / run
        if table == "report":
            return (folder / "eval" / "manifest.json").exists()
        return begun(folder, table)

    def _look(self, run: str, number: int, moment: float) -> Kill:
        folder = self.folder / run
        self.wrong += [
            f"{run}: {table} is there, but not whole" for table in TABLES if not whole_or_absent(folder, table)
        ]
        finished = sum((folder / table / "manifest.json").is_file() for table in TABLES)
        partial = next((table for table in TABLES if (folder / f"{table}.partial").exists()), "")
        stage = partial or ("report" if finished == len(TABLES) else f"before {TABLES[finished]}")
        logged = {key: (self.requests[problem], seed) for key, problem, seed in log(folder)}
        table, since = self._at(moment)
        return Kill(
            folder=number, planned=f"{table} + {since:.2f} s", stage=stage, tables=finished,
            logged=frozenset(logged), answered=frozenset(logged.values()),
            mark=len(self.server.bodies) if self.server else 0,
        )  # fmt: skip

    def _settle(self, run: str, kills: list[Kill]) -> None:
        """Hold what the server was asked, and what the request log holds, against every kill of one folder."""
        if (self.folder / run).exists():
            final = frozenset(key for key, _, _ in log(self.folder / run))
            states = [*(kill.logged for kill in kills), final]
            for earlier, later in pairwise(states):
                if lost := earlier - later:
                    self.wrong.append(f"{run}: {len(lost)} finished samples are no longer in the request log")
        if not self.server:
            return
        bodies = list(self.server.bodies)
        for kill in kills:
            if twice := kill.answered & asked(bodies[kill.mark :]):
                self.wrong.append(f"{run}: {len(twice)} finished samples were asked again after a kill in {kill.stage}")
        repeated = sum(int(body.get("n", 1)) for body in bodies) - len(asked(bodies))
        self.again += repeated
        if repeated > (most := len(kills) * CONCURRENCY * SAMPLES):
            self.wrong.append(f"{run}: {repeated} samples were asked twice, more than the {most} under way at kills")

    def _expect_success(self, child: subprocess.Popen[bytes], run: str) -> None:
        if child.returncode:
            said = (self.folder / f"{run}.log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"the build in {run} failed with status {child.returncode}:\n{said}")

    def row(self, number: int, kill: Kill) -> str:
        """A line of the printed table."""
        received = f"{kill.mark:>9,}" if self.server else f"{'-':>9}"
        return (
            f"{self.name:8} {number:>4} {kill.folder:>6}  {kill.planned:18} {kill.stage:16} {kill.tables:>6}"
            f" {len(kill.logged):>8,} {received}"
        )


HEAD = (
    f"{'part':8} {'kill':>4} {'folder':>6}  {'planned':18} {'interrupted':16} {'tables':>6} {'answered':>8}"
    f" {'requests':>9}"
)


def begun(run: Path, table: str) -> bool:
    """Is the table being made, or made?"""
    return (run / f"{table}.partial").exists() or (run / table).exists()


def end(child: subprocess.Popen[bytes]) -> bool:
    """Kill the process group, and wait; False if its leader had ended by itself."""
    if child.poll() is not None:
        return False
    os.killpg(child.pid, signal.SIGKILL)
    return child.wait() == -signal.SIGKILL


def tables(run: Path) -> dict[str, str]:
    """File → sha256 of every table's parquet files and of every image. What a kill leaves of an image that was being
    written has a name that begins with a dot, and no meaning."""
    files = [*run.glob("*/*.parquet"), *(p for p in run.glob("images/*/*") if not p.name.startswith("."))]
    return {p.relative_to(run).as_posix(): sha256(p) for p in sorted(files)}


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def differences(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each file that is not as in the undisturbed build, and how."""
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield name, "is missing"
        elif name not in expected:
            yield name, "should not be there"
        elif expected[name] != found[name]:
            yield name, "has other bytes"


def whole_or_absent(run: Path, table: str) -> bool:
    """A table's folder has a manifest, and every file in it is as the manifest says; or there is no such folder."""
    place = run / table
    if not place.exists():
        return True
    try:
        manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        return all(sha256(place / file["name"]) == file["sha256"] for file in manifest["files"])
    except (OSError, ValueError, KeyError):
        return False


def log(run: Path) -> list[tuple[str, str, int]]:
    """Key, problem and seed of each sample in a run's request log, read from a copy: reading may tidy it up."""
    if not (run / "requests.sqlite").exists():
        return []
    with tempfile.TemporaryDirectory(prefix="mmdata-bench-") as aside:
        for path in run.glob("requests.sqlite*"):
            shutil.copy(path, aside)
        db = sqlite3.connect(Path(aside) / "requests.sqlite")
        try:
            return db.execute("SELECT key, problem_id, seed FROM answers").fetchall()
        except sqlite3.OperationalError:  # killed before the table was made
            return []
        finally:
            db.close()


def asked(bodies: list[dict[str, Any]]) -> set[Asked]:
    """Every sample that these requests ask for."""
    return {(key_of(body["messages"]), body["seed"] + i) for body in bodies for i in range(int(body.get("n", 1)))}


ROOT = re.compile(r"(\d+)/(\d+) plus the square root of (\d+)")
SUM = re.compile(r"What is (\d+) plus (\d+)")


def question(i: int) -> dict[str, Any]:
    """Row i: a sum, or, every fifth, an expression that takes a computer algebra system to judge."""
    row: dict[str, Any] = {"id": f"q{i:06d}"}
    if i % 5:
        row |= {"question": f"What is {i} plus {2 * i + 3}?", "answer": str(3 * i + 3)}
    else:
        row |= {"question": f"Add {i + 1}/7 plus the square root of {i + 2}.",
                "answer": rf"\frac{{{i + 1}}}{{7}}+\sqrt{{{i + 2}}}"}  # fmt: skip
    if i % 50 == 7:
        row["answer"] = " "
    if i % 50 == 8:
        row["question"] = "What is 8 plus 19?"  # the same words with many golds
    return row


def answer(words: str, digest: bytes) -> str:
    """What the teacher says: mostly right, sometimes wrong, sometimes without the format."""
    if found := ROOT.search(words):
        top, bottom, radicand = found.groups()
        said = rf"\sqrt{{{radicand}}} + {top}/{bottom}" if digest[0] < 160 else rf"\sqrt{{{radicand}}}"
    else:
        found = SUM.search(words)
        said = str(sum(map(int, found.groups())) + (digest[0] >= 160)) if found else "nothing"
    if digest[1] < 16:
        return f"It is {said}."
    return f"<think>I add the parts ({digest.hex()[:8]}).</think><answer>{said}</answer>"


def rule(asked_with: list[Any], seed: int) -> str:
    """The server's answers: the same for the same messages and seed, in whatever order they are asked."""
    content = asked_with[-1]["content"]
    words = content if isinstance(content, str) else " ".join(p.get("text", "") for p in content)
    return answer(words, hashlib.sha256(f"{words} {seed}".encode()).digest())


def write_inputs(folder: Path, name: str, count: int, teacher: Mapping[str, Any]) -> None:
    """A recipe and its rows; every tenth has an image."""
    (folder / "images").mkdir(exist_ok=True)
    rows = []
    for i in range(count):
        row = question(i)
        if i % 10 == 3:
            row["picture"] = f"images/{i % 2000}.png"
            Image.new("RGB", (40, 40), (i % 200, i // 200 % 10, 90)).save(folder / row["picture"])
        rows.append(row)
    measure.write_jsonl(folder / f"{name}.jsonl", rows)
    recipe = {
        "name": name, "seed": 3,
        "sources": [{
            "use": "files", "name": "sums",
            "options": {
                "path": f"{name}.jsonl", "license": "CC0-1.0",
                "columns": {"id": "id", "question": "question", "answer": "answer", "images": "picture"},
            },
        }],
        "distill": {"samples": SAMPLES, "teachers": [{"name": "teacher", "model": "loopback", **teacher}]},
        "mix": {
            "sft": {"per_problem": 3, "weights": {"sums": 0.9}, "rows": {"sums": 3 * count // 2}},
            "rl": {"pass_rate": [0.0, 0.9]},
            "eval": {"fraction": 0.1},
        },
    }  # fmt: skip
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")


def recorded(count: int) -> Iterator[dict[str, Any]]:
    """The same teacher as a recording."""
    for i in range(count):
        for sample in range(SAMPLES):
            response = rule([{"content": question(i)["question"]}], sample)
            yield {"problem_id": f"sums/q{i:06d}", "sample": sample, "response": response}


def served(folder: Path, count: int, carry_out: Callable[[Part], None]) -> None:
    """The part with a server: about four seconds of distilling, however many problems."""
    delay = 4.0 * CONCURRENCY / count
    with Loopback(rule, delay=delay) as server:
        teacher = {"engine": "openai", "base_url": server.url, "concurrency": CONCURRENCY}
        write_inputs(folder, "served", count, teacher)
        carry_out(Part("served", folder, server))


def replayed(folder: Path, count: int, carry_out: Callable[[Part], None]) -> None:
    """The part with a recording."""
    write_inputs(folder, "replayed", count, {"engine": "replay", "path": "recording.jsonl"})
    measure.write_jsonl(folder / "recording.jsonl", recorded(count))
    carry_out(Part("replayed", folder, None))


def main() -> int:
    """Build, kill, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, help="in each of the two parts")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--problems", type=int, default=300, help="in the part with a server")
    parser.add_argument("--replayed", type=int, default=2000, help="problems in the part with a recording")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # builds end and folders go, as on Ctrl-C
    done: list[Part] = []

    def carry_out(part: Part) -> None:
        done.append(part)
        part.undisturbed()
        began = ", ".join(f"{table} {since:.2f}" for table, since in part.seen)
        print(f"{part.name}: undisturbed {part.wall:.1f} s; begun at: {began}\n{HEAD}", flush=True)
        part.disturbed(args.kills, random.Random(f"{args.seed} {part.name}"))

    with tempfile.TemporaryDirectory(prefix="mmdata-bench-") as folder:
        served(Path(folder), args.problems, carry_out)
        replayed(Path(folder), args.replayed, carry_out)
    for part in done:
        stages = sorted({kill.stage for kill in part.kills})
        print(f"{part.name}: {len(part.kills)} kills in: {', '.join(stages)}")
        if part.server:
            print(f"{part.name}: {part.again} samples asked twice, all of them under way when their build was killed")
    wrong = [f"{part.name}: {line}" for part in done for line in part.wrong]
    print("\n".join(f"FAILED: {line}" for line in wrong) or "every table has the bytes of the undisturbed build, and"
          " no finished sample was asked for or lost again")  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
