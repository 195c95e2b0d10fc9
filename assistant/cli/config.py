"""`reverie config`: see and change the settings."""

from typing import Annotated

import typer

config = typer.Typer(help="See and change the settings.", rich_markup_mode=None, no_args_is_help=True)


@config.command("show")
def show_settings(
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="One setting; all without it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Print the settings in force; what differs from the default is marked with *."""
    from assistant.cli.output import rows, show, show_json
    from assistant.cli.settings_rows import setting_rows
    from assistant.errors import SettingsError
    from assistant.paths import find_paths
    from assistant.settings_file import load_settings, unknown_setting

    found = setting_rows(load_settings(find_paths()))
    if key is not None:
        found = [row for row in found if row.key == key]
        if not found:
            error: SettingsError = unknown_setting(key)
            raise error
    if as_json:
        show_json([{"key": r.key, "value": r.value, "default": r.default, "about": r.about} for r in found])
    elif key is not None:
        show(found[0].text)
    else:
        rows(("", "setting", "value"), (("*" if r.changed else "", r.key, r.text) for r in found))
    return 0


@config.command("set")
def set_value(
    key: Annotated[str, typer.Argument(metavar="KEY", help="For example model, or openai.base_url.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The new value.")],
) -> int:
    """Change a setting. Comments in the file are kept."""
    from assistant.cli.output import say
    from assistant.paths import find_paths
    from assistant.settings_file import set_setting
    from memory.text import one_line

    if key == "model":
        from assistant.models.spec import parse_model

        parse_model(value)
    paths = find_paths()
    set_setting(paths, key, value)
    say(f"{key} = {one_line(value)} (in {paths.settings})")
    _say_what_overrules(key)
    return 0


@config.command("unset")
def unset_value(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The setting to take back to its default.")],
) -> int:
    """Take a setting back to its default."""
    from assistant.cli.output import say
    from assistant.paths import find_paths
    from assistant.settings_file import set_setting

    paths = find_paths()
    set_setting(paths, key, None)
    say(f"{key} is at its default again (in {paths.settings})")
    _say_what_overrules(key)
    return 0


@config.command("path")
def print_paths() -> int:
    """Print where settings and data live."""
    from assistant.cli.output import fields
    from assistant.paths import find_paths

    paths = find_paths()
    fields(
        {
            "settings": str(paths.settings),
            "database": str(paths.database),
            "index": str(paths.index),
            "backups": str(paths.backups),
            "log": str(paths.log),
        }
    )
    return 0


def _say_what_overrules(key: str) -> None:
    from assistant.cli.output import say
    from assistant.settings_file import variable, variable_in_force

    if variable_in_force(key):
        say(f"{variable(key)} in the environment overrules it until that is taken out.")
