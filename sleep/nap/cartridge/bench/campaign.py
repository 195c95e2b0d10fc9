"""All arms with some seeds, in a few processes; what was run before is not run again."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from pydantic import TypeAdapter

from sleep.nap.cartridge.bench.talk import Way
from sleep.weights.lm import base_hash

MOST_PASSES = 4


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of going on; `passes` counts for cartridges only, and 0 of them leave one as it begins."""

    name: str
    shows: str
    way: Way
    passes: int = 0


ARMS: Mapping[str, Arm] = {
    arm.name: arm
    for arm in (
        Arm("dropped", "nothing but the question", Way.DROPPED),
        Arm("window", "what is still in the window", Way.WINDOW),
        Arm("everything", "the whole conversation in the prompt: the ceiling", Way.WHOLE),
        Arm("retrieval", "the window, and the five nearest statements", Way.FOUND),
        Arm("notes", "the window, and notes of as many tokens as the cartridges", Way.NOTES),
        Arm("cartridge, untrained", "chosen keys and values", Way.CARTRIDGE),
        Arm("cartridge, N = 1", "one pass of self-study", Way.CARTRIDGE, 1),
        Arm("cartridge, N = 2", "two passes", Way.CARTRIDGE, 2),
        Arm("cartridge, N = 4", "four passes", Way.CARTRIDGE, MOST_PASSES),
    )
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is told, and how small a cartridge is."""

    facts: int = 10
    """In each of the three parts of a conversation."""
    share: float = 0.5
    """Tokens of a cartridge, of those of its part. Statements have about eleven: a quarter is too few for two
    cartridges and the window together."""

    @property
    def name(self) -> str:
        """Of the folder for what was run with this base at this scale."""
        return f"{self.facts}-{self.share}-{base_hash('pocket')[:8]}"


@dataclass(frozen=True, slots=True)
class Job:
    """One seed; ``part`` is what a nap is taken of."""

    seed: int
    part: int
    scale: Scale
    folder: Path

    @property
    def file(self) -> Path:
        """Where the seed's trials are kept."""
        return self.folder / f"seed{self.seed}.json"

    def cartridge(self, passes: int) -> Path:
        """Where a cartridge after so many passes is kept."""
        return self.folder / f"seed{self.seed}-part{self.part}-{passes}"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of an arm with a seed."""

    arm: str
    seed: int
    right: float
    """Of the questions about what has left the window, the share that is answered right."""
    false: float
    """Of the questions that nothing answers, the share that is answered."""
    answer_ms: float
    """Median time of one answer, asked alone."""
    tokens: int = 0
    """Before the question, without what is in the window: words, or keys and values."""
    nap_seconds: float = 0.0
    """Mean of the naps."""
    bytes: int = 0
    """Of the cartridges ..."""
    bytes_replaced: int = 0
    """... and of the keys and values of the text that they stand for."""


@dataclass(frozen=True, slots=True)
class Purge:
    """Some of a part is purged, and its cartridge is made anew without it. Shares of right answers."""

    seed: int
    facts: int
    before: float
    after: float
    others_before: float
    others_after: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Seed:
    """All of a seed."""

    trials: tuple[Trial, ...]
    purge: Purge


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is compared."""

    folder: Path
    seeds: Sequence[int] = (1, 2)
    scale: Scale = field(default_factory=Scale)
    processes: int = 2

    def jobs(self) -> list[Job]:
        """A nap of each part that leaves the window."""
        return [Job(seed, part, self.scale, self.folder) for seed in self.seeds for part in (0, 1)]


def compare(campaign: Campaign, tell: Callable[[str], None] = lambda line: None) -> list[Seed]:
    """Run a campaign. ``tell`` is given a line whenever a nap is done. Raises what a job raised."""
    campaign.folder.mkdir(parents=True, exist_ok=True)
    firsts = [job for job in campaign.jobs() if job.part == 0]
    before = {job.seed: found for job in firsts if (found := kept(job))}
    missing = [job for job in campaign.jobs() if job.seed not in before]
    made = _run(campaign, missing, tell) if missing else {}
    return [(before | made)[job.seed] for job in firsts]


def _run(campaign: Campaign, jobs: Sequence[Job], tell: Callable[[str], None]) -> dict[int, Seed]:
    """The seeds of these jobs: all naps, then all exams."""
    from sleep.nap.cartridge.bench.trials import examined, nap

    with ProcessPoolExecutor(campaign.processes, mp_context=get_context("spawn")) as pool:
        naps = {pool.submit(nap, job): job for job in jobs}
        for count, done in enumerate(as_completed(naps), 1):
            done.result()
            tell(f"{count} of {len(jobs)} naps: seed {naps[done].seed}, part {naps[done].part + 1}")
        exams = {job.seed: pool.submit(examined, job) for job in jobs if job.part == 0}
        return {seed: exam.result() for seed, exam in exams.items()}


def kept(job: Job) -> Seed | None:
    """What was found before."""
    return TypeAdapter(Seed).validate_json(job.file.read_bytes()) if job.file.is_file() else None


def keep(job: Job, found: Seed) -> Seed:
    """Write down what was found."""
    job.file.write_bytes(TypeAdapter(Seed).dump_json(found))
    return found
