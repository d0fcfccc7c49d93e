"""What is asked about boards, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

WAYS = {"up": (-1, 0), "above": (-1, 0), "down": (1, 0), "below": (1, 0), "left": (0, -1), "right": (0, 1)}
COLOR = r"\b(?:red|blue|green|yellow|purple|orange|black|gray)\b"
SHAPE = r"\b(?:circle|square|triangle|star)"


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, by looking up the cells that the caption lists."""
    listed = re.findall(r"row (\w): ([^;.]*)", caption)
    cells = [held.split(", ") for _, held in listed]
    rows = [name for name, _ in listed]
    named = re.search(r"columns are labeled (.*), from top", caption)
    columns = re.findall(r"\w\b(?<!and)", named[1]) if named else [str(j + 1) for j in range(len(cells[0]))]

    def place(text: str) -> tuple[int, int]:
        if found := re.search(r"[Cc]ell ([A-Z])(\d)\b", text):
            one, two = found.groups()
            return (rows.index(one), columns.index(two)) if one in rows else (rows.index(two), columns.index(one))
        if found := re.search(r"row (\d) from the top and column (\d) from the left", text):
            return int(found[1]) - 1, int(found[2]) - 1
        words = re.search(r"the ([a-z ]+) cell", text, re.IGNORECASE)[1]  # type: ignore[index]
        down = 0 if "top" in words else len(cells) - 1 if "bottom" in words else 1
        return down, 0 if "left" in words else len(cells) - 1 if "right" in words else 1

    def held(spot: tuple[int, int]) -> str:
        return cells[spot[0]][spot[1]]

    sorts = re.findall(COLOR, question)
    wanted = set(sorts[:1] + re.findall(SHAPE, question))

    def count(some: Sequence[str], what: set[str]) -> int:
        return sum(what <= set(held.split()) for held in some)

    every = [cell for row in cells for cell in row]
    if choices:
        return "ABCD"[[held(place(choice)) == sorts[0] for choice in choices].index(True)]
    if re.search("more|outnumber", question):
        return str(count(every, {sorts[0]}) - count(every, {sorts[1]}))
    if start := re.match("Start in (.*) and go ", question):
        i, j = place(start[1])
        for n, way in re.findall(r"(\d) (up|down|left|right)", question):
            i, j = i + int(n) * WAYS[way][0], j + int(n) * WAYS[way][1]
        return cells[i][j].split()[0]
    if re.search("share a side|neighbors", question):
        i, j = place(question)
        near = [(i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)]
        return str(count([held(p) for p in near if p[0] in range(len(rows)) and p[1] in range(len(columns))], wanted))
    if most := re.search("hich (row|column)", question):
        lines = cells if most[1] == "row" else [list(line) for line in zip(*cells, strict=True)]
        counts = [count(line, wanted) for line in lines]
        return (rows if most[1] == "row" else columns)[counts.index(max(counts))]
    if beside := re.search(r"directly (?:to the )?(above|below|left|right)(?: of)? (.*)", question):
        (i, j), (down, across) = place(beside[2]), WAYS[beside[1]]
        return cells[i + down][j + across].split()[0]
    if re.search(r"[Cc]ell [A-Z]\d|[Tt]he [a-z ]*\bcell\b", question):
        what = held(place(question))
        return ("yes" if wanted == set(what.split()) else "no") if sorts else what.split()[0]
    if line := re.search(r"(row|column) (\w)\b", question):
        some = cells[rows.index(line[2])] if line[1] == "row" else [row[columns.index(line[2])] for row in cells]
        return str(count(some, wanted)) if "How many" in question else ", ".join(some)
    return str(count(every, wanted))
