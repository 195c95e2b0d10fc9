"""Drawing the questions: from raw messages and from memories that the night has no reason to touch.

Runs before the stages, and shares nothing with them but the deterministic reader of plain statements.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from memory.extraction import extract, is_functional
from memory.fulltext import find_words
from memory.nights import ExamItem, ItemKind
from memory.schema import MemoryRow, MessageRow
from memory.store import MemoryFilter
from memory.store.rows import to_message
from memory.text import fingerprint, normalise
from memory.types import Kind, Memory, Message, NewMemory
from sleep.endings import ended_value, gives_up, value_of
from sleep.home import Home
from sleep.ids import stable_id
from sleep.view import View, is_due

MOST = {ItemKind.FACT: 40, ItemKind.LATEST: 30, ItemKind.DATE: 20, ItemKind.NEVER: 12, ItemKind.UNCHANGED: 30}
CERTAIN = 0.7
"""A statement below may not be about the slot at all ("I'm back in Oslo"): nothing is asked of that slot."""
OLD_MESSAGES = 200
"""How many earlier messages of the user are looked at for statements that must still be known."""

SLOT_QUESTIONS = {
    "home_city": "Where does {who} live?",
    "employer": "Where does {who} work?",
    "job": "What does {who} do for a living?",
    "birthday": "When is {whose} birthday?",
    "age": "How old is {who}?",
    "diet": "What does {who} eat?",
    "allergy": "What is {who} allergic to?",
    "origin": "Where is {who} from?",
    "phone": "Which phone does {who} have?",
    "car": "Which car does {who} drive?",
    "partner": "Who is {whose} partner?",
}
NEVER_ASKED = (
    ("shoe_size", "What is {whose} shoe size?"),
    ("blood_type", "What is {whose} blood type?"),
    ("favourite_opera", "Which opera does {who} like best?"),
    ("passport", "What is {whose} passport number?"),
    ("godfather", "What is {whose} godfather's name?"),
    ("locker", "What is the code of {whose} locker?"),
    ("horse", "What is {whose} horse called?"),
    ("first_concert", "What was the first concert {who} went to?"),
    ("star_sign", "What is {whose} star sign?"),
    ("boat", "What is {whose} boat called?"),
    ("landlord", "What is {whose} landlord's name?"),
    ("favourite_poet", "Who is {whose} favourite poet?"),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the user said of something, and where."""

    memory: NewMemory
    message: Message


def draw(home: Home, view: View) -> tuple[ExamItem, ...]:
    """The items of a night: the same for the same home and scope."""
    chance = random.Random(view.scope.until)
    new = [Statement(m, message) for message in view.new_messages() for m in extract(message)]
    old = [Statement(m, message) for message in _sample(home, view, chance) for m in extract(message)]
    new, old = _not_purged(view, new), _not_purged(view, old)
    statements = [*old, *new]
    items = [
        *_latest(view, new),
        *_facts(statements),
        *_dates(statements),
        *_never(home),
        *_unchanged(home, view, new, chance),
    ]
    return tuple(_some(items, chance))


def _not_purged(view: View, statements: Iterable[Statement]) -> list[Statement]:
    return [s for s in statements if not view.purged(fingerprint(s.memory.text))]


def _sample(home: Home, view: View, chance: random.Random) -> list[Message]:
    """Earlier messages of the user, spread over all of them: reading a few hundred costs the same in any home."""
    last = view.scope.after
    numbers = {chance.randint(1, last) for _ in range(OLD_MESSAGES)} if last else set()
    with home.database.read() as session:
        query = select(MessageRow).where(MessageRow.number.in_(numbers), MessageRow.role == "user")
        return [to_message(r) for r in session.scalars(query.where(MessageRow.status == "complete"))]


def _some(items: Sequence[ExamItem], chance: random.Random) -> Iterable[ExamItem]:
    """At most so many of each kind, chosen by chance, each once."""
    for kind, most in MOST.items():
        pool = list({item.id: item for item in items if item.kind is kind}.values())
        yield from pool if len(pool) <= most else chance.sample(pool, most)


def _item(kind: ItemKind, question: str, statement: Statement, **more: object) -> ExamItem:
    m = statement.memory
    return ExamItem(
        id=stable_id("item", kind, question, m.subject, m.slot, m.value, statement.message.id),
        kind=kind,
        question=question,
        subject=m.subject,
        slot=m.slot,
        value=m.value,
        evidence=(statement.message.id,),
        **more,  # type: ignore[arg-type]
    )


def question_of(memory: NewMemory) -> str:
    """A question that the statement answers: by its slot, or else the statement without what it tells."""
    own = memory.subject == "user"
    who, whose = ("I", "my") if own else (memory.subject, f"{memory.subject}'s")
    form = SLOT_QUESTIONS.get(memory.slot or "")
    if form is not None:
        return _spoken(form.format(who=who, whose=whose))
    if memory.slot and memory.value and memory.slot.startswith(("favourite_", "name", "birth")):
        return f"What is {whose} {memory.slot.replace('_', ' ')}?"
    if memory.slot and memory.slot.endswith("_name"):
        return f"What is {whose} {memory.slot.removesuffix('_name').replace('_', ' ')} called?"
    return f"What did I say about this: {memory.text.rstrip('.')}?"


def _spoken(question: str) -> str:
    return question.replace("does I ", "do I ").replace("is I ", "am I ")


def _facts(statements: Sequence[Statement]) -> Iterable[ExamItem]:
    """What needs no other statement to be true; what was taken back later is asked no more."""
    said: dict[tuple[str, str], list[Statement]] = {}
    for s in statements:
        for value in {normalise(s.memory.value or ""), ended_value(s.memory) or ""}:
            said.setdefault((s.memory.subject, value), []).append(s)
    rejections = [s for s in statements if s.memory.kind is Kind.REJECTION]
    for s in statements:
        if s.memory.slot and is_functional(s.memory.slot):
            continue
        others = said[s.memory.subject, normalise(s.memory.value or "")] if s.memory.value else rejections
        if not any(_takes_back(other, s) for other in others):
            yield _item(ItemKind.FACT, question_of(s.memory), s)


def _takes_back(later: Statement, earlier: Statement) -> bool:
    """Whether the same value was spoken of later in another way: "I love meat", "I don't eat meat any more"."""
    after = (later.message.said_at, later.message.number) > (earlier.message.said_at, earlier.message.number)
    if after and ended_value(later.memory) == value_of(earlier.memory):
        return True
    if earlier.memory.value is None:
        return after and later.memory.subject == earlier.memory.subject and gives_up(later.memory, earlier.memory)
    ways = [(s.memory.slot, s.memory.kind is Kind.REJECTION) for s in (later, earlier)]
    return after and ways[0] != ways[1]


def _latest(view: View, new: Sequence[Statement]) -> Iterable[ExamItem]:
    """For each slot that holds one value and that something new was said of: what was said last, and what before."""
    slots: dict[tuple[str, str], list[tuple[NewMemory, tuple[str, ...]]]] = {}
    for s in new:
        if s.memory.slot and s.memory.value and is_functional(s.memory.slot):
            slots.setdefault((s.memory.subject, s.memory.slot), []).append((s.memory, (s.message.id,)))
    for (subject, slot), found in slots.items():
        if any(memory.confidence < CERTAIN for memory, _ in found):
            continue
        found += [(m, tuple(x.message_id for x in m.sources)) for m in view.in_slot(subject, slot) if m.value]
        found.sort(key=lambda pair: _when_said(pair[0], view.now))
        last, evidence = found[-1]
        values = dict.fromkeys(m.value for m, _ in found if m.value)
        now = normalise(last.value or "")
        yield ExamItem(
            id=stable_id("item", ItemKind.LATEST, subject, slot, last.value, *evidence),
            kind=ItemKind.LATEST,
            question=question_of(last),
            subject=subject,
            slot=slot,
            value=last.value,
            older=tuple(v for v in values if normalise(v) != now),
            evidence=evidence,
        )


def _when_said(memory: NewMemory, now: datetime) -> tuple[datetime, str, int]:
    """The order in which things were said, also where an import gave everything the same time."""
    first = memory.sources[0] if memory.sources else None
    return memory.said_at or now, first.message_id if first else "", first.start if first else 0


def _dates(statements: Sequence[Statement]) -> Iterable[ExamItem]:
    for s in statements:
        if s.memory.event_from is not None and not (s.memory.slot and is_functional(s.memory.slot)):
            day = s.memory.event_from.isoformat()
            yield ExamItem(
                id=stable_id("item", ItemKind.DATE, s.memory.text, s.message.id),
                kind=ItemKind.DATE,
                question=f"When was or is this: {s.memory.text.rstrip('.')}?",
                subject=s.memory.subject,
                value=day,
                evidence=(s.message.id,),
            )


def _never(home: Home) -> Iterable[ExamItem]:
    """Questions about what nobody said anything of: no message has the telling word."""
    with home.database.read() as session:
        for slot, form in NEVER_ASKED:
            word = slot.rpartition("_")[2]
            if not find_words(session, "message", word, 1):
                question = form.format(who="I", whose="my").replace("does I ", "do I ")
                yield ExamItem(id=stable_id("item", "never", slot), kind=ItemKind.NEVER, question=question, slot=slot)


def _unchanged(home: Home, view: View, new: Sequence[Statement], chance: random.Random) -> Iterable[ExamItem]:
    """Memories that nothing new bears on and whose time has not passed, pinned and edited ones first."""
    touched = {(s.memory.subject, _base(s.memory)) for s in new if s.memory.slot}
    spoken_of = {(s.memory.subject, normalise(s.memory.value)) for s in new if s.memory.value}
    pinned = home.memories.list(MemoryFilter(pinned=True, limit=10))
    for memory in {m.id: m for m in [*pinned, *_some_memories(home, chance)]}.values():
        if is_due(memory, view.now) or (memory.slot and (memory.subject, _base(memory)) in touched):
            continue
        if memory.value and (memory.subject, normalise(memory.value)) in spoken_of:
            continue
        yield ExamItem(
            id=stable_id("item", "unchanged", memory.id, memory.revision),
            kind=ItemKind.UNCHANGED,
            question=question_of(memory),
            subject=memory.subject,
            slot=memory.slot,
            value=memory.value or memory.text,
            memory=memory.id,
            evidence=tuple(source.message_id for source in memory.sources),
        )


def _base(memory: NewMemory) -> str:
    """The slot, whether it says what is so or what used to be."""
    return (memory.slot or "").removeprefix("former_")


def _some_memories(home: Home, chance: random.Random) -> list[Memory]:
    with home.database.read() as session:
        last = session.scalar(select(func.max(MemoryRow.number))) or 0
        wanted = {chance.randint(1, last) for _ in range(90)} if last else set()
        ids = session.scalars(
            select(MemoryRow.id).where(MemoryRow.number.in_(wanted), MemoryRow.status == "active")
        ).all()
    return [home.memories.get(i) for i in ids]
