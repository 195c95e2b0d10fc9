"""Runs an ASGI application on a free loopback port, in a thread."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


class BrokenOff(Exception):
    """Raised in the middle of a response: the connection is closed before its end."""


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve `app`; yields http://127.0.0.1:PORT. Handlers that wait should do so with `until_gone`."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app.state.closing = False
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the test server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        app.state.closing = True
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


async def until_gone(request: Any) -> None:
    """Wait until the client has closed the connection, or the server stops."""
    while not request.app.state.closing and not await request.is_disconnected():
        await asyncio.sleep(0.02)


def free_port() -> int:
    """A loopback port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
