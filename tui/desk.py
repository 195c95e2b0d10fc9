"""An open chat behind a front end: which engine, which conversation, and the acts behind the slash commands.

Both the screen and the line-by-line mode talk through a `Desk`. Its methods read and write the store: the screen
calls them in a thread. Those that do something return the line that says so, and raise ReverieError if they cannot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from memory.errors import InvalidInput, NotFound, Refused
from memory.store import MemoryFilter
from memory.store.feedback import FeedbackStore
from memory.store.meta import get_meta, set_meta
from memory.text import one_line
from memory.types import Conversation, Memory, Message, RecallRecord, parse_short_id
from tui.exporting import write_chat
from tui.napping import notes_of, told
from tui.screens.place import Place
from tui.screens.prose import describe_act, quoted

if TYPE_CHECKING:
    from assistant.engine import Engine
    from assistant.prospect import Prospect
    from assistant.running import RunningTurn
    from assistant.runtime import Runtime

WELCOMED_KEY = "screen.welcomed"
UNSENT_KEY = "screen.unsent"
"""Where the id of the empty conversation is kept that holds the draft of a chat not yet begun."""
SEEN_NIGHT_KEY = "screen.seen_night"
"""The night that the user was told of last."""
PAGE = 200
"""Messages read from the store at once."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A message with what became of its hits (answers only)."""

    message: Message
    recall: tuple[RecallRecord, ...] = ()
    versions: tuple[Message, ...] = ()
    """The message and its siblings (edits, answers again), oldest first; empty where it has none."""

    @property
    def known(self) -> frozenset[str]:
        """Short ids that its answer may cite."""
        return frozenset(r.hit_id for r in self.recall if r.state != "found")


class Desk:
    """One conversation at a time, with the engine it belongs to."""

    def __init__(self, runtime: "Runtime", *, temporary: bool = False) -> None:
        self.runtime = runtime
        self.engine: Engine = runtime.temporary_engine() if temporary else runtime.engine
        self.conversation: Conversation | None = None

    @property
    def temporary(self) -> bool:
        return self.engine.temporary

    @property
    def conversation_id(self) -> str | None:
        return self.conversation.id if self.conversation else None

    # -- which conversation

    def begin(self) -> str:
        """Start a chat without a row of its own yet. Returns the draft left in the last one that was never sent."""
        self.conversation = None if self.temporary else self._unsent()
        return self.conversation.draft if self.conversation else ""

    def _unsent(self) -> Conversation | None:
        """The empty conversation that holds the draft of a chat not yet begun."""
        reference = get_meta(self.runtime.database, UNSENT_KEY)
        if not reference:
            return None
        try:
            unsent = self.runtime.conversations.get(reference)
        except NotFound:
            return None
        return None if unsent.messages else unsent

    def left_off(self) -> str | None:
        """The chat that was used last, if words were left unsent in it and in no new one: where to start."""
        unsent = self._unsent()
        if self.temporary or (unsent and unsent.draft.strip()):
            return None
        latest = self.runtime.conversations.list(limit=1)
        return latest[0].id if latest and latest[0].draft.strip() else None

    def open(self, reference: str) -> Conversation:
        """Go on with a stored conversation. Leaves a temporary chat."""
        conversation = self.runtime.conversations.get(reference)
        self.engine = self.runtime.engine
        self.conversation = conversation
        return conversation

    def set_temporary(self, on: bool) -> None:
        """Begin a chat of the other sort; what was said in a temporary one is gone."""
        self.engine = self.runtime.temporary_engine() if on else self.runtime.engine
        self.conversation = None

    def ensure(self) -> Conversation:
        """The open conversation; its row is made now if there was none."""
        if self.conversation is None:
            self.conversation = self.engine.conversations.create()
        return self.conversation

    def refresh(self) -> Conversation | None:
        """The open conversation as it is stored now."""
        if self.conversation is not None:
            self.conversation = self.engine.conversations.get(self.conversation.id)
        return self.conversation

    def save_draft(self, draft: str) -> None:
        """Keep what is typed. A temporary chat keeps nothing."""
        if self.temporary or (not draft and self.conversation is None):
            return
        fresh = self.conversation is None
        conversation = self.ensure()
        self.engine.conversations.save_draft(conversation.id, draft)
        if fresh:
            set_meta(self.runtime.database, UNSENT_KEY, conversation.id)

    def read(self, *, limit: int = PAGE, leaf: str | None = None) -> tuple[Shown, ...]:
        """The last messages of the shown branch, or those up to `leaf`, oldest first."""
        if self.conversation is None:
            return ()
        store = self.engine.conversations
        thread = store.thread(self.conversation.id, limit=limit, leaf=leaf)
        versions = store.alternatives(thread)
        return tuple(
            Shown(
                message=m,
                recall=store.recall_of(m.id) if m.role == "assistant" else (),
                versions=versions.get(m.id, ()),
            )
            for m in thread
        )

    def read_plain(self) -> tuple[Message, ...]:
        """All messages of the shown branch, oldest first, without what they were made from."""
        if self.conversation is None:
            return ()
        return self.engine.conversations.thread(self.conversation.id)

    def versions_of(self, message: Message) -> tuple[Message, ...]:
        """A message and its siblings; empty where it has none."""
        return self.engine.conversations.alternatives([message]).get(message.id, ())

    def show_version(self, message: Message) -> None:
        """Show the branch through a message; the next one goes below its end."""
        store = self.engine.conversations
        store.set_head(message.conversation_id, store.leaf_below(message.id))

    def go_back_to(self, message: Message) -> None:
        """Go on from an answer, or (from a message of the user) from before it; nothing is lost."""
        head = message.id if message.role == "assistant" else message.parent_id
        self.engine.conversations.set_head(message.conversation_id, head)

    # -- the first start

    def first_start(self) -> bool:
        """Whether nobody has chosen anything or said anything in this home yet."""
        runtime = self.runtime
        if runtime.paths.settings.exists() or get_meta(runtime.database, WELCOMED_KEY):
            return False
        return not runtime.conversations.list(limit=1)

    def welcomed(self) -> None:
        """The first start is over."""
        set_meta(self.runtime.database, WELCOMED_KEY, "1")

    # -- turns

    def answer(self, text: str) -> "RunningTurn":
        """Say `text` in the open conversation. Raises InvalidInput or Busy."""
        return self.engine.answer(self.ensure().id, text)

    def retry(self, message: Message, without: frozenset[str] = frozenset()) -> "RunningTurn":
        """Answer again: the message itself, or the one that this answer belongs to. `without` are left out of it."""
        asked = message
        if message.role == "assistant":
            if message.parent_id is None:
                raise Refused("There is no question before this answer.")
            asked = self.engine.conversations.message(message.parent_id)
        return self.engine.retry(message.conversation_id, asked.id, without=without)

    def with_sources(self, reference: str) -> frozenset[str]:
        """A memory and the messages that say the same, by short id: what an answer without it has to do without."""
        if not reference.startswith("m"):
            return frozenset({reference})
        memory = self.runtime.memories.get(reference)
        said = self.runtime.conversations.messages(source.message_id for source in memory.sources)
        return frozenset({memory.short_id, *(message.short_id for message in said.values())})

    def set_aside(self, reference: str) -> str:
        """Say that a hit does not bear on the last question, or take that back; in a line what holds now."""
        if not reference:
            raise InvalidInput("Which memory is not relevant?", "Write /irrelevant m41; /why shows what was found.")
        question = self.last_question()
        hit = reference.strip("[] ").lower()
        if FeedbackStore(self.runtime.database, self.runtime.clock).toggle(question, hit):
            return (
                f"{hit} no longer comes up for this question, and less for the like of it; once more takes that back."
            )
        return f"{hit} comes up again."

    def question_number(self, which: str) -> Message:
        """A message of the user in this chat: the last ("" or 1), or the n-th from the end. Raises Refused."""
        if which and not (which.isdecimal() and int(which) > 0):
            raise InvalidInput(f"{which!r} is not a number.", "1 is the last message, 2 the one before it.")
        asked = [s.message for s in self.read(limit=2_000) if s.message.role == "user"]
        if len(asked) < int(which or 1):
            raise Refused("There is no such message in this chat.")
        return asked[-int(which or 1)]

    def last_question(self) -> Message:
        """The latest message of the user. Raises Refused where there is none."""
        for shown in reversed(self.read(limit=20)):
            if shown.message.role == "user":
                return shown.message
        raise Refused("There is nothing to answer again yet.")

    def answer_number(self, which: str) -> Shown:
        """An answer of this chat: the last ("" or 1), the n-th from the end, or by name (t12)."""
        answers = [s for s in self.read(limit=2_000) if s.message.role == "assistant"]
        if which[:1].lower() == "t" or which.startswith("["):
            number = parse_short_id(which, "t")[1]
            found = [s for s in answers if s.message.number == number]
        else:
            if which and not (which.isdecimal() and int(which) > 0):
                raise InvalidInput(f"{which!r} is not a number.", "1 is the last answer, 2 the one before it.")
            found = answers[-int(which or 1) :][:1] if len(answers) >= int(which or 1) else []
        if not found:
            raise Refused("There is no such answer in this chat.")
        return found[0]

    def wish(self, verb: str, what: str) -> str:
        """`/remember` and `/forget` in words: what they change has a sentence of the user as its evidence."""
        if not what:
            raise InvalidInput(f"{verb.capitalize()} what?", f"Write /{verb} and what you mean.")
        if verb == "remember" and not what.lower().startswith(("that ", "to ")):
            return f"Remember that {what}"
        return f"{verb.capitalize()} {what}"

    # -- the prompt

    def prospect(self, text: str) -> "Prospect | None":
        """What would be sent if `text` were said next; None where no model is asked."""
        return self.engine.prospect(self.conversation_id, text)

    def instruct(self, text: str) -> str:
        """What the user wishes of every answer from now on ("off": nothing), kept in the settings."""
        from assistant.settings_file import set_setting

        wished = "" if text.strip().lower() == "off" else text.strip()
        set_setting(self.runtime.paths, "instructions", wished)
        self.runtime.settings = self.runtime.settings.model_copy(update={"instructions": wished})
        self.runtime.use_model(self.runtime.settings.model)
        self.follow_model()
        kept = f"Every answer is asked to: {quoted(wished)}" if wished else "Nothing more is asked of every answer."
        return kept if self.runtime.settings.model != "none" or not wished else f"{kept} Once a model answers."

    def nap_lines(self, argument: str) -> list[str]:
        """The notes of this chat's beginning; with "now" they are made first, however much room there is."""
        if argument not in ("", "now"):
            raise InvalidInput(f"/nap {argument} means nothing.", "/nap shows the notes, /nap now makes some.")
        if argument and (self.conversation_id is None or self.engine.nap(self.conversation_id, early=True) is None):
            raise Refused("There is nothing to make notes of.", "It takes a model that answers, and a longer chat.")
        naps = self.engine.naps(self.read_plain())
        if not naps:
            raise Refused("All of this chat still fits: no notes were made.", "/nap now makes some.")
        why = self.engine.no_cartridge(naps[-1])
        return [told(naps[-1]), *([f"There is no cartridge: {why}"] if why else []), *notes_of(naps[-1])]

    # -- memories

    def memory_count(self) -> int:
        """How many memories may be recalled."""
        return self.runtime.memories.count(MemoryFilter())

    def find_memories(self, words: str) -> tuple[Memory, ...]:
        """The memories that hold these words, newest first."""
        return self.runtime.memories.list(MemoryFilter(text=words, limit=50))

    def texts_of(self, recall: Sequence[RecallRecord]) -> dict[str, str]:
        """The texts behind short ids, as far as they still exist."""
        texts: dict[str, str] = {}
        for record in recall:
            try:
                if record.hit_id.startswith("m"):
                    texts[record.hit_id] = self.runtime.memories.get(record.hit_id).text
                else:
                    texts[record.hit_id] = self.runtime.conversations.message(record.hit_id).content
            except NotFound:
                continue
        return texts

    def pin(self, reference: str) -> str:
        """Pin a memory, or unpin a pinned one."""
        if not reference:
            raise InvalidInput("Which memory?", "Write /pin m41; /memory shows the numbers.")
        pinned = self.runtime.memories.get(reference).pinned
        memory = self.runtime.memories.pin(reference, not pinned)
        return f"{'pinned' if memory.pinned else 'unpinned'} {memory.short_id} {quoted(memory.text)}"

    def tag(self, argument: str) -> str:
        """Set the tags of a memory, given with its number before them."""
        reference, _, tags = argument.partition(" ")
        if not reference:
            raise InvalidInput("Which memory?", "Write /tag m41 and words to sort it by; with none its tags go.")
        memory = self.runtime.memories.edit(reference, reason="tag", tags=tags)
        return f"tagged {memory.short_id} {quoted(memory.text)}: {memory.tags or 'nothing'}"

    def undo(self, only: int | None = None) -> str:
        """Take back the last act on memories, or act `only`."""
        return f"undone: {describe_act(self.runtime.memories.undo(only=only))} · /redo does it again"

    def redo(self) -> str:
        return f"done again: {describe_act(self.runtime.memories.redo())}"

    # -- nights

    def away(self) -> str:
        """What a night did since the last start, in a line; empty where none did. Asking makes it known."""
        from memory.store.nights import NightStore

        last = next((run for run in NightStore(self.runtime.database).list(20) if run.status == "applied"), None)
        seen = get_meta(self.runtime.database, SEEN_NIGHT_KEY)
        if last is None or last.short_id == seen:
            return ""
        set_meta(self.runtime.database, SEEN_NIGHT_KEY, last.short_id)
        from assistant.telling.nights import did

        return f"While you were away: {last.short_id}, {did(last.report)}"

    # -- the rest

    def use_model(self, name: str) -> str:
        """Let another model answer from now on."""
        self.runtime.use_model(name)
        self.follow_model()
        return f"{model_name(self.runtime.settings.model)} answers until you leave; the settings make it stay"

    def follow_model(self) -> None:
        """Let the model that was chosen answer in a temporary chat, too."""
        if self.temporary:
            self.engine.responder = self.runtime.engine.responder

    def keep_theme(self, name: str) -> None:
        """Write the theme into the settings file."""
        from assistant.settings_file import set_setting

        set_setting(self.runtime.paths, "screen.theme", name)
        screen = self.runtime.settings.screen.model_copy(update={"theme": name})
        self.runtime.settings = self.runtime.settings.model_copy(update={"screen": screen})

    def rename(self, title: str) -> str:
        if not title:
            raise InvalidInput("Which title?", "Write /rename and the new title.")
        self.conversation = self.engine.conversations.rename(self.ensure().id, title)
        return f"renamed to {quoted(self.conversation.title)}"

    def export(self, argument: str, folder: Path) -> str:
        """Write this chat to a file below `folder` (or at the path given), never over an existing one."""
        messages = self.read_plain()
        if not messages or self.conversation is None:
            raise Refused("There is nothing to export yet.")
        kept = None if self.temporary else self.runtime.database
        return write_chat(self.conversation, messages, argument, folder, kept)


def find_in(place: Place, desk: Desk) -> str | None:
    """The leaf to show so that the message of `place` is on the shown branch; None where the head will do."""
    if place.message_id is None:
        return None
    thread = desk.runtime.conversations.thread(place.conversation_id)
    return None if any(m.id == place.message_id for m in thread) else place.message_id


def model_name(name: str) -> str:
    """A model's name as people read it."""
    return "no model" if name == "none" else one_line(name, 60)


def recall_lines(shown: Shown, texts: Mapping[str, str]) -> list[str]:
    """What an answer was made from, in plain lines: cited, given, found."""
    words = {"cited": "cited in the answer", "given": "given, not cited", "found": "found, not given"}
    return [
        f"{record.hit_id} ({words[record.state]}, {record.score:.2f}): {one_line(texts.get(record.hit_id, ''), 100)}"
        for record in shown.recall
    ]
