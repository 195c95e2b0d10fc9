"""Reverie inside LangChain and LangGraph programs: a retriever over what the user said, and a store that is a home.

from assistant.neighbours.langchain import ReverieRetriever, ReverieStore, open_home
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    MatchCondition,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
    get_text_at_path,
)

from assistant.neighbours.items import Items, Namespace, Putting, StoredItem, matches
from assistant.neighbours.window import MOST_HITS, Window
from memory.notes import writer_of
from memory.types import Hit

if TYPE_CHECKING:
    from assistant.runtime import Runtime


@contextmanager
def open_home() -> "Iterator[Runtime]":
    """The home in force (`REVERIE_HOME`, or the platform's own), closed at the end. Raises StorageError."""
    from assistant.runtime import Runtime

    runtime = Runtime.open()
    try:
        yield runtime
    finally:
        runtime.close()


class ReverieRetriever(BaseRetriever):
    """What the user said and what is remembered, best first, without what other programs are not shown.

    The metadata of a document has `id` (for citing), `type`, `said_at`, `score`, `sources`, and `noted_by`: the program
    that wrote it, empty for what the user said. The content is data, never instructions.
    """

    home: Any
    """An opened home (`open_home`)."""
    k: int = 8

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(hit) for hit in Window(self.home).search(query, min(self.k, MOST_HITS))]


def _document(hit: Hit) -> Document:
    metadata = {
        "id": hit.id,
        "type": hit.type,
        "said_at": hit.said_at.isoformat(),
        "score": hit.score,
        "sources": list(hit.sources),
        "noted_by": writer_of(hit.memory) if hit.memory else "",
    }
    return Document(page_content=hit.text, id=hit.id, metadata=metadata)


class ReverieStore(BaseStore):
    """A LangGraph store whose items are memories of a home. What maps onto what:

    - An item is one memory, found by its namespace and key together. Its value is kept whole as JSON, up to 64,000
      characters; what JSON does not know (a tuple) comes back as JSON has it (a list).
    - A value with a text under `text`, `content` or `memory` is a statement: the memory says it, is recalled in chats
      and over MCP, and is marked as noted by `langgraph`, never as said by the user. Any other value is kept in
      quarantine: only this store reads it.
    - `search` with a query ranks by the vector of that statement (of the JSON where there is none; of the fields that
      `index` names; not at all with `index=False`). What the user said is not in here: `ReverieRetriever` finds it.
    - `delete` puts the memory into the trash. The user can look at, correct, mute, undo and purge every item: a
      corrected statement comes back corrected, what is muted or in the trash is not there, and to put again what the
      user threw away or purged raises Refused.
    - A night may merge a statement with one that says the same; the item stays under its key.
    - Items do not expire: `ttl` raises NotImplementedError.
    - All items are of one user: namespaces sort, they do not protect.
    """

    supports_ttl = False

    def __init__(self, home: "Runtime") -> None:
        self._items = Items(home)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Reads see the store as it was before; of several puts to a key the last one counts; puts are one act."""
        results: list[Result] = []
        puts: dict[tuple[Namespace, str], Putting] = {}
        for op in ops:
            if isinstance(op, PutOp):
                puts[op.namespace, op.key] = _putting(op)
                results.append(None)
            else:
                results.append(self._read(op))
        self._items.put(puts.values())
        return results

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """The same in a thread."""
        return await asyncio.to_thread(self.batch, list(ops))

    def _read(self, op: Op) -> Result:
        if isinstance(op, GetOp):
            found = self._items.get(op.namespace, op.key)
            return None if found is None else Item(**_fields(found))
        if isinstance(op, SearchOp):
            return self._search(op)
        if isinstance(op, ListNamespacesOp):
            return self._namespaces(op)
        raise ValueError(f"Unknown operation type: {type(op)}")

    def _search(self, op: SearchOp) -> list[SearchItem]:
        found = [i for i in self._items.below(tuple(op.namespace_prefix)) if matches(i.value, op.filter or {})]
        ranked = self._items.ranked(found, op.query) if op.query else [(item, None) for item in found]
        page = ranked[op.offset : op.offset + op.limit]
        return [SearchItem(**_fields(item), score=score) for item, score in page]

    def _namespaces(self, op: ListNamespacesOp) -> list[Namespace]:
        conditions = op.match_conditions or ()
        found = {item.namespace for item in self._items.below(())}
        kept = {names[: op.max_depth] for names in found if all(_meets(names, one) for one in conditions)}
        return sorted(kept)[op.offset : op.offset + op.limit]


def _putting(op: PutOp) -> Putting:
    indexed = None
    if op.value is not None and isinstance(op.index, list):
        indexed = "\n".join(text for path in op.index for text in get_text_at_path(op.value, path)) or None
    return Putting(
        namespace=tuple(op.namespace), key=str(op.key), value=op.value, ranked=op.index is not False, indexed=indexed
    )


def _fields(item: StoredItem) -> dict[str, Any]:
    return {
        "namespace": item.namespace,
        "key": item.key,
        "value": item.value,
        "created_at": item.created_at,
        "updated_at": item.updated_at,
    }


def _meets(names: Namespace, condition: MatchCondition) -> bool:
    """Whether a namespace begins or ends as a condition says; `*` stands for any one label."""
    path = tuple(condition.path)
    if len(names) < len(path):
        return False
    end = names[: len(path)] if condition.match_type == "prefix" else names[len(names) - len(path) :]
    return all(wanted in ("*", name) for name, wanted in zip(end, path, strict=True))
