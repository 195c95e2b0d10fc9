"""A local chat model that reads after the cartridges of a conversation."""

from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.models.local import LocalChatModel
from sleep.nap.cartridge.files import save
from sleep.nap.cartridge.making import Cartridge, part_ids
from sleep.nap.cartridge.prefix import read
from sleep.nap.cartridge.study import Part
from sleep.weights.items import Fact
from sleep.weights.lm import LanguageModel
from tests.real.tiny_model import make_tiny_model

PART = Part((Fact("m1", "You moved to Lisbon in May."), Fact("m2", "Ana plays the cello.")))
ASKED = HumanMessage("Where did I move?")


@pytest.fixture
def cartridge(tiny_model: Path, tmp_path: Path) -> Path:
    """The whole of a part, so that it must be read as if it stood in the prompt."""
    model = LanguageModel.load(str(tiny_model))
    values = read(model.model, part_ids(model, PART))
    save(Cartridge(values, ("m1", "m2"), len(values), 0), tmp_path / "3", str(tiny_model))
    return tmp_path / "3"


async def test_what_a_cartridge_stands_for_is_read_before_the_messages(tiny_model: Path, cartridge: Path) -> None:
    chat = LocalChatModel(source=str(tiny_model), device="cpu", max_new_tokens=12, temperature=0)
    told = (await chat.ainvoke([SystemMessage(PART.block), ASKED])).text
    alone = (await chat.ainvoke([ASKED])).text
    with_it = chat.bind(cartridges=(cartridge,))
    streamed = "".join([chunk.text async for chunk in with_it.astream([ASKED])])
    assert streamed == with_it.invoke([ASKED]).text == told != alone
    assert (await chat.ainvoke([ASKED])).text == alone, "another conversation, the same model"


async def test_one_that_cannot_be_used_is_left_out(tiny_model: Path, cartridge: Path, tmp_path: Path) -> None:
    other = LocalChatModel(source=str(make_tiny_model(tmp_path / "other", window=256)), device="cpu", temperature=0)
    other.max_new_tokens = 12
    alone = (await other.ainvoke([ASKED])).text
    gone = tmp_path / "gone"
    assert (await other.bind(cartridges=(cartridge, gone)).ainvoke([ASKED])).text == alone
