"""What a question asks, told from its words alone: about whom, which sort of thing, when, and by which terms to search.

No model is asked, and nothing here costs a millisecond: it runs on the way of every turn.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from memory.extraction.dates import When
from memory.fulltext import words_of
from memory.ranking.timing import Anchor, named_time

MOST_TERMS = 24
"""A pasted page is not a question; its first words decide."""


class Sort(StrEnum):
    """What an answer has to have in it."""

    ANY = ""
    TIME = "time"
    COUNT = "count"
    PLACE = "place"
    PERSON = "person"


_QUESTION = re.compile(
    r"\?\s*$|^\W*(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b",
    re.I,
)
_TIME = re.compile(
    r"\bwhen\b|\bwhat (?:date|day|month|year|time)\b|\bwhich (?:date|day|month|year)\b|\bhow (?:long|often|many (?:days|weeks|months|years|hours))\b|\bdeadline\b",
    re.I,
)
_COUNT = re.compile(r"\bhow (?:many|much)\b|\bwhat (?:number|percentage|amount|percent)\b|\baverage\b|\btotal\b", re.I)
_PLACE = re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|state|place|town|area|location)s?\b", re.I)
_PERSON = re.compile(r"\bwho(?:m|se)?\b", re.I)
_OWN = re.compile(r"\b(?:i|me|my|mine|myself|i['’]m|i['’]ve|we|our|us)\b", re.I)
_YOURS = re.compile(r"\b(?:you|your|yours)\b", re.I)
_YOU_SAID = re.compile(
    r"\b(?:did|had|have|were|was) you\b|\byou (?:said|told|gave|suggest\w*|recommend\w*|mention\w*|propos\w*|advis\w*|explain\w*)\b|\byour (?:advice|suggest\w*|recommend\w*|answer|explanation)\b",
    re.I,
)
_REQUEST = re.compile(
    r"^\W*+(?:so|ok|okay|hey|hi|please)?\W*+(?:(?:can|could|would|will) you\b(?! (?:tell|remind|recall|remember|list|summar|walk me through the order))"
    r"|help me|show me|explain|write|suggest|recommend|what(?:['’]s| is| are)? (?:the best|some|a good)|how (?:do|can|should|would) (?:i|we)\b|how to\b|should i\b)"
    r"|\bwhat should\b|\bwhat (?:\w+ ){0,4}(?:(?:would|should|can) (?:you|i)|do you)\b|\b(?:suggest|recommend|advise)\b",
    re.I,
)
_BROAD = re.compile(
    r"\bsummar\w*|\boverview\b|\b(?:in|the) order (?:in which|of|that)|\bin order\b|\bthroughout\b|\bacross (?:our|my|all)\b"
    r"|\bhow (?:has|have|did) .*\b(?:progress|develop|evolve|change)\w*",
    re.I,
)
_PAST = re.compile(
    r"\b(?:used to|before|previous\w*|former\w*|original\w*|first|initial\w*|earlier|back then|at the time)\b", re.I
)
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w'’-]+")
_POSSESSIVE = re.compile(r"['’]s?$")

# Verbs that stemming does not bring together: a question asks "what did she buy", the answer says "bought".
_IRREGULAR = """be am is are was were been|begin began begun|break broke broken|bring brought|build built|buy bought
|catch caught|choose chose chosen|come came|cut|do did done|draw drew drawn|drink drank drunk|drive drove driven
|eat ate eaten|fall fell fallen|feel felt|fight fought|find found|fly flew flown|forget forgot forgotten
|get got gotten|give gave given|go went gone|grow grew grown|have had has|hear heard|hide hid hidden|hold held|keep kept
|know knew known|lead led|learn learnt|leave left|lend lent|lose lost|make made|mean meant|meet met|pay paid
|read|ride rode ridden|rise rose risen|run ran|say said|see saw seen|sell sold|send sent|shoot shot|show showed shown
|sing sang sung|sit sat|sleep slept|speak spoke spoken|spend spent|stand stood|steal stole stolen|swim swam swum
|take took taken|teach taught|tell told|think thought|throw threw thrown|understand understood|wake woke woken
|wear wore worn|win won|write wrote written|child kids kid children|mom mother mum|dad father|photo picture pic
|movie film|tv television|bike bicycle|vacation holiday trip|job work""".replace("\n", "").split("|")
_FORMS: dict[str, tuple[str, ...]] = {
    word: tuple(forms) for forms in map(str.split, _IRREGULAR) for word in forms if len(forms) > 1
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, understood as far as its words go."""

    text: str
    """As it was asked, without the words for an anchor that was looked up."""
    terms: tuple[tuple[str, ...], ...]
    """What to search for: each term with the other forms that count as it."""
    authors: frozenset[str]
    """Those who speak in this home that the question names, as their messages name them."""
    others: frozenset[str]
    """Other names in it, in lower case."""
    question: bool
    """It is a question, not a few words to search for or a statement."""
    own: bool
    """It asks of the user ("my", "I")."""
    yours: bool
    """It asks for what the assistant said."""
    request: bool
    """It wants something done, not something remembered: standing wishes bear on it."""
    broad: bool
    """It wants a summary or an order of events: many messages bear on it."""
    past: bool
    """It asks for what was, not for what is."""
    sort: Sort
    when: When | None
    """The time that it names."""
    anchor: Anchor | None = None
    """What happened at the time that it names, until `memory.ranking.anchors` has looked up when that was."""

    @classmethod
    def of_terms(cls, text: str, terms: tuple[tuple[str, ...], ...]) -> "Asked":
        """Nothing but terms to search for."""
        nobody: frozenset[str] = frozenset()
        return cls(
            text, terms, nobody, nobody, question=False, own=False, yours=False, request=False, broad=False, past=False,
            sort=Sort.ANY, when=None,
        )  # fmt: skip


def understand(query: str, authors: Collection[str], now: datetime, zone: str = "UTC") -> Asked:
    """What `query` asks, where `authors` are the names that messages are from."""
    named, rest = _who(query, authors)
    time = named_time(query, now, zone)
    anchor = time if isinstance(time, Anchor) else None
    sort = _sort(query.replace(f"{anchor.led_by} {anchor.clause}", "") if anchor else query)
    if sort is Sort.TIME:  # then the time is what is wanted: "How long after I moved ...?"
        anchor = None
    return Asked(
        text=query,
        terms=terms_of(query, rest),
        authors=named,
        others=frozenset(_bare(m[0].lower()) for m in _NAME.finditer(query)) - rest - {"i"},
        question=bool(_QUESTION.search(query)),
        own=bool(_OWN.search(query)),
        yours=bool(_YOU_SAID.search(query)) and bool(_YOURS.search(query)),
        request=bool(_REQUEST.search(query)),
        broad=bool(_BROAD.search(query)),
        past=bool(_PAST.search(query)),
        sort=sort,
        when=time if isinstance(time, When) else None,
        anchor=anchor,
    )


def terms_of(text: str, leave_out: Collection[str] = ()) -> tuple[tuple[str, ...], ...]:
    """The words to search for, each with its forms."""
    words = [w for w in map(_bare, words_of(text)) if w not in leave_out]
    return tuple(_FORMS.get(word, (word,)) for word in dict.fromkeys(words))[:MOST_TERMS]


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word)


def _who(query: str, authors: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The authors that a question names, and the words that name them. A short form counts: Mel is Melanie."""
    said = {
        _bare(m[0].lower()) for m in re.finditer(r"[^\W\d_][\w'’-]+", query) if m[0][0].isupper() or not m[0].isascii()
    }
    found, words = set(), set()
    for author in authors:
        for part in author.lower().split():
            for word in said:
                if word == part or (len(word) >= 3 and len(part) > len(word) and part.startswith(word)):
                    found.add(author)
                    words.add(word)
    return frozenset(found), frozenset(words)


def _sort(query: str) -> Sort:
    order: Sequence[tuple[re.Pattern[str], Sort]] = (
        (_TIME, Sort.TIME), (_COUNT, Sort.COUNT), (_PLACE, Sort.PLACE), (_PERSON, Sort.PERSON),
    )  # fmt: skip
    return next((sort for pattern, sort in order if pattern.search(query)), Sort.ANY)
