"""What is asked about Venn diagrams, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, by adding up the regions that the caption lists."""
    first, rest = caption.split(". ", 1)
    sets = re.findall(r"(\w+)(?=,| and |$)", first.split(" how many ")[1])[-3:]
    sets = [name for name in sets if f"nly {name}:" in rest]
    listed = re.findall(r"([\w ]+): (\d+|x)", rest)
    if choices:
        sizes = {name.lower(): int(size) for name, size in ((n.strip(), s) for n, s in listed)}
        return "ABCD"[max(range(len(choices)), key=lambda i: sizes[choices[i].lower()])]
    regions: dict[frozenset[str], int] = {}
    for name, size in listed:
        words = set(re.findall(r"\w+", name))
        inside = set(sets) if words & {"both", "all"} else words & set(sets)
        regions[frozenset(inside)] = int(size) if size != "x" else -1
    missing = 0
    if whole := re.search(r"There are (\d+)", rest):
        missing = int(whole[1]) - sum(size for size in regions.values() if size >= 0)
        regions = {inside: missing if size < 0 else size for inside, size in regions.items()}

    def count(test: Callable[[frozenset[str]], object]) -> int:
        return sum(size for inside, size in regions.items() if test(inside))

    def whole_set(name: str) -> int:
        return count(lambda inside: name in inside)

    named = [name for name in re.findall(r"\w+", question) if name in sets]
    if re.search(r"\bx\b", question):
        return str(missing)
    if re.search(r"more|larger", question):
        one, two = (whole_set(name) for name in named[-2:])
        return str(one - two) if "ow many" in question else "yes" if one > two else "no"
    if re.search("neither|none of|outside", question):
        return str(regions[frozenset()])
    if exact := re.search(r"exactly (one|two)", question):
        return str(count(lambda inside: len(inside) == ("one", "two").index(exact[1]) + 1))
    if not named:
        return str(count(lambda inside: True) - ("at least one" in question) * regions[frozenset()])
    if re.search(r"at least one|or both|union", question):
        return str(count(lambda inside: inside & set(named)))
    if but := re.search(r"but not|, not", question):
        before = {name for name in re.findall(r"\w+", question[: but.start()]) if name in sets}
        return str(regions[frozenset(before)])
    if re.search(r"\bnot (?!\))|complement", question) and "alone or not" not in question:
        return str(count(lambda inside: named[0] not in inside))
    if "only" in question:
        return str(regions[frozenset(named)])
    if re.search(r"both|as well as|intersection", question):
        return str(regions[frozenset(sets)])
    return str(whole_set(named[0]))
