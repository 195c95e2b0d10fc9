from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from memory.database import Database
from memory.passages import MAX_PASSAGES, TARGET_CHARS, split
from memory.schema import OutboxRow, PassageRow
from memory.store import MemoryStore
from memory.types import NewMemory


@given(st.text(alphabet="ab .\n。!", max_size=200).map(lambda t: t * 30))
def test_passages_cover_the_text_in_order(text: str) -> None:
    spans = split(text)
    covered = set()
    for start, end in spans:
        assert 0 <= start < end <= len(text) and end - start <= TARGET_CHARS
        covered.update(range(start, end))
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)
    assert spans == sorted(spans)


def test_long_texts_are_cut_at_sentences_and_overlap() -> None:
    text = "This is one sentence of the text. " * 200
    spans = split(text)
    assert len(spans) > 5
    assert all(text[a - 1] == " " for a, _ in spans[1:])
    assert all(later < earlier for (_, earlier), (later, _) in pairwise(spans))
    assert len(split("x" * 3_000_000)) == MAX_PASSAGES


def test_blank_texts_have_none() -> None:
    assert split(" \n ") == []


def test_a_change_of_text_replaces_passages_and_queues_both(memories: MemoryStore, database: Database) -> None:
    memories.add(NewMemory(text="one"))
    memories.edit("m1", text="two")
    memories.pin("m1")
    with database.read() as session:
        passages = session.scalars(select(PassageRow)).all()
        queued = [(r.operation, r.passage) for r in session.scalars(select(OutboxRow).order_by(OutboxRow.number))]
    assert len(passages) == 1
    assert queued == [("delete", passages[0].number - 1), ("embed", passages[0].number)]
