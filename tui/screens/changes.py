"""A change of a night in words: what it is, before and after, how sure, why, and the user's words that it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from memory.errors import NotFound
from memory.nights import Change, ChangeKind, Dream
from memory.text import one_line
from memory.types import Memory, Message
from tui.screens.marks import Marks
from tui.screens.memory_detail import Writer, percent
from tui.screens.prose import muted, plain, word_diff
from tui.screens.times import minute

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from assistant.telling.nights import Names

WORDS = {
    ChangeKind.ADD: "new",
    ChangeKind.MERGE: "merge",
    ChangeKind.SUPERSEDE: "replace",
    ChangeKind.CLOSE: "end",
    ChangeKind.TENSE: "past",
    ChangeKind.EXPIRE: "expire",
    ChangeKind.SUMMARIZE: "summary",
    ChangeKind.PROFILE: "page",
    ChangeKind.DREAM: "dream",
    ChangeKind.ASK: "question",
}
"""What each kind of change is called in a list."""
GROUPS = {
    ChangeKind.ADD: "New memories",
    ChangeKind.MERGE: "Said twice",
    ChangeKind.SUPERSEDE: "No longer so",
    ChangeKind.CLOSE: "Ended",
    ChangeKind.TENSE: "Put into the past",
    ChangeKind.EXPIRE: "Expired",
    ChangeKind.SUMMARIZE: "Summaries",
    ChangeKind.PROFILE: "The page about you",
    ChangeKind.DREAM: "Dreams",
    ChangeKind.ASK: "To ask you",
}


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What changes point at, read once: short ids, and the messages that are quoted."""

    names: "Names"
    messages: Mapping[str, Message]


def read_sources(runtime: "Runtime", changes: Sequence[Change]) -> Sources:
    """Look up what the changes point at; in a thread."""
    from assistant.telling.nights import Names

    payloads = [p for c in changes for p in (c.before, c.after) if isinstance(p, Memory)]
    ids = {source.message_id for p in payloads for source in p.sources}
    messages: dict[str, Message] = {}
    for message_id in sorted(ids)[:5_000]:
        try:
            messages[message_id] = runtime.conversations.message(message_id)
        except NotFound:
            continue
    return Sources(names=Names(runtime.conversations, runtime.memories, changes), messages=messages)


def headline(change: Change, names: "Names", marks: Marks) -> Content:
    """The change on one line: `new  Your sister is called Ana.`"""
    own = names.own(change)
    word = Content.styled(f"{WORDS[change.kind]:<9}", "$text-accent")
    text = one_line(change.payload.text, 200)
    before, after = change.before, change.after
    if before is not None and after is not None and before.text != after.text:
        return word + muted(f"{own} " if own else "") + word_diff(one_line(before.text, 200), text, marks)
    style = "strike" if after is None else ""
    return word + muted(f"{own} " if own else "") + plain(text).stylize(style)


def change_page(unit: Sequence[Change], sources: Sources, writer: Writer) -> Content:
    """One or two changes that belong together, in full."""
    lines: list[Content] = []
    for change in unit:
        lines += [*_what(change, sources, writer), Content("")]
    lines += _why(unit[-1])
    lines += _quotes(unit, sources, writer)
    return Content("\n").join(lines)


def _what(change: Change, sources: Sources, writer: Writer) -> list[Content]:
    from assistant.telling.nights import moved

    own = sources.names.own(change)
    lines = [Content.styled(f"{GROUPS[change.kind]}", "bold $text-primary") + muted(f"  {own}" if own else "")]
    before, after = change.before, change.after
    if before is not None and after is not None and before.text != after.text:
        lines.append(word_diff(before.text, after.text, writer.marks))
        lines.append(muted("before: ") + plain(before.text))
        lines.append(muted("after:  ") + plain(after.text))
    else:
        sign = writer.marks.added if before is None else writer.marks.removed if after is None else " "
        lines.append(Content(f"{sign} ") + plain(change.payload.text).stylize("bold"))
    if isinstance(after, Dream):
        lines.append(Content("? ") + plain(after.question))
    for name, (old, new) in moved(change).items():
        lines.append(muted(f"{name.replace('_', ' ')}: {sources.names.value(old)} → {sources.names.value(new)}"))
    return lines


def _why(change: Change) -> list[Content]:
    sure = f"confidence {percent(change.confidence)}"
    safe = "safe" if change.safe else "doubtful: left out unless you tick it"
    lines = [plain(change.reason), muted(f"{sure}, {safe}")]
    if change.decision not in ("planned", "applied"):
        lines.append(Content.styled(change.decision, "bold") + muted(f"  {change.note}"))
    elif change.note:
        lines.append(muted(change.note))
    return lines


def _quotes(unit: Sequence[Change], sources: Sources, writer: Writer) -> list[Content]:
    found = []
    for change in unit:
        for payload in (change.before, change.after):
            found += list(payload.sources) if isinstance(payload, Memory) else []
    lines: list[Content] = []
    for source in dict.fromkeys(found):
        message = sources.messages.get(source.message_id)
        if message is None:
            continue
        quote = f"{writer.marks.quote[0]}{source.quote}{writer.marks.quote[1]}"
        when = minute(message.said_at, writer.now, writer.zone)
        lines += [plain(quote).stylize("italic"), muted(f"you, {message.short_id}, {when}")]
    names = [name for change in unit for name in sources.names.sources(change)]
    if not lines and names:
        lines.append(muted(f"from {', '.join(dict.fromkeys(names))}"))
    return [Content(""), Content.styled("From", "bold $text-primary"), *lines] if lines else []
