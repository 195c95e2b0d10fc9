"""Export, import into an empty home, export: the same bytes, whatever the words."""

import contextlib
import itertools
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select, text

from memory.database import Database
from memory.errors import ImportFailed, Refused
from memory.passages import split
from memory.schema import MemoryRow, MessageRow, OutboxRow, PassageRow
from memory.store.feedback import FeedbackStore
from memory.store.nights import NightStore
from memory.transfer import ImportReport, export_home, import_path
from memory.types import NewMemory, NewMessage
from tests.transfer.homes import NASTY, Home, play, scripts

FORMATS = ("jsonl", "markdown")
_FOLDERS = itertools.count()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def bring(home: Home, path: Path, **options: object) -> ImportReport:
    return import_path(
        path,
        database=home.database,
        conversations=home.conversations,
        memories=home.memories,
        clock=home.clock,
        **options,  # type: ignore[arg-type]
    )


@pytest.fixture
def empty() -> Iterator[Home]:
    database = Database.scratch()
    yield Home.of(database)
    database.close()


@pytest.fixture
def lived_in(database: Database) -> Home:
    """A home in which everything happened once."""
    home = Home.of(database)
    acts = [
        "say",
        "retry",
        "note",
        "edit",
        "supersede",
        "note",
        "retire",
        "undo",
        "recall",
        "aside",
        "call",
        "call",
        "archive",
        "night",
    ]
    play(home, [(act, f"{act} {words}", i % 10) for i, (act, words) in enumerate(itertools.product(acts, NASTY))])
    return home


def check_derived(database: Database) -> None:
    """Every message and memory has its passages, each of them queued, and is found by its words."""
    with database.read() as session:
        owners = {("message", m.number): m.content for m in session.scalars(select(MessageRow)) if m.role != "system"}
        owners |= {("memory", m.number): m.text for m in session.scalars(select(MemoryRow))}
        expected = {(kind, n, a, b) for (kind, n), words in owners.items() for a, b in split(words)}
        passages = session.scalars(select(PassageRow)).all()
        assert {(p.owner_type, p.owner_number, p.start, p.end) for p in passages} == expected
        queued = session.scalars(select(OutboxRow.passage).where(OutboxRow.operation == "embed")).all()
        assert sorted(queued) == sorted(p.number for p in passages)
        for table in ("message_words", "message_trigrams", "memory_words", "memory_trigrams"):
            session.execute(text(f"INSERT INTO {table}({table}) VALUES ('integrity-check')"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=scripts)
def test_round_trip_is_byte_identical(tmp_path: Path, script):
    folder = tmp_path / str(next(_FOLDERS))
    source = Home.of(Database.scratch())
    play(source, script)
    for format in FORMATS:
        first, second = folder / f"{format}-1", folder / f"{format}-2"
        export_home(source.database, first, format=format)
        copy = Home.of(Database.scratch())
        report = bring(copy, first)
        export_home(copy.database, second, format=format)
        assert bytes_of(first) == bytes_of(second)
        assert report.skipped == ()
        assert (report.format, report.renumbered) == ("reverie", 0)
        check_derived(copy.database)
        copy.database.close()
    source.database.close()


@pytest.mark.parametrize("format", FORMATS)
def test_through_the_other_format(tmp_path, lived_in: Home, empty: Home, format):
    """What one layout brings over, the other one writes the same."""
    export_home(lived_in.database, tmp_path / "a", format=format)
    bring(empty, tmp_path / "a")
    other = FORMATS[1 - FORMATS.index(format)]
    export_home(lived_in.database, tmp_path / "b", format=other)
    export_home(empty.database, tmp_path / "c", format=other)
    assert bytes_of(tmp_path / "b") == bytes_of(tmp_path / "c")


@pytest.mark.parametrize("format", FORMATS)
def test_second_import_changes_nothing(tmp_path, lived_in: Home, empty: Home, format):
    export_home(lived_in.database, tmp_path / "a", format=format)
    first = bring(empty, tmp_path / "a")
    report = bring(empty, tmp_path / "a")
    assert first.messages_imported == report.messages_known == report.messages_found > 0
    assert first.memories_imported == report.memories_known == report.memories_found > 0
    assert not report.changed
    assert report.renumbered == 0
    export_home(empty.database, tmp_path / "b", format=format)
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")


@pytest.mark.parametrize("format", FORMATS)
def test_undo_works_after_the_round_trip(tmp_path, lived_in: Home, empty: Home, format):
    kept = lived_in.memories.add(NewMemory(text="Likes tea"))
    lived_in.memories.edit(kept.id, text="Likes coffee")
    export_home(lived_in.database, tmp_path / "a", format=format)
    bring(empty, tmp_path / "a")
    empty.memories.undo()
    assert empty.memories.get(kept.id).text == "Likes tea"
    empty.memories.redo()
    assert empty.memories.get(kept.id).text == "Likes coffee"


@pytest.mark.parametrize("format", FORMATS)
def test_numbers_are_not_given_twice(tmp_path, lived_in: Home, empty: Home, format):
    """Also not the number of a memory whose making was undone just before the export."""
    undone = lived_in.memories.add(NewMemory(text="Never mind"))
    lived_in.memories.undo()
    export_home(lived_in.database, tmp_path / "a", format=format)
    bring(empty, tmp_path / "a")
    assert empty.memories.add(NewMemory(text="Something else")).number > undone.number


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("at", range(1, 12))
def test_interrupt_at_any_point_and_again(tmp_path, lived_in: Home, empty: Home, format, at, monkeypatch):
    monkeypatch.setattr("memory.transfer.restore_talks.BATCH", 10)
    for number in range(40):
        talk = lived_in.conversations.create(f"talk {number}")
        lived_in.conversations.append(talk.id, NewMessage(role="user", content=f"hello {number}"))
    export_home(lived_in.database, tmp_path / "a", format=format)
    calls = itertools.count(1)

    def interrupt(_: object) -> None:
        if next(calls) == at:
            raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt):  # a late one never comes
        bring(empty, tmp_path / "a", progress=interrupt)
    bring(empty, tmp_path / "a")
    export_home(empty.database, tmp_path / "b", format=format)
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")


# -- merging


@pytest.mark.parametrize("format", FORMATS)
def test_merging_gives_new_numbers_and_everything_follows(tmp_path, lived_in: Home, empty: Home, format):
    talk = lived_in.conversations.create("Tea")
    said = lived_in.conversations.append(talk.id, NewMessage(role="user", content="I like tea"))
    answer = lived_in.conversations.append(talk.id, NewMessage(role="assistant", content="Noted"))
    play(empty, [("say", f"mine {i}", i % 10) for i in range(400)])
    own = empty.memories.list()
    export_home(lived_in.database, tmp_path / "a", format=format)
    report = bring(empty, tmp_path / "a")
    assert report.renumbered > 0
    assert "new number" in report.summary()
    assert [m.content for m in empty.conversations.thread(talk.id)] == ["I like tea", "Noted"]
    assert empty.conversations.message(answer.id).parent_id == said.id
    assert {m.text for m in own} <= {m.text for m in empty.memories.list()}
    assert empty.memories.count() == lived_in.memories.count() + len(own)
    for memory in lived_in.memories.list():
        assert empty.memories.get(memory.id).sources == memory.sources
    check_derived(empty.database)
    with empty.database.read() as session:
        below = select(MessageRow.number, MessageRow.parent_id).where(MessageRow.parent_id.is_not(None))
        numbers = {id_: number for id_, number in session.execute(select(MessageRow.id, MessageRow.number))}
        assert all(numbers[parent] < number for number, parent in session.execute(below))
    export_home(empty.database, tmp_path / "b", format=format)
    third = Home.of(Database.scratch())
    bring(third, tmp_path / "b")
    export_home(third.database, tmp_path / "c", format=format)
    assert bytes_of(tmp_path / "b") == bytes_of(tmp_path / "c")
    assert not bring(empty, tmp_path / "a").changed


def test_recall_and_ledger_follow_the_numbers(tmp_path, lived_in: Home, empty: Home):
    export_home(lived_in.database, tmp_path / "a", format="jsonl")
    play(empty, [("say", f"mine {i}", 0) for i in range(300)] + [("note", f"n {i}", 0) for i in range(30)])
    bring(empty, tmp_path / "a")
    talks = [*lived_in.conversations.list(), *lived_in.conversations.list(archived=True)]
    recorded = [m for talk in talks for m in lived_in.conversations.thread(talk.id)]
    assert any(lived_in.conversations.recall_of(m.id) for m in recorded)
    for message in recorded:
        theirs = [r.hit_id for r in lived_in.conversations.recall_of(message.id)]
        ours = [r.hit_id for r in empty.conversations.recall_of(message.id)]
        known = [hit for hit in theirs if _exists(lived_in, hit)]
        assert [_ulid(empty, hit) for hit in ours if _exists(empty, hit)] == [_ulid(lived_in, hit) for hit in known]


def test_feedback_follows_the_numbers(tmp_path, lived_in: Home, empty: Home):
    export_home(lived_in.database, tmp_path / "a", format="markdown")
    play(empty, [("say", f"mine {i}", 0) for i in range(300)] + [("note", f"n {i}", 0) for i in range(30)])
    bring(empty, tmp_path / "a")
    theirs, ours = (FeedbackStore(home.database, home.clock) for home in (lived_in, empty))
    talks = [*lived_in.conversations.list(), *lived_in.conversations.list(archived=True)]
    said = [m for talk in talks for m in lived_in.conversations.thread(talk.id)]
    assert any(theirs.of_question(message.id) for message in said)
    for message in said:
        known = {_ulid(lived_in, hit) for hit in theirs.of_question(message.id) if _exists(lived_in, hit)}
        assert {_ulid(empty, hit) for hit in ours.of_question(message.id)} == known


def _exists(home: Home, hit: str) -> bool:
    return bool(_ulid(home, hit))


def _ulid(home: Home, hit: str) -> str | None:
    row = MemoryRow if hit[0] == "m" else MessageRow
    with home.database.read() as session:
        return session.scalar(select(row.id).where(row.number == int(hit[1:])))


def test_own_undo_stays_ours_after_merging(tmp_path, lived_in: Home, empty: Home):
    mine = empty.memories.add(NewMemory(text="Mine"))
    export_home(lived_in.database, tmp_path / "a", format="jsonl")
    bring(empty, tmp_path / "a")
    act = empty.memories.undo()
    assert [r.memory_id for r in act.revisions] == [mine.id]


def test_grown_export_moves_the_head_on(tmp_path, lived_in: Home, empty: Home):
    talk = lived_in.conversations.create("Tea")
    lived_in.conversations.append(talk.id, NewMessage(role="user", content="one"))
    export_home(lived_in.database, tmp_path / "a", format="markdown")
    bring(empty, tmp_path / "a")
    lived_in.conversations.append(talk.id, NewMessage(role="assistant", content="two"))
    export_home(lived_in.database, tmp_path / "a", format="markdown")
    report = bring(empty, tmp_path / "a")
    assert (report.messages_imported, report.conversations_updated) == (1, 1)
    assert [m.content for m in empty.conversations.thread(talk.id)] == ["one", "two"]


def test_same_chatgpt_import_in_both_homes_is_one(tmp_path, lived_in: Home, empty: Home):
    from tests.transfer.conftest import small_talk, write

    bring(lived_in, write(tmp_path / "c.json", [small_talk("a", 4)]))
    bring(empty, write(tmp_path / "c.json", [small_talk("a", 2)]))
    export_home(lived_in.database, tmp_path / "a", format="jsonl")
    report = bring(empty, tmp_path / "a")
    (talk,) = [c for c in empty.conversations.list() if c.origin == "import:chatgpt"]
    assert [m.content for m in empty.conversations.thread(talk.id)] == [f"a turn {i}" for i in range(4)]
    assert report.messages_skipped == 0


def test_purged_memory_does_not_come_back(tmp_path, lived_in: Home, empty: Home):
    from memory.purge import purge_memory

    secret = lived_in.memories.add(NewMemory(text="My word is zanzibar"))
    export_home(lived_in.database, tmp_path / "a", format="jsonl")
    purge_memory(lived_in.database, secret.id, lived_in.clock)
    report = bring(lived_in, tmp_path / "a")
    assert dict(report.reasons) == {"purged here": 1}
    export_home(lived_in.database, tmp_path / "b", format="jsonl")
    assert not any(b"zanzibar" in data for data in bytes_of(tmp_path / "b").values())


# -- where it is written


def test_rights_and_nothing_left_beside(tmp_path, lived_in: Home):
    out = tmp_path / "out"
    report = export_home(lived_in.database, out, format="markdown")
    assert stat.S_IMODE(out.stat().st_mode) == stat.S_IMODE((out / "conversations").stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in out.rglob("*") if p.is_file()} == {0o600}
    assert report.files == len(bytes_of(out))
    assert "Exported" in report.summary()
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == ["out"]


def test_earlier_export_is_replaced_by_any_format(tmp_path, lived_in: Home):
    for format in ("jsonl", "markdown", "jsonl"):
        export_home(lived_in.database, tmp_path / "out", format=format)
    assert "memories.md" not in [p.name for p in (tmp_path / "out").iterdir()]
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == ["out"]


@pytest.mark.parametrize("name", ["thesis.txt", "manifest.json", "conversations/mine.txt"])
def test_foreign_folder_is_refused(tmp_path, lived_in: Home, name):
    out = tmp_path / "out"
    if name.startswith("conversations"):
        export_home(lived_in.database, out, format="markdown")
    out.mkdir(exist_ok=True)
    (out / name).write_text("{}")
    with pytest.raises(Refused):
        export_home(lived_in.database, out, format="jsonl")
    assert (out / name).read_text() == "{}"


def test_a_file_is_refused(tmp_path, lived_in: Home):
    (tmp_path / "out").write_text("x")
    with pytest.raises(Refused):
        export_home(lived_in.database, tmp_path / "out", format="jsonl")


def test_interrupted_export_leaves_nothing(tmp_path, lived_in: Home, monkeypatch):
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("memory.transfer.layout_jsonl.write", interrupt)
    with pytest.raises(KeyboardInterrupt):
        export_home(lived_in.database, tmp_path / "out", format="jsonl")
    assert [p.name for p in tmp_path.iterdir()] == ["home"]


# -- exports that are not as they were written


def test_later_version_is_refused(tmp_path, lived_in: Home, empty: Home):
    export_home(lived_in.database, tmp_path / "a", format="jsonl")
    head = tmp_path / "a" / "manifest.json"
    head.write_text(head.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(Refused, match="later version"):
        bring(empty, tmp_path / "a")


@pytest.mark.parametrize("format", FORMATS)
def test_one_file_of_it_names_the_folder(tmp_path, lived_in: Home, empty: Home, format):
    export_home(lived_in.database, tmp_path / "a", format=format)
    (one,) = (tmp_path / "a").glob("memories.*")
    with pytest.raises(ImportFailed) as caught:
        bring(empty, one)
    assert "folder" in caught.value.hint


def test_missing_file(tmp_path, lived_in: Home, empty: Home):
    export_home(lived_in.database, tmp_path / "a", format="jsonl")
    (tmp_path / "a" / "history.jsonl").unlink()
    with pytest.raises(ImportFailed, match="history is missing"):
        bring(empty, tmp_path / "a")


def test_body_that_was_edited_is_named(tmp_path, lived_in: Home, empty: Home):
    talk = lived_in.conversations.create("Tea")
    lived_in.conversations.append(talk.id, NewMessage(role="user", content="I like tea"))
    export_home(lived_in.database, tmp_path / "a", format="markdown")
    (page,) = (tmp_path / "a").glob("conversations/*-tea.md")
    page.write_text(page.read_text().replace("I like tea", "I like green tea"))
    report = bring(empty, tmp_path / "a")
    assert [s.reason for s in report.skipped] == ["edited or damaged: its length is not what it says"]


def test_hostile_records_are_named_and_the_rest_comes_in(tmp_path, lived_in: Home, empty: Home):
    export_home(lived_in.database, tmp_path / "a", format="jsonl")
    for name in ("conversations", "memories", "history", "recall", "ledger", "tombstones"):
        path = tmp_path / "a" / f"{name}.jsonl"
        lines = path.read_text().split("\n")
        garbage = [
            "{",
            "7",
            "{}",
            '{"type":"message"}',
            '{"type":"memory","number":"x"}',
            '{"type":"change"}',
            "[" * 10_000,
        ]
        swapped = [
            line.replace('"number":1,', '"number":99999999999999,').replace("2026-", "x-") for line in lines[1:4]
        ]
        path.write_text("\n".join([*lines[:1], *garbage, *swapped, *lines[1:]]))
    report = bring(empty, tmp_path / "a")
    assert len(report.skipped) > 20
    assert empty.memories.count() == lived_in.memories.count()
    check_derived(empty.database)


def test_quote_that_is_not_there_is_left_out(tmp_path, empty: Home):
    source = Home.of(Database.scratch())
    play(source, [])
    export_home(source.database, tmp_path / "a", format="jsonl")
    path = tmp_path / "a" / "memories.jsonl"
    path.write_text(path.read_text().replace('"quote":"I"', '"quote":"X"'))
    report = bring(empty, tmp_path / "a")
    assert dict(report.reasons) == {"a quote that is not in its message": 1}
    assert empty.memories.list()[0].sources == ()


def test_empty_home_round_trip(tmp_path, empty: Home):
    for format in FORMATS:
        export_home(empty.database, tmp_path / format, format=format)
        report = bring(empty, tmp_path / format)
        assert report.messages_found == 0
    with empty.database.read() as session:
        assert session.scalar(select(func.count()).select_from(MessageRow)) == 0


@pytest.mark.parametrize("format", FORMATS)
def test_nights_come_back_exactly_and_elsewhere_only_what_the_user_decided(
    tmp_path, lived_in: Home, empty: Home, format
):
    theirs = NightStore(lived_in.database)
    export_home(lived_in.database, tmp_path / "a", format=format)
    bring(empty, tmp_path / "a")
    ours = NightStore(empty.database)
    assert ours.list() == theirs.list() != () and ours.cursor() == theirs.cursor()
    assert all(ours.changes(run) == theirs.changes(run) != () for run in ours.list())
    other = Home.of(Database.scratch())
    other.conversations.append(other.conversations.create().id, NewMessage(role="user", content="My own."))
    bring(other, tmp_path / "a")
    merged = NightStore(other.database)
    assert merged.list() == () and merged.cursor() == 0 and merged.waiting() == {}
    assert {line.id for line in merged.profile()} == {line.id for line in theirs.profile() if line.owner == "you"}
    assert {d.id for d in merged.dreams()} == {d.id for d in theirs.dreams() if d.status != "new"} != set()
    other.database.close()
