"""The mathematics of the circle family: what follows from the numbers of each sort of picture."""

from __future__ import annotations

from dataclasses import dataclass

from mmdata.figures._geometry import Look


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A circle, and the sector that is asked about."""

    level: int
    sort: str
    center: str
    names: str
    """Of points on the circle."""
    radius: int
    wide: int
    """The sector's angle in degrees."""
    other: int
    """By sort: a second angle, or the inner radius of a ring."""
    place: int
    """Where the third point of an inscribed angle lies: percent of the arc opposite."""
    unit: str
    symbol: str
    start: int
    """Where the first point lies, in degrees."""
    shade: str
    look: Look


def told(scene: Scene) -> str:
    """What is given."""
    (a, b, c, d), o, r, unit = tuple(scene.names), scene.center, scene.radius, scene.unit
    told = f"The radius {o}{a} is {r} {unit} long."
    words = {
        "radius": told,
        "diameter": f"The diameter {a}{b} is {2 * r} {unit} long.",
        "sector": f"{told} Sector {a}{o}{b} is shaded; its angle is {scene.wide}°.",
        "central": f"{told} {a}, {b} and {c} lie on the circle. The central angle {a}{o}{b} is {scene.wide}°. "
        f"The inscribed angle {a}{c}{b} over the same arc is marked {scene.symbol}.",
        "inscribed": f"{told} {a}, {b} and {c} lie on the circle. The inscribed angle {a}{c}{b} is {scene.wide // 2}°. "
        f"The central angle {a}{o}{b} over the same arc is marked {scene.symbol}.",
        "half": f"The diameter {a}{b} is {2 * r} {unit} long. {c} lies on the circle. Angle {c}{a}{b} is "
        f"{scene.wide // 2}°. Sector {b}{o}{c} is shaded.",
        "three": f"{told} Three radii cut the circle into sectors. Angle {a}{o}{b} is {scene.other}°, angle {b}{o}{c} "
        f"is {360 - scene.wide - scene.other}°. The third sector, {a}{o}{c}, is shaded; its angle is marked "
        f"{scene.symbol}.",
        "ring": f"A second circle around {o} lies inside. {o}{c}, the inner radius, is {scene.other} {unit} long. From "
        f"there the line goes on to the outer circle: {c}{a} is {r - scene.other} {unit} long. The part of the ring "
        f"between {c}{a} and {d}{b} is shaded. The unshaded part has an angle of {360 - scene.wide}°.",
    }[scene.sort]
    return f"The picture shows a circle with center {o}. {words}"


def lines(scene: Scene) -> list[str]:
    """The straight lines."""
    (a, b, c, _), o = tuple(scene.names), scene.center
    return {
        "radius": [o + a], "diameter": [a + b], "sector": [a + o, o + b], "central": [a + o, o + b, a + c, c + b],
        "inscribed": [a + o, o + b, a + c, c + b], "half": [a + b, a + c, b + c, o + c],
        "three": [o + a, o + b, o + c], "ring": [o + a, o + b],
    }[scene.sort]  # fmt: skip


def radius(scene: Scene) -> tuple[list[str], str]:
    """How the radius follows, and what is labelled."""
    r, inner = scene.radius, scene.other
    if scene.sort in ("diameter", "half"):
        return [f"The radius is half the diameter: {2 * r} / 2 = {r}."], "diameter"
    if scene.sort == "ring":
        return [f"The outer radius is {inner} + {r - inner} = {r}."], "radius"
    return [], "radius"


def sector(scene: Scene) -> tuple[list[str], str]:
    """How the sector's angle follows, and what the sector is called."""
    if scene.sort in ("sector", "central"):
        name = f"sector {scene.names[0]}{scene.center}{scene.names[1]}"
        return [f"The angle of {name} is {scene.wide}°."], "the shaded sector" if scene.sort == "sector" else name
    if scene.sort == "half":
        return [_twice(scene)], "the shaded sector"
    _, _, steps = angle(scene)
    name = f"sector {scene.names[0]}{scene.center}{scene.names[1]}"
    return steps, {"inscribed": name, "three": "the shaded sector", "ring": "the shaded part"}.get(scene.sort, "")


def arc(scene: Scene) -> str:
    """What the sector's arc is called."""
    a, b, c, _ = tuple(scene.names)
    return {
        "central": f"the shorter arc {a}{b}", "inscribed": f"the shorter arc {a}{b}", "half": f"the shorter arc {b}{c}",
        "ring": "the outer arc of the shaded part",
    }.get(scene.sort, "the arc of the shaded sector")  # fmt: skip


def _twice(scene: Scene) -> str:
    half = scene.wide // 2
    return f"The angle at the center is twice the inscribed angle over the same arc: 2 × {half} = {scene.wide}."


def angle(scene: Scene) -> tuple[str, int, list[str]]:
    """The angle that is asked for: its name, size and steps."""
    (a, b, c, _), o, wide, other = tuple(scene.names), scene.center, scene.wide, scene.other
    half = wide // 2
    if scene.sort == "sector":
        return "the angle of the unshaded sector", 360 - wide, [f"A full turn is 360°: 360 - {wide} = {360 - wide}."]
    if scene.sort == "central":
        return f"angle {a}{c}{b}", half, [f"An inscribed angle is half the central angle: {wide} / 2 = {half}."]
    if scene.sort == "inscribed":
        return f"angle {a}{o}{b}", wide, [_twice(scene)]
    if scene.sort == "half":
        if scene.place % 2:
            return f"angle {b}{o}{c}", wide, [_twice(scene)]
        steps = [f"{a}{b} is a diameter, so angle {a}{c}{b} is 90°.", f"180 - 90 - {half} = {90 - half}."]
        return f"angle {a}{b}{c}", 90 - half, steps
    if scene.sort == "three":
        last = 360 - wide - other
        return f"angle {a}{o}{c}", wide, [f"The three angles make a full turn: 360 - {other} - {last} = {wide}."]
    steps = [f"The rest of a full turn is shaded: 360 - {360 - wide} = {wide}."]
    return "the angle of the shaded part", wide, steps
