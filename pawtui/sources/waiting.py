"""The time limits of a refresh, and the hosts that a source waits for, which the progress line shows."""

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
    """The hosts that have not responded yet, and the pauses that they requested. `host` is the default host."""

    def __init__(self, host: str, clock: Callable[[], dt.datetime]) -> None:
        self._host = host
        self._clock = clock
        self._requests: dict[str, int] = {}
        self._silent_since: dict[str, dt.datetime] = {}
        self._pauses: list[dt.datetime] = []

    @contextmanager
    def track_request(self, host: str = "") -> Iterator[None]:
        """Record a wait for a host during the block."""
        host = host or self._host
        if not self._requests.get(host):
            self._silent_since[host] = self._clock()
        self._requests[host] = self._requests.get(host, 0) + 1
        try:
            yield
        finally:
            self._requests[host] -= 1

    def record_response(self) -> None:
        """Record a response of the default host."""
        self._silent_since[self._host] = self._clock()

    @contextmanager
    def track_pause(self, until: dt.datetime) -> Iterator[None]:
        """Record a pause until a time, as the default host requested, during the block."""
        self._pauses.append(until)
        try:
            yield
        finally:
            self._pauses.remove(until)

    def current(self) -> HostWait | None:
        """Return the longest wait for a host, or None if no request is active."""
        silent = [(since, host) for host, since in self._silent_since.items() if self._requests.get(host)]
        if not silent:
            return None
        since, host = min(silent)
        seconds = max(0.0, (self._clock() - since).total_seconds())
        until = max(self._pauses, default=None) if host == self._host else None
        return HostWait(host=host, seconds=seconds, until=until)
