"""The comparison of ways of learning: what is asked, what is kept, how it is told."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from sleep.weights.bench.arms import ARMS, OURS, WITH_RETRIEVAL
from sleep.weights.bench.campaign import Campaign, compare
from sleep.weights.bench.learners import Desk, Parts, Seeding, without
from sleep.weights.bench.material import Material
from sleep.weights.bench.plots import draw
from sleep.weights.bench.report import base_of, deletion_of, heat_lines, markdown, mean_matrix, rows
from sleep.weights.bench.scores import Side
from sleep.weights.bench.study import ASKED, NEVER_TOLD, make_study
from sleep.weights.bench.trials import Deletion, Job, Scale, Trial, run
from sleep.weights.items import Fact, Item, ItemKind, block
from sleep.weights.lm import LanguageModel
from sleep.weights.seeding import Lesson, Recipe, parts

SIDE = Side(0.0, 1.0, 0.8, 1.0, 1.1)
SCALE = Scale(nights=2, facts=2, steps=1)


def trial(arm: str, seed: int, last: float) -> Trial:
    ours = arm == OURS
    return Trial(
        arm, seed, SCALE, (0.0, 0.0), SIDE, ((1.0, 0.0), (last, 1.0)), Side(0.1, 0.9, 0.8, 1.0, 1.21), (0.0, 0.1),
        (1.0, 1.0) if ours else (), 8.0, 4.0, Deletion(1, 0.0, 1.0, 0.0, 1.0, 0.9, 5.0) if ours else None,
    )  # fmt: skip


@pytest.fixture
def trials() -> list[Trial]:
    last = {"teacher": 1.0, OURS: 0.8, "raw text": 0.2}
    return [trial(arm, seed, share - 0.1 * (seed - 1)) for arm, share in last.items() for seed in (1, 2)]


def test_a_study_is_the_same_again_and_asks_nothing_that_is_trained_on() -> None:
    study = make_study(3, 4, 5)
    assert study == make_study(3, 4, 5) != make_study(4, 4, 5)
    assert [len(night) for night in study.nights] == [5, 5, 5, 5]
    assert len({fact.text for fact in study.facts}) == 20
    assert all(study.about([fact]) for fact in study.facts)
    assert 2 * NEVER_TOLD < len(study.never_told) <= 2 * ASKED * NEVER_TOLD
    assert not {q.text for q in study.questions} & set(study.never_told)
    for question in study.questions:
        told = next(fact.text for fact in study.facts if fact.id == question.fact)
        assert question.right(told) and not question.right("You haven't told me that.")
        assert told in study.blocks[question.fact]


def test_a_purged_fact_is_in_no_item_and_in_no_prompt() -> None:
    gone, stays = Fact("m1", "You live in Porto."), Fact("m2", "You like tea.")
    both = block([gone.text, stays.text])
    items = [Item(ItemKind.ASK, f"Q{f.id}?", f.text, (f.id,), both) for f in (gone, stays)]
    items.append(Item(ItemKind.TALK, "What do I like?", "You like tea.", given=both))
    left = without(items, [gone])
    assert [item.question for item in left] == ["Qm2?", "What do I like?"]
    assert "Porto" not in str(left)


@pytest.fixture(scope="module")
def desk() -> Desk:
    study = make_study(1, 2, 2)
    teacher = LanguageModel.load("pocket")
    return Desk(study, Material((), (), (), (), (), {}, 0.0), teacher, [], Recipe(steps=2, batch=32))


def test_arms_of_items_alone_have_as_many_new_and_earlier_ones_as_seeding(desk: Desk) -> None:
    whole = Lesson(list("abc"), list("def"), list("ghi"), list("mno"), list("jkl"))
    (_, new), (_, earlier), *_ = parts(whole, desk.recipe_of(2))
    alone = desk.items_only(2)
    assert [count for _, count in parts(Lesson(list("abc"), list("def")), alone)] == [new, earlier, 0, 0, 0]
    assert alone.batch == new + earlier < 32
    assert next(count for _, count in parts(Lesson(list("abc")), alone)) == alone.batch


def test_what_the_teacher_says_is_made_once_and_its_time_counts_for_every_arm(desk: Desk) -> None:
    items = [Item(ItemKind.ASK, f"Where do I live in {year}?", "You live in Porto.", ("m1",)) for year in range(3)]
    first, second = Seeding(desk, Parts()), Seeding(desk, Parts())
    made = first._prepared(items)
    assert first.spared == 0.0 and all(desk.cost[item] > 0 for item in items)
    assert [id(one) for one in second._prepared([*items, *items])] == [id(one) for one in (*made, *made)]
    assert second.spared == pytest.approx(sum(desk.cost[item] for item in items))
    second._prepared(items)
    assert second.spared == pytest.approx(sum(desk.cost[item] for item in items))


def test_means_and_spread_over_seeds(trials: list[Trial]) -> None:
    found = {row.arm: row for row in rows(trials)}
    assert list(found) == ["teacher", "raw text", OURS, WITH_RETRIEVAL]
    ours = found[OURS]
    assert ours.recall == pytest.approx((0.9 + 0.85) / 2)
    assert ours.forgetting == pytest.approx(0.25)
    assert ours.of_teacher == pytest.approx(ours.recall / found["teacher"].recall)
    assert ours.perplexity == pytest.approx(1.1)
    assert ours.seconds_a_fact == pytest.approx(2.0)
    assert ours.told_from_untold == pytest.approx((0.875 + 0.9) / 2)
    assert found[WITH_RETRIEVAL].recall == 1.0
    assert base_of(trials)["small_talk"] == 1.0


def test_the_table_has_a_row_for_each_and_says_what_the_base_does(trials: list[Trial]) -> None:
    lines = markdown(trials).splitlines()
    assert lines[0].startswith("| arm | recall |") and lines[2].startswith("| base |")
    assert len(lines) == 3 + 4
    assert len({line.count("|") for line in lines}) == 1


def test_a_matrix_in_text() -> None:
    assert heat_lines([[1.0, 0.0], [0.5, 1.0]]) == [
        "after night     1   2",
        "          1   100   0",
        "          2    50 100",
    ]


def test_deletions_are_averaged(trials: list[Trial]) -> None:
    found = deletion_of(trials)
    assert found is not None and (found.purged, found.after, found.others_after) == (1, 0.0, 0.9)
    assert deletion_of([t for t in trials if t.arm != OURS]) is None
    assert mean_matrix(trials, OURS)[1] == pytest.approx([0.75, 1.0])


def test_plots_are_the_same_again(trials: list[Trial], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    first = {f.name: f.read_bytes() for f in draw(trials, tmp_path / "one", ("svg",))}
    assert first == {f.name: f.read_bytes() for f in draw(trials, tmp_path / "two", ("svg",))}
    assert set(first) == {"matrices.svg", "curves.svg"}


def test_what_was_run_is_not_run_again(tmp_path: Path) -> None:
    job = Job("raw text", 1, SCALE, tmp_path)
    job.file.write_bytes(TypeAdapter(Trial).dump_json(trial("raw text", 1, 0.5)))
    assert run(job).matrix[1][0] == 0.5
    assert SCALE.name != Scale(nights=2, facts=2, steps=2).name


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_arm_runs_and_ours_recalls_more_than_raw_text(tmp_path: Path) -> None:
    told: list[str] = []
    scale = Scale(nights=2, facts=3, steps=12)
    compare(Campaign(tmp_path, (1,), tuple(ARMS), scale), told.append)
    assert len(told) == len(ARMS) + 1
    quick = compare(Campaign(tmp_path / "more", (1,), ("raw text", OURS), Scale(nights=2, facts=3, steps=80)))
    found = {row.arm: row for row in rows(quick)}
    assert found[OURS].recall > found["raw text"].recall + 0.3
    assert found[OURS].forgetting < 0.3
    deletion = deletion_of(quick)
    assert deletion is not None and deletion.after <= deletion.untrained + 0.1
