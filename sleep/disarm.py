"""Marks of a chat template inside what is said: a text that holds them must not begin a turn of somebody else's.

A tokenizer turns the letters of a special token into that token wherever they stand. So they are parted in every
message before a template is filled in: the letters stay, the token does not.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_IN_A_TEMPLATE = re.compile(r"<\|[\w ./-]{1,40}\|>|<{1,2}/?[A-Za-z_]{1,30}>{1,2}|\[/?[A-Z][A-Z_]{1,30}\]")
"""Marks that a template writes as plain letters, like Llama's [INST] and <<SYS>>."""
_DATA_MARKS = re.compile(r"</?(?:memories|data)>")
"""Our own fences: what is inside one is kept from closing it where the fence is made."""
_ROLE = re.compile(r"^([ \t]*)(system|user|assistant|human)(?=[ \t]*:)", re.IGNORECASE | re.MULTILINE)
SHORTEST = 3
"""Characters of a special token that is looked for: shorter ones are letters of every text."""


@dataclass(frozen=True)
class Marks:
    """The marks of one tokenizer's chat format."""

    pattern: re.Pattern[str] | None
    by_role: bool
    """Whether there is no template, and turns are told apart by lines that begin with a role."""

    @classmethod
    def of(cls, tokenizer: Any) -> "Marks":
        """Those of a transformers tokenizer. Takes about a millisecond: keep them."""
        found = sorted({*_special(tokenizer), *_written(tokenizer)}, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, found)), re.IGNORECASE) if found else None
        return cls(pattern, not tokenizer.chat_template)

    def parted(self, text: str) -> str:
        """The text with a space in every mark, and a sign of quotation before a line that begins like a speaker's."""
        while self.pattern is not None and self.pattern.search(text):
            text = self.pattern.sub(lambda mark: f"{mark[0][0]} {mark[0][1:]}", text)
        return _ROLE.sub(r"\1> \2", text) if self.by_role else text

    def disarmed(self, messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
        """Messages in whose contents every mark is parted."""
        return [{**message, "content": self.parted(message["content"])} for message in messages]


def _special(tokenizer: Any) -> Iterator[str]:
    """The tokens with a meaning of their own; one with a space behind its first letter would stay what it is."""
    added = (token.content for token in tokenizer.added_tokens_decoder.values() if token.special)
    yield from (mark for mark in (*tokenizer.all_special_tokens, *added) if len(mark) >= SHORTEST and mark[1] != " ")


def _written(tokenizer: Any) -> Iterator[str]:
    template = tokenizer.chat_template
    texts = template.values() if isinstance(template, dict) else [template or ""]
    for text in texts:
        yield from (mark for mark in _IN_A_TEMPLATE.findall(str(text)) if not _DATA_MARKS.fullmatch(mark))
