"""Ids of what a night adds, made from what they stand for: the same night planned twice is the same plan."""

import hashlib

from ulid import ULID


def stable_id(*parts: object) -> str:
    """A ULID-shaped id from the parts' text."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()
    return str(ULID(b"\x01" + digest[:15]))
