"""Are the steps of a reasoning trace right? Finds the arithmetic that a text states, and checks it exactly.

Made so that a right trace is hardly ever blamed: a statement is `false` only where no way to read it is true. What has
variables, what is supposed, quoted, refuted or corrected, and what the reader is not sure of, is `unknown`.
Nothing is evaluated as Python; time is linear in the text, and numbers are bounded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from mmverifiers.steps.context import Surroundings
from mmverifiers.steps.decide import Known, decide
from mmverifiers.steps.statements import Link, links
from mmverifiers.steps.tokens import MAX_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One statement of a trace: an equation, a comparison, or one link of a chain of them."""

    start: int
    """Where it starts, in characters."""
    end: int
    """Where it ends: text[start:end] is `text`."""
    text: str
    """As written."""
    verdict: str = "unknown"
    """true, false, or unknown."""
    detail: str = ""
    """For a false step, what is right: "17*3 = 51, not 41". For an unknown one, one word that says why (`decide`)."""


def find_steps(text: str) -> tuple[Step, ...]:
    """The statements of a text in order, none of them judged."""
    return tuple(_step(text, link) for link in links(text))


def check_steps(text: str) -> tuple[Step, ...]:
    """The statements of a text in order, each with its verdict. Never raises.

    Bounds, beyond which statements are not found or stay unknown: 200,000 characters, 4,000 statements (and as many in
    calculator notes), formulas of 160 tokens, numbers of 400 digits and 8,192 bits. A second or two at the very worst.
    """
    known = Known(Surroundings(text[:MAX_TEXT].replace("’", "'")))
    judged = [(link, *decide(link, known)) for link in links(text)]
    if any(verdict == "false" for _, verdict, _ in judged):
        right = {link.left.node: link.left.start for link, verdict, _ in judged if verdict == "true"}
        for place, (link, verdict, _) in enumerate(judged):
            if verdict == "false" and right.get(link.left.node, -1) >= link.right.end:
                judged[place] = link, "unknown", "corrected"
    return tuple(_step(text, *each) for each in judged)


def steps_json(text: str) -> str:
    """The false steps as a JSON array of [start, end, text, detail]."""
    false = [step for step in check_steps(text) if step.verdict == "false"]
    return json.dumps([[step.start, step.end, step.text, step.detail] for step in false])


def _step(text: str, link: Link, verdict: str = "unknown", detail: str = "") -> Step:
    start, end = link.left.start, link.right.end
    return Step(start=start, end=end, text=text[start:end], verdict=verdict, detail=detail)
