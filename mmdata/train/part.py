"""What every part of a recipe's `train` section is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of the section: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
