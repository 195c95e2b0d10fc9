"""Files and folders that only their owner can read."""

import os
from pathlib import Path
from typing import IO


def create(path: Path) -> IO[bytes]:
    """A new file for writing, with mode 0600 from its first byte."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "wb", buffering=1024 * 1024)
