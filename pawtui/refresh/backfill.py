"""The past times that a backfill measures, and its outcome."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Self

import msgspec
from msgspec.structs import replace

from pawtui.phrases import counted
from pawtui.probes.context import history_start, listed_paths
from pawtui.refresh.refresh_types import Refresh
from pawtui.sources.facts import Head
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.tracker_types import Tracker

# A past day is measured as it was at its end.
DAY_END = dt.time(23, 59, 59, tzinfo=dt.UTC)
# With more refreshes, the record would be slow to read and write.
MAX_DATES = 1_000
# The label of a source that reads all history from clones.
CLONES_ONLY = "git"


class NotMeasured(msgspec.Struct, frozen=True, kw_only=True):
    """A time that could not be measured, and the cause as a sentence."""

    moment: dt.datetime
    cause: str


class BackfillOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The newly measured times, the number of times recorded before, and the times that could not be measured.

    `incomplete` are measured times some of whose facts could not be fetched, with the first cause. The next backfill
    measures them again.
    """

    measured: tuple[dt.datetime, ...] = ()
    incomplete: tuple[NotMeasured, ...] = ()
    skipped: int = 0
    failed: tuple[NotMeasured, ...] = ()

    def with_measured(self, refresh: Refresh) -> Self:
        """Return the outcome with one more measured time."""
        moment = refresh.moment
        incomplete = [NotMeasured(moment=moment, cause=error) for error in refresh.errors[:1]]
        return replace(self, measured=(*self.measured, moment), incomplete=(*self.incomplete, *incomplete))

    def with_failed(self, moment: dt.datetime, error: SourceError) -> Self:
        """Return the outcome with one more time that could not be measured."""
        return replace(self, failed=(*self.failed, NotMeasured(moment=moment, cause=str(error))))

    @property
    def message(self) -> str:
        """The outcome as a sentence."""
        parts = [f"Recorded {counted(len(self.measured), 'past date')}"]
        parts += [f"{len(self.incomplete)} of them with missing facts"] if self.incomplete else []
        parts += [f"{self.skipped} already recorded"] if self.skipped else []
        parts += [f"{len(self.failed)} could not be measured"] if self.failed else []
        return f"{', '.join(parts)}."


def day_ends(since: dt.date, until: dt.date, days: int) -> tuple[dt.datetime, ...]:
    """Return the ends of every `days`-th day from `since` to `until`, oldest first."""
    count = (until - since).days // days + 1
    return tuple(dt.datetime.combine(since + dt.timedelta(days=days * step), DAY_END) for step in range(max(count, 0)))


async def read_ahead(tracker: Tracker, source: Source, first: dt.date) -> None:
    """Read the histories that all dates from `first` on need from clones at once, not in parts for each date.

    A failure is ignored here: each date that needs the history reads it again and reports the failure. Nothing is
    requested from GitHub, where each date costs the same.
    """
    if source.label != CLONES_ONLY:
        return
    start = history_start(tracker, first)
    for side, name in ((tracker.upstream, "upstream"), (tracker.downstream, "downstream")):
        paths = listed_paths(tracker, name)
        refs = dict.fromkeys(rule if isinstance(rule, str) else rule.name for rule in side.refs)
        for ref in refs:
            with contextlib.suppress(SourceError):
                head = await source.ref_head(side.repo, ref)
                if isinstance(head, Head):
                    await asyncio.gather(*(source.commits(head.repo, head.sha, path, start) for path in paths))


def still_to_measure(
    wanted: Iterable[dt.datetime], recorded: Mapping[dt.datetime, Refresh], rules: str
) -> tuple[dt.datetime, ...]:
    """Return the times that are not yet recorded with these rules (`rules_fingerprint`) and without errors."""
    return tuple(
        moment
        for moment in wanted
        if moment not in recorded or recorded[moment].rules != rules or recorded[moment].errors
    )
