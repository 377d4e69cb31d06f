"""The clock and the deadline of a source's requests, and waits that end before the deadline."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from pawtui.sources.github.github_errors import RequestTarget, rate_limit_error
from pawtui.sources.github.pauses import Pause
from pawtui.sources.waiting import WaitTracker


@dataclass
class Timing:
    """The clock, the waits and the deadline of a source's requests.

    All requests end `time_limit` seconds after `start`. `sleep` waits for a number of seconds. `deadline` is in the
    event loop's time; None before `start`.
    """

    time_limit: float
    clock: Callable[[], dt.datetime]
    sleep: Callable[[float], Awaitable[None]]
    waits: WaitTracker
    deadline: float | None = field(init=False, default=None)

    def start(self) -> None:
        """Set the deadline to `time_limit` seconds from now."""
        self.deadline = asyncio.get_running_loop().time() + self.time_limit

    def allows(self, seconds: float) -> bool:
        """Return whether a wait of `seconds` ends before the deadline."""
        return self.deadline is None or seconds <= self.deadline - asyncio.get_running_loop().time()

    async def wait(self, pause: Pause, target: RequestTarget) -> None:
        """Wait for the end of a pause. Raises the error of `rate_limit_error` if it ends after the deadline."""
        seconds = (pause.until - self.clock()).total_seconds()
        if not self.allows(seconds):
            raise rate_limit_error(pause, target)
        with self.waits.track_pause(pause.until):
            await self.sleep(seconds)
