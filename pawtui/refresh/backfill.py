"""Which past moments a backfill measures, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

from pawtui.refresh.model import Refresh

# A past day is measured as it stood at its end.
DAY_END = dt.time(23, 59, 59, tzinfo=dt.UTC)
# A record with more refreshes than this would be slow to read and to write.
MOST_DATES = 1_000


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


def still_to_measure(
    wanted: Iterable[dt.datetime], recorded: Mapping[dt.datetime, Refresh], rules: str
) -> tuple[dt.datetime, ...]:
    """Return those moments that are not on record by these rules (`rules_fingerprint`)."""
    return tuple(one for one in wanted if one not in recorded or recorded[one].rules != rules)
