"""ChatOpenAI for the servers that speak its protocol and show a reasoning model's thoughts.

vLLM, LM Studio, llama.cpp and OpenRouter send them as `reasoning_content` or `reasoning`; langchain-openai leaves
out what OpenAI itself does not send. Imported only when such a model is built.
"""

from typing import Any

from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI


class OpenAICompatible(ChatOpenAI):
    """Puts a chunk's reasoning where LangChain's other providers put it: `additional_kwargs["reasoning_content"]`."""

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        made = super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)
        choices = chunk.get("choices")
        if made is not None and choices:
            delta = choices[0].get("delta") or {}
            thought = delta.get("reasoning_content") or delta.get("reasoning")
            if isinstance(thought, str) and thought:
                made.message.additional_kwargs["reasoning_content"] = thought
        return made
