"""Chroma, as an index that can be thrown away: embedded in a folder with one owner, or a server by address.

The collection carries the identity of its vectors and a generation; both are in the database, too. Where they differ,
or where Chroma fails in any way, exact search answers until the collection is built again from the stored vectors.
"""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from memory.errors import IndexUnavailable
from memory.interrupts import interrupts_wait
from memory.vectors.base import PassageScore
from memory.vectors.graph_files import wipe_unused

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

COLLECTION = "reverie-passages"
# A denser graph, searched wider, than Chroma's defaults (16, 100, 100): those miss one true neighbour in fifteen.
# Building it with more than 100 candidates costs time and finds no more.
HNSW = {"space": "cosine", "max_neighbors": 24, "ef_construction": 100, "ef_search": 200}
BATCH = 2_000
A_FEW = 50
"""So many vectors at once where others wait for Python's lock, which Chroma holds meanwhile: hundredths of a second."""

log = logging.getLogger(__name__)


class ChromaIndex:
    """One collection of a Chroma client."""

    def __init__(self, client: Any, name: str, folder: Path | None = None) -> None:
        self.name = name
        self._client = client
        self._folder = folder
        self._collection: Any = None

    @classmethod
    def in_folder(cls, folder: Path) -> "ChromaIndex":
        """Chroma embedded in this process. Only one process may have it open. Raises IndexUnavailable."""
        with _chroma_errors():
            with interrupts_wait():
                import chromadb
                from chromadb.api.client import SharedSystemClient

            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Chroma keeps one system a path for the life of a process, even after its folder was deleted.
            SharedSystemClient.clear_system_cache()
            wipe_unused(folder)  # where a kill came between Chroma's writing and ours
            return cls(chromadb.PersistentClient(str(folder), settings=_settings()), "Chroma", folder)

    @classmethod
    def at_server(cls, address: str) -> "ChromaIndex":
        """A Chroma server at http(s)://host:port. Raises IndexUnavailable."""
        with _chroma_errors():
            with interrupts_wait():
                import chromadb

            url = urlparse(address)
            if url.scheme not in ("http", "https") or not url.hostname:
                raise IndexUnavailable(
                    f"{address!r} is not the address of a Chroma server.", "Write it as http://host:port."
                )
            port = url.port or (443 if url.scheme == "https" else 8000)
            client = chromadb.HttpClient(url.hostname, port, ssl=url.scheme == "https", settings=_settings())
            return cls(client, f"Chroma at {address}")

    def open(self, mark: str) -> bool:
        """Take the collection whose metadata says `mark`. False: there is none, it has to be built."""
        with _chroma_errors():
            if COLLECTION not in {c.name for c in self._client.list_collections()}:
                return False
            collection = self._client.get_collection(COLLECTION, embedding_function=None)
            if (collection.metadata or {}).get("mark") != mark:
                return False
            self._collection = collection
            return True

    def create(self) -> None:
        """Begin an empty collection in the place of what was there; until `finish` nobody takes it for whole."""
        with _chroma_errors():
            if COLLECTION in {c.name for c in self._client.list_collections()}:
                self._client.delete_collection(COLLECTION)
            self._collection = self._client.create_collection(
                COLLECTION, metadata={"mark": ""}, embedding_function=None, configuration={"hnsw": HNSW}
            )

    def finish(self, mark: str) -> None:
        """Everything is in the collection: from now on it is the one with this mark."""
        with _chroma_errors():
            self._collection.modify(metadata={"mark": mark})
            self._wipe()

    def upsert(self, passages: Sequence[int], vectors: "Matrix") -> None:
        """Take vectors in, or those in the place of what is there."""
        most = BATCH if self._folder is None else A_FEW
        with _chroma_errors():
            for start in range(0, len(passages), most):
                self._take(passages[start : start + most], vectors[start : start + most])
            self._wipe()

    def fill(self, passages: Sequence[int], vectors: "Matrix") -> None:
        """The same at once, where nobody waits; `finish` has to follow."""
        with _chroma_errors():
            self._take(passages, vectors)

    def _take(self, passages: Sequence[int], vectors: "Matrix") -> None:
        self._collection.upsert(ids=[str(p) for p in passages], embeddings=vectors)

    def _wipe(self) -> None:
        if self._folder is not None:
            wipe_unused(self._folder)

    def delete(self, passages: Sequence[int]) -> None:
        with _chroma_errors():
            for start in range(0, len(passages), BATCH):
                self._collection.delete(ids=[str(p) for p in passages[start : start + BATCH]])

    def search(self, vector: "Matrix", k: int) -> list[PassageScore]:
        with _chroma_errors():
            found = self._collection.query(query_embeddings=[vector.reshape(-1)], n_results=k, include=["distances"])
            pairs = zip(found["ids"][0], found["distances"][0], strict=True)
            return [PassageScore(int(i), 1.0 - float(d)) for i, d in pairs]

    def count(self) -> int:
        with _chroma_errors():
            return int(self._collection.count())

    def try_out(self) -> None:
        """Write a vector that is there once more, and search for it. Raises IndexUnavailable, or ends the process."""
        with _chroma_errors():
            for collection in self._client.list_collections():
                some = collection.get(limit=1, include=["embeddings"])
                if some["ids"]:
                    collection.upsert(ids=some["ids"], embeddings=some["embeddings"])
                    collection.query(query_embeddings=some["embeddings"], n_results=min(10, collection.count()))

    def ids(self) -> set[int]:
        """The passages that the collection says it has."""
        with _chroma_errors():
            return {int(id_) for id_ in self._collection.get(include=[])["ids"]}

    def close(self) -> None:
        self._collection = None
        with contextlib.suppress(Exception):  # closing what is broken must not hide why it is closed
            from chromadb.api.client import SharedSystemClient

            self._client.close() if hasattr(self._client, "close") else None
            SharedSystemClient.clear_system_cache()


def _settings() -> Any:
    from chromadb.config import Settings

    logging.getLogger("chromadb").setLevel(logging.ERROR)
    return Settings(anonymized_telemetry=False)


@contextlib.contextmanager
def _chroma_errors() -> Iterator[None]:
    """Whatever Chroma raises (its own errors, Rust panics, SQLite's, HTTP's) as IndexUnavailable.

    This is an outer edge: the index is derived data, and no failure of it may reach the user as more than a line.
    """
    try:
        yield
    except IndexUnavailable:
        raise
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        log.warning("Chroma failed", exc_info=True)
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise IndexUnavailable(f"Chroma cannot be used ({first[:120]})") from error
