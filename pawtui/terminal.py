"""The output to stdout and stderr, made harmless to a terminal in one place.

A tracker file, a record and even a file's name may come from anybody. `guarded` puts a stream in front of both that
writes what a terminal acts on as visible characters: every `print`, parser message and traceback passes through it.
Control sequences of pawtui's own, and Markdown that it made, have functions of their own here.

The screens have `tui/content.py` for the same.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TextIO, cast

from pawtui.sources.sanitize import controls_visible, visible

_CLEAR_LINE = "\r\x1b[K"


class SafeStream(io.TextIOBase):
    """A text stream in front of another one; everything but what is written is the other one's."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text; controls, bidirectional and invisible characters as what can be seen."""
        self.stream.write(visible(text))
        return len(text)

    def flush(self) -> None:
        """Flush the other stream."""
        self.stream.flush()

    def fileno(self) -> int:
        """Return the other stream's descriptor."""
        return self.stream.fileno()

    def isatty(self) -> bool:
        """Return whether the other stream is a terminal."""
        return self.stream.isatty()

    def writable(self) -> bool:
        """Return True."""
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The other stream's encoding."""
        return self.stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What the other stream does with a character that its encoding lacks."""
        return self.stream.errors


@contextmanager
def guarded() -> Iterator[None]:
    """Make everything harmless that is printed to stdout and stderr in the block."""
    with redirect_stdout(_safe(sys.stdout)), redirect_stderr(_safe(sys.stderr)):
        yield


def _safe(stream: TextIO) -> TextIO:
    return stream if isinstance(stream, SafeStream) else cast(TextIO, SafeStream(stream))


def _behind(stream: TextIO) -> TextIO:
    """The stream that is written to without a change."""
    return stream.stream if isinstance(stream, SafeStream) else stream


def write_markdown(text: str) -> None:
    """Write Markdown of `report/` to stdout: the zero-width spaces in it stay, since they keep it from acting."""
    _behind(sys.stdout).write(controls_visible(text))


def show_progress(text: str) -> None:
    """Write over the current line of stderr, a terminal; an empty text clears it."""
    stream = _behind(sys.stderr)
    stream.write(_CLEAR_LINE + visible(text))
    stream.flush()
