"""After any purge in any home no row, full-text entry or vector refers to what was purged, or says it."""

import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory.clock import FixedClock
from memory.database import Database
from memory.health import check_full_text, check_integrity
from memory.ids import new_id
from memory.nights import Change, ChangeKind, Dream, ExamItem, ItemKind, Level, Summary
from memory.purge import purge
from memory.purge_scope import Scope, scope_about, scope_between, scope_of
from memory.store import ConversationStore, MemoryStore
from memory.store.ledger import Ledger
from memory.store.nights import NightStore
from memory.types import Message, ModelCall, NewMemory, NewMessage, Source
from memory.vectors.hashing import HashEmbedder
from memory.vectors.service import Vectors

START = datetime(2026, 5, 3, 12, tzinfo=UTC)
NAMES = ("Zbyszek", "Ottoline", "Perpetua", "Quentin")
THINGS = ("xylophones", "zithers", "quinces", "kumquats", "marmots")
plot = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(THINGS), st.integers(0, 3), st.booleans()),
    min_size=1, max_size=8,
)  # fmt: skip
target = st.one_of(
    st.tuples(st.just("about"), st.sampled_from(NAMES)),
    st.tuples(st.sampled_from("tmc"), st.integers(0, 30)),
    st.tuples(st.just("from"), st.integers(0, 8)),
)


def build(database: Database, clock: FixedClock, story: list[tuple[str, str, int, bool]]) -> None:
    conversations, memories, nights = (
        ConversationStore(database, clock), MemoryStore(database, clock), NightStore(database)
    )  # fmt: skip
    talks: dict[int, str] = {}
    for at, (name, thing, where, edited) in enumerate(story):
        clock.instant += timedelta(hours=1)
        talk = talks.setdefault(where, "") or conversations.create().id
        talks[where] = talk
        said = conversations.append(talk, NewMessage(role="user", content=f"{name} collects {thing} number {at}."))
        conversations.append(talk, NewMessage(role="assistant", content=f"{thing} number {at}, says {name}."))
        memory = memories.add(NewMemory(text=f"{name} has {thing} number {at}.", subject=name, sources=(_quote(said),)))
        if edited:
            memories.edit(memory.id, text=f"{name} sold {thing} number {at}.")
        _derive(nights, clock, at, said, memory.id, thing)
    Ledger(database).record(
        ModelCall(
            at=START, purpose="chat", model="m", remote=True, prompt_tokens=1, completion_tokens=1, milliseconds=1,
            status="ok", sent=tuple(m.short_id for m in memories.list()), conversation="c1",
        )
    )  # fmt: skip


def _quote(said: Message) -> Source:
    return Source(message_id=said.id, quote=said.content, start=0, end=len(said.content))


def _derive(nights: NightStore, clock: FixedClock, at: int, said: Message, memory: str, thing: str) -> None:
    """What a night makes of it."""
    now = clock.now()
    run = nights.begin(model="none", after=0, until=said.number, at=now)
    summary = Summary(
        id=new_id(), level=Level.DAY, period=f"2026-01-{at + 1:02d}", text=f"About {thing} number {at}.",
        sources=(said.short_id,), at=now,
    )  # fmt: skip
    dream = Dream(
        id=new_id(), motive=str(at), text=f"More {thing} number {at}?", question="Well?", memories=(memory,),
        status="new", at=now,
    )  # fmt: skip
    changes = [
        Change(stage="x", kind=ChangeKind.ADD, before=None, after=payload, reason=f'said in {said.short_id}: "{thing}"')
        for payload in (summary, dream)
    ]
    nights.record(run, "x", changes)
    for change in changes:
        nights.put(None, change.after)
    item = ExamItem(id=new_id(), kind=ItemKind.FACT, question=f"Who has {thing} number {at}?", evidence=(said.id,))
    nights.keep_exam(run, [(item, 1, 1, "")])
    nights.update(run, status="applied")


def scope_in(database: Database, wanted: tuple[str, object]) -> Scope:
    kind, which = wanted
    if kind == "about":
        return scope_about(database, str(which))
    if kind == "from":
        return scope_between(database, START + timedelta(hours=int(str(which))), None)
    tables = {"t": "message", "m": "memory", "c": "conversation"}
    with closing(sqlite3.connect(database.path)) as connection:
        numbers = [row[0] for row in connection.execute(f"SELECT number FROM {tables[kind]} ORDER BY number")]
    return scope_of(database, [f"{kind}{numbers[int(str(which)) % len(numbers)]}"])


def ids_and_words(database: Database, scope: Scope) -> tuple[set[str], set[str]]:
    """The ids of what goes, and the words that only it says."""
    ids: set[str] = set()
    words: set[str] = set()
    with closing(sqlite3.connect(database.path)) as connection:
        for table, numbers, column in (("memory", scope.memories, "text"), ("message", scope.messages, "content")):
            for number in numbers:
                row = connection.execute(f"SELECT id, {column} FROM {table} WHERE number = ?", (number,)).fetchone()
                ids.add(row[0])
                words.add(row[1].rstrip("."))
        for number in scope.conversations:
            ids |= set(connection.execute("SELECT id FROM conversation WHERE number = ?", (number,)).fetchone())
    return ids, words


@given(story=plot, wanted=target)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_refers_to_it(story: list[tuple[str, str, int, bool]], wanted: tuple[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = FixedClock(START)
        database = Database.open(Path(folder, "reverie.db"))
        with closing(database):
            build(database, clock, story)
            Vectors(database, Path(folder, "index"), lambda: HashEmbedder(16), backend="exact").work()
            scope = scope_in(database, wanted)
            ids, words = ids_and_words(database, scope)
            purge(database, scope, clock)
            assert not check_integrity(database) and not check_full_text(database)
            _nothing_left(database, ids, words, scope)


def _nothing_left(database: Database, ids: set[str], words: set[str], scope: Scope) -> None:
    short = {f"m{n}" for n in scope.memories} | {f"t{n}" for n in scope.messages}
    with closing(sqlite3.connect(database.path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                told = " ".join(str(value) for value in row)
                assert not [one for one in (*ids, *words) if one in told], (table, row)
        for (sent,) in connection.execute("SELECT sent FROM model_call"):
            assert not [one for one in short if f'"{one}"' in sent]
        orphans = "SELECT count(*) FROM embedding WHERE text_hash NOT IN (SELECT text_hash FROM passage)"
        assert connection.execute(orphans).fetchone()[0] == 0
