"""The chat line by line: for screen readers, pipes, and terminals that can do nothing else.

The same engine and the same commands as on the screen. Standard output carries answers and nothing else; everything
else is said on standard error. No cursor moves, no colours, no spinner, and no need for a terminal.
"""

import asyncio
import select
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from assistant.events import Event, Failed, Finished, MemoryWritten, Notice, TextDelta, ThinkDelta
from assistant.logfile import logging_to
from assistant.surroundings import Surroundings, export_line, look_around
from memory.errors import InvalidInput, Refused, ReverieError
from memory.extraction import pasted
from memory.fulltext import search_messages
from memory.naps import Nap
from memory.text import clean, display, one_line
from memory.types import Message
from tui.chat.find import holds
from tui.commands import COMMANDS, Command, find_command, parse_line, unknown_line
from tui.desk import Desk, model_name, recall_lines
from tui.logs import report
from tui.napping import told
from tui.plain_nights import PlainNights
from tui.plain_prompt import PlainPrompt
from tui.screens.times import ago

if TYPE_CHECKING:
    from assistant.frontends import FrontendOptions
    from assistant.running import RunningTurn
    from assistant.runtime import Runtime

MOST_LISTED = 20
AT_ONCE_SECONDS = 0.05
"""Nobody types a line so soon after another."""


class Leave(Exception):
    """The user is done."""


class PlainChat:
    """A conversation over three streams."""

    def __init__(self, runtime: "Runtime", *, temporary: bool, source: TextIO, out: TextIO, err: TextIO) -> None:
        self.runtime = runtime
        self.desk = Desk(runtime, temporary=temporary)
        self._source = source
        self._out = out
        self._err = err
        self._commands = PlainCommands(self)
        self._place: Message | None = None
        self._making: Future[tuple[Nap, ...]] | None = None
        self.thinking = False
        """Whether what a model thinks aloud is told."""

    def run(self, conversation: str | None = None) -> int:
        """Talk until the input ends or the user leaves. Returns the exit code."""
        try:
            if conversation is not None:
                self._commands.open(conversation)
            self.say(f"Reverie, {model_name(self.runtime.settings.model)}. /help lists the commands, /quit leaves.")
            if away := self.desk.away():
                self.say(f"{away} /night shows it, /sleep undo takes it back.")
            look = self._look_around()
            while True:
                look()
                line = self._read()
                if line is None:
                    return 0
                self.take(line)
        except Leave:
            return 0
        except KeyboardInterrupt:
            self.say("")
            return 130

    def _look_around(self) -> Callable[[], None]:
        """At a first start somebody looks around while the prompt is there already. Gives what tells of it, once it is
        known; to be called between two lines."""
        if not self._source.isatty() or not self.desk.first_start():
            return lambda: None
        self.desk.welcomed()
        self.say(f"What you say lives in {self.runtime.paths.data}, settings in {self.runtime.paths.settings}.")
        found: list[Surroundings] = []
        threading.Thread(target=lambda: found.append(look_around(self.runtime.settings)), daemon=True).start()

        def tell() -> None:
            while found:
                for line in _told_of(found.pop()):
                    self.say(line)

        return tell

    def warm(self) -> None:
        """Load what is slow, and look at the file: in a thread, beside the first line."""
        self.runtime.warm()
        try:
            self.runtime.look()
        except ReverieError as error:
            self.say(str(error))

    def _read(self) -> str | None:
        """The next line; None at the end of the input. The prompt is narration, so it goes to standard error.

        At a terminal, lines that come all at once are a paste: one message, between marks, and none of them a command.
        """
        terminal = self._source.isatty()
        if terminal:
            print("> ", end="", file=self._err, flush=True)
        lines = [self._source.readline()]
        while terminal and lines[-1] and _goes_on(self._source):
            lines.append(self._source.readline())
        lines = [line.rstrip("\r\n") for line in lines if line]
        if len(lines) < 2:
            return lines[0] if lines else None
        self.say(f"{len(lines)} lines came at once: they are one message, taken as pasted.")
        return pasted(clean("\n".join(lines)))

    def say(self, text: str) -> None:
        """Narration: everything that is no answer."""
        print(display(text), file=self._err, flush=True)

    def take(self, line: str) -> None:
        """One line: a command or a message. What goes wrong is one line, too."""
        typed = parse_line(line)
        self._tell_made()
        try:
            if typed.command is not None:
                self._commands.run(typed.command, typed.argument)
            elif typed.unknown:
                self.say(unknown_line(typed.unknown))
            elif typed.text.strip():
                self._say_it(typed.text)
        except ReverieError as error:
            self.say(str(error))

    def instead_of(self, message: Message) -> None:
        """The next message stands in the place of this one, which is kept beside it."""
        self._place = message

    def _say_it(self, text: str) -> None:
        place, self._place = self._place, None
        if place is not None:
            self.desk.go_back_to(place)
        self.answer(lambda: self.desk.answer(text))

    def read_answer(self, question: str) -> str:
        """Ask something on standard error, and read the line that answers it; empty at the end of the input."""
        print(display(question), end=" ", file=self._err, flush=True)
        return self._source.readline().strip()

    def answer(self, begin: "Callable[[], RunningTurn]") -> None:
        """Run a turn; ctrl+c stops it and keeps its part. Then take a nap, if it is time."""
        asyncio.run(self._follow(begin))
        conversation, engine = self.desk.conversation_id, self.desk.engine
        if conversation is None:
            return
        if (nap := engine.nap(conversation)) is not None:
            self.say(f"{told(nap)} (/nap shows them)")
        self._making = engine.imprint(conversation)

    def _tell_made(self) -> None:
        """Tell of cartridges that were made while the user was thinking."""
        if self._making is not None and self._making.done():
            for nap in self._making.result():
                self.say(told(nap))
            self._making = None

    async def _follow(self, begin: "Callable[[], RunningTurn]") -> None:
        running = begin()
        loop = asyncio.get_running_loop()
        handled = _on_interrupt(loop, running.cancel)
        try:
            async for event in running:
                self._show(event)
        finally:
            if handled:
                loop.remove_signal_handler(signal.SIGINT)

    def _show(self, event: Event) -> None:
        match event:
            case TextDelta(text=text):
                print(display(text), end="", file=self._out, flush=True)
            case ThinkDelta(text=text) if self.thinking:
                print(display(text), end="", file=self._err, flush=True)
            case MemoryWritten(summary=summary):
                self.say(f"{summary} (/undo takes it back)")
            case Notice(text=text):
                self.say(text)
            case Finished(message=message):
                print(file=self._out, flush=True)
                if message.status == "stopped":
                    self.say("Stopped; the part that was written is kept. /retry answers again.")
            case Failed():
                if event.partial:
                    print(file=self._out, flush=True)
                kept = "What was written is kept." if event.partial else ""
                self.say(f"{event.message} {kept} {event.hint} /retry answers again.".replace("  ", " "))


def _goes_on(terminal: TextIO) -> bool:
    """Whether another line is there at once. A system that cannot tell has no pastes."""
    try:
        return bool(select.select([terminal], [], [], AT_ONCE_SECONDS)[0])
    except (OSError, ValueError):
        return False


def _told_of(around: Surroundings) -> list[str]:
    lines = [f"In your downloads: {export_line(one)}" for one in around.exports]
    if around.models:
        lines.append(f"Could answer: {'; '.join(one.label for one in around.models[:MOST_LISTED])}.")
    return [*lines, "`reverie setup` lets you choose, once you have left."] if lines else []


def _on_interrupt(loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> bool:
    """Let ctrl+c do `act` where this is the main thread of a system with signals."""
    try:
        loop.add_signal_handler(signal.SIGINT, act)
    except (NotImplementedError, RuntimeError, ValueError):
        return False
    return True


class PlainCommands(PlainNights, PlainPrompt):
    """The registry's commands without a screen: one method for each that `plain` names."""

    def __init__(self, chat: PlainChat) -> None:
        self._chat = chat
        self._desk = chat.desk
        self._runtime = chat.runtime

    def run(self, command: Command, argument: str) -> None:
        """Carry a command out. Raises ReverieError."""
        if not command.plain:
            raise Refused(f"/{command.name} belongs to the screen.", "Start `reverie` without --plain for it.")
        getattr(self, command.name)(argument)

    def open(self, reference: str) -> None:
        """Go on with a stored conversation, and say where it stopped."""
        conversation = self._desk.open(reference)
        self._chat.say(f"{conversation.short_id}: {conversation.title}, {conversation.messages} messages. The last:")
        for shown in self._desk.read(limit=2):
            who = "You" if shown.message.role == "user" else "Reverie"
            self._chat.say(f"{who}: {one_line(shown.message.content, 200)}")

    def new(self, argument: str) -> None:
        self._desk.begin()
        self._chat.say("A new chat.")
        if argument:
            self._chat.take(argument)

    def resume(self, argument: str) -> None:
        if argument[:1].lower() == "c" and argument[1:].isdecimal():
            self.open(argument)
            return
        now, zone = self._runtime.clock.now(), self._runtime.clock.zone
        wanted = argument.lower()
        rows = [c for c in self._runtime.conversations.list(limit=500) if wanted in c.title.lower()]
        for row in rows[:MOST_LISTED]:
            self._chat.say(f"{row.short_id} {row.title} ({ago(row.updated_at, now, zone)}, {row.messages} messages)")
        self._chat.say("/resume c4 opens one." if rows else "No chat has such a title. /search looks in what was said.")

    def search(self, argument: str) -> None:
        if not argument:
            raise InvalidInput("Search for what?", "Write /search and a few words.")
        found = search_messages(self._runtime.database, argument, MOST_LISTED)
        for snippet in found:
            self._chat.say(f"{snippet.conversation.short_id} {snippet.message.short_id} {one_line(snippet.text, 160)}")
        self._chat.say("/resume and the number of a chat opens it." if found else "No message holds these words.")

    def retry(self, _argument: str) -> None:
        question = self._desk.last_question()
        self._chat.answer(lambda: self._desk.retry(question))

    def without(self, argument: str) -> None:
        if not argument:
            raise InvalidInput("Without which memory?", "Write /without m41; /why shows what an answer used.")
        leave_out = self._desk.with_sources(argument.strip("[] ").lower())
        question = self._desk.last_question()
        self._chat.answer(lambda: self._desk.retry(question, leave_out))

    def irrelevant(self, argument: str) -> None:
        self._chat.say(self._desk.set_aside(argument))

    def find(self, argument: str) -> None:
        if not argument:
            raise InvalidInput("Find what?", "Write /find and a few words.")
        found = [m for m in self._desk.read_plain() if holds(m.content, argument)]
        for message in found[-MOST_LISTED:]:
            self._chat.say(
                f"{message.short_id} {'you' if message.role == 'user' else 'Reverie'}: {one_line(message.content, 160)}"
            )
        if not found:
            self._chat.say("No message of this chat holds these words.")

    def edit(self, argument: str) -> None:
        message = self._desk.question_number(argument)
        self._chat.say(f"In the place of: {one_line(message.content, 200)}")
        self._chat.instead_of(message)

    def branch(self, argument: str) -> None:
        shown = self._desk.answer_number(argument)
        self._desk.go_back_to(shown.message)
        self._chat.say(f"Going on from {shown.message.short_id}: {one_line(shown.message.content, 120)}")

    def export(self, argument: str) -> None:
        self._chat.say(self._desk.export(argument, Path.cwd()))

    def rename(self, argument: str) -> None:
        self._chat.say(self._desk.rename(argument))

    def temp(self, argument: str) -> None:
        if argument not in ("", "on", "off"):
            raise InvalidInput(f"{argument!r} is neither on nor off.")
        self._desk.set_temporary(argument == "on" if argument else not self._desk.temporary)
        kind = "A temporary chat: nothing of it is kept." if self._desk.temporary else "A new chat, which is kept."
        self._chat.say(kind)

    def model(self, argument: str) -> None:
        if argument:
            self._chat.say(self._desk.use_model(argument))
        else:
            self._chat.say(f"{model_name(self._runtime.settings.model)} answers. /model NAME chooses another.")

    def remember(self, argument: str) -> None:
        self._chat.answer(lambda: self._desk.answer(self._desk.wish("remember", argument)))

    def forget(self, argument: str) -> None:
        self._chat.answer(lambda: self._desk.answer(self._desk.wish("forget", argument)))

    def memory(self, argument: str) -> None:
        found = self._desk.find_memories(argument)
        for memory in found[:MOST_LISTED]:
            pinned = " (pinned)" if memory.pinned else ""
            self._chat.say(f"{memory.short_id} {memory.kind}{pinned}: {one_line(memory.text, 160)}")
        more = f" The {MOST_LISTED} newest are shown." if len(found) > MOST_LISTED else ""
        self._chat.say(
            f"{self._desk.memory_count()} memories in all.{more}" if found else "No memory holds these words."
        )

    def why(self, argument: str) -> None:
        shown = self._desk.answer_number(argument)
        texts = self._desk.texts_of(shown.recall)
        for line in recall_lines(shown, texts) or ["That answer was made from nothing that is remembered."]:
            self._chat.say(line)

    def pin(self, argument: str) -> None:
        self._chat.say(self._desk.pin(argument))

    def tag(self, argument: str) -> None:
        self._chat.say(self._desk.tag(argument))

    def undo(self, _argument: str) -> None:
        self._chat.say(self._desk.undo())

    def redo(self, _argument: str) -> None:
        self._chat.say(self._desk.redo())

    def help(self, argument: str) -> None:
        if argument:
            command = find_command(argument.lstrip("/"))
            if command is None:
                raise Refused(unknown_line(argument.lstrip("/")))
            self._chat.say(f"{command.usage}: {command.summary}")
            return
        for command in COMMANDS:
            if command.plain:
                self._chat.say(f"{command.usage}: {command.summary}")

    def debug(self, _argument: str) -> None:
        self._chat.say(report(self._runtime))

    def quit(self, _argument: str) -> None:
        raise Leave


def run(options: "FrontendOptions") -> int:
    """Open the home, talk over the standard streams, and close the home again. Returns the exit code."""
    from assistant.runtime import Runtime

    runtime = Runtime.open()
    try:
        with logging_to(runtime.paths.log):
            chat = PlainChat(runtime, temporary=options.temporary, source=sys.stdin, out=sys.stdout, err=sys.stderr)
            threading.Thread(target=chat.warm, name="warming", daemon=True).start()
            return chat.run(options.conversation)
    finally:
        runtime.close()
