"""The turn engine: a question becomes a stream of events (`assistant.running`), one turn at a time in a conversation.

What a next prompt would be made of, and the naps between turns, are asked of it too.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from assistant.cartridges import Cartridges
from assistant.context import estimate_tokens
from assistant.errors import Busy, ModelError
from assistant.napping import MOST_IN_VIEW, Napper, Room, after_nap, noted
from assistant.prospect import Foresees, Prospect
from assistant.responder import NO_PREFIX, Prefix, Responder, Turn
from assistant.running import HITS, RunningTurn
from assistant.wishes import Wishes
from memory.clock import Clock
from memory.errors import InvalidInput
from memory.naps import Nap
from memory.retrieval import Retriever
from memory.store import ConversationStore
from memory.store.ledger import Ledger
from memory.store.naps import NapStore
from memory.text import MAX_MESSAGE_CHARS, clean
from memory.types import Hit, Message


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What an engine is made of."""

    conversations: ConversationStore
    retriever: Retriever
    wishes: Wishes | None
    """None: nothing that is said changes a memory (temporary chats)."""
    ledger: Ledger | None
    clock: Clock
    remembers: Callable[[], bool] = lambda: True
    """Whether answers are given what was said in other conversations."""
    stored: Callable[[], None] = lambda: None
    """Called when messages were stored, so that someone may embed them."""
    catch_up: Callable[[], None] = lambda: None
    """Called before a search: what was said a moment ago must be found, too."""
    standing: Callable[[], tuple[str, ...]] = lambda: ()
    """What the user asked of every answer."""
    naps: NapStore | None = None
    """Notes of the beginnings of conversations; None: there are none."""
    napper: Napper | None = None
    """Who makes them; None: nobody does."""
    cartridges: Cartridges | None = None
    """What local models read beside the notes; None: nothing."""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What stands for a conversation's beginning, and what was said after it."""

    noted: tuple[Hit, ...] = ()
    prefix: Prefix = NO_PREFIX
    after: tuple[Message, ...] = ()

    @property
    def read_as_text(self) -> tuple[Hit, ...]:
        """The notes that nothing else stands for."""
        return tuple(hit for hit in self.noted if hit.message and hit.message.id not in self.prefix.messages)


class Engine:
    """Runs turns, one at a time in a conversation."""

    def __init__(self, parts: Parts, responder: Responder, *, temporary: bool = False) -> None:
        self.parts = parts
        self.responder = responder
        self.temporary = temporary
        self._running: set[str] = set()
        self._notice = ""

    @property
    def conversations(self) -> ConversationStore:
        """Where this engine's conversations live (a temporary engine's are in memory only)."""
        return self.parts.conversations

    def answer(self, conversation_id: str, text: str) -> RunningTurn:
        """Say `text` in a conversation. Raises InvalidInput for a text that cannot be stored, Busy during a turn."""
        text = clean(text)
        if not text.strip():
            raise InvalidInput("The message is empty.", "Type something to say.")
        if len(text) > MAX_MESSAGE_CHARS:
            raise InvalidInput(
                f"The message has {len(text):,} characters; {MAX_MESSAGE_CHARS:,} is the most.",
                "Save it as a file and use `reverie import`.",
            )
        self._reserve(conversation_id)
        return RunningTurn(self, conversation_id, text=text)

    def retry(self, conversation_id: str, message_id: str, *, without: frozenset[str] = frozenset()) -> RunningTurn:
        """Answer a stored user message again; the new answer is a sibling of the old one.

        `without` are short ids of memories and messages that are not to be found for it.
        """
        message = self.conversations.message(message_id)
        if message.role != "user":
            raise InvalidInput("Only your own messages can be answered again.")
        self._reserve(conversation_id)
        return RunningTurn(self, conversation_id, again=message, without=without)

    def prospect(self, conversation_id: str | None, text: str = "") -> Prospect | None:
        """What would be sent if `text` were said next; None where no model is asked. Nothing is stored, and the prompt
        is not sent; where `retrieval.rewrite` is "always", looking `text` up asks the model, as a turn would.

        Without a text nothing is looked up. Raises ModelError for what does not fit.
        """
        if not isinstance(self.responder, Foresees):
            return None
        parts, now = self.parts, self.parts.clock.now()
        message = Message(
            id="", number=0, conversation_id=conversation_id or "", parent_id=None, role="user", author="",
            content=clean(text), status="complete", said_at=now, zone=parts.clock.zone,
        )  # fmt: skip
        hits: tuple[Hit, ...] = ()
        if text.strip() and parts.remembers():
            parts.catch_up()
            hits = parts.retriever.search(text, HITS).hits
        history = parts.conversations.thread(conversation_id, limit=MOST_IN_VIEW) if conversation_id else ()
        begun = self.begun(history)
        return self.responder.prospect(
            Turn(
                message=message, history=begun.after, hits=hits, written=(), now=now, zone=parts.clock.zone,
                standing=parts.standing(), noted=begun.noted, prefix=begun.prefix,
            )
        )  # fmt: skip

    def is_news(self, notice: str) -> bool:
        """Whether the last turn's retrieval did not say the same: what is wrong with the index is said once."""
        before, self._notice = self._notice, notice
        return bool(notice) and notice != before

    def begun(self, history: tuple[Message, ...]) -> Begun:
        """What stands for a conversation's beginning for the model that answers."""
        nap = self.parts.naps.holding_at(history[-1].id) if self.parts.naps and history else None
        if nap is None:
            return Begun(after=history)
        said = self.conversations.messages(note.message_id for note in nap.notes)
        cartridges = self.parts.cartridges
        prefix = cartridges.before(history[-1].id, self.responder.model) if cartridges else NO_PREFIX
        return Begun(noted=noted(nap, list(said.values())), prefix=prefix, after=after_nap(history, nap))

    def naps(self, messages: Sequence[Message]) -> tuple[Nap, ...]:
        """The naps that end in one of some messages of a conversation, the oldest first."""
        if self.parts.naps is None or not messages:
            return ()
        shown = {message.id for message in messages}
        naps = [n for n in self.parts.naps.of_conversation(messages[0].conversation_id) if n.upto_id in shown]
        return self.parts.cartridges.marked(naps, self.responder.model) if self.parts.cartridges else tuple(naps)

    def no_cartridge(self, nap: Nap) -> str:
        """Why none could be made for a nap; mostly empty."""
        return self.parts.cartridges.refused(nap, self.responder.model) if self.parts.cartridges else ""

    def nap(self, conversation_id: str, *, early: bool = False) -> Nap | None:
        """Make notes of the conversation's beginning, if it is time or wished `early`; None if it is not. Takes a
        moment: between turns, in a thread. A turn that begins meanwhile is answered as if there were none yet."""
        if self.parts.napper is None:
            return None
        try:
            prospect = self.prospect(conversation_id)
        except ModelError:  # what does not fit at all is said by the turn itself
            return None
        if prospect is None:
            return None
        notes = sum(estimate_tokens(hit.text) for hit in self.begun(prospect.history).read_as_text)
        fixed = max(0, prospect.system_tokens - notes) + prospect.cartridge_tokens
        room = Room(window=prospect.window, fixed_tokens=fixed)
        return self.parts.napper.nap(conversation_id, room, early=early, go_on=lambda: not self._running)

    def imprint(self, conversation_id: str) -> "Future[tuple[Nap, ...]] | None":
        """Begin to make the cartridges that a conversation's naps lack, in the background: it ends with the naps that
        got one, or as soon as a turn begins. None where there are none to be made."""
        if self.parts.cartridges is None or self.parts.cartridges.reader(self.responder.model) is None:
            return None
        return self.parts.cartridges.begin(conversation_id, self.responder.model, lambda: not self._running)

    def _reserve(self, conversation_id: str) -> None:
        if conversation_id in self._running:
            raise Busy("An answer is still being written.", "Wait for it, or stop it first.")
        self._running.add(conversation_id)

    def release(self, conversation_id: str) -> None:
        """A turn is over: the next one may begin."""
        self._running.discard(conversation_id)
