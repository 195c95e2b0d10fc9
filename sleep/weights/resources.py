"""Whether a machine can train: memory and disk, before anything is begun."""

import shutil
from pathlib import Path

from sleep.weights.errors import WeightsError

TIMES = 6
"""Twice the weights in single precision, for teacher and student, and room for what a batch needs."""
LEAST = 600_000_000
"""What the libraries themselves take, in bytes."""
DISK = 4
"""Checkpoint, adapter and their copies, as a multiple of what is free to be needed; adapters are small."""


def check(base: str, home: Path) -> None:
    """Raises WeightsError where memory or disk will not do, saying what would."""
    import psutil

    size = weights_size(base)
    need, free = LEAST + TIMES * size, int(psutil.virtual_memory().available)
    if free < need:
        raise WeightsError(
            f"Training {base} needs about {_gb(need)} of memory; {_gb(free)} are free.",
            "Close other programs, or set weights.base to a smaller model (pocket needs under 1 GB).",
        )
    room, wanted = shutil.disk_usage(home).free, 50_000_000 + DISK * size // 10
    if room < wanted:
        raise WeightsError(f"Training {base} needs about {_gb(wanted)} of disk; {_gb(room)} are free.", "Make room.")


def weights_size(base: str) -> int:
    """Bytes of a model's weight files, as if in single precision; 0 where they are not on this machine yet."""
    from sleep.weights.lm import source_of

    files = Path(source_of(base)).glob("*.safetensors")
    return 2 * sum(file.stat().st_size for file in files)


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
