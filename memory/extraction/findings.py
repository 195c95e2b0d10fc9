"""What a pattern makes of a clause: a kind, a slot and a value, or nothing where what it caught is no such thing."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from memory.extraction.grammar import UPPER, Reading
from memory.extraction.lexicon import COLOURS, NUMBER_WORDS, RELATIVE_HEADS, VAGUE, could_be_name, is_job
from memory.extraction.slots import favourite_slot, relation_slot, thing_slot
from memory.types import Kind


@dataclass(frozen=True, slots=True)
class Found:
    """What a pattern makes of a clause."""

    kind: Kind
    slot: str | None = None
    value: str | None = None
    sensitive: bool = False
    confidence: float = 0.9
    of_user: bool = False
    """Whether it is about the user though the clause is about somebody else: who that somebody is."""


Make = Callable[[re.Match[str], Reading], Found | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, what it makes, and whether it holds of plain, negated or ended predicates."""

    pattern: re.Pattern[str]
    make: Make
    negated: bool = False
    ended: bool = True
    """Whether the pattern also holds of what is no longer so, which then goes to the slot's `former_` twin."""


NUMBER = r"(?:\d+(?:[.,]\d+)?|" + "|".join(NUMBER_WORDS) + ")"
_CUT = re.compile(
    r"(?:\s*[,;(]|\s+(?:but|because|since|which|who|whom|where|when|while|so|if|although|though|lately|too|as well|at the moment|these days|right now"
    r"|nowadays|actually|now|instead|anyway|at work|recently|just|for (?:\d+|an?|the (?:last|past)|many|several|two|three|four|five|years|months)"
    r"|as (?:a|an|my|the|well)|with my|and (?:i|we|my|our|it|he|she|they|that|have|am|is|was|also|now|then|so|it's))\b).*$",
    re.IGNORECASE,
)
_NP_CUT = re.compile(
    r"\s+(?:and|at|in|on|for|from|by|with|to|near|after|before|of mine|last|next|this|every|each)\b.*$", re.IGNORECASE
)


def value_of(text: str, *, short: bool = False) -> str:
    """What fills a slot, without what only follows it; `short` ends it at the first preposition, too."""
    value = _CUT.sub("", text.strip())
    if short:
        value = _NP_CUT.sub("", value)
    return value.strip(" .,!'\"")


def bare(value: str) -> str:
    """`a green bike` as `green bike`."""
    return re.sub(r"^(?:the|an?|my|our|some)\s+", "", value, flags=re.IGNORECASE)


def fill(slot: str, kind: Kind = Kind.FACT, *, sensitive: bool = False, short: bool = False) -> Make:
    """A rule's result: the group `v` fills the slot."""

    def make(match: re.Match[str], reading: Reading) -> Found | None:
        value = bare(value_of(match["v"], short=short))
        return Found(kind, slot, value, sensitive) if value and value.lower() not in VAGUE else None

    return make


def keep(kind: Kind, slot: str | None = None, *, sensitive: bool = False, confidence: float = 0.8) -> Make:
    """A rule's result: the statement as a whole, without a value."""
    return lambda match, reading: Found(kind, slot, None, sensitive, confidence)


def former(found: Found) -> Found:
    """What used to be so: the slot's `former_` twin, which supersedes nothing."""
    if found.slot is None or found.slot.startswith("former_") or found.kind is Kind.REJECTION:
        return found
    return replace(found, slot=f"former_{found.slot}", kind=Kind.FACT if found.kind is Kind.PREFERENCE else found.kind)


# -- what the groups of patterns make


def job(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I work as a nurse": whatever is named, if it is short."""
    value = bare(value_of(match["v"], short=True))
    return Found(Kind.FACT, "job", value) if value and len(value.split()) <= 6 else None


def trade(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I am a nurse", "I was promoted to head of sales": what is known as a job, or what somebody was promoted to."""
    value = bare(value_of(match["v"], short=True))
    if re.match(r"\w+ing (?:the|an?|my|our|your|his|her|their|some)\b", value, re.IGNORECASE):
        return None  # "meeting the architect" is no trade
    promoted = "promot" in match[0].lower().split(value.lower())[0] and len(value.split()) <= 5
    return (
        Found(Kind.FACT, "job", value) if (is_job(value) or promoted) and not value.lower().startswith("not ") else None
    )


_WORKPLACE = re.compile(
    r"an? (?:\w+ )?(?:hospital|school|bank|bakery|university|hotel|restaurant|library|museum|startup|start-up|company|clinic|shop|store|factory"
    r"|farm|firm|agency|pharmacy|law firm|newspaper|café|cafe|bar|theatre|theater|lab|laboratory|nursery|kindergarten|garage|zoo|brewery)$",
    re.IGNORECASE,
)
_NO_EMPLOYER = re.compile(
    r"(?:home|night|day|times?|the (?:moment|weekend|office)|a (?:time|loss|while)|an? [a-z]+$)", re.IGNORECASE
)


def employer(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I work at the harbour", "I joined Acme": an organisation, or a kind of workplace."""
    value = value_of(match["v"])
    joined = re.match(r"(?:have )?joined", match[0], re.IGNORECASE)
    doubtful = _NO_EMPLOYER.match(value) or (joined and not re.search(rf"(?-i:[{UPPER}])", value))
    if doubtful and not _WORKPLACE.match(value):
        return None
    return Found(Kind.FACT, "employer", re.sub(r"^(?:the|an?)\s+(?=[a-z])", "", value))


def named(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I have a dog called Rex": the slot comes from the pattern's own relation."""
    if not all(could_be_name(w) for w in match["v"].split()[:1]):
        return None
    return Found(Kind.RELATIONSHIP, relation_slot(match["rel"]), match["v"], of_user=True)


def called(match: re.Match[str], reading: Reading) -> Found | None:
    """ "My sister is (called) Ana", "I am called Ada"."""
    subject = reading.subject
    if subject is None or not could_be_name(match["v"].split()[0]):
        return None
    if subject.relation:
        return Found(Kind.RELATIONSHIP, relation_slot(subject.relation), match["v"], of_user=True)
    return Found(Kind.FACT, "name", match["v"]) if subject.key == "user" else None


def introduced(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I'm Ada": only as a clause of its own, at the beginning or after a greeting."""
    subject = reading.subject
    if subject is not None and subject.relation:
        return called(match, reading)
    return called(match, reading) if all(could_be_name(w) for w in match["v"].split()) else None


def is_my(match: re.Match[str], reading: Reading) -> Found | None:
    """ "Ana is my sister"."""
    subject = reading.subject
    if subject is None or not subject.name or subject.relation:
        return None
    return Found(Kind.RELATIONSHIP, relation_slot(match["rel"]), subject.name, of_user=True)


def back(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I'm back in Lyon": home, or the end of a journey; what else is known of the home decides."""
    return Found(Kind.FACT, "home_city", value_of(match["v"]), confidence=0.6)


def partner(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I am married to Sam"."""
    if not could_be_name(match["v"].split()[0]):
        return None
    return Found(Kind.RELATIONSHIP, "partner_name", match["v"])


def taste(polarity: str) -> Make:
    """Likes and dislikes: of something, not of "it" or "the idea"."""

    def make(match: re.Match[str], reading: Reading) -> Found | None:
        value = value_of(match["v"])
        words = value.lower().split()
        if not words or len(words) > 12 or words[0].strip("'") in VAGUE or len(value) < 3:
            return None
        if words[0] in ("the", "a", "an") and len(words) > 1 and words[1] in RELATIVE_HEADS:
            return None
        kind = Kind.REJECTION if reading.ended else Kind.PREFERENCE
        return Found(kind, polarity, bare(value))

    return make


def is_favourite(match: re.Match[str], reading: Reading) -> Found | None:
    """ "Green is my favourite colour"."""
    subject = reading.subject
    if subject is None or not subject.name or subject.relation or subject.thing:
        return None
    return Found(Kind.PREFERENCE, favourite_slot(match["thing"]), subject.name, of_user=True)


def avoids(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I don't eat meat": what is kept away from."""
    value = bare(value_of(match["v"]))
    if (
        not value
        or value.lower().split()[0] in VAGUE
        or re.match(r"(?:out|much|enough|breakfast|lunch|dinner|well|properly|before|after|at)\b", value, re.I)
    ):
        return None
    return Found(Kind.REJECTION if reading.ended else Kind.CONSTRAINT, "avoids", value)


def rejection(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I decided against the blue sofa": what was turned down."""
    value = bare(value_of(match["v"]))
    if not value or value.lower().split()[0] in ("it", "that", "this", "him", "her", "them"):
        return None
    return Found(Kind.REJECTION, None, value)


def gave_up(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I gave up smoking": a thing or a habit, not a job or a try."""
    value = bare(value_of(match["v"]))
    if re.match(r"(?:eating|drinking|smoking)\s+", value, re.I):
        return Found(Kind.REJECTION, "avoids", value.split(" ", 1)[1])
    if (
        re.match(r"(?:my |the )?(?:old )?(?:job|position|role|post)\b", value, re.I)
        or not value
        or value.lower().split()[0] in (*VAGUE, "on", "trying", "halfway")
    ):
        return None
    return Found(Kind.REJECTION, "avoids" if len(value.split()) == 1 and not value.endswith("ing") else None, value)


def thing(match: re.Match[str], reading: Reading) -> Found | None:
    """ "My car is a red Volvo", "my favourite colour is green"."""
    thing = reading.subject.thing if reading.subject else ""
    value = bare(value_of(match["v"]))
    if not value or len(value.split()) > 9 or re.match(r"(?:not|n't|to be|being|going|getting)\b", value, re.I):
        return None
    favourite = re.match(r"favou?rite\s+(.+)$", thing, re.I)
    if favourite:
        return (
            None
            if value.split()[0].lower() in VAGUE - {"one"}
            else Found(Kind.PREFERENCE, favourite_slot(favourite[1]), value)
        )
    slot = thing_slot(thing)
    if slot is None or not _plausible(slot, match["v"].strip(), value):
        return None
    if value.lower() in COLOURS and not slot.endswith("colour"):
        return Found(Kind.FACT, f"{slot.removesuffix('_model')}_colour", value)
    if slot == "goal":
        return Found(Kind.PLAN, slot, value)
    return Found(Kind.FACT, slot, value, sensitive=slot in ("salary", "blood_type", "weight", "passport_number"))


def measured(match: re.Match[str], reading: Reading) -> Found | None:
    """ "My commute takes 20 minutes", "my rent went up, it is 900 euros now"."""
    return thing(match, reading) if reading.subject is not None and reading.subject.thing else None


_FREE_VALUE = frozenset(
    "hobby goal dream_job thesis thesis_topic dissertation diet religion nationality job field_of_study commute".split()
)


def _plausible(slot: str, raw: str, value: str) -> bool:
    """Whether what is said of a thing is what it is, rather than how it is doing ("my car is broken")."""
    if slot == "birthday":
        return False  # has a pattern of its own
    if slot in ("name", "surname", "called", "employer", "school", "origin", "birthplace"):
        return bool(re.match(rf"(?-i:[{UPPER}])", value)) and could_be_name(value.split()[0])
    if slot == "job":
        return is_job(value_of(value, short=True)) or raw.lower().startswith(("a ", "an "))
    if slot == "email":
        return bool(re.fullmatch(r"\S+@\S+\.\w+", value))
    if slot == "age":
        return bool(re.match(NUMBER, value, re.I))
    if slot in _FREE_VALUE:
        return not re.match(
            r"(?:going|getting|very|really|so|too|still|over|done|due|great|good|fine|bad|hard|stressful|\w+ing\b(?! )) ?",
            value,
            re.I,
        )
    if value.lower() in COLOURS:
        return True
    return bool(re.match(rf"(?-i:an? |the |[{UPPER}]|\d)|{NUMBER}\b", raw)) and not re.match(
        r"(?:an?|the) (?:mess|wreck|disaster|pain|bit|lot|problem|joke|best|worst)\b", raw, re.I
    )


def owned(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I drive a Volvo": a car where a make is named, else what was said."""
    value = value_of(match["v"], short=True)
    return (
        Found(Kind.FACT, "car", bare(value))
        if re.search(rf"(?-i:[{UPPER}])", value)
        else Found(Kind.FACT, None, bare(value), confidence=0.8)
    )


def age(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I am thirty-four", as digits."""
    years = _in_digits(match["v"])
    return Found(Kind.FACT, "age", str(years)) if 0 < years < 120 else None


def _in_digits(number: str) -> int:
    """`thirty-four` as 34; 0 for what is no such number."""
    if number.isdecimal() and number.isascii():
        return int(number)
    parts = re.split(r"[\s-]+", number.lower())
    values = [_VALUES[part] for part in parts if part in _VALUES]
    if len(values) != len(parts) or len(values) > 2 or (len(values) == 2 and not (values[0] >= 20 and values[1] < 10)):
        return 0
    return sum(values)


_VALUES = dict(zip(NUMBER_WORDS, [*range(1, 21), *range(30, 110, 10)], strict=True))
