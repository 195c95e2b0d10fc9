"""Whom a question and a sentence are about: names, relations, and which name belongs to which relation."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.recollect_words import is_everyday, stem, support
from memory.extraction.lexicon import JOBS
from memory.extraction.slots import GROUPS, RELATIONS

_KIN = RELATIONS | {
    **dict.fromkeys(("boy", "lad"), "son"),
    **dict.fromkeys(("girl", "lass"), "daughter"),
    **dict.fromkeys(("kid", "children"), "child"),
    "grandkid": "grandchild",
    "bride": "partner",
}
_GROUPS = GROUPS | {"child": ("son", "daughter", "baby", "kid"), "grandchild": ("grandson", "granddaughter")}
KIN_PATTERN = "|".join(sorted(map(re.escape, _KIN), key=len, reverse=True))
_ANY_KIN = re.compile(rf"\b(?:{KIN_PATTERN})s?\b", re.IGNORECASE)
_MY_KIN = re.compile(rf"\b(?:my|our)\s+(?:[\w-]+\s+){{0,2}}?(?P<kin>{KIN_PATTERN})s?\b", re.IGNORECASE)

_NAMED = re.compile(
    rf"\b(?P<kin>(?i:{KIN_PATTERN}))s?\b(?:,|:| is| are| was| were)?(?: both)?(?: called| named)?:? "
    r"(?P<names>[A-ZÀ-Þ]\w+(?:(?:, and |, | and )(?:little |big )?[A-ZÀ-Þ]\w+)*)"
)
_IS_MY = re.compile(rf"\b(?P<names>[A-ZÀ-Þ]\w+)(?:,| is| was) my (?:\w+ )?(?P<kin>{KIN_PATTERN})\b")
_PARTNER = re.compile(
    r"\b(?:[Mm]e|I) and (?P<names>[A-ZÀ-Þ]\w+)\b.{0,40}\b(?:married|engaged|together|dating|our (?:wedding|honeymoon))\b"
    r"|\b(?:married|married to|engaged to|dating|divorced(?: from)?) (?P<other>[A-ZÀ-Þ]\w+)\b"
)
_CAPITALISED = re.compile(r"[A-ZÀ-Þ]\w+")

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[,;!?]|\.(?=\s|$)")
_CALENDAR = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday thursday"
    " friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays christmas easter".split()
)
_BEFORE_PLACES = frozenset("in at from to near on for off of into outside around by".split())
_TITLES = frozenset("Mrs Mr Dr Ms Prof St".split())
_NO_NAME = frozenset(
    "and is was has had have in on at for to who when with of i that because are were will would the a an my our his her"
    " did does do can be been not never always just still also he she it they we but or if so as from by says".split()
)
_SAYS_NAME = frozenset("called named name names call calls".split())
_APPOSED = frozenset("is was , my our the a an new old best dear good".split())


def kin_of(word: str) -> str:
    """The one word for a relation: `mums` as `mother`, `boy` as `son`; another word as itself."""
    plain = word.lower()
    return _KIN.get(plain) or _KIN.get(plain.removesuffix("s"), plain)


def is_kin(word: str) -> bool:
    """Whether a word names a relation or a pet."""
    return kin_of(word) in _ALL_KIN


_ALL_KIN = frozenset(_KIN.values())


def related(kin: Iterable[str]) -> frozenset[str]:
    """Relations with the words for their groups, and with the members of a group: a dog is a pet, a child may be a son."""
    given = set(kin)
    groups = {group for group, members in _GROUPS.items() if given & set(members)}
    return frozenset(given | groups | {member for group in given & _GROUPS.keys() for member in _GROUPS[group]})


def kin_in(text: str) -> frozenset[str]:
    """The relations that a text speaks of, with those that they are related to."""
    return related(kin_of(match[0]) for match in _ANY_KIN.finditer(text))


def own_kin(text: str) -> tuple[str, ...]:
    """The relations that a text calls *my* or *our*."""
    return tuple(kin_of(match["kin"]) for match in _MY_KIN.finditer(text))


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Which names go with which relation, as far as somebody said so."""

    names: dict[str, frozenset[str]]

    def speaks_of(self, sentence: str, person: str) -> bool:
        """Whether a sentence speaks of a person, by name or by what they are to the user."""
        low, kin = sentence.lower(), kin_in(sentence)
        if person.lower() in low or person in kin:
            return True
        if any(name in low for relation in related({person}) for name in self.names.get(relation, ())):
            return True
        return any(person.lower() in names and relation in kin for relation, names in self.names.items())

    def known_as(self, person: str) -> tuple[str, ...]:
        """All that a person is called."""
        also = (name for relation in related({kin_of(person)}) for name in self.names.get(relation, ()))
        return (person, *also)


def acquainted(texts: Iterable[str]) -> Acquaintance:
    """What "my sister Hanne" and "the boys are called Lukas and Emil" tell of who is who."""
    names: dict[str, set[str]] = {}
    for text in texts:
        for match in (*_NAMED.finditer(text), *_IS_MY.finditer(text)):
            said = {name.lower() for name in _CAPITALISED.findall(match["names"])} - _CALENDAR
            names.setdefault(kin_of(match["kin"]), set()).update(said)
        for match in _PARTNER.finditer(text):
            names.setdefault("partner", set()).add((match["names"] or match["other"]).lower())
    return Acquaintance({relation: frozenset(said) for relation, said in names.items()})


# -- names


def names_somebody(sentence: str, besides: tuple[str, ...] = ()) -> bool:
    """Whether there is a name in a sentence, beside those given. Small letters throughout tell nothing: then yes."""
    tokens = _TOKEN.findall(sentence)
    return sentence == sentence.lower() or any(
        _is_name(tokens, at) and token not in besides for at, token in enumerate(tokens)
    )


def gives_name(sentence: str, thing: str) -> bool:
    """Whether a sentence says what `thing` is called: "my sister Ana", "Ana is my sister", "a kitten named Tinta"."""
    tokens = _TOKEN.findall(sentence)
    places = [at for at, token in enumerate(tokens) if _stands_for(token, thing)]
    if any(re.search(r"\b(?:called|named) (?:him|her|it|them)\b", sentence, re.IGNORECASE) for _ in places):
        return True
    small = sentence == sentence.lower()
    return any(_named_after(tokens, at) or _apposed(tokens, at) or (small and _small(tokens, at)) for at in places)


def _stands_for(word: str, thing: str) -> bool:
    word = re.sub(r"['’]s$", "", word)
    if stem(word) == stem(thing) or kin_of(word) == kin_of(thing):
        return True
    if is_kin(thing) and is_kin(word):
        return kin_of(word) in related({kin_of(thing)})
    if thing in JOBS and not is_kin(thing):
        return False  # a surgeon is a doctor, but the name of one is not that of the other
    return support(thing, frozenset([stem(word)])) >= 0.9


def _is_name(tokens: list[str], at: int) -> bool:
    token = tokens[at]
    if at == 0 or not token[0].isupper() or re.match(r"I(?:$|['’])", token) or _calls_no_one(token):
        return False
    first = at
    while first > 1 and tokens[first - 1][0].isupper():
        first -= 1  # "from Montego Bay" is one name, of a place
    return tokens[first - 1].lower() not in _BEFORE_PLACES and tokens[at - 1] not in (".", "!", "?")


def _calls_no_one(token: str) -> bool:
    """A word that has a capital for another reason: a month, or Mum."""
    return token.lower() in _CALENDAR or is_kin(re.sub(r"['’]s$", "", token))


def _named_after(tokens: list[str], at: int) -> bool:
    if any(token.lower() in _SAYS_NAME for token in tokens[at + 1 : at + 9]):
        return True
    for place in range(at + 1, min(at + 6, len(tokens))):
        if tokens[place] in ".;!?":
            if tokens[place - 1] in _TITLES:
                continue
            return False
        if _is_name(tokens, place) or (tokens[place - 1] == "." and tokens[place - 2] in _TITLES):
            return True
    return False


def _apposed(tokens: list[str], at: int) -> bool:
    """ "Ana, my sister" and "Ana is my sister"."""
    for place in range(max(0, at - 4), at - 1):
        token = tokens[place]
        if not token[0].isupper() or token.lower() in _NO_NAME or re.match(r"I(?:$|['’])", token):
            continue
        if all(between.lower() in _APPOSED for between in tokens[place + 1 : at]):
            return True
    return False


def _small(tokens: list[str], at: int) -> bool:
    """A word after the relation that is no everyday word, where nothing has a capital: "my daughter alison"."""
    word = tokens[at + 1] if at + 1 < len(tokens) else ""
    if len(word) < 3 or not word.isalpha() or word in _NO_NAME or is_everyday(word):
        return False
    return not word.endswith(("ed", "ing", "s"))
