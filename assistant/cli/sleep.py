"""`reverie sleep`: a night, and what became of earlier ones."""

from typing import Annotated

import typer

sleep = typer.Typer(
    help="Turn what was said into clean, current memory: planned, examined, reviewed, and undone at will.",
    rich_markup_mode=None,
    invoke_without_command=True,
)

schedule = typer.Typer(
    help="Nights at a set time, by systemd, launchd or crontab. Without a command: what is installed.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
journal = typer.Typer(
    help="The dreams: what your memories suggest together, each ending in a question. None is taken as true.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
profile = typer.Typer(
    help="The page about you, each line with the memories that it rests on. Without a command: print it.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
sleep.add_typer(schedule, name="schedule")
sleep.add_typer(journal, name="journal")
sleep.add_typer(profile, name="profile")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", metavar="NUMBER", min=1, max=1_000_000, help="How many at the most.")]
WhichDream = Annotated[str, typer.Argument(metavar="DREAM", help="The dream, for example d3.")]
WhichLine = Annotated[str, typer.Argument(metavar="LINE", help="The line, for example p12.")]
Which = Annotated[str, typer.Argument(metavar="RUN", help="The night, for example n7.")]


@sleep.callback()
def night(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing at all.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: apply what is safe, leave out and list what is doubtful.")
    ] = False,
    estimate: Annotated[bool, typer.Option("--estimate", help="Only say what a night would take.")] = False,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="MODEL", help="Who helps to read: provider:name, or none for rules alone."),
    ] = None,
    budget_tokens: Annotated[
        int | None,
        typer.Option("--budget-tokens", metavar="NUMBER", min=0, help="Stop after the stage that spends so many."),
    ] = None,
    budget_seconds: Annotated[
        float | None,
        typer.Option("--budget-seconds", metavar="NUMBER", min=0, help="Stop after the stage that takes so long."),
    ] = None,
    weights: Annotated[
        bool, typer.Option("--weights", help="Then teach the small model of weights.base what it does not know yet.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what happens, one JSON object a line.")] = False,
    scheduled: Annotated[
        bool, typer.Option("--scheduled", help="As the schedule runs it: if it is time, silently, into sleep.log.")
    ] = False,
) -> int | None:
    if context.invoked_subcommand is not None:
        _nothing_passed_over(context)
        return None
    from assistant.cli.sleeping import Wishes, sleep_now

    if scheduled:
        from assistant.cli.sleep_schedule import scheduled_night

        if dry_run or estimate or as_json:
            raise typer.BadParameter(
                "it says nothing that could be shown; take the other out.", param_hint="--scheduled"
            )
        return scheduled_night(Wishes(yes=True, tokens=budget_tokens, seconds=budget_seconds, model=model or ""))

    wishes = Wishes(
        dry=dry_run,
        yes=yes,
        estimate=estimate,
        tokens=budget_tokens,
        seconds=budget_seconds,
        as_json=as_json,
        model=model or "",
    )
    code = sleep_now(wishes)
    if not weights or code:
        return code
    from assistant.cli.sleep_weights import learn_now

    return learn_now(wishes)


def _nothing_passed_over(context: typer.Context) -> None:
    """Options of a night before the name of another command would be ignored: an error instead."""
    for option in context.command.params:
        if context.params.get(option.name or "") not in (None, False, ""):
            raise typer.BadParameter(
                f"it is not for {context.invoked_subcommand!r}; put it after that, or take it out.",
                param_hint=option.opts[0],
            )


@sleep.command()
def status(as_json: Json = False) -> int:
    """Whether a night is under way, what the last one did, and what is new since."""
    from assistant.cli.sleep_past import print_status

    return print_status(as_json=as_json)


@sleep.command()
def history(limit: Limit = 50, as_json: Json = False) -> int:
    """List the nights, newest first."""
    from assistant.cli.sleep_past import print_history

    return print_history(limit, as_json=as_json)


@sleep.command()
def show(which: Which, as_json: Json = False) -> int:
    """Show a night: each change with before and after, its reason, its sources, and what was decided."""
    from assistant.cli.sleep_past import print_night

    return print_night(which, as_json=as_json)


@sleep.command()
def undo(which: Which, as_json: Json = False) -> int:
    """Take a night back. What you changed since stays as it is and is listed."""
    from assistant.cli.sleep_past import undo_night

    return undo_night(which, as_json=as_json)


@journal.callback()
def dreams(context: typer.Context, limit: Limit = 50, as_json: Json = False) -> int | None:
    if context.invoked_subcommand is not None:
        return None
    from assistant.cli.sleep_pages import print_journal

    return print_journal(limit, as_json=as_json)


@journal.command()
def keep(which: WhichDream) -> int:
    """Make a dream a memory of yours, with the quotes that it rests on."""
    from assistant.cli.sleep_pages import keep_dream

    return keep_dream(which)


@journal.command()
def dismiss(which: WhichDream) -> int:
    """Say no to a dream: it is not dreamt again."""
    from assistant.cli.sleep_pages import dismiss_dream

    return dismiss_dream(which)


@journal.command()
def rehearsed(limit: Limit = 10, as_json: Json = False) -> int:
    """What nights of weights asked themselves, and of which memories."""
    from assistant.cli.sleep_rehearsals import print_rehearsals

    return print_rehearsals(limit, as_json=as_json)


@profile.callback()
def page(context: typer.Context, as_json: Json = False) -> int | None:
    if context.invoked_subcommand is not None:
        return None
    from assistant.cli.sleep_pages import print_profile

    return print_profile(as_json=as_json)


@profile.command()
def add(
    section: Annotated[str, typer.Argument(metavar="PART", help="Of the page: people, work, preferences ...")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The line.")],
    when: Annotated[
        str, typer.Option("--when", metavar="TEXT", help='When to bring it up: "when we talk of food".')
    ] = "",
) -> int:
    """Write a line of your own; sleep never touches it."""
    from assistant.cli.sleep_pages import write_line

    return write_line(section, text, when)


@profile.command()
def edit(which: WhichLine, text: Annotated[str, typer.Argument(metavar="TEXT", help="The new words.")]) -> int:
    """Change a line; it is yours from then on."""
    from assistant.cli.sleep_pages import edit_line

    return edit_line(which, text)


@profile.command("remove")
def take_off(which: WhichLine) -> int:
    """Take a line off the page; it does not come back. Its memory stays."""
    from assistant.cli.sleep_pages import remove_line

    return remove_line(which)


@schedule.callback()
def scheduling(context: typer.Context) -> int | None:
    return None if context.invoked_subcommand else installed()


@schedule.command("install")
def install() -> int:
    """Let a night begin every day at the time of the setting sleep.at. Twice is once."""
    from assistant.cli.sleep_schedule import install_schedule

    return install_schedule()


@schedule.command("show")
def installed(as_json: Json = False) -> int:
    """Print what is installed, to the letter."""
    from assistant.cli.sleep_schedule import show_schedule

    return show_schedule(as_json=as_json)


@schedule.command("remove")
def remove() -> int:
    """Take the schedule away."""
    from assistant.cli.sleep_schedule import remove_schedule

    return remove_schedule()
