"""What a text is like, whatever is asked: whether it names a time, a number, a place, a person, states a wish, asks.

Messages are never rewritten, so this is told once for each and remembered.
"""

import math
import re
from dataclasses import dataclass

READ_CHARS = 1_500
"""What is looked at: of a page, its beginning says what it is like."""

_TIME = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|ago|(?:last|next|this|past|coming) (?:night|week\w*|month|year|spring|summer|autumn|fall|winter"
    r"|mon\w*|tues\w*|wednes\w*|thurs\w*|fri\w*|satur\w*|sun\w*)|(?:january|february|march|april|june|july|august"
    r"|september|october|november|december)\b|may \d|(?:19|20)\d\d|\d+ (?:day|week|month|year|hour)s?"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|weekend|since|just)\b",
    re.I,
)
_COUNT = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|hundred|thousand|once|twice|several)\b", re.I
)
_PLACE = re.compile(r"\b(?:in|at|to|from|near|around|visit\w*) (?:the )?[A-Z][\w'’-]+")
_PERSON = re.compile(
    r"(?<![.!?:]\s)(?<!^)\b(?!I\b|I['’])[A-Z][a-z][\w'’-]+|\b(?:mom|mother|dad|father|sister|brother|wife|husband|son|daughter|friends?|boss|colleague|partner|aunt|uncle|grand\w+|kids?|family)\b"
)
_WISH = re.compile(
    r"\balways\b[^.?!]{0,90}\b(?:when(?:ever)?|if|for|before|in|with)\b|\bI(?:['’]d| would)? (?:really |generally |usually )?prefer\b|\bprefer (?:to|not|using)\b|\bnever\b[^.?!]{0,60}\bunless\b"
    r"|\bI (?:like|want|need) (?:you|answers|explanations|responses)\b|\bfrom now on\b|\bwhenever I ask\b|\bplease (?:always|never)\b"
    r"|\ballerg\w+|\bintoleran\w+|\b(?:vegetarian|vegan|pescatarian|halal|kosher|coeliac|diabetic)\b|\bI (?:don['’]t|do not|can['’]t|cannot|never) (?:eat|drink|stand|tolerate|take)\b|\bI (?:hate|avoid)\b",
    re.I,
)
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？\n]*")


@dataclass(frozen=True, slots=True)
class Traits:
    """Of one text, each in 0..1 except `length`."""

    length: float
    """Natural logarithm of its words."""
    asks: float
    """The share of its sentences that are questions."""
    time: float
    count: float
    place: float
    person: float
    wish: float
    """It says how things are to be done, or what is not to be done, from now on."""


def traits(text: str) -> Traits:
    """What `text` is like."""
    read = text[:READ_CHARS]
    sentences = [s for s in _SENTENCE.findall(read) if s.strip()]
    words = len(text.split())
    return Traits(
        length=math.log(1 + words),
        asks=sum(s.rstrip().endswith(("?", "？")) for s in sentences) / max(1, len(sentences)),
        time=float(bool(_TIME.search(read))),
        count=float(bool(_COUNT.search(read))),
        place=float(bool(_PLACE.search(read))),
        person=float(bool(_PERSON.search(read))),
        wish=float(bool(_WISH.search(read))),
    )
