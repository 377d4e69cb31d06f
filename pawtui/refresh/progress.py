"""Progress of a refresh while it runs: its steps, and the host that it waits for."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Self

import msgspec
from msgspec.structs import replace

from pawtui.refresh.refresh_types import RepoSnapshot, SignalReading
from pawtui.sources.protocol import Source
from pawtui.sources.waiting import HostWait

_REPEAT_SECONDS = 1.0


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One step: `done` of `total`, its `message`, and its snapshot or reading if it produced one.

    `waiting` is the host whose response is pending. During the wait the step is reported again, without its results.
    `total` is 0 until the source is open.
    """

    message: str
    done: int = 0
    total: int = 0
    upstream: RepoSnapshot | None = None
    downstream: RepoSnapshot | None = None
    reading: SignalReading | None = None
    sent: int = 0
    waiting: HostWait | None = None

    @property
    def text(self) -> str:
        """The wait if it is long or no step is done yet; otherwise the last message."""
        waiting = self.waiting
        if waiting is not None and (waiting.is_long or not self.message):
            return waiting.text
        return self.message or "starting"


ProgressCallback = Callable[[Progress], None]


class WaitReporter:
    """Reports progress and waits, and repeats the last report every second.

    Enter it before the source is opened: until `watch` is called, it reports a wait for `host`.
    """

    def __init__(
        self,
        on_progress: ProgressCallback,
        host: str,
        *,
        clock: Callable[[], dt.datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._on_progress = on_progress
        self._host = host
        self._clock = clock
        self._sleep = sleep
        self._began = clock()
        self._last = Progress(message="")
        self._source: Source | None = None
        self._task: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self.report(self._last)
        self._task = asyncio.create_task(self._repeat())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    def watch(self, source: Source) -> None:
        """Report the waits of this source from now on."""
        self._source = source

    def report(self, progress: Progress) -> None:
        """Report the step, with the current wait."""
        self._last = replace(progress, upstream=None, downstream=None, reading=None)
        self._on_progress(replace(progress, waiting=self._waiting()))

    async def _repeat(self) -> None:
        while True:
            await self._sleep(_REPEAT_SECONDS)
            sent = self._source.usage().sent if self._source is not None else 0
            self._on_progress(replace(self._last, sent=sent, waiting=self._waiting()))

    def _waiting(self) -> HostWait | None:
        if self._source is not None:
            return self._source.waiting()
        return HostWait(host=self._host, seconds=max(0.0, (self._clock() - self._began).total_seconds()))
