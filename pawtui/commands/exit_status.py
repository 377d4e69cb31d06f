"""The exit status of every command, for scripts and CI."""

from enum import IntEnum
from typing import Self


class ExitStatus(IntEnum):
    """An exit status and its meaning. The numbers are stable: changing a number is a breaking change."""

    meaning: str

    def __new__(cls, number: int, meaning: str) -> Self:
        status = int.__new__(cls, number)
        status._value_ = number
        status.meaning = meaning
        return status

    DONE = 0, "Done. For `check`: the decision is go."
    # Python's own status for an uncaught exception.
    BUG = 1, "A bug. Please report it."
    # argparse's own status.
    WRONG_USAGE = (
        2,
        "An unknown or refused option, name or value, a mistake in the tracker file, or a given file that cannot be "
        "read or written.",
    )
    INCOMPLETE = 3, "Done, but some data could not be read. In a refresh, the probes that need it are unknown."
    FAILED = 4, "The record, stdout or GitHub is not accessible, or someone else changed the same subject."
    HOLD = 5, "The decision is hold."
    NO_GO = 6, "The decision is no-go."
    NO_RECENT_REFRESH = 7, "No refresh is recorded, or the last one is older than `--max-age` or dated in the future."
    NEEDS_EVIDENCE = 8, "The gate or step has no valid evidence, so it cannot be satisfied or done."
    LOSSES = 9, "The replay found a loss or a change that `--fail-on` names."
    # 128 + SIGINT and 128 + SIGPIPE, as in shells.
    INTERRUPTED = 130, "You pressed Ctrl+C."
    BROKEN_PIPE = 141, "The program that reads the output ended before pawtui."


# The exit statuses of every command. A command lists its other statuses in `Command.statuses`.
COMMON_STATUSES = (
    ExitStatus.DONE,
    ExitStatus.BUG,
    ExitStatus.WRONG_USAGE,
    ExitStatus.FAILED,
    ExitStatus.INTERRUPTED,
    ExitStatus.BROKEN_PIPE,
)
