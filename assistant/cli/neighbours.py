"""`reverie mcp`: the memory for other programs."""

import sys
from contextlib import closing
from threading import Thread

from assistant.cli.output import say
from assistant.errors import MissingExtra


def serve_mcp(*, http: int | None, write: bool) -> int:
    """Serve until the client goes (stdio) or the user interrupts (HTTP). Raises MissingExtra without the SDK."""
    try:
        from assistant.neighbours.mcp_server import serve_stdio
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise MissingExtra("`reverie mcp` needs the package mcp.", "Install it: pip install 'reverie[mcp]'") from error
    if http is not None:
        return _over_http(http, write=write)
    from assistant.runtime import Runtime

    if sys.stdin.isatty():
        say("Speaks the Model Context Protocol on standard input; a client starts it. docs/neighbours.md says how.")
    with closing(Runtime.open()) as runtime:
        Thread(target=runtime.warm, name="warm", daemon=True).start()
        serve_stdio(runtime, write=write)
    return 0


def _over_http(port: int, *, write: bool) -> int:
    from assistant.neighbours.http_guard import HOST, find_token, listen
    from assistant.neighbours.mcp_server import serve_http
    from assistant.runtime import Runtime

    token, fresh = find_token()
    listening = listen(port)
    with closing(listening), closing(Runtime.open()) as runtime:
        say(f"http://{HOST}:{listening.getsockname()[1]}/mcp, {'reading and noting' if write else 'read-only'}")
        if fresh:
            say(f"token: {token}")
        Thread(target=runtime.warm, name="warm", daemon=True).start()
        serve_http(runtime, listening, token, write=write)
    return 0
