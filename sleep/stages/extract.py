"""extract: statements of the user, from the messages that are new, each with its verbatim quote."""

from collections.abc import Iterable
from dataclasses import fields

from memory.extraction import extract
from memory.nights import Change, ChangeKind
from memory.text import fingerprint
from memory.types import Memory, Message, NewMemory, Trust
from sleep.ids import stable_id
from sleep.stages.base import Tools
from sleep.view import View

NAME = "extract"


def plan(view: View, tools: Tools) -> Iterable[Change]:
    """New memories. A message that has one already (it was kept when it was said) gives none of the same text."""
    messages = list(view.new_messages())
    origins = view.origins(m.conversation_id for m in messages)
    for done, message in enumerate(messages, start=1):
        imported = origins.get(message.conversation_id, "chat") != "chat"
        known = {_key(m, message.id) for m in view.citing(message.id)}
        for new in tools.read(message):
            if view.purged(fingerprint(new.text)) or _key(new, message.id) in known:
                continue
            yield Change(
                stage=NAME,
                kind=ChangeKind.ADD,
                before=None,
                after=as_memory(new, message, trust=Trust.IMPORTED if imported else Trust.USER),
                reason=f'said in {message.short_id}: "{new.sources[0].quote}"',
                confidence=new.confidence,
                safe=new.confidence >= 0.6,
            )
        tools.progress(NAME, done, len(messages))


def read(message: Message) -> tuple[NewMemory, ...]:
    """The deterministic reader."""
    return extract(message)


def _key(memory: NewMemory, message_id: str) -> tuple[object, ...]:
    """What a memory takes from a message: the same again is not new, whatever became of its text."""
    spans = tuple((s.start, s.end) for s in memory.sources if s.message_id == message_id)
    return memory.subject, memory.slot, memory.value, spans


def as_memory(new: NewMemory, message: Message, *, trust: Trust) -> Memory:
    """A memory with an id that follows from what it says and where."""
    values = {f.name: getattr(new, f.name) for f in fields(NewMemory)}
    values |= {"trust": trust, "valid_from": new.valid_from or (None if new.valid_to else message.said_at)}
    return Memory(
        **values,
        id=stable_id(message.id, new.subject, new.slot, new.value, new.text),
        number=0,
        created_at=message.said_at,
        updated_at=message.said_at,
    )
