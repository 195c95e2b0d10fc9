"""`reverie recall`: retrieval alone."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from assistant.cli.output import instant, rows, say, show_json
from assistant.paths import typed_path
from memory.clock import parse_instant
from memory.errors import InvalidInput, ReverieError
from memory.retrieval import Retriever
from memory.text import one_line
from memory.types import Hit


def recall_one(query: str, k: int, *, as_json: bool) -> int:
    """Print the hits of one query, best first. 3 if there is none."""
    from assistant.runtime import Runtime

    with closing(Runtime.open()) as runtime:
        runtime.vectors.work()
        found = runtime.retriever.search(query, k)
    if found.notice:
        say(found.notice)
    if as_json:
        show_json([_row(hit) for hit in found.hits])
    elif found.hits:
        rows(("id", "score", "said", "text"), (_line(hit) for hit in found.hits))
    else:
        say("Nothing was found.")
    return 0 if found.hits else 3


def recall_batch(path: str, k: int) -> int:
    """Answer each line of a file with a line. 1 if a line could not be answered; the others are."""
    from assistant.runtime import Runtime

    with closing(Runtime.open()) as runtime:
        runtime.vectors.work()
        bad, notices = 0, set()
        for number, line in _lines(path):
            try:
                identity, query, now = _query(line)
            except ReverieError as error:
                bad += 1
                say(f"line {number}: {error}")
                continue
            found = _search(runtime.retriever, query, k, now)
            if found[1] and found[1] not in notices:
                notices.add(found[1])
                say(found[1])
            show_json({"id": identity, "hits": [_row(hit) for hit in found[0]]})
    return 1 if bad else 0


def _search(retriever: Retriever, query: str, k: int, now: datetime | None) -> tuple[tuple[Hit, ...], str]:
    found = retriever.search(query, k, now=now)
    return found.hits, found.notice


def _lines(path: str) -> Iterator[tuple[int, str]]:
    try:
        stream = sys.stdin if path == "-" else typed_path(path).open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be read ({error.strerror}).", "Check the name; - is standard input."
        ) from error
    with stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield number, line


def _query(line: str) -> tuple[Any, str, datetime | None]:
    try:
        row = json.loads(line.strip(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"not JSON ({error}).") from error
    if not isinstance(row, dict) or not isinstance(row.get("query"), str) or "id" not in row:
        raise InvalidInput('a line is {"id": ..., "query": "...", "now": "2026-05-03T12:00:00Z"}.')
    return row["id"], row["query"], parse_instant(str(row["now"])) if row.get("now") else None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _row(hit: Hit) -> dict[str, Any]:
    return {
        "type": hit.type,
        "id": hit.id,
        "external_id": hit.external_id,
        "sources": list(hit.sources),
        "conversation": hit.conversation,
        "text": hit.text,
        "said_at": instant(hit.said_at),
        "score": round(hit.score, 6),
        "channels": [{"channel": c.channel, "rank": c.rank, "score": round(c.score, 6)} for c in hit.channels],
    }


def _line(hit: Hit) -> tuple[str, str, str, str]:
    start, end = hit.span or (0, len(hit.text))
    return hit.id, f"{hit.score:.2f}", f"{hit.said_at:%Y-%m-%d}", one_line(hit.text[start:end])
