"""Notes of basic-memory and vaults of Obsidian; and memories as such notes, there and back."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory.clock import parse_instant
from memory.database import Database
from memory.errors import Refused
from memory.notes import writer_of
from memory.store import ConversationStore, MemoryStore
from memory.text import clean, normalise
from memory.transfer import export_home, import_path
from memory.types import Kind, NewMemory, Sensitivity
from tests.transfer.conftest import write

COFFEE = """---
title: Coffee Brewing Methods
type: note
permalink: coffee/coffee-brewing-methods
tags:
- coffee
---

# Coffee Brewing Methods

## Observations

- [method] Pour over highlights subtle flavours #brewing #light (with patience)
- [preference] Medium-light roasts are best
- [ ] buy a kettle

## Relations

- relates_to [[Coffee Bean Origins]]
- "pairs well with" [[Chocolate Desserts|sweets]] (at night)

A paragraph that `names` [a link](https://example.org) and [[Tea|green tea]].

```
code
```
"""


def test_basic_memory(tmp_path, bring, memories):
    report = bring(write(tmp_path / "notes" / "coffee.md", COFFEE).parent)
    assert (report.format, report.memories_imported) == ("basic-memory", 5)
    assert dict(report.reasons) == {"a task": 1, "code": 1}
    found = sorted(memories.list(), key=lambda m: m.number)
    assert [(m.text, m.kind, m.tags) for m in found] == [
        ("Coffee Brewing Methods: Pour over highlights subtle flavours #brewing #light (with patience)", "fact",
         "brewing coffee from/basic-memory light method"),
        ("Coffee Brewing Methods: Medium-light roasts are best", "preference", "coffee from/basic-memory"),
        ("Coffee Brewing Methods relates to Coffee Bean Origins", "fact", "coffee from/basic-memory"),
        ("Coffee Brewing Methods pairs well with sweets (at night)", "fact", "coffee from/basic-memory"),
        ("Coffee Brewing Methods: A paragraph that names a link and green tea.", "fact", "coffee from/basic-memory"),
    ]  # fmt: skip


ANA = """---
tags: family, friends
created: 2024-05-06
---
My sister, a *cook*.

## Food
- allergic to peanuts ![[photo.png]]
- [x] call her

| a | b |
|---|---|
| 1 | 2 |
"""


@pytest.fixture
def vault(tmp_path):
    folder = tmp_path / "vault"
    write(folder / ".obsidian" / "app.json", "{}")
    write(folder / "People" / "Ana.md", ANA)
    write(folder / "2025-01-02.md", "Went sailing with [[People/Ana|Ana]]. #boat\n")
    write(folder / ".trash" / "old.md", "Nothing of this.\n")
    write(folder / "pic.png", b"\x89PNG")
    return folder


def test_an_obsidian_vault(vault, bring, memories):
    report = bring(vault)
    assert report.format == "obsidian"
    found = sorted(memories.list(), key=lambda m: m.text)
    assert [(m.text, m.said_at.date().isoformat(), m.tags) for m in found] == [
        ("Ana: Food: allergic to peanuts", "2024-05-06", "family friends from/obsidian"),
        ("Ana: My sister, a cook.", "2024-05-06", "family friends from/obsidian"),
        ("Went sailing with Ana.", "2025-01-02", "boat from/obsidian"),
    ]
    assert {writer_of(m) for m in found} == {"obsidian"}
    assert bring(vault).memories_imported == 0


def test_a_vault_as_messages_of_the_user_where_that_is_wanted(vault, bring, told, memories):
    assert bring(vault, format="markdown").messages_imported == 2
    assert len(told()) == 2 and memories.list() == ()


def test_an_export_is_not_written_over_what_was_edited(tmp_path, database, memories):
    memories.add(NewMemory(text="You like tea."))
    out = tmp_path / "notes"
    first = export_home(database, out, format="basic-memory")
    assert (first.memories, first.files) == (1, 1)
    before = (out / "user.md").read_bytes()
    export_home(database, out, format="basic-memory")
    assert (out / "user.md").read_bytes() == before
    with (out / "user.md").open("a") as file:
        file.write("- [fact] You like coffee.\n")
    with pytest.raises(Refused, match=r"user\.md"):
        export_home(database, out, format="basic-memory")
    write(tmp_path / "other" / "mine.md", "mine")
    with pytest.raises(Refused, match=r"mine\.md"):
        export_home(database, tmp_path / "other", format="basic-memory")


def test_what_was_edited_in_a_note_comes_back_in(tmp_path, database, memories, bring):
    memories.add(NewMemory(text="You like tea.", tags="drinks"))
    out = tmp_path / "notes"
    export_home(database, out, format="basic-memory")
    with (out / "user.md").open("a") as file:
        file.write("- [preference] You like *strong* coffee. #drinks\n")
    report = bring(out)
    assert (report.memories_known, report.memories_imported) == (1, 1)
    made = memories.list()[0]
    assert (made.text, made.kind, made.subject) == ("You like strong coffee.", Kind.PREFERENCE, "user")


MARKDOWN = st.text(alphabet=string.printable + "é—\u2028\u00a0漢🙂#[]()*_`<>&|\\!~:-+.", max_size=60)
NAMES = st.one_of(st.just("user"), st.text(max_size=30))
TAGS = st.lists(st.from_regex(r"[a-zé0-9][a-z0-9_/-]{0,6}", fullmatch=True), max_size=3)
MEMORIES = st.builds(
    lambda text, kind, subject, tags, at, private, muted: NewMemory(
        text=text, kind=kind, subject=subject, tags=" ".join(tags), muted=muted,
        sensitivity=Sensitivity.SENSITIVE if private else Sensitivity.NORMAL,
        said_at=parse_instant(at.isoformat(), zone="UTC") if at else None,
    ),
    st.one_of(MARKDOWN, st.text(max_size=60)), st.sampled_from(Kind), NAMES, TAGS,
    st.none() | st.datetimes(min_value=parse_instant("1990-01-01T00:00:00Z").replace(tzinfo=None)),
    st.booleans(), st.booleans(),
)  # fmt: skip


def held(database, clock):
    """What the notes are to hold of each memory."""
    found = MemoryStore(database, clock).list()
    return sorted(
        (m.text, m.kind, m.subject, " ".join(t for t in m.tags.split() if not t.startswith("from/")),
         m.said_at.isoformat() if m.said_at else "", m.muted)
        for m in found
    )  # fmt: skip


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """Makes an empty database in memory, without migrating each anew."""
    database = Database.open(tmp_path_factory.mktemp("empty") / "reverie.db")
    yield database.private_copy
    database.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(MEMORIES, max_size=6))
def test_there_and_back_is_the_identity(made, tmp_path_factory, clock, empty):
    folder = tmp_path_factory.mktemp("notes")
    source, target, third = empty(), empty(), empty()
    once = {normalise(clean(m.text).strip()): m for m in made if clean(m.text).strip()}
    store = MemoryStore(source, clock)
    for memory in once.values():
        store.add(memory)

    def bring_into(database, path):
        return import_path(path, database=database, conversations=ConversationStore(database, clock),
                           memories=MemoryStore(database, clock), clock=clock)  # fmt: skip

    if not once:
        return
    export_home(source, folder / "first", format="basic-memory")
    before = held(source, clock)
    assert bring_into(source, folder / "first").memories_imported == 0
    report = bring_into(target, folder / "first")
    assert held(target, clock) == before, report
    private = {m.text for m in store.list() if m.sensitivity is Sensitivity.SENSITIVE}
    kept = MemoryStore(target, clock).list()
    assert private <= {m.text for m in kept if m.sensitivity is Sensitivity.SENSITIVE}
    export_home(target, folder / "second", format="basic-memory")
    bring_into(third, folder / "second")
    assert held(third, clock) == before
    for database in (source, target, third):
        database.close()
