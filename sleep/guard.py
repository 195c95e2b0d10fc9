"""The guard: what two statements must have in common before one may stand for the other.

Embeddings barely see a digit, a name or a "not"; this does. `differences` compares what makes statements different
facts: negation, numbers and units, dates, names, quantifiers, colours, relations, signs that are no letters ("C++",
"O-", emoji), and who does what to whom. `unlike` also wants every other word matched. Unsure means that they differ.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from memory.extraction.lexicon import COLOURS
from memory.extraction.slots import RELATIONS
from sleep.numerals import numbers
from sleep.wording import same_order, words

__all__ = ["differences", "lost", "names", "numbers", "opening", "unlike", "unmatched"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+", re.UNICODE)
_DENIALS = re.compile(
    r"\b(?:not|no longer|no|never|none|nobody|no one|nothing|nowhere|neither|nor|without|cannot|stopped|quit|gave up"
    r"|given up|hates?|hated|dislikes?|disliked|detests?|loathes?|despises?|can(?:not|n['’]t| not) (?:stand|bear)"
    r"|refuses?|refused|avoids?|avoided|against|unable|instead of|hardly|lacks?|denie[sd]"
    r"|(?:is|are|do|does|did|wo|ca|was|were)nt)\b|n['’]t\b",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"\b(?:no longer|any ?more|any longer|stopped|quit|gave up|given up|used to|former|formerly|previously|ex)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}\b"
    r"|\b(?:in|since) (?:19|20)\d{2}\b"
)
_UNITS = frozenset(
    """km mile metre cm mm inch inches foot feet yard yards kg gram pound ounce ounces tonne tons litre pint pints
    gallon gallons euro dollar £ yen ¥ francs cent cents k hour minute second seconds day days week weeks month
    months year years decade decades ~am ~pm percent degree degrees ° celsius fahrenheit cup cups spoon slice mph
    kmh mg ml gb mb tb hundred thousand million billion dozen""".split()
)
_TIMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december morning mornings afternoon afternoons evening evenings night nights noon
    midnight spring summer autumn fall winter today tomorrow yesterday tonight weekend weekends weekday weekdays
    daily weekly monthly yearly last next christmas easter mondays tuesdays wednesdays thursdays fridays saturdays
    sundays ago early late since until before after during""".split()
)
_QUANTIFIERS = frozenset(
    """all every some most many few several both half only always sometimes often rarely usually never once twice
    first third last more less least almost any none much little enough nearly approximately about exactly whole
    quarter double triple single another other except mostly partly entirely hardly barely fourth fifth sixth
    seventh eighth ninth tenth occasionally normally generally""".split()
)
_CLASSES = frozenset(
    """cyan amber scarlet tan ivory bronze copper left right north south east west northern southern eastern western
    married single divorced engaged widowed separated male female man woman boy girl men women boys girls older
    younger elder oldest youngest eldest big small best worst new old good bad hot cold early late open closed
    vegan vegetarian pescatarian""".split()
)
_OPPOSED = [
    frozenset(pair)
    for pair in (
        ("left", "right"), ("before", "after"), ("older", "younger"), ("mother", "father"), ("sister", "brother"),
        ("son", "daughter"), ("his", "her"), ("he", "she"), ("up", "down"), ("in", "out"),
        ("buy", "sell"), ("bought", "sold"), ("to", "from"), ("can", "cannot"),
        ("wife", "husband"), ("aunt", "uncle"), ("over", "under"),
        ("lend", "borrow"), ("lent", "borrowed"), ("win", "lose"), ("won", "lost"), ("on", "off"),
        ("arrive", "leave"), ("arrived", "left"), ("above", "below"), ("inside", "outside"), ("open", "close"),
        ("begin", "end"), ("began", "ended"), ("remember", "forget"), ("remembered", "forgot"), ("pass", "fail"),
        ("passed", "failed"), ("increase", "decrease"), ("rise", "fall"), ("rose", "fell"), ("teach", "learn"),
        ("taller", "shorter"), ("bigger", "smaller"), ("early", "late"), ("hot", "cold"), ("push", "pull"),
    )
]  # fmt: skip


def differences(one: str, other: str) -> tuple[str, ...]:
    """Why two statements may be different facts; empty if the guard finds nothing."""
    return tuple(
        f"{name}: {', '.join(sorted(found))}"
        for name, found in (
            ("negation", _polarity(one) ^ _polarity(other)),
            ("number", _changed(numbers(one), numbers(other))),
            ("time or unit", _words(one, _TIMES | _UNITS) ^ _words(other, _TIMES | _UNITS)),
            ("quantity", _quantities(one) ^ _quantities(other)),
            ("name", _unnamed(one, other) | _unnamed(other, one)),
            ("kind", _words(one, COLOURS | _CLASSES) ^ _words(other, COLOURS | _CLASSES)),
            ("relation", _relations(one) ^ _relations(other)),
            ("opposite", _opposed(one, other)),
            ("sign", _unsigned(one, other)),
            ("order", _disorder(one, other)),
        )
        if found
    )


def unlike(one: str, other: str) -> tuple[str, ...]:
    """`differences`, and each word that only one of two statements has: empty if they surely say the same."""
    found = differences(one, other)
    return found or tuple(f"word: {word}" for word in unmatched(one, other))


def unmatched(one: str, other: str) -> tuple[str, ...]:
    """The words, synonyms evened out, that only one of two statements has, or has more often."""
    return tuple(sorted(_changed(Counter(words(one)), Counter(words(other)))))


def lost(statement: str, evidence: str, around: str = "") -> tuple[str, ...]:
    """What a statement says that its evidence does not: numbers, names, or a missing or added negation.

    A name may be in what stands `around` the evidence ("my sister Ana is a nurse, and *she lives in Graz*"), and the
    evidence may say more. Dates are the exception: a relative one is written out, so times are not compared.
    """
    found = []
    if added := names(statement) - names(evidence) - _sentence_starts(statement):
        missing = {n for n in added if n not in f"{evidence} {around}".lower()}
        found += [f"name: {n}" for n in sorted(missing)]
    if numbers(_DATED.sub(" ", statement)).keys() - numbers(evidence).keys():
        found.append("number")
    if _signs(statement).keys() - _signs(evidence).keys():
        found.append("sign")
    closest = _closest(statement, evidence)
    if all(_negated(statement) != _negated(said) for said in closest):
        found.append("negation")
    if all(_opposed(statement, said) for said in closest):
        found.append("opposite")
    return tuple(found)


def _closest(statement: str, evidence: str) -> list[str]:
    """The sentences of the evidence that share most words with the statement."""
    said = [part for part in re.split(r"\s\.\s|(?<=[.!?;])\s+", evidence) if part.strip()] or [evidence]
    told = set(words(statement))
    shared = [len(told & set(words(part))) for part in said]
    return [part for part, count in zip(said, shared, strict=True) if count == max(shared)]


# -- names


def names(text: str) -> frozenset[str]:
    """Capitalised words that do not merely begin a sentence, and words of capitals, in lower case."""
    found = set()
    for match in _WORD.finditer(text):
        word = match[0]
        start = match.start() == 0 or text[: match.start()].rstrip().endswith((".", "!", "?", ":"))
        if (
            word[0].isupper()
            and word not in _NOT_NAMES
            and (not start or word.isupper())
            and word.lower() not in _TIMES
        ):
            found.add(word.lower().removesuffix("'s").removesuffix("’s"))
    return frozenset(found)


_NOT_NAMES = frozenset("I I'm I've I'll I'd You Your You're The A An My He She They It We Our".split())


def _unnamed(text: str, other: str) -> frozenset[str]:
    """The names of a statement that are nowhere in the other."""
    return (names(text) - set(_bare(other))) | opening(text, other)


def opening(text: str, other: str) -> frozenset[str]:
    """The word that begins a statement, where it may be a name and the other statement has it nowhere."""
    first = next(iter(_WORD.findall(text)), "")
    bare = first.lower().replace("’", "'").removesuffix("'s")
    if not first[:1].isupper() or first in _NOT_NAMES or bare in _OPENINGS:
        return frozenset()
    beginning = {bare, *words(first)}
    return frozenset() if beginning & {*_bare(other), *words(other)} else frozenset({bare})


_OPENINGS = frozenset(
    """you your yours i my mine me we our us he his she her they their it its this that these those there here a an
    the in on at to for from with by since until every each when while if because and but or so no not never do
    does did am is are was were be have has had can could will would shall should may might must used always
    usually sometimes often both all some most many few currently now today tomorrow yesterday please answer going
    moved one two three four what where who how why as after before during last next only even just also being
    someone nobody everyone""".split()
)


def _bare(text: str) -> Iterable[str]:
    return (w.replace("’", "'").removesuffix("'s") for w in _lower(text))


def _sentence_starts(text: str) -> frozenset[str]:
    return frozenset(w.lower() for w in _WORD.findall(text)[:1])


# -- words


def _lower(text: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(text)]


def _quantities(text: str) -> frozenset[str]:
    """Quantifiers; "few" is less than "a few"."""
    return _words(text, _QUANTIFIERS) | frozenset(f"only {m[2].lower()}" for m in _FEW.finditer(text) if not m[1])


_FEW = re.compile(r"\b(?:(an?|the|this|that|your|my|our|his|her|its|their)\s+)?(few|little)\b", re.IGNORECASE)


def _signs(text: str) -> Counter[str]:
    """What is neither letter nor figure and still part of what is said: C++, C#, O-, < 5, a_b, emoji.

    Units and the commonest currencies are told by `_UNITS` and numbers, their other names included.
    """
    marks = (c for c in text if (unicodedata.category(c)[0] == "S" and c not in _TOLD_AS_WORDS) or c in _MARKS)
    return Counter(marks) + Counter(match[0].replace("−", "-") for match in _JOINED.finditer(text))


_TOLD_AS_WORDS = frozenset("$€£¥°`´^")
_MARKS = frozenset("#@*")
_JOINED = re.compile(r"(?<=[^\W_])_(?=[^\W_])|(?<=\w)[-−](?![\w−-])")
"""Within a word ("a_b"), and after one ("O-"): elsewhere these are dashes, hyphens, or signs that `numbers` reads."""


def _unsigned(one: str, other: str) -> frozenset[str]:
    """The signs that differ. Emoji beside a statement that has none are only decoration."""
    left, right = _signs(one), _signs(other)
    pictures = [{c for c in signs if unicodedata.category(c) in ("So", "Sk")} for signs in (left, right)]
    beside = frozenset() if all(pictures) else frozenset().union(*pictures)
    return frozenset(_changed(left, right) - beside)


def _words(text: str, wanted: frozenset[str]) -> frozenset[str]:
    return frozenset(words(text)) & wanted


def _relations(text: str) -> frozenset[str]:
    """Mothers, bosses and dogs, by the word that slots use for them."""
    return frozenset(RELATIONS[word] for word in _bare(text) if word in RELATIONS)


def _negated(text: str) -> frozenset[str]:
    """{"not"} for a statement that denies something, by an odd number of denials."""
    return frozenset({"not"} if len(_DENIALS.findall(text)) % 2 else ())


def _polarity(text: str) -> frozenset[str]:
    """What a statement denies, and whether it speaks of something that has ended."""
    return _negated(text) | frozenset({"ended"} if _ENDED.search(text) else ())


def _changed(one: Counter[str], other: Counter[str]) -> set[str]:
    return set((one - other) | (other - one))


def _opposed(one: str, other: str) -> frozenset[str]:
    left, right = set(_lower(one)), set(_lower(other))
    return frozenset(
        " / ".join(sorted(pair))
        for pair in _OPPOSED
        if len(pair & left) == 1 and len(pair & right) == 1 and pair & left != pair & right
    )


def _disorder(one: str, other: str) -> frozenset[str]:
    """The same words in an order that may say something else."""
    if unmatched(one, other) or same_order(one, other):
        return frozenset()
    return frozenset({"the same words, placed differently"})
