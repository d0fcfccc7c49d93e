"""What is asked about graphs, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, by searching the graph that the caption lists."""
    nodes = re.findall(r"\b[A-Z]\b", caption.split(".")[0])
    weights: dict[frozenset[str], int] = {}
    for one, two, weight in re.findall(r"\b([A-Z])-([A-Z])\b(?: with weight (\d+))?", caption):
        weights[frozenset((one, two))] = int(weight or 1)
    named = re.findall(r"\b[A-Z]\b", re.sub(r"\b[A-Z]-[A-Z]\b", "", question))

    def near(node: str, edges: set[frozenset[str]]) -> list[str]:
        return sorted(next(iter(edge - {node})) for edge in edges if node in edge)

    def farness(start: str, edges: dict[frozenset[str], int]) -> dict[str, float]:
        """How far every node is, by relaxing all edges again and again."""
        far = {node: 0 if node == start else inf for node in nodes}
        for _ in nodes:
            for edge, weight in edges.items():
                one, two = edge
                far[one], far[two] = min(far[one], far[two] + weight), min(far[two], far[one] + weight)
        return far

    edges = set(weights)
    if choices:
        found = [weights[frozenset(choice.split("-"))] for choice in choices]
        return "ABCD"[found.index(max(found))]
    if re.search("spanning tree|join all nodes", question):
        # Prim: the lightest edge that leaves what is reached.
        reached, total = {nodes[0]}, 0
        while len(reached) < len(nodes):
            edge = min((e for e in edges if len(e & reached) == 1), key=lambda e: weights[e])
            reached, total = reached | edge, total + weights[edge]
        return str(total)
    if re.search("removed|does not use", question):
        rest = {edge: 1 for edge in edges if edge != frozenset(named)}
        return "yes" if farness(named[0], rest)[named[1]] < inf else "no"
    if re.search("smallest number of edges|Ignoring", question):
        return str(farness(named[0], dict.fromkeys(edges, 1))[named[1]])
    if re.search("shortest way|smallest total", question):
        far = farness(named[1], weights)
        if "List" not in question:
            return str(far[named[0]])
        way = [named[0]]
        while way[-1] != named[1]:
            way.append(
                next(n for n in near(way[-1], edges) if far[way[-1]] == far[n] + weights[frozenset((way[-1], n))])
            )
        return ", ".join(way)
    if re.search("connected|every node", question):
        return "yes" if max(farness(nodes[0], weights).values()) < inf else "no"
    if "sum" in question:
        return str(sum(weight for edge, weight in weights.items() if named[0] in edge))
    if re.search("degree|meet at", question):
        return str(len(near(named[0], edges)))
    if re.search("weight of the edge|number stands", question):
        return str(weights[frozenset(named)])
    if len(named) == 2 and question.startswith(("Is", "Are")):
        return "yes" if frozenset(named) in edges else "no"
    if named:
        return ", ".join(n for n in near(named[0], edges) if n in near(named[-1], edges))
    return str(len(edges) if "edges" in question else len(nodes))
