"""A responder that says what it is told to, over real stores."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from assistant.engine import Engine
from assistant.errors import ModelError
from assistant.events import Event, TextDelta, Usage
from assistant.responder import Piece, Turn
from assistant.running import RunningTurn


class FakeResponder:
    """Streams `pieces`; an exception among them is raised, None waits until the turn is cancelled."""

    model = "fake:one"
    remote = True

    def __init__(self, *pieces: str | Exception | None, give: int = 2) -> None:
        self.pieces: Sequence[str | Exception | None] = pieces
        self.give = give
        self.turns: list[Turn] = []
        self.closed = False

    def given(self, turn: Turn) -> tuple[str, ...]:
        return tuple(hit.id for hit in turn.hits[: self.give])

    async def respond(self, turn: Turn) -> AsyncIterator[Piece]:
        self.turns.append(turn)
        try:
            for piece in self.pieces:
                if piece is None:
                    await asyncio.Event().wait()
                elif isinstance(piece, Exception):
                    raise piece
                else:
                    yield TextDelta(text=piece)
            yield Usage(prompt_tokens=11, completion_tokens=7, estimated=False, seconds=0.1, context_tokens=4096)
        finally:
            self.closed = True


async def collect(turn: RunningTurn) -> list[Event]:
    return [event async for event in turn]


def of(events: Sequence[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


async def say(engine: Engine, conversation: str, text: str) -> list[Event]:
    return await collect(engine.answer(conversation, text))


REFUSED = ModelError("The server refused the key (401).", "Check OPENAI_API_KEY.")
