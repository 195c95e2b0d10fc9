"""What a question asks about the user: which slot, of whom."""

import re
from dataclasses import dataclass

from memory.extraction.slots import RELATIONS, favourite_slot, relation_slot

MAX_QUESTION_CHARS = 600
"""Of a longer text the end is what is asked."""

_REL = "|".join(sorted(map(re.escape, RELATIONS), key=len, reverse=True))
_ASKS = re.compile(
    r"^\W*(?:(?:so|and|but|ok|okay|hey|hi|well|reverie|please|now|oh|by the way|btw|then)[,:]?\s+)*"
    r"(?:what|who|whom|whose|where|when|why|how|which|do|does|did|is|are|am|was|were|can|could|would|will|shall|should|have|has"
    r"|had|may|might|(?:is|are|do|did|does|was|were|have|has|can|could|would|should)n['’]?t|(?:what|who|where|when|how)['’]?s|remind me"
    r"|tell me|do you (?:know|remember|recall)|can you (?:tell|remind))\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"^\W*(?:(?:so|and|ok|okay|please|now)[,:]?\s+)*"
    r"(?:remind me|tell me)\s+(?:what|who|whom|whose|where|when|why|how|which|about|the name|my|if|whether)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class QuestionSlot:
    """The attribute a question asks for. `subject` is "user", or the person it names."""

    slot: str
    subject: str = "user"
    past: bool = False


def is_question(text: str) -> bool:
    """Whether a message asks rather than tells."""
    stripped = text.strip()
    if not stripped:
        return False
    if stripped.endswith(("?", "？", "؟")):
        return True
    first = re.split(r"(?<=[.!])\s", stripped[:MAX_QUESTION_CHARS], maxsplit=1)[0]
    if _ORDERS.match(stripped):
        return True
    return bool(_ASKS.match(first)) and not re.match(r"\W*(?:tell me|remind me)\b", first, re.I) and _inverted(first)


def _inverted(text: str) -> bool:
    """Question word order without the mark: "what is my job" but not "what a day" or "when I was young, ..."."""
    return bool(
        re.match(
            r"\W*(?:\w+[,:]?\s+){0,2}?(?:(?:what|who|whom|whose|where|when|why|how|which)(?:['’]s)?\b.*?\b(?:am|is|are|was|were|do|does|did"
            r"|have|has|can|could|should|will|would)(?:n['’]?t)?\b\s*(?:i|my|you|we|our|the|it|he|she|they|\w+)|(?:what|who|where|when|how)['’]?s\b"
            r"|(?:do|does|did|is|are|am|was|were|can|could|should|will|would|have|has)(?:n['’]?t)?\s+(?:i|my|you|we|our|the|it|he|she|they)\b)",
            text,
            re.IGNORECASE,
        )
    ) and not re.match(r"\W*(?:when|how|what|why)\s+(?:i|we|my|a|an)\b", text, re.I)


_SLOTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), slot)
    for pattern, slot in (
        (r"\bwhere\b.*\b(?:was i|were we|am i|i was)\b.*\bborn\b|\bmy (?:birthplace|place of birth)\b", "birthplace"),
        (
            r"\bwhere\b.*\bi\b.*\bgr[eo]w up\b|\bwhere\b.*\bi\b.*\b(?:come|originally|am|are)?\s*from\b|\bmy hometown\b",
            "origin",
        ),
        (
            r"\bwhere\b.*\b(?:i|we)\b.*\b(?:live|living|based|reside|stay(?:ing)? these days)\b|\b(?:which|what) (?:city|town|country|place)\b.*\b(?:i|we)\b.*\b(?:live|living|based|reside|call home)\b|\b(?:my|our) home ?(?:town|city)?\b.*\b(?:where|which|what)\b|\b(?:what|which|where)\b.*\bmy (?:home|home city|city|place of residence)\b",
            "home_city",
        ),
        (
            r"\b(?:who|whom|where|which company|what company|which firm)\b.*\bi\b.*\b(?:work(?:ing)?|employed)\b|\b(?:my|the) (?:employer|company|workplace)\b|\bwho (?:employs me|pays my salary)\b",
            "employer",
        ),
        (
            r"\bwhat\b.*\bi\b.*\b(?:do for (?:a living|work|a job)|work as)\b|\b(?:my|what) (?:job|profession|occupation|line of work)\b|\bmy (?:current )?(?:position|role|job title|title)\b(?: at\b|\W*$)|\bwhat (?:kind of work|do i do)\b",
            "job",
        ),
        (r"\bwhat(?:['’]s| is)? (?:my|am i) (?:name|called)\b|\bwho am i\b|\bmy (?:own )?name\b", "name"),
        (
            r"\b(?:when|what (?:day|date))\b.*\b(?:my birthday|i (?:was )?born|was i born)\b|\bmy (?:birthday|date of birth|birth date)\b",
            "birthday",
        ),
        (r"\bhow old (?:am i|i am|are we)\b|\bmy age\b", "age"),
        (
            r"\b(?:what|which)\b.*\b(?:phone|smartphone|mobile)\b.*\b(?:i|my|me)\b|\bmy (?:phone|smartphone|mobile)\b(?! number)",
            "phone_model",
        ),
        (r"\b(?:what|which)\b.*\bcar\b.*\b(?:i|we)\b|\b(?:what|which)\b.*\b(?:i|we) drive\b|\bmy car\b", "car"),
        (
            r"\b(?:am|are) (?:i|we) (?:still |already )?(?:single|married|engaged|divorced|widowed|dating)\b|\bdo i (?:still )?have an? (?:girl|boy)friend\b|\bmy (?:marital|relationship) status\b",
            "relationship_status",
        ),
        (r"\b(?:what|how much)\b.*\b(?:my|our) rent\b|\b(?:my|our) rent\b", "rent"),
        (r"\b(?:how long|what)\b.*\b(?:my|our) commute\b|\bhow long do i commute\b", "commute"),
        (r"\bwhat\b.*\b(?:my|our) e-?mail\b|\bmy e-?mail address\b", "email"),
        (r"\bwhat(?:['’]s| is)?\b.*\bshoe size\b|\bmy shoe size\b", "shoe_size"),
        (r"\bwhat (?:do|did) i (?:study|major in)\b|\bmy (?:major|field of study|degree)\b", "field_of_study"),
        (r"\b(?:what|which) diet\b.*\b(?:i|we)\b", "diet"),
        (r"\b(?:my|i)\b.*\ballerg|\ballerg\w*\b.*\b(?:i|my|me)\b", "allergy"),
        (r"\b(?:my|i)\b.*\b(?:diet|vegetarian|vegan)\b|\b(?:diet)\b.*\b(?:i|my)\b", "diet"),
    )
)
_RELATION_NAME = re.compile(
    rf"\b(?:what(?:['’]s| is| was)?|who(?:['’]s| is| was)?|name|called)\b.*\bmy (?P<rel>{_REL})\b(?:['’]s)?\s*(?P<tail>.*)$",
    re.IGNORECASE,
)
_FAVOURITE = re.compile(
    r"\bmy (?:all-time |absolute )?favou?rite (?P<thing>[a-z]+(?: [a-z]+)?)\b|\b(?:what|which) (?P<thing2>[a-z]+) (?:do|is) i? ?(?:like|love|my favou?rite)(?: (?:most|best))?\b",
    re.IGNORECASE,
)
_OF_OTHERS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b{question}\b.*?\b(?P<who>my (?:{_REL})|[A-Z][\w'’-]+)\b.*\b(?:{verb})\b"), slot)
    for question, verb, slot in (
        (
            r"(?:[Ww]here|[Ww]hich city|[Ww]hat city|[Ww]hich town|[Ww]hat town|[Ww]hich country)(?:['’]s)?",
            "live|lives|living|based|reside",
            "home_city",
        ),
        (r"(?:[Ww]here|[Ww]ho|[Ww]hich company|[Ww]hat company)(?:['’]s)?", "work|works|working|employed", "employer"),
        (r"[Ww]hat", "do for a living|do for work|work as|job|profession", "job"),
        (r"[Ww]hat", "allergic|allergy|allergies", "allergy"),
        (r"[Hh]ow old", "is|are", "age"),
    )
)


_FOOD_FOR = re.compile(
    rf"\b(?:cook|serve|bake|feed|make|eat|have|order|avoid|bring|give)\b.*?\b(?:for |to )?(?P<who>my (?:{_REL})|[A-Z][\w'’-]+|me|I)\b(?=\W*(?:eat|have|avoid|not)?\W*$)"
    rf"|\b(?:cook|bake|make|prepare)\w*\b(?: \w+){{0,3}}? for (?P<who3>my (?:{_REL})|[A-Z][\w'’-]+|me|myself)\b"
    rf"|\b(?:can|should|may|could|must)(?:n['’]t| not)?\s+(?P<who2>my (?:{_REL})|[A-Z][\w'’-]+|I)\s+(?:not\s+)?(?:eat|avoid)\b"
)


def question_slot(text: str) -> QuestionSlot | None:
    """The slot that a question asks for, where it is one that statements are known to fill."""
    question = " ".join(text[-MAX_QUESTION_CHARS:].split())
    past = bool(
        re.search(
            r"\b(?:used to|before|previously|formerly|in (?:19|20)\d\d|did i (?:live|work)|back then)\b", question, re.I
        )
    )
    if match := _FAVOURITE.search(question):
        return QuestionSlot(favourite_slot((match["thing"] or match["thing2"]).strip()))
    for pattern, slot in _OF_OTHERS:
        if (match := pattern.search(question)) and match["who"] not in ("I", "What", "Which", "Where"):
            return QuestionSlot(slot, match["who"].removeprefix("my ").removesuffix("'s"), past)
    if (match := _RELATION_NAME.search(question)) and re.fullmatch(
        r"\W*(?:called|named|name|['’]s name)?\W*(?:again|by the way|please)?\W*", match["tail"], re.I
    ):
        return QuestionSlot(relation_slot(match["rel"]))
    if match := _FOOD_FOR.search(question):
        who = match["who"] or match["who2"] or match["who3"]
        return QuestionSlot("allergy", "user" if who in ("I", "me", "myself") else who.removeprefix("my "), past)
    return next((QuestionSlot(slot, "user", past) for pattern, slot in _SLOTS if pattern.search(question)), None)
