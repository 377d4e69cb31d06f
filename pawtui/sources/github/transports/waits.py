"""The deadline of a refresh, and the hosts that it waits for."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pawtui.sources.waiting import Waiting


class Deadline:
    """The time at which all requests of a source end: `seconds` after `start`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        # In the event loop's time; None before `start`.
        self.ends: float | None = None

    def start(self) -> None:
        """Start the time limit."""
        self.ends = asyncio.get_running_loop().time() + self.seconds

    def allows(self, seconds: float) -> bool:
        """Return whether a wait of `seconds` ends before the deadline."""
        return self.ends is None or seconds <= self.ends - asyncio.get_running_loop().time()


class WaitTracker:
    """The hosts that have not responded yet, and the pauses that they requested."""

    def __init__(self, host: str, clock: Callable[[], dt.datetime]) -> None:
        self._host = host
        self._clock = clock
        self._requests: dict[str, int] = {}
        self._silent_since: dict[str, dt.datetime] = {}
        self._pauses: list[dt.datetime] = []

    @contextmanager
    def request(self, host: str = "") -> Iterator[None]:
        """Record a wait for a host (default: the API's) during the block."""
        host = host or self._host
        if not self._requests.get(host):
            self._silent_since[host] = self._clock()
        self._requests[host] = self._requests.get(host, 0) + 1
        try:
            yield
        finally:
            self._requests[host] -= 1

    def responded(self) -> None:
        """Record a response of the API."""
        self._silent_since[self._host] = self._clock()

    @contextmanager
    def pause(self, until: dt.datetime) -> Iterator[None]:
        """Record a pause until a time, as the API requested, during the block."""
        self._pauses.append(until)
        try:
            yield
        finally:
            self._pauses.remove(until)

    def current(self) -> Waiting | None:
        """Return the host with the longest wait, or None if no request is active."""
        silent = [(since, host) for host, since in self._silent_since.items() if self._requests.get(host)]
        if not silent:
            return None
        since, host = min(silent)
        seconds = max(0.0, (self._clock() - since).total_seconds())
        until = max(self._pauses, default=None) if host == self._host else None
        return Waiting(host=host, seconds=seconds, until=until)
