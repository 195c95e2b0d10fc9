"""A server on loopback that speaks Ollama's protocol: /api/tags, /api/show, /api/chat as JSON lines."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from tests.real.serving import BrokenOff, serving, until_gone

MODELS: list[dict[str, Any]] = [
    {"name": "llama3.2:latest", "details": {"family": "llama"}},
    {"name": "nomic-embed-text:latest", "details": {"family": "nomic-bert"}},
    {"name": "gpt-oss:120b-cloud", "details": {"family": "gptoss"}, "remote_host": "https://ollama.com:443"},
    {"name": "bad\x1b[31mname", "details": {"family": "llama"}},
    {"details": None},
]

SHOWN: dict[str, Any] = {
    "parameters": 'stop                           "<|eot_id|>"',
    "template": "{{ .Prompt }}",
    "details": {"format": "gguf", "family": "llama", "parameter_size": "3.2B", "quantization_level": "Q4_K_M"},
    "model_info": {"general.architecture": "llama", "llama.context_length": 131072, "llama.embedding_length": 3072},
    "capabilities": ["completion", "tools"],
}


@dataclass
class OllamaServer:
    """The running server; model names `hang`, `break`, `cut`, `malformed`, `nomemory` misbehave, `missing` is 404."""

    url: str = ""
    reply: str = "Hello from Ollama."
    requests: list[dict[str, Any]] = field(default_factory=list)
    models: list[dict[str, Any]] = field(default_factory=lambda: list(MODELS))
    shown: dict[str, Any] = field(default_factory=lambda: {**SHOWN})
    """What /api/show says of any model but `missing`."""


@contextmanager
def ollama_serving() -> Iterator[OllamaServer]:
    server = OllamaServer()
    with serving(make_app(server)) as address:
        server.url = address
        yield server


def make_app(server: OllamaServer) -> FastAPI:
    app = FastAPI()

    @app.get("/api/tags")
    async def tags() -> dict[str, Any]:
        return {"models": server.models}

    @app.post("/api/show")
    async def show(request: Request) -> Response:
        name = (await request.json())["model"]
        if name == "missing":
            return JSONResponse({"error": f"model '{name}' not found"}, 404)
        return JSONResponse(server.shown)

    @app.post("/api/chat")
    async def chat(request: Request) -> Response:
        body = await request.json()
        server.requests.append(body)
        if body["model"] == "missing":
            return JSONResponse({"error": 'model "missing" not found, try pulling it first'}, 404)
        if body["model"] == "hang":
            await until_gone(request)
        return StreamingResponse(_lines(server, body["model"]), media_type="application/x-ndjson")

    return app


async def _lines(server: OllamaServer, model: str) -> AsyncIterator[str]:
    def line(content: str, **more: Any) -> str:
        message = {"role": "assistant", "content": content}
        return json.dumps({"model": model, "created_at": "2026-05-03T12:00:00Z", "message": message, **more}) + "\n"

    words = server.reply.split(" ")
    for number, word in enumerate(words):
        yield line(word if number == 0 else f" {word}", done=False)
        if number == 1 and model == "break":
            raise BrokenOff
        if number == 1 and model == "malformed":
            yield "{no json\n"
        if number == 1 and model == "nomemory":
            yield json.dumps({"error": "model requires more system memory (9.1 GiB) than is available"}) + "\n"
        if number == 1 and model == "cut":
            return
    counts = {"prompt_eval_count": 11, "eval_count": len(words), "total_duration": 1, "eval_duration": 1}
    yield line("", done=True, done_reason="stop", **counts)
