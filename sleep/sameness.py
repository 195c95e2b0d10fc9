"""Whether two memories surely say the same, without asking anybody."""

from memory.text import normalise
from memory.types import Memory, NewMemory, Status
from sleep.calibrate import Thresholds
from sleep.guard import differences, unlike, unmatched
from sleep.wording import words

_CARRIERS = frozenset("be have has you your a of in at as to with by for into about my do does not can".split())
"""Words that only carry a statement whose slot and value say it all."""
_SLOT_CARRIERS = {
    "home_city": "live lives living home house city town based settled moved place residence again",
    "employer": "work works working job company employer firm started joined",
    "job": "work works working job trade started became profession",
    "likes": "like likes love loves adore adores fan",
    "dislikes": "hate hates dislike dislikes like likes stand bear",
    "allergy": "allergic allergy",
    "avoids": "eat eats drink drinks touch consume tolerate",
    "diet": "follow follows eat eats on diet",
    "phone_model": "phone model use uses using own owns buy~ed bought get~ed carry",
    "car": "car drive drives driving own owns buy~ed bought get~ed",
    "name": "name called call",
    "called": "nickname called call go goes",
    "birthday": "birthday date birth be~ed born on",
    "birthplace": "be~ed born birthplace place birth",
    "origin": "from originally come comes grew up hometown grow~ed raised",
    "relationship_status": "got get~ed",
    "age": "age years old turned",
    "field_of_study": "study studies studying major degree subject",
}


def comparable(one: Memory, other: Memory) -> bool:
    """Whether two memories are about the same thing of the same subject at the same time."""
    return (
        one.id != other.id
        and one.status is other.status is Status.ACTIVE
        and (one.subject, one.slot, one.kind) == (other.subject, other.slot, other.kind)
        and (one.event_from, one.event_to) == (other.event_from, other.event_to)
        and _same_value(one, other)
        and not _apart(one, other)
    )


def _same_value(one: NewMemory, other: NewMemory) -> bool:
    return one.value is None or other.value is None or normalise(one.value) == normalise(other.value)


def _apart(one: NewMemory, other: NewMemory) -> bool:
    """Whether one had ended before the other began."""
    return any(
        first.valid_to is not None and second.valid_from is not None and first.valid_to <= second.valid_from
        for first, second in ((one, other), (other, one))
    )


def same(one: NewMemory, other: NewMemory, cosine: float, limits: Thresholds) -> str:
    """Why two comparable memories surely say the same; empty if they may not."""
    if normalise(one.text) == normalise(other.text):
        return "the same words"
    if cosine >= limits.nominate and _same_slot_and_value(one, other):
        return f"the same {(one.slot or '').replace('_', ' ')}: {one.value}"
    if cosine >= limits.merge and not unlike(one.text, other.text):
        return f"the same in other words ({cosine:.2f})"
    return ""


def _same_slot_and_value(one: NewMemory, other: NewMemory) -> bool:
    """Whether slot and value say all that either of the two says."""
    if not (one.slot and one.value and other.value) or differences(one.text, other.text):
        return False
    slot = one.slot.removeprefix("former_")
    carriers = {*_CARRIERS, *_SLOT_CARRIERS.get(slot, "").split(), *words(slot.replace("_", " ")), *words(one.value)}
    if slot.endswith("_name"):
        carriers |= {"called", "call", "name"}
    return {word.removesuffix("'s") for word in unmatched(one.text, other.text)} <= carriers
