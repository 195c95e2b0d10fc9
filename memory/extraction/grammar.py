"""A clause taken apart: who it is about, and what it says of them in the base form of the verb.

"My sister Ana works at Acme", "I work at Acme" and "She's working at Acme" differ in the subject alone; one set of
patterns over the predicate serves all of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from memory.extraction.dates import PHRASE
from memory.extraction.lexicon import DIETS, could_be_name
from memory.extraction.slots import RELATIONS, THINGS, relation_of

UPPER = "".join(chr(c) for c in range(0x250) if chr(c).isupper())
WORD_UP = rf"(?-i:[{UPPER}][\w'’&.-]*)"
NAME = rf"(?-i:[{UPPER}][\w-]+(?:['’][{UPPER}][\w]+)?(?:\s+(?:(?:de|da|van|von|del|di|la|le|bin|al)\s+)*[{UPPER}][\w'-]+){{0,2}})"
SHORT_NAME = rf"(?-i:[{UPPER}][\w-]+)"


def alternatives(words: "dict[str, str]") -> str:
    """A pattern for any of the words, longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


REL = alternatives(RELATIONS)
THING = alternatives(THINGS)
_ADJECTIVE = (
    r"(?:older|younger|elder|little|big|best|oldest|youngest|middle|eldest|new|old|late|twin|good|close|dear|lovely|current|other"
    r"|sweet|baby|beloved|local|future)"
)
_LEAD_WORDS = (
    r"(?:well|so|oh|ah|ok|okay|actually|also|and|but|yes|yeah|yep|no|nope|btw|by the way|hi|hello|hey|anyway|honestly|currently|these days"
    r"|nowadays|fyi|just so you know|in fact|for the record|to be honest|unfortunately|luckily|sadly|happily|finally|recently|lately"
    r"|good news|guess what|as you know|reverie|there|thanks|thank you|as of (?:today|now)|since \w+|then|now|after all|at the moment"
    r"|right now|one more thing|another thing|first|second|besides|plus|because|for my part|by trade|by profession|personally|in general|usually|in \d{4}"
    r"|good morning|good evening|important|a fun fact|fun fact|about me|update|small update|big news|you know"
    r"|(?:please )?(?:remember|note|keep in mind|don't forget|bear in mind)(?: that|:)?|please remember that|last but not least"
    r"|something about me|let me tell you(?: that)?|i should (?:mention|say)(?: that)?|i (?:just )?wanted to (?:say|tell you)(?: that)?)"
)
_LEAD = re.compile(rf"^\W*(?:(?:{_LEAD_WORDS}|(?:{PHRASE.pattern}))(?:[,:!.]+\s*|\s+))+", re.IGNORECASE)


def _is_or_owns(match: re.Match[str]) -> str:
    """ "My sister's in Rome" has its verb there; "my favourite café is Nonna's now" had it before."""
    return match[0] if re.search(r"\b(?:is|are|was|were)\b", match.string[: match.start()]) else " is "


_CONTRACTIONS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), full)
    for pattern, full in (
        (r"\bcan't\b|\bcannot\b|\bcant\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\bain't\b", "am not"),
        (r"\b(do|does|did|is|are|was|were|have|has|had|would|could|should|must)n't\b", r"\1 not"),
        (r"\b(do|does|did)nt\b", r"\1 not"),
        (r"\bi'm\b|\bim\b(?= )", "I am"),
        (r"\b(we|they|you)'re\b", r"\1 are"),
        (r"\b(i|we|they|you)'ve\b|\b(i)ve\b", r"\1\2 have"),
        (r"\b(i|we|they|you|he|she|it)'ll\b", r"\1 will"),
        (r"\b(i|we|they|you|he|she)'d (?=rather|prefer|like|love)", r"\1 would "),
        (r"\b(he|she|it)'s (?=been|got)", r"\1 has "),
        (r"\b(he|she|it|there|that)'s\b", r"\1 is"),
        (
            r"(?<=\w)'s (?=(?:a|an|the|called|named|from|allergic|not|\d+|in|at|now|also|very|really|been|got)\b|\w+ing\b)",
            _is_or_owns,
        ),
        (r"\b(name|birthday|age|job|phone|car)'s\b", r"\1 is"),
        (r"\bgonna\b", "going to"),
        (r"\bwanna\b", "want to"),
        (r"\b(have|has) got\b(?! to\b)", r"\1"),
    )
)
_SUBJECT = re.compile(
    rf"^(?:(?P<i>I|we|both of us|the two of us)(?:\s+both)?"
    rf"|(?:my|our)\s+(?:{_ADJECTIVE}\s+)*(?P<rel>{REL})(?P<plural>s)?(?P<relname>'s name)?(?:,?\s+(?P<name>{NAME}))?,?(?:(?<=s)'|'s)?(?:\s+(?P<relthing>favou?rite\s+\w+|{THING}))?(?P<andi>\s+and\s+I)?"
    rf"|(?:my|our)\s+(?:(?:new|current|own|full|all-time|absolute)\s+)*(?P<thing>favou?rite\s+\w+(?:\s+(?!is\b|are\b|has\b|was\b|were\b|used\b)\w+)?|{THING})"
    rf"|(?P<pronoun>he|she|they|it)"
    rf"|(?P<other>{NAME})(?:'s\s+(?P<otherthing>{THING})|,\s+my\s+(?P<otherrel>{REL}),)?)\s+"
    r"(?P<rest>(?:is|am|are|was|were|has|have|had|do|does|did|can|will|would|used|no longer|never|[a-z]+)\b.*)$",
    re.IGNORECASE,
)
_ADVERBS = re.compile(
    r"^(?:(?:really|absolutely|also|just|still|now|currently|actually|always|usually|recently|both|totally|truly|finally|officially"
    r"|mostly|especially|only|definitely|generally|quite|simply|normally|typically|often|mainly|all|already|originally|already"
    r"|temporarily|permanently|happily|probably|soon|even|ever|once|kind of|sort of|so|very|pretty|extremely|desperately|secretly)\s+)+",
    re.IGNORECASE,
)
_ANY_MORE = re.compile(
    r",?\s+(?:any\s?more|any longer)(?=$|\s*[,;:(]|\s+(?:because|since|as|so|and|but)\b)", re.IGNORECASE
)
_THIRD = re.compile(r"^([a-z]+?)(?:(?<=[sxzo])es|(?<=ch)es|(?<=sh)es|(?<=i)es|s)$")
_IRREGULAR = {
    "is": "be",
    "am": "be",
    "are": "be",
    "has": "have",
    "does": "do",
    "goes": "go",
    "was": "was",
    "were": "was",
}
_LASTING = re.compile(rf"been (?:an? .*\b(?:for|since)\b|(?:an? )?(?:strictly )?(?:{DIETS})\b)", re.IGNORECASE)
"""What has been so for a time still is."""
_BASE_S = frozenset("pass miss discuss dress focus address process guess cross kiss press possess".split())


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a clause is about. `key` is "user", the name of somebody, or what they are to the user ("sister")."""

    key: str
    relation: str = ""
    name: str = ""
    thing: str = ""
    """What of theirs: `birthday`, `favourite colour`; empty where it is about them."""
    word: str = ""
    """What the user calls them: `wife`, where the relation is `partner`."""
    certain: bool = True
    """Whether somebody said who that is: a bare capitalised word may be anything."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause taken apart."""

    text: str
    """The clause without its lead ("by the way, ..."), contractions resolved."""
    subject: Subject | None
    predicate: str
    """What is said of the subject, verb first, in its base form where it is present tense."""
    negated: bool = False
    ended: bool = False
    """Whether it says that something is no longer so."""
    lead: str = ""


ME = Subject("user")


def plain(text: str) -> str:
    """`text` with straight apostrophes, contractions written out, single spaces."""
    text = text.replace("’", "'").replace("‘", "'")
    for pattern, full in _CONTRACTIONS:
        text = pattern.sub(full, text)
    return " ".join(text.split())


def read(clause: str, *, shared_with: Subject | None = None, last: Subject | None = None) -> Reading:
    """Take a clause apart. `shared_with` is its subject where it names none, `last` the person spoken of before."""
    text = plain(clause)
    if shared_with is not None:
        return _reading(text, shared_with, text, "")
    lead = _LEAD.match(text)
    body = text[lead.end() :] if lead else text
    match = _SUBJECT.match(body)
    if match is None:
        return Reading(body, None, "", lead=lead[0] if lead else "")
    return _reading(body, _subject(match, last), match["rest"], lead[0] if lead else "")


def _subject(match: re.Match[str], last: Subject | None) -> Subject | None:
    if match["i"]:
        return ME
    if match["andi"]:
        return ME
    if match["rel"]:
        name = match["name"] or ""
        relation = relation_of(match["rel"])
        if match["plural"]:
            return None
        key = name if name and could_be_name(name) else relation
        return Subject(
            key, relation, name if key == name else "", "name" if match["relname"] else match["relthing"] or ""
        )
    if match["thing"]:
        return Subject("user", thing=match["thing"].lower())
    if match["pronoun"]:
        return last if last is not None and match["pronoun"].lower() != "it" else None
    if not all(could_be_name(word) for word in match["other"].split()):
        return None
    relation = relation_of(match["otherrel"]) if match["otherrel"] else ""
    thing = (match["otherthing"] or "").lower()
    return Subject(match["other"], relation, match["other"], thing, relation, certain=bool(relation))


def _reading(text: str, subject: Subject | None, rest: str, lead: str) -> Reading:
    rest, ended = _ANY_MORE.subn("", _ADVERBS.sub("", rest))
    rest = _ENDED_BE.sub(r"no longer \g<be> ", _NOT_ANY_MORE.sub(r"\g<be> no longer ", rest) if ended else rest)
    negated = False
    for pattern, is_ended, is_negated in _POLARITY:
        if match := pattern.match(rest):
            rest, ended, negated = rest[match.end() :], bool(ended) or is_ended, negated or is_negated
            rest = _ADVERBS.sub("", rest)
    rest = _base(rest)
    return Reading(text, subject, rest, negated, bool(ended), lead)


_NOT_ANY_MORE = re.compile(r"^(?P<be>am|is|are) not\s+(?:really\s+)?", re.IGNORECASE)
_ENDED_BE = re.compile(
    r"^(?P<be>am|is|are) no longer\s+(?!(?:interested|into|going|planning|looking|keen|fond|afraid|scared)\b)",
    re.IGNORECASE,
)
"""What is left of a state; what is left of a wish has patterns of its own."""

_POLARITY: tuple[tuple[re.Pattern[str], bool, bool], ...] = (
    (re.compile(r"^no longer\s+", re.IGNORECASE), True, True),
    (re.compile(r"^used to (?!the\b|it\b|my\b)", re.IGNORECASE), True, False),
    (re.compile(r"^(?:do|does) not\s+", re.IGNORECASE), False, True),
    (
        re.compile(
            r"^(?:can|will|must|should) not\s+(?!stand|wait|believe|help|remember|bear)|^never\s+", re.IGNORECASE
        ),
        False,
        True,
    ),
)


def _base(rest: str) -> str:
    """The predicate with its first verb in the base form; `be not ...` for a negated *be*."""
    first, _, tail = rest.partition(" ")
    word = first.lower()
    if word in _IRREGULAR:
        word = _IRREGULAR[word]
    elif word.endswith("s") and word not in _BASE_S and (match := _THIRD.match(word)):
        word = _unsuffixed(word, match)
    tail = _ADVERBS.sub("", tail) if word in ("be", "have", "was") else tail
    if word == "have" and _LASTING.match(tail):
        word, tail = "be", tail.removeprefix("been ")
    if word == "have" and re.match(r"been (?:living|working|studying|learning|playing|training|dating)\b", tail):
        word, tail = "be", tail.removeprefix("been ")
    return f"{word} {tail}".strip()


def _unsuffixed(word: str, match: re.Match[str]) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:[sxz]|ch|sh|o)es$", word) and word not in (
        "loses",
        "uses",
        "chooses",
        "closes",
        "raises",
        "practises",
        "teases",
    ):
        return word[:-2]
    return word[:-1]
