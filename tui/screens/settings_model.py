"""The settings schema as rows for a screen, and one way to write a value: into the file, then into the open home."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.settings_file import set_setting

if TYPE_CHECKING:
    from assistant.runtime import Runtime

AT_START = ("embedder.", "index.", "screen.keys")
"""Settings that are read when the program starts."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One setting: `name` as it is typed ("memory.give"), what it is and would be, and what it is for."""

    name: str
    value: str
    default: str
    summary: str
    changed: bool
    choices: tuple[str, ...] = ()
    editable: bool = True
    """Whether one line can hold it; tables are for an editor."""

    @property
    def variable(self) -> str:
        """The environment variable that overrules the file."""
        return variable_of(self.name)

    @property
    def overruled(self) -> bool:
        """Whether that variable is set."""
        return self.variable in os.environ


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return "REVERIE_" + name.upper().replace(".", "__")


def entries(settings: Settings) -> tuple[Entry, ...]:
    """Every setting in the order of the schema."""
    return tuple(_entries(settings, ""))


def _entries(model: BaseModel, prefix: str) -> list[Entry]:
    found: list[Entry] = []
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            found.extend(_entries(value, f"{prefix}{name}."))
        else:
            found.append(_entry(f"{prefix}{name}", value, info))
    return found


def _entry(name: str, value: Any, info: FieldInfo) -> Entry:
    choices: tuple[str, ...] = ()
    if info.annotation is bool:
        choices = ("true", "false")
    elif get_origin(info.annotation) is Literal:
        choices = tuple(str(choice) for choice in get_args(info.annotation))
    default = info.get_default(call_default_factory=True, validated_data={})
    return Entry(
        name=name,
        value=written(value),
        default=written(default),
        changed=value != default,
        summary=" ".join((info.description or "").split()),
        choices=choices,
        editable=not isinstance(value, dict | list | tuple),
    )


def written(value: object) -> str:
    """A value as it is typed: true, 8, some text; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return ", ".join(f"{key} = {item}" for key, item in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def write_setting(runtime: "Runtime", name: str, value: str | None) -> None:
    """Write a setting to the file (None: its default), and let the open home use it where it can.

    Raises SettingsError for a value that the schema refuses, or where the environment overrules the file.
    """
    if variable_of(name) in os.environ:
        raise SettingsError(
            f"{variable_of(name)} in the environment overrules {name}.", "Take it out of the environment first."
        )
    runtime.settings = set_setting(runtime.paths, name, value)
    if not name.startswith((*AT_START, "screen.")):
        runtime.use_model(runtime.settings.model)
