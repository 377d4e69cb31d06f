"""The type of a command, and functions that several commands share: options, messages, documents, JSON."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from pawtui.commands.exit_status import ExitStatus
from pawtui.errors import PawtuiError
from pawtui.settings import Settings

if TYPE_CHECKING:
    from pawtui.report.document import Document
    from pawtui.report.documents.document_parts import PageContext
    from pawtui.review.views import Overview
    from pawtui.store.store import Store


class WrongUsage(PawtuiError):
    """The arguments of the command are invalid; `str()` is a message for the user."""


# Runs a command, and returns its exit status. None means done.
RunCommand = Callable[[argparse.Namespace, Settings], int | None]
# Adds the options of a command to its parser.
AddOptions = Callable[[argparse.ArgumentParser], None]


class Command(NamedTuple):
    """A command: its name, an example, its options, and the function that runs it.

    `statuses` are its exit statuses in addition to those of every command (`COMMON`).
    """

    name: str
    example: str
    options: AddOptions | None
    run: RunCommand
    statuses: tuple[ExitStatus, ...] = ()

    @property
    def sentence(self) -> str:
        """The help: the first sentence of the function's docstring."""
        return f"{(self.run.__doc__ or '').partition('.')[0]}."

    @property
    def help(self) -> str:
        """The help as a clause, for lists."""
        return f"{self.sentence[:1].lower()}{self.sentence[1:-1]}"


COMMANDS: dict[str, Command] = {}
"""The commands of the imported modules, by name."""


def command(
    name: str, example: str, options: AddOptions | None = None, *, statuses: tuple[ExitStatus, ...] = ()
) -> Callable[[RunCommand], RunCommand]:
    """Return a decorator that makes a function a command. Users read the first sentence of its docstring."""

    def register(run: RunCommand) -> RunCommand:
        COMMANDS[name] = Command(name, example, options, run, statuses)
        return run

    return register


def json_option(parser: argparse._ActionsContainer) -> None:
    """Add `--json` to a parser or to a group of its options."""
    parser.add_argument("--json", action="store_true", help="print JSON (keys: `pawtui help json`)")


def date_option(text: str) -> dt.date:
    """Return the date of an option. Raises `ArgumentTypeError` if the text is not a date."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date: give a date such as 2026-12-01") from None


def print_message(sentence: str) -> None:
    """Print a message on stderr; stdout has only the result."""
    print(sentence, file=sys.stderr)


def print_notices(store: Store) -> None:
    """Print how a damaged record was recovered, if one was."""
    for notice in store.notices():
        print_message(notice)


def load_overview(settings: Settings) -> Overview:
    """Return the current overview of the record. It needs no workspace: no source and no event loop."""
    from pawtui.review.overview import overview

    tracker = settings.tracker()
    store = settings.store(tracker)
    record = store.load()
    print_notices(store)
    return overview(tracker, record, settings.now().date())


def page_context(settings: Settings) -> PageContext:
    """Return the context of documents: the web address of the host, and the time."""
    from pawtui.report.documents.document_parts import PageContext

    return PageContext(web=settings.web(), now=settings.now())


def print_document(document: Document, *, urls: bool = False) -> None:
    """Print a document as plain text in the width of the terminal; `urls` adds the addresses of its links."""
    from pawtui.report.plain_text import plain_text

    sys.stdout.write(plain_text(document, terminal_width(), urls=urls))


def print_json(value: object) -> None:
    """Print indented JSON on stdout."""
    from pawtui.report.as_json import dumps

    sys.stdout.write(dumps(value))


def has_terminal() -> bool:
    """Return whether stdin, stdout and stderr are all terminals."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def terminal_width() -> int | None:
    """Return the width of the terminal at stdout, in columns; None for a pipe or a file: no wrapping."""
    if not sys.stdout.isatty():
        return None
    try:
        columns = int(os.environ.get("COLUMNS", "0"))
        return columns if columns > 0 else os.get_terminal_size(sys.stdout.fileno()).columns
    except (ValueError, OSError):
        return 80
