"""dream: what memories suggest together. At most three a night, each ends in a question, and declining is fine.

A dream joins memories that the user said, at least one of them new, and asks; it claims nothing that they do not say.
It goes to the journal, is never recalled as a fact and never evidence. What was dreamt once is not dreamt again.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from memory.nights import Change, ChangeKind, Dream
from memory.types import Kind, Memory, Sensitivity, Trust
from sleep.dreaming import imagine
from sleep.errors import ModelFailed
from sleep.ids import stable_id
from sleep.stages.base import MINDED, Tools
from sleep.view import View

NAME = "dream"
MOST = 3
"""Dreams a night."""
NEW = 60
"""New memories that are dreamt of, the latest."""
AROUND = 200
"""Plans and constraints that a new memory may meet."""
_TABLE = re.compile(
    r"\b(?:dinner|lunch|breakfast|brunch|restaurant|picnic|barbecue|wedding|party|cook|cooking|eat|meal|feast|trip"
    r"|travel\w*|fly\w*|flight|holiday|hotel|visit\w*|going to|staying)\b",
    re.IGNORECASE,
)
"""Plans at which what somebody does not eat or bear matters."""


@dataclass(frozen=True, slots=True)
class Motive:
    """What two memories suggest together, and how much it is worth to ask."""

    memories: tuple[Memory, ...]
    question: str
    worth: float
    words: str = ""
    """A model's own; else the memories speak."""

    @property
    def key(self) -> str:
        """Names the motive by what it joins, whatever the words."""
        return motive_of(self.memories)

    @property
    def text(self) -> str:
        """The memories in one sentence, or what a model made of them."""
        if self.words:
            return self.words
        first, *rest = (memory.text.rstrip(". ") for memory in self.memories)
        return ", and ".join([first, *map(_inside, rest)]) + "."


def motive_of(memories: Iterable[Memory]) -> str:
    """The key under which a dream about these memories is known."""
    return stable_id("dream", *sorted(memory.id for memory in memories))


def plan(view: View, tools: Tools) -> Iterable[Change]:
    """The dreams of a night: a model's where there is one, else those of simple patterns."""
    new = [m for m in view.new_memories() if may_be_dreamt(m)][-NEW:]
    if not new:
        return
    motives = _asked(view, tools, new) if tools.model is not None else _patterns(view, new)
    told: set[str] = set()
    for motive in sorted(motives, key=lambda m: (-m.worth, m.key)):
        if len(told) < MOST and motive.key not in told and not view.dreamt(motive.key):
            told.add(motive.key)
            yield _change(view, motive)


def may_be_dreamt(memory: Memory) -> bool:
    """Nothing private (but what must be minded), muted or merely supposed, and no wish about how to answer."""
    public = memory.sensitivity is Sensitivity.NORMAL or (memory.slot or "").startswith(MINDED)
    open_to = public and not memory.muted
    said = memory.trust in (Trust.USER, Trust.IMPORTED) and bool(memory.sources)
    return open_to and said and memory.kind not in (Kind.INSTRUCTION, Kind.INSIGHT)


def _change(view: View, motive: Motive) -> Change:
    dream = Dream(
        id=stable_id("dreamt", motive.key),
        motive=motive.key,
        text=motive.text,
        question=motive.question,
        memories=tuple(memory.id for memory in motive.memories),
        status="new",
        at=view.now,
    )
    return Change(
        stage=NAME, kind=ChangeKind.DREAM, before=None, after=dream, reason="they may have to do with each other"
    )


# -- with a model


def _asked(view: View, tools: Tools, new: Sequence[Memory]) -> Iterator[Motive]:
    """What a model makes of the new memories and those around them. One that fails does not dream."""
    assert tools.model is not None
    around = {m.id: m for memory in new[-10:] for m, _ in view.neighbours(memory)[:3] if may_be_dreamt(m)}
    memories = list({**{m.id: m for m in new[-20:]}, **around}.values())
    try:
        found = imagine(tools.model, memories)
    except ModelFailed:
        return
    for chosen, text, question in found:
        yield Motive(chosen, question, 1.0, text)


# -- without one


def _patterns(view: View, new: Sequence[Memory]) -> Iterator[Motive]:
    """Pairs of a new memory and one that it may have to do with."""
    meeting = [m for m in view.of_kinds((Kind.PLAN, Kind.CONSTRAINT, Kind.PREFERENCE), AROUND) if may_be_dreamt(m)]
    for memory in new:
        near = [m for m, _ in view.neighbours(memory) if may_be_dreamt(m)]
        for other in {m.id: m for m in [*near, *meeting] if m.id != memory.id}.values():
            for one, two in ((memory, other), (other, memory)):
                yield from (found for pattern in _PATTERNS if (found := pattern(view, one, two)))


Pattern = Callable[[View, Memory, Memory], Motive | None]


def _same_time(view: View, one: Memory, two: Memory) -> Motive | None:
    """Two plans of one day."""
    if one.id > two.id or not (_is_ahead(view, one) and _is_ahead(view, two)):
        return None
    exact = one.granularity == two.granularity == "day"
    if not exact or one.event_from != two.event_from or one.sources[0].quote == two.sources[0].quote:
        return None
    return Motive((one, two), "Both are on the same day: do they go together?", 3.0)


def _somebody_there(view: View, one: Memory, two: Memory) -> Motive | None:
    """A journey to where somebody lives."""
    if not _is_ahead(view, one) or two.subject == "user" or two.slot != "home_city" or not two.value:
        return None
    if re.search(rf"\b{re.escape(two.value)}\b", one.text) is None:
        return None
    return Motive((one, two), f"Will you see {two.subject} in {two.value}?", 2.5)


def _to_be_minded(view: View, one: Memory, two: Memory) -> Motive | None:
    """A meal or a journey of somebody who does not eat or bear something."""
    if not _is_ahead(view, one) or not (two.slot or "").startswith(MINDED) or _TABLE.search(one.text) is None:
        return None
    if two.subject != "user" and re.search(rf"\b{re.escape(two.subject)}\b", one.text) is None:
        return None
    who = "you" if two.subject == "user" else two.subject
    return Motive((one, two), f"Is there something to arrange beforehand for {who}?", 2.0)


def _in_common(view: View, one: Memory, two: Memory) -> Motive | None:
    """Something that the user and somebody else both like."""
    if one.subject != "user" or two.subject == "user" or not one.value or one.slot != two.slot:
        return None
    if (
        not (one.slot or "").startswith(("likes", "plays", "favourite_"))
        or one.value.lower() != (two.value or "").lower()
    ):
        return None
    return Motive((one, two), f"Is that something that you and {two.subject} do together?", 1.0)


def _is_ahead(view: View, memory: Memory) -> bool:
    return memory.kind is Kind.PLAN and memory.event_to is not None and memory.event_to > view.now


_PATTERNS: tuple[Pattern, ...] = (_same_time, _somebody_there, _to_be_minded, _in_common)


def _inside(text: str) -> str:
    """A sentence in the middle of another: "Your sister" with a small letter, names as they are."""
    return text[:1].lower() + text[1:] if text.split(" ")[0] in ("You", "Your") else text
