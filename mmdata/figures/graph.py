"""Small graphs: edges, neighbors, weights and ways."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise, permutations

from mmdata.figures import Drawing, Question
from mmdata.figures._net import Net, draw_net, layout
from mmdata.figures._words import join, options, plural

TITLE = "Graph"
DOMAIN = "graph"
FORMS = {
    "nodes": (1,), "edges": (1, 2), "edge": (1, 2), "degree": (1, 2), "neighbors": (1, 2), "connected": (1, 2),
    "weight": (2,), "heaviest": (2,), "hops": (3,), "around": (2, 3), "bridge": (3,), "common": (3,),
    "shortest": (3,), "path": (3,), "tree": (3,),
}  # fmt: skip
_GROUNDS = ("#ffffff", "#fbf8f0", "#f2f7fb", "#f8f4fa", "#f1f7ef")
_NODES = (
    ("#ffffff", "#111111"), ("#ffe9a8", "#3d2b00"), ("#cfe6ff", "#0b2f57"), ("#d5f0d0", "#12401a"),
    ("#ffd9d2", "#5a1408"), ("#e6d9f7", "#351457"), ("#1f4f8f", "#ffffff"), ("#7a2f1d", "#ffffff"),
)  # fmt: skip
"""Colours of a node and of its name."""
_LINES = ("#333333", "#5b6b7b", "#7a4a2a", "#2f6f4f", "#6b4a8a")
_SIZES = {1: (3, 7, 0, 3), 2: (6, 7, 1, 4), 3: (7, 8, 2, 5)}
"""By level: fewest and most nodes, fewest and most edges beyond a tree."""


def scene(rng: random.Random, level: int) -> Net:
    """Few nodes without weights (level 1), more with weights (2), more still, all connected (3)."""
    fewest, most, few, many = _SIZES[level]
    parts = 2 if level < 3 and rng.random() < 0.5 else 1
    fill, ink = rng.choice(_NODES)
    while True:
        count, radius = rng.randint(fewest, most), rng.randint(15, 19)
        size = (rng.randint(220, 280) + 55 * level, rng.randint(190, 240) + 45 * level)
        places, edges = layout(rng, count, parts, rng.randint(few, many), size, radius)
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        names = rng.sample(letters[: rng.choice((count, len(letters)))], count)
        weights = rng.sample(range(1, 16 if level == 2 else 21), len(edges)) if level > 1 else ()
        net = Net(
            names=tuple(names), places=places, edges=edges, width=size[0], height=size[1], radius=radius,
            weights=tuple(weights), square=rng.random() < 0.25, ground=rng.choice(_GROUNDS), fill=fill, ink=ink,
            line=rng.choice(_LINES), wide=rng.choice((1.5, 2, 2.5, 3)),
        )  # fmt: skip
        if _fit(net, level):
            return net


def _fit(net: Net, level: int) -> bool:
    """Can every form of the level be asked, with several answers?"""
    if level == 1:
        return 0 < len(net.edges) < len(net.names) * (len(net.names) - 1) // 2
    if level == 2:
        return min(map(len, net.parts())) > 1
    return bool(net.bridges(True) and net.bridges(False) and net.routes())


def caption(scene: Net) -> str:
    """The nodes, and all edges with their weights."""
    text = f"The picture shows an undirected graph with the nodes {join(sorted(scene.names))}."
    named = [scene.name(*edge) for edge in scene.edges]
    if scene.weights:
        named = [f"{name} with weight {weight}" for name, weight in zip(named, scene.weights, strict=True)]
    return f"{text} Its edges are {join(named)}." if len(named) > 1 else f"{text} Its only edge is {named[0]}."


def labels(scene: Net) -> Mapping[str, str]:
    """How many nodes, edges and connected pieces there are."""
    counts = {"nodes": len(scene.names), "edges": len(scene.edges), "pieces": len(scene.parts())}
    return {name: str(count) for name, count in counts.items()}


def ask(scene: Net, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    wordings, answer, kind, steps, choices = _ASK[form](scene, rng)
    return Question(text=rng.choice(wordings), answer=answer, kind=kind, steps=tuple(steps), choices=choices)


def draw(scene: Net) -> Drawing:
    """The graph."""
    return draw_net(scene)


Asked = tuple[Sequence[str], str, str, list[str], tuple[str, ...]]
"""Wordings, answer, kind, steps and options."""


def _neighbors_of(scene: Net, node: int) -> str:
    name, near = scene.name(node), scene.near(node)
    return f"Node {name} is joined to {join([scene.name(other) for other in near]) if near else 'no other node'}."


def _nodes(scene: Net, rng: random.Random) -> Asked:
    wordings = ("How many nodes does the graph have?", "Count the nodes of the graph.", "How many nodes are there?")
    steps = [f"The nodes are {join(sorted(scene.names))}, {len(scene.names)} in all."]
    return wordings, str(len(scene.names)), "number", steps, ()


def _edges(scene: Net, rng: random.Random) -> Asked:
    wordings = ("How many edges does the graph have?", "Count the edges of the graph.", "How many edges are there?")
    steps = [f"The edges are {join([scene.name(*edge) for edge in scene.edges])}, {len(scene.edges)} in all."]
    return wordings, str(len(scene.edges)), "number", steps, ()


def _edge(scene: Net, rng: random.Random) -> Asked:
    answer = rng.choice(("yes", "no"))
    pairs = [pair for pair in combinations(scene.nodes, 2) if (pair in scene.edges) == (answer == "yes")]
    one, two = (scene.name(node) for node in rng.sample(rng.choice(pairs), 2))
    wordings = (f"Is there an edge between {one} and {two}?", f"Are the nodes {one} and {two} joined by an edge?")
    return wordings, answer, "yesno", [_neighbors_of(scene, scene.names.index(one))], ()


def _degree(scene: Net, rng: random.Random) -> Asked:
    by_count = {len(scene.near(node)): node for node in rng.sample(scene.nodes, len(scene.nodes))}
    count, node = rng.choice(sorted(by_count.items()))
    name = scene.name(node)
    wordings = (f"What is the degree of node {name}?", f"How many edges meet at node {name}?")
    steps = [_neighbors_of(scene, node), f"So {plural(count, 'edge')} {'meets' if count == 1 else 'meet'} there."]
    return wordings, str(count), "number", steps, ()


def _neighbors(scene: Net, rng: random.Random) -> Asked:
    node = rng.choice([node for node in scene.nodes if scene.near(node)])
    name = scene.name(node)
    wordings = (f"Which nodes are joined to {name} by an edge?", f"List all neighbors of node {name}.")
    answer = ", ".join(scene.name(other) for other in scene.near(node))
    return wordings, answer, "set", [_neighbors_of(scene, node)], ()


def _connected(scene: Net, rng: random.Random) -> Asked:
    wordings = ("Is the graph connected?", "Can one get from every node to every other one along the edges?")
    parts = scene.parts()
    named = [join(sorted(scene.name(node) for node in part)) for part in parts]
    steps = [f"From {sorted(scene.names)[0]} one can reach every other node."]
    if len(parts) > 1:
        steps = [f"No edge leads from {named[0]} to {named[1]}."]
    return wordings, "no" if len(parts) > 1 else "yes", "yesno", steps, ()


def _weight(scene: Net, rng: random.Random) -> Asked:
    one, two = rng.sample(rng.choice(scene.edges), 2)
    weight, ends = scene.weight(one, two), f"{scene.name(one)} and {scene.name(two)}"
    wordings = (f"What is the weight of the edge between {ends}?", f"Which number stands on the edge between {ends}?")
    return wordings, str(weight), "number", [f"The edge {scene.name(one, two)} is marked {weight}."], ()


def _heaviest(scene: Net, rng: random.Random) -> Asked:
    shown = rng.sample(scene.edges, min(4, len(scene.edges)))
    best = max(shown, key=lambda edge: scene.weight(*edge))
    choices, letter = options(scene.name(*best), [scene.name(*edge) for edge in shown], rng)
    wordings = ("Which of these edges has the largest weight?", "Which of these edges is the heaviest?")
    weights = [f"{scene.name(*edge)} {scene.weight(*edge)}" for edge in sorted(shown)]
    steps = [f"The weights are {join(weights)}.", f"The largest is {scene.weight(*best)}, of {scene.name(*best)}."]
    return wordings, letter, "choice", steps, choices


def _hops(scene: Net, rng: random.Random) -> Asked:
    best = {}
    for one, two in rng.sample(list(permutations(scene.nodes, 2)), len(scene.nodes) * (len(scene.nodes) - 1)):
        if paths := scene.paths(one, two):
            path = min(paths, key=lambda path: (len(path), path))
            best[len(path) - 1] = path
    if len(best) > 1 and rng.random() < 0.25:
        del best[1]
    count, path = rng.choice(sorted(best.items()))
    ends = f"from {scene.name(path[0])} to {scene.name(path[-1])}"
    wordings = [f"What is the smallest number of edges on a way {ends}?"]
    wordings += [f"Ignoring the weights, how many edges does one need at least to get {ends}?"]
    steps = [f"The way {scene.name(*path)} has {plural(count, 'edge')}, and none has fewer."]
    return wordings, str(count), "number", steps, ()


def _around(scene: Net, rng: random.Random) -> Asked:
    node = rng.choice([node for node in scene.nodes if len(scene.near(node)) > 1])
    weights = [scene.weight(node, other) for other in scene.near(node)]
    name = scene.name(node)
    wordings = [f"What is the sum of the weights of all edges at node {name}?"]
    wordings += [f"Add the weights of the edges that meet at {name}. What is the sum?"]
    steps = [_neighbors_of(scene, node), f"{' + '.join(map(str, weights))} = {sum(weights)}."]
    return wordings, str(sum(weights)), "number", steps, ()


def _bridge(scene: Net, rng: random.Random) -> Asked:
    answer = rng.choice(("yes", "no"))
    edge = rng.choice(scene.bridges(answer == "no"))
    ways = [path for path in scene.paths(*edge) if len(path) > 2]
    one, two = scene.name(edge[0]), scene.name(edge[1])
    wordings = [f"If the edge {one}-{two} is removed, can one still get from {one} to {two}?"]
    wordings += [f"Is there a way from {one} to {two} that does not use the edge {one}-{two}?"]
    steps = [f"Every way from {one} to {two} uses the edge {one}-{two}."]
    if ways:
        steps = [f"One can go {scene.name(*min(ways, key=lambda way: (len(way), way)))} instead."]
    return wordings, answer, "yesno", steps, ()


def _common(scene: Net, rng: random.Random) -> Asked:
    pairs = [(a, b) for a, b in combinations(scene.nodes, 2) if set(scene.near(a)) & set(scene.near(b))]
    one, two = rng.choice(pairs)
    both = f"{scene.name(one)} and {scene.name(two)}"
    wordings = (f"Which nodes are neighbors of both {both}?", f"List all common neighbors of {both}.")
    shared = [scene.name(node) for node in scene.near(one) if node in scene.near(two)]
    return wordings, ", ".join(shared), "set", [_neighbors_of(scene, one), _neighbors_of(scene, two)], ()


def _ways(scene: Net, rng: random.Random) -> tuple[tuple[int, ...], str, list[str]]:
    """The one shortest path between two nodes, its ends in words, and how it is found."""
    ways = rng.choice(scene.routes())
    steps = []
    for way in ways:
        weights = [str(scene.weight(*pair)) for pair in pairwise(way)]
        added = f" = {scene.length(way)}" if len(weights) > 1 else ""
        steps.append(f"The way {scene.name(*way)} has length {' + '.join(weights)}{added}.")
    steps.append(f"No other way is as short as {scene.name(*ways[0])}.")
    return ways[0], f"from {scene.name(ways[0][0])} to {scene.name(ways[0][-1])}", steps


def _shortest(scene: Net, rng: random.Random) -> Asked:
    way, ends, steps = _ways(scene, rng)
    wordings = [f"The weights are lengths. How long is the shortest way {ends}?"]
    wordings += [f"What is the smallest total weight of a path {ends}?"]
    return wordings, str(scene.length(way)), "number", steps, ()


def _path(scene: Net, rng: random.Random) -> Asked:
    way, ends, steps = _ways(scene, rng)
    wordings = [f"The weights are lengths. List the nodes of the shortest way {ends} in order."]
    wordings += [f"Which path {ends} has the smallest total weight? List its nodes in order, both ends included."]
    return wordings, ", ".join(scene.name(node) for node in way), "list", steps, ()


def _tree(scene: Net, rng: random.Random) -> Asked:
    taken = scene.tree()
    weights = [scene.weight(*edge) for edge in taken]
    wordings = ["What is the total weight of a minimum spanning tree of the graph?"]
    wordings += ["Keep edges of the smallest total weight that still join all nodes. What is that total weight?"]
    steps = [f"From the lightest edge on, those that close no cycle are {join([scene.name(*e) for e in taken])}."]
    steps.append(f"{' + '.join(map(str, weights))} = {sum(weights)}.")
    return wordings, str(sum(weights)), "number", steps, ()


_ASK = {
    "nodes": _nodes, "edges": _edges, "edge": _edge, "degree": _degree, "neighbors": _neighbors,
    "connected": _connected, "weight": _weight, "heaviest": _heaviest, "hops": _hops, "around": _around,
    "bridge": _bridge, "common": _common, "shortest": _shortest, "path": _path, "tree": _tree,
}  # fmt: skip
