"""CHAMP: competition mathematics, read out of the installed package's JSON file."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from mmdata.errors import SourceError
from mmdata.sources import Where, dropped
from mmdata.types import Card, Draft, Dropped, Problem

CARD = Card(
    name="champ",
    title="CHAMP (Concept and Hint-Annotated Math Problems)",
    summary="Competition problems in number theory, inequalities, polynomials, sequences and combinatorics.",
    url="https://yujunmao1.github.io/CHAMP/",
    license="MIT",
    commercial=True,
    training=True,
    citation="Yujun Mao, Yoon Kim, Yilun Zhou. CHAMP: A Competition-level Dataset for Fine-Grained Analyses of LLMs' "
    "Mathematical Reasoning Capabilities. arXiv:2401.06961",
    domain="math",
    kinds=("number", "math", "yesno", "text"),
    modality="text",
    splits=("all",),
    install="pip install --no-deps champ-dataset==1.0.0",
    quirks=(
        "Mathematics stands between @@…@@ in an ASCII notation of its own; in questions it becomes $…$ with its "
        "notation kept, in answers it becomes LaTeX.",
        "Answers are sentences, counts with their noun, or alternatives ('C(10, 5), or equivalently 252'); the part "
        "that can be checked is taken as the gold, and the original is kept in the metadata.",
        "Where the question states an expression that equals its own answer (factorise, find a closed form) the gold "
        "is kept as text: an algebraic check would accept the question repeated.",
        "It is published as a test set, and evaluations use it; training on it spoils it as one.",
    ),
    confirmed="All 270 rows of champ-dataset 1.0.0 were read, and each gold was compared with the original by eye.",
)

_NUMBER = r"[-−]?\d+(?:\.\d+)?(?:/\d+)?"
_UNITS = "numbers?|values?|inequalities|pairs?|roots?|times|sequences?"


class Options(BaseModel):
    """CHAMP has nothing to set."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def revision(options: Options, base: Path) -> str:
    """The version of the installed package."""
    try:
        return importlib.metadata.version("champ-dataset")
    except importlib.metadata.PackageNotFoundError:
        raise SourceError(f"champ: the package is not installed: {CARD.install}") from None


def rows(where: Where) -> Iterator[Mapping[str, Any]]:
    """Each problem, without the recorded model dialogues and annotations that come with it."""
    found = importlib.util.find_spec("champ_dataset")  # looked up, never imported
    if found is None or not found.submodule_search_locations:
        raise SourceError(f"champ: the package is not installed: {CARD.install}")
    if where.split not in CARD.splits:
        raise SourceError(f"champ has the split {CARD.splits[0]!r}, not {where.split!r}")
    path = Path(found.submodule_search_locations[0]) / "dataset_files" / "v0.json"
    try:
        problems = json.loads(path.read_text(encoding="utf-8"))["problems"]
    except (OSError, ValueError, KeyError) as error:
        raise SourceError(f"champ: the package's data cannot be read ({error!r}): {CARD.install}") from None
    keep = ("identifier", "category", "_raw_text", "_raw_answer")
    kept = [{key: each[key] for key in keep} for each in problems.values()]
    del problems  # 72 MB of dialogues, which nothing below needs
    yield from kept


def problem(row: Mapping[str, Any], where: Where) -> Draft | Dropped:
    """The question with its mathematics between dollar signs, and a gold that a verifier can check."""
    upstream_id = row["identifier"]
    if row["_raw_text"].count("@@") % 2 or row["_raw_answer"].count("@@") % 2:
        return dropped(where, upstream_id, "unbalanced_math", "an odd number of @@ marks")
    question = re.sub(r"@@(.+?)@@", lambda m: f"${_braces(m[1].strip())}$", row["_raw_text"]).strip()
    kind, answer = gold(row["_raw_answer"])
    if kind == "math" and re.search(r"\b(factorize|closed-form)\b", question, re.IGNORECASE):
        kind = "text"
    return Draft(
        problem=Problem(
            id=f"{where.name}/{upstream_id}",
            source=where.name,
            upstream_id=upstream_id,
            revision=where.revision,
            split=where.split,
            question=question,
            answer=answer,
            answer_kind=kind,
            domain=CARD.domain,
            license=CARD.license,
            metadata=json.dumps({"category": row["category"], "answer": row["_raw_answer"]}, sort_keys=True),
        )
    )


def gold(raw: str) -> tuple[str, str]:
    """The kind and text of the gold in an answer as CHAMP writes it."""
    text = _core(_simplest(raw.strip()))
    plain = text.replace("@@", "").strip()
    if plain in ("Yes", "No"):
        return "yesno", plain.lower()
    if re.fullmatch(_NUMBER, plain):
        return "number", plain.replace("−", "-")
    if listed := re.fullmatch(rf"({_NUMBER}(?:, {_NUMBER})*) and ({_NUMBER})", plain):
        return "math", f"{listed[1]}, {listed[2]}"
    whole = re.fullmatch(r"@@([^@]+)@@(?: (?:and|or) @@([^@]+)@@)?", text)
    if whole is None or "..." in plain or re.search(r"\(1±", plain):
        # Prose, an ellipsis, and ± inside a product are beyond what algebra can compare.
        return "text", re.sub(r"@@(.+?)@@", lambda m: m[1].strip(), text).strip()
    if pairs := re.findall(r"[a-z]=(-?\d+), [a-z]=(-?\d+)", plain) if plain.count("=") > 3 else []:
        return "math", ", ".join(f"({first}, {second})" for first, second in pairs)
    if equal := re.fullmatch(r"(\w)=(\w)=(-?\d+)", plain):
        return "math", f"{equal[1]}={equal[3]}, {equal[2]}={equal[3]}"
    return "math", latex(", ".join(part for part in whole.groups() if part))


def latex(ascii_math: str) -> str:
    """CHAMP's ASCII notation as LaTeX; what it does not know stays as it is."""
    text = ascii_math.strip().replace("−", "-").replace("±", r"\pm ").replace("≥", r"\ge ").replace("≤", r"\le ")
    text = _call(text, "sqrt", lambda inner: rf"\sqrt{{{inner}}}")
    text = _call(text, "floor", lambda inner: rf"\lfloor {inner}\rfloor ")
    text = _call(text, "C", lambda inner: r"\binom{{{}}}{{{}}}".format(*inner.split(", ", 1)))
    text = re.sub(r"\bsum_\(([^()]*)\)\^(\w+) ", r"\\sum_{\1}^{\2} ", text)
    text = _call(text, "^", lambda inner: f"^{{{inner}}}")
    text = re.sub(r"\^(\d{2,}|\\lfloor [^\\]*\\rfloor )", r"^{\1}", text)
    return re.sub(r" +(?=[}!*)]|$)", "", text)


def _simplest(raw: str) -> str:
    """Of several ways to write the answer, a plain number, else the first without a sum or a binomial."""
    raw = re.split(r", or approximately ", raw)[0]
    ways = re.split(r", or equivalently |, or an equivalent form such as ", raw)
    numbers = [way for way in ways if re.fullmatch(_NUMBER, way.replace("@@", "").strip())]
    closed = [way for way in ways if not re.search(r"sum_|C\(", way)]
    return (numbers or closed or ways)[0]


def _core(text: str) -> str:
    """The answer without the words around it."""
    text = re.sub(r"(?<=\S) \((?:i\.e\.|none\b|no\b).*\)$", "", text)
    math = rf"(@@[^@]+@@|{_NUMBER})"
    for pattern in (
        rf"{math} is the only possible value",
        rf"The only possible value for the limit is {math}",
        rf"The limit exists and is equal to {math}",
        rf"The function is periodic, with a period of {math}",
        rf"(?:At least |At most )?{math} (?:(?:integer-valued|real-valued) )?(?:zeros|{_UNITS})",
    ):
        if found := re.fullmatch(pattern, text):
            return found[1]
    return "1" if text in ("Exactly one", "Exactly one sequence") else text


def _call(text: str, name: str, write: Any) -> str:
    """Rewrite every `name(…)`, innermost last, with its balanced argument."""
    start = 0
    while (at := text.find(f"{name}(", start)) >= 0:
        if name.isalpha() and at and (text[at - 1].isalpha() or text[at - 1] == "\\"):
            start = at + 1
            continue
        opening = at + len(name)
        depth, end = 0, opening
        for end in range(opening, len(text)):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            if depth == 0:
                break
        else:
            return text
        text = text[:at] + write(text[opening + 1 : end]) + text[end + 1 :]
        start = at + 1
    return text


def _braces(text: str) -> str:
    """Braces of sets, which LaTeX would swallow."""
    return text.replace("{", r"\{").replace("}", r"\}")
