"""`reverie bench scale`: makes homes, measures them, prints the table."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.cli.output import say, show, show_json
from memory.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of `reverie bench scale`."""

    sizes: str
    """Numbers of messages, with commas."""
    turns: int
    new: int
    seed: int
    folder: Path | None
    as_json: bool


def bench_scale(wanted: Wanted) -> int:
    """Measure homes of the wanted sizes. Raises InvalidInput for what is no size."""
    from assistant.scale_bench.home import make
    from assistant.scale_bench.made import MadeEmbedder
    from assistant.scale_bench.measure import Asked, measure
    from assistant.scale_bench.report import growths, markdown
    from memory.vectors.embedder import load_embedder

    sizes = _sizes(wanted.sizes)
    made = cache(lambda: MadeEmbedder(load_embedder(), wanted.seed))
    figures = []
    with _folder(wanted.folder) as folder:
        for size in sizes:
            home = folder / str(size)
            make(home, size, wanted.seed, made, say)
            say(f"{size:,}: measuring")
            figures.append(measure(Asked(folder=home, seed=wanted.seed, turns=wanted.turns, new=wanted.new)))
    if wanted.as_json:
        exponents = {what: None if math.isnan(n) else n for what, n in growths(figures).items()}
        show_json({"figures": [asdict(one) for one in figures], "growth": exponents})
    else:
        show(markdown(figures))
    return 0


def _sizes(text: str) -> Sequence[int]:
    parts = [part.strip().replace("_", "") for part in text.split(",")]
    if not all(part.isdecimal() and 100 <= int(part) <= 10_000_000 for part in parts):
        raise InvalidInput(f"{text!r} is no list of sizes.", "For example 1000,10000: from 100 to 10,000,000 messages.")
    return sorted({int(part) for part in parts})


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given.expanduser()
        return
    with TemporaryDirectory(prefix="reverie-scale-") as made:
        yield Path(made)
