"""`reverie adapter`: what was learned into weights."""

from pathlib import Path
from typing import Annotated

import typer

adapter = typer.Typer(
    help="Inspect and switch what was learned into weights.", rich_markup_mode=None, no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Argument(metavar="ID", help="The adapter, for example a3.")]


@adapter.command("list")
def list_adapters(as_json: Json = False) -> int:
    """List adapters, the newest first."""
    from assistant.cli.adapters import print_list

    return print_list(as_json=as_json)


@adapter.command()
def show(which: Which, as_json: Json = False) -> int:
    """Show what an adapter learned, from which memories, and what the gate said."""
    from assistant.cli.adapters import print_adapter

    return print_adapter(which, as_json=as_json)


@adapter.command()
def activate(which: Which) -> int:
    """Switch an adapter on, with those it was trained on top of."""
    from assistant.cli.adapters import switch_on

    return switch_on(which)


@adapter.command()
def deactivate(which: Annotated[str, typer.Argument(metavar="ID", help="The adapter; none: all.")] = "") -> int:
    """Switch an adapter off, with those that were trained on top of it."""
    from assistant.cli.adapters import switch_off

    return switch_off(which)


@adapter.command()
def export(
    which: Which,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to; it must not exist.")],
) -> int:
    """Write an adapter as a PEFT folder, the merged model, and a Modelfile for Ollama where its family allows."""
    from assistant.cli.adapters import write_out

    return write_out(which, folder)


@adapter.command()
def remove(which: Which) -> int:
    """Remove an adapter and its files."""
    from assistant.cli.adapters import take_away

    return take_away(which)
