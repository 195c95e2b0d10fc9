"""Other memories, each by its public interface and its own defaults, where it is installed.

They use the same embedding model and are given every message as "[day] speaker: text". No language model is called:
mem0 is told to keep what it is given (`infer=False`).
"""

import os
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from assistant.recall_bench.data import Person, Query

if TYPE_CHECKING:
    from memory.vectors.base import Embedder

_NUMBERS = count()


def _listed(embedder: "Embedder", texts: Sequence[str]) -> list[list[float]]:
    return [[float(x) for x in row] for row in embedder.embed(list(texts))]


class LangGraph:
    """LangGraph's InMemoryStore with an index: one item a message, searched by its text."""

    def __init__(self, person: Person, embedder: "Embedder") -> None:
        from langgraph.store.memory import InMemoryStore

        def embed(texts: Sequence[str]) -> list[list[float]]:
            return _listed(embedder, texts)

        self._store = InMemoryStore(index={"dims": embedder.identity.dimension, "embed": embed, "fields": ["text"]})
        for i, message in enumerate(person.messages):
            self._store.put(("said",), str(i), {"text": message.labelled, "id": message.id})

    def find(self, query: Query, k: int) -> list[str]:
        return [item.value["id"] for item in self._store.search(("said",), query=query.text, limit=k)]


class LlamaIndex:
    """LlamaIndex's VectorStoreIndex in memory: one node a message."""

    def __init__(self, person: Person, embedder: "Embedder") -> None:
        from llama_index.core import VectorStoreIndex
        from llama_index.core.schema import TextNode

        nodes = [
            TextNode(id_=f"{i}|{m.id}", text=m.labelled, embedding=vector)
            for i, (m, vector) in enumerate(
                zip(person.messages, _listed(embedder, [m.labelled for m in person.messages]), strict=True)
            )
        ]
        self._index = VectorStoreIndex(nodes, embed_model=_for_llama(embedder))

    def find(self, query: Query, k: int) -> list[str]:
        found = self._index.as_retriever(similarity_top_k=k).retrieve(query.text)
        return [hit.node.node_id.partition("|")[2] for hit in found]


def _for_llama(embedder: "Embedder") -> Any:
    """The embedder as LlamaIndex wants one."""
    from llama_index.core.embeddings import BaseEmbedding

    class Same(BaseEmbedding):  # type: ignore[misc]
        def _get_text_embedding(self, text: str) -> list[float]:
            return _listed(embedder, [text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return _listed(embedder, [query])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return Same(model_name=embedder.identity.name)


class Mem0:
    """mem0's Memory over its own Qdrant on disk, `add(infer=False)` message by message.

    It loads the same model by itself, so its times have the embedding of the question in them.
    """

    def __init__(self, person: Person, embedder: "Embedder") -> None:
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        # Before it is imported: it reads them then, and would send what it is used for.
        os.environ |= {"MEM0_TELEMETRY": "False", "MEM0_DIR": str(folder)}
        from mem0 import Memory

        from memory.vectors.embedder import packaged_model

        dimension = embedder.identity.dimension
        store = {"path": str(folder / "qdrant"), "embedding_model_dims": dimension, "on_disk": True,
                 "collection_name": f"said{next(_NUMBERS)}"}  # fmt: skip
        self._memory: Any = Memory.from_config({
            "llm": {"provider": "openai", "config": {"api_key": "none"}},  # made, and never asked
            "embedder": {"provider": "huggingface",
                         "config": {"model": str(packaged_model()), "embedding_dims": dimension}},
            "vector_store": {"provider": "qdrant", "config": store},
            "history_db_path": str(folder / "history.db"),
        })  # fmt: skip
        for message in person.messages:
            said = [{"role": "user", "content": message.labelled}]
            self._memory.add(said, user_id="user", metadata={"of": message.id}, infer=False)

    def find(self, query: Query, k: int) -> list[str]:
        found = self._memory.search(query.text, filters={"user_id": "user"}, top_k=k, threshold=0.0)
        return [hit["metadata"]["of"] for hit in found["results"]]


PEERS: Sequence[tuple[str, str, Callable[[Person, "Embedder"], Any]]] = (
    ("mem0", "mem0", Mem0),
    ("LangGraph store", "langgraph", LangGraph),
    ("LlamaIndex", "llama_index", LlamaIndex),
)
"""Name, the package that has to be there, and how it is filled."""
