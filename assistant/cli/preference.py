"""`reverie preference`: which of two answers the user liked better."""

from typing import Annotated

import typer

preference = typer.Typer(
    help="Inspect what you preferred: answers asked for again, or in another manner.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Argument(metavar="ID", help="The preference, for example v3.")]


@preference.command("list")
def list_preferences(as_json: Json = False) -> int:
    """List preferences, the newest first. `reverie sleep --weights` learns them once there are enough."""
    from assistant.cli.preferences import print_list

    return print_list(as_json=as_json)


@preference.command()
def show(which: Which, as_json: Json = False) -> int:
    """Show both answers in full, and where they were said."""
    from assistant.cli.preferences import print_preference

    return print_preference(which, as_json=as_json)


@preference.command()
def dismiss(which: Which) -> int:
    """Do not learn it; an adapter that did is made anew."""
    from assistant.cli.preferences import dismiss_preference

    return dismiss_preference(which, dismissed=True)


@preference.command()
def restore(which: Which) -> int:
    """Let it be learned after all."""
    from assistant.cli.preferences import dismiss_preference

    return dismiss_preference(which, dismissed=False)
