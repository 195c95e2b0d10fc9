"""Which statement says that another is no longer so: "I no longer live in Lyon", "I don't eat meat any more"."""

import re
from datetime import datetime

from memory.fulltext import words_of
from memory.text import normalise
from memory.types import Kind, Memory, NewMemory

_NO_LONGER = re.compile(r"^(?:no longer|not)\s+(?:an?\s+|the\s+)?", re.IGNORECASE)
_TASTES = ("likes", "uses")
PARTNERS = ("girlfriend_name", "boyfriend_name", "partner_name", "fiance_name", "fiancee_name")
_PARTED = frozenset(("broke up", "broken up", "split up", "separated", "single", "divorced"))
_EATEN = {
    "meat": ("carnivore",),
    "animal products": ("carnivore",),
}
"""Diets that giving up a food ends."""


def said(memory: Memory) -> datetime:
    """When it was said, or else when it was written down."""
    return memory.said_at or memory.created_at


def spoken(memory: Memory) -> tuple[datetime, str, int, str]:
    """The order in which things were said, also within one message."""
    first = memory.sources[0] if memory.sources else None
    return said(memory), first.message_id if first else "", first.start if first else 0, memory.id


def value_of(memory: NewMemory) -> str:
    """What a memory gives its slot, in a form that compares."""
    return normalise(memory.value or memory.text)


def ended_value(memory: NewMemory) -> str | None:
    """What a memory says is no longer so, if that is what it says of its slot."""
    if (memory.slot or "").startswith("former_"):
        return value_of(memory)
    value = value_of(memory)
    return _NO_LONGER.sub("", value) if _NO_LONGER.match(value) else None


def ends(ending: Memory, memory: Memory) -> bool:
    """Whether `ending`, if said later, closes `memory`; it may also be the return of what had ended."""
    if ending.subject != memory.subject or spoken(ending) <= spoken(memory):
        return False
    if _slot(ending) == _slot(memory) and ended_value(ending) is not None:
        return ended_value(memory) is None and ended_value(ending) == value_of(memory)
    if _slot(ending) == _slot(memory) and ended_value(memory) is not None:
        return ended_value(memory) == value_of(ending) and says_never_again(memory)
    if ending.slot == "relationship_status" and memory.slot in PARTNERS:
        return value_of(ending) in _PARTED
    return _rejects(ending, memory) or (_rejects(memory, ending) and ending.kind is Kind.PREFERENCE)


def says_never_again(memory: NewMemory) -> bool:
    """Whether a return makes it untrue: "no longer" does not hold then, "used to" still does."""
    return re.search(r"\b(?:used to|former(?:ly)?|lived|worked)\b", memory.text, re.IGNORECASE) is None


def _slot(memory: NewMemory) -> str:
    return (memory.slot or "").removeprefix("former_")


def _rejects(rejection: Memory, memory: Memory) -> bool:
    """Whether a rejection is of what the other memory likes, uses or does."""
    if rejection.kind is not Kind.REJECTION or memory.kind is Kind.REJECTION:
        return False
    if rejection.slot == "avoids" and memory.slot == "diet":
        return value_of(memory) in _EATEN.get(value_of(rejection), ())
    if memory.slot is None and memory.kind is Kind.FACT:
        return gives_up(rejection, memory)
    if value_of(rejection) != value_of(memory):
        return False
    if rejection.slot == memory.slot:
        return rejection.slot is not None and rejection.slot != "avoids"
    return memory.kind is Kind.PREFERENCE and (memory.slot in _TASTES or (memory.slot or "").startswith("favourite_"))


def gives_up(rejection: NewMemory, memory: NewMemory) -> bool:
    """Whether a free statement tells of doing what a rejection gives up: each of its words, the verb among them."""
    given_up = _stems(rejection.text) - _GIVING_UP
    return len(given_up) >= 2 and given_up <= _stems(memory.text)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:5] for word in words_of(text))


_GIVING_UP = frozenset("not no more longer never gave given give up stopp stop quit any anymo used becau".split())
"""What a rejection says beside what is given up."""


def contrary(one: Memory, other: Memory) -> bool:
    """Whether two statements hardly go together, though none says that the other has ended."""
    if one.subject != other.subject or Kind.REJECTION in (one.kind, other.kind):
        return False
    if {one.slot, other.slot} == {"likes", "dislikes"}:
        return value_of(one) == value_of(other)
    if one.slot == other.slot == "likes":
        first, second = (value_of(m).split(" to ") for m in (one, other))
        return len(first) == 2 and first == second[::-1] and first != second
    return False
