"""Who searches: Chroma where this process owns it and it agrees with the database, exact search otherwise.

A folder has one owner, which holds it by a lock. A server has none: whoever has something to tell it takes the lock for
as long as that takes, and on a home whose rows are on a server, too, that lock holds for all machines.

With "auto" a home of few passages is searched exactly: that is faster there, finds every true neighbour, and has
nothing to open. What grows beyond that gets a Chroma folder, made from the stored vectors by the background work.

The outbox carries what Chroma has yet to learn. Its rows are deleted only after Chroma took them, and taking one twice
does no harm, so a kill at any instant loses nothing.
"""

import logging
import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from sqlalchemy import delete, func, select, text
from ulid import ULID

from memory.database import Database
from memory.errors import IndexUnavailable
from memory.schema import MetaRow, OutboxRow
from memory.store.meta import get_meta, set_meta
from memory.vectors.base import EmbedderIdentity, PassageScore, VectorIndex
from memory.vectors.building import Builder
from memory.vectors.chroma import ChromaIndex
from memory.vectors.exact import ExactIndex
from memory.vectors.queue import Progress, Stop
from memory.vectors.renewal import GENERATION_KEY, RENEW, lock_of
from memory.vectors.soundness import make_sure, note_closed
from memory.vectors.stored import StoredVectors

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

SECONDS = 2.0
"""How long a process waits to tell a server something; what waits then is told later."""
DRAIN_BATCH = 2_000
DRAIN_AT_SEARCH = 500
"""What a search lets Chroma learn first; with more waiting, exact search answers this once."""

FEW = 1_000
"""So many vectors are linked in less time than it takes to start a process."""
PROBES = 20
"""Vectors that are looked for when the index is checked."""
SAME = 0.001
"""How far from 1 the similarity of a vector with itself may be."""

EXACT_UP_TO = 20_000
"""With "auto", so many passages are searched exactly: 31 MB, and a millisecond or two."""

log = logging.getLogger(__name__)

WAITS = OutboxRow.operation.in_(("upsert", "delete", RENEW))
"""What the index has yet to learn; "not embed" would walk through all that waits to be embedded."""


class PassageIndex:
    """The index of one home for one embedder. `open` takes a moment; until then, and whenever Chroma fails, exact."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        backend: str,
        embedder: int,
        identity: EmbedderIdentity,
        exact_up_to: int | None = None,
    ) -> None:
        self._database = database
        self._folder = folder
        self._served = backend not in ("auto", "chroma", "exact")
        # A folder of this machine would not learn what other machines write.
        self._backend = "exact" if database.shared and not self._served else backend
        self._exact_up_to = EXACT_UP_TO if exact_up_to is None else exact_up_to
        self._identity = identity
        self._exact = ExactIndex(database, embedder, identity.dimension)
        self._stored = StoredVectors(database, embedder, identity.dimension)
        self._chroma: ChromaIndex | None = None
        self._ready = False
        self._compared = False
        self._lock = threading.RLock()
        self._owner = FileLock(lock_of(folder), timeout=0)
        self.notice = ""

    @property
    def in_use(self) -> VectorIndex:
        """The index that answers now."""
        return self._chroma if self._chroma is not None and self._ready else self._exact

    def open(self) -> None:
        """Connect to Chroma, if it is wanted and can be had. Never raises: `notice` says why not."""
        with self._lock:
            if self._chroma is not None or self.notice or not self._wants_chroma():
                return
            if not self._served and not self._own():
                return
            try:
                chroma = self._in_folder() if self._embedded else ChromaIndex.at_server(self._backend)
                self._chroma = chroma
                self._ready = chroma.open(self._mark())
            except IndexUnavailable as error:
                self._give_up(error)

    def _own(self) -> bool:
        """Whether the folder is this process's own; where not, `notice` says why."""
        try:
            self._owner.acquire()
        except Timeout:
            self.notice = "Another Reverie has the vector index open; exact search is used here."
        except OSError as error:
            self.notice = f"The vector index cannot be locked ({error.strerror}); exact search is used."
        return self._owner.is_locked

    def _writing(self) -> AbstractContextManager[bool]:
        """Whether the index may be told something now: a server takes it from one process at a time."""
        return self._database.claim("index", SECONDS) if self._served else nullcontext(True)

    def search(self, vector: "Matrix", k: int) -> list[PassageScore]:
        """The nearest passages, from Chroma if it knows everything."""
        if self._chroma is None or not self._ready:  # without the lock: it may be being filled
            return self._exact.search(vector, k)
        with self._lock:
            try:
                if self._chroma is not None and self._ready and self._drain_little():
                    return self._chroma.search(vector, k)
            except IndexUnavailable as error:
                if self._served and self._built_meanwhile() and self._chroma is not None:
                    return self._chroma.search(vector, k)  # another process has put a new collection in its place
                self._give_up(error)
        return self._exact.search(vector, k)

    def cosines(self, vector: "Matrix", passages: Sequence[int]) -> dict[int, float]:
        """The similarity of these passages to `vector`, from the stored vectors; a few hundred take a millisecond."""
        if self._chroma is None or not self._ready:
            return self._exact.cosines(vector, passages)
        with self._database.read() as session:
            numbers, vectors = self._stored.of(session, list(passages))
        return dict(zip(numbers, (vectors @ vector.reshape(-1)).tolist(), strict=True))

    def drain(self) -> int:
        """Let Chroma learn what waits in the outbox. Returns how many rows it took."""
        taken = 0
        with self._lock:
            if self._chroma is None and not self._wants_chroma():
                return self._discard()
            if self._chroma is None or not self._ready or not self.waiting():
                return 0
            with self._writing() as allowed:
                while allowed and self._chroma is not None and self._ready:
                    try:
                        took = self._drain_batch()
                    except IndexUnavailable as error:
                        self._give_up(error)
                        break
                    taken += took
                    if took == 0:
                        break
        return taken

    def check(self, stop: Stop = lambda: False) -> None:
        """Build Chroma's collection anew if it does not agree with the database.

        They are compared once for each opening: counting takes a second in a large home, and this is asked after every
        turn. From then on what Chroma cannot take closes it.
        """
        with self._lock:
            self.open()  # with "auto" the home may have grown since
            self.drain()
            if self._chroma is None:
                return
            if self._ready and self._compared:
                return
            try:
                if self._ready and self._chroma.count() == self.count():
                    self._compared = True
                    return
            except IndexUnavailable as error:
                self._give_up(error)
                return
        self.rebuild(stop=stop)

    def rebuild(self, progress: Progress = lambda done, of: None, stop: Stop = lambda: False) -> int:
        """Fill a new collection from the stored vectors; nothing is embedded. Returns the vectors written.

        Stopped, it leaves none, and the next check makes it anew.
        """
        with self._lock, self._writing() as allowed:
            if self._chroma is None or not allowed:
                return 0
            if self._served and not self._ready and self._built_meanwhile():
                return 0
            self._ready = False
            last = self._last_outbox()
            set_meta(self._database, GENERATION_KEY, str(ULID()))
            try:
                apart = self._embedded and self.count() > FEW
                done = self._build_apart(progress, stop) if apart else self._build_here(progress, stop)
            except IndexUnavailable as error:
                self._give_up(error)
                return 0
            if self._ready:
                self._forget_outbox(last)
            return done

    def _build_here(self, progress: Progress, stop: Stop) -> int:
        """Fill a server's collection, or a folder with little to come."""
        if self._embedded:
            self._throw_away()
            self._chroma = self._in_folder()
        assert self._chroma is not None
        self._chroma.create()
        done = self._fill(self._chroma.upsert, progress, stop)
        if not stop():
            self._chroma.finish(self._mark())
            self._ready = True
        return done

    def _build_apart(self, progress: Progress, stop: Stop) -> int:
        """Fill a new folder in a process of its own."""
        self._throw_away()
        with Builder(self._folder) as builder:
            done = self._fill(builder.add, progress, stop)
            if not stop():
                builder.finish(self._mark())
        if not builder.finished:
            self.close()
            return done
        self._chroma = self._in_folder()
        self._ready = self._chroma.open(self._mark())
        return done

    def _throw_away(self) -> None:
        """The folder goes, with all that was purged from it."""
        if self._chroma is not None:
            self._chroma.close()
        self._chroma = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _fill(self, add: "Callable[[list[int], Matrix], None]", progress: Progress, stop: Stop) -> int:
        total, done, after = self.count(), 0, 0
        while not stop() and (block := self._stored.block(after)):
            numbers, vectors = block
            add(numbers, vectors)
            after, done = numbers[-1], done + len(numbers)
            progress(done, max(total, done))
        return done

    def count(self) -> int:
        """Passages that have a vector."""
        return self._stored.count()

    def disagreement(self) -> str:
        """What is in Chroma and not in the database, or the other way round, as a line; empty where they agree.

        Some vectors are looked for, too: a graph that lost its nodes still knows their names.
        """
        self.drain()
        with self._lock:
            if self._chroma is None or not self._ready:
                return ""
            try:
                theirs, ours = self._chroma.ids(), self._stored.numbers()
                if theirs != ours:
                    return f"{len(ours - theirs):,} vectors are not in it, {len(theirs - ours):,} are of nothing"
                hidden = sum(not self._finds(number) for number in sorted(ours)[:: max(1, len(ours) // PROBES)])
                return f"{hidden:,} of {PROBES} vectors that were looked for are not found" if hidden else ""
            except IndexUnavailable as error:
                self._give_up(error)
                return ""

    def waiting(self) -> int:
        """Outbox rows that Chroma has yet to take."""
        with self._database.read() as session:
            return session.scalar(select(func.count()).where(WAITS)) or 0

    def close(self) -> None:
        """Give Chroma and its lock back."""
        with self._lock:
            if self._chroma is not None:
                self._chroma.close()
                if self._embedded:
                    note_closed(self._folder)
            self._chroma, self._ready, self._compared = None, False, False
            if self._owner.is_locked:
                self._owner.release()

    # -- parts

    def _built_meanwhile(self) -> bool:
        """Whether another process has just made the collection anew on the server."""
        try:
            self._ready = self._chroma is not None and self._chroma.open(self._mark())
        except IndexUnavailable as error:
            self._give_up(error)
        return self._ready

    def _finds(self, passage: int) -> bool:
        """Whether Chroma's nearest to a stored vector is as near as a vector is to itself."""
        assert self._chroma is not None
        with self._database.read() as session:
            _, vectors = self._stored.of(session, [passage])
        found = self._chroma.search(vectors[0], 1)
        return bool(found) and found[0].score > 1 - SAME

    @property
    def _embedded(self) -> bool:
        """Whether Chroma is in this process, and in a folder."""
        return self._backend in ("chroma", "auto")

    def _in_folder(self) -> ChromaIndex:
        make_sure(self._folder)
        return ChromaIndex.in_folder(self._folder)

    def _wants_chroma(self) -> bool:
        """Whether the setting, and with "auto" the size, asks for Chroma."""
        if self._backend != "auto":
            return self._backend != "exact"
        with self._database.read() as session:
            found = text("SELECT count(*) FROM (SELECT 1 FROM passage LIMIT :most)")
            return int(session.scalar(found, {"most": self._exact_up_to + 1}) or 0) > self._exact_up_to

    def _mark(self) -> str:
        generation = get_meta(self._database, GENERATION_KEY, "0")
        return f"{self._identity.name}|{self._identity.revision}|{self._identity.dimension}|{generation}"

    def _give_up(self, error: IndexUnavailable) -> None:
        self.notice = f"{error.message}; exact search is used. `reverie doctor --rebuild-index` makes it anew."
        self.close()

    def _drain_little(self) -> bool:
        """Whether Chroma knows everything, after learning the little that may be missing."""
        waiting = self.waiting()
        if waiting > DRAIN_AT_SEARCH:
            return False
        if waiting == 0:
            return True
        with self._writing() as allowed:
            return allowed and self._drain_batch() >= waiting

    def _drain_batch(self) -> int:
        assert self._chroma is not None
        with self._database.read() as session:
            query = select(OutboxRow).where(WAITS).order_by(OutboxRow.number)
            rows = session.scalars(query.limit(DRAIN_BATCH)).all()
            if any(row.operation == RENEW for row in rows):
                self._ready = False  # exact search answers until `check` has made it anew
                return 0
            removed = {row.passage for row in rows if row.operation == "delete"}
            added = [row.passage for row in rows if row.operation == "upsert" and row.passage not in removed]
            numbers, vectors = self._stored.of(session, added)
        if numbers:
            self._chroma.upsert(numbers, vectors)
        if removed:
            self._chroma.delete(sorted(removed))
        with self._database.write() as session:
            session.execute(delete(OutboxRow).where(OutboxRow.number.in_([row.number for row in rows])))
        return len(rows)

    def _last_outbox(self) -> int:
        with self._database.read() as session:
            return session.scalar(select(func.max(OutboxRow.number))) or 0

    def _forget_outbox(self, last: int) -> None:
        """What was queued before a rebuild began is in it."""
        with self._database.write() as session:
            session.execute(delete(OutboxRow).where(WAITS, OutboxRow.number <= last))

    def _discard(self) -> int:
        """Without Chroma there is nobody to tell; a later Chroma is built from the vectors, not from the outbox."""
        with self._database.write() as session:
            gone = session.scalars(delete(OutboxRow).where(WAITS).returning(OutboxRow.number))
            count = len(gone.all())
            if count:  # an earlier Chroma folder no longer agrees
                session.execute(delete(MetaRow).where(MetaRow.key == GENERATION_KEY))
            return count
