"""Is one answer the other? By shape first, then leaf by leaf, with the rules for what differs in shape.

Rules are one-sided where the issue of meaning is: see "Kinds" in the package's README for each with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mmverifiers.shapes import assigned, indexed, intervals, is_region, names_of, rows, simplified, words
from mmverifiers.structure import Node, read_structure

Same = Callable[[str, str], str]
"""(answer's leaf, gold's leaf) → `ok`, `wrong_answer`, `ambiguous`, `unit`, `parse_failed` or `undecided`."""

ORDERED = re.compile(
    r"\bordered\b|\b(?:in|by) (?:increasing|decreasing|ascending|descending|that|this|the|order)\b"
    r"|\brespectively\b|\barrange"
    r"|\b(?:from|order) .{0,20}(?:least|smallest|greatest|largest|lowest|highest|left|top|first)|\bsequence\b"
    r"|\bsort|\brank"
    r"|\bcoordinates?\b|\bpair\b|\btriple\b",
    re.IGNORECASE,
)
"""How a question asks for an order."""


@dataclass(frozen=True, slots=True)
class Comparer:
    """Compares nodes with a rule for leaves."""

    same: Same
    question: str = ""

    def compare(self, answer: str, gold: str) -> str:
        """The reason code for two tidied texts, or `undecided`."""
        return self.nodes(read_structure(answer), read_structure(gold))

    def nodes(self, a: Node, g: Node) -> str:
        """The reason code for two nodes, or `undecided`."""
        a, g = simplified(a), simplified(g)
        if {"list", "both", "either"} & {a[0], g[0]}:
            from mmverifiers.relations import as_region

            a, g = as_region(a), as_region(g)
        if "words" in (a[0], g[0]):
            return words(a, g)
        if "relation" in (a[0], g[0]):
            return self.relation(a, g)
        if a[0] == g[0] == "leaf":
            return self.same(a[1], g[1])
        if "matrix" in (a[0], g[0]):
            return self.matrices(a, g)
        if is_region(a) and is_region(g) and not (a[0] == g[0] in ("tuple", "square")):
            return self.regions(a, g)
        if "leaf" in (a[0], g[0]):
            return self.one_of_several(a, g)
        return self.collections(a, g)

    def all(self, found: Sequence[Node], wanted: Sequence[Node]) -> str:
        """Members in their order."""
        if len(found) != len(wanted):
            return "wrong_answer"
        return _worst(self.nodes(x, y) for x, y in zip(found, wanted, strict=True))

    def any_order(self, found: Sequence[Node], wanted: Sequence[Node], distinct: bool) -> str:
        """Members in any order; repeats count once where `distinct`."""
        left = list(found)
        unsure = False
        for want in wanted:
            verdicts = [self.nodes(have, want) for have in left]
            if "ok" in verdicts:
                del left[verdicts.index("ok")]
            elif not distinct or not any(self.nodes(have, want) == "ok" for have in found):
                if all(verdict == "wrong_answer" for verdict in verdicts):
                    return "wrong_answer"
                unsure = True
        if unsure:
            return "undecided"
        if left and not (distinct and all(any(self.nodes(have, want) == "ok" for want in wanted) for have in left)):
            return "wrong_answer"
        return "ok"

    def collections(self, a: Node, g: Node) -> str:
        """Two of list, tuple, set, square, union, where they are no regions of different writing."""
        if "union" in (a[0], g[0]) or "interval" in (a[0], g[0]):
            return "wrong_answer"
        points = all(member[0] == "tuple" for member in g[1:])  # "ordered pairs" says nothing of their own order
        ordered = "tuple" in (a[0], g[0])
        ordered = ordered or (g[0] == "list" and not points and ORDERED.search(self.question) is not None)
        if {a[0], g[0]} == {"set", "square"}:
            return "wrong_answer"
        if "set" in (a[0], g[0]):
            reason = self.any_order(a[1:], g[1:], distinct=True)
            # (1, 2) for {1, 2} may be an interval or a point.
            return "ambiguous" if reason == "ok" and "tuple" in (a[0], g[0]) else reason
        if {a[0], g[0]} == {"square", "tuple"} and len(g) == 3:
            return "wrong_answer"
        if ordered or "square" in (a[0], g[0]):
            a, g = self.in_order(a), self.in_order(g)
            return self.all(a[1:], g[1:])
        a_names, g_names = names_of(a), names_of(g)
        if (
            a_names
            and g_names
            and a_names != g_names
            and set(a_names) == set(g_names)
            and len(set(g_names)) == len(g_names)
        ):
            a = ("list", *(a[1 + a_names.index(name)] for name in g_names))
            return self.all(a[1:], g[1:])
        if (a_names and len(set(a_names)) == len(a_names) and not g_names) or (g_names and not a_names):
            distinct_names = a_names or g_names
            if len(set(distinct_names)) > 1 and not indexed(distinct_names):
                return self.all(assigned(a)[1:], assigned(g)[1:])  # x = 1, y = 2 for "1, 2"
            return self.any_order(assigned(a)[1:], assigned(g)[1:], distinct=False)
        return self.any_order(a[1:], g[1:], distinct=False)

    def in_order(self, node: Node) -> Node:
        """The values of a list of assignments, in the order in which the question names them, else the alphabet's."""
        names = names_of(node)
        if not names or len(set(names)) < len(names):
            return assigned(node)
        found = [re.search(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", self.question) for name in names]
        places = [match.start() for match in found if match]
        order = sorted(range(len(names)), key=lambda i: (places[i] if len(places) == len(names) else 0, names[i]))
        return (node[0], *(node[1 + i][3] for i in order))

    def one_of_several(self, a: Node, g: Node) -> str:
        """One value against several: never a pass, save a set, list or bracket of one."""
        several, one, swap = (a, g, True) if g[0] == "leaf" else (g, a, False)
        if several[0] == "interval" or len(several) != 2:
            if swap and several[0] == "list":
                hits = sum(self.nodes(member, one) == "ok" for member in several[1:])
                if hits == len(several) - 1:
                    return "ok"  # one value in several forms
                return "ambiguous" if hits else "wrong_answer"
            return "wrong_answer"
        return self.nodes(several[1], one) if swap else self.nodes(one, several[1])

    def matrices(self, a: Node, g: Node) -> str:
        """Cell by cell; a row or a column of numbers is also the tuple of them."""
        rows_a, rows_g = rows(a), rows(g)
        if rows_a is None or rows_g is None:
            return "wrong_answer"
        if [len(row) for row in rows_a] != [len(row) for row in rows_g]:
            flat_a, flat_g = [c for row in rows_a for c in row], [c for row in rows_g for c in row]
            vectors = all(len(rows) == 1 or all(len(row) == 1 for row in rows) for rows in (rows_a, rows_g))
            if not vectors or a[0] == g[0]:
                return "wrong_answer"
            return self.all(flat_a, flat_g)
        return _worst(self.all(x, y) for x, y in zip(rows_a, rows_g, strict=True))

    def regions(self, a: Node, g: Node) -> str:
        """Intervals and unions of them, end by end."""
        parts_a, parts_g = intervals(a), intervals(g)
        if parts_a is None or parts_g is None or len(parts_a) != len(parts_g):
            return "wrong_answer" if parts_a and parts_g else "undecided"
        reasons = []
        for part in parts_g:
            options = [self._interval(other, part) for other in parts_a]
            reasons.append("ok" if "ok" in options else "undecided" if "undecided" in options else "wrong_answer")
        return _worst(reasons)

    def _interval(self, a: Node, g: Node) -> str:
        if a[0] == "set" or g[0] == "set":
            return self.nodes(a, g) if a[0] == g[0] else "wrong_answer"
        if a[3:] != g[3:]:
            return "wrong_answer"
        return _worst((self.nodes(a[1], g[1]), self.nodes(a[2], g[2])))

    def relation(self, a: Node, g: Node) -> str:
        """An equation, a chain or an inequality on one side or on both."""
        from mmverifiers.relations import compare_relations

        return compare_relations(self, a, g)


def _worst(reasons: object) -> str:
    """What the reasons of all members make together: `ok` only where all are."""
    found = list(reasons)  # type: ignore[call-overload]
    for reason in ("wrong_answer", "undecided", "unit", "parse_failed", "ambiguous"):
        if reason in found:
            return reason
    return "ok"
