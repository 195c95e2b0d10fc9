"""Nights, dreams, the page, weights and figures line by line: what their screens do, in words."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from memory.errors import InvalidInput, Refused
from memory.nights import Change
from memory.store.insight import Insight
from memory.text import one_line
from tui.screens.times import ago, minute
from tui.sleeping.asked import act_on_dream, act_on_night, act_on_weights, asked_sleep, change_profile

if TYPE_CHECKING:
    from assistant.runtime import Runtime

MOST_LISTED = 20


class PlainNights:
    """A part of PlainCommands."""

    _runtime: "Runtime"
    _chat: Any

    def _say_lines(self, lines: Sequence[str], nothing: str) -> None:
        for line in lines or [nothing]:
            self._chat.say(line)

    # -- nights

    def sleep(self, argument: str) -> None:
        from tui.sleeping.beside import sleep_here, take_back

        act, night = asked_sleep(argument)
        acts: dict[str, Callable[[], None]] = {
            "undo": lambda: self._chat.say(take_back(self._runtime, night)),
            "now": lambda: self._chat.say(sleep_here(self._runtime, lambda event: None)),
            "preview": self._preview,
            "status": self._status,
            "stop": lambda: self._chat.say("Nothing sleeps here; ctrl+c stops a night."),
            "": self._reviewed,
        }
        acts[act]()

    def _status(self) -> None:
        from assistant.databases import find_news
        from memory.store.nights import NightStore

        new = find_news(self._runtime.paths, self._runtime.clock.now())
        if new is not None:
            self._chat.say(f"{new.messages:,} new messages, {new.waiting:,} waiting, {new.due:,} plans due.")
        runs = NightStore(self._runtime.database).list(MOST_LISTED)
        now, zone = self._runtime.clock.now(), self._runtime.clock.zone
        lines = [f"{run.short_id} {ago(run.started_at, now, zone)}, {run.status}" for run in runs]
        self._say_lines(lines, "There was no night yet.")

    def _preview(self) -> None:
        from assistant.nights import preview_night

        plan = preview_night(self._runtime, lambda event: None)
        self._say_lines(_plan_lines(plan), "A night would change nothing.")
        self._chat.say("Nothing was written. /sleep begins the night.")

    def _reviewed(self) -> None:
        """A night whose plan is read out, and asked about."""
        from assistant.nights import keep_review, sleep_beside
        from tui.sleeping.beside import said_of

        reviewed: list[Sequence[Change]] = []

        def review(changes: Sequence[Change]) -> Sequence[Change]:
            reviewed.append(self._ask(changes))
            return reviewed[-1]

        run = sleep_beside(self._runtime, lambda event: None, review)
        if run is not None and run.status == "applied" and reviewed:
            keep_review(self._runtime, run, reviewed[-1])
        self._chat.say(said_of(run))

    def _ask(self, changes: Sequence[Change]) -> Sequence[Change]:
        from assistant.nights import DEFERRED
        from sleep.review import decline, ticked, units

        found = units(changes)
        if not found:
            return changes
        decided = tuple(changes)
        for number, unit in enumerate(found, start=1):
            for line in _plan_lines([changes[i] for i in unit]):
                self._chat.say(line)
            default = "y" if ticked(changes, unit) else "n"
            answer = ""
            while answer not in ("y", "n", "l", "q"):
                asked = f"{number} of {len(found)}: [y]es, [n]o, [l]ater, [q]uit? [{default}]"
                answer = (self._chat.read_answer(asked) or default).lower()[:1]
            if answer == "q":
                raise Refused("Nothing was changed; the next night asks again.")
            if answer in ("n", "l"):
                decided = decline(decided, set(unit), DEFERRED if answer == "l" else "you declined it")
        return decided

    def night(self, argument: str) -> None:
        from assistant.telling.nights import did, exam_lines
        from memory.store.nights import NightStore

        run, said = act_on_night(self._runtime, argument)
        if said:
            self._chat.say(said)
            return
        self._chat.say(f"{run.short_id}, {run.status}: {did(run.report)}")
        for line in exam_lines(run.report):
            self._chat.say(line)
        changes = NightStore(self._runtime.database).changes(run)
        for number, line in enumerate(_plan_lines(changes), start=1):
            self._chat.say(f"{number} {line}")
        self._chat.say(f"/night {run.short_id} undo 1 takes one change back, /sleep undo {run.short_id} all of them.")

    def dreams(self, argument: str) -> None:
        from memory.store.nights import NightStore

        if argument:
            self._chat.say(act_on_dream(self._runtime, argument))
            return
        dreams = NightStore(self._runtime.database).dreams(MOST_LISTED)
        lines = [f"{d.short_id} ({d.status}, invented): {d.text} {d.question}" for d in dreams]
        self._say_lines(lines, "No dreams yet. /sleep now runs a night.")
        if dreams:
            self._chat.say("/dreams keep d3 makes one a memory, /dreams dismiss d3 says no.")

    def profile(self, argument: str) -> None:
        from memory.store.nights import NightStore

        if argument:
            self._chat.say(change_profile(self._runtime, argument))
            return
        lines = [line for line in NightStore(self._runtime.database).profile() if line.text]
        yours = [
            f"{p.short_id} {p.section}: {p.text}{' (yours)' if p.owner == 'you' else ''}"
            f"{f' ({p.instruction})' if p.instruction else ''}"
            for p in lines
        ]
        self._say_lines(yours, "The page about you is empty. /profile add people: TEXT writes a line.")

    def weights(self, argument: str) -> None:
        from assistant.telling.adapters import verdict_lines
        from memory.store.adapters import AdapterStore

        if argument:
            self._chat.say(act_on_weights(self._runtime, argument))
            return
        adapters = AdapterStore(self._runtime.database).list()
        lines = [line for adapter in adapters for line in verdict_lines(adapter)]
        self._say_lines(lines, "Nothing is learned into weights. /learn does.")

    def learn(self, _argument: str) -> None:
        from tui.sleeping.learning import Offered, learn

        def agree(items: Sequence[Offered]) -> bool:
            for item in items:
                instead = f" rather than {one_line(item.instead, 90)}" if item.instead else ""
                self._chat.say(f"{one_line(item.question, 90)} {one_line(item.answer, 90)}{instead}")
            return bool(self._chat.read_answer(f"Train on these {len(items)}? [y/N]").lower().startswith("y"))

        self._chat.say(learn(self._runtime, lambda event: None, agree))

    # -- figures

    def stats(self, _argument: str) -> None:
        from memory.store import MemoryFilter

        memories = self._runtime.memories.list(MemoryFilter(limit=100_000))
        uses = Insight(self._runtime.database).uses()
        used = sorted((m for m in memories if m.short_id in uses), key=lambda m: -uses[m.short_id].cited)
        self._chat.say(f"{len(memories):,} memories, {len(used):,} of them cited by an answer.")
        for memory in used[:MOST_LISTED]:
            self._chat.say(f"{memory.short_id} cited {uses[memory.short_id].cited} times: {one_line(memory.text, 120)}")

    def ledger(self, _argument: str) -> None:
        lines = [
            f"{s.model}, {s.purpose}: {s.calls:,} calls, {s.prompt_tokens:,} tokens in, {s.completion_tokens:,} out, "
            f"{'left this machine' if s.remote else 'stayed on this machine'}"
            for s in Insight(self._runtime.database).spent()
        ]
        self._say_lines(lines, "No language model was called yet.")
        now, zone = self._runtime.clock.now(), self._runtime.clock.zone
        for call in self._runtime.ledger.list(MOST_LISTED):
            sent = " ".join(call.sent) or "no memory"
            self._chat.say(f"{minute(call.at, now, zone)} {call.purpose} {call.model}: with {sent}")

    def history(self, argument: str) -> None:
        from tui.screens.prose import word_diff

        found = self._runtime.memories.history(argument or None, limit=MOST_LISTED)
        now, zone = self._runtime.clock.now(), self._runtime.clock.zone
        lines = []
        for revision in found:
            before = revision.before.text if revision.before else ""
            after = revision.after.text if revision.after else ""
            words = word_diff(before, after).plain if before != after else revision.reason
            lines.append(f"{ago(revision.at, now, zone)}, {revision.actor}: m{revision.memory_number} {words}")
        self._say_lines(lines, "Nothing was ever changed here.")

    def asof(self, argument: str) -> None:
        from tui.screens.moments import parse_moment

        if not argument:
            raise InvalidInput("As of which day?", "Write /asof 3 May, /asof 2025-05-03, or /asof 30d.")
        moment = parse_moment(argument, self._runtime.clock.now(), self._runtime.clock.zone)
        insight = Insight(self._runtime.database)
        for title, found in (("Known then", insight.known_at(moment)), ("So then", insight.true_at(moment))):
            self._chat.say(f"{title}: {len(found):,}")
            for memory in found[:MOST_LISTED]:
                self._chat.say(f"  {memory.short_id} {one_line(memory.text, 160)}")


def _plan_lines(changes: Sequence[Change]) -> list[str]:
    """Each change on one line: the kind, before and after, how sure, and why."""
    lines = []
    for change in changes:
        before, after = change.before, change.after
        was = f" (was: {one_line(before.text, 80)})" if before and after and before.text != after.text else ""
        doubt = "" if change.safe else ", doubtful"
        left = f", {change.decision}" if change.decision not in ("planned", "applied") else ""
        sure = f"{change.confidence:.0%} sure{doubt}{left}"
        lines.append(
            f"{change.kind}: {one_line(change.payload.text, 160)}{was} [{sure}; {one_line(change.reason, 80)}]"
        )
    return lines
