"""Failures of the assistant layer; the tree continues `memory.errors`.

ReverieError
├── SettingsError     a settings file or value that cannot be used: file, key, nearest valid key
├── ModelError        a language model that cannot be built, reached, or understood
│   └── MissingExtra  the provider's package is not installed; the hint is the install command
└── Busy              a second turn was started while one is running in the same conversation
"""

from memory.errors import ReverieError


class SettingsError(ReverieError):
    """A settings file or value that cannot be used."""

    exit_code = 2


class ModelError(ReverieError):
    """A language model that cannot be built, reached, or understood."""


class MissingExtra(ModelError):
    """The provider's package is not installed."""


class Busy(ReverieError):
    """One turn at a time in a conversation."""

    exit_code = 3
