"""What a source waits for, so that a person can see it, and how long it may."""

from __future__ import annotations

import datetime as dt

import msgspec

# Seconds that one refresh may take, all its requests together.
DEADLINE = 120.0
# Seconds that the first requests of a refresh may take: all others wait for them. GitHub ends its own requests after
# 10 s ("Troubleshooting the REST API").
HEAD_TIME_LIMIT = 10.0


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A host that owes a response: for how many `seconds` none came, and `until` when it asked to send nothing."""

    host: str
    seconds: float
    until: dt.datetime | None = None

    @property
    def text(self) -> str:
        """The wait in words, the number first: the end may be cut off."""
        if self.until is not None:
            return f"waiting until {self.until.astimezone(dt.UTC):%H:%M:%S} UTC, as {self.host} asks"
        return f"waiting {self.seconds:.0f} s for {self.host}"
