"""A server on loopback that speaks Anthropic's streaming protocol (POST /v1/messages)."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from tests.real.serving import BrokenOff, serving

ERRORS = {
    "refuse401": (401, "authentication_error", "invalid x-api-key"),
    "overloaded529": (529, "overloaded_error", "Overloaded"),
    "toolong400": (400, "invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum"),
    "missing": (404, "not_found_error", "model: missing"),
}


@dataclass
class AnthropicServer:
    """The running server; the model names of ERRORS, and `break` and `refusal`, misbehave."""

    url: str = ""
    reply: str = "Hello from Anthropic."
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def anthropic_serving() -> Iterator[AnthropicServer]:
    server = AnthropicServer()
    with serving(make_app(server)) as address:
        server.url = address
        yield server


def make_app(server: AnthropicServer) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/messages")
    async def messages(request: Request) -> Response:
        body = await request.json()
        server.requests.append(body)
        server.headers.append(dict(request.headers))
        if body["model"] in ERRORS:
            status, kind, message = ERRORS[body["model"]]
            return JSONResponse({"type": "error", "error": {"type": kind, "message": message}}, status)
        return StreamingResponse(_events(server, body["model"]), media_type="text/event-stream")

    return app


async def _events(server: AnthropicServer, model: str) -> AsyncIterator[str]:
    def event(kind: str, **data: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"

    def delta(index: int, **data: str) -> str:
        return event("content_block_delta", index=index, delta=data)

    start = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": None}
    yield event("message_start", message={**start, "usage": {"input_tokens": 9, "output_tokens": 1}})
    yield event("content_block_start", index=0, content_block={"type": "thinking", "thinking": "", "signature": ""})
    yield delta(0, type="thinking_delta", thinking="Let me think.")
    yield delta(0, type="signature_delta", signature="abc")
    yield event("content_block_stop", index=0)
    yield event("content_block_start", index=1, content_block={"type": "text", "text": ""})
    words = server.reply.split(" ")
    for number, word in enumerate(words):
        yield delta(1, type="text_delta", text=word if number == 0 else f" {word}")
        if model == "break" and number == 1:
            raise BrokenOff
    yield event("content_block_stop", index=1)
    reason = "refusal" if model == "refusal" else "end_turn"
    usage = {"input_tokens": 9, "output_tokens": len(words)}
    yield event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=usage)
    yield event("message_stop")
