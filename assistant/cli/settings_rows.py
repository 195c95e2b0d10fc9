"""The settings schema as rows, for `config show` and the reference page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from assistant.settings import Settings


@dataclass(frozen=True)
class SettingRow:
    """One setting."""

    key: str
    value: Any
    default: Any
    about: str

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
            yield SettingRow(f"{prefix}{name}", value, default, " ".join((field.description or "").split()))
