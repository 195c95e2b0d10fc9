"""The screens in a browser: textual-serve behind a token that is part of every address.

Each window that is opened is a process of its own, as each terminal is. The token is in the path and not in a cookie,
which a browser would send to any other program that listens on this machine.
"""

import hmac
import re
import shlex
import socket
from logging import getLogger

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.server import Server

from assistant.errors import SettingsError
from memory.processes import running

VARIABLE = "REVERIE_SERVE_TOKEN"
_URL_SAFE = re.compile(r"[A-Za-z0-9_-]+")
_HEADERS = {
    # The page of textual-serve would fetch a font from elsewhere, and tell that somebody uses this.
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'unsafe-inline'; font-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws:; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class _Quiet(Server):
    """Says nothing by itself: the command has said what there is to say."""

    async def on_startup(self, app: web.Application) -> None:
        """Nothing."""


def serve(listening: socket.socket, host: str, token: str, *, exposed: bool) -> None:
    """Serve below /TOKEN/ on a bound socket until interrupted. Raises SettingsError for a token that is no path.

    Requests without the token, under another host's name (unless `exposed`), and from pages of elsewhere are refused.
    """
    if not _URL_SAFE.fullmatch(token):
        raise SettingsError(f"{VARIABLE} has to be letters, digits, - and _.", "Without it a token is made.")
    port = listening.getsockname()[1]
    names = None if exposed else frozenset(f"{name}:{port}" for name in (host, "localhost"))
    getLogger("aiohttp").setLevel("WARNING")
    web.run_app(_application(f"{host}:{port}", token, names), sock=listening, print=None, access_log=None)


async def _application(address: str, token: str, names: frozenset[str] | None) -> web.Application:
    command = shlex.join(running("assistant"))
    inner = await _Quiet(command, title="Reverie", public_url=f"http://{address}")._make_app()
    outer = web.Application(middlewares=[_guard(token, names)])
    outer.add_subapp(f"/{token}", inner)
    return outer


def _guard(token: str, names: frozenset[str] | None) -> Middleware:
    expected = token.encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        first = request.path.split("/")[1].encode()
        if not hmac.compare_digest(first, expected):
            raise web.HTTPForbidden(text="The address lacks its token.\n")
        host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
        if (names is not None and host not in names) or (origin is not None and origin != f"http://{host}"):
            raise web.HTTPForbidden(text="Not from here.\n")
        response = await handler(request)
        if not response.prepared:  # a websocket has sent its headers already
            response.headers.update(_HEADERS)
        return response

    return guard
