"""The keys of the screens beside the chat, gathered from the screens themselves. Imports all of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.binding import Binding
from textual.dom import DOMNode

from tui import logs
from tui.chat import find
from tui.screens import (
    browse,
    dialogs,
    dreams,
    first_run,
    help,
    history,
    jump,
    ledger,
    memory,
    memory_acts,
    memory_form,
    memory_table,
    night,
    profile,
    questions,
    review,
    sessions,
    settings,
    sleep,
    stats,
    text,
    themes,
    weights,
    why,
)  # fmt: skip


@dataclass(frozen=True)
class ScreenKey:
    """One binding of a screen: what it is moved by, what is pressed, what it does."""

    id: str
    keys: str
    summary: str


PLACES: tuple[tuple[str, tuple[type[DOMNode], ...]], ...] = (
    ("Finding in a chat", (find.FindInput,)),
    ("Earlier chats", (sessions.SessionsScreen, sessions.Filter, sessions.SessionList)),
    ("Memories", (memory_acts.MemoryActs, memory.MemoryScreen, memory.Filter, memory_table.MemoryTable)),
    ("Writing a memory", (memory_form.MemoryForm, memory_form.Statement)),
    ("Why this answer", (why.WhyScreen, why.WhyList)),
    ("Lists with a page beside them", (browse.BrowseScreen, browse.Rows)),
    ("History and time travel", (history.HistoryScreen, history.TimeScreen)),
    ("Sleep", (sleep.SleepScreen,)),
    ("Review of a night", (review.ReviewScreen,)),
    ("One night", (night.NightScreen,)),
    ("Dreams", (dreams.DreamsScreen,)),
    ("The page about you", (profile.ProfileScreen,)),
    ("Weights", (weights.WeightsScreen, questions.QuestionsScreen)),
    ("Ledger", (ledger.LedgerScreen,)),
    ("Figures", (stats.StatsScreen,)),
    ("A plain text", (text.TextScreen,)),
    ("Themes", (themes.ThemeScreen,)),
    ("Settings", (settings.SettingsScreen, settings.Filter, settings.SettingList)),
    ("Who answers", (first_run.FirstRunScreen, first_run.Models)),
    ("Letters to jump by", (jump.JumpScreen,)),
    ("Help", (help.HelpScreen, help.Filter)),
    ("Log", (logs.LogScreen,)),
    ("Questions and notices", (dialogs.Dialog, dialogs.Line, dialogs.Choices, dialogs.Confirm, dialogs.Notice)),
)


def screen_keys() -> tuple[tuple[str, tuple[ScreenKey, ...]], ...]:
    """Each place with its keys, in the order in which they are shown there."""
    return tuple((title, tuple(dict.fromkeys(_keys(widgets)))) for title, widgets in PLACES)


def screen_key_ids() -> frozenset[str]:
    """The ids by which the keys of these screens can be moved."""
    return frozenset(key.id for _, keys in screen_keys() for key in keys)


def _keys(widgets: tuple[type[DOMNode], ...]) -> Iterator[ScreenKey]:
    for widget in widgets:
        for binding in widget.__dict__.get("BINDINGS", ()):
            assert isinstance(binding, Binding) and binding.id
            yield ScreenKey(binding.id, binding.key, binding.tooltip or binding.description or "Close")
