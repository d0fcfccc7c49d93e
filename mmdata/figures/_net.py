"""Graphs of nodes and edges: laid out so that no two edges cross, searched, and drawn."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations

from mmdata.figures import Drawing
from mmdata.figures._canvas import Canvas, Point

Edge = tuple[int, int]
"""Two nodes, the smaller number first."""


@dataclass(frozen=True, kw_only=True)
class Net:
    """An undirected graph; sizes and places in pixels."""

    names: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    edges: tuple[Edge, ...]
    weights: tuple[int, ...]
    """Of the edges, all different; none if the graph is unweighted."""
    width: int
    height: int
    radius: int
    """Of the nodes."""
    square: bool
    ground: str
    fill: str
    ink: str
    """Of the nodes' names and borders."""
    line: str
    wide: float

    @property
    def nodes(self) -> range:
        """Their numbers."""
        return range(len(self.names))

    def name(self, *nodes: int) -> str:
        """`A`, or `A-B-C` for a way through several nodes."""
        return "-".join(self.names[node] for node in nodes)

    def near(self, node: int) -> list[int]:
        """The nodes joined to one, by name."""
        found = [a + b - node for a, b in self.edges if node in (a, b)]
        return sorted(found, key=lambda other: self.names[other])

    def weight(self, one: int, two: int) -> int:
        """Of the edge between two nodes."""
        return self.weights[self.edges.index((min(one, two), max(one, two)))]

    def length(self, path: tuple[int, ...]) -> int:
        """The weights along a path, added."""
        return sum(self.weight(*pair) for pair in pairwise(path))

    def paths(self, start: int, end: int) -> list[tuple[int, ...]]:
        """All ways from node to node that visit none twice."""
        found: list[tuple[int, ...]] = []
        open_: list[tuple[int, ...]] = [(start,)]
        while open_:
            path = open_.pop()
            if path[-1] == end:
                found.append(path)
            else:
                open_ += [(*path, node) for node in self.near(path[-1]) if node not in path]
        return found

    def routes(self) -> list[list[tuple[int, ...]]]:
        """The up to three shortest paths between two nodes, where there is a choice and one is the shortest, and that
        has more than one edge."""
        found = []
        for one, two in permutations(self.nodes, 2):
            paths = sorted(self.paths(one, two), key=lambda path: (self.length(path), path))
            if len(paths) > 1 and len(paths[0]) > 2 and self.length(paths[0]) < self.length(paths[1]):
                found.append(paths[:3])
        return found

    def tree(self) -> list[Edge]:
        """The edges of the minimum spanning tree, the lightest first."""
        taken: list[Edge] = []
        for edge in sorted(self.edges, key=lambda edge: self.weight(*edge)):
            if not any(set(edge) <= piece for piece in pieces(len(self.names), tuple(taken))):
                taken.append(edge)
        return taken

    def bridges(self, bridges: bool) -> list[Edge]:
        """The edges that do, or that do not, hold the graph together."""
        rest = {edge: tuple(other for other in self.edges if other != edge) for edge in self.edges}
        parts = len(self.parts())
        return [edge for edge in self.edges if (len(pieces(len(self.names), rest[edge])) > parts) == bridges]

    def parts(self) -> list[set[int]]:
        """The connected pieces."""
        return pieces(len(self.names), self.edges)


def pieces(count: int, edges: tuple[Edge, ...]) -> list[set[int]]:
    """The nodes that edges hold together, piece by piece, in the order of their first nodes."""
    home = list(range(count))
    for one, two in edges:
        home = [home[one] if h == home[two] else h for h in home]
    return [{node for node in range(count) if home[node] == h} for h in dict.fromkeys(home)]


def layout(
    rng: random.Random, count: int, parts: int, extra: int, size: tuple[int, int], radius: int
) -> tuple[tuple[tuple[int, int], ...], tuple[Edge, ...]]:  # fmt: skip
    """Places of the nodes, and edges that make that many pieces, with up to `extra` more than a tree has."""
    while True:
        places = _scatter(rng, count, size, radius)
        pairs = list(combinations(range(count), 2))
        reach = {pair: math.dist(places[pair[0]], places[pair[1]]) * rng.uniform(0.7, 1.5) for pair in pairs}
        pairs.sort(key=lambda pair: reach[pair])
        edges: list[Edge] = []
        for more in (0, extra):
            for pair in pairs:
                held = pieces(count, tuple(edges))
                joins = not any(set(pair) <= piece for piece in held)
                wanted = len(edges) < count - parts + more and joins == (more == 0) and pair not in edges
                if wanted and _clear(places, edges, pair, radius):
                    edges.append(pair)
        if len(edges) >= count - parts:
            return places, tuple(sorted(edges))


def _scatter(rng: random.Random, count: int, size: tuple[int, int], radius: int) -> tuple[tuple[int, int], ...]:
    """Points well apart from each other and inside the picture."""
    places: list[tuple[int, int]] = []
    margin = radius + 8
    apart = 0.72 * math.sqrt(size[0] * size[1] / count)
    while len(places) < count:
        apart *= 0.995
        place = (rng.randint(margin, size[0] - margin), rng.randint(margin, size[1] - margin))
        if all(math.dist(place, other) >= apart for other in places):
            places.append(place)
    return tuple(places)


def _clear(places: tuple[tuple[int, int], ...], edges: list[Edge], new: Edge, radius: int) -> bool:
    """Does an edge keep away from other nodes and edges, with room for a number at its middle?"""
    start, end = places[new[0]], places[new[1]]
    if math.dist(start, end) < 2 * radius + 36:
        return False
    if any(_far(place, start, end) < radius + 9 for i, place in enumerate(places) if i not in new):
        return False
    for one, two in edges:
        first, second = places[one], places[two]
        across = _side(start, end, first) * _side(start, end, second) < 0
        if across and not {one, two} & set(new) and _side(first, second, start) * _side(first, second, end) < 0:
            return False
        if _far(_middle(start, end), first, second) < 17 or _far(_middle(first, second), start, end) < 17:
            return False
        if math.dist(_middle(start, end), _middle(first, second)) < 30:
            return False
    return True


def _middle(start: Point, end: Point) -> Point:
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2


def _side(start: Point, end: Point, at: Point) -> float:
    """On which side of a line a point lies: the sign."""
    return (end[0] - start[0]) * (at[1] - start[1]) - (end[1] - start[1]) * (at[0] - start[0])


def _far(at: Point, start: Point, end: Point) -> float:
    """How far a point is from a piece of a line."""
    along = (end[0] - start[0], end[1] - start[1])
    t = ((at[0] - start[0]) * along[0] + (at[1] - start[1]) * along[1]) / (along[0] ** 2 + along[1] ** 2)
    t = min(1, max(0, t))
    return math.dist(at, (start[0] + t * along[0], start[1] + t * along[1]))


def draw_net(net: Net) -> Drawing:
    """Edges with their weights in the middle, nodes with their names."""
    canvas = Canvas(net.width, net.height, net.ground)
    for one, two in net.edges:
        canvas.line([net.places[one], net.places[two]], net.line, net.wide)
    for (one, two), weight in zip(net.edges, net.weights, strict=bool(net.weights)):
        canvas.text(_middle(net.places[one], net.places[two]), str(weight), 14, "#111111", ground=net.ground)
    for name, (x, y) in zip(net.names, net.places, strict=True):
        r = net.radius
        if net.square:
            canvas.rectangle(x - r, y - r, x + r, y + r, net.fill, net.ink, 2, 5)
        else:
            canvas.circle((x, y), r, net.fill, net.ink, 2)
        canvas.text((x, y), name, 16, net.ink, bold=True)
    return canvas.done()
