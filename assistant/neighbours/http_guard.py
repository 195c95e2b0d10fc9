"""The lock on the HTTP doors: a token, compared in constant time, before anything else is read of a request."""

import hmac
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from assistant.errors import SettingsError
from memory.errors import Refused

VARIABLE = "REVERIE_MCP_TOKEN"
HOST = "127.0.0.1"
LEAST_CHARS = 16

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def find_token(variable: str = VARIABLE) -> tuple[str, bool]:
    """The token in force, and whether it was made just now. Raises SettingsError for one that could be guessed."""
    given = os.environ.get(variable, "")
    if not given:
        return secrets.token_urlsafe(32), True
    if len(given) < LEAST_CHARS or not given.isascii() or not given.isprintable() or " " in given:
        raise SettingsError(
            f"{variable} has to be {LEAST_CHARS} or more printable ASCII characters, without spaces.",
            "Without it a token is made for this run.",
        )
    return given, False


def listen(port: int, host: str = HOST) -> socket.socket:
    """A socket on this machine's own address; port 0 takes any that is free. Raises Refused if the port is taken."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # whoever reads the address may connect at once and waits in the queue
    except OSError as error:
        listening.close()
        raise Refused(f"Port {port} of {host} cannot be used ({error.strerror}).", "Choose another one.") from error
    return listening


class TokenRequired:
    """Passes on the requests that carry the token; all others are answered 401."""

    def __init__(self, app: App, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (scope["type"] == "http" and self._is_let_in(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await _refuse(send)

    def _is_let_in(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
        return len(given) == 1 and hmac.compare_digest(given[0], self._expected)


async def _refuse(send: Send) -> None:
    body = b"A bearer token is needed.\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"www-authenticate", b"Bearer"),
    ]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": body})
