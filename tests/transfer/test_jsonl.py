"""JSONL: bad lines are named, good ones imported, names of different people are kept apart."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import ImportFailed, InvalidInput, ReverieError
from memory.store import ConversationStore, MemoryStore
from memory.transfer import Skip, import_path
from tests.transfer.conftest import Import, line, write


def test_messages_keep_their_ids_authors_and_times(tmp_path, bring: Import, thread):
    path = write(
        tmp_path / "m.jsonl",
        line("s1", "D1:1", "Hello", author="Ana") + "\n" + line("s1", "D1:2", "Hi", "assistant", author="Ben") + "\n",
    )
    report = bring(path)
    assert (report.format, report.messages_imported, report.conversations_new) == ("jsonl", 2, 1)
    first, second = thread()
    assert (first.external_id, first.author, first.role) == ("D1:1", "Ana", "user")
    assert (second.external_id, second.author, second.role) == ("D1:2", "Ben", "assistant")
    assert first.said_at.isoformat() == "2026-01-02T03:04:05+00:00"
    assert first.zone == "UTC"


def test_author_that_repeats_the_role_is_no_name(tmp_path, bring: Import, thread):
    bring(write(tmp_path / "m.jsonl", line("s", "1", "Hello", author="user")))
    assert thread()[0].author == ""


def test_bad_lines_are_named_and_good_ones_imported(tmp_path, bring: Import):
    lines = [
        line("s", "1", "one"),
        "{broken",
        "[1, 2]",
        "",
        line("s", "2", "two", "tool"),
        line("s", "3", "three", created_at="yesterday"),
        line("s", "4", " \x00 "),
        line("s", "", "five"),
        line("", "6", "six"),
        json.dumps({"conversation": "s", "id": "7", "role": "user", "content": 7, "created_at": "2026-01-01"}),
        line("s", "8", "x" * 2_000_001),
        line("s", "9", "nine"),
    ]
    report = bring(write(tmp_path / "m.jsonl", "\n".join(lines)))
    assert report.messages_imported == 2
    assert [(s.where.rsplit(" ", 1)[1], s.reason) for s in report.skipped] == [
        ("2", "not JSON"),
        ("3", "not a JSON object"),
        ("5", "role is neither user nor assistant"),
        ("6", "created_at is not an RFC 3339 time"),
        ("7", "empty"),
        ("8", "no id"),
        ("9", "no conversation"),
        ("10", "content is not a text"),
        ("11", "longer than 2,000,000 characters"),
    ]
    assert report.messages_found == 11 == report.messages_imported + report.messages_skipped


def test_second_import_of_the_same_file_adds_nothing(tmp_path, bring: Import, told):
    path = write(tmp_path / "m.jsonl", "\n".join(line(f"s{i % 3}", str(i), f"text {i}") for i in range(30)))
    assert bring(path).messages_imported == 30
    before = told()
    report = bring(path)
    assert (report.messages_imported, report.messages_known, report.conversations_new) == (0, 30, 0)
    assert not report.changed
    assert told() == before


def test_longer_file_adds_only_what_is_new(tmp_path, bring: Import, told):
    bring(write(tmp_path / "a.jsonl", "\n".join(line("s", str(i), f"text {i}") for i in range(5))))
    report = bring(write(tmp_path / "b.jsonl", "\n".join(line("s", str(i), f"text {i}") for i in range(9))))
    assert (report.messages_imported, report.conversations_updated, report.conversations_new) == (4, 1, 0)
    assert told() == [("text 0", [f"text {i}" for i in range(9)])]


def test_line_that_was_mended_goes_where_it_belongs(tmp_path, bring: Import, told):
    wanted = [line("s", str(i), f"text {i}") for i in range(6)]
    bring(write(tmp_path / "a.jsonl", "\n".join(["{", wanted[1], "{", "{", wanted[4], wanted[5]])))
    report = bring(write(tmp_path / "b.jsonl", "\n".join(wanted)))
    assert report.messages_imported == 3
    assert told()[0][1] == [f"text {i}" for i in range(6)]


def test_changed_text_under_a_known_id_is_reported_and_left(tmp_path, bring: Import, told):
    bring(write(tmp_path / "a.jsonl", "\n".join(line("s", str(i), f"text {i}") for i in range(5))))
    lines = [line("s", str(i), f"text {i}" if i != 2 else "other") for i in range(5)]
    report = bring(write(tmp_path / "b.jsonl", "\n".join(lines)))
    assert report.skipped == (Skip("b.jsonl line 3", "this id is there already, with other words"),)
    assert told()[0][1][2] == "text 2"


def test_two_people_with_the_same_names_are_kept_apart(tmp_path, bring: Import, told):
    """Both files have session_1/D1:1, and even the first words in common."""

    def talk(person: str) -> str:
        texts = ["Hi!", *(f"{person} says {i}" for i in range(6))]
        return "\n".join(line("session_1", f"D1:{i}", text) for i, text in enumerate(texts))

    files = [write(tmp_path / person / "messages.jsonl", talk(person)) for person in ("ana", "ben", "cat")]
    for path in files:
        assert bring(path).messages_imported == 7
    assert [len(contents) for _, contents in told()] == [7, 7, 7]
    for path in files:
        report = bring(path)
        assert (report.messages_imported, report.messages_known) == (0, 7)
    longer = write(files[1], talk("ben") + "\n" + line("session_1", "D1:7", "ben goes on"))
    assert bring(longer).messages_imported == 1
    assert told()[1][1][-1] == "ben goes on"


def test_interleaved_conversations(tmp_path, bring: Import, told):
    path = write(tmp_path / "m.jsonl", "\n".join(line(f"s{i % 2}", str(i), f"text {i}") for i in range(3_000)))
    bring(path)
    assert [len(contents) for _, contents in told()] == [1_500, 1_500]
    assert told()[1][1][:2] == ["text 1", "text 3"]


def test_words_of_ones_own_after_an_import_stay_shown(tmp_path, bring: Import, conversations, told):
    from memory.types import NewMessage

    bring(write(tmp_path / "a.jsonl", line("s", "1", "one")))
    conversations.append(conversations.list()[0].id, NewMessage(role="user", content="mine"))
    bring(write(tmp_path / "b.jsonl", line("s", "1", "one") + "\n" + line("s", "2", "two")))
    assert told()[0][1] == ["one", "mine"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings(tmp_path, bring: Import, thread, encoding):
    text = json.dumps(json.loads(line("s", "1", "Olá, 世界")), ensure_ascii=False)
    bring(write(tmp_path / "m.jsonl", text.encode(encoding)))
    assert thread()[0].content == "Olá, 世界"


def test_escapes_surrogates_and_nul_are_taken_out(tmp_path, bring: Import, thread):
    bring(write(tmp_path / "m.jsonl", line("\x1b[31ms", "\x001", "a\x1b[31mb\x00c\ud83dd", author="A\x1b]0;x\x07na")))
    message = thread()[0]
    assert (message.content, message.external_id, message.author) == ("abc\ufffdd", "1", "Ana")


def test_line_without_end_is_bounded(tmp_path, bring: Import, monkeypatch):
    monkeypatch.setattr("memory.transfer.jsonl.MAX_LINE_BYTES", 1_000)
    path = write(tmp_path / "m.jsonl", line("s", "1", "x" * 5_000) + "\n" + line("s", "2", "fine") + "\n")
    report = bring(path)
    assert report.messages_imported == 1
    assert report.skipped[0].reason == "a line longer than 16 MB"


def test_nested_garbage_is_a_bad_line(tmp_path, bring: Import):
    report = bring(write(tmp_path / "m.jsonl", "[" * 200_000 + "\n" + line("s", "1", "fine")))
    assert report.messages_imported == 1


def test_unknown_format(tmp_path, bring: Import):
    with pytest.raises(InvalidInput, match="not a format"):
        bring(write(tmp_path / "m.jsonl", line("s", "1", "x")), format="docx")


def test_skips_are_bounded_and_counted(tmp_path, bring: Import):
    report = bring(write(tmp_path / "m.jsonl", "{\n" * 2_500 + line("s", "1", "x")))
    assert len(report.skipped) == 1_000
    assert dict(report.reasons) == {"not JSON": 2_500}
    assert report.to_json()["messages"]["skipped"] == 2_500
    assert "not JSON (2,500)" in report.summary()


_VALUES = st.one_of(st.none(), st.integers(), st.text(max_size=20), st.floats(), st.lists(st.integers(), max_size=2))
_OBJECTS = st.dictionaries(
    st.sampled_from(["conversation", "id", "role", "author", "content", "created_at", "type"]), _VALUES
)
_LINES = st.one_of(
    st.binary(max_size=60),
    _OBJECTS.map(lambda value: json.dumps(value).encode()),
    st.text(max_size=20).map(lambda text: line("s", text, text).encode()),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(_LINES, max_size=8), forced=st.booleans())
def test_any_bytes_give_a_report_or_a_named_error(tmp_path: Path, clock: FixedClock, scratch: Database, lines, forced):
    path = write(tmp_path / "any.jsonl", b"\n".join(lines))
    try:
        report = import_path(
            path,
            database=scratch,
            conversations=ConversationStore(scratch, clock),
            memories=MemoryStore(scratch, clock),
            clock=clock,
            format="jsonl" if forced else "auto",
        )
    except ReverieError as error:
        assert isinstance(error, ImportFailed) and error.hint
    else:
        assert report.messages_found == report.messages_imported + report.messages_known + report.messages_skipped
