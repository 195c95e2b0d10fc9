"""What other programs are not shown: sensitive, muted and forgotten memories, and the messages that say the same.

It errs on the side of silence. A message is held back if a memory of that sort quotes it, if the rules that read plain
statements find a sensitive one in the part that would be shown, or if it speaks of what must not be brought up. What
nobody has marked and no rule understands cannot be held back.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, or_, select

from memory.database import Database
from memory.extraction import DontBringUp, parse_command
from memory.schema import MemoryRow, SourceRow
from memory.sensitive import is_sensitive
from memory.store import MemoryFilter, MemoryStore
from memory.types import Hit, Kind, Memory, Sensitivity, Status

_WORD = re.compile(r"\w+")
_NAMES_NOTHING = frozenset("a an the my your our his her their of about to with for and or it that this".split())
ALL = 100_000


class Discretion:
    """Decides for one request what may be shown; make a new one for the next, since memories change."""

    def __init__(self, database: Database, memories: MemoryStore, *, sensitive: bool) -> None:
        self._database = database
        self._sensitive = sensitive
        instructions = MemoryFilter(kinds=(Kind.INSTRUCTION,), limit=ALL)
        unspoken = (_unspoken(memory.text) for memory in memories.list(instructions))
        self._unspoken = [words for words in unspoken if words]

    def hits(self, hits: Sequence[Hit]) -> list[Hit]:
        """Those that may be shown, in their order; of messages only the user's side, which alone is evidence."""
        private = self._private_messages(hit.message.id for hit in hits if hit.message is not None)
        return [hit for hit in hits if self._may_show_hit(hit, private)]

    def memories(self, memories: Iterable[Memory]) -> Iterator[Memory]:
        """Those that may be shown, in their order."""
        return (memory for memory in memories if self.may_show(memory))

    def may_show(self, memory: Memory) -> bool:
        """Whether a memory counts, and is neither private nor about what must not be brought up."""
        open_to = self._sensitive or memory.sensitivity is Sensitivity.NORMAL
        unasked = memory.status is Status.ACTIVE and not memory.muted and not _unspoken(memory.text)
        return open_to and unasked and not self._must_not_come_up(f"{memory.text} {memory.subject}")

    def may_show_quote(self, message_id: str, start: int, end: int) -> bool:
        """Whether no private memory quotes the same words."""
        return not any(s < end and start < e for s, e in self._private_spans(message_id))

    def _may_show_hit(self, hit: Hit, private: frozenset[str]) -> bool:
        if hit.memory is not None:
            return self.may_show(hit.memory)
        message = hit.message
        if message is None or message.role != "user" or message.id in private:
            return False
        if self._must_not_come_up(hit.text) or isinstance(parse_command(message.content), DontBringUp):
            return False
        return self._sensitive or not is_sensitive(hit.text, like=message)

    def _must_not_come_up(self, text: str) -> bool:
        said = set(_words(text))
        return any(words <= said for words in self._unspoken)

    def _private_messages(self, ids: Iterable[str]) -> frozenset[str]:
        query = select(SourceRow.message_id).join(MemoryRow, MemoryRow.id == SourceRow.memory_id)
        with self._database.read() as session:
            found = session.scalars(query.where(SourceRow.message_id.in_(sorted(set(ids))), self._private()))
            return frozenset(found)

    def _private_spans(self, message_id: str) -> list[tuple[int, int]]:
        query = select(SourceRow.start, SourceRow.end).join(MemoryRow, MemoryRow.id == SourceRow.memory_id)
        with self._database.read() as session:
            found = session.execute(query.where(SourceRow.message_id == message_id, self._private()))
            return [(start, end) for start, end in found]

    def _private(self) -> ColumnElement[bool]:
        put_away = or_(MemoryRow.muted.is_(True), MemoryRow.status == Status.RETIRED)
        return put_away if self._sensitive else or_(put_away, MemoryRow.sensitivity == Sensitivity.SENSITIVE)


def _unspoken(text: str) -> frozenset[str]:
    """What an instruction ("Don't bring up ...") wants passed over, as words; nothing for any other text."""
    wish = parse_command(text)
    return frozenset(_words(wish.what)) - _NAMES_NOTHING if isinstance(wish, DontBringUp) else frozenset()


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
