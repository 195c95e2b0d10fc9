"""ULIDs: unique, and in the order of their making."""

from ulid import ULID


def new_id() -> str:
    """A fresh ULID, 26 characters."""
    return str(ULID())
