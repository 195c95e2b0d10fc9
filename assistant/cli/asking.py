"""`reverie ask`: one turn."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.cli.output import instant, say, show_json
from assistant.events import Event, Failed, Finished, MemoryWritten, Notice, Retrieved, TextDelta, Usage
from memory.errors import EmbedderError, InvalidInput
from memory.extraction import pasted
from memory.text import MAX_MESSAGE_CHARS, clean, display, one_line
from memory.types import Hit, RecallRecord

if TYPE_CHECKING:
    from assistant.runtime import Runtime

CATCH_UP_SECONDS = 20.0
"""How long a single question waits for what earlier commands left to embed."""


@dataclass
class _Outcome:
    """What a turn came to."""

    text: str = ""
    hits: tuple[Hit, ...] = ()
    recall: tuple[RecallRecord, ...] = ()
    usage: Usage | None = None
    model: str = ""
    failed: Failed | None = None
    notices: list[str] = field(default_factory=list)


def ask_once(text: str, *, as_json: bool, conversation: str | None) -> int:
    """Say `text`, print the answer. Ctrl-C keeps what was written."""
    from assistant.runtime import Runtime

    text = _read(text)
    with closing(Runtime.open()) as runtime:
        talk = runtime.conversations.get(conversation) if conversation else None
        if not text.strip():
            raise InvalidInput("There is nothing to say.", "reverie ask 'What do I like?'")
        _catch_up(runtime)
        talk = talk or runtime.conversations.create()
        outcome = asyncio.run(_turn(runtime, talk.id, text, stream=not as_json))
        if as_json:
            _print_json(outcome, talk.short_id)
        else:
            _print_sources(outcome)
    return 1 if outcome.failed else 0


def _read(text: str) -> str:
    """The message; of standard input several lines are a page, between marks, and a single one is said by the user."""
    if text != "-":
        return text
    given = sys.stdin.read(MAX_MESSAGE_CHARS + 1)
    return pasted(clean(given)) if "\n" in given.strip() else given


def _catch_up(runtime: "Runtime") -> None:
    """Embed what earlier commands stored, if it is little; words find the rest meanwhile."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    try:
        runtime.vectors.work(stop=lambda: time.monotonic() > deadline)
    except EmbedderError as error:
        say(f"Found by words only: {error}")
    left = runtime.vectors.pending()
    if left:
        say(f"{left:,} passages still wait for a vector; `reverie doctor` has the figures.")


async def _turn(runtime: "Runtime", conversation: str, text: str, *, stream: bool) -> _Outcome:
    outcome = _Outcome()
    async for event in _events(runtime, conversation, text):
        _take(outcome, event, stream=stream)
    if stream and outcome.text and not outcome.text.endswith("\n"):
        print(flush=True)
    return outcome


async def _events(runtime: "Runtime", conversation: str, text: str) -> AsyncIterator[Event]:
    async for event in runtime.engine.answer(conversation, text):
        yield event


def _take(outcome: _Outcome, event: Event, *, stream: bool) -> None:
    match event:
        case TextDelta(text=text):
            outcome.text += text
            if stream:
                print(display(text), end="", flush=True)
        case Retrieved(hits=hits):
            outcome.hits = hits
        case Usage():
            outcome.usage = event
        case Notice(text=text):
            say(text)
        case MemoryWritten(summary=summary):
            say(f"{summary} · `reverie memory undo` takes it back")
        case Finished(message=message, recall=recall):
            outcome.model, outcome.recall = message.model, recall
        case Failed():
            outcome.failed = event


def _print_sources(outcome: _Outcome) -> None:
    if outcome.failed:
        say(f"reverie: {outcome.failed.message} Your message is kept.")
        say(f"  {outcome.failed.hint}")
        return
    hits = {hit.id: hit for hit in outcome.hits}
    for record in outcome.recall:
        hit = hits.get(record.hit_id)
        if record.state == "cited" and hit is not None:
            say(f"[{hit.id}] {hit.said_at:%-d %B %Y}: {one_line(hit.text)}")


def _print_json(outcome: _Outcome, conversation: str) -> None:
    if outcome.failed:
        failed = outcome.failed
        show_json({"error": failed.message, "hint": failed.hint, "answer": outcome.text, "conversation": conversation})
        return
    hits = {hit.id: hit for hit in outcome.hits}
    used = [r for r in outcome.recall if r.state != "found" and r.hit_id in hits]
    show_json(
        {
            "answer": outcome.text,
            "memories": [_row(hits[r.hit_id], r) for r in used],
            "model": outcome.model,
            "usage": _usage(outcome.usage),
            "conversation": conversation,
        }
    )


def _row(hit: Hit, record: RecallRecord) -> dict[str, Any]:
    return {
        "id": hit.id,
        "type": hit.type,
        "state": record.state,
        "text": display(hit.text),
        "said_at": instant(hit.said_at),
        "score": round(hit.score, 4),
        "external_id": hit.external_id,
        "sources": list(hit.sources),
        "conversation": hit.conversation,
    }


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None:
        return None
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "estimated": usage.estimated,
        "seconds": round(usage.seconds, 3),
    }
