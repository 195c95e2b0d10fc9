"""A question taken apart: whom it is about, what sort of thing an answer must have in it, and the words that tell."""

import re
from dataclasses import dataclass

from assistant.recollect_people import Acquaintance, gives_name, names_somebody, own_kin
from assistant.recollect_sorts import FITS, PERSON, SORTS, SPOKEN_FOR
from memory.extraction import QuestionSlot, question_slot
from memory.extraction.questions import MAX_QUESTION_CHARS
from memory.fulltext import STOP_WORDS, words_of

_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-ZÀ-Þ][a-zà-ÿ]+(?:-[A-Z][a-z]+)?\b")
_NOT_NAMES = frozenset(
    f"I {' '.join(day + 'day ' + day + 'days' for day in 'Mon Tues Wednes Thurs Fri Satur Sun'.split())} January February"
    " March April May June July August September October November December Christmas Easter".split()
)
_EMPTY = frozenset(
    "name names called call title kind sort type thing things do does did go get got have has which tell know whats whos whens"
    " wheres am dont didnt cant im ive isnt wasnt doesnt younger elder older eldest youngest oldest little big days now"
    " currently moment actually again exactly ones one before after ever happen happened happens can't don't doesn't didn't isn't wasn't"
    " aren't haven't hasn't won't couldn't".split()
)
"""Words whose absence from a sentence means nothing."""
_FOCUS = (
    re.compile(
        r"\b(?:what|which)(?:['’]s| is| are| was| were)?\s+(?:kind of |type of |sort of |the )?(?P<w>[a-z]{3,})\b", re.I
    ),
    re.compile(r"\b(?:my|our|the|[A-Z]\w+['’]s)\s+(?:[a-z]+\s+)?(?P<w>[a-z]{3,})\W*$"),
    re.compile(
        r"\b(?:do|does|did|am|is|are|was|were|can|could|will|would|have|has|had|should)\s+(?:i|we|my \w+|our \w+|\w+(?: and i)?)"
        r"\s+(?P<w>[a-z]{3,})\b",
        re.I,
    ),
)
_PAST = re.compile(
    r"\b(?:was|were|did|had|used to|before|previous(?:ly)?|former(?:ly)?|earlier|ever|once|past|old|first|last|original(?:ly)?"
    r"|history|changed?)\b",
    re.IGNORECASE,
)
_OWN_NAME = re.compile(r"\b(?:my name is|i['’]?m (?:called )?(?-i:[A-ZÀ-Þ])|i am (?-i:[A-ZÀ-Þ])|im \w+)", re.IGNORECASE)
_SURNAME = re.compile(r"\b(?:surname|last name|family name|maiden name|née)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, taken apart once."""

    text: str
    words: tuple[str, ...]
    """Its telling words, without names and without those that the sort stands for."""
    names: tuple[str, ...]
    kin: tuple[str, ...]
    """Relations that it calls *my*."""
    slot: QuestionSlot | None
    sort: str
    """What an answer must have in it; empty where anything may do."""
    focus: str
    """The one of its words that it turns on: what is asked for, or done; empty where none tells."""

    @property
    def without_names(self) -> str:
        """The question about somebody, whoever that is."""
        text = self.text
        for name in self.names:
            text = re.sub(rf"\b{re.escape(name)}(?:['’]s)?\b", "", text)
        return " ".join(text.split())

    @property
    def of_the_past(self) -> bool:
        """Whether it asks for what was, so that what is no longer so may answer."""
        return bool(_PAST.search(self.text))

    def fits(self, sentence: str, known: Acquaintance) -> bool:
        """Whether a sentence has the sort of thing in it that the question asks for."""
        match self.sort:
            case "":
                return True
            case "name":
                return gives_name(sentence, self.words[-1]) if self.words else bool(_OWN_NAME.search(sentence))
            case "who":
                return bool(PERSON.search(sentence)) or names_somebody(sentence, self.names)
            case "surname":
                return bool(_SURNAME.search(sentence)) or self._full_name(sentence, known)
        return bool(FITS[self.sort].search(sentence))

    def _full_name(self, sentence: str, known: Acquaintance) -> bool:
        names = {name.capitalize() for person in (*self.names, *self.kin) for name in known.known_as(person)}
        return any(re.search(rf"\b{re.escape(name)}\s+[A-ZÀ-Þ]\w", sentence) for name in names)


def understand(text: str) -> Question:
    """Take a question apart."""
    text = text[-MAX_QUESTION_CHARS:]
    sort = next((name for name, asks, _ in SORTS if asks.search(text)), "")
    names = tuple(n for n in dict.fromkeys(_NAME.findall(text)) if n not in _NOT_NAMES)
    words = _telling(text, sort, names)
    return Question(text, words, names, own_kin(text), question_slot(text), sort, _focus(text, words))


def _telling(text: str, sort: str, names: tuple[str, ...]) -> tuple[str, ...]:
    rest = SPOKEN_FOR[sort].sub(" ", text) if sort in SPOKEN_FOR else text
    words = (word.removesuffix("'s") for word in words_of(rest))
    idle = _EMPTY | STOP_WORDS | {name.lower() for name in names}
    return tuple(word for word in words if word not in idle)


def _focus(text: str, words: tuple[str, ...]) -> str:
    found = (match["w"].lower() for pattern in _FOCUS if (match := pattern.search(text)))
    return next((word for word in found if word in words), "")
