"""What a person can act on when a replay fails."""

from __future__ import annotations

from pathlib import Path

from pawtui.errors import PawtuiError


class ReplayError(PawtuiError):
    """The replay cannot go on; `str()` is one sentence."""


class SourceError(ReplayError):
    """One source cannot be read; the replay goes on with the others.

    Args:
        path: the file as it was named.
        reason: why, as the rest of a sentence, ending in what to do.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"Cannot read {path}: {reason}")
        self.path = path
        self.reason = reason


class NoSessions(SourceError):
    """The file is sound and holds no sessions: in a folder that was named, it is not meant."""


class SourceChanged(SourceError):
    """The file kept changing while it was copied, so that no consistent copy could be made."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, "it changed in every attempt to copy it. Close the program that writes it and try again."
        )


class GenerationError(ReplayError):
    """A mapping file is wrong, or there is no mapping of that name."""


class SchemaError(ReplayError):
    """The schema document cannot be used."""
