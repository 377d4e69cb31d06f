"""Find and parse the command on the command line.

A command runs with its own parser, so that only its module is imported. The parser of all commands is built only for
help and completion.
"""

import argparse
import sys
from importlib import import_module
from shutil import get_terminal_size
from textwrap import fill

from pawtui import __version__
from pawtui.commands.command import COMMANDS, Command, argument

# The module of each command, in the order of the help. The command without a name opens the screens.
COMMAND_MODULES = {
    "": "open_screens",
    "refresh": "measure_repositories",
    "mirror": "make_mirrors",
    "backfill": "measure_repositories",
    "backtest": "run_backtest",
    "status": "show_record",
    "check": "show_record",
    "walk": "open_screens",
    "signal": "change_record",
    "gate": "change_record",
    "step": "change_record",
    "note": "change_record",
    "undo": "change_record",
    "redo": "change_record",
    "close": "change_record",
    "history": "show_record",
    "diff": "show_record",
    "log": "show_record",
    "notes": "show_record",
    "export": "show_record",
    "post": "post_comment",
    "plan": "change_record",
    "init": "tracker_file",
    "validate": "tracker_file",
    "probe": "measure_repositories",
    "replay": "run_replay",
    "demo": "open_screens",
    "completion": "complete_words",
    "help": "show_help",
}
_GLOBAL_WITH_VALUE = ("--tracker", "--home")
_MIN_WIDTH = 20  # columns of the help
_USAGE = "pawtui [-h] [--version] [--tracker PATH] [--home DIR] [COMMAND ...]"


def command_named(name: str) -> Command:
    """Return the command of that name. Raises `KeyError` for an unknown name."""
    import_module(f"pawtui.commands.{COMMAND_MODULES[name]}")
    return COMMANDS[name]


def command_parser(command: Command) -> argparse.ArgumentParser:
    """Return the parser of one command. Parsing exits with status 2 for wrong usage and 0 after help.

    Its help wraps all texts at the width of the terminal, except the example: a user copies it.
    """
    # The width that argparse uses for the options.
    width = max(get_terminal_size().columns - 2, _MIN_WIDTH)
    lines = ["example:", f"  {command.example}"]
    if command.statuses:
        lines += ["", fill("exit statuses of this command (`pawtui help commands` lists all):", width)]
        lines += [
            fill(f"  {status:<4} {status.meaning}", width, subsequent_indent=" " * 7) for status in command.statuses
        ]
    parser = argparse.ArgumentParser(
        prog=f"pawtui {command.name}".strip(),
        # The parser without a command does not know that one may follow.
        usage=None if command.name else _USAGE,
        description="\n\n".join(fill(text, width) for text in (command.sentence, command.details) if text),
        epilog="\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _disable_colours(parser)
    _add_arguments(parser, command)
    return parser


def full_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands, for `pawtui --help` and completion."""
    parser = argparse.ArgumentParser(
        prog="pawtui",
        usage=_USAGE,
        description="Decide when it is safe to move a downstream project onto a moving upstream. "
        "Without a command, pawtui opens the screens.",
        epilog="`pawtui help` lists the topics of the reference, `pawtui help COMMAND` shows the options of a command.",
        allow_abbrev=False,
    )
    _disable_colours(parser)
    parser.add_argument("--version", action="version", version=f"pawtui {__version__}", help="print the version")
    _add_globals(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", prog="pawtui")
    for name in filter(None, COMMAND_MODULES):
        command = command_named(name)
        subparser = commands.add_parser(name, help=command.help, description=command.sentence)
        _add_arguments(subparser, command)
    return parser


def _disable_colours(parser: argparse.ArgumentParser) -> None:
    """Disable the colours that argparse has since Python 3.14: `safe_output` would print their control sequences."""
    if sys.version_info >= (3, 14):
        parser.color = False


def _add_arguments(parser: argparse.ArgumentParser, command: Command) -> None:
    for add in command.arguments:
        add(parser)
    # The demo has its own tracker and record.
    _add_globals(parser, hidden=command.name == "demo")


def _add_globals(parser: argparse.ArgumentParser, *, hidden: bool = False) -> None:
    """Add the options that every command has, before or after its name. `hidden` leaves them out of the help."""
    tracker = "the tracker file (default: PAWTUI_TRACKER, then pawtui.toml here or in a parent folder, then built-in)"
    home = "the folder of the records (default: PAWTUI_HOME, then your data folder)"
    argument("--tracker", complete="files", metavar="PATH", help=argparse.SUPPRESS if hidden else tracker)(parser)
    argument("--home", complete="folders", metavar="DIR", help=argparse.SUPPRESS if hidden else home)(parser)


def split_command(arguments: list[str]) -> tuple[str, list[str]]:
    """Split the arguments into the name of the command (empty if there is none) and all other arguments."""
    index = 0
    while index < len(arguments):
        word = arguments[index]
        if word in _GLOBAL_WITH_VALUE:
            index += 2
        elif word.startswith("-"):
            index += 1
        else:
            return word, arguments[:index] + arguments[index + 1 :]
    return "", arguments
