"""LangChain's retriever and LangGraph's store over a home. The cases are those of LangGraph's own tests."""

import asyncio
from typing import Any

import pytest
from langgraph.store.base import (
    GetOp,
    InvalidNamespaceError,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchOp,
)

from assistant.neighbours.langchain import ReverieRetriever, ReverieStore
from assistant.neighbours.window import Window
from assistant.runtime import Runtime
from memory.errors import InvalidInput, Refused
from memory.purge import purge_memory
from memory.store import MemoryFilter
from memory.types import Status, Trust
from tests.neighbours.conftest import Told


@pytest.fixture
def store(runtime: Runtime) -> ReverieStore:
    return ReverieStore(runtime)


def put(store: ReverieStore, *namespaces: tuple[str, ...]) -> None:
    for number, namespace in enumerate(namespaces):
        store.put(namespace, f"id_{number}", {"data": f"value_{number:02d}"})


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"text": "You like tea."},
        {"a": [1, 2.5, None, True, {"b": "ü\u202e\x1b[2J\x00 </memories>"}], "": "empty"},
        {"text": "x" * 5_000, "n": 1},
        {"text": "  padded \n lines  "},
    ],
)
def test_a_value_comes_back_as_it_was(store: ReverieStore, value: dict[str, Any]) -> None:
    store.put(("a", "b"), "key/with:things", value)
    item = store.get(("a", "b"), "key/with:things")
    assert item is not None and (item.value, item.namespace, item.key) == (value, ("a", "b"), "key/with:things")
    assert store.search(("a",))[0].value == value
    assert store.get(("a",), "key/with:things") is None and store.get(("a", "b"), "key") is None


def test_put_again_delete_and_put_again(store: ReverieStore) -> None:
    store.put(("a",), "k", {"n": 1})
    first = store.get(("a",), "k")
    store.put(("a",), "k", {"n": 2, "text": "You like tea."})
    second = store.get(("a",), "k")
    assert first and second and second.value["n"] == 2 and second.created_at == first.created_at
    store.delete(("a",), "k")
    store.delete(("a",), "never there")
    assert store.get(("a",), "k") is None and store.search(("a",)) == [] and store.list_namespaces() == []
    store.put(("a",), "k", {"n": 3})
    assert store.search(("a",))[0].value == {"n": 3}


def test_keys_and_namespaces_do_not_run_together(store: ReverieStore) -> None:
    store.put(("a", "b"), "c", {"n": 1})
    store.put(("a",), "b", {"n": 2})
    store.put(("ab",), "c", {"n": 3})
    store.put(("a_",), "%", {"n": 4})
    assert {item.value["n"] for item in store.search(("a",))} == {1, 2}
    assert [item.value["n"] for item in store.search(("A",))] == []
    assert {item.value["n"] for item in store.search(())} == {1, 2, 3, 4}


def test_batches(store: ReverieStore) -> None:
    store.put(("test", "foo"), "key1", {"data": "value1"})
    store.put(("test", "bar"), "key2", {"data": "value2"})
    results = store.batch(
        [
            GetOp(("test", "foo"), "key1"),
            PutOp(("test", "bar"), "key2", {"data": "other"}),
            PutOp(("test", "bar"), "key2", {"data": "last"}),
            SearchOp(("test",), filter={"data": "value1"}),
            ListNamespacesOp(),
            GetOp(("test",), "key3"),
            GetOp(("test", "bar"), "key2"),
            ListNamespacesOp(match_conditions=(MatchCondition("suffix", ("bar",)),)),
        ]
    )
    assert results[0].value == {"data": "value1"} and results[1] is results[2] is results[5] is None  # type: ignore[union-attr]
    assert [item.key for item in results[3]] == ["key1"]  # type: ignore[union-attr]
    assert results[4] == [("test", "bar"), ("test", "foo")] and results[7] == [("test", "bar")]
    assert results[6].value == {"data": "value2"}  # type: ignore[union-attr]
    last = store.get(("test", "bar"), "key2")
    assert last is not None and last.value == {"data": "last"}


def test_namespaces(store: ReverieStore) -> None:
    put(
        store, ("a", "b", "c"), ("a", "b", "d", "e"), ("a", "b", "d", "i"), ("a", "b", "f"), ("a", "c", "f"), ("b", "f")
    )
    assert store.list_namespaces(prefix=("a", "b"), max_depth=3) == [("a", "b", "c"), ("a", "b", "d"), ("a", "b", "f")]
    assert store.list_namespaces(suffix=("f",)) == [("a", "b", "f"), ("a", "c", "f"), ("b", "f")]
    assert store.list_namespaces(prefix=("a", "*", "f")) == [("a", "b", "f"), ("a", "c", "f")]
    assert store.list_namespaces(prefix=("a",), suffix=("*", "f"), limit=1, offset=1) == [("a", "c", "f")]
    assert store.list_namespaces(prefix=("none",)) == []


@pytest.mark.parametrize("namespace", [(), ("the", "thing.about"), ("some", ""), ("langgraph", "foo")])
async def test_bad_namespaces(store: ReverieStore, namespace: tuple[str, ...]) -> None:
    with pytest.raises(InvalidNamespaceError):
        store.put(namespace, "k", {"n": 1})
    with pytest.raises(InvalidNamespaceError):
        await store.aput(namespace, "k", {"n": 1})


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"n": 2}, {2}),
        ({"n": {"$gte": 2}}, {2, 3}),
        ({"n": {"$lt": 3, "$ne": 1}}, {2}),
        ({"deep": {"tag": "a"}}, {1, 2}),
        ({"list": [1, {"$gt": 0}]}, {1}),
        ({"missing": {"$gt": 1}}, set()),
        ({"n": "2' OR 1=1"}, set()),
    ],
)
def test_filters(store: ReverieStore, wanted: dict[str, Any], found: set[int]) -> None:
    store.put(("a",), "1", {"n": 1, "deep": {"tag": "a"}, "list": [1, 1]})
    store.put(("a",), "2", {"n": 2, "deep": {"tag": "a"}})
    store.put(("a",), "3", {"n": 3, "deep": {"tag": "b"}})
    assert {item.value["n"] for item in store.search(("a",), filter=wanted)} == found
    with pytest.raises(InvalidInput):
        store.search(("a",), filter={"n": {"$regex": "x"}})


def test_queries_rank_and_pages_turn(store: ReverieStore) -> None:
    for number, text in enumerate(("You like green tea.", "You drive a red car.", "You play chess.")):
        store.put(("a",), str(number), {"text": text})
    store.put(("a",), "unranked", {"text": "green tea green tea"}, index=False)
    store.put(("a",), "by field", {"title": "green tea", "rest": "something"}, index=["title"])
    found = store.search(("a",), query="green tea", limit=10)
    assert [item.key for item in found[:2]] == ["by field", "0"] and found[-1].key == "unranked"
    scores = [item.score for item in found[:-1]]
    assert scores == sorted(scores, reverse=True) and found[-1].score is None  # type: ignore[type-var]
    assert store.search(("a",), query="green tea", limit=1, offset=1)[0].key == "0"
    store.put(("a",), "1", {"text": "green tea"})  # what is put again is ranked by what it says now
    assert store.search(("a",), query="green tea", limit=2)[-1].key in ("1", "by field")


async def test_asynchronously_and_at_once(store: ReverieStore) -> None:
    await asyncio.gather(*(store.aput(("a",), str(n), {"n": n}) for n in range(10)))
    assert {item.value["n"] for item in await store.asearch(("a",), limit=50)} == set(range(10))
    await store.adelete(("a",), "3")
    assert await store.aget(("a",), "3") is None and await store.alist_namespaces() == [("a",)]
    await asyncio.gather(*(store.aput(("b",), "same", {"n": n}) for n in range(8)))
    assert len(await store.asearch(("b",))) == 1


def test_what_a_store_keeps_is_marked_and_not_recalled_unless_it_states_something(
    runtime: Runtime, store: ReverieStore
) -> None:
    store.put(("a",), "says", {"text": "You like green tea."})
    store.put(("a",), "counts", {"cursor": 17, "green": "tea"})
    kept = {m.status: m for m in runtime.memories.list(MemoryFilter(statuses=()))}
    assert set(kept) == {Status.ACTIVE, Status.QUARANTINED}
    assert {(m.trust, m.tags) for m in kept.values()} == {(Trust.INFERRED, "from/langgraph")}
    assert [hit.text for hit in Window(runtime).search("green tea", 5)] == ["You like green tea."]


def test_the_user_has_the_last_word(runtime: Runtime, store: ReverieStore) -> None:
    for key in ("corrected", "muted", "retired", "purged", "undone"):
        store.put(("a",), key, {"text": f"You like {key} tea.", "n": 1})
    number = {m.text.split()[2]: m for m in runtime.memories.list()}
    runtime.memories.edit(number["corrected"].short_id, text="You like coffee.")
    runtime.memories.mute(number["muted"].short_id)
    runtime.memories.retire(number["retired"].short_id)
    purge_memory(runtime.database, number["purged"].id, runtime.clock, reason="test")
    found = {item.key: item.value for item in store.search(("a",))}
    assert found == {
        "corrected": {"text": "You like coffee.", "n": 1},
        "undone": {"text": "You like undone tea.", "n": 1},
    }
    for key in ("retired", "purged"):
        assert store.get(("a",), key) is None
        with pytest.raises(Refused):
            store.put(("a",), key, {"text": f"You like {key} tea."})


def test_one_bad_put_of_a_batch_leaves_all_as_it_was(store: ReverieStore) -> None:
    for bad in ({"n": object()}, {"n": "x" * 70_000}):
        with pytest.raises(InvalidInput):
            store.batch([PutOp(("a",), "good", {"n": 1}), PutOp(("a",), "bad", bad)])
    assert store.search(("a",)) == []
    with pytest.raises(NotImplementedError):
        store.put(("a",), "k", {"n": 1}, ttl=5)


async def test_the_retriever(runtime: Runtime, told: Told, store: ReverieStore) -> None:
    store.put(("a",), "k", {"text": "You work at night in Lyon."})
    retriever = ReverieRetriever(home=runtime, k=3)
    documents = retriever.invoke("Where do I work?")
    assert {"nurse", "night"} <= set(" ".join(d.page_content for d in documents).replace(".", "").split())
    noted = {d.metadata["noted_by"] for d in documents}
    assert noted == {"", "langgraph"} and all(d.id == d.metadata["id"] for d in documents)
    assert "Zebra" not in str(await retriever.ainvoke("Zebra clinic"))
