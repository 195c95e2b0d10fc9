"""The store: conversations and memories, in transactions. The only writer of the tables of `memory.schema`."""

from memory.store.acts import Create, Update
from memory.store.conversations import ConversationStore
from memory.store.filters import MemoryFilter
from memory.store.memories import MemoryStore

__all__ = ["ConversationStore", "Create", "MemoryFilter", "MemoryStore", "Update"]
