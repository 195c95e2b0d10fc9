from pathlib import Path

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import NotFound
from memory.fulltext import find_words
from memory.ids import new_id
from memory.nights import Change, ChangeKind, Dream, ExamItem, ItemKind, Level, ProfileLine, Section, Summary
from memory.purge import purge_memory
from memory.store import ConversationStore, MemoryStore
from memory.store.nights import NightStore
from memory.types import NewMemory, NewMessage, Source
from tests.acts import supersede

SECRET = "xylophonist"


def test_a_purged_memory_is_nowhere_in_the_home(
    database: Database, memories: MemoryStore, home: Path, clock: FixedClock
) -> None:
    memories.add(NewMemory(text=f"You are a {SECRET}.", slot="job", value=SECRET))
    memories.edit("m1", text=f"You were a {SECRET} once.")
    memories.add(NewMemory(text="You like tea."))
    receipt = purge_memory(database, "m1", clock)
    assert receipt.removed["revisions"] == 2 and receipt.removed["passages"] == 1
    assert SECRET not in str(receipt)
    with database.read() as session:
        assert find_words(session, "memory", SECRET, 5) == []
    database.close()
    for path in home.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_a_tombstone_blocks_every_wording_it_had(database: Database, memories: MemoryStore, clock: FixedClock) -> None:
    memories.add(NewMemory(text="You live in Lyon."))
    memories.edit("m1", text="You live in Lyon, France.")
    purge_memory(database, "m1", clock)
    assert memories.is_purged("you live in  lyon") and memories.is_purged("You live in Lyon, France")
    assert not memories.is_purged("You live in Porto.")
    with pytest.raises(NotFound):
        memories.get("m1")


def test_the_receipt_names_where_it_is_still_said(
    database: Database, memories: MemoryStore, conversations: ConversationStore, clock: FixedClock
) -> None:
    message = conversations.append(conversations.create().id, NewMessage(role="user", content="I live in Lyon."))
    source = Source(message_id=message.id, quote="I live in Lyon", start=0, end=14)
    memories.add(NewMemory(text="You live in Lyon.", sources=(source,)))
    assert purge_memory(database, "m1", clock).also_said_in == ("t1",)
    assert conversations.message("t1").content == "I live in Lyon."


def test_what_it_replaced_stays_and_undo_goes_on(database: Database, memories: MemoryStore, clock: FixedClock) -> None:
    memories.add(NewMemory(text="one"))
    supersede(memories, "m1", NewMemory(text="two"))
    memories.add(NewMemory(text="three"))
    purge_memory(database, "m2", clock)
    assert memories.get("m1").superseded_by is None
    memories.undo()
    assert memories.list() == ()


def test_a_purge_reaches_what_nights_made(
    database: Database, memories: MemoryStore, conversations: ConversationStore, home: Path, clock: FixedClock
) -> None:
    message = conversations.append(conversations.create().id, NewMessage(role="user", content="Hello."))
    secret = f"You are a {SECRET}."
    memories.add(NewMemory(text=secret, sources=(Source(message_id=message.id, quote="Hello", start=0, end=5),)))
    memories.add(NewMemory(text="You like tea."))
    first, other = memories.get("m1"), memories.get("m2")
    nights, now = NightStore(database), clock.now()

    def line(text: str, *cited: str) -> ProfileLine:
        return ProfileLine(
            id=new_id(), section=Section.WORK, position=1, text=text, memories=cited, owner="sleep", at=now
        )  # fmt: skip

    made = [
        Summary(id=new_id(), level=Level.CONVERSATION, period="c", text="About music.", sources=("t1",), at=now),
        Summary(id=new_id(), level=Level.DAY, period="2026-05-03", text="Music all day.", sources=("c",), at=now),
        Summary(id=new_id(), level=Level.DAY, period="2026-05-04", text="Tea.", sources=("d",), at=now),
        line(secret, first.id),
        line("You like tea.", other.id),
        Dream(
            id=new_id(), motive="x", text=f"Would a {SECRET} like tea?", question="Would you?", status="new", at=now,
            memories=(first.id, other.id),
        ),
    ]  # fmt: skip
    run = nights.begin(model="none", after=0, until=1, at=now)
    changes = [Change(stage="x", kind=ChangeKind.ADD, before=None, after=p, reason=f"{secret} said") for p in made]
    nights.record(run, "x", [Change(stage="x", kind=ChangeKind.ADD, before=None, after=first, reason=""), *changes])
    for change in changes:
        nights.put(None, change.after)
    item = ExamItem(id=new_id(), kind=ItemKind.FACT, question=f"What does a {SECRET} do?", memory=first.id)
    nights.keep_exam(run, [(item, 1, 1, "")])
    nights.update(run, report={"dropped": [f"dedupe: dropped, {secret}"], "seconds": 0.5})

    removed = purge_memory(database, "m1", clock).removed
    assert removed | {"summaries": 2, "profile lines": 1, "dreams": 1, "exam questions": 1} == removed
    assert [line.text for line in nights.profile()] == ["You like tea."]
    assert [s.period for s in nights.summaries(Level.DAY)] == ["2026-05-04"] and nights.dreams() == ()
    assert nights.get("n1").report == {"dropped": ["dedupe: dropped, [purged]."], "seconds": 0.5}
    database.close()
    for path in home.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
