"""The tiny vision-language model: trained from its recipe with several seeds, measured on images that it has not seen.

    python benchmarks/tiny_vlm.py --seeds 0,1,2            # train, measure, print the table of gates
    python benchmarks/tiny_vlm.py --seeds 0,1,2 --ship     # and put the first seed's weights and card into the package
    python benchmarks/tiny_vlm.py --model mmdata/tiny-vlm  # measure a model as it is

Open questions of easy-VQA are counted as they are. Yes/no questions are balanced: the mean over what is asked (a
colour, a shape, either of them denied) and over both answers, so that always saying no is worth a half. Beside each
figure stands the blind baseline: the answer that training rows give most often to the same words, or, of words that
they do not have, to the same type of question. Exit code 1 where a gate is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from mmdata.store import Run
from mmdata.types import Problem

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "mmdata" / "models" / "tiny-vlm"
TRAIN, TEST = ROOT / "recipes" / "tiny-vlm.yaml", ROOT / "recipes" / "tiny-vlm-test.yaml"
OPEN, YESNO, ABOVE_BLIND = 0.95, 0.90, 0.5
"""The gates: open questions, balanced yes/no questions, and how far a family of figures must be above blind."""
Figures = dict[str, tuple[float, int]]
"""By what was measured: accuracy, and of how many questions."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0,1,2", help="seeds of weights and order")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where runs and models are kept")
    parser.add_argument("--model", help="train nothing, measure this one")
    parser.add_argument("--ship", action="store_true", help="put the first seed's model into the package")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="trainings at once, a thread each")
    given = parser.parse_args()
    trained = given.runs / "tiny-vlm"
    _mmdata("build", TRAIN, "--run", trained, "--quiet")
    models = {"as it is": given.model} if given.model else _trained(trained, given.seeds.split(","), given.jobs)
    guesses = _guesses(Run(trained))
    found: dict[str, Figures] = {}
    for name, model in models.items():
        run = given.runs / "tiny-vlm-test" / name.replace(" ", "-")
        _mmdata("build", TEST, "--run", run, "--quiet", "--set", f"distill.teachers.tiny.model={model}")
        found[name] = measured(Run(run))
    blind = measured(Run(run), guesses)
    lines, passed = table(found, blind)
    print("\n".join(lines))
    if given.ship and passed:
        _ship(Path(next(iter(models.values()))), lines)
    sys.exit(0 if passed else 1)


def _mmdata(*words: str | Path, env: Mapping[str, str] | None = None) -> None:
    subprocess.run([sys.executable, "-m", "mmdata", *map(str, words)], check=True, env={**os.environ, **(env or {})})


def _trained(run: Path, seeds: list[str], jobs: int) -> dict[str, str]:
    """A model for each seed; those that are there already are taken as they are."""
    places = {seed: (run / "models" / f"sft-{seed}").resolve() for seed in seeds}
    waiting = [seed for seed in seeds if not places[seed].is_dir()]
    running: list[subprocess.Popen[bytes]] = []
    while waiting or running:
        while waiting and len(running) < jobs:
            words = [sys.executable, "-m", "mmdata", "train", "sft", str(run), "--seed", waiting.pop(0)]
            # One thread each: two wait for each other as soon as anything else runs.
            running.append(subprocess.Popen(words, env={**os.environ, "OMP_NUM_THREADS": "1"}))
        done = running.pop(0)
        if done.wait():
            for other in running:
                other.terminate()
            sys.exit(f"training failed: {' '.join(map(str, done.args))}")  # type: ignore[arg-type]
    return {f"seed {seed}": str(place) for seed, place in places.items()}


def _guesses(run: Run) -> dict[tuple[str, ...], str]:
    """The most frequent answer to the same words, and to the same type of question, in the training rows."""
    wanted = {row.problem_id for row in run.read("sft")}
    answers: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for problem in run.read("screened"):
        if problem.id in wanted:
            form = _form(problem)
            answers[(*form, problem.question)][problem.answer] += 1
            answers[form][problem.answer] += 1
    return {asked: counts.most_common(1)[0][0] for asked, counts in answers.items()}


def _form(problem: Problem) -> tuple[str, ...]:
    return problem.source, problem.family, str(json.loads(problem.metadata)["form"])


def measured(run: Run, guesses: Mapping[tuple[str, ...], str] | None = None) -> Figures:
    """Accuracy by gate and by question type: of the run's answers, or of blind guesses."""
    scores: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for problem, score in _scored(run, guesses):
        scores[(*_form(problem), problem.answer if problem.answer_kind == "yesno" else "")].append(score)

    def mean(wanted: list[tuple[str, ...]]) -> tuple[float, int]:
        every = [score for key in wanted for score in scores[key]]
        return sum(every) / len(every), len(every)

    easy = [key for key in scores if key[0] == "easy_vqa"]
    opened, asked = [k for k in easy if k[1] != "presence"], [k for k in easy if k[1] == "presence"]
    recalls = [mean([key])[0] for key in asked]
    figures: Figures = {"easy_vqa open": mean(opened)}
    figures["easy_vqa yes/no, balanced"] = (sum(recalls) / len(recalls), sum(len(scores[key]) for key in asked))
    for family in sorted({key[1] for key in scores if key[0] == "figures"}):
        figures[f"figures {family}"] = mean([key for key in scores if key[1] == family])
    for key in sorted(scores):
        figures["  " + " ".join(filter(None, key))] = mean([key])
    return figures


def _scored(run: Run, guesses: Mapping[tuple[str, ...], str] | None) -> Iterator[tuple[Problem, float]]:
    """Each problem that was answered, with its score; what cannot be judged counts as wrong here."""
    judged = {row.problem_id: row.score or 0.0 for row in run.read("verdicts")}
    for problem in run.read("screened"):
        if problem.id in judged:
            if guesses is None:
                yield problem, judged[problem.id]
            else:
                guess = guesses.get((*_form(problem), problem.question)) or guesses.get(_form(problem))
                yield problem, float(guess == problem.answer)


def table(found: Mapping[str, Figures], blind: Figures) -> tuple[list[str], bool]:
    """The table of gates in Markdown, question types below them, and whether every gate is passed by every seed."""
    lines = [f"| what | questions | {' | '.join(found)} | blind | gate |", "|--|--|" + "--|" * (len(found) + 2)]
    passed = True
    for what, (guessed, count) in blind.items():
        gate = _gate(what, guessed)
        values = [figures[what][0] for figures in found.values()]
        passed &= all(value >= gate for value in values)
        wanted = f"≥ {gate:.3f}" if gate else ""
        lines.append(f"| {what} | {count:,} | {' | '.join(f'{v:.3f}' for v in values)} | {guessed:.3f} | {wanted} |")
    return lines, passed


def _gate(what: str, blind: float) -> float:
    if what.startswith("figures"):
        return blind + ABOVE_BLIND
    return {"easy_vqa open": OPEN, "easy_vqa yes/no, balanced": YESNO}.get(what, 0.0)


def _ship(model: Path, lines: list[str]) -> None:
    """The model into the package, with its card."""
    if SHIPPED.exists():
        shutil.rmtree(SHIPPED)
    shutil.copytree(model, SHIPPED)
    told = json.loads((model / "training.json").read_text(encoding="utf-8"))
    template = (ROOT / "cards" / "tiny-vlm.md").read_text(encoding="utf-8")
    words = {"table": "\n".join(lines), "parameters": f"{told['parameters']:,}", "rows": f"{told['rows']:,}",
             "seconds": f"{told['seconds']:,.0f}"}  # fmt: skip
    for name, value in words.items():
        template = template.replace(f"[{name}]", value)
    (SHIPPED / "README.md").write_text(template, encoding="utf-8")


if __name__ == "__main__":
    main()
