"""What goes where: data to standard output, narration to standard error."""

import io
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from memory.errors import ReverieError
from memory.text import BIDI, UNSEEN, display

# Legal in JSON, and not on a terminal: control characters, lone surrogates, and what reorders a line or is not seen.
_UNSHOWN = re.compile(rf"[\x7f-\x9f\ud800-\udfff{BIDI}{UNSEEN}]")


def ready_streams() -> None:
    """Make the standard streams take and give any text, and be there even if whoever started us closed them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace" if name != "stderr" else "backslashreplace")


def let_go_of_output() -> None:
    """Where standard output takes no more, drop what waits for it: Python would complain of it while ending."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """Narration, on standard error."""
    print(display(text), file=sys.stderr, flush=True)


def fail(error: ReverieError) -> None:
    """One line of what and where, one of what to do."""
    say(f"reverie: {display(error.message)}")
    if error.hint:
        say(f"  {display(error.hint)}")


def show(text: str) -> None:
    """Data for a person, on standard output."""
    print(display(text), flush=True)


def show_json(value: Any) -> None:
    """Data for a program, on standard output: one JSON document on one line."""
    # An encoding without the characters would replace them, which a program cannot undo.
    any_character = (sys.stdout.encoding or "").lower().startswith("utf")
    line = json.dumps(value, ensure_ascii=not any_character, default=_plain)
    print(_UNSHOWN.sub(lambda found: json.dumps(found[0])[1:-1], line), flush=True)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    raise TypeError(type(value).__name__)


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second where nothing is lost."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def rows(header: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """A plain table: columns aligned, the last one as long as it is."""
    table = [list(header), *([display(cell) for cell in line] for line in lines)]
    widths = [max(len(row[i]) for row in table) for i in range(len(header) - 1)]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[-1]]).rstrip())
    sys.stdout.flush()


def fields(values: Mapping[str, str]) -> None:
    """Names and values, one a line."""
    width = max(map(len, values), default=0)
    for name, value in values.items():
        print(f"{name.ljust(width)}  {display(value)}".rstrip())
    sys.stdout.flush()
