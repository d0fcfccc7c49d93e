"""The mathematics of the triangle family: what follows from the numbers of each sort."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mmdata.figures._canvas import Point
from mmdata.figures._geometry import third


@dataclass
class Plan:
    """What follows from a scene. Angles are in degrees, the corners called a, b and c in the scene's order."""

    says: list[str]
    """Sentences of the caption."""
    given: list[tuple[str, int]]
    """Labelled values by name."""
    asked: str
    value: int
    why: list[str]
    """Steps to the value that is asked for."""
    points: list[Point]
    """Of the corners and of a further point, y upwards."""
    angles: list[tuple[str, str]] = field(default_factory=list)
    """Three points and a label; without one, the sign of a right angle."""
    sides: list[tuple[str, str]] = field(default_factory=list)
    """Two points and a label."""
    ticks: list[str] = field(default_factory=list)
    corners: tuple[int, ...] = ()
    """All angles, where they are whole numbers."""
    lengths: tuple[int, ...] = ()
    """All sides, where they are whole numbers: those opposite a, b and c."""
    further: list[tuple[str, int, str, list[str]]] = field(default_factory=list)
    """What else can be asked: name, value, unit and the further steps."""


def plan(sort: str, names: str, values: tuple[int, ...], mode: int, unit: str, symbol: str) -> Plan:
    """What follows from a scene of the sort."""
    return _SORTS[sort](names, values, mode, unit, symbol)


def _angles(names: str, values: tuple[int, ...], mode: int, unit: str, symbol: str) -> Plan:
    (a, b, c), (x, y, z) = tuple(names[:3]), values
    turns, says, marks = [b + a + c, a + b + c], [], []
    for turn, size in zip(turns, (x, y), strict=True):
        right = size == 90 and mode % 2
        marks.append((turn, "" if right else f"{size}°"))
        says.append(f"A square marks the right angle {turn[1]}." if right else f"Angle {turn[1]} is {size}°.")
    return Plan(
        says=[*says, f"Angle {c} is marked {symbol}."],
        given=[(f"angle {n}", size) for n, size in ((a, x), (b, y)) if size != 90 or not mode % 2],
        asked=f"angle {c}", value=z, why=[f"The angles of a triangle add up to 180°: 180 - {x} - {y} = {z}."],
        points=third(x, y), angles=[*marks, (a + c + b, symbol)], corners=values,
    )  # fmt: skip


def _sides(names: str, values: tuple[int, ...], mode: int, unit: str, symbol: str) -> Plan:
    (a, b, c), (x, y, z), total = tuple(names[:3]), values, sum(values)
    corner = inner(list(values))
    given = [(f"side {a}{b}", z), (f"side {b}{c}", x), (f"side {c}{a}", y)]
    marks = [(a + b, f"{z} {unit}"), (b + c, f"{x} {unit}"), (c + a, f"{y} {unit}")]
    asked, value, why = "the perimeter", total, [f"The perimeter is the sum of the sides: {x} + {y} + {z} = {total}."]
    says = [f"Side {name[-2:]} is {size} {unit} long." for name, size in given]
    if mode % 2:
        asked, value = given.pop()
        marks[2] = c + a, symbol
        says[2] = f"Side {c}{a} is marked {symbol}. The perimeter is {total} {unit}."
        why = [f"The sides add up to the perimeter: {total} - {x} - {z} = {y}."]
    return Plan(
        says=says, given=given, asked=asked, value=value, why=why,
        points=third(corner[0], corner[1]), sides=marks, lengths=values,
    )  # fmt: skip


def _isosceles(names: str, values: tuple[int, ...], mode: int, unit: str, symbol: str) -> Plan:
    (a, b, c), (x, y, _) = tuple(names[:3]), values
    says = [f"Sides {a}{b} and {a}{c} carry the same mark: they are equally long."]
    equal = f"{a}{b} and {a}{c} are equally long, so the angles {b} and {c} are equal"
    if mode % 2:
        seen, asked, value = (a, x), b, y
        why = [f"{equal}.", f"180 - {x} = {180 - x} and {180 - x} / 2 = {y}."]
    else:
        seen, asked, value = (c, y), a, x
        why = [f"{equal}: both are {y}°.", f"180 - {y} - {y} = {x}."]
    label = {seen[0]: f"{seen[1]}°", asked: symbol}
    turns = {a: b + a + c, b: a + b + c, c: a + c + b}
    return Plan(
        says=[*says, f"Angle {seen[0]} is {seen[1]}°.", f"Angle {asked} is marked {symbol}."],
        given=[(f"angle {seen[0]}", seen[1])], asked=f"angle {asked}", value=value, why=why,
        points=[(p[0], p[1]) for p in _apex(y)], angles=[(turns[n], words) for n, words in label.items()],
        ticks=[a + b, a + c], corners=values,
        further=[_outer(asked, value)],
    )  # fmt: skip


def _exterior(names: str, values: tuple[int, ...], mode: int, unit: str, symbol: str) -> Plan:
    (a, b, c, d), (x, y, z) = tuple(names), values
    (base, tip, apex), outer = third(y, z), 180 - z
    why = [f"An exterior angle is the sum of the two inner angles opposite: {outer} - {x} = {y}."]
    return Plan(
        says=[
            f"Side {b}{c} is extended beyond {c} to {d}.", f"Angle {a} is {x}°.",
            f"The exterior angle {a}{c}{d} is {outer}°.", f"Angle {b} is marked {symbol}.",
        ],
        given=[(f"angle {a}", x), (f"angle {a}{c}{d}", outer)], asked=f"angle {b}", value=y, why=why,
        points=[apex, base, tip, (1.45, 0.0)],
        angles=[(b + a + c, f"{x}°"), (a + c + d, f"{outer}°"), (a + b + c, symbol)],
        corners=values, further=[_outer(b, y)],
    )  # fmt: skip


def _right(names: str, values: tuple[int, ...], mode: int, unit: str, symbol: str) -> Plan:
    (a, b, c), (x, y, z) = tuple(names[:3]), values
    every = [(b + c, x), (c + a, y), (a + b, z)]
    asked, value = every[mode % 3]
    given = [side for side in every if side[0] != asked]
    if mode % 3 == 2:
        why = [f"By Pythagoras {a}{b}² is {x}² + {y}² = {z * z}.", f"√{z * z} = {z}."]
    else:
        leg = given[0][1]
        why = [f"By Pythagoras {asked}² is {z}² - {leg}² = {value * value}.", f"√{value * value} = {value}."]
    return Plan(
        says=[
            f"A square marks the right angle {c}.", *(f"Side {name} is {size} {unit} long." for name, size in given),
            f"Side {asked} is marked {symbol}.",
        ],
        given=[(f"side {name}", size) for name, size in given], asked=f"side {asked}", value=value, why=why,
        points=[(0.0, float(y)), (float(x), 0.0), (0.0, 0.0)], angles=[(a + c + b, "")],
        sides=[*((name, f"{size} {unit}") for name, size in given), (asked, symbol)], lengths=values,
        further=[
            ("the perimeter", x + y + z, f" {unit}", [f"{x} + {y} + {z} = {x + y + z}."]),
            ("the area", x * y // 2, f" {unit}²", [f"The legs are base and height: {x} × {y} / 2 = {x * y // 2}."]),
        ],
    )  # fmt: skip


def _terms(names: str, values: tuple[int, ...], mode: int, unit: str, symbol: str) -> Plan:
    (a, b, c), (x, p, q, r, s) = tuple(names[:3]), values
    corners = (x, p * x + r, q * x + s)
    terms = [_term(*pair, symbol) for pair in ((1, 0), (p, r), (q, s))]
    n, rest = 1 + p + q, 180 - r - s
    add = f"{terms[0]} + {terms[1]} + {terms[2]}".replace("°", "")
    why = [f"The three angles {add} together are 180."]
    if r + s:
        why.append(f"That is {n}{symbol} {_signed(r + s)}, so {n}{symbol} is {f'180 {_signed(-r - s)}'} = {rest}.")
    why.append(f"{rest} / {n} = {x}.")
    name, size = max(zip(names, corners, strict=False), key=lambda pair: pair[1])
    worked = [
        f"Angle {v} is {k} × {x} {_signed(m)} = {k * x + m}.".replace(" + 0", "")
        for v, k, m in ((b, p, r), (c, q, s)) if k > 1 or m
    ]  # fmt: skip
    return Plan(
        says=[f"Angle {v} is {term}." for v, term in zip(names, terms, strict=False)], given=[], asked="value", value=x,
        why=why, points=third(corners[0], corners[1]),
        angles=[(b + a + c, terms[0]), (a + b + c, terms[1]), (a + c + b, terms[2])], corners=corners,
        further=[("the largest angle of the triangle", size, "°", [*worked, f"The largest is angle {name}, {size}°."])],
    )  # fmt: skip


def _cevian(names: str, values: tuple[int, ...], mode: int, unit: str, symbol: str) -> Plan:
    (a, b, c, d), (x, y, z, part) = tuple(names), values
    base, tip, apex = third(y, z)
    reach = math.hypot(*apex) * math.sin(math.radians(part)) / math.sin(math.radians(part + y))
    why = [f"Angle {a}{d}{c} is an exterior angle of triangle {a}{b}{d}: {y} + {part} = {y + part}."]
    why.append(f"In triangle {a}{d}{c}: 180 - {y + part} - {z} = {x - part}.")
    return Plan(
        says=[
            f"Point {d} lies on side {b}{c}, and {a} is joined to {d}.", f"Angle {b} is {y}°.", f"Angle {c} is {z}°.",
            f"Angle {b}{a}{d} is {part}°.", f"Angle {d}{a}{c} is marked {symbol}.",
        ],
        given=[], asked=f"angle {d}{a}{c}", value=x - part, why=why, points=[apex, base, tip, (reach, 0.0)],
        angles=[(a + b + c, f"{y}°"), (a + c + b, f"{z}°"), (b + a + d, f"{part}°"), (d + a + c, symbol)],
        corners=(x, y, z),
        further=[
            (f"angle {b}{a}{c}", x, "°", [f"Together, {part} + {x - part} = {x}."]),
            (f"angle {a}{d}{b}", 180 - y - part, "°", [f"In its triangle: 180 - {y} - {part} = {180 - y - part}."]),
        ],
    )  # fmt: skip


def _height(names: str, values: tuple[int, ...], mode: int, unit: str, symbol: str) -> Plan:
    (a, b, c, d), (p, q, h) = tuple(names), values
    left, right = math.isqrt(p * p + h * h), math.isqrt(q * q + h * h)
    whole, area, name = p + q, (p + q) * h // 2, "".join(sorted((a, b, c)))
    far = f"In triangle {b}{c}{d}: {right}² - {h}² = {q * q} and √{q * q} = {q}, so {d}{b} is {q} {unit}."
    near = f"In triangle {a}{c}{d}: {left}² - {h}² = {p * p} and √{p * p} = {p}, so {a}{d} is {p} {unit}."
    if mode % 2:
        given, asked, value = [(a + c, left), (b + c, right), (a + d, p)], d + b, q
        first = [f"In triangle {a}{c}{d}: {left}² - {p}² = {h * h} and √{h * h} = {h}, so {c}{d} is {h} {unit}."]
        why, then = [*first, far], [f"{p} + {q} = {whole}, the length of {a}{b}."]
    else:
        given, asked, value = [(a + c, left), (b + c, right), (c + d, h)], a + b, whole
        why, then = [near, far, f"{p} + {q} = {whole}, the length of {a}{b}."], []
    return Plan(
        says=[
            f"The height from {c} meets side {a}{b} at {d}, at a right angle.",
            *(f"{name} is {size} {unit} long." for name, size in given),
            *([f"{d}{b} is marked {symbol}."] if mode % 2 else ()),
        ],
        given=[], asked=f"{'segment' if mode % 2 else 'side'} {asked}", value=value, why=why,
        points=[(0.0, 0.0), (float(whole), 0.0), (float(p), float(h)), (float(p), 0.0)], angles=[(c + d + b, "")],
        sides=[*((name, f"{size} {unit}") for name, size in given), *([(d + b, symbol)] if mode % 2 else ())],
        lengths=(right, left, whole),
        further=[
            (
                f"the perimeter of triangle {name}", left + right + whole, f" {unit}",
                [*then, f"{left} + {right} + {whole} = {left + right + whole}."],
            ),
            (f"the area of triangle {name}", area, f" {unit}²", [*then, f"{whole} × {h} / 2 = {area}."]),
        ],
    )  # fmt: skip


def _outer(corner: str, size: int) -> tuple[str, int, str, list[str]]:
    return f"the exterior angle at {corner}", 180 - size, "°", [f"Beside it: 180 - {size} = {180 - size}."]


def _apex(base: int) -> list[Point]:
    """An isosceles triangle, its apex first."""
    one, two, top = third(base, base)
    return [top, one, two]


def _term(factor: int, more: int, symbol: str) -> str:
    first = symbol if factor == 1 else f"{factor}{symbol}"
    return f"{first} {_signed(more)}°" if more else first


def _signed(value: int) -> str:
    return f"{'-' if value < 0 else '+'} {abs(value)}"


_SORTS = {
    "angles": _angles, "sides": _sides, "isosceles": _isosceles, "exterior": _exterior, "right": _right,
    "terms": _terms, "cevian": _cevian, "height": _height,
}  # fmt: skip


def inner(sides: list[int]) -> list[float]:
    """The angles opposite the sides; none if there is no such triangle."""
    if 2 * max(sides) >= sum(sides):
        return [0]
    squares = [side * side for side in sides]
    product = math.prod(sides)
    return [
        math.degrees(math.acos((sum(squares) - 2 * q) * s / 2 / product)) for s, q in zip(sides, squares, strict=True)
    ]
