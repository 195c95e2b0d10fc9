"""What the tests of several providers share."""

import asyncio
import gc

from assistant.models import TextPiece, ThinkPiece, UsagePiece, build_chat_model, explain, parse_model, stream_pieces
from assistant.settings import AnthropicSettings, OllamaSettings, OpenAISettings, Settings


def settings_for(*, openai="", ollama="", anthropic="", **more):
    return Settings(
        openai=OpenAISettings(base_url=openai),
        ollama=OllamaSettings(base_url=ollama or "http://127.0.0.1:1"),
        anthropic=AnthropicSettings(base_url=anthropic),
        **more,
    )


async def pieces_of(name, settings, messages=(("human", "Hi"),), silence=20.0):
    """All pieces; a provider's exception explained, as the engine does."""
    from langchain_core.messages import convert_to_messages

    spec = parse_model(name)
    model = build_chat_model(spec, settings)
    pieces = []
    try:
        async for piece in stream_pieces(model, convert_to_messages(messages), silence_seconds=silence):
            pieces.append(piece)  # noqa: PERF401  # those before an error count
    except Exception as error:
        explained = explain(error, spec)
        explained.pieces = pieces
        raise explained from error
    return pieces


async def tidied(name, settings):
    """All pieces, and no client of an earlier event loop left to trouble this one."""
    gc.collect()
    pieces = await pieces_of(name, settings)
    await asyncio.sleep(0.01)
    return pieces


def text_of(pieces):
    return "".join(piece.text for piece in pieces if isinstance(piece, TextPiece))


def thought_of(pieces):
    return "".join(piece.text for piece in pieces if isinstance(piece, ThinkPiece))


def usage_of(pieces):
    found = [piece for piece in pieces if isinstance(piece, UsagePiece)]
    assert found == pieces[-1:], "usage is the last piece, once"
    return found[0]
