"""The made home and what is told of it: no timings, only that they are of what they say."""

import math
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.cli.scale_bench import Wanted, bench_scale
from assistant.scale_bench.home import make, opened
from assistant.scale_bench.made import MadeEmbedder, messages, news, questions, sentences
from assistant.scale_bench.measure import Figures, Spread, Taken, percentile
from assistant.scale_bench.report import growth, markdown, retrieval_ratio
from memory.errors import InvalidInput
from memory.health import count_rows
from memory.vectors.hashing import HashEmbedder


def test_the_same_seed_makes_the_same_home() -> None:
    assert list(messages(200, 7)) == list(messages(200, 7)) != list(messages(200, 8))
    assert questions(20, 7) == questions(20, 7) and news(20, 7) == news(20, 7)
    assert len(set(messages(500, 7))) == 500


def test_a_message_is_close_to_its_sentence_and_to_no_other() -> None:
    embedder, behind = MadeEmbedder(HashEmbedder(384), 7), HashEmbedder(384)
    texts = list(messages(50, 7))
    vectors = embedder.embed(texts)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors, embedder.embed(texts))
    own = behind.embed([text.partition(". ")[0] for text in texts])
    assert (np.sum(vectors * own, axis=1) > 0.7).all()
    asked = ["What did I say about Ana?"]
    assert np.array_equal(embedder.embed(asked), behind.embed(asked))
    assert len(sentences(7)) == len(set(sentences(7)))


def test_a_home_of_a_size_is_made_once(tmp_path: Path) -> None:
    embedder, told = MadeEmbedder(HashEmbedder(384), 7), list[str]()
    make(tmp_path, 200, 7, lambda: embedder, told.append)
    make(tmp_path, 200, 7, lambda: embedder, told.append)
    assert len(told) == 3
    with closing(opened(tmp_path, lambda: embedder)) as runtime:
        counts = count_rows(runtime.database)
        assert (counts["messages"], counts["memories"]) == (200, 20)
        assert runtime.vectors.pending() == 0
        runtime.vectors.warm()
        assert runtime.vectors.status().vectors == 220
        assert runtime.retriever.search(questions(1, 7)[0], 5, floor=0).hits


def _figures(messages: int, took: float) -> Figures:
    spread, once = Spread(took, took, took, took), Taken(1.0, 1.0)
    return Figures(
        messages=messages, memories=0, index="exact search", turn=spread, retrieval=spread, recall=spread,
        screen=spread, opening=once, warming=once, night=once, backup=once, night_changes=1, resident=messages, disk=1,
    )  # fmt: skip


def test_growth_is_told_as_an_exponent() -> None:
    assert growth([10, 100, 1000], [5, 5, 5]) == pytest.approx(0)
    assert growth([10, 100, 1000], [1, 10, 100]) == pytest.approx(1)
    assert growth([10, 1000], [1, 10]) == pytest.approx(0.5)
    assert math.isnan(growth([10], [1]))
    homes = [_figures(1_000, 5), _figures(10_130, 10), _figures(1_000_130, 25)]
    assert retrieval_ratio(homes, lambda one: one.retrieval.p95) == pytest.approx(2.5)
    assert retrieval_ratio(homes[:1], lambda one: one.retrieval.p95) is None
    told = markdown(homes)
    assert "2.50 times that at 10,000 (at most 3)" in told and "| resident memory | 0 MB |" in told
    assert "n^1.00" in told and replace(homes[0], disk=2).disk == 2


def test_percentiles() -> None:
    assert percentile(list(range(100)), 0.5) == 50 and percentile(list(range(100)), 0.95) == 95


@pytest.mark.parametrize("sizes", ["", "many", "50", "1000,-1", "1e6"])
def test_what_is_no_size_is_refused(sizes: str) -> None:
    with pytest.raises(InvalidInput, match="no list of sizes"):
        bench_scale(Wanted(sizes, 20, 10, 7, None, as_json=False))
