"""Where the user has put copies of what is stored: exports and backups outside the home. A purge can only name them."""

import json
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.orm import Session

from memory.database import Database
from memory.schema import MetaRow

KEY = "copies"
MOST = 200
"""Of more the latest are known."""


def note_copy(database: Database, path: Path) -> None:
    """Remember that something was written there."""
    place = str(path.expanduser().absolute())
    with database.write() as session:
        known = [one for one in _known(session) if one != place]
        session.merge(MetaRow(key=KEY, value=json.dumps([*known, place][-MOST:])))


def copies_left(session: Session) -> tuple[Path, ...]:
    """Those that are still there."""
    return tuple(_there(map(Path, _known(session))))


def _there(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        try:
            if path.exists():
                yield path
        except OSError:  # a folder that cannot be looked into may well hold it
            yield path


def _known(session: Session) -> list[str]:
    row = session.get(MetaRow, KEY)
    try:
        found = json.loads(row.value) if row else []
    except ValueError:
        return []
    return [str(one) for one in found] if isinstance(found, list) else []
