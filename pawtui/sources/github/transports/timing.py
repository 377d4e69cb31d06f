"""The deadline of a refresh, and waits within it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable

import msgspec

from pawtui.sources.github.limits import Pause
from pawtui.sources.github.transports.transport_errors import WaitTooLong
from pawtui.sources.waiting import WaitTracker


class Deadline:
    """The time at which all requests of a source end: `seconds` after `start`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        # In the event loop's time; None before `start`.
        self.ends: float | None = None

    def start(self) -> None:
        self.ends = asyncio.get_running_loop().time() + self.seconds

    def allows(self, seconds: float) -> bool:
        """Return whether a wait of `seconds` ends before the deadline."""
        return self.ends is None or seconds <= self.ends - asyncio.get_running_loop().time()


class Timing(msgspec.Struct, frozen=True):
    """The clock, the waits and the deadline of a source's requests. `sleep` waits for a number of seconds."""

    clock: Callable[[], dt.datetime]
    sleep: Callable[[float], Awaitable[None]]
    deadline: Deadline
    waits: WaitTracker

    async def wait(self, pause: Pause, seconds: float, resource: str) -> None:
        """Wait for the rest of a pause. Raises `WaitTooLong` if it ends after the deadline."""
        if not self.deadline.allows(seconds):
            raise WaitTooLong(pause, resource)
        with self.waits.pause(pause.until):
            await self.sleep(seconds)
