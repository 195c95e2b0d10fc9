"""A question that a model rewrites, over a real server on loopback; and what happens where it does not."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import IndexSettings, OpenAISettings, RetrievalSettings, Settings
from memory.clock import FixedClock
from memory.ranking.rewriting import MOST, MOST_CHARS, usable
from memory.types import NewMessage
from memory.vectors.hashing import HashEmbedder
from tests.real.fixtures import _openai_server, openai_server, tiny_model
from tests.real.openai_server import OpenAIServer

__all__ = ["_openai_server", "openai_server", "tiny_model"]

Open = Callable[..., Runtime]


@pytest.fixture
def opened(home: Path, clock: FixedClock, openai_server: OpenAIServer) -> Iterator[Open]:
    """A home that says something, with a setting of `retrieval.rewrite` and a model of the server."""
    runtimes: list[Runtime] = []

    def make(rewrite: str, model: str = "openai:scripted") -> Runtime:
        settings = Settings(
            model=model, index=IndexSettings(backend="exact"), openai=OpenAISettings(base_url=openai_server.url),
            retrieval=RetrievalSettings.model_validate({"rewrite": rewrite}),
        )  # fmt: skip
        runtime = Runtime.open(
            paths=Paths(data=home, config=home, cache=home / "cache"), settings=settings, clock=clock,
            load_embedder=lambda: HashEmbedder(),
        )  # fmt: skip
        runtimes.append(runtime)
        talk = runtime.conversations.create("talk").id
        for text in ("The dentist is at ten.", "My bicycle has a flat tyre.", "Bo sleeps on the sofa."):
            runtime.conversations.append(talk, NewMessage(role="user", content=text))
        runtime.vectors.work()
        return runtime

    yield make
    for runtime in runtimes:
        with closing(runtime):
            pass


def answer(*questions: str) -> str:
    return json.dumps({"questions": questions})


QUESTION = "What ails my vehicle?"


def test_other_words_find_what_the_question_does_not(opened: Open, openai_server: OpenAIServer) -> None:
    openai_server.reply = answer("Does the bicycle have a flat tyre?", "Where does Bo sleep on the sofa?")
    runtime = opened("recall")
    texts = [hit.text for hit in runtime.retriever.search(QUESTION, floor=0).hits]
    assert {"My bicycle has a flat tyre.", "Bo sleeps on the sofa."} <= set(texts[:3])
    assert len(texts) == len(set(texts))
    assert QUESTION in str(openai_server.requests[0]["messages"])
    call = runtime.ledger.list()[0]
    assert (call.purpose, call.status) == ("retrieval: rewrite", "ok")


@pytest.mark.parametrize("model", ["error500", "hang", "empty", "scripted:no JSON at all", 'scripted:{"questions": 7}'])
def test_a_model_that_fails_leaves_the_question_as_it_is(opened: Open, model: str) -> None:
    plain = opened("off").retriever.search("Where does Bo sleep?")
    runtime = opened("recall", f"openai:{model}")
    runtime.settings = runtime.settings.model_copy(update={"timeout_seconds": 0.3})
    found = runtime.retriever.search("Where does Bo sleep?")
    assert found.hits[0].text == plain.hits[0].text == "Bo sleeps on the sofa."
    assert "without rewriting" in found.notice and "\n" not in found.notice


def test_without_a_model_one_line_says_so(opened: Open) -> None:
    found = opened("recall", "none").retriever.search("Where does Bo sleep?")
    assert found.hits and "no model" in found.notice


@pytest.mark.parametrize(("rewrite", "asked"), [("off", (0, 0)), ("recall", (1, 0)), ("always", (1, 1))])
async def test_a_turn_asks_the_model_once_more_only_where_it_is_wanted(
    opened: Open, openai_server: OpenAIServer, rewrite: str, asked: tuple[int, int]
) -> None:
    openai_server.reply = answer()
    runtime = opened(rewrite)

    def rewrites() -> int:
        return sum('"questions"' in str(r["messages"][0]["content"]) for r in openai_server.requests)

    await asyncio.to_thread(runtime.retriever.search, QUESTION)
    assert rewrites() == asked[0]
    conversation = runtime.conversations.create("asking").id
    _ = [event async for event in runtime.engine.answer(conversation, QUESTION)]
    assert rewrites() == sum(asked)


def test_what_a_model_writes_is_checked_and_bounded() -> None:
    query = "Where do I live?"
    assert usable(query, ["where do i LIVE?", "", "  ", "?!", "Which\ncity?", "Which city?"]) == ("Which city?",)
    many = usable(query, [f"{n} " + "x" * 5_000 for n in range(20)])
    assert len(many) == MOST and all(len(text) <= MOST_CHARS for text in many)
