"""keys.toml beside the settings: the user's own keys, a line each, as `"chat.new" = "ctrl+t"`."""

import tomllib
from pathlib import Path

KEYS_FILE = "keys.toml"


def read_keys(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """The keys that a file moves, by id, and what of it could not be read; a file that is not there moves none."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ()
    except (OSError, ValueError, RecursionError) as error:
        return {}, (f"{path} cannot be read ({error}); it moves no key.",)
    keys = {name: value for name, value in values.items() if isinstance(value, str)}
    strange = tuple(f'{name} in {path.name} is no text, as in "ctrl+t".' for name in values if name not in keys)
    return keys, strange
