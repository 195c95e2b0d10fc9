"""One opened home: the parts, made once and joined here. Opening loads nothing heavy."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cartridges import Cartridges, Train, in_a_child
from assistant.databases import open_database
from assistant.engine import Engine, Parts
from assistant.napping import Napper
from assistant.paths import Paths, find_paths
from assistant.recollect import RecallResponder
from assistant.responder import Responder
from assistant.settings import Settings
from assistant.settings_file import load_settings
from assistant.wishes import Wishes, standing_wishes
from memory.clock import Clock, clock_from_environment
from memory.database import Database
from memory.errors import ReverieError
from memory.retrieval import Retriever
from memory.store import ConversationStore, MemoryStore
from memory.store.ledger import Ledger
from memory.store.meta import get_meta, set_meta
from memory.store.naps import NapStore
from memory.store.nights import NightStore
from memory.types import ModelCall
from memory.vectors.service import Vectors

if TYPE_CHECKING:
    from memory.ranking.reranker import Reranker
    from memory.ranking.rewriting import Rewriter
    from memory.ranking.traits import Traits
    from memory.vectors.base import Embedder
    from sleep.home import Model

HINT_KEY = "model_hint_shown"

log = logging.getLogger(__name__)


class Runtime:
    """Everything a front end or a command works with. Close it when done."""

    def __init__(
        self, *, paths: Paths, settings: Settings, clock: Clock, load_embedder: "Callable[[], Embedder] | None" = None,
        train: Train = in_a_child,
    ) -> None:  # fmt: skip
        self.paths = paths
        self.settings = settings
        self.clock = clock
        self.database = open_database(paths, settings.database.url)
        self.conversations = ConversationStore(self.database, clock)
        self.memories = MemoryStore(self.database, clock)
        self.ledger = Ledger(self.database)
        self.vectors = Vectors(
            self.database,
            paths.index,
            load_embedder or self._load_embedder,
            backend=settings.index.backend,
            sent=self._vectors_sent,
        )
        self._traits: dict[int, tuple[int, Traits]] = {}
        self.retriever = self._retriever("recall")
        self._caretaker = Caretaker(self.vectors)
        naps = NapStore(self.database, clock)
        self.cartridges = Cartridges(
            paths.data, self.conversations, naps, lambda: self.settings, self.adapters, train=train
        )
        self._parts = self._own_parts(naps)
        self.engine = Engine(self._parts, self._responder(settings))

    @classmethod
    def open(
        cls,
        *,
        paths: Paths | None = None,
        settings: Settings | None = None,
        clock: Clock | None = None,
        load_embedder: "Callable[[], Embedder] | None" = None,
        train: Train = in_a_child,
    ) -> "Runtime":
        """Open the home in force (or the one given). Raises SettingsError or StorageError."""
        paths = (paths or find_paths()).ready()
        return cls(
            paths=paths,
            settings=settings or load_settings(paths),
            clock=clock or clock_from_environment(),
            load_embedder=load_embedder,
            train=train,
        )

    def _load_embedder(self) -> "Embedder":
        from memory.vectors.embedder import load_embedder

        return load_embedder(self.settings.embedder.name, self.settings.embedder.device)

    def _vectors_sent(self, passages: int) -> None:
        """Vectors that leave the machine are in the ledger, as what a model is given is."""
        from assistant.models.address import is_loopback

        address = self.settings.index.backend
        if address.startswith("http") and not is_loopback(address):
            self.ledger.record(
                ModelCall(
                    at=self.clock.now(), purpose=f"index: {passages} vectors", model=address, remote=True,
                    prompt_tokens=None, completion_tokens=None, milliseconds=0, status="ok",
                )
            )  # fmt: skip

    def _reranker(self) -> "Reranker | None":
        """The cross-encoder that the settings name; it loads when it is first asked."""
        from memory.ranking.reranker import CrossEncoderReranker

        name = self.settings.retrieval.reranker
        return CrossEncoderReranker(name, self.settings.embedder.device) if name else None

    def _own_parts(self, naps: NapStore) -> Parts:
        """What the engine of the home itself is made of."""
        return Parts(
            conversations=self.conversations,
            retriever=self._retriever("always"),
            wishes=Wishes(self.memories, self._retriever("off")),
            ledger=self.ledger,
            clock=self.clock,
            remembers=lambda: self.settings.memory.enabled,
            stored=self._caretaker.wake,
            catch_up=lambda: self.vectors.catch_up(besides=1),
            standing=lambda: standing_wishes(self.memories, NightStore(self.database)),
            naps=naps,
            napper=self._napper(self.conversations, self.database),
            cartridges=self.cartridges,
        )

    def _retriever(self, use: str) -> Retriever:
        """One that rewrites questions, where the settings want that for this use: off, recall, always (a turn)."""
        wanted = self.settings.retrieval.rewrite
        rewriter: Rewriter | None = None
        if use != "off" and wanted in (use, "always"):
            from assistant.rewriting import ModelRewriter

            rewriter = ModelRewriter(lambda: self.settings, self.clock, self.ledger)
        return Retriever(self.database, self.vectors, self.clock, reranker=self._reranker(), rewriter=rewriter,
                         traits=self._traits)  # fmt: skip

    def _napper(self, conversations: ConversationStore, database: Database) -> Napper:
        ledger = self.ledger if database is self.database else None  # a temporary chat leaves no trace
        return Napper(
            conversations, NapStore(database, self.clock), lambda: self.settings.nap, partial(self._lent, ledger)
        )

    @contextmanager
    def _lent(self, ledger: Ledger | None) -> "Iterator[Model | None]":
        """The model that chats, for typed questions; none where none does."""
        from assistant.models.spec import parse_model
        from assistant.night_model import NightModel

        spec = parse_model(self.settings.model)
        if spec.provider == "none":
            yield None
            return
        with closing(NightModel(spec, self.settings, self.clock, ledger, work="nap")) as model:
            yield model

    def _responder(self, settings: Settings) -> Responder:
        from assistant.models.spec import parse_model

        spec = parse_model(settings.model)
        if spec.provider == "none":
            return RecallResponder(
                embed=self.vectors.embed,
                hint_shown=lambda: bool(get_meta(self.database, HINT_KEY)),
                mark_hint=lambda: set_meta(self.database, HINT_KEY, "1"),
            )
        from assistant.model_responder import ModelResponder
        from assistant.models import build_chat_model

        return ModelResponder(spec, settings, partial(build_chat_model, adapters=self.adapters))

    def adapters(self, base: str) -> tuple[Path, ...]:
        """The folders of the adapters in force for a base model, the lowest first."""
        from sleep.weights.registry import folders_in_force

        return folders_in_force(self.database, self.paths.data, base)

    def use_model(self, name: str) -> None:
        """Let another model answer from the next turn on. Raises SettingsError for a name that is none."""
        settings = self.settings.model_copy(update={"model": name})
        self.engine.responder = self._responder(settings)
        self.settings = settings

    def temporary_engine(self) -> Engine:
        """An engine whose conversations are in memory only, and which changes no memory and writes no ledger."""
        database = Database.scratch()
        scratch = ConversationStore(database, self.clock)
        parts = replace(
            self._parts, conversations=scratch, wishes=None, ledger=None, stored=lambda: None,
            retriever=self._retriever("off"), naps=NapStore(database, self.clock),
            napper=self._napper(scratch, database), cartridges=None,
        )  # fmt: skip
        return Engine(parts, self.engine.responder, temporary=True)

    def warm(self) -> None:
        """Load the embedder, open the index and do what is queued; then keep up in the background.

        Takes seconds: call it in a thread, after the first paint. Without an embedder everything else still works.
        """
        try:
            self.vectors.warm()
        except ReverieError:
            log.warning("the embedder could not be loaded", exc_info=True)
        self._caretaker.start()

    def look(self) -> None:
        """Whether the database is whole: about a second a gigabyte, in a thread behind the first paint.

        Raises StorageError, which says what to do.
        """
        self.database.look()

    def embed_soon(self) -> None:
        """Memories were changed outside a turn: make them findable by meaning, in the background."""
        self._caretaker.wake()

    def close(self) -> None:
        """Stop background work and give the files back."""
        self.cartridges.close()
        self._caretaker.stop()
        self.vectors.close()
        self.database.close()


class Caretaker:
    """One thread that embeds what was stored, whenever it is woken."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with what is queued already."""
        if self._thread is None and not self._stopping.is_set():
            self._thread = threading.Thread(target=self._run, name="caretaker", daemon=True)
            self._thread.start()
            self.wake()

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the batch under way and end."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait()
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                self._vectors.work(stop=self._stopping.is_set)
            except ReverieError:
                log.warning("embedding has to wait", exc_info=True)
