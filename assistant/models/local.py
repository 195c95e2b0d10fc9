"""`local:` models: transformers in this process, as a LangChain chat model.

langchain-huggingface's ChatHuggingFace was looked at first. Over a local pipeline its `_astream` calls the hub's
`async_client`, which a pipeline lacks; its synchronous stream cannot be stopped, hangs for a minute when the
generation raises (the exception dies in its thread), demands that the last message be the user's, needs a chat
template, and counts no tokens. Hence this class.

Imported only when such a model is built.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import agenerate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from assistant.errors import ModelError
from assistant.models.local_loading import Loaded, load
from assistant.models.local_streaming import streamer_of
from assistant.models.prefixed import Prefixer
from assistant.models.thinking import OPEN, StopFilter
from sleep.disarm import Marks

HEARTBEAT_SECONDS = 5.0
"""An empty chunk is sent this often while the model loads or reads a long prompt: it is at work, not silent."""

_ROLES = {"system": "system", "human": "user", "ai": "assistant"}
_PLAIN_STOPS = ("\nUser:", "\nSystem:", "\nAssistant:")


@dataclass(frozen=True)
class _Outcome:
    """How a generation ended, with exact counts."""

    prompt_tokens: int
    completion_tokens: int
    reason: str

    def usage(self) -> UsageMetadata:
        total = self.prompt_tokens + self.completion_tokens
        return UsageMetadata(input_tokens=self.prompt_tokens, output_tokens=self.completion_tokens, total_tokens=total)


class LocalChatModel(BaseChatModel):
    """A folder or hub model run by transformers. Loads at the first call, in a thread; one generation at a time.

    Closing or cancelling the asynchronous stream stops the generation after the token it is at. `cartridges`, a tuple
    of folders given with a call (`bind`), stand before everything that is read (assistant.models.prefixed).
    """

    source: str
    device: str = "auto"
    max_new_tokens: int = 1024
    temperature: float | None = None
    adapters: Callable[[], tuple[Path, ...]] = tuple
    """The adapters in force, the lowest first; asked before every answer, so that a new one needs no restart."""

    _lock: Any = PrivateAttr(default_factory=threading.Lock)
    _loaded: Loaded | None = PrivateAttr(default=None)
    _folded: tuple[Path, ...] = PrivateAttr(default=())
    _prefixer: Prefixer = PrivateAttr(default_factory=Prefixer)

    @property
    def _llm_type(self) -> str:
        return "reverie-local"

    @property
    def where(self) -> str:
        """Device, number format and the reason for it; empty until the model is loaded."""
        return self._loaded.where if self._loaded else ""

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        pieces: list[str] = []
        outcome = self._run(messages, stop or [], pieces.append, threading.Event(), kwargs.get("cartridges", ()))
        message = AIMessage(
            "".join(pieces), usage_metadata=outcome.usage(), response_metadata={"finish_reason": outcome.reason}
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, run_manager, **kwargs))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        stopped = threading.Event()
        arrivals = self._start(messages, stop or [], stopped, kwargs.get("cartridges", ()))
        try:
            while True:
                try:
                    item = await asyncio.wait_for(arrivals.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    item = ""
                if isinstance(item, BaseException):
                    raise item
                chunk = _chunk(item)
                if run_manager and chunk.text:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
                if isinstance(item, _Outcome):
                    return
        finally:
            stopped.set()

    def _start(
        self, messages: list[BaseMessage], stop: list[str], stopped: threading.Event, cartridges: tuple[Path, ...]
    ) -> "asyncio.Queue[str | _Outcome | BaseException]":
        """Generate in a thread; what it writes arrives in the queue, then how it ended or what it raised."""
        loop = asyncio.get_running_loop()
        arrivals: asyncio.Queue[str | _Outcome | BaseException] = asyncio.Queue()

        def put(item: str | _Outcome | BaseException) -> None:
            try:
                loop.call_soon_threadsafe(arrivals.put_nowait, item)
            except RuntimeError:  # the loop is closed: nobody reads any more
                stopped.set()

        def work() -> None:
            try:
                put(self._run(messages, stop, put, stopped, cartridges))
            except BaseException as error:  # raised again where the stream is read
                put(error)

        threading.Thread(target=work, name="local-model", daemon=True).start()
        return arrivals

    def _run(
        self,
        messages: list[BaseMessage],
        stop: list[str],
        emit: Callable[[str], None],
        stopped: threading.Event,
        cartridges: tuple[Path, ...],
    ) -> _Outcome:
        """Load if need be, generate, hand each piece of text to `emit`. Blocks. Raises ModelError."""
        with self._lock:
            wanted = self.adapters()
            if self._loaded is None or wanted != self._folded:
                self._loaded, self._folded = load(self.source, self.device, wanted), wanted
            if stopped.is_set():
                return _Outcome(0, 0, "stopped")
            reader, before = self._prefixer.attached(self._loaded.model, cartridges, self.source, wanted)
            return self._write(self._loaded, reader, before, messages, stop, emit, stopped)

    def _write(
        self,
        loaded: Loaded,
        reader: Any,
        before: int,
        messages: list[BaseMessage],
        stop: list[str],
        emit: Callable[[str], None],
        stopped: threading.Event,
    ) -> _Outcome:
        import torch

        prompt, plain = render(loaded.tokenizer, messages)
        inputs = loaded.tokenizer(prompt, add_special_tokens=plain, return_tensors="pt").to(loaded.model.device)
        read = int(inputs["input_ids"].shape[1])
        budget = self._budget(before + read, loaded.window)
        if prompt.rstrip().endswith(OPEN):
            emit(OPEN)  # the template opened the thoughts, the model will only close them
        marks = StopFilter((*stop, *(_PLAIN_STOPS if plain else ())))

        def passed(text: str) -> None:
            if out := marks.feed(text):
                emit(out)

        def ended(ids: Any, scores: Any, **kwargs: Any) -> Any:
            done = stopped.is_set() or marks.stopped
            return torch.full((ids.shape[0],), done, dtype=torch.bool, device=ids.device)

        with torch.inference_mode():
            output = reader.generate(
                input_ids=inputs["input_ids"],
                attention_mask=inputs["attention_mask"],
                max_new_tokens=budget,
                pad_token_id=_pad(loaded.tokenizer),
                streamer=streamer_of(loaded.tokenizer, passed),
                stopping_criteria=[ended],
                **self._sampling(),
            )
        if rest := marks.close():
            emit(rest)
        written = int(output.shape[1]) - read
        return _Outcome(read, written, _reason(written, budget, stopped.is_set(), marks.stopped))

    def _budget(self, read: int, window: int | None) -> int:
        """How many tokens may be written. Raises ModelError when the prompt leaves no room for any."""
        if window is None:
            return self.max_new_tokens
        if read >= window:
            raise ModelError(
                f"The conversation has {read} tokens, and {self.source} reads {window} at the most.",
                f"Start a new conversation, or set context_tokens to {window}.",
            )
        return min(self.max_new_tokens, window - read)

    def _sampling(self) -> dict[str, Any]:
        """Without a temperature, what the model's own generation_config says."""
        if self.temperature is None:
            return {}
        if self.temperature == 0:
            return {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        return {"do_sample": True, "temperature": self.temperature}


def render(tokenizer: Any, messages: Sequence[BaseMessage]) -> tuple[str, bool]:
    """The prompt, and whether it is the plain one for models without a chat template.

    No message can begin a turn: the format's marks are parted in what is said. Templates that know no system role, or
    want user and assistant to take turns, get the messages merged to suit.
    """
    from jinja2 import TemplateError

    turns = Marks.of(tokenizer).disarmed([{"role": _ROLES.get(m.type, "user"), "content": m.text} for m in messages])
    if not tokenizer.chat_template:
        lines = [f"{turn['role'].capitalize()}: {turn['content']}" for turn in turns]
        return "\n\n".join([*lines, "Assistant:"]), True
    try:
        text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    except TemplateError:
        text = tokenizer.apply_chat_template(_merged(turns), tokenize=False, add_generation_prompt=True)
    return str(text), False


def _merged(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    """Only user and assistant, in turns, the user first."""
    merged: list[dict[str, str]] = []
    for turn in turns:
        role = "assistant" if turn["role"] == "assistant" and merged else "user"
        if merged and merged[-1]["role"] == role:
            merged[-1] = {"role": role, "content": f"{merged[-1]['content']}\n\n{turn['content']}"}
        else:
            merged.append({"role": role, "content": turn["content"]})
    return merged


def _pad(tokenizer: Any) -> int:
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    return int(pad) if pad is not None else 0


def _reason(written: int, budget: int, cancelled: bool, marked: bool) -> str:
    if cancelled:
        return "stopped"
    return "length" if written >= budget and not marked else "stop"


def _chunk(item: str | _Outcome) -> ChatGenerationChunk:
    if isinstance(item, str):
        return ChatGenerationChunk(message=AIMessageChunk(content=item))
    message = AIMessageChunk(content="", usage_metadata=item.usage(), response_metadata={"finish_reason": item.reason})
    return ChatGenerationChunk(message=message)
