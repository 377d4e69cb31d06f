"""The errors of a replay."""

from __future__ import annotations

from pathlib import Path

from pawtui.errors import PawtuiError


class ReplayError(PawtuiError):
    """The replay cannot continue; `str()` is a message for the user."""


class SourceError(ReplayError):
    """One source cannot be read. The replay continues with the other sources.

    Args:
        path: the path that the user gave.
        reason: the end of the message: why the source cannot be read, and what to do.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"Cannot read {path}: {reason}")
        self.path = path
        self.reason = reason


def unreadable(path: Path, error: OSError, remedy: str = "Check the path and its permissions") -> SourceError:
    """Return the error of a file that the system cannot read."""
    reason = (error.strerror or type(error).__name__).lower()
    return SourceError(path, f"{reason}. {remedy}.")


class NoSessions(SourceError):
    """The file is readable but has no sessions. In a folder, such a file is skipped."""


class SourceChanged(SourceError):
    """The file changed during every attempt to copy it, so that there is no consistent copy."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, "it changed during every attempt to copy it. Close the program that writes it and try again."
        )


class GenerationError(ReplayError):
    """A mapping file is invalid, or there is no mapping with that name."""


class SchemaError(ReplayError):
    """The schema document is invalid."""
