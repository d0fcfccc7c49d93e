"""The text of a recipe for somebody's own rows, as `mmdata new` writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from mmdata.show import printable


def _flow(value: Any) -> str:
    """A value as YAML on one line. What printable would not show as it is stands in YAML's escapes: the same value."""
    for as_it_is in (True, False):
        text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=as_it_is, width=10**9)
        text = text.removesuffix("\n").removesuffix("\n...")
        if printable(text) == text:
            break
    return text


def text(name: str, options: Mapping[str, Any], sees: bool) -> str:
    """The recipe of a `files` source with these options, and a teacher that `sees` images or reads text."""
    model = "Qwen/Qwen2.5-VL-7B-Instruct" if sees else "HuggingFaceTB/SmolLM2-135M-Instruct"
    lines = "\n".join(f"      {key}: {_flow(value)}" for key, value in options.items())
    return f"""\
# Made by looking at the first rows of the data: check every line under `options`.
name: {_flow(name)}
seed: 0
sources:
  - use: files
    name: {_flow(name)}
    options:
{lines}
      license: unknown   # say whose data this is: rows with an unknown licence cannot be published
distill:
  teachers:
    - name: teacher
      model: {model}
      engine: auto   # for a served model set `engine: openai` and `base_url`
      see: {"image" if sees else "text"}   # image, caption (a description stands in for it) or text
      samples: 4
      sampling: {{max_tokens: 512}}
mix:
  sft: {{}}
  rl: {{}}
"""
