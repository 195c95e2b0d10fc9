"""Adapters as rows, for programs."""

from typing import Any

from assistant.cli.output import instant
from assistant.telling.adapters import is_alignment
from memory.weights import Adapter


def adapter_row(adapter: Adapter) -> dict[str, Any]:
    """An adapter for `--json`."""
    return {
        "id": adapter.short_id,
        "status": str(adapter.status),
        "dirty": bool(adapter.dirty),
        "base": adapter.base,
        "base_hash": adapter.base_hash,
        "below": list(adapter.below),
        "memories": [] if is_alignment(adapter) else [f.memory_id for f in adapter.facts],
        "preferences": [f.memory_id for f in adapter.facts] if is_alignment(adapter) else [],
        "graduated": sum(f.streak >= 2 for f in adapter.facts),
        "created_at": instant(adapter.created_at),
        "metrics": dict(adapter.metrics),
        "manifest": dict(adapter.manifest),
    }
