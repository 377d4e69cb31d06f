"""What a command is, and what several of them need: the overview, the terminal's width, notices, JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from pawtui.errors import PawtuiError

if TYPE_CHECKING:
    import argparse

    from pawtui.review.views import Overview
    from pawtui.settings import Settings
    from pawtui.store.store import Store


class WrongUsage(PawtuiError):
    """The command cannot be run like this; `str()` is one sentence."""


class Command(NamedTuple):
    """A command: its name, a line of help, an example, its own options, and the function that runs it."""

    name: str
    help: str
    example: str
    options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Settings], int]


def no_options(parser: argparse.ArgumentParser) -> None:
    """For a command without options of its own."""


def json_option(parser: argparse.ArgumentParser) -> None:
    """`--json`, for commands that read."""
    parser.add_argument("--json", action="store_true", help="print JSON with documented keys")


def say(sentence: str) -> None:
    """A sentence for the person, beside the result: on stderr."""
    print(sentence, file=sys.stderr)


def say_notices(store: Store) -> None:
    """What was done about a damaged record, if anything."""
    for notice in store.notices():
        say(notice)


def overview_of(settings: Settings) -> Overview:
    """What the record adds up to now, without the desk: reading needs no source and no event loop."""
    from pawtui.review.overview import overview
    from pawtui.settings import utc_now

    tracker = settings.tracker()
    store = settings.store(tracker)
    record = store.load()
    say_notices(store)
    return overview(tracker, record, utc_now().date())


def print_json(value: object) -> None:
    """Indented JSON on stdout."""
    from pawtui.report.as_json import dumps

    sys.stdout.write(dumps(value))


def terminal_width() -> int | None:
    """The columns of the terminal that stdout is; None for a pipe or a file, where nothing is cut."""
    if not sys.stdout.isatty():
        return None
    try:
        columns = int(os.environ.get("COLUMNS", "0"))
        return columns if columns > 0 else os.get_terminal_size(sys.stdout.fileno()).columns
    except (ValueError, OSError):
        return 80
