"""Markdown as the paragraphs and list items that somebody wrote, each as plain text, and plain text as Markdown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Sort = Literal["paragraph", "item", "code", "table"]

_EMBED = re.compile(r"!\[\[[^\[\]]*\]\]")
_WIKILINK = re.compile(r"\[\[([^\[\]|#]*)(#[^\[\]|]*)?(?:\|([^\[\]]*))?\]\]")
_SPECIAL = re.compile(r"[\\`*_\[\]<>&#~|!]")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a page. `raw` is its Markdown without the mark of a list; `heading` the last one above it."""

    sort: Sort
    raw: str
    heading: str = ""


def blocks(page: str) -> Iterator[Block]:
    """What a page says, in its order; code and tables are named, so that they can be passed over."""
    heading, kind, in_table = "", "", False
    for token in _parser().parse(page):
        if token.type == "table_open":
            in_table = True
            yield Block("table", "")
        elif token.type == "table_close":
            in_table = False
        elif token.type in ("fence", "code_block"):
            yield Block("code", token.content)
        elif token.type.endswith("_open"):
            kind += _letter(token)
        elif token.type.endswith("_close"):
            kind = kind.removesuffix(_letter(token))
        elif token.type == "inline" and not in_table:
            if kind.endswith("h"):
                heading = plain(token.content)
            else:
                yield Block("item" if "i" in kind else "paragraph", token.content, heading)


def _letter(token: "Token") -> str:
    return {"heading": "h", "list_item": "i"}.get(token.type.rpartition("_")[0], "")


def plain(raw: str) -> str:
    """The words of a stretch of Markdown: links by their text, `[[wikilinks]]` by their alias or target."""
    parsed = _parser().parseInline(_WIKILINK.sub(_link_text, _EMBED.sub("", raw)))
    return "".join(_word(child) for token in parsed for child in token.children or ()).strip()


def _word(token: "Token") -> str:
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak" or (token.type == "html_inline" and token.content == BREAK):
        return "\n"
    return token.content if token.type in ("text", "text_special", "code_inline", "image") else ""


def _link_text(found: "re.Match[str]") -> str:
    return (found[3] or found[1] or (found[2] or "").lstrip("#")).strip()


BREAK = "<br>"
"""Stands for a line break within one line of Markdown."""


def escaped(text: str) -> str:
    """Plain text as Markdown on one line: `plain` gives it back, exactly."""
    return _SPECIAL.sub(lambda found: "\\" + found[0], text).replace("\n", BREAK)


def pieces(text: str, most: int) -> Iterator[str]:
    """`text` in pieces of at most `most` characters, cut after sentences, or else between words."""
    text = text.strip()
    while len(text) > most:
        end = max(text.rfind(mark, most // 2, most) for mark in (". ", "! ", "? ", "\n")) + 1
        end = end or max(text.rfind(" ", most // 2, most), 0) or most
        yield text[:end].strip()
        text = text[end:].strip()
    if text:
        yield text


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")
