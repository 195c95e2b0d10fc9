"""One night at a time: a file lock, with a line beside it that says who sleeps and at which stage."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from memory.database import Database
from memory.errors import Refused


@dataclass(frozen=True, kw_only=True)
class Sleeper:
    """The process that sleeps."""

    pid: int
    run: str
    stage: str


class NightLock:
    """Held for a night. The operating system frees it with its process, so it is never stale."""

    def __init__(self, folder: Path, database: Database | None = None) -> None:
        """`database` is asked, too, where other machines may sleep over it."""
        self._database = database if database is not None and database.shared else None
        self._lock = FileLock(folder / "sleep.lock", timeout=0)
        self._line = folder / "sleep.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Take the lock. Raises Refused while another process sleeps."""
        try:
            self._lock.acquire()
        except Timeout:
            sleeper = self.sleeper()
            who = f" (process {sleeper.pid}, at {sleeper.stage or 'its beginning'})" if sleeper else ""
            raise Refused(f"Another night is under way{who}.", "`reverie sleep status` shows how far it is.") from None
        try:
            with self._database.claim("night") if self._database else nullcontext(True) as alone:
                if not alone:
                    raise Refused("Another machine's night is under way on this home.", "Try again later.")
                yield
        finally:
            with suppress(OSError):
                self._line.unlink(missing_ok=True)
            self._lock.release()

    def at(self, run: str, stage: str) -> None:
        """Say how far the night is."""
        line = json.dumps({"pid": os.getpid(), "run": run, "stage": stage})
        with suppress(OSError):  # a full disk must not end a night for a status line
            self._line.write_text(line, encoding="utf-8")

    def sleeper(self) -> Sleeper | None:
        """Who sleeps now; None if nobody does, whatever a killed process left behind."""
        if not self._taken():
            return None
        try:
            values = json.loads(self._line.read_text(encoding="utf-8"))
            return Sleeper(pid=int(values["pid"]), run=str(values["run"]), stage=str(values["stage"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Sleeper(pid=0, run="", stage="")

    def _taken(self) -> bool:
        if self._lock.is_locked:
            return True
        probe = FileLock(self._lock.lock_file, timeout=0)
        try:
            probe.acquire()
        except (Timeout, OSError):
            return True
        probe.release()
        return False
