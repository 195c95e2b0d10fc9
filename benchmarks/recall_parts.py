"""What the parts of a search cost: `python -m benchmarks.recall_parts [--size 6000]`.

The home and the questions are those of `benchmarks.recall_scale`, searched exactly. A profiler tells which share of a
search each part has; the milliseconds are that share of the processor's time without the profiler, so what is written
in Python looks a little dearer than it is. A part is called as in the ablation of `benchmarks.fit_recall`.
"""

import argparse
import cProfile
import pstats
import random
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.recall_scale import fill, made_up, ours, questions
from benchmarks.report import machine, percentile, table

PARTS = {
    "vectors": ("service.py:search_vector", "gather.py:_add_dense", "gather.py:_complete"),
    "full text": ("gather.py:find_by_terms", "gather.py:_add_words"),
    "the message before and after": ("gather.py:_add_neighbours",),
    "the conversation's best": ("features.py:_session",),
    "who is asked about": ("people.py:of", "asking.py:_who"),
    "the time that is named": ("timing.py:named_time", "anchors.py:anchored", "anchors.py:held_then"),
    "the sort of answer, standing wishes, length": ("gather.py:_traits",),
    "the latest first": ("latest.py:latest_first",),
    "all columns": ("features.py:table",),
    "the sum, the floor": ("model.py:judge",),
    "reading the hits": ("retrieval.py:_load",),
}
"""The functions, whole with all that they call, of each part."""


def shares(profile: cProfile.Profile) -> dict[str, float]:
    """Of each part in all of the searches, 0..1."""
    spent: dict[str, float] = {}
    for (file, _, name), (_, _, _, whole, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        key = f"{Path(file).name}:{name}"
        spent[key] = spent.get(key, 0.0) + whole
    total = spent["retrieval.py:search"]
    return {part: sum(spent.get(name, 0.0) for name in names) / total for part, names in PARTS.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=6_000)
    options = parser.parse_args()
    chance = random.Random(7)
    texts = made_up(options.size, chance)
    asked = questions(texts, chance)
    with tempfile.TemporaryDirectory() as folder, closing(fill(Path(folder), texts, "exact")) as runtime:
        times = [processor for _, processor in ours(runtime, asked)]
        profile = cProfile.Profile()
        profile.enable()
        for question in asked:
            runtime.retriever.search(question, 10)
        profile.disable()
    whole = percentile(times, 0.5)
    print(f"{machine()}\n\n{options.size:,} messages; a search: {whole:.1f} ms, p95 {percentile(times, 0.95):.1f} ms\n")
    rows = sorted(shares(profile).items(), key=lambda row: -row[1])
    print(table(["part", "ms", "share"], [[name, f"{share * whole:.2f}", f"{share:.0%}"] for name, share in rows]))


if __name__ == "__main__":
    main()
