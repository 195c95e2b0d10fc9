"""Who speaks in a home: the authors of its messages, followed as they are written."""

import threading

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST = 2_000
"""More names than these are not looked for in a question."""
_NOBODY = frozenset({"", "user", "assistant", "system", "human", "ai", "you", "me", "bot"})
_NEW = text("SELECT DISTINCT author FROM message WHERE number > :last AND author != ''")
# From each name to the next by the index: few names are found among a million messages without reading them.
_ALL = text(
    "WITH RECURSIVE name(author) AS (SELECT min(author) FROM message WHERE author != ''"
    " UNION ALL SELECT (SELECT min(m.author) FROM message m WHERE m.author > name.author) FROM name"
    f" WHERE name.author IS NOT NULL) SELECT author FROM name WHERE author IS NOT NULL LIMIT {MOST}"
)
_LAST = text("SELECT coalesce(max(number), 0) FROM message")


class Authors:
    """The names that messages are from. Safe to ask from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._names: frozenset[str] = frozenset()

    def of(self, session: Session) -> frozenset[str]:
        """All of them; reads only what was written since the last time."""
        with self._lock:
            last = int(session.scalar(_LAST) or 0)
            if last > self._last and len(self._names) < MOST:
                found = session.scalars(_NEW, {"last": self._last}) if self._last else session.scalars(_ALL)
                new = {name for name in found if name.lower() not in _NOBODY}
                self._names, self._last = self._names | new, last
            return self._names
