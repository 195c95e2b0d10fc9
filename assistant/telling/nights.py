"""Nights and their changes in words: what they point at, what was done, how the exam went."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from memory.nights import Change, Dream, Level, Summary
from memory.store import ConversationStore, MemoryStore
from memory.store.rows import EDITABLE
from memory.text import counted, display, one_line
from memory.types import Memory, Message, Source

DONE = {
    "add": "added",
    "merge": "merged",
    "supersede": "superseded",
    "close": "closed",
    "tense": "put into the past",
    "expire": "expired",
    "summarize": "summarized",
    "profile": "on your page",
    "dream": "dreamt",
    "ask": "to ask you",
}
"""How the report counts each kind of change."""
PAGE = 5_000
"""How many messages are looked up at once."""


class Names:
    """Short ids of what changes point at."""

    def __init__(self, conversations: ConversationStore, memories: MemoryStore, changes: Sequence[Change]) -> None:
        payloads = [p for c in changes for p in (c.before, c.after) if p is not None]
        found = [p for p in payloads if isinstance(p, Memory)]
        self._messages = _messages(conversations, {s.message_id for m in found for s in m.sources})
        self._memories = memories.short_ids(_pointed_at(payloads))
        self._texts = {m.id: m.text for m in found}

    def sources(self, change: Change) -> list[str]:
        """What a change rests on: `t12` a message, `m4` a memory, a period for a summary."""
        payload = change.payload
        if isinstance(payload, Memory):
            found = [self._messages[s.message_id] for s in payload.sources if s.message_id in self._messages]
        else:
            ids = getattr(payload, "memories", ())
            found = [self._memories[i] for i in ids if i in self._memories] or list(getattr(payload, "sources", ()))
        return list(dict.fromkeys(found))

    def own(self, change: Change) -> str:
        """The short id of what is changed, or the period it is about; empty for what does not exist (yet)."""
        payload = change.payload
        if isinstance(payload, Summary) and payload.level is not Level.CONVERSATION:
            return payload.period
        if isinstance(payload, Dream) and payload.number:
            return payload.short_id
        return self._memories.get(payload.id, "") if isinstance(payload, Memory) else ""

    def value(self, value: object) -> str:
        """A field's value for a person."""
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d}"
        if isinstance(value, tuple):
            return counted(len(value), "quote") if all(isinstance(v, Source) for v in value) else str(value)
        text = str(value if value is not None else "none")
        return self._memories.get(text) or (f"“{one_line(self._texts[text], 60)}”" if text in self._texts else text)


def _pointed_at(payloads: Iterable[Any]) -> set[str]:
    ids: set[str] = set()
    for payload in payloads:
        ids.update(getattr(payload, "memories", ()))
        if isinstance(payload, Memory):
            ids.add(payload.id)
            ids.update([payload.superseded_by] if payload.superseded_by else [])
    return ids


def _messages(conversations: ConversationStore, ids: set[str]) -> dict[str, str]:
    found: dict[str, Message] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), PAGE):
        found |= conversations.messages(wanted[start : start + PAGE])
    return {message_id: message.short_id for message_id, message in found.items()}


def moved(change: Change) -> dict[str, tuple[object, object]]:
    """The fields of a memory that a change moves, beside its text."""
    before, after = change.before, change.after
    if not (isinstance(before, Memory) and isinstance(after, Memory)):
        return {}
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in sorted(EDITABLE - {"text"})}
    return {name: (old, new) for name, (old, new) in pairs.items() if old != new}


def did(report: Mapping[str, Any]) -> str:
    """`12 messages read; 8 added, 1 superseded, 2 declined.`"""
    totals: dict[str, int] = {}
    for row in report.get("changes", {}).values():
        for kind, number in row.items():
            totals[kind] = totals.get(kind, 0) + int(number)
    changes = (
        ", ".join(f"{number} {DONE.get(kind) or display(kind)}" for kind, number in totals.items())
        or "nothing to change"
    )
    unread = len(report.get("unread", {}))
    waits = f" {counted(unread, 'message')} could not be read by the model and will be tried again." if unread else ""
    return f"{counted(int(report.get('messages', 0)), 'message')} read; {changes}.{waits}"


def exam_lines(report: Mapping[str, Any]) -> Iterator[str]:
    """How the exam went, on all that the chat is given and on memories alone."""
    exam = report.get("exam", {})
    for name, alone in (("Exam", False), ("Exam on memories alone", True)):
        marks = [_right(exam.get(when, {}), alone=alone) for when in ("before", "after")]
        if marks[0][1]:
            (before, total), (after, _) = marks
            yield f"{name}: {before} of {total} right before, {after} after."

    answers = report.get("answers") or {}
    if answers:
        before, after = (answers[when]["right"] for when in ("before", "after"))
        yield f"The model's own answers: {before} of {sum(answers['before'].values())} right before, {after} after."


def _right(classes: Mapping[str, Mapping[str, int]], *, alone: bool) -> tuple[int, int]:
    rows = [row for name, row in classes.items() if name.endswith("memories alone") == alone]
    return sum(row["right"] for row in rows), sum(sum(row.values()) for row in rows)
