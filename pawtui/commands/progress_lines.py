"""Progress on stderr: on a terminal one line that is overwritten, otherwise a line for each step."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Self

from pawtui.commands.output import print_message
from pawtui.phrases import counted
from pawtui.terminal import show_progress

if TYPE_CHECKING:
    from pawtui.refresh.progress import Progress

_REPEAT_WAIT = 10  # seconds


class ProgressPrinter:
    """Progress on stderr: a line that is overwritten on a terminal, and lines that stay; nothing if `quiet`.

    As a context manager it clears the line at the end of the block.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self.on_terminal = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.clear()

    def overwrite(self, text: str) -> None:
        """Replace the line on the terminal by a text, cut to its width. Without a terminal, do nothing."""
        from pawtui.report.line_wrapping import cut
        from pawtui.report.spans import text_of

        if self.on_terminal and not self._quiet:
            line = cut(text_of(" ".join(text.split())), shutil.get_terminal_size().columns - 2)
            show_progress("".join(span.text for span in line))

    def clear(self) -> None:
        """Clear the line: the next output replaces it."""
        self.overwrite("")

    def print_line(self, text: str) -> None:
        """Print a line that stays."""
        if not self._quiet:
            self.clear()
            print_message(" ".join(text.split()))


class RefreshProgressPrinter(ProgressPrinter):
    """A callback that prints each step and wait of a refresh. Pass it as `on_progress` of the refresh."""

    def __init__(self, *, quiet: bool = False) -> None:
        super().__init__(quiet=quiet)
        self._step = (-1, "")
        self._printed_wait = ""

    def __call__(self, step: Progress) -> None:
        count = f"[{step.done}/{step.total}] " if step.total else ""
        if self.on_terminal:
            self.overwrite(f"{count}{step.text} ({counted(step.sent, 'request')}, Ctrl+C cancels)")
        elif (step.done, step.message) != self._step and step.message:
            self._step = (step.done, step.message)
            self._printed_wait = ""
            self.print_line(f"{count}{step.message} ({counted(step.sent, 'request')})")
        elif step.waiting is not None and step.waiting.is_long:
            # A wait with a known end is printed once, any other long wait every ten seconds.
            wait = str(step.waiting.until or f"{step.waiting.host} {step.waiting.seconds // _REPEAT_WAIT}")
            if wait != self._printed_wait:
                self._printed_wait = wait
                self.print_line(f"{count}{step.text} (Ctrl+C cancels)")
