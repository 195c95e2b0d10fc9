"""The settings schema as rows, for `config show` and the reference page."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from assistant.settings import Settings


@dataclass(frozen=True)
class SettingRow:
    """One setting."""

    key: str
    value: Any
    default: Any
    about: str
    type: str
    """What may be written, in words: `text`, `whole number, 0 to 50` ..."""

    @property
    def changed(self) -> bool:
        return bool(self.value != self.default)

    @property
    def text(self) -> str:
        """The value as it is typed."""
        if self.value is None:
            return ""
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


def setting_rows(settings: Settings) -> list[SettingRow]:
    """Every setting, in the order of the schema."""
    return list(_rows(settings, ""))


def _rows(model: BaseModel, prefix: str) -> Iterator[SettingRow]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _rows(value, f"{prefix}{name}.")
        else:
            default = field.get_default(call_default_factory=True, validated_data={})
            about = " ".join((field.description or "").split())
            yield SettingRow(f"{prefix}{name}", value, default, about, _type(field))


def _type(field: FieldInfo) -> str:
    annotation: Any = field.annotation
    empty = ""
    if get_origin(annotation) in (Union, UnionType):
        annotation, empty = get_args(annotation)[0], ", or unset"
    if get_origin(annotation) is Literal:
        *first, last = get_args(annotation)
        return f"{', '.join(first)} or {last}"
    names = {bool: "true or false", int: "whole number", float: "number", str: "text"}
    return f"{names.get(annotation, 'table')}{_bounds(field)}{empty}"


def _bounds(field: FieldInfo) -> str:
    found = {name: value for item in field.metadata for name, value in _limits(item)}
    low = f", {found['ge']}" if "ge" in found else f", above {found['gt']}" if "gt" in found else ""
    return f"{low} to {found['le']}" if "le" in found else low


def _limits(item: Any) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(item, name)) for name in ("ge", "gt", "le") if hasattr(item, name))
