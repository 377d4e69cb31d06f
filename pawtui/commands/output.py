"""The output of the commands: messages, documents, JSON and files, and the overview that they show."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from pawtui.commands.command import WrongUsage
from pawtui.errors import os_reason
from pawtui.settings import Settings

if TYPE_CHECKING:
    from pawtui.report.document import Document
    from pawtui.report.documents.document_parts import DocumentContext
    from pawtui.review.overview import Overview


def print_message(sentence: str) -> None:
    """Print a message on stderr; stdout has only the result."""
    print(sentence, file=sys.stderr)


def print_notices(settings: Settings) -> None:
    """Print how a damaged record was recovered, if one was.

    It is called at the end of each command. A command that asks a question also calls it before the question.
    """
    for notice in settings.pop_notices():
        print_message(notice)


def load_overview(settings: Settings) -> Overview:
    """Return the current overview of the record. It needs no source and no event loop."""
    from pawtui.review.overview import make_overview

    tracker = settings.tracker()
    return make_overview(tracker, settings.store(tracker).load(), settings.now().date())


def document_context(settings: Settings, overview: Overview) -> DocumentContext:
    """Return the context of documents that show this overview."""
    from pawtui.report.documents.document_parts import DocumentContext

    return DocumentContext(overview=overview, web=settings.web(), now=settings.now())


def print_document(document: Document, *, urls: bool = False) -> None:
    """Print a document as plain text in the width of the terminal; `urls` adds the addresses of its links."""
    from pawtui.report.document_lines import UNLIMITED, plain_text

    sys.stdout.write(plain_text(document, terminal_width() or UNLIMITED, urls=urls))


def json_text(value: object) -> str:
    """Return a value as indented JSON with a final newline. Control and invisible characters become `\\uXXXX`."""
    import msgspec

    from pawtui.sources.sanitize import json_escaped

    return json_escaped(msgspec.json.format(msgspec.json.encode(value), indent=2).decode()) + "\n"


def print_json(value: object) -> None:
    sys.stdout.write(json_text(value))


def write_text(path: Path, text: str) -> None:
    """Write a file atomically. Raises `WrongUsage` with the reason if this fails."""
    from pawtui.atomic import write_file

    try:
        write_file(path, text.encode())
    except OSError as error:
        remedy = "Choose a file in an existing folder in which you can write."
        raise WrongUsage(f"Cannot write {path}: {os_reason(error)}. {remedy}") from None


def has_terminal() -> bool:
    """Return whether stdin, stdout and stderr are all terminals."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def can_show_screens() -> bool:
    """Return whether there is a terminal that can move its cursor: not TERM=dumb, as in some editors."""
    return has_terminal() and os.environ.get("TERM") != "dumb"


def terminal_width() -> int | None:
    """Return the width of the terminal at stdout, in columns; None for a pipe or a file: no wrapping."""
    return get_terminal_size().columns if sys.stdout.isatty() else None
