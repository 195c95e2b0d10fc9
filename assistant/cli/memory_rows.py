"""Memories as rows, for people and for programs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assistant.cli.output import fields, instant, rows, show
from memory.notes import writer_of
from memory.text import one_line
from memory.types import Memory, Message, Receipt, Revision, Sensitivity


def as_row(memory: Memory, messages: Mapping[str, Message] | None = None) -> dict[str, Any]:
    """A memory for `--json`."""

    def when(moment: datetime | None) -> str | None:
        return instant(moment) if moment else None

    return {
        "id": memory.short_id,
        "text": memory.text,
        "kind": memory.kind,
        "subject": memory.subject,
        "slot": memory.slot,
        "value": memory.value,
        "status": memory.status,
        "trust": memory.trust,
        "sensitivity": memory.sensitivity,
        "confidence": memory.confidence,
        "pinned": memory.pinned,
        "muted": memory.muted,
        "tags": memory.tags.split(),
        "said_at": when(memory.said_at),
        "event_from": when(memory.event_from),
        "event_to": when(memory.event_to),
        "valid_from": when(memory.valid_from),
        "valid_to": when(memory.valid_to),
        "updated_at": when(memory.updated_at),
        "sources": [_source(s.message_id, s.quote, messages) for s in memory.sources],
    }


def _source(message_id: str, quote: str, messages: Mapping[str, Message] | None) -> dict[str, Any]:
    message = (messages or {}).get(message_id)
    known = {"message": message.short_id, "external_id": message.external_id} if message else {}
    return {"quote": quote, **known}


def as_table(found: Sequence[Memory]) -> None:
    """Memories for a person."""
    header = ("id", "kind", "said", "", "text")
    rows(header, ((m.short_id, m.kind, _day(m.said_at), _marks(m), one_line(m.text, 200)) for m in found))


def _marks(memory: Memory) -> str:
    marks = [name for name, on in (("pinned", memory.pinned), ("muted", memory.muted)) if on]
    if memory.status != "active":
        marks.append(memory.status)
    if memory.sensitivity is Sensitivity.SENSITIVE:
        marks.append("private")
    if writer := writer_of(memory):
        marks.append(f"from {writer}")
    return ",".join(marks)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def print_memory(memory: Memory, messages: Mapping[str, Message]) -> None:
    """One memory, in full."""
    from memory.sensitive import matters_of

    show(f"{memory.short_id} {memory.text}")
    values = {
        "kind": memory.kind,
        "about": memory.subject,
        "slot": f"{memory.slot} = {memory.value}" if memory.slot else "",
        "state": _marks(memory) or "active",
        "tags": memory.tags,
        "said": _day(memory.said_at),
        "happens": " to ".join(filter(None, (_day(memory.event_from), _day(memory.event_to)))),
        "valid until": _day(memory.valid_to),
        "trust": f"{memory.trust}, confidence {memory.confidence:.2f}, {memory.sensitivity}",
        "private": ", ".join(matters_of(memory.text)),
    }
    fields({name: value for name, value in values.items() if value})
    for source in memory.sources:
        message = messages.get(source.message_id)
        where = f" ({message.short_id}, {_day(message.said_at)})" if message else ""
        show(f"“{one_line(source.quote, 300)}”{where}")


def revision_row(revision: Revision) -> dict[str, Any]:
    """A revision for `--json`."""
    return {
        "id": revision.number,
        "memory": f"m{revision.memory_number}",
        "at": instant(revision.at),
        "actor": revision.actor,
        "reason": revision.reason,
        "before": as_row(revision.before) if revision.before else None,
        "after": as_row(revision.after) if revision.after else None,
    }


def print_revisions(revisions: Sequence[Revision]) -> None:
    """Revisions for a person."""
    header = ("when", "memory", "who", "why", "change")
    rows(header, (_revision(r) for r in revisions))


def _revision(revision: Revision) -> tuple[str, ...]:
    return (
        f"{revision.at:%Y-%m-%d %H:%M}",
        f"m{revision.memory_number}",
        revision.actor,
        revision.reason,
        _change(revision.before, revision.after),
    )


def _change(before: Memory | None, after: Memory | None) -> str:
    if before is None or after is None:
        return one_line(f"+ {after.text}" if after else f"− {before.text}" if before else "", 160)
    if before.text != after.text:
        return f"− {one_line(before.text, 80)} + {one_line(after.text, 80)}"
    names = ("status", "pinned", "muted", "kind", "slot", "value", "subject", "valid_to")
    changed = [n for n in names if getattr(before, n) != getattr(after, n)]
    return ", ".join(f"{n}: {getattr(before, n)} → {getattr(after, n)}" for n in changed)


MOST_PRINTS = 6
"""Hashes and ids that are named; of more the number."""


def print_receipt(receipt: Receipt) -> None:
    """What a purge removed."""
    show(f"{receipt.what}: purged.")
    prints = receipt.fingerprints
    shown = ", ".join(one[:16] for one in prints[:MOST_PRINTS])
    more = f" and {len(prints) - MOST_PRINTS:,} more" if len(prints) > MOST_PRINTS else ""
    fields({**{name: str(count) for name, count in receipt.removed.items()}, "fingerprints": f"{shown}{more}"})
    if receipt.also_said_in:
        named = receipt.also_said_in
        rest = f" and {len(named) - MOST_PRINTS:,} more" if len(named) > MOST_PRINTS else ""
        show(f"Also said in {', '.join(named[:MOST_PRINTS])}{rest}: `reverie purge` takes these, too.")
    if receipt.left_in:
        show("Files that may still hold it (delete them; `reverie purge --backups` rewrites backups):")
        for path in receipt.left_in:
            show(f"  {path}")
