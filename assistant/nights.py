"""Nights of an opened home: what the assistant lends them (who sits the exam, a copy to rehearse on), and undo."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.context import choose_given, estimate_tokens
from assistant.databases import database_url, find_news, open_database
from assistant.models.spec import ModelSpec, parse_model
from assistant.night_model import NightModel
from assistant.paths import Paths
from assistant.recollect import RecallResponder
from assistant.recollect_score import FLOOR
from assistant.responder import Turn
from assistant.running import HITS
from assistant.settings import DatabaseSettings, IndexSettings, Settings
from memory.clock import Clock
from memory.errors import EmbedderError, Refused
from memory.nights import Change, Run
from memory.ranking.packing import shortened
from memory.store.ledger import Ledger
from memory.store.nights import NightStore
from memory.types import Hit, Memory, Message
from sleep.home import Home
from sleep.lock import NightLock
from sleep.night import Listener, Night, Options, Review
from sleep.review import safe_only
from sleep.undo import Undone, undo, undo_changes

if TYPE_CHECKING:
    from assistant.recollect_meaning import Embed
    from assistant.runtime import Runtime


DEFERRED = "put off: the next night asks again"
REWORDED = "you reworded it"
"""Notes of a review on single changes, which `keep_review` goes by."""


def night_home(runtime: "Runtime") -> Home:
    """The parts of an opened home that a night works with."""
    return Home(
        database=runtime.database,
        vectors=runtime.vectors,
        clock=runtime.clock,
        conversations=runtime.conversations,
        memories=runtime.memories,
        nights=NightStore(runtime.database),
    )


class ChatTaker:
    """Sits the exam as the chat would: given what fits its budget, answering what `none` would answer."""

    def __init__(self, settings: Settings, clock: Clock, embed: "Embed") -> None:
        self._memory = settings.memory
        self._clock = clock
        self._responder = RecallResponder(embed=embed, hint_shown=lambda: True)

    def given(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        memory = self._memory
        return choose_given(
            [*map(shortened, hits[:HITS])], most=memory.give, budget=memory.budget_tokens, count=estimate_tokens
        )

    def answers(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        turn = Turn(
            message=self._message(question),
            history=(),
            hits=tuple(hits[:HITS]),
            written=(),
            now=self._clock.now(),
            zone=self._clock.zone,
        )
        return tuple(told.hit for chance, told in self._responder.ranked(turn) if chance >= FLOOR)

    def _message(self, question: str) -> Message:
        return Message(
            id="exam", number=0, conversation_id="", parent_id=None, role="user", author="", content=question,
            status="complete", said_at=self._clock.now(), zone=self._clock.zone,
        )  # fmt: skip


def model_of(settings: Settings) -> ModelSpec | None:
    """The model that the settings lend a night; None: rules alone. Raises InvalidInput for an unknown provider."""
    spec = parse_model(settings.sleep.model or settings.model)
    return None if spec.provider == "none" else spec


@contextmanager
def make_night(
    runtime: "Runtime", options: Options, spec: ModelSpec | None, ledger: Ledger | None = None
) -> Iterator[Night]:
    """A night of an opened home, with a model to help. Hold its NightLock while it runs, unless it is dry.

    The model's calls go into the home's ledger; on a copy of a home give the ledger of the home itself.
    """
    options = replace(options, sensitive=runtime.settings.memory.sensitive)
    taker = ChatTaker(runtime.settings, runtime.clock, runtime.vectors.embed)
    if spec is None:
        yield Night(night_home(runtime), taker, options=options)
        return
    with closing(NightModel(spec, runtime.settings, runtime.clock, ledger or runtime.ledger)) as model:
        yield Night(night_home(runtime), taker, model, options)


def sleep_beside(runtime: "Runtime", tell: Listener, review: Review = safe_only) -> Run | None:
    """A night while the home is used. Without a review of the user's it asks nothing: what is safe is applied.

    None: nothing was new. Takes minutes: call it in a thread. Raises Refused while another night is under way, and
    whatever `tell` and `review` raise: nothing is changed then, and the next night goes on from there.
    """
    found = find_news(runtime.paths, runtime.clock.now())
    if found is not None and not found.any:
        return None
    lock = NightLock(runtime.paths.data, runtime.database)
    with lock.held():
        with suppress(EmbedderError):  # the night then goes by words alone
            runtime.vectors.work()
        options = Options(review=review, listener=tell, at_stage=lock.at)
        with make_night(runtime, options, model_of(runtime.settings)) as night:
            return night.run()


def preview_night(runtime: "Runtime", tell: Listener) -> tuple[Change, ...]:
    """What a night would change, found on a copy: the home stays as it is. Takes minutes: call it in a thread."""
    from assistant.runtime import Runtime

    seen: list[Change] = []

    def look(changes: Sequence[Change]) -> Sequence[Change]:
        seen.extend(changes)
        raise Refused("This was only a look.")

    # A copy has no index, and making one takes longer than comparing every vector.
    settings = runtime.settings.model_copy(
        update={"index": IndexSettings(backend="exact"), "database": DatabaseSettings()}
    )
    with (
        rehearsal(runtime.paths) as place,
        closing(Runtime.open(paths=place, settings=settings, clock=runtime.clock)) as copy,
    ):
        with suppress(EmbedderError):
            copy.vectors.work()
        options = Options(review=look, listener=tell)
        with make_night(copy, options, model_of(settings), runtime.ledger) as night, suppress(Refused):
            night.run()
    return tuple(seen)


def undo_night(runtime: "Runtime", reference: str = "") -> tuple[Run, Undone]:
    """Take a night back: that one, or the last that was applied. Raises NotFound or Refused."""
    with NightLock(runtime.paths.data, runtime.database).held():
        home = night_home(runtime)
        applied = (run for run in home.nights.list() if run.status == "applied")
        run = home.nights.get(reference) if reference else next(applied, None)
        if run is None:
            raise Refused("There is no night to take back.")
        return run, undo(home, run)


def undo_change(runtime: "Runtime", run: Run, positions: Sequence[int]) -> Undone:
    """Take single changes of a night back, with what rests on them. Raises Refused."""
    with NightLock(runtime.paths.data, runtime.database).held():
        return undo_changes(night_home(runtime), run, positions)


@contextmanager
def rehearsal(paths: Paths) -> Iterator[Paths]:
    """A copy of the home's database in a folder of its own, which goes away: whatever is done there, the home stays
    as it is, to the byte."""
    with tempfile.TemporaryDirectory(prefix="reverie-") as folder:
        place = Paths(data=Path(folder), config=Path(folder), cache=Path(folder))
        if database_url(paths):
            with closing(open_database(paths)) as server:
                server.backup(place.database)
            yield place
            return
        # Read-only: even closing a connection that may write would fold the write-ahead log into the file.
        source = f"{paths.database.absolute().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(source, uri=True)) as original,
            closing(sqlite3.connect(place.database)) as copy,
        ):
            original.backup(copy)
        yield place


def keep_review(runtime: "Runtime", run: Run, reviewed: Sequence[Change]) -> None:
    """After a night was applied: its journal tells the words that the user chose, and messages whose statements were
    put off are read again by the next night."""
    nights = NightStore(runtime.database)
    nights.reword(run, {i: change for i, change in enumerate(reviewed) if change.note == REWORDED})
    put_off = [c.payload for c in reviewed if c.note == DEFERRED and c.before is None]
    ids = {source.message_id for p in put_off if isinstance(p, Memory) for source in p.sources}
    messages = runtime.conversations.messages(ids).values()
    nights.wait_for({m.number: DEFERRED for m in messages}, done=())
