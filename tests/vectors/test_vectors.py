import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from memory.clock import FixedClock, parse_instant
from memory.database import Database
from memory.errors import EmbedderError, Refused
from memory.schema import EmbeddingRow, OutboxRow, PassageRow
from memory.store import MemoryFilter, MemoryStore
from memory.types import NewMemory
from memory.vectors.chroma import ChromaIndex
from memory.vectors.hashing import HashEmbedder
from memory.vectors.service import Vectors
from tests.servers import chroma
from tests.vectors.conftest import Open

SAID = ["I keep bees on the roof.", "The train to Porto leaves at nine.", "My knee hurts after running."]


def found(vectors: Vectors, query: str) -> list[int]:
    return [hit.passage for hit in vectors.search(query, 3)]


def waiting(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(OutboxRow)) or 0


@pytest.mark.parametrize("backend", ["chroma", "exact"])
def test_what_is_stored_is_found(vectors: Open, say: Callable[..., None], database: Database, backend: str) -> None:
    say(*SAID)
    opened = vectors(backend)
    assert opened.work() == 3 and opened.pending() == 0 and waiting(database) == 0
    assert found(opened, "bees roof")[0] == 1
    assert opened.status().in_use == {"chroma": "Chroma", "exact": "exact search"}[backend]
    say("Bees make honey, bees, bees.")
    opened.work()
    assert set(found(opened, "bees")[:2]) == {1, 4}


def test_a_home_gets_chroma_when_it_has_grown(
    vectors: Open, say: Callable[..., None], database: Database, home: Path
) -> None:
    say(*SAID)
    opened = vectors("auto", exact_up_to=4)
    opened.work()
    before = found(opened, "bees roof")
    assert opened.status().in_use == "exact search" and not (home / "index").exists() and waiting(database) == 0
    say("Bees make honey, bees, bees.", "Rain again.")
    opened.work()
    assert opened.status().in_use == "Chroma" and opened.status().notice == "" and waiting(database) == 0
    assert found(opened, "bees roof")[0] == before[0] and set(found(opened, "bees")[:2]) == {1, 4}


def test_both_indexes_rank_alike(vectors: Open, say: Callable[..., None]) -> None:
    say(*[f"word{n} word{n % 7} word{n % 3}" for n in range(60)])
    chroma = vectors("chroma")
    chroma.work()
    exact = vectors("exact")
    for query in ("word1 word2", "word5", "word30 word0"):
        ours, theirs = chroma.search(query, 5), exact.search(query, 5)
        assert [round(h.score, 4) for h in ours] == [round(h.score, 4) for h in theirs]


def test_nothing_is_embedded_twice(
    vectors: Open, say: Callable[..., None], memories: MemoryStore, embedder: HashEmbedder
) -> None:
    say("I like tea.", "I like tea.", "I like coffee.")
    memories.add(NewMemory(text="I like tea."))
    opened = vectors("exact")
    opened.work()
    assert sorted(embedder.embedded) == ["I like coffee.", "I like tea."]
    memories.edit("m1", text="I like mate.")
    memories.undo()
    opened.work()
    assert embedder.embedded.count("I like tea.") == 1


def test_an_interrupt_leaves_the_rest_queued(
    vectors: Open, say: Callable[..., None], embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memory.vectors.queue.BATCH", 2)
    say(*[f"sentence {n}" for n in range(5)])
    opened = vectors("exact")
    steps: list[tuple[int, int]] = []
    opened.work(progress=lambda done, total: steps.append((done, total)), stop=lambda: len(steps) >= 1)
    assert steps == [(2, 5)] and opened.pending() == 3
    opened.work()
    assert opened.pending() == 0 and len(embedder.embedded) == 5


class Dies(HashEmbedder):
    """Fails at the second batch."""

    def embed(self, texts):  # type: ignore[no-untyped-def]
        if self.embedded:
            raise EmbedderError("out of memory")
        return super().embed(texts)


def test_a_failure_loses_nothing(vectors: Open, say: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memory.vectors.queue.BATCH", 2)
    say(*[f"sentence {n}" for n in range(4)])
    with pytest.raises(EmbedderError):
        vectors("exact", Dies(64)).work()
    again = vectors("exact")
    assert again.pending() == 2
    again.work()
    assert again.pending() == 0 and len(found(again, "sentence")) == 3


def test_a_deleted_index_folder_changes_no_answer(
    vectors: Open, say: Callable[..., None], home: Path, embedder: HashEmbedder
) -> None:
    say(*SAID)
    first = vectors()
    first.work()
    before = found(first, "train Porto")
    first.close()
    shutil.rmtree(home / "index")
    embedded = len(embedder.embedded)
    second = vectors()
    assert found(second, "train Porto") == before
    assert second.status().in_use == "exact search"
    second.work()
    assert second.status().in_use == "Chroma" and found(second, "train Porto") == before
    assert len([t for t in embedder.embedded[embedded:] if t in SAID]) == 0


def test_a_damaged_index_folder_is_survived(vectors: Open, say: Callable[..., None], home: Path) -> None:
    say(*SAID)
    first = vectors()
    first.work()
    first.close()
    for file in (home / "index").rglob("*"):
        if file.is_file():
            file.write_bytes(b"garbage" * 50)
    second = vectors()
    assert found(second, "knee running")[0] == 3
    second.work()
    assert found(second, "knee running")[0] == 3
    assert second.notice().count("\n") == 0


def test_only_one_has_the_folder(vectors: Open, say: Callable[..., None]) -> None:
    say(*SAID)
    owner, other = vectors(), vectors()
    owner.work()
    assert found(other, "bees")[0] == 1
    assert "Another Reverie" in other.notice() and other.status().in_use == "exact search"
    say("A fourth thing about bees and bees.")
    other.work()  # embeds, and leaves the index to its owner
    assert 4 in found(owner, "bees") and 4 in found(other, "bees")


def test_another_process_searches_too(vectors: Open, say: Callable[..., None], home: Path) -> None:
    say(*SAID)
    owner = vectors()
    owner.work()
    code = (
        "from pathlib import Path\nfrom memory.database import Database\n"
        "from memory.vectors.service import Vectors\nfrom memory.vectors.hashing import HashEmbedder\n"
        f"home = Path({str(home)!r})\n"
        "v = Vectors(Database.open(home / 'reverie.db'), home / 'index', lambda: HashEmbedder(64), backend='chroma')\n"
        "print(v.search('bees', 1)[0].passage, v.notice())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("1 Another Reverie")


def test_chroma_failing_in_the_middle(vectors: Open, say: Callable[..., None]) -> None:
    say(*SAID)
    opened = vectors()
    opened.work()
    index = opened._open_index()
    assert isinstance(index.in_use, ChromaIndex)
    index.in_use._client.delete_collection("reverie-passages")
    assert found(opened, "bees")[0] == 1
    assert "exact search is used" in opened.notice()


def test_deleted_passages_never_come_back(vectors: Open, memories: MemoryStore, database: Database) -> None:
    memories.add(NewMemory(text="bees one"))
    memories.add(NewMemory(text="bees two"))
    opened = vectors()
    opened.work()
    memories.undo()
    assert found(opened, "bees") == [1]
    opened.work()
    assert opened.status().vectors == 1 and waiting(database) == 0


def test_a_change_of_embedder_is_asked_first_and_never_mixed(
    vectors: Open, say: Callable[..., None], database: Database
) -> None:
    say(*SAID)
    vectors().work()
    other = HashEmbedder(32, name="other")
    changed = vectors("exact", other)
    change = changed.needs_re_embedding()
    assert change is not None and (change.old.name, change.new.name, change.passages) == ("hashed-words", "other", 3)
    with pytest.raises(EmbedderError, match="doctor --re-embed"):
        changed.search("bees", 1)
    assert other.embedded == []
    assert changed.accept_embedder_change() == 3
    assert changed.search("bees", 1) == []
    say("One more about bees.")
    changed.work()
    assert changed.needs_re_embedding() is None
    assert set(found(changed, "bees")[:2]) == {1, 4}
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(EmbeddingRow)) == 7


@pytest.fixture(scope="module")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma(tmp_path_factory.mktemp("chroma")) as address:
        yield address


def test_a_chroma_server(vectors: Open, say: Callable[..., None], chroma_server: str) -> None:
    say(*SAID)
    opened = vectors(chroma_server)
    opened.work()
    assert opened.status().in_use == f"Chroma at {chroma_server}"
    assert found(opened, "train Porto")[0] == 2
    opened.close()
    assert found(vectors(chroma_server), "bees roof")[0] == 1


def test_two_processes_share_a_server_and_each_learns_what_the_other_wrote(
    database: Database, home: Path, embedder: HashEmbedder, say: Callable[..., None], chroma_server: str
) -> None:
    one, other = (Vectors(database, home / "index", lambda: embedder, backend=chroma_server) for _ in range(2))
    say(*SAID)
    for process in (one, other):
        process.warm()
        process.work()
    assert one.status().in_use == other.status().in_use == f"Chroma at {chroma_server}"
    say("The lighthouse keeper plays the cello.")
    other.work()
    assert found(one, "lighthouse cello")[0] == found(other, "lighthouse cello")[0] == len(SAID) + 1
    one.rebuild()  # the other's collection is gone now
    assert found(other, "train Porto")[0] == 2
    assert other.status().in_use == f"Chroma at {chroma_server}"
    one.close()
    other.close()


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "ftp://127.0.0.1", "nonsense"])
def test_a_server_that_is_not_there(vectors: Open, say: Callable[..., None], address: str) -> None:
    say(*SAID)
    opened = vectors(address)
    opened.work()
    assert found(opened, "bees roof")[0] == 1
    assert "exact search is used" in opened.notice()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["add", "edit", "retire", "undo", "redo", "work"]), max_size=14), st.data())
def test_after_any_history_the_index_holds_exactly_what_has_a_vector(
    tmp_path_factory: pytest.TempPathFactory, acts: list[str], data: st.DataObject
) -> None:
    home = tmp_path_factory.mktemp("any")
    database = Database.open(home / "reverie.db")
    store = MemoryStore(database, FixedClock(parse_instant("2026-05-03T12:00:00Z")))
    vectors = Vectors(database, home / "index", lambda: HashEmbedder(16))
    for number, act in enumerate(acts):
        ids = [m.id for m in store.list(MemoryFilter(statuses=()))]
        try:
            if act == "add":
                store.add(NewMemory(text=f"thing {number % 3}"))
            elif act == "edit" and ids:
                store.edit(data.draw(st.sampled_from(ids)), text=f"other {number % 2}")
            elif act == "retire" and ids:
                store.retire(data.draw(st.sampled_from(ids)))
            elif act in ("undo", "redo"):
                getattr(store, act)()
            elif act == "work":
                vectors.work()
        except Refused:
            continue
    vectors.work()
    with database.read() as session:
        passages = set(session.scalars(select(PassageRow.number)))
    if passages:
        assert {h.passage for h in vectors.search("thing", 1000)} == passages
        assert vectors.status().waiting == 0
    vectors.close()
    database.close()
