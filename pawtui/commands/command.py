"""The type of a command and of its arguments, and the options that several commands have."""

import argparse
import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from pawtui.commands.exit_status import ExitStatus
from pawtui.errors import PawtuiError
from pawtui.settings import Settings


class WrongUsage(PawtuiError):
    """The arguments of the command are invalid; `str()` is a message for the user."""


# Runs a command, and returns its exit status. None means done.
RunCommand = Callable[[argparse.Namespace, Settings], int | None]
# Adds an argument or an option to a parser.
AddArgument = Callable[[argparse.ArgumentParser], None]


class Command(NamedTuple):
    """A command: its name, an example, its arguments and options, and the function that runs it.

    `statuses` are its exit statuses in addition to those of every command (`COMMON_STATUSES`). `details` are sentences
    that its help has below the first.
    """

    name: str
    example: str
    arguments: tuple[AddArgument, ...]
    run: RunCommand
    statuses: tuple[ExitStatus, ...]
    details: str

    @property
    def sentence(self) -> str:
        """The help: the first sentence of the function's docstring."""
        return f"{(self.run.__doc__ or '').partition('.')[0]}."

    @property
    def help(self) -> str:
        """The help as a clause, for lists."""
        return f"{self.sentence[:1].lower()}{self.sentence[1:-1]}"


# The commands of the imported modules, by name.
COMMANDS: dict[str, Command] = {}
# The arguments and options of all built parsers that the shell completes, with the kind of their words.
COMPLETIONS: list[tuple[argparse.Action, str]] = []


def command(
    name: str, example: str, *arguments: AddArgument, statuses: tuple[ExitStatus, ...] = (), details: str = ""
) -> Callable[[RunCommand], RunCommand]:
    """Return a decorator that makes a function a command. Users read the first sentence of its docstring."""

    def register(run: RunCommand) -> RunCommand:
        COMMANDS[name] = Command(name, example, arguments, run, statuses, details)
        return run

    return register


def argument(*names: str, complete: str = "", **parameters: Any) -> AddArgument:
    """Return an argument or option of a command. The other parameters are those of `ArgumentParser.add_argument`.

    `complete` is the kind of words with which the shell completes it (`complete_words.py`). The help shows the name of
    an argument in capitals.
    """
    if not names[0].startswith("-"):
        parameters.setdefault("metavar", names[0].upper())

    def add(parser: argparse.ArgumentParser) -> None:
        action = parser.add_argument(*names, **parameters)
        if complete:
            COMPLETIONS.append((action, complete))

    return add


def flag(name: str, text: str) -> AddArgument:
    """Return an option without a value."""
    return argument(name, action="store_true", help=text)


def repeatable(name: str, metavar: str, text: str, **parameters: Any) -> AddArgument:
    """Return an option that can be given several times; its value is a list."""
    return argument(name, action="append", default=[], metavar=metavar, help=text, **parameters)


JSON = flag("--json", "print JSON (keys: `pawtui help json`)")
QUIET = flag("--quiet", "print no progress")


def parse_day(text: str) -> dt.date:
    """Return the date of an option. Raises `ArgumentTypeError` if the text is not a date."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date. Give one such as 2026-12-01.") from None
