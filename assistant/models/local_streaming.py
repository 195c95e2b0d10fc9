"""The text of a local model as it is written, token by token."""

from collections.abc import Callable
from typing import Any


class TokenStreamer:
    """Hands on the text of each token as soon as its characters are complete; one left incomplete is dropped."""

    def __init__(self, tokenizer: Any, emit: Callable[[str], None]) -> None:
        from tokenizers.decoders import DecodeStream

        self._decoder = DecodeStream(skip_special_tokens=True)
        self._tokenizer = tokenizer.backend_tokenizer
        self._emit = emit
        self._begun = False

    def put(self, value: Any) -> None:
        """Called by transformers: with the prompt first, then with each new token."""
        if self._begun:
            for token in value.flatten().tolist():
                self._emit(self._decoder.step(self._tokenizer, token) or "")
        self._begun = True

    def end(self) -> None:
        """Called by transformers after the last token."""


def streamer_of(tokenizer: Any, emit: Callable[[str], None]) -> Any:
    """What transformers hands its tokens to."""
    if getattr(tokenizer, "backend_tokenizer", None) is not None:
        return TokenStreamer(tokenizer, emit)
    from transformers import TextStreamer

    class WordStreamer(TextStreamer):  # type: ignore[misc]
        """For tokenizers written in Python: whole words, which is late where a script has no spaces."""

        def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
            emit(text)

    return WordStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
