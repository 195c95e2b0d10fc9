"""Where the rows of a home are: in its file, or on the server that `database.url` names."""

import os
import tomllib
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.paths import Paths
from memory.news import News, news, news_at

if TYPE_CHECKING:
    from memory.database import Database

VARIABLE = "REVERIE_DATABASE__URL"


def database_url(paths: Paths) -> str:
    """The setting, read without the others: commands that need nothing else start sooner. Empty: the file."""
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    with suppress(OSError, ValueError):  # settings that cannot be read are explained by whoever loads all of them
        found = tomllib.loads(paths.settings.read_text(encoding="utf-8")).get("database", {})
        return str(found.get("url", "")) if isinstance(found, dict) else ""
    return ""


def open_database(paths: Paths, url: str | None = None) -> "Database":
    """The database in force, up to date. Raises StorageError, and InvalidInput for an address that is none."""
    url = database_url(paths) if url is None else url
    if not url:
        from memory.database import Database

        return Database.open(paths.database)
    from memory.server import ServerDatabase

    return ServerDatabase.at(url, paths.data)


def find_news(paths: Paths, now: datetime) -> News | None:
    """What is new to a night; None where this version cannot tell yet."""
    url = database_url(paths)
    return news_at(url, now) if url else news(paths.database, now)
