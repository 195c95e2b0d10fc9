"""Whether memory does what it is for: `python -m benchmarks.objectives [--show]`.

Three sets of scenarios in benchmarks/scenarios, after the objectives that OpenAI names for its memory: carry forward
what was told once, follow preferences and constraints, stay current. All scenarios of a set are told to one home, among
small talk, three times with other names; the clock moves sixty-five days, with a night on the thirtieth and the last.

Judged by labels, before any night and after both, on what the chat would be given (right: all that must be there is,
and of what bears on the question, the first that is given is not what must not be) and on the answers without a model
(right: they have what must be there, and nothing that must not). Beside it what retrieval of raw messages alone gives.
"""

import argparse
import asyncio
import random
import re
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.events import Finished
from assistant.nights import ChatTaker, make_night
from assistant.paths import Paths
from assistant.prompt import memory_line
from assistant.runtime import Runtime
from assistant.settings import IndexSettings, Settings
from assistant.wishes import standing_wishes
from benchmarks.report import machine, table
from memory.clock import FixedClock
from memory.store.nights import NightStore
from memory.types import Hit, NewMessage, Trust
from sleep.night import Options

START = datetime(2026, 5, 1, 9, tzinfo=UTC)
NIGHTS = (30, 65)
SETS = {"carry": ("carry forward", 90, "82.8"), "follow": ("follow preferences and constraints", 90, "71.3"),
        "stay": ("stay current", 85, "75.1")}  # fmt: skip
VARIANTS = 3
SMALL_TALK = """How do I get a stain out of linen?|Thanks, that worked nicely.|It rained all day here.
|Can you suggest a name for a sailing club?|What's the difference between baking soda and baking powder?
|Write a limerick about a lighthouse.|Is it normal that rosemary turns brown in winter?|Good morning!
|Summarise how tides work in two sentences, please.
|That was a long meeting today.|How many grams are in an ounce?|Translate "the tide is out" into French.
|The film last night was rather dull.|Give me three ideas for a rainy afternoon.|What rhymes with orange?
|I slept badly.|How long should rice rest?|Explain recursion to a child.|The neighbours are mowing again.
|What is the capital of Mongolia?""".replace("\n", "").split("|")  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """What is told on which days, the question, and the labels as regular expressions."""

    told: tuple[tuple[int, str], ...]
    question: str
    wanted: tuple[str, ...]
    stale: tuple[str, ...]


@dataclass
class Marks:
    """Right ones of the scenarios of one set, by what was judged."""

    scenarios: int = 0
    right: dict[str, int] = field(default_factory=dict)

    def add(self, column: str, right: bool) -> None:
        self.right[column] = self.right.get(column, 0) + right

    def share(self, column: str) -> str:
        return f"{100 * self.right.get(column, 0) / self.scenarios:.1f} %"


def scenarios(path: Path, variant: int) -> list[Scenario]:
    """The scenarios of a set, in one of its variants."""
    blocks = re.split(r"\n\s*\n", re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE))
    return [_scenario(block, variant) for block in blocks if block.strip()]


def _scenario(block: str, variant: int) -> Scenario:
    chosen = {name: values.split("|")[variant] for name, values in re.findall(r"\{(\w+):([^}]*)\}", block)}

    def filled(text: str, *, pattern: bool = False) -> str:
        return re.sub(r"\{(\w+)(?::[^}]*)?\}", lambda m: re.escape(chosen[m[1]]) if pattern else chosen[m[1]], text)

    rows = [line.partition(" ") for line in block.strip().splitlines()]
    told = [(int(mark), filled(text.removeprefix("> "))) for mark, _, text in rows if mark.isdecimal()]
    return Scenario(
        told=tuple(told),
        question=next(filled(text) for mark, _, text in rows if mark == "?"),
        wanted=tuple(filled(text, pattern=True) for mark, _, text in rows if mark == "+"),
        stale=tuple(filled(text, pattern=True) for mark, _, text in rows if mark == "-"),
    )


def tell(runtime: Runtime, clock: FixedClock, found: Sequence[Scenario], *, nights: bool) -> None:
    """Say everything on its day, small talk between, and sleep on the nights."""
    said = sorted((day, text) for scenario in found for day, text in scenario.told)
    chance = random.Random(7)
    for day in range(NIGHTS[-1] + 1):
        clock.instant = START + timedelta(days=day)
        today = [text for when, text in said if when == day]
        if today:
            talk = runtime.conversations.create()
            for text in [*today, *chance.sample(SMALL_TALK, 2)]:
                runtime.conversations.append(talk.id, NewMessage(role="user", content=text))
        if day in NIGHTS and nights:
            runtime.vectors.work()
            with make_night(runtime, Options(), None) as night:
                night.run()
    runtime.vectors.work()


def given(runtime: Runtime, clock: FixedClock, question: str) -> tuple[list[str], list[str]]:
    """What the chat would be given, and what the raw messages alone would give, one text each."""
    hits = runtime.retriever.search(question, 60).hits
    taker = ChatTaker(runtime.settings, clock, runtime.vectors.embed)

    def lines(some: Sequence[Hit]) -> list[str]:
        return [memory_line(hit, "UTC").partition(") ")[2] + (" (assumed)" if assumed(hit) else "") for hit in some]

    def assumed(hit: Hit) -> bool:
        return hit.memory is not None and hit.memory.trust is Trust.INFERRED

    standing = list(standing_wishes(runtime.memories, NightStore(runtime.database)))
    chat = [*standing, *lines(taker.given(question, hits))]
    return chat, lines(taker.given(question, [hit for hit in hits if hit.message is not None]))


def right_given(scenario: Scenario, texts: Sequence[str]) -> bool:
    """Whether all that must be there is, and what must not be is not the first that bears on the question."""
    marks = [(_any(scenario.wanted, text), _any(scenario.stale, text)) for text in texts]
    first = next((pair for pair in marks if any(pair)), (False, False))
    return all(_any((label,), "\n".join(texts)) for label in scenario.wanted) and first[0]


def right_answer(scenario: Scenario, answer: str) -> bool:
    """Whether an answer has what must be there, and nothing that must not: what it tells as past, or as
    the words behind what it assumes, is in order."""
    answer = re.sub(r"( Before that, .*|(?<=\]) You told me .*)", "", answer)
    return all(_any((label,), answer) for label in scenario.wanted) and not _any(scenario.stale, answer)


def _any(labels: Sequence[str], text: str) -> bool:
    return any(re.search(label, text, re.IGNORECASE | re.MULTILINE) for label in labels)


async def answered(runtime: Runtime, question: str) -> str:
    """The answer without a model, in a talk of its own that nothing remembers."""
    engine = runtime.temporary_engine()
    talk = engine.conversations.create()
    parts = [e.message.content async for e in engine.answer(talk.id, question) if isinstance(e, Finished)]
    return parts[-1] if parts else ""


def play(name: str, variant: int, marks: Marks, *, show: bool) -> None:
    """One variant of a set: told twice, without nights and with them."""
    found = scenarios(Path(__file__).with_name("scenarios") / f"{name}.txt", variant)
    marks.scenarios += len(found)
    for when in ("before", "after"):
        folder = Path(tempfile.mkdtemp())
        clock = FixedClock(START)
        paths = Paths(data=folder, config=folder, cache=folder).ready()
        settings = Settings(index=IndexSettings(backend="exact"))
        with closing(Runtime.open(paths=paths, settings=settings, clock=clock)) as runtime:
            tell(runtime, clock, found, nights=when == "after")
            for scenario in found:
                judge(runtime, clock, scenario, when, marks, show=show)
        shutil.rmtree(folder)


def judge(runtime: Runtime, clock: FixedClock, scenario: Scenario, when: str, marks: Marks, *, show: bool) -> None:
    """Mark one scenario."""
    chat, raw = given(runtime, clock, scenario.question)
    answer = asyncio.run(answered(runtime, scenario.question))
    good = right_given(scenario, chat), right_answer(scenario, answer)
    marks.add(f"given {when}", good[0])
    marks.add(f"answer {when}", good[1])
    if when == "before":
        marks.add("raw", right_given(scenario, raw))
    elif show and not all(good):
        print(f"\n? {scenario.question}  {good}  wants {scenario.wanted} not {scenario.stale}\n  answer: {answer}")
        print("\n".join(f"    {text}" for text in chat[:4]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=SETS, help="one set")
    parser.add_argument("--variants", type=int, default=VARIANTS)
    parser.add_argument("--show", action="store_true", help="what went wrong after the nights")
    wanted = parser.parse_args()
    rows = []
    for name, (title, least, theirs) in SETS.items():
        if wanted.only in (None, name):
            marks = Marks()
            for variant in range(wanted.variants):
                play(name, variant, marks, show=wanted.show)
            shares = [marks.share(c) for c in ("raw", "given before", "given after", "answer before", "answer after")]
            rows.append([title, marks.scenarios, *shares, f"{least} %", f"{theirs} %"])
    print(machine(), "\n")
    header = ["objective", "scenarios", "raw messages, given", "given before", "given after", "`none` before",
              "`none` after", "at least", "OpenAI, on its own"]  # fmt: skip
    print(table(header, rows))


if __name__ == "__main__":
    main()
