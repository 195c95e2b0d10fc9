"""Any sequence of what can be done to a home leaves it sound: edits, merges, undo, redo, nights and their undo, purges,
deleted chats."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import ReverieError
from memory.forget_talk import delete_conversation
from memory.health import check_full_text, check_integrity
from memory.purge import purge_memory
from memory.schema import PassageRow
from memory.store import Create, MemoryFilter, Update
from memory.text import fingerprint
from memory.types import Memory, NewMemory, NewMessage, Status
from sleep.home import Home
from sleep.night import Night, Options
from sleep.undo import undo
from tests.acts import supersede
from tests.sleep.conftest import PlainTaker, open_home

SAID = (
    "I live in Lyon.", "I live in Oslo now.", "My sister Ana plays the cello.", "I am allergic to peanuts.",
    "I like tea.", "I fly to Rome on 9 May 2026.", "I don't eat meat any more.", "What do I like?",
    "~~~\nI live in Minsk.\n~~~", "漢字が好き",
)  # fmt: skip
EVERY = MemoryFilter(statuses=(), limit=10_000)


@cache
def _template() -> Path:
    """A home of the newest schema, made once."""
    path = Path(tempfile.mkdtemp(prefix="reverie-machine-")) / "reverie.db"
    Database.open(path).close()
    return path


class HomeMachine(RuleBasedStateMachine):
    """One home, changed at random by the ways that there are."""

    home: Home

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="reverie-machine-"))
        shutil.copy(_template(), self.folder / "reverie.db")
        self.clock = FixedClock(datetime(2026, 5, 3, 10, tzinfo=UTC))
        self.home = open_home(self.folder, self.clock)
        self.purged: set[str] = set()
        self.made = 0

    def teardown(self) -> None:
        if hasattr(self, "home"):
            self.home.vectors.close()
            self.home.database.close()
            shutil.rmtree(self.folder)

    def _all(self) -> tuple[Memory, ...]:
        return self.home.memories.list(EVERY)

    def _one(self, at: int) -> Memory | None:
        found = self._all()
        return found[at % len(found)] if found else None

    def _attempt(self, act: object, *arguments: object, **values: object) -> None:
        """What is refused changes nothing; the invariants look after that."""
        try:
            act(*arguments, **values)  # type: ignore[operator]
        except ReverieError as refusal:
            assert str(refusal)

    # -- what can be done

    @rule(texts=st.lists(st.sampled_from(SAID), min_size=1, max_size=3))
    def say(self, texts: list[str]) -> None:
        talk = self.home.conversations.create()
        for text in texts:
            self.home.conversations.append(talk.id, NewMessage(role="user", content=text))
            self.clock.instant += timedelta(hours=1)

    @rule(word=st.sampled_from(("tea", "Oslo", "漢字", "x")), slot=st.sampled_from((None, "home_city")))
    def add(self, word: str, slot: str | None) -> None:
        self.made += 1
        value = f"{word} {self.made}"
        self.home.memories.add(NewMemory(text=f"You keep {value}.", slot=slot, value=value if slot else None))

    @rule(
        at=st.integers(0, 50), change=st.sampled_from(("text", "pin", "mute", "retire", "restore", "supersede", "tags"))
    )
    def change(self, at: int, change: str) -> None:
        memory, memories = self._one(at), self.home.memories
        if memory is None:
            return
        self.made += 1
        match change:
            case "text":
                self._attempt(memories.edit, memory.id, text=f"You keep another thing {self.made}.")
            case "tags":
                self._attempt(memories.edit, memory.id, tags=f"tag{self.made}")
            case "pin":
                self._attempt(memories.pin, memory.id, not memory.pinned)
            case "mute":
                self._attempt(memories.mute, memory.id, not memory.muted)
            case "retire":
                self._attempt(memories.retire, memory.id)
            case "restore":
                self._attempt(memories.restore, memory.id)
            case "supersede":
                self._attempt(supersede, memories, memory.id, NewMemory(text=f"You keep a newer thing {self.made}."))

    @rule(at=st.integers(0, 50), other=st.integers(0, 50))
    def merge(self, at: int, other: int) -> None:
        """One stands for another, in one act with a new one."""
        kept, gone = self._one(at), self._one(other)
        if kept is None or gone is None or kept.id == gone.id:
            return
        values = {"status": Status.SUPERSEDED, "superseded_by": kept.id}
        self.made += 1
        new = Create(new=NewMemory(text=f"You keep both {self.made}."))
        self._attempt(self.home.memories.apply, [new, Update(memory=gone.id, values=values)], actor="you")

    @rule()
    def undo(self) -> None:
        self._attempt(self.home.memories.undo)

    @rule()
    def redo(self) -> None:
        self._attempt(self.home.memories.redo)

    @rule()
    def night(self) -> None:
        self.clock.instant += timedelta(days=1)
        Night(self.home, PlainTaker(), options=Options()).run()

    @rule()
    def undo_night(self) -> None:
        applied = [run for run in self.home.nights.list() if run.status == "applied"]
        if applied:
            self._attempt(undo, self.home, applied[0])

    @rule(at=st.integers(0, 50))
    def purge(self, at: int) -> None:
        """With the others of the same words, which the receipt would name."""
        memory = self._one(at)
        if memory is None:
            return
        self.purged.add(memory.text)
        for same in (m for m in self._all() if fingerprint(m.text) == fingerprint(memory.text)):
            purge_memory(self.home.database, same.id, self.clock)

    @precondition(lambda self: hasattr(self, "home"))
    @rule(at=st.integers(0, 50))
    def delete_a_chat(self, at: int) -> None:
        talks = self.home.conversations.list(limit=100)
        if talks:
            delete_conversation(self.home.database, talks[at % len(talks)].id, self.clock)

    # -- what holds

    @invariant()
    def the_file_is_sound(self) -> None:
        if hasattr(self, "home"):
            assert check_integrity(self.home.database) == []
            assert check_full_text(self.home.database) == []

    @invariant()
    def revisions_replay_to_the_rows(self) -> None:
        if not hasattr(self, "home"):
            return
        rows = {memory.id: memory for memory in self._all()}
        last: dict[str, Memory | None] = {}
        for revision in self.home.memories.history(limit=100_000):  # the newest first
            last.setdefault(revision.memory_id, revision.after)
        for id_, after in last.items():
            row = rows.get(id_)
            assert (row is None) == (after is None), id_
            if row is not None and after is not None:
                told = ("text", "status", "pinned", "muted", "tags", "slot", "value", "kind", "trust", "revision")
                assert [getattr(row, name) for name in told] == [getattr(after, name) for name in told]
        assert set(rows) <= set(last), "a memory without a revision"

    @invariant()
    def what_is_purged_stays_away(self) -> None:
        if hasattr(self, "home"):
            texts = {fingerprint(memory.text) for memory in self._all()}
            assert not texts & {fingerprint(text) for text in self.purged}
            assert all(self.home.memories.is_purged(text) for text in self.purged)

    @invariant()
    def quotes_are_where_they_say(self) -> None:
        if not hasattr(self, "home"):
            return
        memories = self._all()
        said = self.home.conversations.messages(s.message_id for memory in memories for s in memory.sources)
        for source in (s for memory in memories for s in memory.sources):
            content = said[source.message_id].content
            assert said[source.message_id].role == "user" and content[source.start : source.end] == source.quote
        assert not [m.text for m in memories if "Minsk" in m.text], "a paste became a memory"

    @invariant()
    def passages_have_their_owners(self) -> None:
        if not hasattr(self, "home"):
            return
        with self.home.database.read() as session:
            owned = {(row.owner_type, row.owner_number) for row in session.scalars(select(PassageRow))}
        numbers = {memory.number for memory in self._all()}
        assert {number for kind, number in owned if kind == "memory"} <= numbers


TestHome = HomeMachine.TestCase
TestHome.settings = settings(
    max_examples=5, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
