"""Which units are known, in which spellings, and how the text of a unit is read. Without pint: see `convert`.

Only the units of these tables are known, so that no word is taken for a unit by chance (to pint `pages` is a
power of peta-years). What is known has the name under which pint knows it.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

Unit = tuple[tuple[str, int], ...]
"""(pint's name, exponent), sorted by name: km/h is (("hour", -1), ("kilometer", 1)). Empty: no unit."""

LONGEST = 120
"""Characters. Nothing longer is read as a unit."""
MAX_POWER = 12
"""Largest exponent that is read, either way."""

_PREFIXES = {
    "p": "pico", "n": "nano", "µ": "micro", "u": "micro", "m": "milli", "c": "centi", "d": "deci", "h": "hecto",
    "k": "kilo", "M": "mega", "G": "giga", "T": "tera",
}  # fmt: skip
_LONG_PREFIXES = (*dict.fromkeys(_PREFIXES.values()), "femto", "deca")
_PREFIXED = {
    "m": "meter", "g": "gram", "s": "second", "L": "liter", "l": "liter", "J": "joule", "W": "watt", "V": "volt",
    "A": "ampere", "N": "newton", "Pa": "pascal", "Hz": "hertz", "C": "coulomb", "F": "farad", "ohm": "ohm",
    "K": "kelvin", "H": "henry", "T": "tesla", "mol": "mole", "eV": "electron_volt", "cal": "calorie", "bar": "bar",
    "Wh": "watt_hour", "rad": "radian", "B": "byte", "bit": "bit", "Wb": "weber", "S": "siemens", "Bq": "becquerel",
    "Gy": "gray", "Sv": "sievert", "cd": "candela", "lm": "lumen", "lx": "lux",
}  # fmt: skip
_SYMBOLS = {
    "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "sec": "second", "secs": "second",
    "d": "day", "wk": "week", "wks": "week", "mo": "month", "yr": "year", "yrs": "year", "ft": "foot", "in": "inch",
    "ins": "inch", "yd": "yard", "yds": "yard", "mi": "mile", "lb": "pound", "lbs": "pound", "oz": "ounce",
    "°": "degree", "deg": "degree", "°C": "degree_Celsius", "°F": "degree_Fahrenheit", "℃": "degree_Celsius",
    "℉": "degree_Fahrenheit", "degC": "degree_Celsius", "degF": "degree_Fahrenheit", "%": "percent", "ppm": "ppm",
    "atm": "standard_atmosphere", "mmHg": "mmHg", "torr": "torr", "Torr": "torr",
    "psi": "pound_force_per_square_inch", "lbf": "pound_force", "gal": "gallon", "qt": "quart", "pt": "pint",
    "tbsp": "tablespoon", "tsp": "teaspoon", "ac": "acre", "ha": "hectare", "t": "metric_ton", "Å": "angstrom",
    "au": "astronomical_unit", "AU": "astronomical_unit", "ly": "light_year", "pc": "parsec", "kn": "knot",
    "hp": "horsepower", "rev": "revolution", "Cal": "kilocalorie", "'": "foot", '"': "inch", "kgf": "kilogram_force",
    "dyn": "dyne", "erg": "erg", "BTU": "british_thermal_unit", "Da": "dalton", "amu": "dalton", "$": "USD",
    "US$": "USD", "USD": "USD", "¢": "cent", "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP", "¥": "JPY",
    "JPY": "JPY", "CNY": "CNY", "RMB": "CNY", "元": "CNY", "₹": "INR", "INR": "INR", "Rs": "INR", "₩": "KRW",
    "₽": "RUB",
}  # fmt: skip
_NAMES = {
    "foot": "foot", "feet": "foot", "inches": "inch", "pound sterling": "GBP", "tonne": "metric_ton",
    "ton": "metric_ton", "metric ton": "metric_ton", "fluid ounce": "fluid_ounce", "fl oz": "fluid_ounce",
    "square": "", "gramme": "gram", "degree celsius": "degree_Celsius", "degree centigrade": "degree_Celsius",
    "celsius": "degree_Celsius", "degree fahrenheit": "degree_Fahrenheit", "fahrenheit": "degree_Fahrenheit",
    "° celsius": "degree_Celsius", "atmosphere": "standard_atmosphere", "light year": "light_year",
    "light-year": "light_year", "centuries": "century", "astronomical unit": "astronomical_unit",
    "electron volt": "electron_volt", "electronvolt": "electron_volt", "percent": "percent", "per cent": "percent",
    "percentage": "percent", "micron": "micrometer", "dollar": "USD", "us dollar": "USD", "buck": "USD",
    "cent": "cent", "euro": "EUR", "yen": "JPY", "yuan": "CNY", "rupee": "INR", "ruble": "RUB", "rouble": "RUB",
    "kelvin": "kelvin", "kilo": "kilogram", "hertz": "hertz", "siemens": "siemens", "lux": "lux", "henries": "henry",
    "watt hour": "watt_hour", "watt-hour": "watt_hour", "kilowatt hour": "kilowatt_hour",
    "kilowatt-hour": "kilowatt_hour", "turn": "revolution", "arcminute": "arcminute", "arcsecond": "arcsecond",
    "metre": "meter", "litre": "liter", "pound-force": "pound_force", "amp": "ampere", "°": "degree",
} | {
    name: name
    for name in "second minute hour day week fortnight month year decade century inch yard mile pound ounce stone "
    "degree radian revolution acre hectare gallon quart pint cup tablespoon teaspoon angstrom parsec knot horsepower "
    "dyne".split()
}  # fmt: skip
_PREFIXED_NAMES = {
    **{name: name for name in _PREFIXED.values() if "_" not in name},
    "metre": "meter", "litre": "liter", "gramme": "gram", "watt-hour": "watt_hour",
}  # fmt: skip
_COMPOUND: dict[str, Unit] = {
    "mph": (("hour", -1), ("mile", 1)), "kph": (("hour", -1), ("kilometer", 1)),
    "kmh": (("hour", -1), ("kilometer", 1)), "kmph": (("hour", -1), ("kilometer", 1)),
    "rpm": (("minute", -1), ("revolution", 1)), "cc": (("centimeter", 3),), "fps": (("foot", 1), ("second", -1)),
    "mps": (("meter", 1), ("second", -1)), "M": (("liter", -1), ("mole", 1)), "sqft": (("foot", 2),),
    "kbps": (("kilobit", 1), ("second", -1)), "Mbps": (("megabit", 1), ("second", -1)),
}  # fmt: skip
_ANY_CASE = {
    name.casefold(): name
    for name in "km kg cm mL Hz kHz MHz GHz kWh kW kJ kPa lb lbs oz ft mi min hr hrs sec mph kph rpm psi atm gal "
    "°C °F USD EUR ft/s km/h".split()
}
"""Symbols that are known in any case: no other unit is written like them."""
ENGLISH = frozenset(("in", "a", "at", "as", "pt", "mo", "per", "rev", "bar", "cup", "second", "degree", "au", "ha"))
"""Spellings that are also words or names: units only where a number stands right before them."""
MONEY = frozenset(("USD", "cent", "EUR", "GBP", "JPY", "CNY", "INR", "KRW", "RUB"))

_POWER = re.compile(r"(?:\^|\*\*)?\s*[{(]?\s*([+-]?\d{1,2})\s*[)}]?$")
_SQUARE = re.compile(r"\b(?:square\s|sq\b\.?|sqr\s)\s*([A-Za-zµ]+)|\b([A-Za-zµ]+)\s+squared\b", re.IGNORECASE)
_CUBE = re.compile(r"\b(?:cubic\s|cu\b\.?)\s*([A-Za-zµ]+)|\b([A-Za-zµ]+)\s+cubed\b", re.IGNORECASE)
_PARTS = re.compile(r"\s*(/|\*|\(|\)|\s)\s*")
_TRAILING = re.compile(
    r"\s+(?:old|long|tall|wide|high|deep|away|each|apart|left|remaining|later|ago|total|in (?:length|height|width"
    r"|area|volume|total|all)"
    r"|of age|of \w+)$"
)


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> Unit | None:
    """The unit that a tidied text names (`km/h`, `m s^-1`, `square feet`, `miles per hour`, `$`), or None.

    After a slash everything up to the next one is divided by, so `J/kg K` is J/(kg K).
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    if simple := _symbol(text) or _name(text):
        return simple
    text = _TRAILING.sub("", text)
    text = _CUBE.sub(r"\1\2^3", _SQUARE.sub(r"\1\2^2", text))
    text = re.sub(r"\s+per\s+", "/", text).replace("·", "*")
    found: dict[str, int] = {}
    sign, inside = 1, 0
    for piece in filter(None, _PARTS.split(text)):
        if piece == "/":
            if inside:
                return None
            sign = -1
        elif piece == "(":
            inside += 1
        elif piece == ")":
            inside -= 1
        elif piece.strip() and piece != "*":
            unit, power = _factor(piece)
            if unit is None or abs(power) > MAX_POWER:
                return None
            for name, exponent in unit:
                found[name] = found.get(name, 0) + sign * power * exponent
    whole = tuple(sorted((name, power) for name, power in found.items() if power))
    return whole if whole and not inside else None


def _factor(piece: str) -> tuple[Unit | None, int]:
    """`s^-2`, `m2`, `hours`: the unit and its exponent."""
    if piece == "1":
        return (), 0
    if found := _POWER.search(piece):
        name = piece[: found.start()]
        return (_symbol(name) or _name(name) if name else None), int(found.group(1))
    return _symbol(piece) or _name(piece), 1


def _symbol(text: str) -> Unit | None:
    text = text.removesuffix(".") if len(text) > 2 else text
    if text in _COMPOUND:
        return _COMPOUND[text]
    name = _SYMBOLS.get(text) or _PREFIXED.get(text)
    if name is None and text[:1] in _PREFIXES and text[1:] in _PREFIXED:
        name = _PREFIXES[text[0]] + _PREFIXED[text[1:]]
    if name is None and (known := _ANY_CASE.get(text.casefold())) and known != text:
        return _symbol(known)
    return None if name is None else ((name, 1),)


def _name(text: str) -> Unit | None:
    text = " ".join(text.casefold().split())
    words = text.split(" ")
    singular = " ".join([words[0].removesuffix("s"), *words[1:]]) if words[0].startswith(("degrees", "us")) else text
    for spelled in (text, singular, text.removesuffix("s"), text.removesuffix("es")):
        if name := _NAMES.get(spelled) or _PREFIXED_NAMES.get(spelled):
            return ((name, 1),)
        for prefix in _LONG_PREFIXES:
            if spelled.startswith(prefix) and spelled.removeprefix(prefix) in _PREFIXED_NAMES:
                return ((prefix + _PREFIXED_NAMES[spelled.removeprefix(prefix)], 1),)
    return None


_KINDS = {
    "radian": "angle", "degree": "angle", "revolution": "angle", "arcminute": "angle", "arcsecond": "angle",
    "percent": "ratio", "ppm": "ratio", "bit": "data", "byte": "data", "becquerel": "decay", "sievert": "dose",
    "lumen": "light", "lux": "light",
}  # fmt: skip
_ANGLES = {
    "radian": (Fraction(180), -1),
    "revolution": (Fraction(360), 0),
    "arcminute": (Fraction(1, 60), 0),
    "arcsecond": (Fraction(1, 3600), 0),
}
"""In degrees: (factor, power of pi)."""


def kinds(unit: Unit) -> dict[str, int]:
    """Exponents of what pint takes for pure numbers, or for one another, and what is not: angles, ratios, data."""
    found: dict[str, int] = {}
    for name, power in unit:
        kind = next((kind for known, kind in _KINDS.items() if name.endswith(known)), None)
        if kind:
            found[kind] = found.get(kind, 0) + power
    return {kind: power for kind, power in found.items() if power}


def in_degrees(unit: Unit) -> tuple[Unit, Fraction, int]:
    """The unit with degrees for radians and turns, and by how much times which power of pi it is more."""
    factor, pi = Fraction(1), 0
    left: dict[str, int] = {}
    for name, power in unit:
        if name in _ANGLES:
            more, of_pi = _ANGLES[name]
            factor, pi, name = factor * more**power, pi + of_pi * power, "degree"
        left[name] = left.get(name, 0) + power
    return tuple(sorted(left.items())), factor, pi
