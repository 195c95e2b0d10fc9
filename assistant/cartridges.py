"""Cartridges of a home's conversations: what left a local model's window, as keys and values that it reads first.

They are made after a nap's notes, between turns, in a process of its own that ends as soon as a turn begins. What is
missing is worked out anew every time: one that was interrupted, purged, or made for another model is made again.
docs/nap.md explains it.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.context import estimate_tokens
from assistant.errors import SettingsError
from assistant.responder import NO_PREFIX, Prefix
from assistant.settings import Settings
from memory.errors import ReverieError
from memory.naps import Nap
from memory.store import ConversationStore
from memory.store.naps import NapStore
from memory.types import Message
from memory.weights import CARTRIDGES
from sleep.nap.cartridge.manifest import Held, in_force, put, remove_stray, work_of
from sleep.weights.errors import WeightsError

if TYPE_CHECKING:
    from filelock import FileLock

    from assistant.models import ModelSpec
    from sleep.nap.cartridge.making import Making
    from sleep.nap.cartridge.study import Part
    from sleep.nap.cartridge.task import Task

OF_WINDOW = 0.25
"""The most of the window that cartridges take; what the earliest stood for is told by notes again."""
STUDIED = 1_000, 0.3
"""Tokens of a part that one cartridge stands for at the most, and as a share of the window."""
KEPT = 0.1
"""Of what stays in the window, so much of it is shown beside while it is trained."""

log = logging.getLogger(__name__)


Train = Callable[[Path, "Task", Callable[[], bool]], Path | None]
"""Makes the cartridge of a task in a folder, unless it is told to stop; as `sleep.nap.cartridge.child.trained` does."""


def in_a_child(folder: Path, task: "Task", go_on: Callable[[], bool]) -> Path | None:
    """Train in a process of its own: in a thread it would take the interpreter from the screen, and could not be ended
    at once."""
    from sleep.nap.cartridge.child import trained

    return trained(folder, task, go_on)


def as_measured(passes: int) -> "Making":
    """How they were made for the table in docs/nap.md."""
    from sleep.nap.cartridge.making import Making

    return Making(passes=passes)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The local model that answers, as it is now."""

    base: str
    adapters: tuple[Path, ...]
    hash: str
    window: int


class Cartridges:
    """Those of one home. Every method but `begin` may take a moment: call it in a thread."""

    def __init__(
        self, home: Path, conversations: ConversationStore, naps: NapStore, settings: Callable[[], Settings],
        adapters: Callable[[str], tuple[Path, ...]], *, train: Train = in_a_child,
        making: "Callable[[int], Making]" = as_measured,
    ) -> None:  # fmt: skip
        self._home = home
        self._conversations = conversations
        self._naps = naps
        self._settings = settings
        self._adapters = adapters
        self._train = train
        self._making = making
        self._closing = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._refused: dict[tuple[int, str], str] = {}

    # -- using them

    def reader(self, model: str) -> Reader | None:
        """The model that cartridges are for; None where it is not local, or the user does not want any."""
        settings = self._settings()
        spec = _local(model)
        if spec is None or not settings.nap.cartridge:
            return None
        from assistant.models import window_tokens
        from sleep.weights.stack import stack_hash

        adapters = self._adapters(spec.name)
        return Reader(
            base=spec.name, adapters=adapters, hash=stack_hash(spec.name, adapters),
            window=window_tokens(spec, settings, None),
        )  # fmt: skip

    def before(self, message_id: str, model: str) -> Prefix:
        """What a model reads first when a message is answered on its branch."""
        reader = self.reader(model)
        if reader is None:
            return NO_PREFIX
        fitting, room = list[Held](), OF_WINDOW * reader.window
        for held in reversed(self._usable(self._naps.on_the_way(message_id), reader)):
            room -= held.manifest.tokens
            if room < 0:
                break
            fitting.insert(0, held)
        return Prefix(
            folders=tuple(held.folder for held in fitting),
            tokens=sum(held.manifest.tokens for held in fitting),
            messages=frozenset(id_ for held in fitting for id_ in held.manifest.facts),
        )

    def marked(self, naps: Sequence[Nap], model: str) -> tuple[Nap, ...]:
        """The naps, each with how many tokens its cartridge has for a model."""
        reader = self.reader(model)
        sizes = {held.nap: held.manifest.tokens for held in self._usable(naps, reader)} if reader else {}
        return tuple(replace(nap, cartridge=sizes.get(nap.number, 0)) for nap in naps)

    def refused(self, nap: Nap, model: str) -> str:
        """Why a nap has no cartridge and will not get one until the program starts again; mostly empty."""
        reader = self.reader(model)
        return self._refused.get((nap.number, reader.hash), "") if reader else ""

    def _usable(self, naps: Sequence[Nap], reader: Reader) -> list[Held]:
        """Only those whose messages are all there: numbers of naps come again where an old backup is put back."""
        of = {nap.number: nap.conversation_id for nap in naps}
        found = in_force(self._home, tuple(of), reader.hash)
        there = self._conversations.messages(id_ for held in found for id_ in held.manifest.facts)
        return [
            held
            for held in found
            if all(id_ in there and there[id_].conversation_id == of[held.nap] for id_ in held.manifest.facts)
        ]

    # -- making them

    def begin(self, conversation_id: str, model: str, go_on: Callable[[], bool]) -> "Future[tuple[Nap, ...]]":
        """Make what is missing in a thread, until `go_on` says no: the naps that got one."""
        made: Future[tuple[Nap, ...]] = Future()
        made.set_running_or_notify_cancel()

        def work() -> None:
            found: tuple[Nap, ...] = ()
            try:
                found = self.make(conversation_id, model, go_on)
            except ReverieError:
                log.warning("no cartridge could be made", exc_info=True)
            except Exception:  # the outer edge of a thread
                log.exception("making a cartridge failed")
            made.set_result(found)

        threading.Thread(target=work, name="cartridges", daemon=True).start()
        return made

    def close(self) -> None:
        """End what is being made; the next start goes on with it."""
        self._closing.set()

    def make(self, conversation_id: str, model: str, go_on: Callable[[], bool] = lambda: True) -> tuple[Nap, ...]:
        """Make what is missing on the branch that is shown, the latest part first; the naps that got one."""
        reader, made = self.reader(model), list[Nap]()

        def on() -> bool:
            return go_on() and not self._closing.is_set()

        if reader is None:
            return ()
        with self._one_at_a_time:
            for nap, part in self._missing(conversation_id, reader):
                if not on():
                    break
                if self._made(nap, part, reader, on):
                    made.append(nap)
        return self.marked(made, model)

    def _missing(self, conversation_id: str, reader: Reader) -> "Iterator[tuple[Nap, Part]]":
        """The parts that need one, the latest first, as far as their cartridges would fit."""
        thread = self._conversations.thread(conversation_id)
        if not thread:
            return
        naps = self._naps.on_the_way(thread[-1].id)
        held = {one.nap: one for one in self._usable(naps, reader)}
        room = OF_WINDOW * reader.window
        how = self._making(self._settings().nap.cartridge_passes)
        for nap, part in _parts(thread, naps, reader.window):
            there = held.get(nap.number)
            size = sum(estimate_tokens(fact.text) for fact in part.facts)
            room -= there.manifest.tokens if there else how.share * size
            if room < 0:
                return
            if there is None and part.facts and (nap.number, reader.hash) not in self._refused:
                yield nap, part

    def _made(self, nap: Nap, part: "Part", reader: Reader, go_on: Callable[[], bool]) -> bool:
        from filelock import Timeout

        from assistant.models.local_loading import choose_device
        from sleep.nap.cartridge.task import Task
        from sleep.weights.resources import check

        settings = self._settings()
        task = Task(
            base=reader.base, adapters=reader.adapters, base_hash=reader.hash, part=part,
            how=self._making(settings.nap.cartridge_passes), device=choose_device(settings.local.device).name,
        )  # fmt: skip
        try:
            with self._alone():
                remove_stray(self._home, self._naps.numbers())
                check(reader.base, self._home)
                folder = self._train(work_of(self._home, nap.number), task, go_on)
                return folder is not None and self._put(nap, part, folder)
        except Timeout:  # another process of this home makes one
            return False
        except WeightsError as error:
            log.warning("no cartridge for %s: %s", nap.short_id, error)
            self._refused[nap.number, reader.hash] = error.message
            return False

    def _alone(self) -> "FileLock":
        """Held while one is made."""
        from filelock import FileLock

        folder = self._home / CARTRIDGES
        folder.mkdir(mode=0o700, exist_ok=True)
        return FileLock(folder / "lock", timeout=0, mode=0o600)

    def _put(self, nap: Nap, part: "Part", made: Path) -> bool:
        """Take it into use, unless something that it learned was purged meanwhile."""
        ids = {fact.id for fact in (*part.facts, *part.kept)}
        return self._naps.while_said(nap.number, ids, lambda: put(made, self._home, nap.number))


def _local(model: str) -> "ModelSpec | None":
    from assistant.models import parse_model

    try:
        spec = parse_model(model)
    except SettingsError:
        return None
    return spec if spec.provider == "local" else None


def _parts(thread: Sequence[Message], naps: Sequence[Nap], window: int) -> "Iterator[tuple[Nap, Part]]":
    """What each nap took out of the window since the one before, with what came after it, the latest first."""
    from sleep.nap.cartridge.study import Part
    from sleep.nap.cartridge.telling import facts_of

    places = {message.id: at for at, message in enumerate(thread)}
    ends = [0, *(places[nap.upto_id] + 1 for nap in naps), len(thread)]
    most, share = STUDIED
    room = min(most, int(share * window))
    stretches = [thread[first:end] for first, end in pairwise(ends)]
    for nap, (gone, after) in reversed(list(zip(naps, pairwise(stretches), strict=True))):
        facts = facts_of(gone, room=room, count=estimate_tokens)
        yield nap, Part(facts, facts_of(after, room=int(KEPT * window), count=estimate_tokens))
