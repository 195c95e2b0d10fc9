"""Adapters in words: their status, what the gate said of them, what they asked themselves."""

from collections.abc import Iterator, Mapping, Sequence

from memory.weights import Adapter, AdapterItem, AdapterStatus

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


def by_memory(items: Sequence[AdapterItem]) -> Mapping[str, list[AdapterItem]]:
    """Each question once, below the memory that answers it, the plainest wordings first."""
    found: dict[str, list[AdapterItem]] = {}
    for item in sorted(items, key=lambda i: len(i.question)):
        for memory in item.memories[:1]:
            found.setdefault(memory, []).append(item)
    return found
