"""Everything about one memory, for reading: its words, their evidence, its history, and where it was cited."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from memory.errors import NotFound
from memory.notes import writer_of
from memory.store.feedback import Feedback, FeedbackStore
from memory.text import counted, one_line
from memory.types import Conversation, Memory, Message, Revision, Sensitivity, Source, Status, Trust
from tui.screens.marks import Marks
from tui.screens.prose import muted, plain, quoted, word_diff
from tui.screens.times import day, minute

if TYPE_CHECKING:
    from assistant.runtime import Runtime

MOST_REVISIONS = 20
MOST_CITED = 8

ORIGIN = {
    Trust.USER: "you said it",
    Trust.IMPORTED: "imported",
    Trust.INFERRED: "inferred, not said in so many words",
    Trust.DREAM: "dreamt: invented until you keep it",
}


@dataclass(frozen=True)
class Quote:
    """A source of a memory, with the message and the conversation it is in, where they are still there."""

    source: Source
    message: Message | None
    conversation: Conversation | None


@dataclass(frozen=True)
class Detail:
    """One memory with what is stored around it."""

    memory: Memory
    quotes: tuple[Quote, ...]
    history: tuple[Revision, ...]
    cited_in: tuple[Message, ...]
    replaced_by: Memory | None
    aside: tuple[Feedback, ...] = ()
    """The questions that the user said it does not bear on."""


def load_detail(runtime: "Runtime", memory: Memory) -> Detail:
    """Read what is stored around a memory. Raises StorageError, or NotFound where the memory itself is gone."""
    return Detail(
        memory=memory,
        quotes=load_quotes(runtime, memory),
        history=runtime.memories.history(memory.id, limit=MOST_REVISIONS),
        cited_in=runtime.conversations.cited_in(memory.short_id),
        replaced_by=_successor(runtime, memory),
        aside=FeedbackStore(runtime.database, runtime.clock).of_hit(memory.short_id),
    )


def load_quotes(runtime: "Runtime", memory: Memory) -> tuple[Quote, ...]:
    """The memory's sources with their messages and conversations."""
    messages = runtime.conversations.messages(source.message_id for source in memory.sources)
    ids = {message.conversation_id for message in messages.values()}
    conversations = {key: runtime.conversations.get(key) for key in ids}
    quotes = []
    for source in memory.sources:
        message = messages.get(source.message_id)
        quotes.append(Quote(source, message, conversations[message.conversation_id] if message else None))
    return tuple(quotes)


def _successor(runtime: "Runtime", memory: Memory) -> Memory | None:
    try:
        return runtime.memories.get(memory.superseded_by) if memory.superseded_by else None
    except NotFound:
        return None


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Turns details into content for one moment, zone and set of signs."""

    now: datetime
    zone: str
    marks: Marks

    def detail(self, detail: Detail) -> Content:
        """The whole page on one memory."""
        memory = detail.memory
        parts = [
            self.title(memory),
            plain(memory.text).stylize("bold"),
            Content(""),
            *self._facts(detail),
            *self._quotes(detail),
            *self._history(detail),
            *self._cited(detail),
            *self._aside(detail),
        ]
        return Content("\n").join(parts)

    def title(self, memory: Memory) -> Content:
        """Number, kind and state."""
        return Content.styled(memory.short_id, "bold $primary") + muted(f"  {memory.kind}  {state_of(memory)}".rstrip())

    def _facts(self, detail: Detail) -> list[Content]:
        memory = detail.memory
        said = f"said {day(memory.said_at, self.now, self.zone)}" if memory.said_at else "no date"
        about = "about you" if memory.subject == "user" else f"about {one_line(memory.subject, 40)}"
        writer = writer_of(memory)
        origin = f"noted by the program {writer}, not said by you" if writer else ORIGIN[memory.trust]
        facts = (about, said, origin, f"confidence {percent(memory.confidence)}")
        lines = [muted(f" {self.marks.dot} ".join(facts))]
        if memory.slot:
            lines.append(muted(f"{one_line(memory.slot, 40)} = {one_line(memory.value or '', 60)}"))
        if memory.sensitivity is Sensitivity.SENSITIVE:
            lines.append(muted(private_line(memory)))
        if memory.tags:
            lines.append(plain(" ".join(f"#{tag}" for tag in memory.tags.split())))
        if memory.event_from:
            lines.append(muted(self._span("happens", memory.event_from, memory.event_to)))
        if memory.valid_from or memory.valid_to:
            lines.append(muted(self._span("holds", memory.valid_from, memory.valid_to)))
        if detail.replaced_by:
            after = detail.replaced_by
            lines.append(muted(f"replaced by {after.short_id} {quoted(after.text, self.marks)}"))
        return lines

    def _span(self, word: str, start: datetime | None, end: datetime | None) -> str:
        first = f"from {day(start, self.now, self.zone)}" if start else ""
        last = f"until {day(end, self.now, self.zone)}" if end else ""
        return " ".join(part for part in (word, first, last) if part)

    def _quotes(self, detail: Detail) -> list[Content]:
        lines = [_section("Said")]
        if not detail.quotes:
            lines.append(muted("Nothing is quoted for it: it was written by hand or imported."))
        for quote in detail.quotes:
            lines.extend(self.quote(quote))
        return lines

    def quote(self, quote: Quote) -> list[Content]:
        """The words, and where and when they were said."""
        words = plain(f"{self.marks.quote[0]}{quote.source.quote}{self.marks.quote[1]}").stylize("italic")
        if quote.message is None or quote.conversation is None:
            return [words, muted("its message is no longer there")]
        when = minute(quote.message.said_at, self.now, self.zone)
        title = one_line(quote.conversation.title, 50) or "untitled"
        place = f"{quote.conversation.short_id} {quote.message.short_id}"
        return [words, muted(f" {self.marks.dot} ".join((title, when, place)))]

    def _history(self, detail: Detail) -> list[Content]:
        lines = [_section("History")]
        lines.extend(self._revision(revision) for revision in detail.history)
        if len(detail.history) == MOST_REVISIONS:
            lines.append(muted("earlier changes: `reverie memory history`"))
        return lines

    def _revision(self, revision: Revision) -> Content:
        when = minute(revision.at, self.now, self.zone)
        return muted(f"{when}  {one_line(revision.actor, 30)}\n") + self._change(revision)

    def _change(self, revision: Revision) -> Content:
        before, after = revision.before, revision.after
        if before is None or after is None:
            return Content("added" if before is None else "removed")
        changes = []
        if before.text != after.text:
            changes.append(word_diff(before.text, after.text, self.marks))
        for name, old, new in _plain_changes(before, after):
            changes.append(Content(f"{name} ") + word_diff(old, new, self.marks))
        reason = plain(one_line(revision.reason, 60))
        return Content("; ").join(changes) if changes else (reason or Content("no visible change"))

    def _cited(self, detail: Detail) -> list[Content]:
        number = len(detail.cited_in)
        lines = [_section("Cited in")]
        if not number:
            return [*lines, muted("no answer yet")]
        for message in detail.cited_in[:MOST_CITED]:
            when = minute(message.said_at, self.now, self.zone)
            lines.append(plain(one_line(message.content, 90)) + muted(f"\n{when} {self.marks.dot} {message.short_id}"))
        if number > MOST_CITED:
            lines.append(muted(f"and {counted(number - MOST_CITED, 'earlier answer')}"))
        return lines

    def _aside(self, detail: Detail) -> list[Content]:
        if not detail.aside:
            return []
        shown = detail.aside[:MOST_CITED]
        lines = [plain(one_line(f.question, 90)) + muted(f" {self.marks.dot} {f.asked_in}") for f in shown]
        return [_section("Not relevant to"), *lines]


def _plain_changes(before: Memory, after: Memory) -> list[tuple[str, str, str]]:
    """The changed fields that a person cares about, as (name, old, new)."""
    pairs = [
        ("kind", before.kind.value, after.kind.value),
        ("state", state_of(before) or "active", state_of(after) or "active"),
        ("about", before.subject, after.subject),
        ("value", before.value or "none", after.value or "none"),
        ("tags", before.tags or "none", after.tags or "none"),
    ]
    return [(name, old, new) for name, old, new in pairs if old != new]


def _section(title: str) -> Content:
    return Content("\n") + Content.styled(title, "bold $text-primary")


def percent(share: float) -> str:
    """0.62 as "62 %", which a line break does not part."""
    return f"{share * 100:.0f}\N{NO-BREAK SPACE}%"


def private_line(memory: Memory) -> str:
    """Why a memory is marked as private, and what that means."""
    from memory.sensitive import matters_of

    about = ", ".join(matters_of(memory.text)) or "as its sources say"
    return f"private: {about}; not given to other programs, not learned into weights unless you allow it"


def state_of(memory: Memory) -> str:
    """What is not usual about a memory, in words; "" for one that is simply active."""
    words = []
    if memory.status is not Status.ACTIVE:
        words.append({Status.SUPERSEDED: "replaced"}.get(memory.status, memory.status.value))
    if memory.sensitivity is Sensitivity.SENSITIVE:
        words.append("private")
    if memory.pinned:
        words.append("pinned")
    if memory.muted:
        words.append("muted")
    if writer_of(memory):
        words.append("noted")
    return " ".join(words)
