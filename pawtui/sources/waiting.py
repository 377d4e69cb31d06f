"""The host that a source waits for, for the progress line, and the time limits of a refresh."""

from __future__ import annotations

import datetime as dt

import msgspec

# Seconds that one refresh may take, all its requests together.
DEADLINE = 120.0
# Seconds that the first requests of a refresh may take: all others wait for them. GitHub ends its own requests after
# 10 s ("Troubleshooting the REST API").
HEAD_TIME_LIMIT = 10.0
# Seconds after which a wait is shown instead of the last step.
LONG_WAIT = 2.0


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A host that has not responded for `seconds`. `until` is the time that it asked to wait for, if any."""

    host: str
    seconds: float
    until: dt.datetime | None = None

    @property
    def is_long(self) -> bool:
        """Whether the wait is shown even if a step can be shown instead."""
        return self.until is not None or self.seconds >= LONG_WAIT

    @property
    def text(self) -> str:
        """The wait in words, the number first, because the end may be cut off."""
        if self.until is not None:
            return f"waiting until {self.until.astimezone(dt.UTC):%H:%M:%S} UTC, as {self.host} asks"
        return f"waiting {self.seconds:.0f} s for {self.host}"
