"""Items of a key-value store kept as memories: `ReverieStore` without LangGraph. Its docstring says how they map."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from memory.errors import EmbedderError, InvalidInput, NotFound, Refused
from memory.notes import CONFIDENCE, writer_tag
from memory.schema import PassageRow
from memory.sensitive import is_sensitive
from memory.store import Create, MemoryFilter, Update
from memory.store.acts import MAX_MEMORY_CHARS, Change
from memory.text import clean, text_hash
from memory.types import Memory, NewMemory, Sensitivity, Status, Trust
from sleep.ids import stable_id

if TYPE_CHECKING:
    from assistant.runtime import Runtime

ACTOR = "langgraph"
STATEMENTS = ("text", "content", "memory")
"""A value with one of these, a text, states something; any other value is kept and not recalled."""
MOST_JSON = 64_000
THERE = (Status.ACTIVE, Status.SUPERSEDED, Status.QUARANTINED)
ALL = 1_000_000

Namespace = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StoredItem:
    """One item, as it is now."""

    namespace: Namespace
    key: str
    value: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    ranked: bool
    """Whether a query may rank it."""
    number: int
    """Of its memory."""


@dataclass(frozen=True, kw_only=True)
class Putting:
    """A value to put under a key; None takes the item away. `indexed` is the text to rank it by, None the usual one."""

    namespace: Namespace
    key: str
    value: Mapping[str, Any] | None
    ranked: bool = True
    indexed: str | None = None


class Items:
    """Reads and writes the items of one home. Safe to call from any thread."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._memories = runtime.memories
        self._one = threading.Lock()

    def get(self, namespace: Namespace, key: str) -> StoredItem | None:
        """The item under a key; None if there is none, or the user muted it or threw it away."""
        memory = self._memory(namespace, key)
        return _item(memory) if memory is not None and memory.status in THERE and not memory.muted else None

    def below(self, prefix: Namespace) -> list[StoredItem]:
        """The items whose namespace begins with `prefix`, the latest first."""
        wanted = MemoryFilter(source=ACTOR, statuses=THERE, muted=False, limit=ALL)
        found = (_item(memory) for memory in self._memories.list(wanted))
        return [item for item in found if item is not None and item.namespace[: len(prefix)] == prefix]

    def ranked(self, items: Sequence[StoredItem], query: str) -> list[tuple[StoredItem, float | None]]:
        """The items, the nearest in meaning first; those that no query ranks, or without a vector yet, come last."""
        numbers = {item.number for item in items if item.ranked}
        owned = select(PassageRow.number, PassageRow.owner_number).where(
            PassageRow.owner_type == "memory", PassageRow.owner_number.in_(numbers)
        )
        runtime = self._runtime
        try:
            runtime.vectors.work()
            with runtime.database.read() as session:
                owners = {number: owner for number, owner in session.execute(owned)}
            runtime.vectors.search(query, 1)  # cosines are told as of the last search
            cosines = runtime.vectors.cosines(query, list(owners)) if owners else {}
        except EmbedderError:
            return [(item, None) for item in items]
        best: dict[int, float] = {}
        for passage, cosine in cosines.items():
            best[owners[passage]] = max(cosine, best.get(owners[passage], -1.0))
        scored = [(item, best.get(item.number)) for item in items]
        return sorted(scored, key=lambda pair: (pair[1] is None, -(pair[1] or 0.0)))

    def put(self, puttings: Iterable[Putting]) -> None:
        """Put or take away all of these as one act, or none of them.

        Raises InvalidInput for what is no JSON or too long, Refused for what the user threw away or purged.
        """
        with self._one:  # whether a key is new must still be so when it is written
            changes = [change for putting in puttings for change in self._changes(putting)]
            if not changes:
                return
            self._memories.apply(changes, actor=ACTOR, reason="put by a LangGraph program")
        self._runtime.embed_soon()

    def _changes(self, putting: Putting) -> list[Change]:
        memory = self._memory(putting.namespace, putting.key)
        if putting.value is None:
            there = memory is not None and memory.status in THERE
            return [Update(memory=memory.id, values={"status": Status.RETIRED})] if memory and there else []
        values = self._values(putting)
        if memory is None:
            identity, status = _identity(putting.namespace, putting.key), values.pop("status")
            tag = writer_tag(ACTOR)
            new = NewMemory(trust=Trust.INFERRED, confidence=CONFIDENCE, tags=tag, **values)
            made: list[Change] = [Create(new=new, id=identity)]
            if status is not Status.ACTIVE:
                made.append(Update(memory=identity, values={"status": status}))
            return made
        if memory.status is Status.RETIRED and self._memories.history(memory.id, limit=1)[0].actor != ACTOR:
            raise Refused(f"The user has thrown {memory.short_id} away.", "`reverie memory restore` takes it back.")
        return [Update(memory=memory.id, values=values | {"superseded_by": None})]

    def _values(self, putting: Putting) -> dict[str, Any]:
        """The fields of the memory that an item is."""
        assert putting.value is not None
        try:
            plain = json.loads(json.dumps(dict(putting.value)))
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidInput(f"The value of {putting.key!r} is not JSON ({error}).") from error
        text, said = _text(plain, putting.indexed)
        document = {"namespace": putting.namespace, "key": putting.key, "ranked": putting.ranked, "value": plain}
        if said and putting.indexed is None:
            document |= {"said": said, "hash": text_hash(text)}
        whole = json.dumps(document)
        if len(whole) > MOST_JSON:
            raise InvalidInput(f"The value of {putting.key!r} has more than {MOST_JSON:,} characters of JSON.")
        if self._memories.is_purged(text):
            raise Refused(f"The user has purged what {putting.key!r} says.")
        sensitive = is_sensitive(text)
        return {
            "text": text,
            "value": whole,
            "status": Status.ACTIVE if said else Status.QUARANTINED,
            "sensitivity": Sensitivity.SENSITIVE if sensitive else Sensitivity.NORMAL,
        }

    def _memory(self, namespace: Namespace, key: str) -> Memory | None:
        try:
            return self._memories.get(_identity(namespace, key))
        except NotFound:
            return None


def matches(value: Any, wanted: Any) -> bool:
    """Whether a value is as a filter says: equal, or by $eq, $ne, $gt, $gte, $lt, $lte, at any depth."""
    if isinstance(wanted, Mapping):
        if any(str(name).startswith("$") for name in wanted):
            return all(_compared(value, name, other) for name, other in wanted.items())
        return isinstance(value, Mapping) and all(matches(value.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, list | tuple):
        same = isinstance(value, list | tuple) and len(value) == len(wanted)
        return same and all(matches(one, other) for one, other in zip(value, wanted, strict=True))
    return bool(value == wanted)


_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "$gt": lambda a, b: a > b,
    "$gte": lambda a, b: a >= b,
    "$lt": lambda a, b: a < b,
    "$lte": lambda a, b: a <= b,
}


def _compared(value: Any, name: str, other: Any) -> bool:
    if name in ("$eq", "$ne"):
        return bool(value == other) is (name == "$eq")
    if name not in _NUMBERS:
        raise InvalidInput(f"There is no {name!r} in a filter.", f"$eq, $ne, {', '.join(_NUMBERS)}.")
    try:
        return _NUMBERS[name](float(value), float(other))
    except (TypeError, ValueError):
        return False


def _identity(namespace: Namespace, key: str) -> str:
    """The id of the memory that is the item under this key."""
    return stable_id(ACTOR, json.dumps([*namespace, key]))


def _text(value: Mapping[str, Any], indexed: str | None) -> tuple[str, str | None]:
    """What the memory says, and the field that states it (None: the value states nothing)."""
    said = _statement(value)
    text = indexed or (value[said] if said else json.dumps(value, ensure_ascii=False))
    return clean(text).strip()[:MAX_MEMORY_CHARS].strip() or "(empty)", said


def _statement(value: Mapping[str, Any]) -> str | None:
    return next((n for n in STATEMENTS if isinstance(value.get(n), str) and clean(value[n]).strip()), None)


def _item(memory: Memory) -> StoredItem | None:
    """The item that a memory is; None for a memory that is none."""
    try:
        document = json.loads(memory.value or "")
        namespace, key, value = tuple(document["namespace"]), document["key"], document["value"]
    except (ValueError, KeyError, TypeError):
        return None
    return StoredItem(
        namespace=namespace,
        key=key,
        value=_corrected(value, document, memory.text),
        ranked=bool(document.get("ranked", True)),
        created_at=memory.created_at,
        updated_at=memory.updated_at,
        number=memory.number,
    )


def _corrected(value: dict[str, Any], document: dict[str, Any], text: str) -> dict[str, Any]:
    """The value with the statement as the user has corrected it since."""
    said = document.get("said")
    return value if said is None or document.get("hash") == text_hash(text) else value | {said: text}
