"""One stream of pieces, whoever the provider: text, thoughts, and at the end what it cost."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from assistant.errors import ModelError
from assistant.models.thinking import Part, ThinkSplitter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk, BaseMessage

SAY_WHY_THEY_END = frozenset({"openai-chat", "anthropic-chat", "chat-ollama"})
"""LangChain's types of the models whose protocol ends every answer with a reason: without one, the answer broke off."""

REFUSALS = frozenset({"content_filter", "refusal", "safety"})


@dataclass(frozen=True)
class TextPiece:
    """The next piece of the answer, as the model wrote it: untrusted."""

    text: str


@dataclass(frozen=True)
class ThinkPiece:
    """The next piece of the model's reasoning: untrusted."""

    text: str


@dataclass(frozen=True)
class UsagePiece:
    """Exact token counts, the last piece; absent where the provider does not count."""

    prompt_tokens: int
    completion_tokens: int


Piece = TextPiece | ThinkPiece | UsagePiece


async def stream_pieces(
    model: "BaseChatModel", messages: "Sequence[BaseMessage]", *, silence_seconds: float,
    cartridges: "tuple[Path, ...]" = (),
) -> "AsyncGenerator[Piece, None]":  # fmt: skip
    """Send `messages`, yield the answer as it comes. `cartridges` are for local models alone.

    Closing this generator, or cancelling the task that reads it, closes the connection or stops the computation.
    Raises ModelError when nothing at all arrives for `silence_seconds`, when the answer breaks off, is withheld by
    the provider, or is empty; and whatever the provider raises, which `explain` turns into a ModelError.
    """
    reader = _Reader(says_why=model._llm_type in SAY_WHY_THEY_END)
    bound: dict[str, Any] = {"cartridges": cartridges} if cartridges else {}
    source = cast("AsyncGenerator[AIMessageChunk, None]", model.astream(list(messages), **bound))
    async with aclosing(source) as chunks:
        while (chunk := await _next(chunks, silence_seconds)) is not None:
            for piece in reader.read(chunk):
                yield piece
    for piece in reader.finish():
        yield piece


async def _next(chunks: "AsyncIterator[AIMessageChunk]", seconds: float) -> "AIMessageChunk | None":
    """The next chunk, None at the end. Raises ModelError after `seconds` of silence."""
    task = asyncio.current_task()
    assert task is not None
    before = task.cancelling()
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            chunk = await anext(chunks, None)
    except TimeoutError as error:
        if not deadline.expired():
            raise  # the provider's own: explained by its caller
        raise ModelError(
            f"The model was silent for {seconds:g} seconds.",
            "Try again; for a slow machine raise the setting timeout_seconds.",
        ) from error
    if task.cancelling() > before:
        # The libraries below lose a cancellation now and then that comes together with data.
        raise asyncio.CancelledError
    return chunk


class _Reader:
    """Sorts the chunks of one answer."""

    def __init__(self, *, says_why: bool) -> None:
        self._splitter = ThinkSplitter()
        self._says_why = says_why
        self._prompt = self._completion = 0
        self._end = ""
        self._thought = self._spoke = False

    def read(self, chunk: "AIMessageChunk") -> Iterator[Piece]:
        self._note(chunk)
        thought = chunk.additional_kwargs.get("reasoning_content")
        if isinstance(thought, str):
            yield from self._pieces([Part("think", thought)])
        if isinstance(chunk.content, str):
            yield from self._pieces(self._splitter.feed(chunk.content))
            return
        for block in chunk.content_blocks:
            if block["type"] == "text":
                yield from self._pieces(self._splitter.feed(block["text"]))
            elif block["type"] == "reasoning":
                yield from self._pieces([Part("think", block.get("reasoning", ""))])

    def finish(self) -> Iterator[Piece]:
        yield from self._pieces(self._splitter.close())
        if self._end in REFUSALS:
            raise ModelError("The provider withheld the answer (its content filter).", "Say it in other words.")
        if self._says_why and not self._end:
            raise ModelError("The answer broke off before its end.", "Ask again; the part that came is kept.")
        if not self._spoke:
            how = "thought, and gave no answer" if self._thought else "answered with nothing"
            raise ModelError(f"The model {how}.", "Ask again, or choose another model.")
        if self._prompt or self._completion:
            yield UsagePiece(self._prompt, self._completion)

    def _note(self, chunk: "AIMessageChunk") -> None:
        """Usage, and why the answer ended.

        The largest number counts: some servers repeat a running total in every chunk, none sends increments.
        """
        if chunk.usage_metadata:
            self._prompt = max(self._prompt, chunk.usage_metadata["input_tokens"])
            self._completion = max(self._completion, chunk.usage_metadata["output_tokens"])
        for key in ("finish_reason", "stop_reason", "done_reason"):
            self._end = str(chunk.response_metadata.get(key) or self._end).lower()

    def _pieces(self, parts: list[Part]) -> Iterator[TextPiece | ThinkPiece]:
        for part in parts:
            if part.kind == "text" and part.text:
                self._spoke = self._spoke or not part.text.isspace()
                yield TextPiece(part.text)
            elif part.text:
                self._thought = True
                yield ThinkPiece(part.text)
