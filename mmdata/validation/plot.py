"""The findings of an experiment as a picture: each arm's accuracy with its interval, its seeds, and the guess without
images."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdata.show import printable
from mmdata.tables import aside

WIDTH = 8.0
"""Inches."""


def write(found: Mapping[str, Any], path: Path) -> None:
    """Draw the findings into a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    arms = found["arms"]
    height = 1.6 + 0.42 * len(arms)
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(figure)
    figure.subplots_adjust(left=0.3, right=0.97, top=1 - 0.5 / height, bottom=0.85 / height)
    axes = figure.add_subplot()
    for y, arm in enumerate(arms):
        right, blind = arm["accuracy"], arm["blind"]
        axes.plot([100 * right["low"], 100 * right["high"]], [y, y], color="tab:blue", linewidth=2.5, alpha=0.5)
        axes.plot(100 * right["value"], y, "o", color="tab:blue", markersize=8, label="mean, 95 %" if not y else None)
        seeds = [100 * value for value in right["by_seed"]]
        axes.plot(seeds, [y] * len(seeds), "|", color="black", markersize=11, label="a seed" if not y else None)
        if blind:
            said = "without images" if not y else None
            axes.plot(100 * blind["value"], y, "o", markerfacecolor="none", color="tab:red", label=said)
    # A $ would start a formula.
    names = [printable(arm["name"], 34).replace("$", r"\$") for arm in arms]
    axes.set_yticks(range(len(arms)), names, fontsize=9)
    axes.set_ylim(len(arms) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.set_xlabel("held-out questions right, %", fontsize=9)
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x", alpha=0.3)
    title = f"{found['name']}: {found['held_out']['questions']:,} questions, {len(found['seeds'])} seeds"
    axes.set_title(printable(title, 90).replace("$", r"\$"), fontsize=10)
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.42 / (height - 1.35)), ncols=3, fontsize=8, frameon=False)
    with aside(path) as place:
        figure.savefig(place, dpi=110, format="png", metadata={"Software": None})
