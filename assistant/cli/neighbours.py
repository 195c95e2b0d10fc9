"""`reverie mcp`, the memory for other programs, and `reverie serve`, the chat for a browser."""

import sys
from contextlib import closing
from threading import Thread
from typing import TYPE_CHECKING

from assistant.cli.output import say
from assistant.errors import MissingExtra
from assistant.logfile import logging_to
from memory.errors import Refused

if TYPE_CHECKING:
    from assistant.runtime import Runtime


def serve_mcp(*, http: int | None, write: bool) -> int:
    """Serve until the client goes (stdio) or the user interrupts (HTTP). Raises MissingExtra without the SDK."""
    try:
        from assistant.neighbours.mcp_server import serve_stdio
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise MissingExtra("`reverie mcp` needs the package mcp.", "Install it: pip install 'reverie[mcp]'") from error
    from assistant.runtime import Runtime

    with closing(Runtime.open()) as runtime, logging_to(runtime.paths.log):
        if http is not None:
            return _over_http(runtime, http, write=write)
        if sys.stdin.isatty():
            say("Speaks the Model Context Protocol on standard input; a client starts it. docs/neighbours.md says how.")
        Thread(target=runtime.warm, name="warm", daemon=True).start()
        serve_stdio(runtime, write=write)
    return 0


def _over_http(runtime: "Runtime", port: int, *, write: bool) -> int:
    from assistant.neighbours.http_guard import HOST, find_token, listen
    from assistant.neighbours.mcp_server import serve_http

    token, fresh = find_token()
    with closing(listen(port)) as listening:
        say(f"http://{HOST}:{listening.getsockname()[1]}/mcp, {'reading and noting' if write else 'read-only'}")
        if fresh:
            say(f"token: {token}")
        Thread(target=runtime.warm, name="warm", daemon=True).start()
        serve_http(runtime, listening, token, write=write)
    return 0


def serve_web(host: str, port: int, *, exposed: bool) -> int:
    """Serve the chat until interrupted. Raises MissingExtra without textual-serve, Refused for a host that is open."""
    from assistant.models.address import is_loopback

    shown = f"[{host}]" if ":" in host else host
    if not is_loopback(f"http://{shown}") or shown in ("0.0.0.0", "[::]"):
        if not exposed:
            raise Refused(
                f"{host} can be reached from other machines, and whoever has the address has all you told Reverie.",
                "Leave out --host, or tunnel with ssh. --exposed does it all the same, in clear.",
            )
        say("Open to the network: everything you read and write here goes over it in clear.")
    try:
        from assistant.neighbours.web import VARIABLE, serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("textual_serve", "aiohttp", "aiohttp_jinja2", "jinja2"):
            raise
        message = "`reverie serve` needs the package textual-serve."
        raise MissingExtra(message, "Install it: pip install 'reverie[serve]'") from error
    from assistant.neighbours.http_guard import find_token, listen

    token, _ = find_token(VARIABLE)
    with closing(listen(port, host)) as listening:
        say("Whoever opens this address has the whole of your Reverie: reads, writes, deletes. Keep it to yourself.")
        say(f"http://{shown}:{listening.getsockname()[1]}/{token}/   ctrl+c ends it, and every chat in it")
        serve(listening, shown, token, exposed=exposed)
    return 0
