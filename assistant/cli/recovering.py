"""`reverie doctor --recover`: what can be read of a damaged database, from itself, backups and the last export."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from assistant.cli.backups import PASSPHRASE
from assistant.cli.output import say, show, show_json
from assistant.paths import Paths, find_paths
from memory.clock import Clock, clock_from_environment
from memory.database import Database
from memory.errors import Damaged, NotFound, ReverieError
from memory.health import check_home
from memory.recovery import Recovered, missing, recover
from memory.store import ConversationStore, MemoryStore
from memory.text import counted
from memory.transfer import import_path


def recover_home(*, as_json: bool) -> int:
    """Put a sound database in the place of a damaged one, and say what could not be had. 0 also where all is well."""
    paths, clock = find_paths().ready(), clock_from_environment()
    if not paths.database.exists():
        raise NotFound(f"There is no database in {paths.data}.", "`reverie backup --list` names the backups.")
    if not _wrong(paths.database):
        say("There is nothing to recover: all is well.")
        return 0
    recovered = recover(paths.database, paths.backups, clock, passphrase=os.environ.get(PASSPHRASE))
    with closing(Database.open(paths.database)) as database:
        brought = _last_export(paths, database, clock) if recovered.broken else ""
        nowhere = {letter: ranges(numbers) for letter, numbers in missing(database).items()}
    lost = nowhere if recovered.broken else {}
    if as_json:
        kept = [str(path) for path in recovered.kept]
        show_json(asdict(recovered) | {"kept": kept, "export": brought, "nowhere": lost})
    else:
        for line in _told(recovered, brought, lost):
            show(line)
    say("`reverie doctor` looks at everything again.")
    return 0


def ranges(numbers: Sequence[int]) -> str:
    """`3-5, 9` for 3, 4, 5 and 9."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        runs = [*runs[:-1], (runs[-1][0], number)] if runs and runs[-1][1] == number - 1 else [*runs, (number, number)]
    return ", ".join(f"{a}-{b}" if b > a else str(a) for a, b in runs)


def _wrong(database: Path) -> bool:
    """Whether something does not hold. Raises StorageError where the file cannot be judged (rights, a full disk)."""
    try:
        with closing(Database.open(database)) as opened:
            return bool(check_home(opened))
    except Damaged:
        return True


def _last_export(paths: Paths, database: Database, clock: Clock) -> str:
    """Bring in what the last export has and nothing else had. Returns a line about it."""
    try:
        folder = Path(paths.last_export.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return ""
    if not folder.is_dir():
        return f"The last export was {folder}; it is not there any more."
    memories, conversations = MemoryStore(database, clock), ConversationStore(database, clock)
    try:
        report = import_path(folder, database=database, conversations=conversations, memories=memories, clock=clock)
    except ReverieError as error:
        return f"The last export cannot be read: {error}"
    return f"From the last export, {folder}: {report.summary()}"


def _told(recovered: Recovered, brought: str, nowhere: dict[str, str]) -> Iterator[str]:
    damaged = ", ".join(recovered.broken)
    yield f"Damaged: {damaged}." if damaged else "Every row could be read; what is derived was made again."
    for what, count in recovered.there.items():
        more = recovered.from_backups.get(what, 0)
        yield f"{count:,} {what}" + (f", {more:,} of them from backups or the history." if more else ".")
    yield from (f"Put right: {line}." for line in recovered.mended)
    yield from (f"Backup passed over: {line}" for line in recovered.passed_over)
    if brought:
        yield brought
    for letter, numbers in nowhere.items():
        if numbers:
            yield f"Nowhere any more, lost now or deleted before: {letter} {numbers}."
    yield f"The damaged file is kept: {recovered.kept[0]} ({counted(len(recovered.kept), 'file')})."
