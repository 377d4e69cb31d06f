"""Progress on stderr: on a terminal one line that is overwritten, otherwise a line for each step."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from pawtui.commands.command import say
from pawtui.terminal import show_progress

if TYPE_CHECKING:
    from pawtui.refresh.progress import Progress

# Without a terminal, a wait is printed again after this many seconds.
_REPEAT_WAIT = 10


class ProgressLines:
    """A callback that prints each step and wait of a refresh. Pass it as `report` of the refresh."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._overwrites = sys.stderr.isatty()
        self._step = (-1, "")
        self._printed_wait = ""

    def __call__(self, step: Progress) -> None:
        """Print a step."""
        if self._quiet:
            return
        if self._overwrites:
            self._overwrite(step)
        else:
            self._add(step)

    def clear(self) -> None:
        """Clear the line: the next output replaces it."""
        if self._overwrites and not self._quiet:
            show_progress("")

    def _overwrite(self, step: Progress) -> None:
        from pawtui.report.line_wrapping import fit

        text = f"{_count(step)}{step.text} ({step.sent} requests, Ctrl+C cancels)"
        show_progress(fit(" ".join(text.split()), shutil.get_terminal_size().columns - 2))

    def _add(self, step: Progress) -> None:
        if (step.done, step.message) != self._step and step.message:
            self._step = (step.done, step.message)
            self._printed_wait = ""
            say(f"{_count(step)}{' '.join(step.message.split())} ({step.sent} requests)")
        elif step.waiting is not None and step.waiting.is_long:
            # Print a long wait once, then every ten seconds.
            wait = str(step.waiting.until or f"{step.waiting.host} {step.waiting.seconds // _REPEAT_WAIT}")
            if wait != self._printed_wait:
                self._printed_wait = wait
                say(f"{_count(step)}{' '.join(step.text.split())} (Ctrl+C cancels)")


def _count(step: Progress) -> str:
    return f"[{step.done}/{step.total}] " if step.total else ""
