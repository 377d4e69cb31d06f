"""Parsers. A command runs with its own parser alone; the whole one is built for help and completion only."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pawtui.commands.command import Command

if TYPE_CHECKING:
    import argparse

# Every command and the module that has it, in the order help lists them; without a name it is the screens.
COMMAND_MODULES = {
    "": "open_screens",
    "refresh": "run_refresh",
    "status": "show_record",
    "check": "show_record",
    "walk": "walk_review",
    "signal": "change_record",
    "gate": "change_record",
    "note": "change_record",
    "undo": "change_record",
    "redo": "change_record",
    "close": "change_record",
    "history": "show_record",
    "diff": "show_record",
    "log": "show_record",
    "notes": "show_record",
    "export": "write_files",
    "post": "post_comment",
    "init": "write_files",
    "validate": "write_files",
    "probe": "run_refresh",
    "demo": "open_screens",
    "completion": "write_files",
}
GLOBAL_WITH_VALUE = ("--tracker", "--home")


def command_named(name: str) -> Command:
    """The command of that name; KeyError where there is none."""
    commands: tuple[Command, ...] = import_module(f"pawtui.commands.{COMMAND_MODULES[name]}").COMMANDS
    return next(command for command in commands if command.name == name)


def add_globals(parser: argparse.ArgumentParser) -> None:
    """The options that every command takes, before or after its name."""
    parser.add_argument(
        "--tracker", metavar="PATH", help="the tracker file (else PAWTUI_TRACKER, pawtui.toml here or above, built-in)"
    )
    parser.add_argument("--home", metavar="DIR", help="where records are kept (else PAWTUI_HOME, the data folder)")


def parse(command: Command, words: list[str]) -> argparse.Namespace:
    """What was asked of a command. Exits with status 2 (and says why) where it makes no sense, 0 after help."""
    if not words and command.bare is not None:
        # argparse and what it imports in turn take longer than the rest of a short command.
        from types import SimpleNamespace
        from typing import cast

        return cast("argparse.Namespace", SimpleNamespace(tracker=None, home=None, **command.bare))
    return own_parser(command).parse_args(words)


def own_parser(command: Command) -> argparse.ArgumentParser:
    """The parser of one command."""
    import argparse

    parser = argparse.ArgumentParser(
        prog=f"pawtui {command.name}".strip(),
        description=f"{command.help[:1].upper()}{command.help[1:]}.",
        epilog=f"example: {command.example}",
        allow_abbrev=False,
    )
    command.options(parser)
    add_globals(parser)
    return parser


def whole_parser() -> argparse.ArgumentParser:
    """All of it, for `pawtui --help` and completion."""
    import argparse

    from pawtui import __version__

    parser = argparse.ArgumentParser(
        prog="pawtui",
        description="Decide when it is safe to move a downstream project onto a moving upstream. "
        "Without a command, pawtui opens the screens.",
        epilog="example: pawtui refresh && pawtui export -o summary.md",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"pawtui {__version__}")
    add_globals(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for name in COMMAND_MODULES:
        command = command_named(name)
        own = commands.add_parser(
            name, help=command.help, description=command.help, epilog=f"example: {command.example}"
        )
        command.options(own)
        add_globals(own)
    return parser


def split(arguments: list[str]) -> tuple[str, list[str]]:
    """The command's name (empty: none was given) and everything else, in order."""
    index = 0
    while index < len(arguments):
        word = arguments[index]
        if word in GLOBAL_WITH_VALUE:
            index += 2
        elif word.startswith("-"):
            index += 1
        else:
            return word, arguments[:index] + arguments[index + 1 :]
    return "", arguments
