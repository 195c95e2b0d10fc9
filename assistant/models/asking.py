"""Short questions to model servers on this machine: JSON or nothing, in bounded time and memory, past any proxy."""

import json
import time
from typing import Any

MAX_BYTES = 1_000_000


def ask_json(url: str, deadline: float, *, body: dict[str, Any] | None = None, key: str = "") -> object:
    """The JSON at `url`, or in answer to `body`; None for no answer by `deadline` (of time.monotonic), an error, a
    redirection, something else, or more than 1 MB."""
    import httpx

    left = deadline - time.monotonic()
    if left <= 0:
        return None
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    received = b""
    try:
        # No proxy: it would be asked about its own loopback, not ours.
        with (
            httpx.Client(timeout=left, trust_env=False, headers=headers) as client,
            client.stream("POST" if body else "GET", url, json=body) as response,
        ):
            if response.status_code != httpx.codes.OK:
                return None
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > MAX_BYTES or time.monotonic() > deadline:
                    return None
        return json.loads(received)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError, RecursionError):
        return None


def entries(answer: object, key: str) -> list[dict[str, Any]]:
    """The objects in the list under `key`; none where there is no such list."""
    found = answer.get(key) if isinstance(answer, dict) else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
