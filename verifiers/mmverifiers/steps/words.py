"""Words that tell what a number beside them is: units, numbers in words, and words that end or change a quantity."""

from __future__ import annotations

SCALES = {
    "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12,
    "k": 10**3, "K": 10**3, "M": 10**6, "B": 10**9,
}  # fmt: skip
"""Words that multiply the number before them; each may also be a unit."""

GLUED = frozenset(
    "cm mm km dm nm kg kgs kms mg ml mL dl ft lb lbs oz mph kph kmh hr hrs min mins sec secs yd yds mi gal qt pt cc "
    "cl kWh kW Hz MB GB KB TB Mb Gb Kb kb mb gb tb kcal cal rpm fps ms".split()
)
"""Units that may follow a number without a space, and that are too short to be told from variables otherwise."""

SHORT = frozenset(
    "day egg cup pie box bag pen car dog cat man men boy row ton can jar set kid toy hat bus fan leg ear eye arm "
    "job pop pan pot key map mug net nut oil pig cow hen ant bee bat bed bib bow bun cab cap cob cub cut fig fin "
    "fox gem gum ham hay ice ink jam jet jug kit lap lid log mat mop nap oak owl pad pay pea pin pit pod pup rat "
    "rib rod rug sip ski sum tax tea tie tin tip toe top tub van vet vow wax web wig win yam zoo inch foot feet".split()
)
"""Nouns of two and three letters, which are no products of variables."""

STOPS = frozenset(
    "a an the and or but so if then than that this these those there their they them he she it its his her we you "
    "us our your my me i who whom whose which what when where while since because as at by for from in into of on "
    "onto to with without within is are was were be been being has have had do does did not no nor also only just "
    "even both each every all any some such thus hence therefore now total totals left remaining too still again "
    "will would can could should may might must equal equals more less fewer plus minus times over under about "
    "after before until per up down off out one two three four five six seven eight nine ten eleven twelve twice "
    "half double triple quarter third fourth fifth remainder rem mod r most least exactly approximately roughly".split()
)
"""Words that end a quantity: never a unit in the middle of a formula."""

ENDS = STOPS - frozenset("of more less fewer plus minus times over per off out mod remainder rem r half double".split())
"""Of these, the words after which a quantity that stands before them is complete."""

CHANGES = frozenset(
    "plus minus multiplied divided percent hundred thousand million billion trillion dozen half halves third thirds "
    "quarter quarters fifth fifths remainder rem r mod modulo am pm o'clock squared cubed over off out choose "
    "factorial raised pi percentage pct % th st nd rd january february march april june july august september "
    "october november december jan feb mar apr jun jul aug sept oct nov dec monday tuesday wednesday thursday "
    "friday saturday sunday".split()
)
"""Words after a number that make another quantity of it, so that what stands before them is not all of it."""

HEADS = frozenset(
    "twice double triple half thrice third quarter fourth fifth sixth seventh eighth ninth tenth hundred thousand "
    "million another more less fewer than plus minus times negative positive square squared cube cubed root log ln "
    "sin cos tan over percent average mean median mode reciprocal inverse factorial sqrt base modulo mod choose "
    "power exponent version chapter section figure fig table page problem question exercise no number step case "
    "example part room equation eq line row column day week month year hour minute grade level round stage phase "
    "group team player plan bus route lane gate season episode volume method vs versus between except zero one two "
    "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety x january february march april june july august "
    "september october november december".split()
)
"""Words before a number that belong to it: a formula that starts after one may not be whole."""

JOINTS = frozenset("of at off than by from with to into on against per out".split())
"""Words that join the number after them to one shortly before: "5 boxes of 12", "6 at 5 dollars", "3 from 10"."""

OPERANDS_OF = frozenset(
    "total sum cost price profit amount value volume area length perimeter distance height width weight speed rate "
    "income salary expense expenses loss gain revenue pay earnings bill score population supply maximum minimum".split()
)
"""Nouns after which "of" is followed by a whole formula: "a total of 3 + 4 = 7"."""

LEADS = frozenset(
    "so since as because that then thus therefore hence get have where find note we also namely indeed now obtain "
    "know".split()
)
"""Words after which a single number is what it says and not a label: "since 24 = 4 * 6", but not "plan 2 = 4 * 6"."""

MEASURES = frozenset(
    "hour hours hr hrs minute minutes min mins second seconds sec secs day days week weeks month months year years "
    "decade decades century feet foot ft inch inches yard yards yd yds mile miles pound pounds lb lbs ounce ounces "
    "oz dollar dollars cent cents quarter quarters dime dimes nickel nickels penny pennies gallon gallons quart "
    "quarts pint pints cup cups km m cm mm kg g mg liter liters litre litres ml meter meters metre metres kilometer "
    "kilometers kilometre kilometres gram grams kilogram kilograms ton tons degrees score dozen".split()
)
"""Units that are written one after the other as one quantity: "2 hours 30 minutes"."""

PARTS = frozenset(
    "product difference quotient ratio fraction multiple power percentage percent pair each digit digits "
    "remainder".split()
)
"""Nouns after which "of" is followed by only a part of what is meant: "the product of 3 and 4"."""

PAIRS = frozenset("sum difference product average mean between both ratio gcd lcm".split())
"""Words that take what stands on both sides of "and"."""

TOTALS = frozenset(
    "equal sum sums add adds up come comes came amount amounts simplifies reduces evaluates leads".split()
)
"""Words after which "to" is followed by a whole formula: "comes to 3 * 4 = 12"."""
