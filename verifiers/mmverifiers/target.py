"""The one strict parser of the target format `<think>…</think><answer>…</answer>`."""

from __future__ import annotations

from dataclasses import dataclass

TAGS = ("<think>", "</think>", "<answer>", "</answer>")
"""In the order in which they must stand, each exactly once."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A response that holds the target format; both parts are stripped and non-empty."""

    think: str
    """The reasoning."""
    answer: str
    """The final answer."""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """Which rule of the target format a response breaks."""

    detail: str
    """For a person: `</think> occurs 2 times`, `text after </answer>`, …"""


def parse_target(text: str) -> Target | Violation:
    """Split a response in the target format, or say which rule it breaks.

    One think block, then one answer block; each tag exactly once, in lower case; only whitespace before,
    between and after the blocks; neither block empty. Never raises; takes time linear in the length of the
    text.
    """
    for tag in TAGS:
        seen = text.count(tag)
        if seen != 1:
            return Violation(detail=f"{tag} occurs {seen} times")
    starts = [text.find(tag) for tag in TAGS]
    if starts != sorted(starts):
        return Violation(detail="tags out of order")
    ends = [start + len(tag) for start, tag in zip(starts, TAGS, strict=True)]
    for name, outside in (
        ("before <think>", text[: starts[0]]),
        ("between </think> and <answer>", text[ends[1] : starts[2]]),
        ("after </answer>", text[ends[3] :]),
    ):
        if outside.strip():
            return Violation(detail=f"text {name}")
    think, answer = text[ends[0] : starts[1]].strip(), text[ends[2] : starts[3]].strip()
    if not think or not answer:
        return Violation(detail="empty think block" if not think else "empty answer block")
    return Target(think=think, answer=answer)


def wrap_target(answer: str, think: str = "The answer is known.") -> str:
    """The target format around an answer; `parse_target` gives both back where they hold no tags."""
    return f"<think>\n{think}\n</think>\n<answer>\n{answer}\n</answer>"
