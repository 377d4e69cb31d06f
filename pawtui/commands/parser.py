"""Find and parse the command that was asked for.

A command runs with its own parser, so that only its module is imported; the parser of all commands is built for help
and completion.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from pawtui import __version__
from pawtui.commands.command import Command

# Each command's module, in the order in which help lists them. The command without a name opens the screens.
COMMAND_MODULES = {
    "": "open_screens",
    "refresh": "run_refresh",
    "mirror": "make_mirrors",
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
    "plan": "record_plan",
    "init": "write_files",
    "validate": "write_files",
    "probe": "run_refresh",
    "demo": "open_screens",
    "completion": "complete_words",
    "help": "show_help",
}
GLOBAL_WITH_VALUE = ("--tracker", "--home")


def command_named(name: str) -> Command:
    """Return the command of that name. Raises `KeyError` for an unknown name."""
    commands: tuple[Command, ...] = import_module(f"pawtui.commands.{COMMAND_MODULES[name]}").COMMANDS
    return next(command for command in commands if command.name == name)


def add_globals(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command takes, before or after its name."""
    parser.add_argument(
        "--tracker",
        metavar="PATH",
        help="the tracker file (default: PAWTUI_TRACKER, then pawtui.toml in this folder or above, then the built-in)",
    )
    parser.add_argument(
        "--home", metavar="DIR", help="the folder of the records (default: PAWTUI_HOME, then your data folder)"
    )


def command_parser(command: Command) -> argparse.ArgumentParser:
    """Return the parser of one command. Parsing exits with status 2 for wrong usage and 0 after help."""
    parser = argparse.ArgumentParser(
        prog=f"pawtui {command.name}".strip(),
        description=_sentence(command.help),
        epilog=_epilog(command),
        # The example and the statuses are lines of their own, to be copied and found.
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.options(parser)
    add_globals(parser)
    return parser


def full_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands, for `pawtui --help` and completion."""
    parser = argparse.ArgumentParser(
        prog="pawtui",
        description="Decide when it is safe to move a downstream project onto a moving upstream. "
        "Without a command, pawtui opens the screens.",
        epilog="`pawtui help` lists the topics of the reference, `pawtui help COMMAND` shows the options of a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"pawtui {__version__}", help="print the version")
    add_globals(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for name in filter(None, COMMAND_MODULES):
        command = command_named(name)
        own = commands.add_parser(name, help=command.help, description=_sentence(command.help))
        command.options(own)
        add_globals(own)
    return parser


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _epilog(command: Command) -> str:
    lines = ["example:", f"  {command.example}"]
    if command.statuses:
        lines += ["", "exit status (`pawtui help commands` lists those of all commands):"]
        lines += [f"  {status:<4} {status.meaning}" for status in command.statuses]
    return "\n".join(lines)


def split(arguments: list[str]) -> tuple[str, list[str]]:
    """Split the arguments into the command's name (empty where none is given) and everything else, in order."""
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
