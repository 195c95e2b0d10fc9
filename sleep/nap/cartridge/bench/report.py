"""The tables of a comparison."""

from collections.abc import Sequence
from statistics import mean

from sleep.nap.cartridge.bench.campaign import ARMS, Seed, Trial
from sleep.nap.cartridge.bench.talk import Way

HEAD = ("", "right", "false", "tokens", "ms an answer", "seconds a nap", "bytes", "of the text's")


def markdown(seeds: Sequence[Seed]) -> str:
    """A table of the arms, means over seeds, whether the goals are reached, and what a purge leaves."""
    lines = [HEAD, ("---",) * len(HEAD), *(_row([t for s in seeds for t in s.trials if t.arm == arm]) for arm in ARMS)]
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    return "\n\n".join([f"Seeds: {len(seeds)}", table, goals(seeds), _purges(seeds)])


def _row(trials: Sequence[Trial]) -> tuple[str, ...]:
    first = trials[0]
    row = (
        first.arm,
        f"{mean(t.right for t in trials):.1%}",
        f"{mean(t.false for t in trials):.1%}",
        f"{mean(t.tokens for t in trials):.0f}" if first.arm != "dropped" else "",
        f"{mean(t.answer_ms for t in trials):.1f}",
    )
    if not first.bytes:
        return (*row, "", "", "")
    share = sum(t.bytes for t in trials) / sum(t.bytes_replaced for t in trials)
    naps = f"{mean(t.nap_seconds for t in trials):.0f}" if first.nap_seconds else ""
    return (*row, naps, f"{mean(t.bytes for t in trials):,.0f}", f"{share:.0%}")


def goals(seeds: Sequence[Seed]) -> str:
    """What the cartridges come to against the ceiling and against dropping, and how answers slow down with passes."""
    right = {arm: mean(t.right for s in seeds for t in s.trials if t.arm == arm) for arm in ARMS}
    times = {arm: mean(t.answer_ms for s in seeds for t in s.trials if t.arm == arm) for arm in ARMS}
    trained = [name for name, arm in ARMS.items() if arm.way is Way.CARTRIDGE and arm.passes]
    lines = [
        f"- {name}: {right[name] / right['everything']:.2f} of the ceiling (goal 0.8), "
        f"{right[name] - right['dropped']:+.2f} against dropping (goal +0.6)"
        for name in trained
    ]
    ratio = max(times[name] for name in trained) / min(times[name] for name in trained)
    return "\n".join([*lines, f"- the slowest N answers in {ratio:.3f} times the time of the fastest (goal 1.05)"])


def _purges(seeds: Sequence[Seed]) -> str:
    found = [seed.purge for seed in seeds]
    return (
        f"Purged {found[0].facts} statements of a part: answered right {mean(p.before for p in found):.0%} before, "
        f"{mean(p.after for p in found):.0%} after; the others {mean(p.others_before for p in found):.0%} before, "
        f"{mean(p.others_after for p in found):.0%} after; {mean(p.seconds for p in found):.0f} s."
    )
