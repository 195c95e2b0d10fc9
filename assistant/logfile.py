"""The log file of the front ends: what libraries print and warn about goes there instead of across the screen.

It holds no words of the user: of a failure it tells the sort and the place, of a library's record who wrote it and
where. `REVERIE_DEBUG=1` writes everything out.
"""

import logging
import os
import sqlite3
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from memory.errors import EmbedderError, StorageError

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MOST_BYTES = 1_000_000
DEBUG = "REVERIE_DEBUG"
_OURS = ("assistant", "memory", "sleep", "tui")
_TELLABLE = (OSError, ImportError, MemoryError, sqlite3.Error, StorageError, EmbedderError)
"""Errors whose words are about files, packages and the like, never about what was said."""


def debugging() -> bool:
    """Whether the user wants everything in the log, words that were said among it."""
    return os.environ.get(DEBUG, "") not in ("", "0")


def traced(error: BaseException) -> str:
    """A failure with what led to it: places in the program, sorts of errors, and words only of those that are safe."""
    if debugging():
        return "".join(traceback.format_exception(error))
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.insert(0, "".join(traceback.format_tb(current.__traceback__)) + _named(current))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(lines)


def _named(error: BaseException) -> str:
    status = getattr(error, "status_code", None)
    told = f": {error}" if isinstance(error, _TELLABLE) else f" (status {status})" if isinstance(status, int) else ""
    return f"{type(error).__module__}.{type(error).__qualname__}{told}"


class DiscreetFormatter(logging.Formatter):
    """Records without anybody's words, unless debugging is on."""

    def format(self, record: logging.LogRecord) -> str:
        if debugging():
            return super().format(record)
        kept = logging.makeLogRecord(record.__dict__)
        kept.exc_text = None
        if record.name.partition(".")[0] not in _OURS:
            kept.msg, kept.args = f"a record of {Path(record.pathname).name}, line {record.lineno}", ()
        return super().format(kept)

    def formatException(self, ei: object) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return traced(error) if isinstance(error, BaseException) else ""


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Send log records and warnings to `path`, for the user's eyes only, until the block ends."""
    try:
        handler: logging.Handler = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8")
        path.chmod(0o600)
    except OSError:  # a log that cannot be written is no reason not to talk
        handler = logging.NullHandler()
    handler.setFormatter(DiscreetFormatter(FORMAT))
    root = logging.getLogger()
    before, root.handlers = root.handlers, [handler]
    level = root.level
    root.setLevel(logging.DEBUG if debugging() else logging.INFO)
    with warnings.catch_warnings():
        logging.captureWarnings(True)
        try:
            yield
        finally:
            logging.captureWarnings(False)
            root.handlers = before
            root.setLevel(level)
            handler.close()
