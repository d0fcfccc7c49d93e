"""Which licences a corpus may hold. Every row carries its own; what is not known to be allowed is not."""

from __future__ import annotations

import re

from mmdata.recipe import Screen
from mmdata.types import Problem

_COMMERCIAL = re.compile(
    r"(mit(-0)?|apache-2\.0|bsd-[23]-clause|isc|zlib|unlicense|wtfpl|0bsd|cc0-1\.0|pddl-1\.0|"
    r"cc-by(-sa)?(-[1-4]\.[05])?|odc-by(-1\.0)?|odbl(-1\.0)?|cdla-permissive-[12]\.0|cdla-sharing-1\.0|"
    r"(a|l)?gpl-[23]\.[01](-only|-or-later)?|mpl-2\.0|epl-2\.0|eupl-1\.[12]|gfdl(-1\.[123])?(-only|-or-later)?)"
)
"""SPDX identifiers whose texts allow commercial use, some on conditions (naming, share-alike) that stay to be kept."""


def commercial(license: str) -> bool:
    """Whether a licence is known to allow commercial use. Unknown and unnamed ones are not."""
    return bool(_COMMERCIAL.fullmatch(license.strip().lower().replace(" ", "-")))


def refused(config: Screen, problem: Problem, source_commercial: bool | None) -> str:
    """Why a problem's licence is not what the recipe demands; empty if it is.

    source_commercial: what the source's card says of the whole set. Where that is no, a row's own MIT changes nothing.
    """
    if config.licenses == "any":
        return ""
    if config.licenses == "commercial":
        if source_commercial is False:
            return f"{problem.license}; {problem.source} as a whole is not for commercial use"
        return "" if commercial(problem.license) else f"{problem.license} is not known to allow commercial use"
    allowed = {name.strip().lower() for name in config.licenses}
    return "" if problem.license.strip().lower() in allowed else f"{problem.license} is not among those asked for"
