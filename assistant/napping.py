"""Naps between turns: before the beginning of a chat leaves the model's window, cited notes are made of it.

They are given to the model as what was found, so that it cites them like everything else. docs/nap.md explains it.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass

from assistant.context import ANSWER_SHARE, MOST_FOR_ANSWER, TOKENS_PER_MESSAGE, CountTokens, estimate_tokens
from assistant.settings import NapSettings
from memory.naps import Nap, NapNote, NewNap
from memory.store import ConversationStore
from memory.store.naps import NapStore
from memory.types import ChannelScore, Hit, Message
from sleep.errors import ModelFailed
from sleep.home import Model
from sleep.nap.rules import notes_by_rules

KEPT = 0.4
"""The share of the room for the conversation that stays as it was said; what is older becomes notes."""
FEWEST = 4
"""Messages: of fewer no nap is taken."""
MOST_IN_VIEW = 200
"""Messages since the last nap that a turn reads at the most, however short they are."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """The model's window, and what is in it beside the conversation."""

    window: int
    fixed_tokens: int
    """Instructions, memories and the like."""

    @property
    def for_talk(self) -> int:
        """Tokens that the conversation may fill."""
        return max(0, self.window - min(MOST_FOR_ANSWER, int(self.window * ANSWER_SHARE)) - self.fixed_tokens)


def after_nap(history: Sequence[Message], nap: Nap | None) -> tuple[Message, ...]:
    """What was said after the nap's last message; all of it where that is not among it."""
    if nap is None:
        return tuple(history)
    ends = next((at for at, message in enumerate(history) if message.id == nap.upto_id), -1)
    return tuple(history[ends + 1 :])


def noted(nap: Nap | None, messages: Sequence[Message]) -> tuple[Hit, ...]:
    """The notes of a nap as hits, in reading order; those of messages that are not given are left out."""
    by_id = {message.id: message for message in messages}
    found: dict[str, list[str]] = {}
    for note in nap.notes if nap else ():
        if note.message_id in by_id:
            found.setdefault(note.message_id, []).append(note.text)
    return tuple(_hit(by_id[id_], " ".join(texts)) for id_, texts in found.items())


def _hit(message: Message, text: str) -> Hit:
    return Hit(
        type="message", id=message.short_id, text=text, said_at=message.said_at, score=1.0,
        channels=(ChannelScore(channel="nap", rank=1, score=1.0),), reasons=("noted of the beginning of this chat",),
        message=message,
    )  # fmt: skip


def due(
    history: Sequence[Message], nap: Nap | None, room: Room, at: float, count: CountTokens = estimate_tokens
) -> tuple[Message, ...]:
    """The messages since the last nap that become notes now; none while the window is not full enough, and there are
    not about as many as a turn reads.

    A part ends with an answer, so that no question is parted from it. Where the window leaves no room at all there is
    none for notes, either: that is said by the turn.
    """
    if not room.for_talk:
        return ()
    fresh = after_nap(history, nap)
    sizes = [count(message.content) + TOKENS_PER_MESSAGE for message in fresh]
    notes = sum(count(note.text) for note in nap.notes) if nap else 0
    if sum(sizes) + notes < at * room.for_talk and len(fresh) < at * MOST_IN_VIEW:
        return ()
    left, end = sum(sizes), 0
    while end < len(fresh) and (left > KEPT * room.for_talk or len(fresh) - end > KEPT * MOST_IN_VIEW):
        left -= sizes[end]
        end += 1
    too_long = [size > room.for_talk for size in sizes]  # one hides what was said before it at every turn
    while end and _asks(fresh, end, given_up=too_long[end - 1]):
        end -= 1
    return tuple(fresh[:end]) if end >= FEWEST or any(too_long[:end]) else ()


def _asks(messages: Sequence[Message], end: int, *, given_up: bool) -> bool:
    """Whether the last of the first messages is a question whose answer comes behind them, or may still come."""
    if messages[end - 1].role != "user":
        return False
    return messages[end].role != "user" if end < len(messages) else not given_up


Lend = Callable[[], "AbstractContextManager[Model | None]"]
"""Lends a model for a while; none where none answers."""


class Napper:
    """Takes naps of one home's conversations."""

    def __init__(
        self, conversations: ConversationStore, naps: NapStore, settings: Callable[[], NapSettings],
        lend: Lend = nullcontext,
    ) -> None:  # fmt: skip
        self._conversations = conversations
        self._naps = naps
        self._settings = settings
        self._lend = lend

    def nap(
        self, conversation_id: str, room: Room, *, early: bool = False, go_on: Callable[[], bool] = lambda: True
    ) -> Nap | None:
        """Take one, if it is time or the user wants it `early`; None if there is nothing to take one of. Takes up to a
        second, or as long as a model takes, which is asked no more once `go_on` says no: call it in a thread."""
        settings = self._settings()
        recent = self._conversations.thread(conversation_id, limit=MOST_IN_VIEW)
        if not recent or not (settings.enabled or early):
            return None
        part = due(recent, self._naps.holding_at(recent[-1].id), room, 0.0 if early else settings.at)
        if not part:
            return None
        covered = self._conversations.thread(conversation_id, leaf=part[-1].id)
        writer, notes = self._notes(covered, int(room.for_talk * settings.share), settings, go_on)
        return self._naps.keep(
            NewNap(
                conversation_id=part[-1].conversation_id,
                upto_id=part[-1].id,
                messages=len(covered),
                tokens=sum(estimate_tokens(m.content) for m in covered),
                passes=settings.passes,
                model=writer,
                notes=notes,
            )
        )

    def _notes(
        self, covered: Sequence[Message], room: int, settings: NapSettings, go_on: Callable[[], bool]
    ) -> tuple[str, tuple[NapNote, ...]]:
        """Who wrote the notes, and these."""
        if settings.writer == "model":
            from sleep.nap.by_model import notes_by_model

            with suppress(ModelFailed), self._lend() as model:
                if model is not None:
                    made = notes_by_model(
                        model, covered, room=room, passes=settings.passes, count=estimate_tokens, go_on=go_on
                    )
                    return model.name, made
        return "none", notes_by_rules(covered, room=room, passes=settings.passes, count=estimate_tokens)
