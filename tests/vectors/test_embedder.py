from pathlib import Path

import numpy as np
import pytest

from memory.errors import EmbedderError
from memory.vectors.base import Embedder
from memory.vectors.embedder import check_weights, folder_revision, load_embedder, packaged_model


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    return load_embedder()


def test_the_packaged_model_is_the_published_one() -> None:
    assert (packaged_model() / "model.safetensors").stat().st_size > 80_000_000


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the model")
    with pytest.raises(EmbedderError, match="not the model it should be"):
        check_weights(tmp_path / "model.safetensors", "53aa")
    with pytest.raises(EmbedderError, match="missing"):
        check_weights(tmp_path / "nothing", "53aa")


def test_meaning(minilm: Embedder) -> None:
    assert minilm.identity.dimension == 384 and minilm.identity.name == "all-MiniLM-L6-v2"
    question, answer, other = minilm.embed(["Which city is my home?", "I live in Lyon.", "The soup needs salt."])
    assert question @ answer > question @ other + 0.1
    assert np.allclose(np.linalg.norm(minilm.embed(["a", "b" * 5000, "\ud800", ""]), axis=1), 1, atol=1e-5)
    assert minilm.embed([]).shape == (0, 384)


def test_any_folder_with_a_model(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    base = tmp_path / "base"
    base.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz"]
    (base / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(str(base / "vocab.txt")).save_pretrained(base)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config).save_pretrained(base)
    model = SentenceTransformer(modules=[Transformer(str(base)), Pooling(16)])
    model.save(str(tmp_path / "model"))
    loaded = load_embedder(str(tmp_path / "model"))
    assert loaded.identity.dimension == 16 and loaded.identity.revision == folder_revision(tmp_path / "model")
    assert loaded.embed(["a b c"]).shape == (1, 16)


@pytest.mark.parametrize("name", ["/nowhere/at/all", "nobody/such-model-anywhere"])
def test_a_model_that_cannot_be_had_says_so(name: str) -> None:
    with pytest.raises(EmbedderError) as raised:
        load_embedder(name)
    assert raised.value.hint
