"""What a user asks for in so many words ("remember that ...", "forget ...") is done at once, with an undo."""

from dataclasses import dataclass, replace

from memory.errors import Refused, ReverieError
from memory.extraction import CallMe, Command, DontBringUp, Forget, Remember, extract, is_functional
from memory.extraction.voice import second_person
from memory.nights import Section
from memory.notes import writer_of
from memory.retrieval import Retriever
from memory.store import Create, MemoryFilter, MemoryStore, Update
from memory.store.acts import Change
from memory.store.nights import NightStore
from memory.text import normalise, one_line
from memory.types import ChangeSet, Kind, Memory, Message, NewMemory, Source, Status, Trust

CLEAR_LEAD = 1.15
"""How much better the best match of "forget ..." must be than the next, to be meant without asking."""

MOST_WISHES = 20
MOST_WISH_CHARS = 240
"""What every prompt carries stays small."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was done (None = nothing), and the line that says so."""

    change: ChangeSet | None
    summary: str


class Wishes:
    """Carries out explicit wishes on the memory store."""

    def __init__(self, memories: MemoryStore, retriever: Retriever) -> None:
        self._memories = memories
        self._retriever = retriever

    def carry_out(self, command: Command, message: Message) -> Outcome:
        """Do what `command`, found in `message`, asks for. A refusal is an outcome, not an error."""
        try:
            match command:
                case Remember():
                    return self._remember(command, message)
                case CallMe():
                    return self._call_me(command, message)
                case Forget():
                    return self._forget(command.what)
                case DontBringUp():
                    return self._mute(command.what, message)
        except ReverieError as error:
            return Outcome(change=None, summary=str(error))

    # -- remember

    def _remember(self, wish: Remember, message: Message) -> Outcome:
        quote = message.content[wish.start : wish.end]
        source = Source(message_id=message.id, quote=quote, start=wish.start, end=wish.end)
        new = _as_memory(wish, message, source)
        return self._keep(new, f"remembered: “{one_line(new.text)}”")

    def _call_me(self, wish: CallMe, message: Message) -> Outcome:
        new = NewMemory(
            text=f"You want to be called {wish.name}.",
            kind=Kind.INSTRUCTION,
            slot="called",
            value=wish.name,
            said_at=message.said_at,
            zone=message.zone,
            sources=_quoted(message, wish.start, wish.end),
        )
        return self._keep(new, f"remembered: “{new.text}”")

    def _keep(self, new: NewMemory, summary: str) -> Outcome:
        """Add `new`, in the place of what filled its slot. Told twice, it is kept once."""
        same = self._same(new)
        if same is not None:
            return Outcome(change=None, summary=f"remembered already as {same.short_id}: “{one_line(same.text)}”")
        create = Create(new=new)
        changes: list[Change] = [create]
        replaced = self._replaced(new)
        for old in replaced:
            closed = {"status": Status.SUPERSEDED, "superseded_by": create.id, "valid_to": new.said_at}
            changes.append(Update(memory=old.id, values=closed, base=old.revision))
        act = self._memories.apply(changes, actor="you", reason="you asked to remember it")
        number = act.revisions[0].memory_number
        before = "".join(f" · before: “{one_line(old.text)}” ({old.short_id})" for old in replaced)
        return Outcome(change=act, summary=f"m{number} {summary}{_private(new.text)}{before}")

    def _same(self, new: NewMemory) -> Memory | None:
        wanted = normalise(new.text)
        words = MemoryFilter(text=one_line(new.text, 40).rstrip("…"))
        found = (m for m in self._memories.list(words) if normalise(m.text) == wanted)
        return next((m for m in found if not writer_of(m)), None)  # a program's note is not yet said by the user

    def _replaced(self, new: NewMemory) -> tuple[Memory, ...]:
        if new.slot is None or not (is_functional(new.slot) or new.slot == "called"):
            return ()
        return self._memories.by_slot(new.slot, new.subject)

    # -- forget, mute

    def _forget(self, what: str) -> Outcome:
        memory = self._named(what)
        act = self._memories.apply(
            [Update(memory=memory.id, values={"status": Status.RETIRED})],
            actor="you",
            reason="you asked to forget it",
        )
        return Outcome(change=act, summary=f"forgot {memory.short_id}: “{one_line(memory.text)}” (in the trash)")

    def _mute(self, what: str, message: Message) -> Outcome:
        """Mute the memories about it, and keep the wish itself as an instruction."""
        wish = NewMemory(
            text=f"Don't bring up {what}.",
            kind=Kind.INSTRUCTION,
            said_at=message.said_at,
            zone=message.zone,
            sources=_quoted(message, 0, len(message.content)),
        )
        about = [m for m in self._memories.list(MemoryFilter(text=what)) if m.kind is not Kind.INSTRUCTION]
        mutes = [Update(memory=m.id, values={"muted": True}) for m in about]
        act = self._memories.apply([Create(new=wish), *mutes], actor="you", reason="you asked not to bring it up")
        number = act.revisions[0].memory_number
        muted = f" · muted {', '.join(m.short_id for m in about)}" if about else ""
        return Outcome(change=act, summary=f"m{number} will not bring up {one_line(what)}{muted}")

    def _named(self, what: str) -> Memory:
        """The one memory that `what` means. Raises Refused where that is none, or not clear."""
        bare = what.strip().strip("[].").lower()
        if bare[:1] == "m" and bare[1:].isdecimal():
            return self._memories.get(bare)
        said = (normalise(what), normalise(second_person(what)).rstrip("."))
        exact = [m for m in self._memories.list() if any(words in normalise(m.text) for words in said)]
        if len(exact) == 1:
            return exact[0]
        found = [h for h in self._retriever.search(what, 10).hits if h.memory and h.channels]
        if exact:
            found = [h for h in found if h.memory in exact] or found
        clear = found and (len(found) == 1 or found[0].score >= CLEAR_LEAD * found[1].score)
        if clear and not (len(exact) > 1) and any(c.channel == "words" for c in found[0].channels):
            assert found[0].memory is not None
            return found[0].memory
        candidates = exact or [h.memory for h in found[:3] if h.memory]
        if not candidates:
            raise Refused(f"I remember nothing about “{one_line(what)}”.")
        rows = "; ".join(f"{m.short_id} “{one_line(m.text, 60)}”" for m in candidates[:4])
        raise Refused(f"Which one do you mean? {rows}.", "Say “forget m…” with its number.")


def standing_wishes(memories: MemoryStore, nights: NightStore) -> tuple[str, ...]:
    """What the user asked of every answer: remembered instructions, and their own lines on the page about them."""
    of_the_user = MemoryFilter(kinds=(Kind.INSTRUCTION,), trusts=(Trust.USER,), muted=False, limit=MOST_WISHES)
    asked = memories.list(of_the_user)
    own = [line for line in nights.profile() if line.owner == "you" and line.text]
    lines = [f"{line.text} (to be brought up {line.instruction})" for line in own if line.instruction]
    lines += [line.text for line in own if line.section is Section.MANNERS and not line.instruction]
    texts = dict.fromkeys([*(memory.text for memory in asked), *lines])
    return tuple(one_line(text, MOST_WISH_CHARS) for text in texts)[:MOST_WISHES]


def _private(text: str) -> str:
    """The mark of what is sensitive, and is kept since the user asked for it."""
    from memory.sensitive import matters_of

    matters = matters_of(text)
    return f" · private ({', '.join(matters)})" if matters else ""


def _quoted(message: Message, start: int, end: int) -> tuple[Source, ...]:
    return (Source(message_id=message.id, quote=message.content[start:end], start=start, end=end),)


def _as_memory(wish: Remember, message: Message, source: Source) -> NewMemory:
    """The statement as the extractor understands it, or as it was said."""
    found = [m for m in extract(message) if any(_inside(s, source) for s in m.sources)]
    if len(found) == 1:
        return replace(found[0], sources=(source,), confidence=1.0)
    return NewMemory(text=wish.text, kind=wish.kind, said_at=message.said_at, zone=message.zone, sources=(source,))


def _inside(inner: Source, outer: Source) -> bool:
    return inner.start < outer.end and outer.start < inner.end
