"""The errors of a replay."""

from pathlib import Path

from pawtui.errors import PawtuiError, os_reason


class ReplayError(PawtuiError):
    """A mapping file, a schema document, or a source is missing or invalid; `str()` is a message for the user."""


class ReplaySourceError(ReplayError):
    """One source cannot be read. The replay continues with the other sources.

    `path` is the path that the user gave; `reason` is why it cannot be read, and what to do.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"Cannot read {path}: {reason}")


class NoSessions(ReplaySourceError):
    """The file is readable but has no sessions. In a folder, such a file is skipped."""


def unreadable_error(
    path: Path, error: OSError, remedy: str = "Check the path and its permissions"
) -> ReplaySourceError:
    """Return the error for a file that the system cannot read."""
    return ReplaySourceError(path, f"{os_reason(error)}. {remedy}.")
