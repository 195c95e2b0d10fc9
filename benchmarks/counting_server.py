"""A language model that counts: an OpenAI-compatible server on loopback, for comparing what programs ask of a model.

It answers every request in the form that its prompt asks for, with what plain rules find in the messages: the same
facts for everyone, so that nobody is asked less because nothing was found. Embeddings are hashes.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from assistant.context import estimate_tokens
from memory.extraction import extract
from memory.types import Message
from memory.vectors.hashing import HashEmbedder


@dataclass
class Counts:
    """What was asked."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    purposes: dict[str, int] = field(default_factory=dict)


def facts_in(text: str) -> list[tuple[str, str]]:
    """(statement, quote) of what rules find in a message."""
    message = Message(
        id="x", number=1, conversation_id="c", parent_id=None, role="user", author="", content=text,
        status="complete", said_at=datetime(2029, 1, 1, tzinfo=UTC), zone="UTC",
    )  # fmt: skip
    return [(memory.text, memory.sources[0].quote) for memory in extract(message)]


def reply(messages: list[dict[str, Any]]) -> tuple[str, str]:
    """(purpose, answer) for a request."""
    system, data = str(messages[0]["content"]), str(messages[-1]["content"])
    wanted = re.findall(r'^\{"(\w+)": \[', system, re.MULTILINE)
    if wanted:  # Reverie's own shapes
        return wanted[-1], json.dumps({wanted[-1]: _facts(data) if wanted[-1] == "facts" else []})
    # mem0: the new messages are the last JSON list of the prompt; it wants {"memory": [{"text": ...}]}
    said = re.findall(r'"content": "((?:[^"\\]|\\.)*)"', data) or [data]
    found = [text for content in said[-2:] for text, _ in facts_in(content)]
    return "memory", json.dumps({"memory": [{"id": str(n), "text": text} for n, text in enumerate(found)]})


def _facts(data: str) -> list[dict[str, Any]]:
    return [
        {"message": int(number), "quote": quote, "text": text, "kind": "fact"}
        for number, content in re.findall(r"^\[(\d+)\] [\d-]+[^:]*: (.*)$", data, re.MULTILINE)
        for text, quote in facts_in(content)
    ]


class _Handler(BaseHTTPRequestHandler):
    counts: Counts
    embedder = HashEmbedder(384)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith("/embeddings"):
            texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
            vectors = self.embedder.embed([str(t) for t in texts])
            rows = [{"object": "embedding", "index": n, "embedding": v.tolist()} for n, v in enumerate(vectors)]
            self._send("application/json", json.dumps({"object": "list", "data": rows, "model": "m", "usage": {}}))
            return
        purpose, text = reply(body["messages"])
        prompt = sum(estimate_tokens(str(m["content"])) for m in body["messages"])
        counts = self.counts
        counts.calls += 1
        counts.prompt_tokens += prompt
        counts.completion_tokens += estimate_tokens(text)
        counts.purposes[purpose] = counts.purposes.get(purpose, 0) + 1
        usage = {"prompt_tokens": prompt, "completion_tokens": estimate_tokens(text), "total_tokens": prompt}
        if body.get("stream"):
            self._send("text/event-stream", "".join(_events(text, usage)))
        else:
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            whole = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
            self._send("application/json", json.dumps({**whole, "usage": usage}))

    def _send(self, kind: str, text: str) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def _events(text: str, usage: dict[str, int]) -> Iterator[str]:
    base = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    parts: list[tuple[dict[str, Any], str | None]] = [({"role": "assistant", "content": text}, None), ({}, "stop")]
    for delta, finish in parts:
        yield f"data: {json.dumps({**base, 'choices': [{'index': 0, 'delta': delta, 'finish_reason': finish}]})}\n\n"
    yield f"data: {json.dumps({**base, 'choices': [], 'usage': usage})}\n\ndata: [DONE]\n\n"


@contextmanager
def counting() -> Iterator[tuple[str, Counts]]:
    """The address of a running server, and what it has counted so far."""
    counts = Counts()
    handler = type("Handler", (_Handler,), {"counts": counts})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", counts
    finally:
        server.shutdown()
        server.server_close()
