"""What a night would find to do, asked of the file itself: answered before anything is loaded or opened for writing."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

CURSOR_KEY = "sleep_cursor"


@dataclass(frozen=True, kw_only=True)
class News:
    """What is new since the last night."""

    messages: int = 0
    """Complete messages of the user that no night has read."""
    chars: int = 0
    """Their characters, at most 6000 of each."""
    waiting: int = 0
    """Messages that earlier nights could not read."""
    due: int = 0
    """Active plans and states whose time has passed."""
    unfinished: str = ""
    """The night that was interrupted or stopped at the end of its budget, as `n7`."""
    last_night: datetime | None = None
    pace: float = 0.0
    """Seconds a message, in the last night that read 50 or more; 0: there was none."""

    @property
    def any(self) -> bool:
        """Whether a night has something to do."""
        return bool(self.messages or self.waiting or self.due or self.unfinished)


def news(path: Path, now: datetime) -> News | None:
    """What is new in the database at `path`; nothing where there is none, None where this version cannot tell yet."""
    if not path.exists():
        return News()
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return _read(lambda query, *values: tuple(connection.execute(query, values).fetchone() or (None,)), now)
    except sqlite3.Error:  # an earlier schema, or a file that opening it properly will explain
        return None


def news_at(url: str, now: datetime) -> News | None:
    """The same of a home on a PostgreSQL server. Raises InvalidInput, or StorageError where it cannot be reached."""
    from sqlalchemy.exc import ProgrammingError

    from memory.server import connected

    with connected(url) as connection:

        def one(query: str, *values: object) -> Row:
            found = connection.exec_driver_sql(query.replace("?", "%s"), values).fetchone()
            return tuple(found or (None,))

        try:
            return _read(one, now)
        except ProgrammingError:  # an earlier schema, or none
            return None


Row = tuple[object, ...]


def _read(one: Callable[..., Row], now: datetime) -> News:
    """`one` gives the first row of a query, whose values are marked by `?`."""
    cursor = int(str(one("SELECT value FROM meta WHERE key = ?", CURSOR_KEY)[0] or 0))
    last = one("SELECT number, status FROM sleep_run ORDER BY number DESC LIMIT 1")
    new = one(
        "SELECT count(*), sum(CASE WHEN length(content) < 6000 THEN length(content) ELSE 6000 END) FROM message"
        " WHERE number > ? AND role = 'user' AND status = 'complete'",
        cursor,
    )
    due = (  # as View.due of a night has it
        "SELECT count(*) FROM memory WHERE status = 'active' AND NOT pinned AND (kind = 'plan' AND event_to <= ?"
        " OR valid_to <= ? AND valid_to > said_at AND trust != 'inferred')"
    )
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    night = one("SELECT started_at FROM sleep_run WHERE status = 'applied' ORDER BY number DESC LIMIT 1")[0]
    return News(
        messages=_number(new),
        chars=_number(new[1:]),
        waiting=_number(one("SELECT count(*) FROM sleep_waiting WHERE message <= ?", cursor)),
        due=_number(one(due, moment, moment)),
        unfinished=f"n{last[0]}" if last[1:] in (("running",), ("stopped",)) else "",
        last_night=datetime.fromisoformat(str(night)) if night else None,
        pace=_pace(one, 5),
    )


def _pace(one: Callable[..., Row], most: int) -> float:
    """Seconds a message of the last night that read 50 or more, among the last few; 0 where none did."""
    for back in range(most):
        query = "SELECT report FROM sleep_run WHERE status = 'applied' ORDER BY number DESC LIMIT 1 OFFSET ?"
        (found,) = one(query, back)
        report = json.loads(found) if isinstance(found, str) else found
        if not isinstance(report, dict):
            break
        if report.get("messages", 0) >= 50:
            return float(report["seconds"]) / int(report["messages"])
    return 0.0


def _number(row: Row) -> int:
    return int(str(row[0] or 0))
