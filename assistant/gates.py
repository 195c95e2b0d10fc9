"""Whether a scheduled night is worth its while now."""

from datetime import datetime, timedelta
from pathlib import Path

from assistant.settings import SleepSettings
from memory.news import News

SUPPLIES = Path("/sys/class/power_supply")


def closed(settings: SleepSettings, news: News, now: datetime, *, mains: bool | None) -> str:
    """Why a scheduled night does not begin; empty: it does. An interrupted one goes on whenever there is power."""
    if not news.any:
        return "nothing is new"
    if settings.on_power and mains is False:
        return "on battery"
    if news.unfinished:
        return ""
    if news.last_night is not None and now - news.last_night < timedelta(hours=settings.hours):
        return f"the last night was less than {settings.hours:g} hours ago"
    found = news.messages + news.waiting
    if found < settings.messages and not news.due:
        return f"{found} new of the {settings.messages} messages that it waits for"
    return ""


def on_mains(folder: Path = SUPPLIES) -> bool | None:
    """Whether the machine runs on mains power; None where the system does not tell."""
    battery = False
    try:
        for supply in sorted(folder.iterdir()):
            kind = _word(supply / "type")
            if kind in ("Mains", "USB") and _word(supply / "online") == "1":
                return True
            # A mouse's battery says nothing of the machine: its scope is Device.
            battery = battery or (kind == "Battery" and _word(supply / "scope") != "Device")
    except OSError:
        return None
    return False if battery else None


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
