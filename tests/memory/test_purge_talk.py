"""Purging messages, conversations, people and stretches of time: nothing is left of them or brings them back."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import InvalidInput, NotFound
from memory.naps import NapNote, NewNap
from memory.purge import purge
from memory.purge_scope import scope_about, scope_between, scope_of
from memory.store import ConversationStore, MemoryStore
from memory.store.naps import NapStore
from memory.transfer import ImportReport, export_home, import_path
from memory.types import Message, NewMemory, NewMessage, Source
from memory.vectors.hashing import HashEmbedder
from memory.vectors.service import Vectors

SECRET = "xylophonist"


def talk(conversations: ConversationStore, clock: FixedClock, *texts: str) -> list[Message]:
    """Turns about, a minute each, the user first."""
    where = conversations.create().id
    said = []
    for at, text in enumerate(texts):
        clock.instant += timedelta(minutes=1)
        said.append(conversations.append(where, NewMessage(role="assistant" if at % 2 else "user", content=text)))
    return said


def remember(memories: MemoryStore, text: str, *messages: Message) -> None:
    sources = tuple(
        Source(message_id=m.id, quote=m.content, start=0, end=len(m.content)) for m in messages
    )  # fmt: skip
    memories.add(NewMemory(text=text, sources=sources, said_at=messages[0].said_at if messages else None))


def nowhere(database: Database, home: Path, *words: str) -> None:
    database.close()
    for path in home.rglob("*"):
        if path.is_file():
            held = path.read_bytes().lower()
            assert not [word for word in words if word.lower().encode() in held], path


def test_a_message_goes_with_its_answer_and_what_rests_on_it_alone(
    database: Database, conversations: ConversationStore, memories: MemoryStore, home: Path, clock: FixedClock
) -> None:
    said = talk(
        conversations, clock, f"I am a {SECRET} by trade.", f"A {SECRET}, how nice.", "I live in Lyon.", "Noted.",
    )  # fmt: skip
    remember(memories, f"You are a {SECRET}.", said[0])
    remember(memories, "You live in Lyon.", said[2])
    vectors = Vectors(database, home / "index", lambda: HashEmbedder(32), backend="exact")
    vectors.catch_up()
    conversations.save_draft(said[0].conversation_id, f"did I say that I am a {SECRET} by trade. yes")
    receipt = purge(database, scope_of(database, ["t1"]), clock)
    assert receipt.removed["messages"] == 2 and receipt.removed["memories"] == 1 and receipt.removed["vectors"] >= 2
    assert SECRET not in json.dumps(receipt.removed) and receipt.what == "t1" and receipt.fingerprints
    left = conversations.thread(said[0].conversation_id)
    assert [m.content for m in left] == ["I live in Lyon.", "Noted."]
    assert left[0].parent_id is None and conversations.get(said[0].conversation_id).title == "I live in Lyon."
    assert [m.text for m in memories.list()] == ["You live in Lyon."]
    vectors.close()
    nowhere(database, home, SECRET)


def test_what_rests_on_more_keeps_the_rest(
    database: Database, conversations: ConversationStore, memories: MemoryStore, clock: FixedClock
) -> None:
    one, two = talk(conversations, clock, "I live in Lyon now.")[0], talk(conversations, clock, "Lyon is home.")[0]
    remember(memories, "You live in Lyon.", one, two)
    memories.edit("m1", text="You live in Lyon, France.")
    receipt = purge(database, scope_of(database, ["t1"]), clock)
    assert [source.quote for source in memories.get("m1").sources] == ["Lyon is home."]
    assert "memories" not in receipt.removed and receipt.removed["conversations"] == 1
    assert "Lyon now" not in str(memories.history("m1"))


def test_the_branch_that_is_shown_goes_on_above_what_went(
    database: Database, conversations: ConversationStore, clock: FixedClock
) -> None:
    said = talk(conversations, clock, "one", "two", "three", "four")
    purge(database, scope_of(database, ["t3"]), clock)
    assert [m.content for m in conversations.thread(said[0].conversation_id)] == ["one", "two"]
    more = conversations.append(said[0].conversation_id, NewMessage(role="user", content="five"))
    assert more.parent_id == said[1].id
    purge(database, scope_of(database, ["t2"]), clock)
    assert [m.content for m in conversations.thread(said[0].conversation_id)] == ["one", "five"]


def test_everything_about_somebody(
    database: Database, conversations: ConversationStore, memories: MemoryStore, home: Path, clock: FixedClock
) -> None:
    said = talk(conversations, clock, "Stan called me.", "And then?", "I like standing tables.", "Fine.")
    talk(conversations, clock, "stan's car is red", "Stan has a car.")
    remember(memories, "Stan called you.", said[0])
    memories.add(NewMemory(text="You like standing tables."))
    memories.add(NewMemory(text="He owns a boat.", subject="Stan"))
    scope = scope_about(database, " stan ")
    assert (scope.memories, scope.messages, scope.conversations) == ((1, 3), (1, 2, 5, 6), (2,))
    purge(database, scope, clock)
    assert [m.text for m in memories.list()] == ["You like standing tables."]
    assert len(conversations.list()) == 1
    nowhere(database, home, "Stan called", "stan's", "boat")


def test_a_stretch_of_time(
    database: Database, conversations: ConversationStore, memories: MemoryStore, clock: FixedClock
) -> None:
    first = talk(conversations, clock, "before")[0]
    clock.instant += timedelta(days=1)
    start = clock.now()
    inside = talk(conversations, clock, "in between")[0]
    remember(memories, "Between.", inside)
    end = clock.now() + timedelta(seconds=1)
    clock.instant += timedelta(days=1)
    talk(conversations, clock, "afterwards")
    scope = scope_between(database, start, end)
    assert (scope.memories, scope.messages) == ((1,), (2,)) and "from" in scope.called and "until" in scope.called
    assert scope_between(database, None, start).messages == (first.number,)
    purge(database, scope, clock)
    assert [c.title for c in conversations.list()] == ["afterwards", "before"]
    for wrong in ((None, None), (end, start)):
        with pytest.raises(InvalidInput):
            scope_between(database, *wrong)


def test_what_is_not_there_cannot_be_purged(database: Database) -> None:
    for reference in ("m9", "t9", "c9"):
        with pytest.raises(NotFound):
            scope_of(database, [reference])
    for wrong in ("x3", "", "t"):
        with pytest.raises(InvalidInput):
            scope_of(database, [wrong])
    with pytest.raises(InvalidInput):
        scope_of(database, [])
    with pytest.raises(InvalidInput):
        scope_about(database, " ,. ")


def test_the_same_words_elsewhere_are_named(
    database: Database, conversations: ConversationStore, memories: MemoryStore, clock: FixedClock
) -> None:
    said = talk(conversations, clock, "My PIN is 4711 for the gate.")[0]
    talk(conversations, clock, "As I said: my pin is 4711 for the gate. Yes.", "yes")
    talk(conversations, clock, "yes", "yes")
    remember(memories, "Your PIN is 4711.", said)
    memories.add(NewMemory(text="Note: your pin is 4711."))
    assert purge(database, scope_of(database, ["t1"]), clock).also_said_in == ("t2", "m2")
    assert purge(database, scope_of(database, ["t5"]), clock).also_said_in == (), "everybody says yes"


def test_the_notes_of_a_nap_go_with_what_they_are_of(
    database: Database, conversations: ConversationStore, home: Path, clock: FixedClock
) -> None:
    said = talk(conversations, clock, f"I am a {SECRET} by trade.", "Nice.", "I like tea very much.", "Fine.")
    naps = NapStore(database, clock)
    notes = tuple(
        NapNote(message_id=m.id, message=m.short_id, text=m.content, start=0, end=len(m.content)) for m in said
    )  # fmt: skip
    naps.keep(
        NewNap(
            conversation_id=said[0].conversation_id,
            upto_id=said[3].id,
            messages=4,
            tokens=20,
            passes=1,
            model="none",
            notes=notes,
        )
    )
    folder = home / "cartridges" / "1"
    folder.mkdir(parents=True)
    (folder / "cartridge.json").write_text(json.dumps({"facts": [said[0].id], "beside": []}))
    (home / "cartridges" / "2").mkdir()
    (home / "cartridges" / "2" / "cartridge.json").write_text(json.dumps({"facts": [said[2].id]}))
    receipt = purge(database, scope_of(database, ["t1"]), clock)
    assert receipt.removed["cartridges"] == 1 and not folder.exists() and (home / "cartridges" / "2").exists()
    left = naps.holding_at(said[3].id)
    assert left is not None and [note.message for note in left.notes] == ["t3", "t4"]
    purge(database, scope_of(database, ["t4"]), clock)
    assert naps.of_conversation(said[0].conversation_id) == (), "it ended there"
    nowhere(database, home, SECRET)


CHAT = [
    {"id": f"{n}", "conversation": "work", "role": "user", "content": text, "created_at": f"2026-05-0{n}T10:00:00Z"}
    for n, text in enumerate(["My boss is Marc.", f"I am a {SECRET}.", "yes", "I like tea."], start=1)
]


Bring = Callable[[Path], ImportReport]


@pytest.fixture
def bring(database: Database, conversations: ConversationStore, memories: MemoryStore, clock: FixedClock) -> Bring:
    return partial(import_path, database=database, conversations=conversations, memories=memories, clock=clock)


def test_an_import_does_not_bring_it_back(
    database: Database, conversations: ConversationStore, home: Path, clock: FixedClock, tmp_path: Path, bring: Bring
) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in CHAT))
    bring(file)
    purge(database, scope_of(database, ["t2", "t3"]), clock)
    again = bring(file)
    assert (again.messages_imported, again.messages_known, again.messages_skipped) == (0, 2, 2)
    assert dict(again.reasons) == {"it was purged here": 2}
    file.write_text(file.read_text() + json.dumps({**CHAT[2], "id": "9"}) + "\n")
    assert bring(file).messages_imported == 1, "another yes is another message"
    purge(database, scope_of(database, ["c1"]), clock)
    assert conversations.list() == ()
    assert bring(file).messages_imported == 0 and conversations.list() == ()
    nowhere(database, home, SECRET)


def test_an_export_from_before_does_not_bring_it_back(
    database: Database, conversations: ConversationStore, home: Path, clock: FixedClock, tmp_path: Path, bring: Bring
) -> None:
    said = talk(conversations, clock, f"I am a {SECRET}.", "Nice.", "I like tea.", "Fine.")
    talk(conversations, clock, f"All about the {SECRET} here.")
    export_home(database, tmp_path / "out", format="jsonl")
    purge(database, scope_about(database, SECRET), clock)
    bring(tmp_path / "out")
    assert [m.content for m in conversations.thread(said[0].conversation_id)] == ["I like tea.", "Fine."]
    assert len(conversations.list()) == 1
    nowhere(database, home, SECRET)
