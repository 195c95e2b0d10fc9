"""The objects of a JSON file one by one, in memory bounded by the largest of them."""

import io
from collections.abc import Iterator
from typing import IO, Any

import ijson

MAX_ITEM_BYTES = 256 * 1024**2
"""A single conversation beyond this is not a conversation."""


class BrokenJson(Exception):
    """The file stops being JSON here; what came before was good."""


class _Bounded(io.RawIOBase):
    """Counts what is read since the last item, and stops at the bound."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.since_item = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.since_item += len(chunk)
        if self.since_item > MAX_ITEM_BYTES:
            raise BrokenJson("one entry is larger than 256 MB")
        return chunk


def json_items(stream: IO[bytes], prefix: str) -> Iterator[Any]:
    """Each value at ijson's `prefix` ("item": of the root array; "": the root). Raises BrokenJson."""
    bounded = _Bounded(stream)
    try:
        for item in ijson.items(bounded, prefix, use_float=True, buf_size=64 * 1024):
            bounded.since_item = 0
            yield item
    except (ijson.JSONError, ValueError, RecursionError, MemoryError) as error:
        raise BrokenJson("not valid JSON from here on") from error
