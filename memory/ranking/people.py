"""Who speaks in a home: the authors of its messages, followed as they are written."""

import threading

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST = 2_000
"""More names than these are not looked for in a question."""
_NOBODY = frozenset({"", "user", "assistant", "system", "human", "ai", "you", "me", "bot"})
_NEW = text("SELECT DISTINCT author FROM message WHERE number > :last AND author != ''")
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
                new = {name for name in session.scalars(_NEW, {"last": self._last}) if name.lower() not in _NOBODY}
                self._names, self._last = self._names | new, last
            return self._names
