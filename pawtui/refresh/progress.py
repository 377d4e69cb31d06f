"""How a refresh reports how far it is and what it waits for, while it runs."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

import msgspec

from pawtui.refresh.refresh_types import Refresh, RepoSnapshot, SignalReading
from pawtui.sources.protocol import Source
from pawtui.sources.waiting import Waiting

_EVERY = 1.0


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One step: `done` of `total`, what just came in (`message`), and what it brought, where it brought something.

    `waiting` is the host that owes a response. The same step is reported again while it waits, without what it brought.
    `total` is 0 until the source is open.
    """

    done: int
    total: int
    message: str
    upstream: RepoSnapshot | None = None
    downstream: RepoSnapshot | None = None
    reading: SignalReading | None = None
    sent: int = 0
    waiting: Waiting | None = None

    @property
    def text(self) -> str:
        """What to show: the wait where it is a long one or nothing has come in yet, else what came in last."""
        waiting = self.waiting
        if waiting is not None and (waiting.is_long or not self.message):
            return waiting.text
        return self.message or "starting"


Report = Callable[[Progress], None]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: a refresh to record with the blobs its pins named, or None and the sentence that says why."""

    refresh: Refresh | None
    message: str
    blobs: Mapping[str, str] = {}


class WaitReporter:
    """Reports progress together with what is waited for, and reports it again every second.

    Enter it before the source is opened: until `watch`, `host` is what is waited for.
    """

    def __init__(
        self,
        report: Report,
        host: str,
        *,
        clock: Callable[[], dt.datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._report = report
        self._host = host
        self._clock = clock
        self._sleep = sleep
        self._began = clock()
        self._last = Progress(done=0, total=0, message="")
        self._source: Source | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.report(self._last)
        self._task = asyncio.create_task(self._repeat())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    def watch(self, source: Source) -> None:
        """From now on, report what this source waits for."""
        self._source = source

    def report(self, progress: Progress) -> None:
        """Report a step."""
        self._last = msgspec.structs.replace(progress, upstream=None, downstream=None, reading=None)
        self._report(msgspec.structs.replace(progress, waiting=self._waiting()))

    async def _repeat(self) -> None:
        while True:
            await self._sleep(_EVERY)
            sent = self._source.spent().sent if self._source is not None else 0
            self._report(msgspec.structs.replace(self._last, sent=sent, waiting=self._waiting()))

    def _waiting(self) -> Waiting | None:
        if self._source is not None:
            return self._source.waiting()
        return Waiting(host=self._host, seconds=max(0.0, (self._clock() - self._began).total_seconds()))


class Steps:
    """Counts what is done, out of `total`, and reports it with what `source` has cost so far."""

    def __init__(self, total: int, report: Report, source: Source) -> None:
        self._total = total
        self._done = 0
        self._report = report
        self._source = source

    def step(
        self,
        message: str,
        *,
        upstream: RepoSnapshot | None = None,
        downstream: RepoSnapshot | None = None,
        reading: SignalReading | None = None,
    ) -> None:
        """One more is done."""
        self._done += 1
        self._report(
            Progress(
                done=min(self._done, self._total),
                total=self._total,
                message=message,
                upstream=upstream,
                downstream=downstream,
                reading=reading,
                sent=self._source.spent().sent,
            )
        )
