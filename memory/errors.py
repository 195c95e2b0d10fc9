"""Everything that can go wrong in the memory layer, each with a hint for the user.

ReverieError                 message (what and where), hint (what to do), exit_code
├── NotFound                 no conversation, message or memory by that name
├── InvalidInput             a value that cannot be stored: empty text, unknown kind, a bad date
├── Refused                  understood, and not done: nothing to undo, changed meanwhile
├── StorageError             the database cannot be opened, written or trusted
│   ├── ReadOnlyHome
│   ├── DiskFull
│   ├── Damaged              SQLite finds the file broken
│   └── NewerSchema          the home was written by a later version
├── EmbedderError            the embedding model cannot be loaded or is not the one recorded
├── IndexUnavailable         Chroma cannot be used; exact search answers instead
└── ImportFailed             a whole file that cannot be read (bad lines are reported, not raised)
"""


class ReverieError(Exception):
    """A failure that a person should read: one line saying what, one saying what to do."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class NotFound(ReverieError):
    """No row by the name that was given."""


class InvalidInput(ReverieError):
    """A value that cannot be stored or understood."""

    exit_code = 2


class Refused(ReverieError):
    """Understood, and deliberately not done."""

    exit_code = 3


class StorageError(ReverieError):
    """The database cannot be opened, written or trusted."""


class ReadOnlyHome(StorageError):
    """The data folder or the database cannot be written."""


class DiskFull(StorageError):
    """No room left where the database lives."""


class Damaged(StorageError):
    """SQLite finds the file broken."""


class NewerSchema(StorageError):
    """The home was written by a later version of the program."""


class EmbedderError(ReverieError):
    """The embedding model cannot be loaded, or is not the one that was recorded."""


class IndexUnavailable(ReverieError):
    """The vector index cannot be used; exact search over the stored vectors answers instead."""


class ImportFailed(ReverieError):
    """A file or folder that cannot be read as a whole."""
