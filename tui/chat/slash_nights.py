"""What the slash commands about nights, pages and figures do on the screen."""

import asyncio
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from memory.errors import InvalidInput
from tui.sleeping.asked import act_on_dream, act_on_night, act_on_weights, asked_sleep, change_profile

if TYPE_CHECKING:
    from tui.chat.screen import ChatScreen


class NightCommands:
    """A part of ChatCommands."""

    _screen: "ChatScreen"

    async def _visit(self, screen: Screen[Any]) -> None:
        """Show a screen, and go where it sends the user."""
        goal = await self._screen.app.push_screen_wait(screen)
        self._screen.memory_changed()
        await self._screen.acts.go(goal)

    async def _told(self, line: str) -> None:
        self._screen.memory_changed()
        await self._screen.say(line)

    async def sleep(self, argument: str) -> None:
        from tui.screens.sleep import SleepScreen
        from tui.sleeping.beside import begin, take_back

        act, night = asked_sleep(argument)
        runtime, work = self._screen.runtime, self._screen.night
        if act == "undo":
            await self._told(await asyncio.to_thread(take_back, runtime, night))
        elif act == "now":
            await self._told(await begin(self._screen))
        elif act == "stop":
            work.cancel()
            self._screen.toast("stopping the night" if work.busy else "no night is under way")
        else:
            await self._visit(SleepScreen(runtime, work, "preview" if act == "preview" else ""))
            await self._screen.talks.at_desk(self._screen.desk.away)  # seen there: no news at the next start

    async def night(self, argument: str) -> None:
        from tui.screens.night import NightScreen

        run, said = await asyncio.to_thread(act_on_night, self._screen.runtime, argument)
        if said:
            await self._told(said)
        else:
            await self._visit(NightScreen(self._screen.runtime, run))

    async def dreams(self, argument: str) -> None:
        from tui.screens.dreams import DreamsScreen

        if argument:
            await self._told(await asyncio.to_thread(act_on_dream, self._screen.runtime, argument))
        else:
            await self._visit(DreamsScreen(self._screen.runtime))

    async def profile(self, argument: str) -> None:
        from tui.screens.profile import ProfileScreen

        if argument:
            await self._told(await asyncio.to_thread(change_profile, self._screen.runtime, argument))
        else:
            await self._visit(ProfileScreen(self._screen.runtime))

    async def weights(self, argument: str) -> None:
        from tui.screens.weights import WeightsScreen

        if argument:
            await self._told(await asyncio.to_thread(act_on_weights, self._screen.runtime, argument))
        else:
            await self._visit(WeightsScreen(self._screen.runtime, self._screen.night))

    async def learn(self, _argument: str) -> None:
        from tui.screens.sleep import SleepScreen

        await self._visit(SleepScreen(self._screen.runtime, self._screen.night, "weights"))

    async def stats(self, _argument: str) -> None:
        from tui.screens.stats import StatsScreen

        await self._visit(StatsScreen(self._screen.runtime))

    async def ledger(self, _argument: str) -> None:
        from tui.screens.ledger import LedgerScreen

        await self._visit(LedgerScreen(self._screen.runtime))

    async def history(self, argument: str) -> None:
        from tui.screens.history import HistoryScreen

        await self._visit(HistoryScreen(self._screen.runtime, argument))

    async def asof(self, argument: str) -> None:
        from tui.screens.history import TimeScreen
        from tui.screens.moments import parse_moment

        clock = self._screen.runtime.clock
        if not argument:
            raise InvalidInput("As of which day?", "Write /asof 3 May, /asof 2025-05-03, or /asof 30d.")
        await self._visit(TimeScreen(self._screen.runtime, parse_moment(argument, clock.now(), clock.zone)))
