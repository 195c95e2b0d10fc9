"""One night from the command line: what is new, an estimate, the night, a review, a report."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.cli.output import say, show, show_json
from assistant.databases import find_news, open_database
from assistant.paths import Paths, find_paths
from memory.clock import Clock, clock_from_environment
from memory.errors import EmbedderError, Refused
from memory.news import News

if TYPE_CHECKING:
    from assistant.cli.sleep_estimate import Lent
    from assistant.cli.sleep_watch import Watcher
    from assistant.runtime import Runtime
    from memory.store.ledger import Ledger
    from sleep.lock import NightLock
    from sleep.night import Review


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How the user wants the night."""

    dry: bool = False
    yes: bool = False
    estimate: bool = False
    tokens: int | None = None
    seconds: float | None = None
    as_json: bool = False
    model: str = ""
    """The model that helps; empty: as the settings say."""

    @property
    def asks(self) -> bool:
        """Whether the plan is put to the user."""
        return not (self.dry or self.yes or self.estimate)


def sleep_now(wishes: Wishes) -> int:
    """Run a night. Nothing heavy is loaded before something is known to be new."""
    if wishes.asks and (wishes.as_json or not (sys.stdin.isatty() and sys.stderr.isatty())):
        say("reverie: there is no terminal to review the night on: --yes applies what is safe, --dry-run only shows.")
        return 2
    paths, clock = find_paths(), clock_from_environment()
    found = find_news(paths, clock.now())
    if found is not None and not (found.any or wishes.estimate):
        return _nothing(wishes)
    from assistant.cli.sleep_estimate import lend, tell_estimate

    lent = lend(paths, wishes)
    if wishes.estimate and found is not None:
        tell_estimate(found, wishes, lent)
        return 0
    with placed(paths, copy=wishes.dry or wishes.estimate) as place:
        found = found or _migrated(place, clock)
        tell_estimate(found, wishes, lent)
        if wishes.estimate:
            return 0
        return _sleep(place, clock, wishes, lent) if found.any else _nothing(wishes)


@contextmanager
def placed(paths: Paths, *, copy: bool) -> Iterator[Paths]:
    """Where the night runs: the home, or a copy of it."""
    if not copy:
        yield paths.ready()
        return
    from assistant.nights import rehearsal

    with rehearsal(paths) as place:
        yield place


def _migrated(place: Paths, clock: Clock) -> News:
    """What is new in a home of an earlier version, once it is brought up to date."""
    open_database(place).close()
    return find_news(place, clock.now()) or News()


def _nothing(wishes: Wishes) -> int:
    """Nothing is new: said at once."""
    if wishes.as_json:
        show_json({"event": "report", "run": "", "status": "nothing", "report": {"messages": 0}})
    else:
        show("Nothing is new since the last night.")
    return 0


def _sleep(place: Paths, clock: Clock, wishes: Wishes, lent: "Lent") -> int:
    from assistant.cli.sleep_watch import watching
    from assistant.runtime import Runtime
    from assistant.settings import DatabaseSettings, IndexSettings
    from sleep.lock import NightLock

    settings = lent.settings
    if wishes.dry:  # a copy has no index, and making one takes longer than comparing every vector
        settings = settings.model_copy(update={"index": IndexSettings(backend="exact"), "database": DatabaseSettings()})
    lock = NightLock(place.data)
    with (
        nullcontext() if wishes.dry else lock.held(),
        closing(Runtime.open(paths=place, settings=settings, clock=clock)) as runtime,
        watching(as_json=wishes.as_json) as watch,
    ):
        return _night(runtime, lock, watch, wishes, lent)


def _night(runtime: "Runtime", lock: "NightLock", watch: "Watcher", wishes: Wishes, lent: "Lent") -> int:
    from assistant.nights import make_night
    from sleep.home import Budget
    from sleep.night import Options
    from sleep.review import safe_only

    options = Options(
        dry=wishes.dry,
        budget=Budget(tokens=wishes.tokens, seconds=wishes.seconds),
        review=_review(runtime, watch) if wishes.asks else safe_only,
        listener=watch.tell,
        at_stage=(lambda run, stage: None) if wishes.dry else lock.at,
    )
    try:
        _catch_up(runtime, watch)
        with _ledger(wishes, lent) as ledger, make_night(runtime, options, lent.spec, ledger) as night:
            night.run()
    except Refused as refusal:
        say(refusal.message)
    except KeyboardInterrupt:
        say("Interrupted: nothing was changed, and the next night goes on from here.")
        raise
    return 0


@contextmanager
def _ledger(wishes: Wishes, lent: "Lent") -> "Iterator[Ledger | None]":
    """Of the home itself, where a night runs on a copy: what a model was told is known there, too."""
    if not wishes.dry or lent.spec is None:
        yield None
        return
    from memory.database import Database
    from memory.store.ledger import Ledger

    with closing(Database.open(find_paths().database)) as database:
        yield Ledger(database)


def _catch_up(runtime: "Runtime", watch: "Watcher") -> None:
    """Embed what was stored since: the exam asks by meaning, too."""
    try:
        runtime.vectors.work(progress=watch.embedding)
    except EmbedderError as error:
        say(f"By words only: {error}")


def _review(runtime: "Runtime", watch: "Watcher") -> "Review":
    from assistant.cli.sleep_review import Reviewer
    from assistant.telling.nights import Names

    reviewer = Reviewer(lambda changes: Names(runtime.conversations, runtime.memories, changes))
    return lambda changes: watch.apart(lambda: reviewer.review(changes))
