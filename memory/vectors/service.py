"""Everything with vectors behind one door: embedder, queue, index. Cheap to make; heavy parts load when first needed.

Thread-safe: a chat searches while a background thread embeds.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from memory.database import Database
from memory.errors import EmbedderError
from memory.vectors.base import Embedder, EmbedderIdentity, PassageScore
from memory.vectors.queue import (
    Progress,
    Stop,
    activate,
    active_embedder,
    embed_queued,
    enqueue_all,
    pending,
)

if TYPE_CHECKING:
    from memory.vectors.base import Matrix
    from memory.vectors.index import PassageIndex

LITTLE = 64
"""Passages that are embedded in less than a second."""


@dataclass(frozen=True, kw_only=True)
class EmbedderChange:
    """The configured embedder is not the one that the stored vectors were made with."""

    old: EmbedderIdentity
    new: EmbedderIdentity
    passages: int


@dataclass(frozen=True, kw_only=True)
class VectorStatus:
    """What `doctor` prints."""

    backend: str
    """The configured backend."""
    in_use: str
    """What answers now; empty before anything was opened."""
    notice: str
    recorded: EmbedderIdentity | None
    vectors: int
    pending: int
    waiting: int
    """Changes that the index has yet to take."""


class Vectors:
    """Searches and feeds the vectors of one home."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        load_embedder: Callable[[], Embedder],
        *,
        backend: str = "auto",
        exact_up_to: int | None = None,
        sent: Callable[[int], None] = lambda passages: None,
    ) -> None:
        """`sent` is told how many passages' vectors went to the index in one piece of work."""
        self._sent = sent
        self._database = database
        self._folder = folder
        self._load = load_embedder
        self._backend = backend
        self._exact_up_to = exact_up_to
        self._embedder: Embedder | None = None
        self._failure: EmbedderError | None = None
        self._last: tuple[str, Matrix] | None = None
        self._index: PassageIndex | None = None
        self._loading = threading.RLock()
        self._working = threading.Lock()

    # -- searching

    def search(self, query: str, k: int) -> list[PassageScore]:
        """The passages nearest in meaning. Raises EmbedderError where the query cannot be embedded."""
        return self.search_vector(self._vector_of(query), k)

    def cosines(self, query: str, passages: Sequence[int]) -> dict[int, float]:
        """How near these passages are to a query, those without a vector left out. Raises EmbedderError."""
        return self.cosines_of(self._vector_of(query), passages)

    def cosines_of(self, vector: "Matrix", passages: Sequence[int]) -> dict[int, float]:
        """How near these passages are to a vector of the active embedder, those without one left out."""
        return self._open_index().cosines(vector, passages)

    def made_by(self) -> str:
        """The name of the embedder whose vectors are searched; empty in a home that has none yet."""
        recorded = active_embedder(self._database)
        return recorded[1].name if recorded else ""

    def search_vector(self, vector: "Matrix", k: int) -> list[PassageScore]:
        """The passages nearest to a vector of the active embedder."""
        return self._open_index().search(vector, k)

    def _vector_of(self, query: str) -> "Matrix":
        """The query's vector; the last one is kept, since it is compared again with what stands around the hits."""
        last = self._last
        if last is None or last[0] != query:
            last = self._last = query, self.embed([query])
        return last[1]

    def embed(self, texts: Sequence[str]) -> "Matrix":
        """Vectors of the active embedder, without storing them. Raises EmbedderError."""
        return self._active().embed(texts)

    def similarity(self, query: str, texts: Sequence[str]) -> list[float]:
        """Cosine similarity of each text to the query. Raises EmbedderError."""
        if not texts:
            return []
        vectors = self.embed([query, *texts])
        return [float(score) for score in vectors[1:] @ vectors[0]]

    # -- feeding

    def warm(self) -> None:
        """Load the embedder and open the index, so that the first search is as fast as the next."""
        self._open_index()
        self.embed(["warm"])

    def work(self, *, progress: Progress | None = None, stop: Stop | None = None) -> int:
        """Embed what is queued and bring the index up to date. Returns how many passages left the queue.

        Loads the embedder only if something is queued. Raises EmbedderError; what is queued stays queued.
        """
        with self._working:
            if not pending(self._database) and self._index is None:
                return 0
            index = self._open_index()
            number = active_embedder(self._database)
            assert number is not None
            done = embed_queued(
                self._database, self._active(), number[0], progress=progress, stop=stop, after_batch=index.drain
            )
            index.check(stop or (lambda: False))
            if done:
                self._sent(done)
            return done

    def catch_up(self, besides: int = 0) -> None:
        """Embed what was stored a moment ago, so that the next search finds it; nothing where much waits (an import).

        `besides` passages may go on waiting: the question itself. Without an embedder nothing happens.
        """
        if besides < pending(self._database) <= LITTLE:
            with suppress(EmbedderError):
                self.work()

    def pending(self) -> int:
        """Passages that wait for a vector."""
        return pending(self._database)

    def rebuild(self, progress: Progress = lambda done, of: None, stop: Stop = lambda: False) -> int:
        """Make the index anew from the stored vectors; nothing is embedded."""
        return self._open_index().rebuild(progress, stop)

    # -- the embedder

    def ready(self) -> bool:
        """Whether a search would start at once."""
        return self._embedder is not None and self._index is not None

    def needs_re_embedding(self) -> EmbedderChange | None:
        """The change of embedder that the user has yet to agree to. Loads the configured one. Raises EmbedderError."""
        recorded, new = active_embedder(self._database), self._configured().identity
        if recorded is None or recorded[1] == new:
            return None
        from sqlalchemy import func, select

        from memory.schema import PassageRow

        with self._database.read() as session:
            passages = session.scalar(select(func.count()).select_from(PassageRow)) or 0
        return EmbedderChange(old=recorded[1], new=new, passages=passages)

    def accept_embedder_change(self) -> int:
        """Use the configured embedder from now on. Returns how many passages are queued for it; `work` embeds them."""
        with self._loading:
            activate(self._database, self._configured().identity)
            self._last = None
            self._close_index()
            return enqueue_all(self._database)

    def notice(self) -> str:
        """One line where something is not as configured; empty otherwise."""
        if self._failure is not None:
            return self._failure.message
        return self._index.notice if self._index is not None else ""

    def status(self) -> VectorStatus:
        """The state of all this, without loading anything."""
        recorded = active_embedder(self._database)
        index = self._index
        return VectorStatus(
            backend=self._backend,
            in_use=index.in_use.name if index else "",
            notice=self.notice(),
            recorded=recorded[1] if recorded else None,
            vectors=index.count() if index else 0,
            pending=pending(self._database),
            waiting=index.waiting() if index else 0,
        )

    def disagreement(self) -> str:
        """Where the opened index is not what the database says, as a line; empty where it is."""
        return self._index.disagreement() if self._index is not None else ""

    def close(self) -> None:
        """Give the index and its lock back."""
        with self._loading:
            self._close_index()

    def _close_index(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None

    def _configured(self) -> Embedder:
        with self._loading:
            if self._failure is not None:
                # Without the way it went before: each raise would add to it, and to the log.
                raise self._failure.with_traceback(None)
            if self._embedder is None:
                try:
                    self._embedder = self._load()
                except EmbedderError as error:
                    self._failure = error
                    raise
            return self._embedder

    def _active(self) -> Embedder:
        """The configured embedder, if the stored vectors are its own."""
        with self._loading:
            embedder = self._configured()
            recorded = active_embedder(self._database)
            if recorded is None:
                activate(self._database, embedder.identity)
            elif recorded[1] != embedder.identity:
                raise EmbedderError(
                    f"The vectors were made with {recorded[1].name}, the settings say {embedder.identity.name}.",
                    "`reverie doctor --re-embed` makes them anew.",
                )
            return embedder

    def _open_index(self) -> "PassageIndex":
        with self._loading:
            if self._index is None:
                from memory.vectors.index import PassageIndex

                self._active()
                recorded = active_embedder(self._database)
                assert recorded is not None
                index = PassageIndex(self._database, self._folder, self._backend, *recorded, self._exact_up_to)
                index.open()
                self._index = index
            return self._index
