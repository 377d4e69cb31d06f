"""How a refresh tells the world how far it is, while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from pawtui.refresh.model import Refresh, RepoSnapshot, SignalReading
from pawtui.sources.protocol import Source


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One step: `done` of `total`, what just came in (`said`), and what it brought, where it brought something."""

    done: int
    total: int
    message: str
    upstream: RepoSnapshot | None = None
    downstream: RepoSnapshot | None = None
    reading: SignalReading | None = None
    sent: int = 0


Report = Callable[[Progress], None]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: a refresh to record with the blobs its pins named, or None and the sentence that says why."""

    refresh: Refresh | None
    message: str
    blobs: Mapping[str, str] = {}


class Steps:
    """Counts what is done, out of `total`, and passes it on with what `source` has cost so far."""

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
