"""`reverie doctor`: what is there, what is wrong, what to do about it."""

import shutil
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.cli.output import fields, say, show_json
from memory.backup import list_backups
from memory.errors import Damaged, EmbedderError, StorageError
from memory.store.naps import NapStore

if TYPE_CHECKING:
    from assistant.paths import Paths
    from assistant.runtime import Runtime

LITTLE_SPACE = 200 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    value: str
    wrong: bool = False


def examine(*, rebuild_index: bool, re_embed: bool, as_json: bool) -> int:
    """Print the state of the home. 1 if something is wrong."""
    from assistant.paths import find_paths
    from assistant.runtime import Runtime

    paths = find_paths().ready()
    try:
        runtime = Runtime.open(paths=paths)
    except StorageError as error:
        return _report([*_folders(paths), *_unusable(paths, error)], as_json=as_json)
    with closing(runtime):
        if re_embed:
            _re_embed(runtime)
        if rebuild_index:
            _rebuild_index(runtime)
        return _report(list(_findings(runtime)), as_json=as_json)


def _report(findings: list[Finding], *, as_json: bool) -> int:
    if as_json:
        show_json([asdict(f) for f in findings])
    else:
        fields({("! " if f.wrong else "  ") + f.name: f.value for f in findings})
    wrong = sum(f.wrong for f in findings)
    say(f"{wrong} of {len(findings)} need attention (!)." if wrong else "All is well.")
    return 1 if wrong else 0


def _re_embed(runtime: "Runtime") -> None:
    """Make vectors with the configured embedder. Interrupted, the next start goes on."""
    change = runtime.vectors.needs_re_embedding()
    if change is None:
        say("The vectors are the configured embedder's own; what is queued is embedded now.")
    else:
        say(f"From {change.old.name} to {change.new.name}: {change.passages:,} passages.")
        runtime.vectors.accept_embedder_change()
    from assistant.cli.transfer import embed_with_bar

    embed_with_bar(runtime)


def _rebuild_index(runtime: "Runtime") -> None:
    """Fill a new index from the stored vectors. Interrupted, the next start does."""
    from assistant.cli.transfer import index_with_bar
    from memory.vectors.exact import ExactIndex

    count = index_with_bar(runtime)
    exact = runtime.vectors.status().in_use == ExactIndex.name
    say(
        "There is no index to make anew: every vector is compared."
        if exact
        else f"The index was made anew: {count:,} vectors."
    )


def _findings(runtime: "Runtime") -> Iterator[Finding]:
    yield from _folders(runtime.paths)
    try:
        yield from _database(runtime)
        yield from _vectors(runtime)
        yield from look_at_cartridges(runtime)
    except StorageError as error:
        yield from _unusable(runtime.paths, error)
    yield from _model(runtime)


def _unusable(paths: "Paths", error: StorageError) -> Iterator[Finding]:
    """A database that cannot be used, and the way back."""
    yield Finding("database", error.message, wrong=True)
    if error.hint:
        yield Finding("way back", error.hint)
    if isinstance(error, Damaged) and (backups := list_backups(paths.backups)):
        yield Finding("last backup", f"{backups[0].path.name}; `reverie restore latest` puts it in its place instead")


def _folders(paths: "Paths") -> Iterator[Finding]:
    yield Finding("data", str(paths.data))
    open_to_others = [p for p in (paths.data, paths.database) if p.exists() and stat.S_IMODE(p.stat().st_mode) & 0o077]
    yield Finding(
        "rights",
        f"others can read {open_to_others[0]}; chmod go= it" if open_to_others else "only you",
        bool(open_to_others),
    )
    free = shutil.disk_usage(paths.data).free
    yield Finding("free space", f"{free / 1e9:.1f} GB", free < LITTLE_SPACE)
    yield Finding("backups", f"{len(list_backups(paths.backups))} in {paths.backups}")


def _database(runtime: "Runtime") -> Iterator[Finding]:
    from assistant.models.address import is_loopback
    from memory.database import HEAD_REVISION
    from memory.health import check_home, count_rows

    yield Finding("schema", HEAD_REVISION)
    if url := runtime.settings.database.url:
        host = urlsplit(url).hostname or ""
        yield Finding("server", f"{host or 'a local socket'}; {_leaves(not host or is_loopback(f'http://{host}'))}")
    problems = check_home(runtime.database)
    yield Finding("integrity", "; ".join(problems[:3]) or "sound", bool(problems))
    if problems:
        yield Finding("way back", "`reverie doctor --recover` saves what can be read, and keeps the file")
    for name, count in count_rows(runtime.database).items():
        yield Finding(name, f"{count:,}")


def _vectors(runtime: "Runtime") -> Iterator[Finding]:
    from assistant.models.address import is_loopback

    vectors = runtime.vectors
    embedder = runtime.settings.embedder.name
    try:
        vectors.warm()
    except EmbedderError as error:
        yield Finding("embedder", str(error), wrong=True)
        return
    status = vectors.status()
    recorded = status.recorded
    yield Finding("embedder", f"{embedder}, {recorded.dimension} dimensions" if recorded else embedder)
    in_use = f"{status.in_use}, {status.vectors:,} vectors, {status.waiting:,} changes waiting"
    if status.backend.startswith("http"):
        in_use += f"; {_leaves(is_loopback(status.backend))}"
    apart = vectors.disagreement()
    said = status.notice or (f"{apart}; `reverie doctor --rebuild-index` makes it anew" if apart else in_use)
    yield Finding("index", said, bool(status.notice or apart))
    waiting = f"{status.pending:,} passages; any chat or import goes on with them" if status.pending else "nothing"
    yield Finding("to embed", waiting)


def _leaves(here: bool) -> str:
    return "what it is given stays on this machine" if here else "what it is given leaves this machine"


def look_at_cartridges(runtime: "Runtime") -> Iterator[Finding]:
    """How many there are, and those that nothing uses any more."""
    from sleep.nap.cartridge.manifest import folders_of, stray

    home, naps = runtime.paths.data, NapStore(runtime.database, runtime.clock).numbers()
    folders, gone = folders_of(home), stray(home, naps)
    if gone:
        which = ", ".join(map(str, gone[:3])) + (" ..." if len(gone) > 3 else "")
        yield Finding("cartridges", f"{len(gone)} of chats that are gone; delete {which}", wrong=True)
    elif folders:
        size = sum(file.stat().st_size for folder in folders for file in folder.iterdir())
        yield Finding("cartridges", f"{len(folders)}, {size / 1e6:.1f} MB")


def _model(runtime: "Runtime") -> Iterator[Finding]:
    from assistant.models import is_remote, parse_model

    spec = parse_model(runtime.settings.model)
    if spec.provider == "none":
        yield Finding("model", "none: answers come from memory alone")
        return
    where = "leaves this machine" if is_remote(spec, runtime.settings) else "stays on this machine"
    yield Finding("model", f"{spec}; what it is given {where}")
