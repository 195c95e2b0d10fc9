"""The objects of a JSON file one by one, in memory bounded by the largest of them."""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import IO, Any

import ijson

MAX_ITEM_BYTES = 256 * 1024**2
"""A single conversation beyond this is not a conversation."""
MAX_DEPTH = 100
"""Exports nest about 15 deep. The parser keeps the path to where it is, so that depth costs memory by its square."""


class BrokenJson(Exception):
    """The file stops being JSON here; what came before was good."""


class _Depth:
    """Follows how deep the brackets of a JSON text nest, piece by piece, without parsing it."""

    _REST = re.compile(rb"(?:[^\"\\]++|\\.)*+", re.DOTALL)
    # A whole string vanishes; of one that the piece cuts off its quote stays, and a backslash at the very end.
    _STRING = re.compile(rb"\"(?:[^\"\\]++|\\.)*+\"|(\")(?:[^\"\\]++|\\.)*+(\\?)\Z", re.DOTALL)
    _NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
    _STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def feed(self, piece: bytes) -> int:
        """The greatest depth within `piece`."""
        outside = self._STRING.sub(rb"\1\2", piece[self._string_end(piece) :])
        if outside:
            self._escaped = outside.endswith(b"\\")
            self._in_string = b'"' in outside[-2:]
        brackets = outside.translate(None, self._NO_BRACKETS)
        depths = list(accumulate(map(self._STEPS.__getitem__, brackets), initial=self._depth))
        self._depth = depths[-1]
        return max(depths)

    def _string_end(self, piece: bytes) -> int:
        """Where the string that the piece before was cut off in ends."""
        if not self._in_string or not piece:
            return 0
        match = self._REST.match(piece, 1 if self._escaped else 0)
        end = match.end() if match else 0
        self._escaped = end < len(piece) and piece[end : end + 1] == b"\\"
        self._in_string = end >= len(piece) or self._escaped
        return len(piece) if self._in_string else end + 1


class _Mended:
    """Half a pair of surrogates (`\\ud83d` alone, of an emoji that was cut) is made U+FFFD, piece by piece: the parser
    takes it for the end of the file, and all that follows would be lost."""

    _ESCAPE = re.compile(
        rb"(\\(?:u[\da-fA-F]{0,3}|u[dD][89abAB][\da-fA-F]{2}(?:\\(?:u[\da-fA-F]{0,3})?)?)?)\Z"  # may go on
        rb"|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}"
        rb"|(\\u[dD][89a-fA-F][\da-fA-F]{2})|\\.",
        re.DOTALL,
    )

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        mended = b""
        while not mended and (chunk := self._stream.read(size)):
            text, self._held = self._held + chunk, b""
            mended = self._ESCAPE.sub(self._mend, text)
        if not mended:
            mended, self._held = self._held, b""
        return mended

    def _mend(self, found: re.Match[bytes]) -> bytes:
        if found[1] is not None:
            self._held = found[1]
            return b""
        return found[0] if found[2] is None else rb"\ufffd"


class _Bounded:
    """A file that breaks off where reading on would need too much memory."""

    def __init__(self, stream: _Mended) -> None:
        self._stream = stream
        self._depth = _Depth()
        self.since_item = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.since_item += len(chunk)
        if self.since_item > MAX_ITEM_BYTES:
            raise BrokenJson("one entry is larger than 256 MB")
        if self._depth.feed(chunk) > MAX_DEPTH:
            raise BrokenJson("nested too deep")
        return chunk


def json_items(stream: IO[bytes], prefix: str) -> Iterator[Any]:
    """Each value at ijson's `prefix` ("item": of the root array; "": the root). Raises BrokenJson."""
    bounded = _Bounded(_Mended(stream))
    try:
        for item in ijson.items(bounded, prefix, use_float=True, buf_size=64 * 1024):
            bounded.since_item = 0
            yield item
    except (ijson.JSONError, ValueError, ArithmeticError) as error:
        raise BrokenJson("not valid JSON from here on") from error
