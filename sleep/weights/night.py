"""A night of weights: what is to be learned, in a child process, and what becomes of it."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from memory.clock import Clock
from memory.database import Database
from memory.ids import new_id
from memory.preferences import Preference
from memory.store import MemoryStore
from memory.store.adapters import AdapterStore
from memory.store.preferences import PreferenceStore
from memory.text import fingerprint
from memory.types import Memory
from memory.weights import FOLDER, IN_WORK, Adapter, AdapterFact, AdapterItem, AdapterStatus
from sleep.weights import registry
from sleep.weights.alignment import Alignment, Manner
from sleep.weights.child import Tell, trained
from sleep.weights.course import ADAPTER, Before, Dreaming, Outcome, Task, recipe_json
from sleep.weights.errors import WeightsError
from sleep.weights.gate import Thresholds
from sleep.weights.items import Fact, Item, Pair, block
from sleep.weights.probes import Probe
from sleep.weights.resources import check
from sleep.weights.seeding import Recipe, for_all

PROBE = "probe"
"""The kind under which a question of the gate is stored beside the rehearsed ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the user wants weights to be learned."""

    base: str = "pocket"
    device: str = "cpu"
    sensitive: bool = False
    most: int = 40
    """Memories a night."""
    compact_every: int = 8
    """From so many adapters on they are learned anew as one."""
    least_pairs: int = 12
    """Preferences from which they are learned."""
    recipe: Recipe = field(default_factory=Recipe)
    manner: Manner = field(default_factory=Manner)
    dreaming: Dreaming = field(default_factory=Dreaming)
    limits: Thresholds = field(default_factory=Thresholds)


PURGED, AGAIN = "Something was purged while it was being learned.", "Sleep again: it begins anew."

Agree = Callable[[Sequence[Item], Sequence[Memory]], bool]
"""Shown every question that would be trained on, with the memories; False: nothing is trained."""
AgreePairs = Callable[[Sequence[Preference]], bool]
"""Shown every pair of answers that would be trained on."""


class WeightsNight:
    """Learns what no adapter has learned yet. Hold the night's lock while it runs."""

    def __init__(self, database: Database, home: Path, clock: Clock, plan: Plan) -> None:
        self._store = AdapterStore(database)
        self._memories = MemoryStore(database, clock)
        self._preferences = PreferenceStore(database)
        self._home = home
        self._clock = clock
        self._plan = plan

    def chosen(self) -> registry.Chosen:
        """Which memories are to be learned."""
        return registry.choose(
            self._memories, dict(self._store.learned()), self._clock.now(),
            sensitive=self._plan.sensitive, most=self._plan.most,
        )  # fmt: skip

    def stale(self) -> tuple[Adapter, ...]:
        """The adapters that are switched on and cannot be used: dirty ones, and what was trained on top of them."""
        in_force = {a.id for a in self._store.active()}
        return tuple(
            a for a in reversed(self._store.list()) if a.status is AdapterStatus.ACTIVE and a.id not in in_force
        )

    def run(self, tell: Tell, agree: Agree) -> list[Adapter]:
        """Make anew what is stale, learn what is new, and join what has become many.

        Returns the adapters made. Raises WeightsError where training failed or was stopped.
        """
        registry.clean_up(self._store, self._home)
        made = []
        if stale := self.stale():
            made += self._again(stale, tell, agree, AdapterStatus.COMPACTED)
        chosen = self.chosen()
        if chosen.memories:
            made.append(self._learn(chosen.memories, (), self._store.active(), tell, agree))
        stack = self._store.active()
        if len(stack) >= self._plan.compact_every:
            made += self._again(stack, tell, lambda items, memories: True, AdapterStatus.COMPACTED)
        return made

    def _again(self, old: Sequence[Adapter], tell: Tell, agree: Agree, status: AdapterStatus) -> list[Adapter]:
        """Learn what adapters knew anew, from their items, as one on top of what is below them."""
        gone = {memory for adapter in old for memory in adapter.dirty}
        learned = {f.memory_id: f.fingerprint for a in old for f in a.facts if f.memory_id not in gone}
        memories = [m for m in self._by_ids(learned) if learned[m.id] == fingerprint(m.text)]
        kept = {m.id for m in memories}
        items = [i for a in old for i in self._items(a) if set(i.facts) <= kept]
        below = tuple(a for a in self._store.active() if all(a.id != o.id for o in old))
        if not memories or not items:
            self._retire(old, status)
            return []
        made = self._learn(memories, items, below, tell, agree, replaces=old)
        if made.status is AdapterStatus.ACTIVE or gone:
            self._retire(old, status)
        return [made]

    def _retire(self, old: Sequence[Adapter], status: AdapterStatus) -> None:
        self._store.set_status(old, status)
        for adapter in old:
            shutil.rmtree(registry.folder_of(self._home, adapter), ignore_errors=True)

    def _by_ids(self, ids: Sequence[str] | dict[str, str]) -> list[Memory]:
        found = []
        for memory_id in ids:
            with suppress(Exception):
                found.append(self._memories.get(memory_id))
        return found

    # -- one adapter

    def _learn(
        self, memories: Sequence[Memory], given: Sequence[Item], below: Sequence[Adapter], tell: Tell, agree: Agree,
        replaces: Sequence[Adapter] = (),
    ) -> Adapter:  # fmt: skip
        task = self._task(memories, given, below)
        check(task.base, self._home)
        folder = self._home / FOLDER / IN_WORK
        outcome = trained(folder, task, tell, lambda items: agree(items, memories))
        asked_about = {fact for item in outcome.items for fact in item.facts}
        # Of what no question was written, nothing was learned: another night tries.
        learned = {m.id: fingerprint(m.text) for m in memories if m.id in asked_about}
        self._unpurged(folder, [m.id for m in memories])
        return self._keep(outcome, folder, task.base, below, _manifest(task, memories), learned)

    def _unpurged(self, folder: Path, ids: Sequence[str]) -> None:
        """What was purged while it was learned is not kept. Raises WeightsError."""
        if len(self._by_ids(ids)) < len(ids):
            shutil.rmtree(folder, ignore_errors=True)
            raise WeightsError(PURGED, AGAIN)

    def align(self, tell: Tell, agree: AgreePairs) -> Adapter | None:
        """Learn what the user preferred, on top of what is in force; None where there is too little of it, or where it
        is not agreed to. Raises WeightsError where training failed or was stopped."""
        pairs = self.preferences()
        if len(pairs) < self._plan.least_pairs or not agree(pairs):
            return None
        below = self._store.active()
        check(self._plan.base, self._home)
        folder = self._home / FOLDER / IN_WORK
        task = Alignment(
            base=self._plan.base,
            below=[registry.folder_of(self._home, a) for a in below],
            pairs=[
                Pair(p.id, p.question, p.chosen, p.rejected, block(p.given.splitlines()) if p.given else "")
                for p in pairs
            ],
            known=self._known(below),
            before=self._before(below),
            manner=replace(self._plan.manner, seed=self._next()),
            limits=self._plan.limits,
            device=self._plan.device,
        )
        outcome = trained(folder, task, tell)
        there = {p.id for p in self._preferences.list() if not p.dismissed}
        if not {p.id for p in pairs} <= there:
            shutil.rmtree(folder, ignore_errors=True)
            raise WeightsError(PURGED, AGAIN)
        manifest = _versions() | {"manner": asdict(task.manner), "limits": asdict(task.limits), "device": task.device}
        return self._keep(outcome, folder, task.base, below, manifest, {p.id: p.fingerprint for p in pairs})

    def preferences(self) -> tuple[Preference, ...]:
        """What the user preferred and no adapter in force has learned, oldest first."""
        learned = {f.memory_id: f.fingerprint for a in self._store.active() for f in a.facts}
        kept = [p for p in self._preferences.list() if not p.dismissed and learned.get(p.id) != p.fingerprint]
        return tuple(reversed(kept))

    def _task(self, memories: Sequence[Memory], given: Sequence[Item], below: Sequence[Adapter]) -> Task:
        return Task(
            base=self._plan.base,
            below=[registry.folder_of(self._home, a) for a in below],
            facts=[Fact(m.id, m.text) for m in memories],
            known=self._known(below),
            before=self._before(below),
            given=list(given),
            recipe=replace(for_all(self._plan.recipe, len(memories)), seed=self._next()),
            dreaming=self._plan.dreaming,
            limits=self._plan.limits,
            device=self._plan.device,
        )

    def _next(self) -> int:
        return 1 + max((a.number for a in self._store.list()), default=0)

    def _known(self, below: Sequence[Adapter]) -> list[Fact]:
        return [Fact(m.id, m.text) for m in self._by_ids([f.memory_id for a in below for f in a.facts])]

    def _before(self, below: Sequence[Adapter]) -> list[Before]:
        """Earlier nights; an alignment has no questions of its own."""
        found = [Before(a.short_id, self._items(a), self._probes(a)) for a in below]
        return [before for before in found if before.items]

    def _items(self, adapter: Adapter) -> list[Item]:
        return [_item(i) for i in self._store.items(adapter) if i.kind != PROBE]

    def _probes(self, adapter: Adapter) -> list[Probe]:
        return [Probe(i.question, i.answer, i.memories, i.block) for i in self._store.items(adapter) if i.kind == PROBE]

    def _keep(
        self, outcome: Outcome, folder: Path, base: str, below: Sequence[Adapter], manifest: dict[str, Any],
        learned: dict[str, str],
    ) -> Adapter:  # fmt: skip
        """Store what a training came to: switched on if it passed the gate."""
        from sleep.weights.lm import base_hash

        name = new_id()
        shutil.move(folder / ADAPTER, self._home / FOLDER / name)
        passed, marks = outcome.verdict.passed, outcome.verdict.facts
        self._store.mark({fact: fine for fact, fine in marks.items() if passed})
        made = self._store.add(
            id=name,
            status=AdapterStatus.ACTIVE if passed else AdapterStatus.REJECTED,
            base=base,
            base_hash=base_hash(base),
            below=[a.id for a in below],
            manifest=manifest,
            metrics=outcome.figures(),
            facts=[
                AdapterFact(memory_id=id_, fingerprint=said, streak=int(marks.get(id_, False)))
                for id_, said in learned.items()
            ],
            items=[*map(_stored, outcome.items), *(_stored_probe(p) for p in outcome.probes)],
            at=self._clock.now(),
        )
        shutil.rmtree(folder, ignore_errors=True)
        return made


def _manifest(task: Task, memories: Sequence[Memory]) -> dict[str, Any]:
    said: list[datetime] = [m.said_at for m in memories if m.said_at]
    return _versions() | {
        "recipe": recipe_json(task.recipe),
        "dreaming": asdict(task.dreaming),
        "limits": asdict(task.limits),
        "device": task.device,
        "said_from": min(said).isoformat() if said else None,
        "said_until": max(said).isoformat() if said else None,
    }


def _versions() -> dict[str, Any]:
    from importlib.metadata import version

    return {"versions": {name: version(name) for name in ("torch", "transformers", "peft", "trl")}}


def _item(stored: AdapterItem) -> Item:
    return Item.from_json(
        {"kind": stored.kind, "question": stored.question, "answer": stored.answer, "facts": stored.memories,
         "block": stored.block}
    )  # fmt: skip


def _stored(item: Item) -> AdapterItem:
    return AdapterItem(
        kind=str(item.kind), question=item.question, answer=item.answer, block=item.block, memories=tuple(item.facts)
    )


def _stored_probe(probe: Probe) -> AdapterItem:
    return AdapterItem(
        kind=PROBE, question=probe.question, answer=probe.answer, block=probe.block, memories=tuple(probe.facts)
    )
