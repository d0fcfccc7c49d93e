"""Does what screening finds depend on the order of rows, on the number of workers, or on being killed?"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import measure
import screen_found as found
import screen_plant as plant

TABLES = ("pictures", "leaks", "twins", "screened")
LONGEST = 300.0


def mixed(rng: random.Random) -> tuple[plant.Corpus, list[plant.Row]]:
    """Some of everything: copies, look-alikes, word problems, leaks; and the benchmark."""
    corpus, leaks = plant.Corpus("mixed"), plant.leaks(1, 50, rng)
    for part in (plant.near_pictures(1, rng), plant.near_words(150, rng), leaks):
        rows = part.rows if part is leaks else [*part.first, *part.rows]
        chosen = rng.sample(rows, min(len(rows), 250))
        corpus.rows += [replace(row, id=f"{part.name}-{row.id}") for row in chosen]
    return corpus, leaks.first


def digest(run: Path) -> str:
    """Hash of every file of every table of screening."""
    seen = hashlib.sha256()
    for table in TABLES:
        for path in sorted((run / table).glob("*.parquet")):
            seen.update(f"{table}/{path.name}\0".encode() + path.read_bytes())
    return seen.hexdigest()[:12]


def outcome(run: Path) -> tuple[list[str], list[tuple[str, str]], list[tuple[str, str]]]:
    """Who goes on, who is whose twin, who leaks; in no order."""
    twins = sorted((row["problem_id"], row["twin"]) for row in found.rows(run, "twins"))
    leaks = sorted((row["problem_id"], row["match"]) for row in found.rows(run, "leaks"))
    return sorted(row["id"] for row in found.rows(run, "screened")), twins, leaks


def kill(recipe: Path, run: Path, after: float, *, alone: bool) -> tuple[str, int]:
    """Start screening, kill it after some seconds (`alone`: its main process and no other); what was under way, and
    how many of its processes were still there three seconds later."""
    words = [*measure.MMDATA, "build", recipe.name, "--run", run.name, "--stage", "screen", "--workers", "2", "--quiet"]
    child = subprocess.Popen(words, cwd=recipe.parent, env={**os.environ, **measure.QUIET}, start_new_session=True,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        child.wait(after)
    except subprocess.TimeoutExpired:
        (os.kill if alone else os.killpg)(child.pid, signal.SIGKILL)
        child.wait()
    done = [table for table in TABLES if (run / table / "manifest.json").exists()]
    for _ in range(30):
        if not (left := _session(child.pid)):
            break
        time.sleep(0.1)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return next((table for table in TABLES if table not in done), "its end"), len(left)


def _session(leader: int) -> list[int]:
    """Processes of a session, its leader aside; Linux only."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, session = (place / "stat").read_text().rpartition(")")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if int(session) == leader and state != "Z":
            found.append(int(place.name))
    return found


def measured(place: Path, kills: int, seed: int) -> bool:
    """Print what was compared; is all the same?"""
    rng = random.Random(seed)
    corpus, benchmark = mixed(rng)
    plant.write(corpus.rows, place / "mixed.jsonl")
    settings = {"leaks": {"indexes": [found.index(benchmark, place, "mixed-benchmark")]}}
    recipe = found.recipe(place, "mixed", [found.source("own", "mixed.jsonl")], **settings)
    collected = place / "run-mixed"
    found.build(recipe, collected.name, stage="collect")
    lines, good = [], True

    def fresh(name: str) -> Path:
        return Path(shutil.copytree(collected, place / name))

    one, two = fresh("run-one"), fresh("run-two")
    found.build(recipe, one.name, workers=1)
    took = found.build(recipe, two.name, workers=2)
    wanted, counts = digest(one), {table: len(found.rows(one, table)) for table in TABLES}
    lines.append(("one worker", wanted, ", ".join(f"{table} {rows:,}" for table, rows in counts.items())))
    lines.append(("two workers", digest(two), "the same bytes" if digest(two) == wanted else "BYTES DIFFER"))
    for i in range(kills):
        run, alone = fresh(f"run-kill-{i}"), i % 2 == 1
        stage, left = kill(recipe, run, rng.uniform(0.2, 0.85) * took.seconds, alone=alone)
        found.build(recipe, run.name)
        same = digest(run) == wanted
        good &= same and not left
        said = f"{'the same bytes' if same else 'BYTES DIFFER'}{f', {left} PROCESSES LEFT BEHIND' if left else ''}"
        lines.append((f"killed during {stage}{' (main process alone)' if alone else ''}", digest(run), said))
    shuffled = [*corpus.rows]
    for i in range(2):
        rng.shuffle(shuffled)
        plant.write(shuffled, place / f"shuffled-{i}.jsonl")
        other = found.recipe(place, f"shuffled-{i}", [found.source("own", f"shuffled-{i}.jsonl")], **settings)
        found.build(other, f"run-shuffled-{i}")
        same = outcome(place / f"run-shuffled-{i}") == outcome(one)
        good &= same
        lines.append(("rows in another order", "", "the same rows, twins and leaks" if same else "ROWS DIFFER"))
    good &= digest(two) == wanted
    found.table("The same whatever happens?", ("build", "tables", "found"), lines)
    return good
