"""The log file of the front ends: what libraries print and warn about goes there instead of across the screen."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MOST_BYTES = 1_000_000


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Send log records and warnings to `path`, for the user's eyes only, until the block ends."""
    try:
        handler: logging.Handler = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8")
        path.chmod(0o600)
    except OSError:  # a log that cannot be written is no reason not to talk
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    before, root.handlers = root.handlers, [handler]
    level = root.level
    root.setLevel(logging.INFO)
    with warnings.catch_warnings():
        logging.captureWarnings(True)
        try:
            yield
        finally:
            logging.captureWarnings(False)
            root.handlers = before
            root.setLevel(level)
            handler.close()
