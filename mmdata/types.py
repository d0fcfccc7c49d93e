"""The nouns. Rows are these dataclasses inside a stage and Arrow tables (see `store.SCHEMAS`) between stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One question with a gold answer, from one public or private source."""

    id: str
    """`<source>/<upstream id>`: stable over runs, seeds and limits."""
    source: str
    """The source's name in the recipe."""
    upstream_id: str
    """The row's own id in the source."""
    revision: str
    """Which version of the source: a commit, a package version, or a content hash."""
    split: str
    """The upstream split."""
    question: str
    """The question alone, without image placeholders, choices or format instructions."""
    choices: tuple[str, ...] = ()
    """Texts of the options, without letters; empty for open questions."""
    answer: str
    """The gold. For a multiple-choice problem, the letter of the right option."""
    answer_kind: str
    """Which verifier judges it: a name from `mmverifiers.KINDS`."""
    images: tuple[str, ...] = ()
    """sha256 (hex) of each image's bytes in the run's image store, in order."""
    caption: str | None = None
    """What the images show, in words, where the source says so."""
    domain: str
    """Subject, for routing and mixing: `vqa`, `math`, `arithmetic`, `chart`, …"""
    family: str = ""
    """What sort of problem within its source: a figure's family, a generator's task, the form of the question."""
    solutions: tuple[str, ...] = ()
    """Responses that the source itself carries, reasoning and answer; a teacher with `engine: source` gives them."""
    license: str
    """SPDX identifier or a named licence, of this very row."""
    metadata: str = "{}"
    """JSON object (sorted keys) of whatever else the source says."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A Problem whose images are not in the image store yet: what an adapter yields."""

    problem: Problem
    """With `images` empty: `collect` fills it in."""
    images: tuple[bytes | Path, ...] = ()
    """Encoded image files, as bytes or as a path to read them from, in order."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What screening found out about one image, once, however many problems show it."""

    name: str
    """sha256 (hex) of the image as it was collected."""
    reason: str
    """Why no problem can use it: `undecodable_image`, `image_bomb`, …; empty if it can be used."""
    detail: str
    """What a person needs to believe it."""
    format: str
    """What the file is by its content: `PNG`, `JPEG`, …; empty if that cannot be told."""
    mode: str
    """Pillow's name of its pixels as they came: `RGB`, `CMYK`, `I;16`, …"""
    width: int
    """Pixels, upright: after the orientation that EXIF asks for."""
    height: int
    """Pixels, upright."""
    used: str
    """sha256 (hex) of the image that problems go on with: `name`, or what it was converted to."""
    changes: str
    """What was converted, in words; empty where `used` is `name`."""
    tokens: str
    """JSON object: by processor, how many tokens it is worth there."""
    look: bytes
    """What it looks like, as a hash of `looks.BYTES` bytes; empty where there is nothing to see."""
    thumb: bytes
    """Light and dark in `crops.BYTES` bytes, for finding what it was cut from; empty where there is nothing to see."""


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A problem that a benchmark holds too, and how that shows."""

    problem_id: str
    """The problem."""
    source: str
    """Its source's name in the recipe."""
    benchmark: str
    """The benchmark's name in the index."""
    match: str
    """The id of the benchmark's row."""
    evidence: str
    """`question`, `image` or `both`."""
    text: float
    """How much of the benchmark's wording is here: shared shingles over the benchmark's, 0 to 1."""
    image: float | None
    """Similarity of the nearest pair of images, 0 to 1; None where one side has none."""
    turned: str
    """How the image was turned, mirrored, inverted, cropped or framed to match; empty if it was not."""


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A problem that repeats another one, which goes on in its place."""

    problem_id: str
    """The one that repeats."""
    source: str
    """Its source's name in the recipe."""
    twin: str
    """The id of the problem that goes on: of this pair the one that wins."""
    how: str
    """`exact`: the same words, options and image bytes; `near`: nearly the same words and images, the same gold."""
    text: float
    """Shared shingles of the two wordings over all, 0 to 1."""
    image: float | None
    """Similarity of the least similar pair of their images, 0 to 1; None where there are none."""


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A row that went no further, and why. Bad data is never an error."""

    stage: str
    """`collect`, `screen`, `distill`, `verify`, `sft`, `rl` or `eval`."""
    id: str
    """Of the problem, or of the trace."""
    source: str
    """The source's name in the recipe."""
    reason: str
    """A code that can be counted: `undecodable_image`, `duplicate`, `wrong_answer`, …"""
    detail: str = ""
    """What a person needs to believe it: the twin's id, the two golds, the decoder's message."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One sampled reasoning path. Never edited. Wall-clock seconds are kept in the run's request log, not
    here: a table that holds times could not be the same bytes after an interruption."""

    id: str
    """Hash of the request (prompt, images, model, sampling) and the sample's index."""
    problem_id: str
    """The problem it answers."""
    teacher: str
    """The teacher's name in the recipe."""
    model: str
    """What answered: `<model id>@<revision or weights' hash>`."""
    see: str
    """`image`, `caption` (a caption stood in for the image) or `text` (there was no image)."""
    sample: int
    """Index among the paths of this problem, from 0."""
    prompt: str
    """The request's key: hash of problem id, messages, images, sampling parameters and seed; model aside."""
    response: str
    """What the teacher wrote, to the letter."""
    finish_reason: str
    """`stop`, `length` (cut off at max_tokens) or what else the engine reported."""
    prompt_tokens: int
    """Tokens of the prompt."""
    completion_tokens: int
    """Tokens of the response."""
    seed: int
    """The seed this sample was asked with."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """A published row."""

    id: str
    """`<problem id>#<sample>` in SFT rows, the problem's id in RL and eval rows."""
    messages: tuple[Mapping[str, str], ...]
    """Chat messages, `{role, content}`; `<image>` marks stand where `images` go."""
    images: tuple[str, ...] = ()
    """sha256 (hex) of each image in the run's image store."""
    answer: str = ""
    """The gold."""
    answer_kind: str = ""
    """Which verifier judges it."""
    source: str = ""
    """The source's name in the recipe."""
    license: str = ""
    """Of this very row."""
    problem_id: str = ""
    """Ask `mmdata explain` about it."""
    trace_id: str | None = None
    """SFT rows: the path it was made from."""
    see: str = ""
    """SFT rows: what the teacher saw: `image`, `caption` or `text`."""
    teacher: str = ""
    """SFT rows: who wrote the reasoning."""
    pass_rate: float | None = None
    """RL rows: right paths over judged paths; None where nothing was sampled."""
    samples: int = 0
    """RL rows: how many paths were judged."""
    blind_rate: float | None = None
    """Right paths over judged ones of those that were not shown the images; None where nobody was asked blind."""
    choices: tuple[str, ...] = ()
    """Options, for the reward."""
    question: str = ""
    """The bare question, for the reward."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a source says of itself; a rule or figure in it names where it was read."""

    name: str
    """The adapter's module name."""
    title: str
    """The data set's own name."""
    summary: str
    """One sentence: what is asked about what."""
    url: str
    """Where it is published."""
    license: str
    """SPDX identifier or a named licence."""
    commercial: bool | None
    """May rows be used commercially? None = the licence does not say, or rows differ."""
    training: bool | None
    """May rows be trained on? None = the licence does not say, or rows differ."""
    citation: str
    """How its authors ask to be cited."""
    domain: str
    """Default domain of its rows."""
    kinds: tuple[str, ...]
    """The verifiers its rows use."""
    modality: str
    """`image`, `text` or `any`."""
    splits: tuple[str, ...] = ("train",)
    """The splits that can be read; the first is the default."""
    install: str = ""
    """What to install where it comes as a Python package."""
    quirks: tuple[str, ...] = ()
    """Oddities of the upstream rows that the adapter handles."""
    confirmed: str = ""
    """What of all this was checked against real rows, and how."""
    evidence: str = "rows"
    """How well the adapter knows the upstream layout: `rows` (it ran on real rows), `documented` (columns seen in the
    data set's own card, files or loader), `secondhand` (seen in other projects' readers only) or `unconfirmed`."""
    repo: str = ""
    """Its id on the Hugging Face Hub, if it is there."""
    benchmark: bool = False
    """It is for evaluation and decontamination: no recipe may train on it."""
    reasoning: str = ""
    """Who wrote the reasoning that its rows carry, if they carry any: it comes in as solutions, to be verified."""
    expected_yield: float | None = None
    """Share of its golds that a strong teacher agreed with (arXiv 2601.21821, table 7), where that was published."""


def with_images(draft: Draft, hashes: tuple[str, ...]) -> Problem:
    """The draft's problem, its images named by their hashes."""
    return replace(draft.problem, images=hashes) if hashes else draft.problem


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A row of the verdicts table: what a verifier said of a trace."""

    trace_id: str
    """The path that was judged."""
    problem_id: str
    """The problem it answers."""
    source: str
    """The source's name in the recipe."""
    verifier: str
    """The kind of answer it was judged as: a name from `mmverifiers.KINDS`."""
    version: str
    """Version of the verifiers and of what they stand on."""
    score: float | None
    """1.0 right, 0.0 wrong, None where it cannot be judged: that is never counted as wrong."""
    extracted: str | None
    """The answer that was found in the response."""
    method: str
    """How the verdict was reached."""
    reason: str
    """`ok`, `wrong_answer`, `format`, `truncated`, `timeout`, …; `step_error`: right, but its reasoning states what is
    provably false."""
    false_steps: tuple[Mapping[str, Any], ...] | None = None
    """What a right path's reasoning states that is provably false, in order: `start` and `end` in the response's
    characters, `text`, and `why`. None where it was not looked for."""


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A problem whose paths agree on an answer that is not its gold: the gold may be wrong. It is in no split."""

    problem_id: str
    """The problem."""
    source: str
    """The source's name in the recipe."""
    verifier: str
    """The kind of answer that its paths were judged as, and that decided which answers are the same."""
    gold: str
    """What the source says."""
    answer: str
    """What its paths agree on, as most of them put it."""
    agreeing: int
    """How many paths say so."""
    sampled: int
    """Of so many, cut off and undecided ones included."""
    trace_ids: tuple[str, ...]
    """The paths that say so, those first that put it in these very words."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One question of an evaluation, what a model answered to it, and what was said of that."""

    id: str
    """The problem's id."""
    source: str
    """The source's name."""
    split: str
    """The upstream split."""
    domain: str
    """Subject, as in the problem."""
    family: str
    """What sort of problem within its source."""
    form: str
    """The type of question within its family, where the metadata says it."""
    question: str
    """The question alone."""
    choices: tuple[str, ...]
    """Texts of the options, without letters."""
    images: tuple[str, ...]
    """sha256 (hex) of each image, in order."""
    image: bool
    """Whether there are images."""
    gold: str
    """The right answer."""
    kind: str
    """Which verifier judged it."""
    asks: str
    """Hash of question, choices, images and gold: the same hash, the same question."""
    prompt_tokens: int
    """Tokens of the prompt."""
    response: str | None
    """What the model wrote, drawn greedily; None where no answer came."""
    finish_reason: str
    """`stop`, `length` or what else the engine reported; why there is no answer, where none came."""
    tokens: int
    """Tokens of the response; 0 where the engine does not say."""
    extracted: str | None
    """The answer that was found in it."""
    score: float | None
    """1.0 right, 0.0 wrong, None where it cannot be judged or no answer came."""
    reason: str
    """As in the verdicts; `request_failed` where no answer came."""
    blind_response: str | None
    """The same question without its images. All of `blind_` is None where that was not asked."""
    blind_tokens: int | None
    """Tokens of it."""
    blind_extracted: str | None
    """The answer that was found in it."""
    blind_score: float | None
    """As `score`."""
    blind_reason: str | None
    """As `reason`."""
    budgets: tuple[Mapping[str, Any], ...]
    """By a smaller budget of tokens, `told` to the model or not: an answer as in `samples`. One that was not told is
    the response cut off there, without its text."""
    samples: tuple[Mapping[str, Any], ...]
    """Answers drawn at a temperature: `budget`, `told`, `sample`, `response`, `finish_reason`, `tokens`, `extracted`,
    `score`, `reason`."""
