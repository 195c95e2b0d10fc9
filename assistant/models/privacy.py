"""Nothing is told to third parties: what the libraries below would send by themselves is switched off."""

import os

from assistant.models.address import is_loopback, split

_OFF = {
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
# The old switches make LangChain raise when the new one is off, and the gateway would carry prompts past the
# address in the settings.
_AWAY = ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER", "LANGSMITH_GATEWAY")


def switch_off_telemetry() -> None:
    """No LangSmith tracing or gateway, no Hugging Face telemetry, whatever the environment says.

    Call it before the libraries are imported: they read these variables once.
    """
    os.environ.update(_OFF)
    for name in _AWAY:
        os.environ.pop(name, None)


def keep_from_proxies(url: str) -> None:
    """Requests to a server on this machine go straight to it, though a proxy be set for everything else."""
    parts = split(url)
    if parts is None or not parts.hostname or not is_loopback(url):
        return
    # Both spellings say the same afterwards: where only one were set, it would hide the other.
    hosts = [host for name in ("NO_PROXY", "no_proxy") for host in os.environ.get(name, "").split(",") if host]
    together = ",".join(dict.fromkeys([*hosts, parts.hostname]))
    os.environ.update(NO_PROXY=together, no_proxy=together)
