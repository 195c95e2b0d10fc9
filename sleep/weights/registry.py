"""Adapters of a home: which are in force, what may be learned, what is switched on and off, exported and removed."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from memory.database import Database
from memory.errors import Refused
from memory.store import MemoryFilter, MemoryStore
from memory.store.adapters import AdapterStore
from memory.text import fingerprint
from memory.types import Kind, Memory, Sensitivity, Status, Trust
from memory.weights import FOLDER, IN_WORK, Adapter, AdapterStatus

MOST_CHARS = 300
OLD_ENOUGH = timedelta(days=1)
_LEARNED = frozenset(
    (Kind.FACT, Kind.PREFERENCE, Kind.CONSTRAINT, Kind.RELATIONSHIP, Kind.EVENT, Kind.REJECTION, Kind.INSIGHT)
)
_USER_SAID = frozenset((Trust.USER, Trust.IMPORTED))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which memories a night may learn, oldest first, and why others stay out."""

    memories: tuple[Memory, ...]
    left_out: dict[str, int]


def folder_of(home: Path, adapter: Adapter) -> Path:
    """Where an adapter's files are."""
    return home / FOLDER / adapter.id


def folders_in_force(database: Database, home: Path, base: str) -> tuple[Path, ...]:
    """The folders of the adapters that the chat with a base model uses, the lowest first; up to the first whose files
    are gone."""
    store = AdapterStore(database)
    stack = store.active()
    if not stack or stack[0].base != base or stack[0].base_hash != _hash(base):
        return ()
    folders: list[Path] = []
    for adapter in stack:
        folder = folder_of(home, adapter)
        if not (folder / "adapter_config.json").is_file():
            break
        folders.append(folder)
    return tuple(folders)


@cache
def _hash(base: str) -> str:
    from sleep.weights.lm import base_hash

    return base_hash(base)


def choose(memories: MemoryStore, learned: dict[str, str], now: datetime, *, sensitive: bool, most: int) -> Chosen:
    """The memories that the user said, that hold, that are a day old and were not changed since, and that no adapter
    in force has learned."""
    left_out: dict[str, int] = {}
    found: list[Memory] = []
    for memory in memories.list(MemoryFilter(limit=1_000_000)):
        reason = _left_out(memory, now, sensitive)
        if learned.get(memory.id) == fingerprint(memory.text):
            reason = "learned already"
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
        else:
            found.append(memory)
    found.sort(key=lambda m: m.number)
    if len(found) > most:
        left_out["for another night"] = len(found) - most
    return Chosen(tuple(found[:most]), left_out)


def _left_out(memory: Memory, now: datetime, sensitive: bool) -> str:
    """Why a memory is not learned; empty if it may be."""
    reasons = (
        (memory.status is not Status.ACTIVE, "no longer so"),
        (memory.muted, "not to be brought up"),
        (memory.kind not in _LEARNED, "plans and wishes, which pass"),
        (memory.trust not in _USER_SAID, "not said by you"),
        (memory.sensitivity is Sensitivity.SENSITIVE and not sensitive, "sensitive"),
        (len(memory.text) > MOST_CHARS, "too long"),
        (now - memory.updated_at < OLD_ENOUGH, "younger than a day, or changed since"),
    )
    return next((why for applies, why in reasons if applies), "")


def activate(store: AdapterStore, home: Path, adapter: Adapter) -> tuple[Adapter, ...]:
    """Switch an adapter on, with those it was trained on top of; all others are switched off. Raises Refused."""
    every = {a.id: a for a in store.list()}
    stack = [every[i] for i in adapter.below if i in every] + [adapter]
    if len(stack) <= len(adapter.below):
        raise Refused(f"{adapter.short_id} was trained on top of one that is gone.")
    for one in stack:
        _usable(home, one)
    store.set_status([a for a in every.values() if a.status is AdapterStatus.ACTIVE], AdapterStatus.IDLE)
    store.set_status(stack, AdapterStatus.ACTIVE)
    return tuple(stack)


def _usable(home: Path, adapter: Adapter) -> None:
    if adapter.status is AdapterStatus.REJECTED:
        reasons = adapter.metrics.get("verdict", {}).get("reasons", ["it failed the gate"])
        raise Refused(f"{adapter.short_id} did not pass the gate: {reasons[0]}.")
    if adapter.dirty:
        raise Refused(
            f"{adapter.short_id} learned a memory that has changed since.", "`reverie sleep --weights` makes it anew."
        )
    if not (folder_of(home, adapter) / "adapter_config.json").is_file():
        raise Refused(f"The files of {adapter.short_id} are gone.", "`reverie sleep --weights` makes it anew.")


def deactivate(store: AdapterStore, adapter: Adapter | None = None) -> tuple[Adapter, ...]:
    """Switch an adapter off, with all that were trained on top of it; without one, all."""
    off = [
        a
        for a in store.list()
        if a.status is AdapterStatus.ACTIVE and (adapter is None or a.id == adapter.id or adapter.id in a.below)
    ]
    if not off:
        raise Refused("No such adapter is switched on.")
    store.set_status(off, AdapterStatus.IDLE)
    return tuple(off)


def remove(store: AdapterStore, home: Path, adapter: Adapter) -> None:
    """Remove an adapter and its files. Raises Refused while another rests on it."""
    above = [a.short_id for a in store.list() if adapter.id in a.below]
    if above:
        raise Refused(f"{adapter.short_id} carries {', '.join(sorted(above))}.", "Remove those first.")
    store.remove(adapter)
    shutil.rmtree(folder_of(home, adapter), ignore_errors=True)


def clean_up(store: AdapterStore, home: Path) -> Sequence[Path]:
    """Remove folders of adapters that no row knows of: a night that was killed left them."""
    known = {a.id for a in store.list()}
    stray = [f for f in (home / FOLDER).glob("*") if f.is_dir() and f.name not in known and f.name != IN_WORK]
    for folder in stray:
        shutil.rmtree(folder, ignore_errors=True)
    return stray
