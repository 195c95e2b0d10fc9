"""Language models through LangChain: names, construction, streams, and errors a person can read.

Importing this package imports no provider: they are imported when a model is built.
"""

from assistant.models.address import is_remote
from assistant.models.discover import Found, discover
from assistant.models.explain import explain
from assistant.models.providers import build_chat_model
from assistant.models.spec import PROVIDERS, ModelSpec, parse_model
from assistant.models.stream import TextPiece, ThinkPiece, UsagePiece, stream_pieces
from assistant.models.window import window_tokens

__all__ = [
    "PROVIDERS",
    "Found",
    "ModelSpec",
    "TextPiece",
    "ThinkPiece",
    "UsagePiece",
    "build_chat_model",
    "discover",
    "explain",
    "is_remote",
    "parse_model",
    "stream_pieces",
    "window_tokens",
]
