"""mix: screened/, traces/, verdicts/, suspects/ → sft/, rl/, eval/. What is right is kept, capped, weighted and split.

Nothing here holds a table. Whether a row is taken depends on hashes of the seed with the row's own id, so it does not
depend on order or on how often the build was interrupted. Only two things look at other rows: the portions (see
`portion`), and the held-out split, whose groups are joined by shared images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mmdata import prompt
from mmdata.asked import Asked, Tables
from mmdata.keys import normalise
from mmdata.portion import Chosen, draw
from mmdata.recipe import Recipe
from mmdata.store import Stage
from mmdata.suspect import evidence
from mmdata.types import Dropped, Example, Judged, Problem, Trace
from mmverifiers import Target, parse_target


def sft(recipe: Recipe, tables: Tables, tick: Callable[[], None]) -> Stage:
    """One row an accepted path: right, and, where the format is strict, in the target format."""
    config = recipe.mix.sft
    assert config is not None
    held_out = Groups(recipe, tables.problems)

    def candidates() -> Iterator[tuple[Asked, Trace, Judged, str, str]]:
        """Every path with the text it would become, or with the reason why it will not."""
        for asked in tables.asked():
            seen: set[str] = set()
            if recipe.verify.steps == "downrank":
                asked.paths.sort(key=lambda path: path[1].reason == "step_error")
            for trace, verdict in asked.paths:
                reason, text = _target(recipe, trace, verdict)
                reason = _kept_out(asked, held_out) or reason
                if not reason and text in seen:
                    reason = "duplicate_path"
                if not reason and len(seen) >= config.per_problem:
                    reason = "over_cap"
                if not reason:
                    seen.add(text)
                yield asked, trace, verdict, reason, text

    chosen = Chosen(config, recipe.seed, lambda: ((a, t.id) for a, t, _, reason, _ in candidates() if not reason))
    for asked, trace, verdict, reason, text in candidates():
        tick()
        problem = asked.problem
        reason = reason or chosen.refuses(asked, trace.id)
        if reason:
            detail = _detail(reason, asked, verdict)
            yield Dropped(stage="sft", id=trace.id, source=problem.source, reason=reason, detail=detail)
            continue
        yield Example(
            id=f"{problem.id}#{trace.sample}", messages=prompt.conversation(recipe.mix, problem, text),
            images=problem.images, answer=problem.answer, answer_kind=problem.answer_kind, source=problem.source,
            license=problem.license, problem_id=problem.id, trace_id=trace.id, see=trace.see, teacher=trace.teacher,
            choices=problem.choices, question=problem.question, blind_rate=asked.blind_rate,
        )  # fmt: skip
    return {}


def _kept_out(asked: Asked, held_out: Groups | None) -> str:
    """Why nothing of a problem goes into a split; nothing if it may. `held_out`: those of a split to train on."""
    if asked.suspect is not None:
        return "suspect_gold"
    return "held_out" if held_out is not None and asked.problem in held_out else ""


def _detail(reason: str, asked: Asked, verdict: Judged | None = None) -> str:
    """What a person needs to believe it, of the reasons that leave a question."""
    if reason == "suspect_gold" and asked.suspect is not None:
        return evidence(asked.suspect)
    if reason == "pass_rate":
        return f"{asked.pass_rate:.3f} of {len(asked.scores)}"
    if reason == "solvable_blind":
        return f"{asked.blind_rate:.3f} of {len(asked.blind)} without its images"
    if reason == "wrong_answer" and verdict is not None:
        return f"found {verdict.extracted!r:.80}, gold {asked.problem.answer!r:.80}"
    if reason == "step_error" and verdict is not None:
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

    def candidates() -> Iterator[tuple[Asked, str]]:
        for asked in tables.asked():
            rate, reason = asked.pass_rate, _kept_out(asked, held_out)
            if not reason and rate is None and config.unsampled == "drop":
                reason = "unsampled"
            elif not reason and rate is not None and not low <= rate <= high:
                reason = "pass_rate"
            yield asked, reason

    chosen = Chosen(config, recipe.seed, lambda: ((a, a.problem.id) for a, reason in candidates() if not reason))
    for asked, reason in candidates():
        tick()
        reason = reason or chosen.refuses(asked, asked.problem.id)
        yield _dropped("rl", asked, reason) if reason else _question_row(recipe, asked)
    return {}


def evaluation(recipe: Recipe, tables: Tables, tick: Callable[[], None]) -> Stage:
    """One row a held-out problem."""
    held_out = Groups(recipe, tables.problems)
    for asked in tables.asked():
        tick()
        if asked.problem in held_out:
            reason = _kept_out(asked, None)
            yield _dropped("eval", asked, reason) if reason else _question_row(recipe, asked)
    return {}


def _dropped(split: str, asked: Asked, reason: str) -> Dropped:
    problem = asked.problem
    return Dropped(stage=split, id=problem.id, source=problem.source, reason=reason, detail=_detail(reason, asked))


def _question_row(recipe: Recipe, asked: Asked) -> Example:
    problem = asked.problem
    return Example(
        id=problem.id, messages=prompt.conversation(recipe.mix, problem), images=problem.images,
        answer=problem.answer, answer_kind=problem.answer_kind, source=problem.source, license=problem.license,
        problem_id=problem.id, pass_rate=asked.pass_rate, samples=len(asked.scores), choices=problem.choices,
        question=problem.question, blind_rate=asked.blind_rate,
    )  # fmt: skip


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
