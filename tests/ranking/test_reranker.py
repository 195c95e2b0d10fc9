"""The optional cross-encoder, with a tiny one made here."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import EmbedderError
from memory.ranking.packing import WHOLE, shortened
from memory.ranking.reranker import CrossEncoderReranker, reordered
from memory.retrieval import Retriever
from memory.types import Hit
from memory.vectors.embedder import packaged_model
from memory.vectors.service import Vectors
from tests.ranking.conftest import Say


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of two small layers, with the default embedder's tokenizer."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("cross-encoder")
    torch.manual_seed(3)
    tokenizer = AutoTokenizer.from_pretrained(str(packaged_model()))
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        num_labels=1,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_it_reads_pairs(tiny: Path) -> None:
    reader = CrossEncoderReranker(str(tiny))
    first = reader.scores("Where do I live?", ["I live in Lyon.", "Rain again."])
    assert len(first) == 2 and first[0] != first[1]
    assert reader.scores("Where do I live?", ["Rain again.", "I live in Lyon."]) == pytest.approx(first[::-1], abs=1e-5)


def test_what_is_no_cross_encoder_leaves_the_order_as_it_is(
    database: Database, vectors: Vectors, clock: FixedClock, say: Say, tmp_path: Path
) -> None:
    say("I live in Lyon.", "I like to live well.")
    vectors.work()
    plain = Retriever(database, vectors, clock).search("Where do I live?")
    broken = Retriever(database, vectors, clock, reranker=CrossEncoderReranker(str(tmp_path / "none")))
    found = broken.search("Where do I live?")
    assert [hit.id for hit in found.hits] == [hit.id for hit in plain.hits]
    assert "cannot be loaded" in found.notice
    with pytest.raises(EmbedderError):
        CrossEncoderReranker(str(tmp_path)).scores("a", ["b"])


class Backwards:
    """Likes what comes late in the alphabet."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        self.read = list(texts)
        return [100.0 * ord(text[0]) for text in texts]


def test_it_has_a_say_in_the_order(database: Database, vectors: Vectors, clock: FixedClock, say: Say) -> None:
    say("A dog lives here, a dog.", "Zero dogs here.", "Nothing else.")
    vectors.work()
    reader = Backwards()
    hits = Retriever(database, vectors, clock, reranker=reader).search("dog").hits
    assert hits[0].text == "Zero dogs here." and "A dog lives here, a dog." in reader.read
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_equal_scores_change_nothing() -> None:
    assert reordered([0.3, 0.2, 0.1], [1.0, 1.0, 1.0]) == [0, 1, 2]


def test_of_a_long_message_the_stretch_is_given(vectors: Vectors, retriever: Retriever, say: Say) -> None:
    filler = "The meeting went on about nothing in particular. "
    say(filler * 40 + "The door code of the cabin is 4711. " + filler * 40, "Short.")
    vectors.work()
    hit = retriever.search("What is the door code of the cabin?").hits[0]
    short = shortened(hit)
    assert len(hit.text) > 3_000 and len(short.text) <= WHOLE + 2
    assert "4711" in short.text and short.text.startswith("…") and short.text.endswith("…")
    assert shortened(short) == short


def test_a_short_reply_comes_with_its_question(vectors: Vectors, retriever: Retriever, say: Say) -> None:
    say("Ana: Lovely. What is your favourite book?", "Bram: Dune!")
    vectors.work()
    hits: dict[str, Hit] = {hit.text: hit for hit in retriever.search("What is Bram's favourite book?", floor=0).hits}
    assert hits["Dune!"].replies_to == "What is your favourite book?"
