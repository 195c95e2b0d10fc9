"""Cartridges: exact where nothing is left out, trained to answer, kept, composed, refused, and made anew without."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from sleep.nap.cartridge.beginning import Beginning, beginning
from sleep.nap.cartridge.files import compose, load, rebuilt, save
from sleep.nap.cartridge.making import RECIPE, Cartridge, Making, attach, made, part_ids, passes
from sleep.nap.cartridge.manifest import drop, folder_of, holding, in_force, manifest_of
from sleep.nap.cartridge.prefix import Attached, attending, read
from sleep.nap.cartridge.study import Part, Study, studied
from sleep.weights.bench.study import make_study
from sleep.weights.errors import WeightsError
from sleep.weights.items import Fact, Item, ItemKind, block
from sleep.weights.lm import Coded, LanguageModel, answer_logits, asked
from sleep.weights.quiet import quietly
from sleep.weights.seeding import Lesson, prepare

TALK = make_study(5, 3, 4)
PARTS = [Part(TALK.nights[0], TALK.nights[1]), Part(TALK.nights[1], TALK.nights[2])]
SMALL = Study(samples=8, enough=5, beside=16, untold=16, talk=8, reading=8)
HOW = Making(passes=1, share=0.5, study=SMALL, recipe=replace(RECIPE, steps=25, batch=24))


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def pocket() -> LanguageModel:
    return LanguageModel.load("pocket")


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> LanguageModel:
    return LanguageModel.load(str(tiny_model))


@pytest.fixture(scope="module")
def begun_and_made(pocket: LanguageModel) -> list[Cartridge]:
    """The first part before and after its pass."""
    return list(passes(pocket, PARTS[0], HOW))


@pytest.fixture(scope="module")
def both(pocket: LanguageModel, begun_and_made: list[Cartridge]) -> list[Cartridge]:
    """A cartridge of each part."""
    return [begun_and_made[-1], made(pocket, PARTS[1], replace(HOW, seed=2))]


def recall(model: LanguageModel, facts: tuple[Fact, ...], given: str = "") -> float:
    questions = TALK.about(facts)
    said = model.answers([asked(q.text, given) for q in questions], most=32)
    return sum(q.right(text) for q, text in zip(questions, said, strict=True)) / len(questions)


def logits_of(model: LanguageModel, question: str = "Where do I live?") -> torch.Tensor:
    with torch.no_grad():
        return answer_logits(model.model, model.coded([asked(question)], ["You live in Porto."]))[0]


# -- attaching


@pytest.mark.parametrize("name", ["pocket", "tiny"])
def test_the_whole_part_as_a_prefix_is_the_part_in_the_prompt(name: str, request: pytest.FixtureRequest) -> None:
    model: LanguageModel = request.getfixturevalue(name)
    ids = part_ids(model, PARTS[0])
    prefixed = LanguageModel(Attached(model.model, read(model.model, ids)).eval(), model.tokenizer)
    questions = [q.text for q in TALK.about(PARTS[0].facts)][:6]
    told = [asked(question, PARTS[0].block) for question in questions]
    assert model.rendered(told[0]).startswith(model.tokenizer.decode(ids)) and len(ids) > 20
    # Of different lengths, so that some are filled up on the left, where the prefix ends.
    assert prefixed.answers([asked(q) for q in questions], most=8) == model.answers(told, most=8)
    if name == "tiny":  # the short convolutions of the other begin anew
        with torch.no_grad():
            whole = answer_logits(model.model, model.coded([told[0]], ["So."]))[0]
            mine = answer_logits(prefixed.model, prefixed.coded([asked(questions[0])], ["So."]))[0]
        assert torch.allclose(whole, mine, atol=1e-4)


def test_only_layers_that_attend_have_keys(pocket: LanguageModel, tiny: LanguageModel) -> None:
    kinds = pocket.model.config.layer_types
    assert attending(pocket.model) == [at for at, kind in enumerate(kinds) if kind == "full_attention"]
    assert attending(tiny.model) == [0, 1]


@pytest.mark.parametrize("how", list(Beginning))
def test_it_begins_with_as_many_tokens_as_wished_and_the_first_among_them(tiny: LanguageModel, how: Beginning) -> None:
    ids = part_ids(tiny, PARTS[0])
    asks = [Coded((5, 6, 7), (8, 9)), Coded((5, 9), (7,))]
    values = beginning(tiny.model, ids, 12, asks, how)
    ends = len(ids) if how is Beginning.FIRST else 12
    assert values.shape == (12, 2, 2, 2, 16)
    assert torch.equal(values[0], read(tiny.model, ids, ends)[0])
    assert torch.equal(beginning(tiny.model, ids, len(ids) + 5, asks, how), read(tiny.model, ids))


# -- self-study


def test_a_pass_asks_about_the_part_and_about_what_it_does_not_tell(pocket: LanguageModel) -> None:
    lesson = studied(pocket, PARTS[0], SMALL, 1)
    ids = {fact.id for fact in PARTS[0].facts}
    assert {id_ for item in lesson.new for id_ in item.facts} == ids
    assert all(item.given and item.given != item.block for item in lesson.earlier)
    assert lesson.anchors and all(item.kind is ItemKind.UNTOLD for item in lesson.anchors)
    assert lesson == studied(pocket, PARTS[0], SMALL, 1)
    assert {i.question for i in lesson.new} != {i.question for i in studied(pocket, PARTS[0], SMALL, 2).new}


def test_training_leaves_the_first_token_and_the_model_as_they_are(
    pocket: LanguageModel, begun_and_made: list[Cartridge]
) -> None:
    before, after = begun_and_made
    assert (before.passes, after.passes) == (0, 1) and before.tokens == after.tokens < after.replaces
    assert torch.equal(before.values[0], after.values[0])
    assert not torch.equal(before.values[1:], after.values[1:])
    fresh = LanguageModel.load("pocket").model.state_dict()
    assert all(torch.equal(fresh[name], now) for name, now in pocket.model.state_dict().items())
    assert recall(attach(pocket, after), PARTS[0].facts) > max(0.75, recall(pocket, PARTS[0].facts))


def test_an_untrained_llama_learns_what_it_is_given_and_does_so_again(tiny: LanguageModel) -> None:
    said = {"Where do I live?": "In Lisbon.", "What does Ana play?": "The cello."}
    items = [Item(ItemKind.ASK, q, a, ("m1",), PARTS[0].block) for q, a in said.items()]
    how = replace(HOW, recipe=replace(RECIPE, steps=12, batch=4))
    first, again = ([c.values for c in passes(tiny, PARTS[0], how, lambda _: Lesson(items))] for _ in range(2))
    assert torch.equal(first[-1], again[-1])
    ready = prepare(tiny, items, 20)

    def far(values: torch.Tensor) -> float:
        from sleep.weights.trainer import distances

        return sum(distances(Attached(tiny.model, values), ready))

    assert far(first[-1]) < far(first[0])


def test_what_cannot_be_studied_is_refused(tiny: LanguageModel) -> None:
    with pytest.raises(WeightsError, match="wrote no question"):
        made(tiny, PARTS[0], HOW)
    with pytest.raises(WeightsError, match="nothing to make"):
        made(tiny, Part(()), HOW)


# -- on disk


def test_saved_and_loaded_it_says_the_same(pocket: LanguageModel, both: list[Cartridge], tmp_path: Path) -> None:
    manifest = save(both[0], tmp_path / "a", "pocket")
    assert manifest == manifest_of(tmp_path / "a") and manifest.facts == tuple(f.id for f in PARTS[0].facts)
    read_again = load(tmp_path / "a", "pocket")
    assert torch.equal(logits_of(attach(pocket, read_again)), logits_of(attach(pocket, both[0])))
    written = "".join(file.read_text(errors="ignore") for file in (tmp_path / "a").iterdir())
    assert not any(fact.text in written for fact in TALK.facts), "ids only"


def test_peft_reads_what_is_written(tiny: LanguageModel, tiny_model: Path, tmp_path: Path) -> None:
    from peft import PeftModel

    values = read(tiny.model, part_ids(tiny, PARTS[0]))[:9]
    save(Cartridge(values, ("m1",), 20, 1), tmp_path / "a", str(tiny_model))
    with quietly():
        theirs = PeftModel.from_pretrained(LanguageModel.load(str(tiny_model)).model, str(tmp_path / "a")).eval()
    ids = torch.arange(5, 15)[None]
    with torch.no_grad(), quietly():
        mine = Attached(tiny.model, values)(input_ids=ids).logits
        assert torch.allclose(theirs(input_ids=ids).logits, mine, atol=1e-4)


def test_two_composed_answer_about_both(pocket: LanguageModel, both: list[Cartridge], tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for cartridge, folder in zip(both, folders, strict=True):
        save(cartridge, folder, "pocket")
    whole = compose(folders, tmp_path / "both")
    assert whole.facts == tuple(fact.id for part in PARTS for fact in part.facts)
    model = attach(pocket, load(tmp_path / "both", "pocket"))
    assert torch.equal(logits_of(model), logits_of(attach(pocket, *both)))
    given = block(fact.text for fact in TALK.nights[2])
    for facts in (*(part.facts for part in PARTS), TALK.nights[2]):
        assert recall(model, facts, given) >= 0.6
        assert recall(pocket, facts) == 0
    everywhere = [*folders, tmp_path / "both"]
    assert holding(everywhere, frozenset({PARTS[0].facts[0].id})) == [folders[0], tmp_path / "both"]
    assert holding(everywhere, frozenset({PARTS[1].facts[0].id})) == everywhere, "the first was trained next to it"


def test_made_anew_it_knows_the_rest_and_not_what_was_purged(pocket: LanguageModel, both: list[Cartridge]) -> None:
    part = PARTS[0]
    gone, rest = part.facts[:1], part.facts[1:]
    assert recall(attach(pocket, both[0]), gone) >= 0.75
    anew = rebuilt(pocket, part, frozenset({gone[0].id}), HOW)
    assert anew is not None and anew.facts == tuple(fact.id for fact in rest)
    model = attach(pocket, anew)
    assert recall(model, gone) == 0 and recall(model, rest) >= 0.75
    assert rebuilt(pocket, part, frozenset(fact.id for fact in part.facts), HOW) is None


def test_another_base_is_refused(both: list[Cartridge], tiny_model: Path, tiny: LanguageModel, tmp_path: Path) -> None:
    save(both[0], tmp_path / "a", "pocket")
    with pytest.raises(WeightsError, match=r"made with pocket, and the model is .*tiny now"):
        load(tmp_path / "a", str(tiny_model))
    with pytest.raises(WeightsError, match="other layers"):
        attach(tiny, both[0])
    other = Cartridge(read(tiny.model, torch.arange(5, 15)), ("m1",), 20, 1)
    save(other, tmp_path / "b", str(tiny_model))
    with pytest.raises(WeightsError, match="different models"):
        compose([tmp_path / "a", tmp_path / "b"], tmp_path / "both")


def test_a_home_has_the_cartridges_of_its_naps_until_a_message_goes(
    tiny: LanguageModel, tiny_model: Path, tmp_path: Path
) -> None:
    values = read(tiny.model, torch.arange(5, 15))
    for nap, ids in ((3, ("m1", "m2")), (10, ("m3",))):
        made_with = save(Cartridge(values, ids, 20, 1), folder_of(tmp_path, nap), str(tiny_model)).base_hash
    assert [held.folder for held in in_force(tmp_path, (3, 7, 10), made_with)] == [
        folder_of(tmp_path, 3), folder_of(tmp_path, 10)
    ]  # fmt: skip
    assert in_force(tmp_path, (3, 10), "of another model") == ()
    assert drop(tmp_path, frozenset({"m2", "m9"})) == [3]
    assert [held.nap for held in in_force(tmp_path, (3, 7, 10), made_with)] == [10]
    assert drop(tmp_path, frozenset({"m2"})) == []


@pytest.mark.parametrize("file", ["cartridge.json", "adapter_config.json", "adapter_model.safetensors"])
@pytest.mark.parametrize("content", [None, b"", b"{", b"\0" * 40])
def test_damage_is_told(
    tiny: LanguageModel, tiny_model: Path, tmp_path: Path, file: str, content: bytes | None
) -> None:
    folder = tmp_path / "a"
    save(Cartridge(read(tiny.model, torch.arange(5, 15)), ("m1",), 20, 1), folder, str(tiny_model))
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(WeightsError, match=r"no cartridge|damaged"):
        load(folder, str(tiny_model))
