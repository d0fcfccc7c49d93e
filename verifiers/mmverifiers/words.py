"""The forms in which texts in words are compared: `normalise` for close spelling, `form` for VQA-style spelling."""

from __future__ import annotations

import re
import unicodedata

_TEXT_COMMAND = re.compile(r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox|rm)\s*\{([^{}]*)\}\.?")
_ARTICLE = re.compile(r"(?:a|an|the) (?=\S)")
_QUOTES = "\"'`*_“”‘’«»„"
_PAIRS = {"(": ")", "[": "]"}
_APOSTROPHES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
    | dict.fromkeys("‐‑–−", "-")
    | {"—": " - ", "、": ", ", "。": ". ", "{": "", "}": "", "…": " "}
)
_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})
_CONTRACTIONS = (
    (re.compile(r"\b(?:can't|cannot)\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"(?<=[a-z])n't\b"), " not"),
    (re.compile(r"\b(it|that|this|there|here|he|she|what|who|where)'s\b"), r"\1 is"),
    (re.compile(r"(?<=[a-z])'re\b"), " are"),
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])"), ""),
)
_INITIAL = re.compile(r"(?<![^\W_])([^\W\d_])\.\s?(?=[^\W\d_](?![^\W_]))")
_GROUP = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])|(?<=[^\W\d_]{2})-(?=\d)|(?<=\d)-(?=[^\W\d_]{2})")
_MARKS = re.compile(r"[\"?;]|(?<!\d)[,:]|[,:](?!\d)|(?<=[^\d!])!+(?= |$)|(?<!\.)\.+(?= |$)|(?<= )'|'(?= |$)")
_LONG_WORD = re.compile(r"[^\W\d_]{3}")
_SUBSCRIPT = re.compile(r"_\{?(\d{1,3})\}?")

_NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_ORDINALS = {
    word: f"{value}{'st' if value == 1 else 'nd' if value == 2 else 'rd' if value == 3 else 'th'}"
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
    )
}
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi "
        "chi psi omega".split(),
        strict=True,
    )
)
_GREEK_LETTER = re.compile(rf"(?<![^\W_])[{''.join(_GREEK)}](?![^\W_])")
_SPELLINGS = {
    "grey": "gray", "colour": "color", "colours": "colors", "coloured": "colored", "centre": "center",
    "metre": "meter", "metres": "meters", "litre": "liter", "litres": "liters", "theatre": "theater",
    "kilometre": "kilometer", "kilometres": "kilometers", "centimetre": "centimeter", "centimetres": "centimeters",
    "aluminium": "aluminum", "aeroplane": "airplane", "doughnut": "donut", "doughnuts": "donuts", "tyre": "tire",
    "tyres": "tires", "moustache": "mustache", "pyjamas": "pajamas", "sulphur": "sulfur", "fibre": "fiber",
    "harbour": "harbor", "favourite": "favorite", "neighbour": "neighbor", "flavour": "flavor", "mould": "mold",
    "plough": "plow", "catalogue": "catalog", "programme": "program", "oestrogen": "estrogen", "anaemia": "anemia",
    "oesophagus": "esophagus", "haemoglobin": "hemoglobin", "okay": "ok", "doctor": "dr", "mister": "mr",
    "mount": "mt", "versus": "vs", "saint": "st",
}  # fmt: skip
"""British and American spellings, and abbreviations that mean the same wherever they stand."""
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
"""Only behind another word: World War II."""
_ALIASES = {
    "us": "united states", "usa": "united states", "united states of america": "united states",
    "uk": "united kingdom", "nyc": "new york city", "tv": "television",
}  # fmt: skip
"""Only where they are the whole text."""
_BEFORE_ARTICLE = frozenset("in on at of with from by to and as for near under over into like is are was were".split())


def plain(text: str) -> str:
    r"""The words of a text that is one `\text{…}`, `\mathrm{…}` or `\mbox{…}` and nothing else; else the
    text."""
    found = _TEXT_COMMAND.fullmatch(text.strip())
    return found.group(1).strip() if found else text.strip()


def normalise(text: str) -> str:
    """The form in which texts are compared closely.

    Unicode NFKC (but superscripts and fraction characters stay: 10² is not 102), one case, single spaces;
    without quotes or emphasis around it, brackets around a single word or phrase, a closing `.,;:!?`, a
    leading article. Signs and decimal points stay: -5 is not 5. A text that is nothing else than such marks
    is kept as it is.
    """
    folded = plain(text)
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", "".join(map(_compatible, folded)))
    folded = " ".join(folded.split()).casefold()
    bare = folded
    for _ in range(4):
        before = bare
        bare = bare.strip(_QUOTES + " ")
        if bare[-1:] in set(".,;:?。") or (bare[-1:] == "!" and bare[-2:-1].isalpha()):
            bare = bare[:-1]
        if len(bare) > 2 and bare[-1] == _PAIRS.get(bare[0]) and bare[1:-1].replace(" ", "").isalpha():
            bare = bare[1:-1]
        if bare == before:
            break
    bare = _ARTICLE.sub("", bare, count=1) if _ARTICLE.match(bare) else bare
    return bare or folded


def form(text: str) -> str:
    """The form in which texts are compared loosely, in the manner of the VQA evaluation: beyond `normalise`,
    number words are digits, articles go, as do hyphens within words, dots of abbreviations and initials,
    punctuation and the difference between British and American spelling. Signs, decimal points, units, plurals,
    brackets and the order of words stay.

    Accents stay too; see `unaccented`.
    """
    folded = _TEXT_COMMAND.sub(r"\1", text) if "\\" in text else text
    if "_" in folded:
        folded = _SUBSCRIPT.sub(r"\1", folded)
    folded = normalise(folded.translate(_APOSTROPHES).replace("**", " "))
    if folded.endswith("!") and _LONG_WORD.search(folded):
        folded = folded.rstrip("! ")  # no factorial: there are words
    if "'" in folded or "cannot" in folded:
        for pattern, words in _CONTRACTIONS:
            folded = pattern.sub(words, folded)
    if "." in folded:
        folded = _INITIAL.sub(r"\1", folded)
    folded = _HYPHEN.sub(" ", _GROUP.sub("", folded.replace("&", " and ")))
    if not folded.isascii():
        folded = _GREEK_LETTER.sub(lambda found: _GREEK[found.group()], folded)
    bare = " ".join(_words(_MARKS.sub(" ", folded).split()))
    return _ALIASES.get(bare, bare) or folded


def unaccented(text: str) -> str:
    """The text with Latin letters only in their basic forms: `São Paulo` gives `Sao Paulo`; others stay."""
    if text.isascii():
        return text
    kept: list[str] = []
    for c in unicodedata.normalize("NFD", text):
        if unicodedata.combining(c) and kept and kept[-1].isascii():
            continue
        kept.append(c)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LATIN)


def _words(tokens: list[str]) -> list[str]:
    words: list[str] = []
    for at, token in enumerate(tokens):
        last = at == len(tokens) - 1
        if not last and (token == "the" or (token in ("a", "an") and (not words or words[-1] in _BEFORE_ARTICLE))):
            continue
        unit = _NUMBERS.get(token, "")
        if at and tokens[at - 1] in _TENS and len(unit) == 1 and unit != "0":
            words[-1] = str(_TENS[tokens[at - 1]] + int(unit))
            continue
        tens = _TENS.get(token)
        roman = _ROMAN.get(token) if words else None
        words.append(unit or roman or (str(tens) if tens else _ORDINALS.get(token) or _SPELLINGS.get(token, token)))
    return words


def _compatible(c: str) -> str:
    """A character's NFKC form; superscripts and fraction characters as they are, invisible ones gone."""
    if unicodedata.category(c) == "Cf":
        return ""
    kept = unicodedata.decomposition(c).startswith(("<super>", "<fraction>"))
    return c if kept else unicodedata.normalize("NFKC", c)
