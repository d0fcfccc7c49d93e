"""mix: screened/, traces/, verdicts/ → sft/, rl/, eval/. What is right is kept, capped, weighted and split.

Nothing here holds a table. Whether a row is taken depends on hashes of the seed with the row's own id, so it does not
depend on order or on how often the build was interrupted. Only two things look at other rows: the portions (see
`portion`), and the held-out split, whose groups are joined by shared images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from mmdata import prompt
from mmdata.keys import normalise
from mmdata.portion import Chosen, draw
from mmdata.recipe import Recipe
from mmdata.store import Run, Stage
from mmdata.types import Dropped, Example, Judged, Problem, Trace
from mmverifiers import Target, parse_target


@dataclass(frozen=True)
class Tables:
    """What mix reads."""

    problems: Callable[[], Iterator[Problem]]
    traces: Callable[[], Iterator[Trace]]
    verdicts: Callable[[], Iterator[Judged]]

    @classmethod
    def of(cls, run: Run) -> Tables:
        """The tables of a run."""
        return cls(lambda: run.read("screened"), lambda: run.read("traces"), lambda: run.read("verdicts"))

    def grouped(self) -> Iterator[tuple[Problem, list[tuple[Trace, Judged]]]]:
        """Each problem with its judged paths. All three tables are in the problems' order."""
        pairs = zip(self.traces(), self.verdicts(), strict=True)
        groups = groupby(pairs, key=lambda pair: pair[0].problem_id)
        ahead = next(groups, None)
        for problem in self.problems():
            if ahead is not None and ahead[0] == problem.id:
                yield problem, list(ahead[1])
                ahead = next(groups, None)
            else:
                yield problem, []


def sft(recipe: Recipe, tables: Tables, tick: Callable[[], None]) -> Stage:
    """One row an accepted path: right, and, where the format is strict, in the target format."""
    config = recipe.mix.sft
    assert config is not None
    held_out = Groups(recipe, tables.problems)

    def candidates() -> Iterator[tuple[Problem, Trace, Judged, str, str]]:
        """Every path with the text it would become, or with the reason why it will not."""
        for problem, paths in tables.grouped():
            seen: set[str] = set()
            if recipe.verify.steps == "downrank":
                paths.sort(key=lambda path: path[1].reason == "step_error")
            for trace, verdict in paths:
                reason, text = _target(recipe, trace, verdict)
                if problem in held_out:
                    reason = "held_out"
                if not reason and text in seen:
                    reason = "duplicate_path"
                if not reason and len(seen) >= config.per_problem:
                    reason = "over_cap"
                if not reason:
                    seen.add(text)
                yield problem, trace, verdict, reason, text

    chosen = Chosen(config, recipe.seed, lambda: ((p, t.id) for p, t, _, reason, _ in candidates() if not reason))
    for problem, trace, verdict, reason, text in candidates():
        tick()
        reason = reason or chosen.refuses(problem, trace.id)
        if reason:
            detail = _detail(reason, problem, verdict)
            yield Dropped(stage="sft", id=trace.id, source=problem.source, reason=reason, detail=detail)
            continue
        yield Example(
            id=f"{problem.id}#{trace.sample}", messages=prompt.conversation(recipe.mix, problem, text),
            images=problem.images, answer=problem.answer, answer_kind=problem.answer_kind, source=problem.source,
            license=problem.license, problem_id=problem.id, trace_id=trace.id, see=trace.see, teacher=trace.teacher,
            choices=problem.choices, question=problem.question,
        )  # fmt: skip
    return {}


def _detail(reason: str, problem: Problem, verdict: Judged) -> str:
    """What a person needs to believe it, of the reasons that leave a question."""
    if reason == "wrong_answer":
        return f"found {verdict.extracted!r:.80}, gold {problem.answer!r:.80}"
    if reason == "step_error":
        first, *more = verdict.false_steps or ({"text": "", "why": ""},)
        return f"{first['text']!r:.80}: {first['why']:.80}" + (f"; {len(more)} more" if more else "")
    return ""


def _target(recipe: Recipe, trace: Trace, verdict: Judged) -> tuple[str, str]:
    """`(reason, "")` if a path is not accepted, else `("", the assistant's text)`."""
    if verdict.score is None:
        return "cannot_judge", ""
    if verdict.score != 1.0:
        return verdict.reason, ""
    if verdict.reason == "step_error" and recipe.verify.steps == "drop":
        return "step_error", ""
    if prompt.IMAGE in trace.response:
        return "image_mark", ""
    parsed = parse_target(trace.response)
    if not isinstance(parsed, Target):
        # Only the lenient format comes here: the reasoning is the response, the answer what was found in it.
        think, answer = _untagged(trace.response), _untagged(verdict.extracted or "")
        if not think or not answer:
            return "format", ""
    else:
        think, answer = parsed.think, parsed.answer
    return "", recipe.mix.target.format(think=think, answer=answer)


def _untagged(text: str) -> str:
    for tag in ("<think>", "</think>", "<answer>", "</answer>"):
        text = text.replace(tag, "")
    return text.strip()


def rl(recipe: Recipe, tables: Tables, tick: Callable[[], None]) -> Stage:
    """One row a problem: its gold is verifiable, and its pass rate, where it has one, lies in the window."""
    config = recipe.mix.rl
    assert config is not None
    low, high = config.pass_rate
    held_out = Groups(recipe, tables.problems)

    def candidates() -> Iterator[tuple[Problem, float | None, int, str]]:
        for problem, paths in tables.grouped():
            rate, judged = pass_rate(paths)
            reason = ""
            if problem in held_out:
                reason = "held_out"
            elif rate is None and config.unsampled == "drop":
                reason = "unsampled"
            elif rate is not None and not low <= rate <= high:
                reason = "pass_rate"
            yield problem, rate, judged, reason

    chosen = Chosen(config, recipe.seed, lambda: ((p, p.id) for p, _, _, reason in candidates() if not reason))
    for problem, rate, judged, reason in candidates():
        tick()
        reason = reason or chosen.refuses(problem, problem.id)
        if reason:
            detail = f"{rate:.3f} of {judged}" if reason == "pass_rate" else ""
            yield Dropped(stage="rl", id=problem.id, source=problem.source, reason=reason, detail=detail)
        else:
            yield _question_row(recipe, problem, rate, judged)
    return {}


def evaluation(recipe: Recipe, tables: Tables, tick: Callable[[], None]) -> Stage:
    """One row a held-out problem."""
    held_out = Groups(recipe, tables.problems)
    for problem, paths in tables.grouped():
        tick()
        if problem in held_out:
            yield _question_row(recipe, problem, *pass_rate(paths))
    return {}


def _question_row(recipe: Recipe, problem: Problem, rate: float | None, judged: int) -> Example:
    return Example(
        id=problem.id, messages=prompt.conversation(recipe.mix, problem), images=problem.images,
        answer=problem.answer, answer_kind=problem.answer_kind, source=problem.source, license=problem.license,
        problem_id=problem.id, pass_rate=rate, samples=judged, choices=problem.choices, question=problem.question,
    )  # fmt: skip


def pass_rate(paths: Sequence[tuple[Trace, Judged]]) -> tuple[float | None, int]:
    """Right paths over judged ones, and how many were judged. What cannot be judged is not counted as wrong."""
    scores = [verdict.score for _, verdict in paths if verdict.score is not None]
    return (sum(scores) / len(scores), len(scores)) if scores else (None, 0)


class Groups:
    """Which problems are held out: whole groups that share an image or, where there is none, a question, so that no
    problem, duplicate or image sits on both sides."""

    def __init__(self, recipe: Recipe, problems: Callable[[], Iterator[Problem]]) -> None:
        self._bound = int(recipe.mix.eval.fraction * 2**64)
        self._seed = recipe.seed
        self._parent: dict[str, str] = {}
        # Only rows with several images can join two images' groups.
        for problem in problems() if self._bound else ():
            for other in problem.images[1:]:
                one, two = self._root(problem.images[0]), self._root(other)
                self._parent[max(one, two)] = min(one, two)

    def _root(self, image: str) -> str:
        while (parent := self._parent.get(image, image)) != image:
            image = parent
        return image

    def __contains__(self, problem: Problem) -> bool:
        group = self._root(problem.images[0]) if problem.images else normalise(problem.question)
        return draw(self._seed, "eval", group) < self._bound
