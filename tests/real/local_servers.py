"""The model lists of LM Studio, vLLM and llama.cpp on loopback, in the shapes in which these answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from tests.real.serving import serving

Pages = dict[str, Any]

LM_STUDIO: Pages = {
    "/v1/models": {
        "object": "list",
        "data": [
            {"id": "qwen3-4b", "object": "model", "owned_by": "organization_owner"},
            {"id": "text-embedding-nomic-embed-text-v1.5", "object": "model", "owned_by": "organization_owner"},
        ],
    },
    "/api/v0/models/qwen3-4b": {
        "id": "qwen3-4b", "object": "model", "type": "llm", "publisher": "qwen", "arch": "qwen3",
        "compatibility_type": "gguf", "quantization": "Q4_K_M", "state": "loaded", "max_context_length": 32768,
        "loaded_context_length": 16384,
    },
}  # fmt: skip
VLLM: Pages = {
    "/v1/models": {
        "object": "list",
        "data": [
            {"id": "Qwen/Qwen3-4B", "object": "model", "created": 1750000000, "owned_by": "vllm",
             "root": "Qwen/Qwen3-4B", "parent": None, "max_model_len": 40960, "permission": []},
            {"id": "reverie", "object": "model", "created": 1750000000, "owned_by": "vllm", "root": "/adapters/a1",
             "parent": "Qwen/Qwen3-4B", "max_model_len": None, "permission": []},
        ],
    },
}  # fmt: skip
LLAMA_CPP: Pages = {
    "/v1/models": {
        "models": [{"name": "gemma.gguf", "model": "gemma.gguf", "type": "model"}],
        "object": "list",
        "data": [
            {"id": "gemma.gguf", "object": "model", "created": 1750000000, "owned_by": "llamacpp",
             "meta": {"vocab_type": 2, "n_vocab": 262144, "n_ctx_train": 131072, "n_embd": 2560}},
        ],
    },
    "/props": {"default_generation_settings": {"n_ctx": 4096}, "total_slots": 1, "model_path": "gemma.gguf"},
}  # fmt: skip


@contextmanager
def pages_serving(pages: Pages) -> Iterator[str]:
    """Serve JSON pages; yields http://127.0.0.1:PORT/v1."""
    app = FastAPI()

    def answering(value: Any) -> Any:
        async def answer() -> JSONResponse:
            return JSONResponse(value)

        return answer

    for path, value in pages.items():
        app.get(path)(answering(value))
    with serving(app) as address:
        yield f"{address}/v1"
