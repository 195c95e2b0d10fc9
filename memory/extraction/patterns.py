"""What can be said of somebody: patterns over the predicate of a clause, and what each one fills.

A predicate begins with its verb in the base form ("live in Lyon", "be allergic to nuts", "moved to Porto"), so that a
pattern is written once for everybody. What no pattern matches is missed, which is the better mistake.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from memory.extraction.grammar import NAME, REL, SHORT_NAME, UPPER, WORD_UP, Reading
from memory.extraction.lexicon import (
    COLOURS,
    CONDITIONS,
    DIETS,
    FIELDS,
    NUMBER_WORDS,
    PHONES,
    RELATIVE_HEADS,
    VAGUE,
    could_be_name,
    is_job,
)
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


_UP = rf"(?-i:[{UPPER}0-9][\w'&.-]*)"
_STOP = (
    r"(?=$|\s*[,;(]|\s+(?:and|but|with|since|for|now|near|because|where|which|who|so|as|at|in|on|from|after|before|until|these|again|too"
    r"|permanently|last|this|next|two|three|a few|\d|together|right|back|over|by|when|while|during|about|around|to)\b)"
)
PLACE = rf"(?P<v>{WORD_UP}(?:(?:\s+(?-i:(?:of|de|la|le|los|las|el|upon|del|do|da|am|sur)\s+)?|-(?:\w+-)*){WORD_UP})*(?:,\s+{WORD_UP}(?:\s+{WORD_UP})*)*)"
LOWER_PLACE = (
    r"(?P<v>(?!(?:an?|the|my|our|his|her|their|this|that|it|fear|hope|sin|pain|peace|chaos|constant|real|short|long|terms|school|house|home"
    r"|bed|town|business|case|general|particular|love|here|there|work|college|university|one|two|nature|stress|denial|luxury|poverty|rural"
    r"|student|shared|close|small|big|old|new|some|what|where|different|another|total|complete|harmony|silence|exile|prison|jail)\b)"
    r"[a-zà-ÿ]{3,}(?: (?:york|angeles|francisco|diego|kong|janeiro|town|orleans|aires|delhi|city|lumpur))?)"
)
ORG = rf"(?P<v>(?:(?:the|a|an)\s+)?(?:[a-z-]+\s+){{0,3}}?(?:{_UP}(?:\s+(?:(?:of|and|for|the|&|de|in)\s+)?{_UP})*)|(?:an?|the)\s+[a-z-]+(?:\s+[a-z-]+){{0,3}}?)"
_PERIOD = r"(?:\s+(?:full|part)[- ]time|\s+remotely|\s+freelance|\s+mostly|\s+now|\s+nights|\s+shifts)?"
_NUMBER = r"(?:\d+(?:[.,]\d+)?|" + "|".join(NUMBER_WORDS) + ")"
_AGE_WORDS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
DAY = (
    rf"(?P<v>(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}\b(?:,?\s+\d{{4}})?|{_MONTH}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?"
    r"|\d{4}-\d{2}-\d{2}|(?:19|20)\d{2})"
)
_NP = r"(?P<v>[^,;()]{2,70}?)"
_NEW = r"(?:(?:a|an|my|the|our|another|this)\s+)?(?:(?:brand[- ]?new|new|used|second-hand|old|little|big|small|refurbished|shiny)\s+)*"

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


def _rule(pattern: str, make: Make, *, negated: bool = False, ended: bool = True) -> Rule:
    return Rule(re.compile(f"^{pattern}", re.IGNORECASE), make, negated, ended)


# -- what the groups of patterns make


def _job(match: re.Match[str], reading: Reading) -> Found | None:
    value = bare(value_of(match["v"], short=True))
    return Found(Kind.FACT, "job", value) if value and len(value.split()) <= 6 else None


def _trade(match: re.Match[str], reading: Reading) -> Found | None:
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


def _employer(match: re.Match[str], reading: Reading) -> Found | None:
    value = value_of(match["v"])
    joined = re.match(r"(?:have )?joined", match[0], re.IGNORECASE)
    doubtful = _NO_EMPLOYER.match(value) or (joined and not re.search(rf"(?-i:[{UPPER}])", value))
    if doubtful and not _WORKPLACE.match(value):
        return None
    return Found(Kind.FACT, "employer", re.sub(r"^(?:the|an?)\s+(?=[a-z])", "", value))


def _named(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I have a dog called Rex": the slot comes from the pattern's own relation."""
    if not all(could_be_name(w) for w in match["v"].split()[:1]):
        return None
    return Found(Kind.RELATIONSHIP, relation_slot(match["rel"]), match["v"], of_user=True)


def _called(match: re.Match[str], reading: Reading) -> Found | None:
    """ "My sister is (called) Ana", "I am called Ada"."""
    subject = reading.subject
    if subject is None or not could_be_name(match["v"].split()[0]):
        return None
    if subject.relation:
        return Found(Kind.RELATIONSHIP, relation_slot(subject.relation), match["v"], of_user=True)
    return Found(Kind.FACT, "name", match["v"]) if subject.key == "user" else None


def _introduced(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I'm Ada": only as a clause of its own, at the beginning or after a greeting."""
    subject = reading.subject
    if subject is not None and subject.relation:
        return _called(match, reading)
    return _called(match, reading) if all(could_be_name(w) for w in match["v"].split()) else None


def _is_my(match: re.Match[str], reading: Reading) -> Found | None:
    """ "Ana is my sister"."""
    subject = reading.subject
    if subject is None or not subject.name or subject.relation:
        return None
    return Found(Kind.RELATIONSHIP, relation_slot(match["rel"]), subject.name, of_user=True)


def _back(match: re.Match[str], reading: Reading) -> Found | None:
    """ "I'm back in Lyon": home, or the end of a journey; what else is known of the home decides."""
    return Found(Kind.FACT, "home_city", value_of(match["v"]), confidence=0.6)


def _partner(match: re.Match[str], reading: Reading) -> Found | None:
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


def _is_favourite(match: re.Match[str], reading: Reading) -> Found | None:
    """ "Green is my favourite colour"."""
    subject = reading.subject
    if subject is None or not subject.name or subject.relation or subject.thing:
        return None
    return Found(Kind.PREFERENCE, favourite_slot(match["thing"]), subject.name, of_user=True)


def _avoids(match: re.Match[str], reading: Reading) -> Found | None:
    value = bare(value_of(match["v"]))
    if (
        not value
        or value.lower().split()[0] in VAGUE
        or re.match(r"(?:out|much|enough|breakfast|lunch|dinner|well|properly|before|after|at)\b", value, re.I)
    ):
        return None
    return Found(Kind.REJECTION if reading.ended else Kind.CONSTRAINT, "avoids", value)


def _rejection(match: re.Match[str], reading: Reading) -> Found | None:
    value = bare(value_of(match["v"]))
    if not value or value.lower().split()[0] in ("it", "that", "this", "him", "her", "them"):
        return None
    return Found(Kind.REJECTION, None, value)


def _gave_up(match: re.Match[str], reading: Reading) -> Found | None:
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


def _thing(match: re.Match[str], reading: Reading) -> Found | None:
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


def _measured(match: re.Match[str], reading: Reading) -> Found | None:
    """ "My commute takes 20 minutes", "my rent went up, it is 900 euros now"."""
    return _thing(match, reading) if reading.subject is not None and reading.subject.thing else None


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
        return bool(re.match(_NUMBER, value, re.I))
    if slot in _FREE_VALUE:
        return not re.match(
            r"(?:going|getting|very|really|so|too|still|over|done|due|great|good|fine|bad|hard|stressful|\w+ing\b(?! )) ?",
            value,
            re.I,
        )
    if value.lower() in COLOURS:
        return True
    return bool(re.match(rf"(?-i:an? |the |[{UPPER}]|\d)|{_NUMBER}\b", raw)) and not re.match(
        r"(?:an?|the) (?:mess|wreck|disaster|pain|bit|lot|problem|joke|best|worst)\b", raw, re.I
    )


def _owned(match: re.Match[str], reading: Reading) -> Found | None:
    value = value_of(match["v"], short=True)
    return (
        Found(Kind.FACT, "car", bare(value))
        if re.search(rf"(?-i:[{UPPER}])", value)
        else Found(Kind.FACT, None, bare(value), confidence=0.8)
    )


def _age(match: re.Match[str], reading: Reading) -> Found | None:
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


RULES: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    (
        "home",
        (
            _rule(rf"(?:live|reside|be (?:living|based|settled|residing))\s+(?:[a-z]+\s+){{0,2}}?(?:with [^,]{{1,30}}? )?(?:in|at|near|outside)(?: the (?:\w+ )?(?:city|town|village|centre|center|suburbs|outskirts|heart|middle|north|south|east|west) of)? {PLACE}", fill("home_city")),
            _rule(rf"(?:have )?(?:just )?(?:moved|relocated|move)(?:,? again,?| back| over| out| down| up)?(?: from [^,]{{2,30}}?)?(?: back)?(?: here)? to {PLACE}", fill("home_city")),
            _rule(rf"be back (?:home )?in {PLACE}(?:\s+(?:again|now|for good|permanently|to stay))?$", _back, ended=False),
            _rule(rf"be (?:moving|relocating)(?: back)?(?: from [^,]{{2,30}}?)? to {PLACE}", fill("planned_home_city", Kind.PLAN)),
            _rule(rf"(?:lived) in {PLACE}", fill("former_home_city")),
        ),
    ),
    (
        "origin",
        (
            _rule(rf"(?:be|come) (?:originally )?from {PLACE}", fill("origin")),
            _rule(rf"(?:grew up|was raised|was brought up) in {PLACE}", fill("origin")),
            _rule(rf"was born (?:and (?:raised|bred) )?in {PLACE}", fill("birthplace")),
            _rule(rf"be (?:originally )?(?:an? )?(?P<v>{'|'.join(['Italian', 'French', 'German', 'Spanish', 'Portuguese', 'Dutch', 'British', 'English', 'Scottish', 'Irish', 'Welsh', 'American', 'Canadian', 'Australian', 'Brazilian', 'Mexican', 'Polish', 'Swedish', 'Norwegian', 'Danish', 'Finnish', 'Greek', 'Turkish', 'Russian', 'Ukrainian', 'Indian', 'Chinese', 'Japanese', 'Korean', 'Nigerian', 'Kenyan', 'Egyptian', 'Swiss', 'Austrian', 'Belgian', 'Argentinian', 'Colombian', 'Chilean', 'Peruvian'])})(?= by birth|$| and\b| but\b)", fill("nationality"), ended=False),
        ),
    ),
    (
        "birth",
        (
            _rule(rf"was born (?:on|in) {DAY}", fill("birthday")),
            _rule(rf"(?:be|turned|just turned|be turning)\s+(?P<v>\d{{1,3}}|{_AGE_WORDS})(?: years? old| now| today| yesterday| last \w+| this \w+| on \w+| in \w+)?$", _age, ended=False),
        ),
    ),
    (
        "job",
        (
            _rule(rf"(?:work|be working|be employed|started working|start working|started){_PERIOD}(?: (?:at|for|in) [^,;]{{2,50}}?)? as (?:an? |the )?{_NP}(?:\s+(?:at|for|in|with)\b.*)?$", _job),
            _rule(rf"(?:have )?(?:become|became|retrained as|(?:been |was |got |be )?promoted to|accepted a promotion to|be) (?:an? |the |now an? )?{_NP}(?:, (?:and|which|so|but)\b.*)?$", _trade),
            _rule(r"be (?:now )?(?P<v>retired|unemployed|self-employed|freelance|between jobs|on parental leave|on maternity leave|semi-retired)$", fill("job")),
        ),
    ),
    (
        "employer",
        (
            _rule(rf"(?:work|be working|be employed|be a [a-z ]{{2,40}}|be an [a-z ]{{2,40}}|work as [a-z ]{{2,40}}){_PERIOD} (?:at|for|with|by) {ORG}{_STOP}", _employer),
            _rule(rf"(?:have )?(?:joined|started (?:working |a (?:new )?job )?(?:at|for|with)|(?:got|found|landed|took|accepted|start|have) (?:an? |the |my )?(?:new )?(?:job|position|role|offer)(?: [a-z ]{{1,30}}?)? (?:at|with|from)) {ORG}{_STOP}", _employer),
            _rule(rf"(?:switched|moved|changed)(?: jobs)?(?: from [^,]{{2,30}})? to working (?:at|for) {ORG}{_STOP}", _employer),
            _rule(rf"(?:worked) (?:at|for) {ORG}{_STOP}", fill("former_employer")),
            _rule(rf"(?:have )?(?:quit|left|lost|resigned from|gave up) (?:my|the|his|her|their) (?:old )?(?:job|position|role|post) (?:at|with) {ORG}{_STOP}", fill("former_employer")),
        ),
    ),
    (
        "school",
        (
            _rule(rf"(?:study|be studying|be doing a (?:PhD|master's|degree|bachelor's) in|major in|be majoring in) {_NP}(?:\s+(?:at|in)\s+.*)?$", fill("field_of_study", short=True)),
            _rule(rf"read (?P<v>{FIELDS})\b", fill("field_of_study", short=True)),
            _rule(rf"(?:have )?(?:switched|changed)(?: (?:my )?(?:major|degree|course|studies|subject)s?)?(?: from [^,]{{2,40}}?)? to (?P<v>{FIELDS})\b", fill("field_of_study", short=True)),
            _rule(rf"(?:studied|graduated in|have a (?:degree|PhD|master's|bachelor's)(?: degree)? in) {_NP}(?:\s+(?:at|in|from)\s+.*)?$", fill("former_field_of_study", short=True)),
        ),
    ),
    (
        "names",
        (
            _rule(rf"(?:be (?:called|named)|go by(?: the name(?: of)?)?) (?P<v>{NAME})", _called, ended=False),
            _rule(rf"be (?P<v>{NAME})(?=$|,)", _introduced, ended=False),
            _rule(rf"be my (?:\w+ )?(?P<rel>{REL})$", _is_my, ended=False),
            _rule(rf"(?:have |own |keep )?(?:just )?(?:have|got|adopted|bought|rescued|welcomed|took in|brought home|own|keep|a|an|one|be getting)?\s*(?:an?|one|my|our|the) (?:[a-z-]+ ){{0,4}}?(?P<rel>{REL})(?: [a-z ]{{1,24}}?)?,? (?:(?:is |be )?called|named|whose name is|by the name of) (?P<v>{NAME})", _named, ended=False),
            _rule(rf"(?:be|got|have been|was) (?:happily )?(?:married to|engaged to|dating|in a relationship with|married) (?P<v>{NAME})", _partner, ended=False),
        ),
    ),
    (
        "status",
        (
            _rule(r"be (?:now |happily |recently |newly )?(?P<v>married|single|divorced|engaged|widowed|separated)\b", fill("relationship_status", short=True), ended=False),
            _rule(r"(?:have )?(?:just )?(?:got|gotten) (?P<v>married|engaged|divorced)\b", fill("relationship_status", short=True), ended=False),
            _rule(rf"(?:have )?(?:just |recently |finally )?(?P<v>broke(?:n)? up|split up|separated)(?: with {SHORT_NAME})?(?: (?:last|this|in|on|two|a) .*)?$", fill("relationship_status", short=True), ended=False),
        ),
    ),
    (
        "phone",
        (
            _rule(rf"(?:have|use|got|bought|own|carry|be (?:now )?using|have bought|upgraded to|be on|(?:have )?(?:switched|changed|moved|upgraded)(?: from [^,]{{2,40}}?)? to)\s+{_NEW}(?P<v>{PHONES})", fill("phone_model")),
        ),
    ),
    (
        "car",
        (
            _rule(rf"(?:drive|be driving) {_NEW}(?P<v>(?!to\b|through\b|home\b|there\b|back\b|past\b|for\b|by\b|at\b|in\b|on\b|from\b|every\b|a lot\b)[^,;]+)$", _owned),
            _rule(rf"(?:bought|got|own|have bought|leased|have) {_NEW}(?P<v>(?:[a-z]+ )?(?:Toyota|Volvo|Volkswagen|VW|Renault|Peugeot|Citroën|Citroen|Fiat|Ford|Honda|Mazda|Nissan|Hyundai|Kia|Tesla|BMW|Audi|Mercedes|Skoda|Škoda|Seat|Opel|Subaru|Suzuki|Mini|Porsche|Jeep|Chevrolet|Dacia|Lexus|Polestar|Rivian|Saab)(?: {WORD_UP}| [A-Z]?\d+\w*)*)", fill("car")),
        ),
    ),
    (
        "things",
        (
            _rule(rf"be (?:now )?(?:on )?{DAY}", lambda m, r: Found(Kind.FACT, "birthday", value_of(m["v"])) if r.subject and thing_slot(r.subject.thing) == "birthday" else None),
            _rule(r"be (?:now |called |named |currently )?(?P<v>.+)$", lambda m, r: _thing(m, r) if r.subject and r.subject.thing else None),
            _rule(rf"(?:take|last) (?:me |us )?(?:about |around |roughly |over |almost )?(?P<v>(?:{_NUMBER}|an?|half an) (?:and a half )?(?:minutes?|hours?)\b.*)$", _measured),
            _rule(rf"(?:went|have gone|go) (?:up|down)\b[^.]*?(?:\bto\b|\bit(?:['’]s| is)) (?:now )?(?P<v>{_NUMBER}[^,;]*?)(?: now)?$", _measured),
        ),
    ),
    (
        "body",
        (
            _rule(r"be (?P<v>\d[\d.,]* ?(?:m|cm|metres|meters|feet|ft|foot)(?: \d+(?: inches)?)?)(?: tall)?$", fill("height")),
            _rule(r"weigh (?:about |around )?(?P<v>\d+[\d.,]* ?(?:kg|kilos?|pounds|lbs?|stone))", fill("weight", sensitive=True)),
            _rule(r"wear (?:a )?(?:shoe )?size (?P<v>\d[\d.,/]*)(?: shoes?)?", fill("shoe_size")),
        ),
    ),
    (
        "health",
        (
            _rule(r"be (?:[a-z]+ly |very |a bit |quite )?allergic to (?P<v>[^;(]+)$", fill("allergy", Kind.CONSTRAINT, sensitive=True)),
            _rule(r"(?:have|developed|have developed) an? (?:severe |mild |bad |serious |strong |nasty )?(?P<v>[\w -]+?) (?:allergy|intolerance)\b", fill("allergy", Kind.CONSTRAINT, sensitive=True)),
            _rule(rf"be (?:now |an? )?(?:strict |strictly |lifelong )?(?P<v>{DIETS})\b(?! (?:food|restaurant|recipe|options?|friend))", fill("diet", Kind.CONSTRAINT, sensitive=True)),
            _rule(rf"(?:have )?(?:recently |just )?(?:went|gone|become|became|turned) (?:an? )?(?:strictly )?(?P<v>{DIETS})\b", fill("diet", Kind.CONSTRAINT, sensitive=True)),
            _rule(r"(?:follow|be on|eat|stick to) (?:an? |the )?(?:strict )?(?P<v>[\w-]+(?: [\w-]+)?) diet\b", fill("diet", Kind.CONSTRAINT, sensitive=True)),
            _rule(rf"(?:have|suffer from|was diagnosed with|have been diagnosed with|struggle with|live with) (?:mild |severe |chronic |bad |seasonal )?(?P<v>{CONDITIONS})\b", fill("condition", Kind.CONSTRAINT, sensitive=True)),
            _rule(r"(?:eat|drink|tolerate|consume|digest|touch|smoke)\s+(?P<v>.+)$", _avoids, negated=True),
            _rule(r"(?P<v>drink|smoke|drive|cook|swim|dance|cycle)$", lambda m, r: Found(Kind.REJECTION if r.ended else Kind.CONSTRAINT, None, m["v"]), negated=True),
            _rule(r"have (?P<v>gluten|dairy|milk|lactose|sugar|caffeine|alcohol|nuts|eggs|meat|shellfish|seafood|pork|beef)\b", _avoids, negated=True),
            _rule(r"(?:have )?(?:stopped|quit|gave up|given up|cut out|sworn off) (?P<v>.+)$", _gave_up),
        ),
    ),
    (
        "rejections",
        (
            _rule(r"(?:have )?(?:decided (?:against|not to)|turned down|ruled out|called off|changed my mind about|dropped the idea of|backed out of) (?P<v>.+)$", _rejection),
            _rule(r"be not (?:buying|getting|taking|going to (?:buy|get|take)|interested in|keen on buying) (?P<v>.+?)(?: after all)?$", _rejection),
            _rule(r"be no longer (?:interested in|into|going to|planning to|looking for) (?P<v>.+)$", _rejection),
            _rule(r"(?:want|use|own|need|wear|play|watch|take|have) (?P<v>.+)$", lambda m, r: _rejection(m, r) if r.ended and r.negated else None, negated=True),
        ),
    ),
    (
        "tastes",
        (
            _rule(r"(?:love|like|enjoy|adore|prefer|cherish|(?:be|have always been|have been) (?:into|fond of|crazy about|obsessed with|passionate about|an? (?:big |huge |great )?fan of|keen on|addicted to)) (?P<v>.+)$", taste("likes")),
            _rule(r"(?:have )?(?:always )?(?:loved|liked|enjoyed|preferred|adored) (?P<v>.+)$", lambda m, r: taste("likes")(m, r) if re.match(r"have|always", m[0], re.I) else None),
            _rule(r"(?:have )?(?:really |just |recently )?(?:(?:come|grown|begun|started|learn(?:ed|t)) to (?:really )?(?:love|like|enjoy|appreciate)|(?:started|begun) (?:liking|loving|enjoying)|(?:got|gotten|been getting) (?:really |very |quite )?into|fallen in love with|fell in love with) (?P<v>.+)$", taste("likes")),
            _rule(r"be (?:interested in|drawn to|fascinated by|captivated by|enthusiastic about|hooked on) (?P<v>.+)$", taste("likes")),
            _rule(r"find (?P<v>[a-z]+(?: [a-z]+){0,3}?) (?:(?:very|really|so|quite|incredibly) )?(?:relaxing|calming|fascinating|inspiring|delicious|soothing|therapeutic|rewarding|fun)\b", taste("likes")),
            _rule(r"be my (?:absolute |all-time )?favou?rite (?P<thing>[a-z]+(?: [a-z]+)?)$", _is_favourite, ended=False),
            _rule(r"would rather (?:have |eat |drink )?(?P<v>.+)$", taste("likes")),
            _rule(r"(?:hate|dislike|detest|loathe|despise|can not stand|can not bear|be not (?:a (?:big |huge )?fan of|into|keen on|fond of)|have always hated) (?P<v>.+)$", taste("dislikes")),
            _rule(r"be (?:afraid|scared|terrified|frightened) of (?P<v>.+)$", taste("fears")),
            _rule(r"(?:like|enjoy|love|care for) (?P<v>.+)$", taste("dislikes"), negated=True),
        ),
    ),
)  # fmt: skip


HABITS: tuple[Rule, ...] = (
    _rule(r"(?:play|speak|collect|practi[sc]e|volunteer|teach|coach|sing in|bake|brew|commute|ride|run|own|train|sew|knit|paint|write|blog|garden|meditate|foster)\b \S.*$", keep(Kind.FACT)),
    _rule(r"go (?:running|swimming|climbing|hiking|cycling|dancing|sailing|fishing|surfing|skiing|jogging|to the gym|to church|bouldering|for a (?:run|walk|swim))\b.*$", keep(Kind.FACT)),
    _rule(r"be (?:learning|training for|writing|building|renovating|restoring|saving (?:up )?for|expecting|pregnant|looking for|applying (?:to|for)|reading|taking \w+ (?:lessons|classes)|volunteering|preparing for|working on)\b.*$", keep(Kind.FACT)),
    _rule(rf"have (?:about |over )?(?:{_NUMBER}|an?|no) (?:[a-z-]+ ){{0,3}}?(?:kids?|children|child|sons?|daughters?|siblings|brothers?|sisters?|cats?|dogs?|chickens|hens|horses?|goats|rabbits?|bikes?|bicycles?|cars?|tattoos?|grandchildren|grandsons?|granddaughters?|garden|allotment|boat|guitar|piano|motorbike|cabin|beehives?|hives?|driving licen[cs]e|twins?|stepchildren|house|flat|apartment|dog|cat|puppy|kitten|parrot|hamsters?|budgies?|aquarium|greenhouse|campervan|degree|PhD)\b.*$", keep(Kind.FACT)),
    _rule(r"(?:live|be living) (?:alone|by myself|on my own|with|in an?|on the|in the) ?.*$", keep(Kind.FACT)),
    _rule(r"(?:wake up|get up|go to bed|have (?:breakfast|lunch|dinner)|start work|finish work) (?:at|around|before|after) .+$", keep(Kind.FACT)),
    _rule(r"be an? (?:[a-z-]+ ){0,2}?(?:night owl|morning person(?!['’]s)|early bird|early riser|introvert|extrovert|minimalist|mother|father|parent|grandmother|grandfather|widow|widower|twin|gamer|climber|runner|cyclist|swimmer|hiker|collector|vegan|vegetarian|smoker|non-smoker|homebody|only child|member of .+|native .+ speaker|left-hander|hobby \w+|amateur \w+|keen \w+|avid \w+|part-time \w+|(?-i:Aries|Taurus|Gemini|Cancer|Leo|Virgo|Libra|Scorpio|Sagittarius|Capricorn|Aquarius|Pisces))\b.*$", keep(Kind.FACT)),
    _rule(r"be (?:left-handed|right-handed|ambidextrous|colou?r-?blind|short-sighted|dyslexic|bilingual|trilingual)\b.*$", keep(Kind.FACT)),
    _rule(r"(?:use|switched(?: from .+)? to|moved(?: from .+)? to|prefer) (?P<v>(?:Linux|Windows|macOS|Ubuntu|Debian|Fedora|Arch|Vim|Emacs|VS Code|Android|iOS|Firefox|Chrome|Safari|Python|Rust)\b.*)$", fill("uses")),
    _rule(r"(?:have )?switched (?:from .+ )?to (?P<v>.+)$", fill("switched_to")),
)  # fmt: skip
"""What is kept as it was said, if nothing more special was found."""


def former(found: Found) -> Found:
    """What used to be so: the slot's `former_` twin, which supersedes nothing."""
    if found.slot is None or found.slot.startswith("former_") or found.kind is Kind.REJECTION:
        return found
    return replace(found, slot=f"former_{found.slot}", kind=Kind.FACT if found.kind is Kind.PREFERENCE else found.kind)
