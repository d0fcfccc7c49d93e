"""A small finished run, made with the real store: every fate that a row can have, and every hostile string."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from mmdata.journal import Answer, Journal
from mmdata.store import Run
from mmdata.types import Dropped, Example, Judged, Leak, Picture, Problem, Trace, Twin

EVIL = "<script>alert(1)</script>"
HOSTILE = {
    "html": f'{EVIL}<img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a><!-- </details></body>',
    "ansi": "red \x1b[31malert\x1b[0m \x1b]0;title\x07 bell \x08\x9b2J",
    "bidi": "user\u202egnp.exe\u202c \u2066isolated\u2069 \ufeff zero\u200bwidth",
    "template": "{{ 7 * 7 }} {% raw %} {{ self.__init__ }} {# gone #} ${7*7}",
    "markdown": "| a | b |\n# heading\n[x](javascript:alert(1)) ![i](https://evil.example/i.png) `` ``` `` **b**",
    "huge": "x" * 300_000 + "THE-END",
}
SOURCES = ("shapes", "words", EVIL, "pipe|`tick`")
TABLES = ("problems", "screened", "traces", "verdicts", "sft", "rl", "eval")
TEACHER, SEER = "small", "seer"
RIGHT, WRONG, UNKNOWN = 1.0, 0.0, None


def make(folder: Path, *, tables: Iterable[str] = TABLES,
         hostile: bool = True) -> Run:  # fmt: skip
    """Write a run's tables, its recipe and its request log; the figures of it are in the tests."""
    run = Run(folder)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = set(tables)
    problems = _problems(run, hostile)
    screened = [p for p in problems if p.id not in {d.id for d in SCREEN_DROPS}]
    traces = [t for p in screened for t in _traces(p, hostile)]
    source_of = {p.id: p.source for p in problems}
    judged = [_verdict(t, source_of[t.problem_id]) for t in traces]
    held_out = {p.id for p in screened if p.id in ("shapes/5", "words/5")}
    sft_rows, sft_drops = _sft(screened, traces, judged, held_out)
    asked = [p for p in screened if p.id not in held_out]
    teacher = {"model": "tiny@abc123", "engine": "replay", "details": {"recording": "made.jsonl", "sha256": "00ff"},
               "see": "caption", "problems": 8, "asked": 30, "reused": 2}  # fmt: skip
    sources = {s: {"use": "files", "revision": f"r-{i}", "license": _license(s), "title": f"Set {s}",
                   "url": f"https://example.org/{i}", "citation": f"@misc{{set{i}, title={{{s}}}}}",
                   "commercial": None if i else True, "training": True} for i, s in enumerate(SOURCES)}  # fmt: skip
    served = {"teachers": {TEACHER: teacher, SEER: {"model": "seer@def"}}, "unserved": {"words": 1}, "failed": 1}
    rows: dict[str, tuple[list[Any], list[Dropped], dict[str, Any]]] = {
        "problems": (problems, COLLECT_DROPS, {"sources": sources}),
        "screened": (screened, SCREEN_DROPS, {}),
        "traces": (traces, DISTILL_DROPS, served),
        "verdicts": (judged, [], {}),
        "sft": (sft_rows, sft_drops, {}),
        "rl": ([_question(p, judged) for p in asked], [_drop("rl", h, "held_out") for h in sorted(held_out)], {}),
        "eval": ([_question(p, judged) for p in screened if p.id in held_out], [], {}),
    }
    for table, (kept, dropped, notes) in rows.items():
        if table in wanted:
            run.write(
                table, _stage([*kept, *dropped], notes), key=table, config={}, inputs={}, versions={"mmdata": "0.1.0"},
                sources=lambda row: getattr(row, "source", "") or source_of[row.problem_id], seconds=lambda: 1.5,
            )  # fmt: skip
    (folder / "recipe.yaml").write_text(yaml.safe_dump(_recipe(hostile)), encoding="utf-8")
    with Journal(run.requests) as journal:
        for trace in traces[:3]:
            shared = {f: getattr(trace, f) for f in ("problem_id", "teacher", "model", "prompt", "sample", "response",
                      "finish_reason", "prompt_tokens", "completion_tokens", "seed")}  # fmt: skip
            journal.add(Answer(key=trace.id, seconds=12.5, **shared))
    return run


def look(run: Run) -> Run:
    """Add what the screen's own steps wrote: five images, of which two are refused and one is converted; three leaks of
    two benchmarks, one with a hostile name; three twins."""
    names = [f"{i:064x}" for i in range(5)]
    reasons = ("", "", "", "image_bomb", EVIL)
    pictures = [
        Picture(name=name, reason=reason, detail=HOSTILE["html"] if reason else "", format="PNG", mode="RGB", width=9,
                height=9, used=names[0] if name == names[2] else name, changes=EVIL if name == names[2] else "",
                tokens="{}", look=b"", thumb=b"")
        for name, reason in zip(names, reasons, strict=True)
    ]  # fmt: skip
    leaks = [
        Leak(problem_id=f"shapes/{i}", source="shapes", benchmark=name, match=f"{name}/{i}", evidence=evidence,
             text=0.9, image=None if evidence == "question" else 0.98,
             turned="" if evidence == "question" else HOSTILE["ansi"])
        for i, (name, evidence) in enumerate([("exam", "question"), (EVIL, "both"), (EVIL, "image")])
    ]  # fmt: skip
    twins = [
        Twin(problem_id=f"shapes/{i}", source="shapes", twin="shapes/1", how=how, text=0.9, image=None)
        for i, how in ((2, "exact"), (3, "near"), (4, "near"))
    ]
    covers = [{"benchmark": name, "split": EVIL, "revision": HOSTILE["markdown"], "rows": 1_234, "images": 77,
               "looks": 55, "left_out": {}} for name in ("exam", EVIL, "unseen|`tick`")]  # fmt: skip
    for table, rows, notes in (("pictures", pictures, {}), ("leaks", leaks, {"covers": covers}), ("twins", twins, {})):
        run.write(
            table, _stage(list(rows), notes), key=table, config={}, inputs={}, versions={},
            sources=lambda row: getattr(row, "source", "images"), seconds=lambda: 1.0,
        )  # fmt: skip
    return run


def _drop(stage: str, id: str, reason: str, detail: str = "") -> Dropped:
    return Dropped(stage=stage, id=id, source=id.rpartition("/")[0], reason=reason, detail=detail)


COLLECT_DROPS = [_drop("collect", "words/bad", "gold_unverifiable", "'?' as number: no_answer")]
SCREEN_DROPS = [
    _drop("screen", "shapes/2", "duplicate", "shapes/1"),
    _drop("screen", "words/2", "conflicting_gold", "words/2 says 'yes'; words/3 says 'no'"),
    _drop("screen", "words/3", "conflicting_gold", "words/2 says 'yes'; words/3 says 'no'"),
    _drop("screen", f"{EVIL}/0", "undecodable_image", HOSTILE["html"] + HOSTILE["ansi"] + HOSTILE["huge"]),
]
DISTILL_DROPS = [
    _drop("distill", "words/4", "no_teacher", "no teacher in the recipe can be shown it"),
    _drop("distill", "words/5", "request_failed", f"sample 3: {HOSTILE['bidi']}"),
]


def _license(source: str) -> str:
    return {"shapes": "MIT", "words": "CC-BY-4.0"}.get(source, "Named | <i>licence</i>")


def _stage(rows: list[Any], notes: dict[str, Any]) -> Generator[Any, None, dict[str, Any]]:
    yield from rows
    return notes


def picture(colour: str, size: tuple[int, int] = (400, 300)) -> bytes:
    """An image file: a disc on a transparent ground."""
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((60, 40, size[0] - 60, size[1] - 40), fill=colour, outline="black", width=4)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _problems(run: Run, hostile: bool) -> list[Problem]:
    colours = ["crimson", "teal", "teal", "goldenrod", "slateblue", "olive"]
    found = []
    for i, colour in enumerate(colours):
        image = run.images.put(picture(colour))
        common = {"upstream_id": str(i), "revision": "1.0", "split": "train", "metadata": '{"row": 1}'}
        found.append(Problem(
            id=f"shapes/{i}", source="shapes", question="What colour is the disc?", answer="B", answer_kind="choice",
            choices=("red", "some other colour", "none"), images=(image,), caption=f"A {colour} disc.", domain="vqa",
            license="MIT", **common,
        ))  # fmt: skip
        found.append(Problem(
            id=f"words/{i}", source="words", question=f"What is {i} + {i}?", answer=str(2 * i), answer_kind="number",
            domain="arithmetic", license="CC-BY-4.0", **common,
        ))  # fmt: skip
    broken = run.images.put(b"\x89PNG\r\n\x1a\n" + HOSTILE["html"].encode())
    for source in SOURCES[2:]:
        for i, text in enumerate(HOSTILE.values() if hostile else ["plain"]):
            found.append(replace(
                found[0], id=f"{source}/{i}", source=source, question=text, answer=text, choices=(text, "other"),
                images=(broken,), caption=text, license=_license(source), metadata='{"<b>": 1}',
            ))  # fmt: skip
    return sorted(found, key=lambda p: (SOURCES.index(p.source), p.id))


def _traces(problem: Problem, hostile: bool) -> list[Trace]:
    if problem.id == "words/4":
        return []
    kinds = ("right", "right", "wrong", "unjudged")
    texts = list(HOSTILE.values()) if hostile and problem.source not in ("shapes", "words") else [""]
    steps = "First look at what is asked, then at what is shown. " * (1 + int(problem.upstream_id))
    return [
        Trace(
            id=path_id(problem.id, i), problem_id=problem.id, teacher=TEACHER, model="tiny@abc123",
            see="caption" if problem.images else "text", sample=i, prompt="p",
            response=f"<think>{steps}\n\nSo it is {kind}.{texts[i % len(texts)]}</think><answer>{kind}</answer>",
            finish_reason="length" if kind == "unjudged" else "stop", prompt_tokens=50,
            completion_tokens=40 * (i + 1) + 13 * int(problem.upstream_id), seed=i,
        )
        for i, kind in enumerate(kinds)
    ]  # fmt: skip


def path_id(problem: str, sample: int) -> str:
    """The id of a path. The paths of one problem have the first 16 digits in common, and no more."""
    digits = hashlib.sha256(problem.encode()).hexdigest()
    return f"{digits[:16]}{sample}{digits[16:31]}"


def _verdict(trace: Trace, source: str) -> Judged:
    score = (RIGHT, RIGHT if trace.problem_id.startswith("shapes") else WRONG, WRONG, UNKNOWN)[trace.sample]
    reason = {RIGHT: "ok", WRONG: "wrong_answer", UNKNOWN: "truncated"}[score]
    found = None if score is UNKNOWN else trace.response.rpartition("<answer>")[2].removesuffix("</answer>")
    return Judged(
        trace_id=trace.id, problem_id=trace.problem_id, source=source, verifier="choice", version="1", score=score,
        extracted=found, method="exact", reason=reason,
    )  # fmt: skip


def _sft(
    problems: list[Problem], traces: list[Trace], judged: list[Judged], held_out: set[str]
) -> tuple[list[Example], list[Dropped]]:
    by_id = {p.id: p for p in problems}
    kept, dropped = [], []
    for trace, verdict in zip(traces, judged, strict=True):
        p = by_id[trace.problem_id]
        reason = "cannot_judge" if verdict.score is None else "" if verdict.score else "wrong_answer"
        reason = "held_out" if p.id in held_out else reason or ("over_cap" if trace.sample else "")
        if reason:
            detail = f"found {verdict.extracted!r:.80}, gold {p.answer!r:.80}" if reason == "wrong_answer" else ""
            dropped.append(Dropped(stage="sft", id=trace.id, source=p.source, reason=reason, detail=detail))
            continue
        said = {"role": "assistant", "content": trace.response}
        kept.append(Example(
            id=f"{p.id}#{trace.sample}", messages=({"role": "user", "content": p.question}, said), images=p.images,
            answer=p.answer, answer_kind=p.answer_kind, source=p.source, license=p.license, problem_id=p.id,
            trace_id=trace.id, see=trace.see, teacher=trace.teacher,
        ))  # fmt: skip
    return kept, dropped


def _question(problem: Problem, judged: list[Judged]) -> Example:
    scores = [j.score for j in judged if j.problem_id == problem.id and j.score is not None]
    return Example(
        id=problem.id, messages=({"role": "user", "content": problem.question},), images=problem.images,
        answer=problem.answer, answer_kind=problem.answer_kind, source=problem.source, license=problem.license,
        problem_id=problem.id, pass_rate=sum(scores) / len(scores) if scores else None, samples=len(scores),
        choices=problem.choices, question=problem.question,
    )  # fmt: skip


def _recipe(hostile: bool) -> dict[str, Any]:
    system = f"Think.\n{HOSTILE['markdown']}\n{HOSTILE['html']}\n~~~\n````" if hostile else "Think."
    sampling = {"temperature": 0.7, "top_p": 0.95, "max_tokens": 256}
    teacher = {"name": TEACHER, "model": "tiny", "see": "caption", "sampling": sampling, "system": system}
    return {
        "name": "made-run", "seed": 7, "screen": {"duplicates": "drop"},
        "distill": {"samples": 4, "teachers": [teacher]}, "mix": {"system": system},
    }  # fmt: skip
