"""Adapters as rows, for people and for programs."""

from collections.abc import Iterator
from typing import Any

from assistant.cli.output import instant
from memory.weights import Adapter, AdapterStatus

_IN_USE = (AdapterStatus.ACTIVE, AdapterStatus.IDLE)


def state(adapter: Adapter) -> str:
    """Its status in a word, with `dirty` where something that it learned has changed and it could still be used."""
    return f"{adapter.status}, dirty" if adapter.dirty and adapter.status in _IN_USE else str(adapter.status)


def is_alignment(adapter: Adapter) -> bool:
    """Whether it learned preferences rather than memories."""
    return "manner" in adapter.manifest


def recall_of(adapter: Adapter) -> str:
    """What the gate found it to recall; of an alignment how many held-out pairs it gets right."""
    after = adapter.metrics["verdict"]["after"]
    return f"{after['preferred'] if is_alignment(adapter) else after['recall']:.0%}"


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


def verdict_lines(adapter: Adapter) -> Iterator[str]:
    """What the gate said of an adapter."""
    verdict = adapter.metrics.get("verdict", {})
    before, after = verdict.get("before", {}), verdict.get("after", {})
    seconds = adapter.metrics.get("seconds", 0)
    what = "preferences" if is_alignment(adapter) else "memories"
    yield f"{adapter.short_id}: {state(adapter)}, {len(adapter.facts)} {what}, {seconds:g} s"
    if not after:
        return
    if is_alignment(adapter):
        shares = f"{before['preferred']:.0%} before, {after['preferred']:.0%} after"
        yield f"  the better answer is the likelier one: {shares}"
    else:
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
