"""Where things live: the platform's folders, or all below `REVERIE_HOME`."""

import os
from dataclasses import dataclass
from pathlib import Path

from memory.errors import InvalidInput, ReadOnlyHome


@dataclass(frozen=True)
class Paths:
    """The folders of one home. Nothing is created until `ready` is called."""

    data: Path
    config: Path
    cache: Path

    @property
    def database(self) -> Path:
        return self.data / "reverie.db"

    @property
    def index(self) -> Path:
        """Chroma's folder. It can be deleted at any time: it is rebuilt from the database."""
        return self.data / "index"

    @property
    def backups(self) -> Path:
        """Where copies of the database go (`memory.backup.BACKUPS`)."""
        return self.data / "backups"

    @property
    def last_export(self) -> Path:
        """A file that says where the last export is: a recovery looks there. Beside the database, which may break."""
        return self.data / "last-export"

    @property
    def settings(self) -> Path:
        return self.config / "settings.toml"

    @property
    def log(self) -> Path:
        return self.cache / "reverie.log"

    @property
    def sleep_log(self) -> Path:
        """What scheduled nights say."""
        return self.data / "sleep.log"

    def ready(self) -> "Paths":
        """Create the folders, for the user's eyes only. Raises ReadOnlyHome."""
        for folder in (self.data, self.config, self.cache):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise ReadOnlyHome(
                    f"{folder} cannot be created ({error.strerror}).",
                    "Check the rights, or set REVERIE_HOME to a folder of yours.",
                ) from error
        return self


def find_paths() -> Paths:
    """The folders in force: below `REVERIE_HOME` where it is set, else the platform's own."""
    home = os.environ.get("REVERIE_HOME")
    if home:
        root = typed_path(home).absolute()
        return Paths(data=root, config=root, cache=root / "cache")
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("reverie", appauthor=False)
    return Paths(data=dirs.user_data_path, config=dirs.user_config_path, cache=dirs.user_cache_path)


def downloads() -> Path:
    """The user's folder for downloads, whether or not there is one."""
    from platformdirs import user_downloads_path

    return user_downloads_path()


def typed_path(text: str) -> Path:
    """A path as a person types it, with `~`. Raises InvalidInput where it names nothing."""
    if not text.strip():
        raise InvalidInput("An empty text is no path.", "Name a file or folder; . is the folder you are in.")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise InvalidInput(f"{text}: there is no user of that name.", "Write the path in full.") from error
