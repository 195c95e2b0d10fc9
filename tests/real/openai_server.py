"""An OpenAI-compatible server on loopback. What it does is chosen by the model's name:

tiny             a real transformers model writes (noise)
scripted         streams `server.reply`: a text, or a function from the request's messages to a text
scripted:TEXT    streams TEXT
slow             the same as scripted, forever and slowly: for cancelling
think            thoughts as `reasoning_content`, then server.reply
hang             takes the request and never says a word
stall            says one word and then nothing more
break            closes the connection in the middle of the answer
cut              ends the answer without saying that it has ended
malformed        sends chunks that are no JSON
misshapen        sends JSON of another shape
empty            an answer without a word
filtered         stops with finish_reason content_filter
refuse401, busy429, toolong400, nocredit429, error500
anything else    404
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from tests.real.serving import BrokenOff, serving, until_gone

Reply = str | Callable[[list[dict[str, Any]]], str]

ERRORS: dict[str, tuple[int, dict[str, str]]] = {
    "refuse401": (401, {"message": "Incorrect API key provided: sk-secret-1234567890.", "code": "invalid_api_key"}),
    "busy429": (429, {"message": "Rate limit reached.", "code": "rate_limit_exceeded"}),
    "nocredit429": (429, {"message": "You exceeded your current quota.", "code": "insufficient_quota"}),
    "toolong400": (
        400,
        {"message": "This model's maximum context length is 4096 tokens.", "code": "context_length_exceeded"},
    ),
    "error500": (500, {"message": "The server had an error.", "code": "server_error"}),
}
STREAMS = (
    "tiny", "scripted", "slow", "think", "hang", "stall", "break", "cut", "malformed", "misshapen", "empty", "filtered",
)  # fmt: skip


@dataclass
class OpenAIServer:
    """The running server. `requests` holds the JSON of every chat request, `headers` their headers."""

    url: str = ""
    reply: Reply = "Hello from the server."
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    disconnects: int = 0
    """How many answers the client did not wait for."""

    def reset(self) -> None:
        self.reply = "Hello from the server."
        self.requests.clear()
        self.headers.clear()
        self.disconnects = 0

    def says(self, body: dict[str, Any]) -> str:
        """The scripted answer to a request."""
        model = body["model"]
        if model.startswith("scripted:"):
            return str(model.removeprefix("scripted:"))
        return self.reply if isinstance(self.reply, str) else self.reply(body["messages"])


@contextmanager
def openai_serving(tiny: Path | None = None) -> Iterator[OpenAIServer]:
    """Run the server; `tiny` is the folder of the model that "tiny" runs."""
    server = OpenAIServer()
    app = make_app(server, tiny)
    with serving(app) as address:
        server.url = f"{address}/v1"
        yield server


def make_app(server: OpenAIServer, tiny: Path | None) -> FastAPI:
    app = FastAPI()

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        names = [*STREAMS, "text-embedding-tiny"]
        return {"object": "list", "data": [{"id": name, "object": "model"} for name in names]}

    @app.post("/v1/chat/completions")
    async def complete(request: Request) -> Response:
        body = await request.json()
        server.requests.append(body)
        server.headers.append(dict(request.headers))
        model = body["model"]
        if model in ERRORS:
            status, error = ERRORS[model]
            return JSONResponse({"error": error}, status)
        if model not in STREAMS and not model.startswith("scripted:"):
            return JSONResponse({"error": {"message": f"The model {model} does not exist."}}, 404)
        if model == "hang":
            await until_gone(request)
            server.disconnects += 1
            return Response(status_code=503)
        return StreamingResponse(_events(server, request, body, tiny), media_type="text/event-stream")

    return app


async def _events(
    server: OpenAIServer, request: Request, body: dict[str, Any], tiny: Path | None
) -> AsyncIterator[str]:
    model, count = body["model"], 0
    yield _chunk(body, {"role": "assistant", "content": ""})
    try:
        async for delta in _deltas(server, body, tiny):
            count += 1
            yield _chunk(body, delta)
            if model == "stall":
                await until_gone(request)
                return
            if model in ("break", "cut") and count == 3:
                break
    except asyncio.CancelledError:
        server.disconnects += 1
        raise
    if model == "break":
        raise BrokenOff
    if model == "malformed":
        yield "data: {this is no json\n\n"
    if model == "misshapen":
        yield f"data: {json.dumps({'id': 'x', 'choices': [{'delta': 'a string'}]})}\n\n"
    if model == "cut":
        return
    yield _chunk(body, {}, finish="content_filter" if model == "filtered" else "stop")
    if (body.get("stream_options") or {}).get("include_usage"):
        usage = {"prompt_tokens": _words(body), "completion_tokens": count, "total_tokens": _words(body) + count}
        yield _chunk(body, None, usage=usage)
    yield "data: [DONE]\n\n"


async def _deltas(server: OpenAIServer, body: dict[str, Any], tiny: Path | None) -> AsyncIterator[dict[str, str]]:
    model = body["model"]
    if model in ("empty", "filtered"):
        return
    if model == "tiny":
        assert tiny is not None, "this server was started without a model"
        async for text in _generate(tiny, body):
            yield {"content": text}
        return
    if model == "think":
        for word in ("Let me ", "think."):
            yield {"reasoning_content": word}
    for number, word in enumerate(_split(server.says(body))):
        await asyncio.sleep(0.05 if model == "slow" and number else 0)
        yield {"content": word}
    while model == "slow":
        await asyncio.sleep(0.05)
        yield {"content": "and so on "}


def _split(text: str) -> Iterator[str]:
    """Pieces of three characters: marks and tags are cut across them."""
    for start in range(0, len(text), 3):
        yield text[start : start + 3]


async def _generate(folder: Path, body: dict[str, Any]) -> AsyncIterator[str]:
    from threading import Thread

    import torch
    from transformers import AsyncTextIteratorStreamer, AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    prompt = tokenizer.apply_chat_template(body["messages"], tokenize=False, add_generation_prompt=True)
    inputs = tokenizer(prompt, return_tensors="pt", add_special_tokens=False)
    streamer = AsyncTextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
    torch.manual_seed(3)
    options = {"max_new_tokens": 48, "min_new_tokens": 24, "do_sample": True, "streamer": streamer}
    Thread(target=model.generate, kwargs={**inputs, **options}, daemon=True).start()
    async for text in streamer:
        if text:
            yield text


def _chunk(
    body: dict[str, Any],
    delta: dict[str, str] | None,
    *,
    finish: str | None = None,
    usage: dict[str, int] | None = None,
) -> str:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
    return f"data: {json.dumps({**chunk, 'choices': choices, 'usage': usage})}\n\n"


def _words(body: dict[str, Any]) -> int:
    return sum(len(str(message["content"]).split()) for message in body["messages"])
