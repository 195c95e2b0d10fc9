"""A provider's exception as one line for a person and one line saying what to do.

Known by status code and by class name, not by class: no provider package is imported for it, and the SDKs rename
and wrap each other's exceptions from version to version.
"""

import os
import re
from collections.abc import Iterator

from assistant.errors import ModelError
from assistant.models.address import shown
from assistant.models.spec import ModelSpec
from memory.text import one_line

MAX_CHARS = 300
_SERVERS = {"ollama": "Ollama", "openai": "The model's server", "anthropic": "Anthropic", "local": "The model"}

_TOO_LONG = re.compile(
    r"context.?(length|window|size)|maximum context|exceed.{0,30}context"
    r"|(prompt|input|request).{0,20} too (long|large)",
    re.IGNORECASE,
)
_FILTERED = re.compile(r"content.?(filter|policy|management)|safety system|moderation", re.IGNORECASE)
_NO_CREDIT = re.compile(r"quota|billing|credit|payment", re.IGNORECASE)
_OUT_OF_MEMORY = re.compile(r"out of memory|more system memory|can't allocate|cannot allocate", re.IGNORECASE)

_UNREACHABLE = {"ConnectError", "ConnectTimeout", "ConnectionRefusedError", "gaierror"}
_BROKEN_OFF = {"RemoteProtocolError", "ReadError", "IncompleteRead", "ConnectionResetError", "ConnectionAbortedError",
               "BrokenPipeError", "ChunkedEncodingError"}  # fmt: skip
_MALFORMED = {"JSONDecodeError", "UnicodeDecodeError", "APIResponseValidationError", "DecodingError"}
# What a provider's package stumbles with over data of the wrong shape, if it was indeed the package that stumbled.
_STUMBLES = {"ValidationError", "KeyError", "IndexError", "TypeError", "AttributeError", "ValueError"}
_PACKAGES = ("langchain", "openai", "anthropic", "ollama", "pydantic")

_SECRETS = re.compile(
    r"\b(?:sk|pk|rk|hf|gsk|ghp|xai|lsv2)[-_][\w\-*.]{6,}"
    r"|(?:authorization|x-api-key|api[-_ ]?key|bearer)[\"']?\s*[:=]?\s*[\"']?(?:bearer\s+|basic\s+)?[\w\-.*+/=]{8,}"
    r"|(?<=://)[^/\s@]+@",
    re.IGNORECASE,
)


def explain(error: BaseException, spec: ModelSpec) -> ModelError:
    """What went wrong with the model `spec`, for the user. Never holds a key or a header."""
    if isinstance(error, ModelError):
        return error
    chain = list(_chain(error))
    status = next((code for code in map(_status, chain) if code), 0)
    said = " ".join(f"{_message(one)} {getattr(one, 'code', '')}" for one in chain)
    for about in (_by_words, _by_status, _by_kind):
        found = about(spec, status, said, chain)
        if found is not None:
            return found
    return ModelError(f"{spec}: {_first_line(error)}", "The log has more; `reverie doctor` checks the model.")


def _by_words(spec: ModelSpec, status: int, said: str, chain: list[BaseException]) -> ModelError | None:
    """What the provider says in words, whatever the status it says it with."""
    if status in (401, 403, 404):
        return None
    if status == 413 or _TOO_LONG.search(said) or _named(chain, {"ContextOverflowError"}):
        return ModelError(
            f"The conversation is longer than {spec} can read.",
            "Start a new conversation, or set context_tokens to the model's true window.",
        )
    if _OUT_OF_MEMORY.search(said):
        return ModelError(
            f"There is not enough memory for {spec}.", "Choose a smaller model, or close what else uses memory."
        )
    if status == 402 or (status in (400, 429) and _NO_CREDIT.search(said)):
        return ModelError(f"{_server(spec)} says that the account has no credit left.", "Check the account's billing.")
    if status in (0, 400, 422) and _FILTERED.search(said):
        return ModelError("The provider's content filter refused the message.", "Say it in other words.")
    return None


def _by_status(spec: ModelSpec, status: int, said: str, chain: list[BaseException]) -> ModelError | None:
    server, where = _server(spec), _where(chain)
    if status in (401, 403):
        return ModelError(f"{server} refused the key ({status}).", f"Check {_key_setting(spec)}.")
    if status == 404:
        return _not_found(spec, where)
    if status == 429:
        return ModelError(f"{server} has had too many requests (429).", "Wait a minute, then ask again.")
    if status in (408, 504):
        return ModelError(f"{server} took too long ({status}).", "Ask again.")
    if status >= 500:
        return ModelError(f"{server} failed ({status}).", f"It is a fault on its side{where}: ask again in a while.")
    if status >= 400:
        return ModelError(f"{server} refused the request ({status}): {_first_line(chain[0])}")
    return None


def _by_kind(spec: ModelSpec, status: int, said: str, chain: list[BaseException]) -> ModelError | None:
    """What happened to the connection or to the data."""
    server, where = _server(spec), _where(chain)
    if re.search(r"certificate", said, re.IGNORECASE):
        return ModelError(f"{server}{where} has a certificate that is not trusted.", "Check the address and the clock.")
    if _named(chain, _UNREACHABLE):
        return _unreachable(spec, where)
    if _named(chain, _BROKEN_OFF):
        return ModelError("The answer broke off before its end.", "Ask again; the part that came is kept.")
    if any("Timeout" in name for one in chain for name in _names(one)):
        return ModelError(f"{server}{where} was silent for too long.", "Ask again, or raise timeout_seconds.")
    if _named(chain, {"ConnectionError", "APIConnectionError"}):
        return _unreachable(spec, where)
    if _named(chain, _MALFORMED) or (_named(chain[:1], _STUMBLES) and _raised_in_package(chain[0])):
        return ModelError(
            f"{server}{where} sent something that could not be understood.",
            "Check that the address is that of a model's server, and that the server is up to date.",
        )
    return None


def _unreachable(spec: ModelSpec, where: str) -> ModelError:
    if spec.provider == "ollama":
        return ModelError(f"Ollama does not answer{where}.", "Start it with `ollama serve`.")
    hint = "Check the network." if spec.provider == "anthropic" else "Check that it runs, and the address in base_url."
    return ModelError(f"{_server(spec)} does not answer{where}.", hint)


def _not_found(spec: ModelSpec, where: str) -> ModelError:
    if spec.provider == "ollama":
        return ModelError(
            f"Ollama has no model {spec.name}.",
            f"`ollama pull {spec.name}` gets it; `ollama list` shows what is there.",
        )
    return ModelError(
        f"{_server(spec)} knows no model {spec.name}, or serves none{where} (404).",
        "Check the model's name" + (", and that base_url ends with /v1." if spec.provider == "openai" else "."),
    )


def _server(spec: ModelSpec) -> str:
    return _SERVERS.get(spec.provider, "The model")


def _key_setting(spec: ModelSpec) -> str:
    if spec.provider == "ollama":
        return "whether this server wants you to sign in (`ollama signin`)"
    return f"the environment variable that the setting {spec.provider}.api_key_env names"


def _where(chain: list[BaseException]) -> str:
    """` at http://...` from the request that failed, where the exception keeps it."""
    for one in chain:
        try:
            url = getattr(getattr(one, "request", None), "url", None)
        except RuntimeError:  # httpx: the exception was made without a request
            continue
        if url is not None:
            host = re.match(r"[^:]+://[^/]+", str(url))
            return f" at {shown(host[0])}" if host else ""
    return ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what it came from, the outermost first."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _status(error: BaseException) -> int:
    """The HTTP status that the exception carries; 0 for none (Ollama's -1 is none, too)."""
    code = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return code if isinstance(code, int) and code >= 400 else 0


def _names(error: BaseException) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]


def _named(chain: list[BaseException], names: set[str]) -> bool:
    return any(name in names for one in chain for name in _names(one))


def _raised_in_package(error: BaseException) -> bool:
    """Whether it was raised inside a provider's package, and not in code of ours."""
    trace, module = error.__traceback__, ""
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        trace = trace.tb_next
    return module.startswith(_PACKAGES)


def _message(error: BaseException) -> str:
    """What the exception says; the SDKs bury the provider's own words in a body."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    words = inner.get("message") if isinstance(inner, dict) else inner
    return str(words) if words else str(error)


def _first_line(error: BaseException) -> str:
    text = next((line for line in _message(error).splitlines() if line.strip()), "") or type(error).__name__
    return one_line(scrub(text), MAX_CHARS)


def scrub(text: str) -> str:
    """`text` without keys: whatever looks like one, and the value of every variable that holds one."""
    for name, value in os.environ.items():
        if name.upper().endswith(("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")) and len(value) >= 8:
            text = text.replace(value, "…")
    return _SECRETS.sub("…", text)
