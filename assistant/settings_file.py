"""Reads settings from `settings.toml` and the environment, and writes single ones, keeping the rest of the file."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, TomlConfigSettingsSource
from pydantic_settings import SettingsError as PydanticSettingsError

from assistant.errors import SettingsError
from assistant.paths import Paths
from assistant.settings import Settings
from memory.errors import ReadOnlyHome
from memory.text import clean, one_line


def load_settings(paths: Paths) -> Settings:
    """The settings in force: defaults, over them the file, over it the environment.

    Raises SettingsError, which names the file, the key, and the nearest valid key.
    """
    path = paths.settings

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, path)

    try:
        return Settings.model_construct(**dict(FromFile()))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.", "`reverie config path` names the file.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}).", "Check its rights.") from error
    except ValidationError as error:
        key = _key(error)
        raise _explained(error, variable(key) if variable_in_force(key) else str(path)) from error
    except PydanticSettingsError as error:
        raise SettingsError(
            f"A REVERIE_ variable cannot be read: {error}.", "`reverie config show` lists them."
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, a thousand brackets
        raise SettingsError(f"{path} cannot be read: {error}.", "`reverie config path` names the file.") from error


def set_setting(paths: Paths, key: str, value: str | None) -> Settings:
    """Write one setting into the file (None: back to its default), keeping everything else in it as it is.

    Returns the settings now in force. Raises SettingsError; then the file is as it was.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    field = _field(key)
    path = paths.ready().settings
    try:
        document = tomlkit.parse(_read(path))
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.", "Mend it in an editor first.") from error
    *sections, name = key.split(".")
    table: Any = document
    for section in sections:
        table = table.setdefault(section, tomlkit.table())
        if not isinstance(table, dict):
            raise SettingsError(f"{path}: {section} is a table, not a value.", "Mend it in an editor first.")
    if value is None or (value == "" and field.default is None):
        table.pop(name, None)
    else:
        table[name] = _typed(key, clean(value), field)
    text = tomlkit.dumps(document)
    _check(text, path)
    _write(path, text)
    return load_settings(paths)


def setting_names() -> tuple[str, ...]:
    """Every key, as it is typed: `model`, `openai.base_url` ..."""
    return tuple(_names(Settings, ""))


def _names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _names(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def variable(key: str) -> str:
    """The environment variable that overrules a key: REVERIE_OPENAI__BASE_URL for openai.base_url."""
    return f"REVERIE_{key.replace('.', '__').upper()}"


def variable_in_force(key: str) -> bool:
    """Whether the environment overrules the file for this key."""
    return variable(key) in (name.upper() for name in os.environ)


def _field(key: str) -> FieldInfo:
    """The schema of a key. Raises SettingsError naming the nearest."""
    model: type[BaseModel] = Settings
    *sections, name = key.split(".")
    for section in sections:
        field = model.model_fields.get(section)
        if field is None or not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            raise unknown_setting(key)
        model = field.annotation
    field = model.model_fields.get(name)
    if field is None or (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
        raise unknown_setting(key)
    return field


def unknown_setting(key: str, where: str = "") -> SettingsError:
    """The error for a key that is none, naming the nearest that is."""
    from difflib import get_close_matches

    names = setting_names()
    near = get_close_matches(key, names, 1, 0.5) or [n for n in names if n.split(".")[-1] == key.split(".")[-1]]
    place = f" in {where}" if where else ""
    hint = f"Did you mean {near[0]!r}?" if near else "`reverie config show` lists them all."
    return SettingsError(f"There is no setting {key!r}{place}.", hint)


def _typed(key: str, value: str, field: FieldInfo) -> Any:
    """The value as TOML has it: numbers, true and false, tables; everything else is text."""
    shown = _shown(value)
    try:
        given = json.loads(value) if value.lstrip().startswith(("{", "[")) else value
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{key} = {shown} does not do.", "A table is written as JSON.") from error
    try:
        bounded: Any = Annotated[field.annotation or str, field]
        typed = TypeAdapter(bounded).validate_python(given)
    except ValidationError as error:
        raise SettingsError(f"{key} = {shown} does not do.", _reason(error)) from error
    return typed if isinstance(typed, bool | int | float | dict) else str(value)


def _reason(error: ValidationError) -> str:
    """Pydantic's words for the first thing that is wrong, as a sentence."""
    reason = error.errors()[0]["msg"].removeprefix("Value error, ")
    return f"{reason[:1].upper()}{reason[1:]}."


def _check(text: str, path: Path) -> None:
    """Raise SettingsError unless a file of this text would load."""
    try:
        values = tomllib.loads(text)
        Settings.model_validate(values)
    except ValidationError as error:
        raise _explained(error, str(path)) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}).", "Check its rights.") from error


def _key(error: ValidationError) -> str:
    return ".".join(str(part) for part in error.errors()[0]["loc"])


def _shown(value: object) -> str:
    """A value in a message, without the password of an address."""
    return re.sub(r"(://[^/@:]*):[^/]*@", r"\1:***@", one_line(repr(value), 80))


def _explained(error: ValidationError, where: str) -> SettingsError:
    first, key = error.errors()[0], _key(error)
    if first["type"] == "extra_forbidden":
        return unknown_setting(key, where)
    return SettingsError(f"{where}: {key} = {_shown(first.get('input'))} does not do.", _reason(error))


def _write(path: Path, text: str) -> None:
    """Replace the file in one step, for the owner only."""
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o600)
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise ReadOnlyHome(f"{path} cannot be written ({error.strerror}).", "Check its rights and the disk.") from error
