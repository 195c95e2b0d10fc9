"""`reverie import` and `reverie export`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from assistant.cli.output import say, show, show_json
from assistant.paths import find_paths, typed_path
from memory.errors import EmbedderError, InvalidInput
from memory.transfer import ExportFormat, ImportReport, export_home, import_path

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from memory.clock import Clock
    from memory.database import Database
    from memory.store import ConversationStore, MemoryStore

Advance = Callable[[int, int, str], None]


def import_source(path: str, format: str, *, preview: bool, as_json: bool) -> int:
    """Import, then embed. What an interrupt leaves undone is queued, and said."""
    from assistant.runtime import Runtime

    source = typed_path(path)
    if preview:
        return _preview(source, format, as_json=as_json)
    with closing(Runtime.open()) as runtime:
        report = _read(source, format, runtime.database, runtime.conversations, runtime.memories, runtime.clock)
        _show(report, as_json=as_json)
        if report.told and not as_json:
            say("They are marked as written by that program. `reverie memory undo` takes them back.")
        embed_with_bar(runtime)
    return _code(report)


def _preview(source: Path, format: str, *, as_json: bool) -> int:
    """Import into a copy in memory, which is then let go of."""
    from assistant.cli.store import opened
    from memory.store import ConversationStore, MemoryStore

    with opened() as home, closing(home.database.private_copy()) as copy:
        talks, memories = ConversationStore(copy, home.clock), MemoryStore(copy, home.clock)
        report = _read(source, format, copy, talks, memories, home.clock)
    _show(report, as_json=as_json)
    say("Only looked at: nothing was kept.")
    return _code(report)


def _show(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        show_json(report.to_json())
    else:
        show(report.summary())


def _code(report: ImportReport) -> int:
    return 0 if report.messages_found or report.memories_found else 3


def _read(
    path: Path,
    format: str,
    database: "Database",
    conversations: "ConversationStore",
    memories: "MemoryStore",
    clock: "Clock",
) -> ImportReport:
    try:
        with _bar("reading") as advance:
            return import_path(
                path,
                database=database,
                conversations=conversations,
                memories=memories,
                clock=clock,
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


def index_with_bar(runtime: "Runtime") -> int:
    """A new index from the stored vectors. Returns how many are in it."""
    try:
        with _bar("indexing") as advance:
            return runtime.vectors.rebuild(lambda done, total: advance(done, total, f"{done:,} of {total:,}"))
    except KeyboardInterrupt:
        say("Stopped. Every vector is stored; whatever needs the index next makes it anew.")
        raise


def export_all(out: str, format: str, *, as_json: bool) -> int:
    """Write everything into a folder."""
    from assistant.databases import open_database
    from memory.store.copies import note_copy

    if format not in get_args(ExportFormat):
        raise InvalidInput(f"{format!r} is not a format.", f"Formats: {', '.join(get_args(ExportFormat))}.")
    folder, paths = typed_path(out), find_paths().ready()
    with closing(open_database(paths)) as database:
        report = export_home(database, folder, format=cast(Any, format))
        note_copy(database, folder)  # a later purge names it
    with suppress(OSError):  # a home that cannot be written can be exported
        paths.last_export.write_text(f"{report.folder}\n", encoding="utf-8")
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
