"""The store: conversations and memories, in transactions. The only writer of the tables of `memory.schema`."""

from memory.store.conversations import ConversationStore
from memory.store.memories import Create, MemoryFilter, MemoryStore, Update

__all__ = ["ConversationStore", "Create", "MemoryFilter", "MemoryStore", "Update"]
