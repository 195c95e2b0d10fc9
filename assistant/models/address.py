"""Where a model is reached, and whether that is this machine."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from assistant.models.spec import ModelSpec
from assistant.settings import Settings

OPENAI_URL = "https://api.openai.com/v1"
ANTHROPIC_URL = "https://api.anthropic.com"


def base_url(spec: ModelSpec, settings: Settings) -> str:
    """The address that this model's requests go to; empty for models that run in this process.

    Always said outright to the provider's package, which would else heed environment variables of its own
    (`OPENAI_BASE_URL`, `LANGSMITH_GATEWAY` ...) and talk to another machine than the settings name.
    """
    match spec.provider:
        case "openai":
            return _with_scheme(settings.openai.base_url) or OPENAI_URL
        case "anthropic":
            return _with_scheme(settings.anthropic.base_url) or ANTHROPIC_URL
        case "ollama":
            return _with_scheme(settings.ollama.base_url)
        case _:
            return ""


def is_remote(spec: ModelSpec, settings: Settings) -> bool:
    """Whether what the model is given leaves this machine. A machine on the same local network is another machine.

    A server on this machine that forwards to another is not seen through, but for Ollama's cloud models, which it
    marks in their names.
    """
    if spec.provider == "ollama" and runs_in_ollama_cloud(spec.name):
        return True
    url = base_url(spec, settings)
    return bool(url) and not is_loopback(url)


def runs_in_ollama_cloud(name: str) -> bool:
    """Ollama forwards models tagged `cloud` (`gpt-oss:120b-cloud`) to its own servers."""
    tag = name.rpartition(":")[2].lower() if ":" in name else ""
    return tag == "cloud" or tag.endswith("-cloud")


def is_loopback(url: str) -> bool:
    """Whether `url` names this very machine. A name that only the network could resolve counts as another."""
    parts = split(url)
    if parts is None:
        return False
    if parts.scheme in ("unix", "http+unix"):
        return True
    host = (parts.hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


def split(url: str) -> SplitResult | None:
    """The parts of an address; None where it is none."""
    try:
        parts = urlsplit(_with_scheme(url))
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    return parts


def shown(url: str) -> str:
    """An address fit to be shown: without user, password, query."""
    parts = split(url)
    if parts is None or not parts.hostname:
        return "its address"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def _with_scheme(url: str) -> str:
    url = url.strip()
    return url if not url or "://" in url or url.startswith("unix:") else f"http://{url}"
