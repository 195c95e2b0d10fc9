"""Tags: what is typed becomes words once each; they are found, undone, and survive a night and an old export."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.errors import InvalidInput
from memory.store import MemoryFilter, MemoryStore
from memory.store.rows import memory_from_json, memory_to_json
from memory.tags import LONGEST, MOST, joined_tags, tags_of
from memory.transfer.records import to_row
from memory.types import NewMemory

word = st.text(st.characters(categories=("Ll", "Lu", "Nd")), min_size=1, max_size=8)


@given(st.lists(word, max_size=8), st.sampled_from([" ", ", ", " #", "\t"]))
def test_what_is_typed_is_kept_once_in_order_and_again_the_same(words: list[str], between: str) -> None:
    found = joined_tags(between.join(words))
    assert found.split() == sorted({normalize("NFC", w.casefold()) for w in words}) and joined_tags(found) == found


def test_words_of_other_scripts_are_tags() -> None:
    assert tags_of("हिन्दी #Ñandú 旅行") == tuple(sorted(("हिन्दी", "ñandú", "旅行")))


@pytest.mark.parametrize("text", ["a b?", "-x", "w" * (LONGEST + 1), " ".join(map(str, range(MOST + 1))), "a\x1b[2J"])
def test_what_is_no_tag_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        tags_of(text)


def test_they_are_found_with_what_is_below_them_and_undone(memories: MemoryStore) -> None:
    work = memories.add(NewMemory(text="The user is a nurse.", tags="Work"))
    trip = memories.add(NewMemory(text="The user flies to Lisbon.", tags="trips/2026 work-trip"))

    def tagged(tag: str) -> set[str]:
        return {m.id for m in memories.list(MemoryFilter(tag=tag))}

    assert tagged("work") == {work.id} and tagged("#Trips") == {trip.id} == tagged("trips/2026")
    assert tagged("trip") == tagged("2026") == tagged("%") == tagged("_") == set()
    memories.edit(work.id, tags="#Job, care")
    assert memories.get(work.id).tags == "care job" and tagged("work") == set()
    memories.undo()
    assert tagged("work") == {work.id}


def test_a_revision_and_a_record_from_before_there_were_tags_have_none(memories: MemoryStore) -> None:
    state = memory_to_json(memories.add(NewMemory(text="The user is a nurse.", tags="work")))
    del state["tags"]
    assert memory_from_json(state).tags == ""
    assert to_row("memory", state)["tags"] == ""
