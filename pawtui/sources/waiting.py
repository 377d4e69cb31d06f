"""The time limits of a refresh, and the wait of a source for its host, which the progress line shows."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

# Seconds that one refresh may take, all its requests together.
REFRESH_TIME_LIMIT = 120.0
# Seconds that the first requests of a refresh may take: all others wait for them. GitHub ends its own requests after
# 10 s ("Troubleshooting the REST API").
HEAD_TIME_LIMIT = 10.0
# Seconds after which a wait is shown instead of the last step.
_LONG_WAIT = 2.0


class HostWait(msgspec.Struct, frozen=True, kw_only=True):
    """The wait for a host that has not responded for `seconds`. `until` is the end of the pause that it requested."""

    host: str
    seconds: float
    until: dt.datetime | None = None

    @property
    def is_long(self) -> bool:
        """Whether the wait is shown even if a step can be shown instead."""
        return self.until is not None or self.seconds >= _LONG_WAIT

    @property
    def text(self) -> str:
        """The wait as text, the number first, because the end may be cut off."""
        if self.until is not None:
            return f"waiting until {self.until.astimezone(dt.UTC):%H:%M:%S} UTC for {self.host}"
        return f"waiting {self.seconds:.0f} s for {self.host}"


class WaitTracker:
    """The requests to a host that has not responded yet, and the pauses that it requested."""

    def __init__(self, host: str, clock: Callable[[], dt.datetime]) -> None:
        self._host = host
        self._clock = clock
        self._active = 0
        # Since the first of these requests, or the last response.
        self._silent_since = clock()
        self._pauses: list[dt.datetime] = []

    @contextmanager
    def track_request(self) -> Iterator[None]:
        """Record a wait for the host during the block."""
        if not self._active:
            self.record_response()
        self._active += 1
        try:
            yield
        finally:
            self._active -= 1

    def record_response(self) -> None:
        """Record that the host does not keep us waiting now."""
        self._silent_since = self._clock()

    @contextmanager
    def track_pause(self, until: dt.datetime) -> Iterator[None]:
        """Record a pause until a time, as the host requested, during the block."""
        self._pauses.append(until)
        try:
            yield
        finally:
            self._pauses.remove(until)

    def current(self) -> HostWait | None:
        """Return the wait for the host, or None if no request is active."""
        if not self._active:
            return None
        seconds = max(0.0, (self._clock() - self._silent_since).total_seconds())
        return HostWait(host=self._host, seconds=seconds, until=max(self._pauses, default=None))
