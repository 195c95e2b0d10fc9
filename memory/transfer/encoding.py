"""Bytes of unknown encoding as UTF-8, streamed."""

import codecs
import io
from collections.abc import Callable
from typing import IO

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 256 * 1024


def encoding_of(head: bytes) -> str:
    """The encoding that the first bytes of a file show: a Unicode one, or for prose that is none Windows' western."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if len(head) >= 4 and head[0] and not head[1] and head[2] and not head[3]:
        return "utf-16-le"
    if len(head) >= 4 and not head[0] and head[1] and not head[2] and head[3]:
        return "utf-16-be"
    is_json = head.lstrip()[:1] in (b"{", b"[")
    return "utf-8" if is_json or _is_utf8(head) else "cp1252"


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


class Utf8Reader(io.RawIOBase):
    """A raw stream of valid UTF-8: another encoding is converted, what cannot be decoded becomes U+FFFD."""

    def __init__(self, raw: IO[bytes], count: Callable[[int], None] = lambda _: None) -> None:
        self._raw = raw
        self._count = count
        self._decoder: codecs.IncrementalDecoder | None = None
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._ready and not self._ended:
            self._fill()
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _fill(self) -> None:
        chunk = self._raw.read(_CHUNK)
        if self._decoder is None:
            self._decoder = codecs.getincrementaldecoder(encoding_of(chunk))("replace")
        self._ended = not chunk
        self._count(len(chunk))
        self._ready = self._decoder.decode(chunk, final=self._ended).encode("utf-8", "replace")

    def close(self) -> None:
        self._raw.close()
        super().close()


def utf8_stream(raw: IO[bytes], count: Callable[[int], None] = lambda _: None) -> io.BufferedReader:
    """`raw` as buffered UTF-8. `count` is told the bytes of the original as they are read."""
    return io.BufferedReader(Utf8Reader(raw, count), buffer_size=_CHUNK)
