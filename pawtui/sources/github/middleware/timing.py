"""The clock and the deadline of requests, and waits that end before the deadline."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from pawtui.sources.github import github_errors
from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.pauses import Pause
from pawtui.sources.github.request import Request, Response, Send
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
        """Wait for the end of a pause. Raises `RateLimited` if it ends after the deadline."""
        seconds = (pause.until - self.clock()).total_seconds()
        if not self.allows(seconds):
            raise github_errors.rate_limit_error(pause, target)
        with self.waits.track_pause(pause.until):
            await self.sleep(seconds)


async def send_before(deadline: float | None, time_limit: float, send: Send, request: Request) -> Response:
    """Send a request on. Raises `TimedOut` at the deadline, or the `SourceError` of another failure.

    `deadline` is in the event loop's time, and `time_limit` the seconds before it, for the message.
    """
    try:
        async with asyncio.timeout_at(deadline):
            return await send(request)
    except TimeoutError:
        failure = github_errors.deadline_error(time_limit, request.target)
    except github_errors.REQUEST_ERRORS as error:
        failure = github_errors.request_error(error, request.target)
    # Raised outside the handler: the exception context would contain request headers.
    raise failure
