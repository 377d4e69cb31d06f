"""The exit status of every command, for scripts and CI."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """What a command's exit status means. Numbers are promised: a change of one is a breaking change."""

    DONE = 0
    BUG = 1
    """An unexpected error. Python's own status for an uncaught exception."""
    WRONG_USAGE = 2
    """A wrong option, name or value, or a mistake in the tracker file. argparse's own status."""
    INCOMPLETE = 3
    """A refresh or a measurement in which some facts could not be fetched."""
    FAILED = 4
    """A record, an output or the source could not be read or written, or somebody else changed the same thing."""
    HOLD = 5
    """`check`: the decision is hold."""
    NO_GO = 6
    """`check`: the decision is no-go."""
    TOO_OLD = 7
    """`check`: no refresh is as young as --max-age."""
    NEEDS_EVIDENCE = 8
    """A gate cannot be satisfied without evidence."""
    INTERRUPTED = 130
    """Ctrl+C: 128 + SIGINT, as shells count it."""
    BROKEN_PIPE = 141
    """The reader of stdout has gone: 128 + SIGPIPE."""
