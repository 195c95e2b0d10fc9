"""The command palette: the registry's commands, by group, while the chat is in front."""

from collections.abc import Callable

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.commands import COMMANDS, Command

DISCOVERED = ("new", "resume", "memory", "why", "sleep", "dreams", "model", "settings")
"""What the palette offers before anything is typed."""


class CommandProvider(Provider):
    """Every command that makes sense without an argument."""

    @property
    def _commands(self) -> tuple[Command, ...]:
        from tui.chat.screen import ChatScreen

        return tuple(c for c in COMMANDS if c.palette) if isinstance(self.screen, ChatScreen) else ()

    async def discover(self) -> Hits:
        offered = {c.name: c for c in self._commands}
        for name in DISCOVERED:
            if name in offered:
                command = offered[name]
                yield DiscoveryHit(_title(command), self._runner(command), help=command.summary)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands:
            title = _title(command)
            score = max(matcher.match(title), matcher.match(" ".join((command.name, *command.aliases))))
            if score > 0:
                yield Hit(score, matcher.highlight(title), self._runner(command), help=command.summary)

    def _runner(self, command: Command) -> Callable[[], None]:
        from tui.chat.screen import ChatScreen

        screen = self.screen
        assert isinstance(screen, ChatScreen)
        if command.fills:
            return lambda: screen.composer.take(command.name)
        return lambda: screen.run_command(command)


def _title(command: Command) -> str:
    return f"{command.group}: {command.palette}"
