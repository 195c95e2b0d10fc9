"""Adapters as rows, for people and for programs."""

from collections.abc import Iterator
from typing import Any

from assistant.cli.output import instant
from memory.weights import Adapter


def state(adapter: Adapter) -> str:
    """Its status in a word, with `dirty` where a memory of it has changed."""
    return f"{adapter.status}, dirty" if adapter.dirty else str(adapter.status)


def adapter_row(adapter: Adapter) -> dict[str, Any]:
    """An adapter for `--json`."""
    return {
        "id": adapter.short_id,
        "status": str(adapter.status),
        "dirty": bool(adapter.dirty),
        "base": adapter.base,
        "base_hash": adapter.base_hash,
        "below": list(adapter.below),
        "memories": [f.memory_id for f in adapter.facts],
        "graduated": sum(f.streak >= 2 for f in adapter.facts),
        "created_at": instant(adapter.created_at),
        "metrics": dict(adapter.metrics),
        "manifest": dict(adapter.manifest),
    }


def verdict_lines(adapter: Adapter) -> Iterator[str]:
    """What the gate said of an adapter."""
    verdict = adapter.metrics.get("verdict", {})
    before, after = verdict.get("before", {}), verdict.get("after", {})
    seconds = adapter.metrics.get("seconds", 0)
    yield f"{adapter.short_id}: {state(adapter)}, {len(adapter.facts)} memories, {seconds:g} s"
    if not after:
        return
    yield (
        f"  recalled without retrieval: {before['recall']:.0%} before, {after['recall']:.0%} after"
        f" ({verdict['teacher']:.0%} with them in the prompt)"
    )
    for name, share in after["earlier"].items():
        yield f"  of {name}: {before['earlier'][name]:.0%} before, {share:.0%} after"
    yield f"  answered though never told: {before['false_memories']:.0%} before, {after['false_memories']:.0%} after"
    yield f"  general prompts as before: {after['anchors']:.0%}"
    yield f"  perplexity on other text: {before['perplexity']:.2f} before, {after['perplexity']:.2f} after"
    for reason in verdict.get("reasons", ()):
        yield f"  rejected: {reason}"
