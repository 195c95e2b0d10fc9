"""Where a home stands with its nights: who sleeps, what was last, what is new."""

from dataclasses import dataclass
from datetime import datetime

from assistant.databases import find_news
from assistant.paths import Paths
from memory.database import Database
from memory.news import News
from memory.nights import Run
from memory.store.nights import NightStore
from sleep.lock import NightLock, Sleeper


@dataclass(frozen=True, kw_only=True)
class SleepState:
    """Nights at one moment."""

    new: News
    last: Run | None
    sleeper: Sleeper | None


def sleep_state(paths: Paths, database: Database, now: datetime) -> SleepState:
    """The state of an opened home."""
    new = find_news(paths, now)
    assert new is not None  # opening the database has brought it to this version
    last = next(iter(NightStore(database).list(limit=1)), None)
    return SleepState(new=new, last=last, sleeper=NightLock(paths.data).sleeper())
