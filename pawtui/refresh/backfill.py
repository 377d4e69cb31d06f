"""Which past moments a backfill measures, and what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

from pawtui.probes.context import history_start, listed_paths
from pawtui.refresh.refresh_types import Refresh
from pawtui.sources.facts import Head
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.tracker_types import Tracker

# A past day is measured as it stood at its end.
DAY_END = dt.time(23, 59, 59, tzinfo=dt.UTC)
# A record with more refreshes than this would be slow to read and to write.
MOST_DATES = 1_000
# The label of a source that has every fact of history from clones.
CLONES_ONLY = "git"


class NotMeasured(msgspec.Struct, frozen=True, kw_only=True):
    """A moment that could not be measured, and why, as a sentence."""

    moment: dt.datetime
    cause: str


class BackfillOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The moments that were measured now, how many were on record already, and those that could not be measured."""

    measured: tuple[dt.datetime, ...] = ()
    skipped: int = 0
    failed: tuple[NotMeasured, ...] = ()

    @property
    def message(self) -> str:
        """What came of it, as a sentence."""
        count = len(self.measured)
        parts = [f"Recorded {count} past {'date' if count == 1 else 'dates'}"]
        parts += [f"{self.skipped} on record already"] if self.skipped else []
        parts += [f"{len(self.failed)} could not be measured"] if self.failed else []
        return f"{', '.join(parts)}."


def moments(since: dt.date, until: dt.date, days: int) -> tuple[dt.datetime, ...]:
    """Return the ends of the days from `since` to `until`, every so many days, oldest first."""
    count = (until - since).days // days + 1
    return tuple(dt.datetime.combine(since + dt.timedelta(days=days * step), DAY_END) for step in range(max(count, 0)))


async def read_ahead(tracker: Tracker, source: Source, first: dt.date) -> None:
    """Let clones read once what all dates from `first` on need of their histories, not a part for each date.

    What cannot be read now is asked again, and told, by the dates that need it. The forge is asked nothing: there, each
    date costs the same.
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
    """Return those moments that are not on record by these rules (`rules_fingerprint`)."""
    return tuple(one for one in wanted if one not in recorded or recorded[one].rules != rules)
