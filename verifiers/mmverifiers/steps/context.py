"""What the text around a statement says about it: is it supposed, quoted, doubted, refuted, corrected, or an estimate?

Words, not grammar: where one of them stands near, the statement is given the benefit of the doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

REACH = 300
"""Characters that are looked at on either side; statements are compared with the words nearest to them."""

_NOT = r"(?:not|never|cannot|neither|nor|(?:ca|is|are|was|were|does|do|did|wo|would|could|should|has|have)n't)"
_BAD = (
    r"wrong\w*|incorrect\w*|mistak\w+|errors?|erroneous\w*|false\w*|untrue|impossible|absurd|contradict\w*|invalid|"
    r"fail(?:s|ed|ure)?|typo\w*|nonsense|bogus|unequal|reject\w*|misread\w*|mis-?calculat\w*|flaw\w*|inconsistent|"
    r"too (?:big|large|small|high|low|many|few|much|long|short|great)"
)
_GOOD = r"right|correct|equal|true|possible|works?|holds?|match|matches|valid|ok|okay|good|make sense|the same"
_SUPPOSED_FAR = re.compile(
    rf"\b(?:{_BAD}|suppos\w+|assum\w+|imagin\w+|pretend\w*|someone|what if|whether|perhaps|maybe|hypothe\w+|"
    r"contrary|(?:options?|choices?|statements?|claims?) [A-JIVX\d]+|instead of|rather than|should have|redefin\w*|"
    r"define[sd]?|temptation|tempting|naively|misleading|trick|joke|unless|"
    r"students? (?:claims?|said|says|writes|wrote|thinks|thought|argues?|believes?|answer\w*|calculat\w+|comput\w+|"
    r"gets?|got)|student's|if (?:it|we|this|you)\b[^,:;]{0,40}\bthat)\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:say(?:s|ing)?|said|claim(?:s|ed|ing)?|thought|thinks?|believe[sd]?|wrote|writes?|written|guess(?:ed|es)?|"
    r"argue[sd]?|check\w* (?:if|that|whether)|equations?|we(?:'d| would)? need|require[sd]?|must have|"
    r"would (?:imply|mean|require)|for (?:this|that|it) to)\b",
    re.IGNORECASE,
)
_SUPPOSED_NEAR = re.compile(rf"\b(?:{_NOT}|no way|if|let(?!'s)|whether|is it)\b", re.IGNORECASE)
NEAR = 30
"""Characters between a word and the statement that it makes a supposition of: "if 2+2 = 5"."""
_CLAUSE = re.compile(r"[,;:]|\b(?:then|so|thus|hence|therefore|because|since|means)\b", re.IGNORECASE)
_REFUTED = re.compile(
    rf"\b(?:{_BAD}|nope|should (?:be|have|equal)|ought to)\b|"
    rf"\b{_NOT}(?:\s+\w+){{0,3}}?\s+(?:{_GOOD}|what|\d)|\b{_NOT}\W*\Z|"
    r"(?:[,;(:→⇒>\u2014-]|\bso|\A)\s*(?:no|not)\b|[?≠✗✘❌⊥↯]|\\neq?\b|!=|~~",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    rf"\b(?:oops|sorry|nope|correction|scratch that|{_BAD}|re-?calculat\w+|re-?comput\w+|redo|re-?do|"
    rf"{_NOT} (?:\w+ ){{0,2}}?(?:{_GOOD}))\b|\A\W*no\b|[.!?]\s+no\b|[✗✘❌≠]|\\neq?\b",
    re.IGNORECASE,
)
_SECOND_THOUGHTS = re.compile(
    r"\bwait\b(?=\s*[,.!…\u2014-])|(?:[.!?\n]|\A)\W*(?:but |oh,? |hold on,? |no,? )?(?:wait|actually)\b|"
    r"\b(?:hmm+|re-?check\w*|double[- ]check\w*|let me (?:see|re|try|check|verify|think))\b",
    re.IGNORECASE,
)
_TESTED = re.compile(
    rf"\b(?:{_NOT}|no|if|need\w*|requir\w*|condition\w*|must|should|would|test\w*|check\w*|inequalit\w+|try|whether)\b",
    re.IGNORECASE,
)
SOON = 120
"""Characters after a statement within which second thoughts are taken to be about it."""
_TAKEN_BACK = re.compile(
    r"\b(?:made (?:a|an|some|several) (?:\w+ )?(?:mistake|error|slip)s?|my (?:mistake|error|bad)|"
    r"(?:that|this|it|which|above|earlier|previous\w*) ?(?:'s|is|was|were|isn't|wasn't) (?:\w+ )?"
    r"(?:wrong|incorrect|not right|not correct|a mistake|an error|mistaken)|"
    r"(?:that|this|it) ?(?:isn't|wasn't|is not|was not|can't be|cannot be|doesn't (?:look|seem|sound)) (?:quite )?"
    r"(?:right|correct)|"
    r"mis-?calculat\w+|mis-?comput\w+|scratch that|start over|starting over|"
    r"let me (?:redo|re-do|re-?calculat\w+|re-?comput\w+|correct|fix)|correction|correcting|oops|i was wrong|"
    r"should (?:have been|actually be|really be))\b",
    re.IGNORECASE,
)
_OTHERS_WORK = re.compile(
    r"\b(?:find|spot|identify|locate|explain|where|what)\b[^.\n]{0,40}\b(?:error|mistake|wrong)|"
    r"\b(?:incorrect|wrong|flawed|erroneous|student'?s?|his|her|their|buggy) (?:solution|work|answer|steps?|"
    r"calculation|reasoning|attempt|proof|working)\b|"
    r"\b(?:which|select)\b[^.\n]{0,60}\b(?:true|false|correct|incorrect)\b",
    re.IGNORECASE,
)
_OPTION = re.compile(r"(?:^|[.;,:!?)\]|*]\s*|\s{2,}|\d\s+)[(\[*]*(?:[A-J]|[IVXivx]{1,4})\s?[).:\]]+\**\s+[^.\n]*$")
_ROUNDED = re.compile(
    r"\b(?:approx\w*|roughly|nearly|close to|estimat\w*|rounded|rounding|nearest|inclusive|truncat\w*|ceiling|"
    r"whole number|integer part|significant (?:figures?|digits?)|round (?:up|down|off|to|it|this|that|the)|"
    r"(?:about|around|almost)(?=\W{0,4}\d))\b|[≈≃]|(?<![{\\\w])~(?=\s?[\d$])|\\approx|\\sim",
    re.IGNORECASE,
)
_OTHER_ARITHMETIC = re.compile(
    r"\\[pb]?mod\b|\bmod(?:ul(?:o|ar|us))?\b|congruen|residue|\bclock\b|"
    r"\bcarry (?:the |over |a )*\d|\bcarry over|\bborrow 1|(?:units?|last|ones|final|unit's) digits?|"  # remainders
    r"\b(?:in|to|from|of) base\b|\bbase-|\bbase (?:two|three|four|five|six|seven|eight|nine|ten|twelve|sixteen|b|n)\b|"
    r"\bbases\b|\bbinary\b|\boctal\b|hexadecimal|[0-9)]\s?_\s?\{?[0-9]|[0-9)][₀-₉]|"  # bases
    r"\bxor\b|bitwise|\binteger division\b|//|(?<!order of )\boperat(?:ion|or)\b|[⊕⊗★☆◊♣♠♥]|[0-9] ?[@#] ?[0-9]|"
    r"\\(?:star|diamond|oplus|otimes|clubsuit|heartsuit|spadesuit|odot|boxplus|d?dagger)\b|"
    r"[0-9]\s*\\(?:circ|triangle|square)\s*[0-9]|"  # operations
    r"\bpuzzle|\briddle|\bpattern|matchstick|cryptarithm|=\s*(?:\?|_{2,})",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?](?=\s)|\n")
_DOUBTED_BEFORE = re.compile(
    r"\b(?:suppos\w+|assum\w+|pretend|contrary|contradiction|wrong|mistake|error|incorrect)\b", re.IGNORECASE
)
_CYCLES = {
    7: r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\bweekday",
    10: r"\bdigits?\b",
    12: r"\b[ap]\.?m\b|o'clock|\bmidnight|\bnoon|\b(?:january|february|october|november|december)\b|\bnotes?\b",
    26: r"\bletters?\b|\balphabet|\bcipher",
    360: r"\bdegrees?\b|°|\\circ|\bangles?\b|\brotat",
}
"""What is counted round and round → words that tell so."""
_VARIABLE_X = re.compile(
    r"(?:\A|[^0-9A-Za-z)\]}$%\s]|[A-Za-z,.;:]\s)\s?x(?:\s?[-=<>^²_+]|\{?\d)|\d ?x ?[-=<>^²+]|\bx1 ", re.IGNORECASE
)
_PERCENT = re.compile(r"%|percent|cents?\b|¢", re.IGNORECASE)


@dataclass(frozen=True)
class Surroundings:
    """A text, and what it says about its statements. What holds for all of them is looked for once."""

    text: str

    def excused(self, start: int, end: int) -> bool:
        """May text[start:end] stand there although it is false?"""
        text = self.text
        line = text.rfind("\n", max(start - REACH, 0), start) + 1 or max(start - REACH, 0)
        opening = max((found.end() for found in _SENTENCE.finditer(text, line, start)), default=line)
        before = text[opening:start]
        closing = _SENTENCE.search(text, end, end + REACH)
        stop = closing.start() + 1 if closing else min(len(text), end + REACH)
        clause = max((found.end() for found in _CLAUSE.finditer(before)), default=0)
        near = max(len(before) - NEAR, 0)
        return end <= self._taken_back or bool(
            _SUPPOSED_FAR.search(before)
            or _SUPPOSED_NEAR.search(before, max(clause, near))
            or _SAID.search(before, near)
            or _REFUTED.search(text[end:stop])
            or _AFTERWARDS.search(text[stop : stop + REACH])
            or _SECOND_THOUGHTS.search(text[stop : stop + SOON])
            or _OPTION.search(text[line:start])
            or _quoted(text[line:start], text[end : end + 80])
            or _DOUBTED_BEFORE.search(text[max(opening - 120, 0) : opening])
            or self._others_work
        )

    def tested(self, start: int, end: int) -> bool:
        """May text[start:end], a comparison, be a condition that is tried and found to fail?"""
        return _TESTED.search(self.text[max(start - SOON, 0) : start] + " " + self.text[end : end + SOON]) is not None

    def rounds(self, start: int, end: int) -> bool:
        """Does the text speak of rounding near text[start:end]?"""
        return _ROUNDED.search(self.text[max(start - 120, 0) : end + 120]) is not None

    @cached_property
    def _taken_back(self) -> int:
        """Where the text last announces that something before was wrong."""
        return max((found.start() for found in _TAKEN_BACK.finditer(self.text)), default=-1)

    @cached_property
    def _others_work(self) -> bool:
        """Does the text speak of somebody's wrong solution, or of statements to choose from?"""
        return _OTHERS_WORK.search(self.text) is not None

    @cached_property
    def other_arithmetic(self) -> bool:
        """Does the text use remainders, another base, an operation of its own, or a pattern to be guessed?"""
        return _OTHER_ARITHMETIC.search(self.text) is not None

    @cached_property
    def cycles(self) -> tuple[int, ...]:
        """After how many steps the things that it speaks of begin anew: 7 for weekdays."""
        return tuple(length for length, words in _CYCLES.items() if re.search(words, self.text, re.IGNORECASE))

    @cached_property
    def variable_x(self) -> bool:
        """Is x a variable in it? Then "2x1" is no product of 2 and 1."""
        return _VARIABLE_X.search(self.text) is not None

    @cached_property
    def percent(self) -> bool:
        """Does it speak of hundredths?"""
        return _PERCENT.search(self.text) is not None


def _quoted(before: str, after: str) -> bool:
    if before.count("“") > before.count("”"):
        return True
    return before.count('"') % 2 == 1 and '"' in after
