"""extract: statements of the user, from the messages that are new, each with its verbatim quote."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from memory.extraction import extract
from memory.nights import Change, ChangeKind
from memory.sensitive import matters_of
from memory.text import fingerprint
from memory.types import Memory, Message, NewMemory, Sensitivity, Trust
from sleep.home import Model
from sleep.ids import stable_id
from sleep.reading import SHORT, Asked, read_with, tells_the_same, worth_asking
from sleep.stages.base import Allowed, Tools
from sleep.view import View

NAME = "extract"


def plan(view: View, tools: Tools) -> Iterable[Change]:
    """New memories: what rules read, and with a model what it reads beside them."""
    messages = list(view.new_messages())
    reader = _Reader(view, messages, tools.sensitive)
    for done, message in enumerate(messages, start=1):
        yield from reader.changes(message, tools.read(message))
        tools.progress(NAME, done, len(messages))
    if tools.model is not None:
        yield from _with_model(view, tools, tools.model, reader, messages)


class _Reader:
    """What is new in what was read. A message that has a memory already (it was kept when it was said, or rules found
    it) gives none that says the same."""

    def __init__(self, view: View, messages: Sequence[Message], allowed: Allowed) -> None:
        self._view = view
        self._allowed = allowed
        self._origins = view.origins(m.conversation_id for m in messages)
        self._found: dict[str, list[NewMemory]] = {}

    def changes(self, message: Message, found: Iterable[NewMemory], *, by_model: bool = False) -> Iterator[Change]:
        imported = self._origins.get(message.conversation_id, "chat") != "chat"
        cited = self._view.citing(message.id)
        known = {_key(m, message.id) for m in cited}
        told = [*cited, *self._found.get(message.id, ())]
        for new in found:
            if self._view.purged(fingerprint(new.text)) or _key(new, message.id) in known:
                continue
            private = _private(new)
            if private and self._allowed == "never":
                continue
            if by_model and any(tells_the_same(new, other) for other in told):
                continue
            self._found.setdefault(message.id, []).append(new)
            told.append(new)
            yield Change(
                stage=NAME,
                kind=ChangeKind.ADD,
                before=None,
                after=as_memory(new, message, trust=Trust.IMPORTED if imported else Trust.USER),
                reason=f'said in {message.short_id}: "{new.sources[0].quote}"{private}',
                confidence=new.confidence,
                safe=new.confidence >= 0.6 and (not private or self._allowed == "keep"),
            )


def _private(new: NewMemory) -> str:
    """What a review is told of a sensitive statement; empty for others."""
    matters = matters_of(new.text)
    if not matters and new.sensitivity is Sensitivity.NORMAL:
        return ""
    return f" (private: {', '.join(matters) or 'sensitive'})"


def _with_model(
    view: View, tools: Tools, model: Model, reader: _Reader, messages: Sequence[Message]
) -> Iterator[Change]:
    """What a model reads in messages that may state more; one that it could not read waits for another night."""
    attempts = view.attempts()
    wanted = [message for message in messages if worth_asking(message)]
    asked = (Asked(m, _before(view, m), attempts.get(m.number, 0)) for m in wanted)
    for done, result in enumerate(read_with(model, list(asked), tools.spent), start=1):
        if result.failed:
            view.unread[result.message.number] = result.failed
        else:
            yield from reader.changes(result.message, result.memories, by_model=True)
        tools.progress(f"{NAME} with {model.name}", done, len(wanted))


def _before(view: View, message: Message) -> str:
    """What a short message answers; it may say nothing by itself."""
    if len(message.content) > SHORT:
        return ""
    return next((m.content for m in view.said_before(message, 1) if m.role == "assistant"), "")


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
