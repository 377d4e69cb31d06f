"""Output to stdout and stderr, with control characters made visible in one place.

A tracker file, a record or a file name may contain hostile text. `safe_output` wraps both streams, so that every
`print`, parser message and traceback shows control characters as visible characters. Three functions here write without
this wrapper: for the Markdown of `report/`, for the pages of `pawtui help`, and for progress.

The screens use `tui/content.py` for the same purpose.
"""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TextIO, cast

from pawtui.sources.sanitize import controls_visible, visible

_CLEAR_LINE = "\r\x1b[K"


class SafeStream(io.TextIOBase):
    """A text stream that makes control characters visible, and otherwise does what the wrapped stream does."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text, with control, bidirectional and invisible characters made visible."""
        self.stream.write(visible(text))
        return len(text)

    def flush(self) -> None:
        self.stream.flush()

    def close(self) -> None:
        """Do nothing: the wrapped stream belongs to its creator, and it may be closed already."""

    def fileno(self) -> int:
        return self.stream.fileno()

    def isatty(self) -> bool:
        return self.stream.isatty()

    def writable(self) -> bool:
        return True

    # The base class declares these two as attributes, but they cannot be set: only a property can override them.
    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self.stream.errors


@contextmanager
def safe_output() -> Iterator[None]:
    """Make control characters visible in everything that the block prints to stdout and stderr."""
    with redirect_stdout(_wrapped(sys.stdout)), redirect_stderr(_wrapped(sys.stderr)):
        yield


def _wrapped(stream: TextIO) -> TextIO:
    return stream if isinstance(stream, SafeStream) else cast(TextIO, SafeStream(stream))


def _unwrapped(stream: TextIO) -> TextIO:
    return stream.stream if isinstance(stream, SafeStream) else stream


def write_markdown(text: str) -> None:
    """Write Markdown of `report/` to stdout. Its zero-width spaces stay, because they disable mentions and links."""
    _unwrapped(sys.stdout).write(controls_visible(text))


def write_page(text: str) -> None:
    """Write a rendered page of `pawtui help` to stdout. Its control sequences, for bold words, are those of pawtui."""
    _unwrapped(sys.stdout).write(text)


def show_progress(text: str) -> None:
    """Replace the current line of stderr, which must be a terminal; an empty text clears the line."""
    stream = _unwrapped(sys.stderr)
    stream.write(_CLEAR_LINE + visible(text))
    stream.flush()
