"""`reverie import` and `reverie export`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assistant.cli.output import say, show, show_json
from assistant.paths import find_paths, typed_path
from memory.errors import EmbedderError, InvalidInput
from memory.transfer import ImportReport, export_home, import_path

if TYPE_CHECKING:
    from assistant.runtime import Runtime

Advance = Callable[[int, int, str], None]


def import_source(path: str, format: str, *, as_json: bool) -> int:
    """Import, then embed. What an interrupt leaves undone is queued, and said."""
    from assistant.runtime import Runtime

    source = typed_path(path)
    with closing(Runtime.open()) as runtime:
        report = _import(runtime, source, format)
        if as_json:
            show_json(report.to_json())
        else:
            show(report.summary())
        embed_with_bar(runtime)
    return 0 if report.messages_found or report.memories_found else 3


def _import(runtime: "Runtime", path: Path, format: str) -> ImportReport:
    try:
        with _bar("reading") as advance:
            return import_path(
                path,
                database=runtime.database,
                conversations=runtime.conversations,
                memories=runtime.memories,
                clock=runtime.clock,
                format=format,  # type: ignore[arg-type]
                progress=lambda at: advance(at.done, at.total, f"{at.messages:,} messages"),
            )
    except KeyboardInterrupt:
        say("Stopped. What was read is stored; the same import again goes on from there.")
        raise


def embed_with_bar(runtime: "Runtime") -> None:
    """Vectors for what is queued. The text is stored already, so nothing here can lose anything."""
    if not runtime.vectors.pending():
        return
    try:
        with _bar("embedding") as advance:
            runtime.vectors.work(progress=lambda done, total: advance(done, total, f"{done:,} of {total:,}"))
    except KeyboardInterrupt:
        left = runtime.vectors.pending()
        say(f"Stopped. All text is stored; {left:,} passages wait for a vector. Any chat or import goes on with them.")
        raise
    except EmbedderError as error:
        say(f"The text is stored and searchable by words. {error}")


def export_all(out: str, format: str, *, as_json: bool) -> int:
    """Write everything into a folder."""
    from memory.database import Database
    from memory.store.copies import note_copy

    if format not in ("jsonl", "markdown"):
        raise InvalidInput(f"{format!r} is not a format.", "Formats: jsonl, markdown.")
    folder = typed_path(out)
    with closing(Database.open(find_paths().ready().database)) as database:
        report = export_home(database, folder, format=cast(Any, format))
        note_copy(database, folder)  # a later purge names it
    if as_json:
        show_json(report.to_json())
    else:
        show(report.summary())
    return 0


@contextmanager
def _bar(what: str) -> Iterator[Advance]:
    """A progress bar on a terminal's standard error; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, total, text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[text]}"), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None, text="")
        yield lambda done, total, text: progress.update(task, completed=done, total=total or None, text=text)
