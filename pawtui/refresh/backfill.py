"""The past times that a backfill measures, and its outcome."""

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

from pawtui.phrases import counted
from pawtui.refresh.refresh_types import Refresh

# A past day is measured as it was at its end.
_DAY_END = dt.time(23, 59, 59, tzinfo=dt.UTC)
# With more refreshes, the record would be slow to read and write.
MAX_DATES = 1_000


class BackfillFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A past day that could not be measured, or only with missing facts, and the cause as a sentence."""

    date: dt.date
    cause: str


class BackfillOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The measured days, the number of days recorded before, and the days that could not be measured.

    `incomplete` are the measured days with missing facts, each with its first cause. The next backfill measures them
    again.
    """

    measured: tuple[dt.date, ...] = ()
    skipped: int = 0
    incomplete: tuple[BackfillFailure, ...] = ()
    failed: tuple[BackfillFailure, ...] = ()

    @property
    def message(self) -> str:
        """The outcome as a sentence."""
        parts = [f"Recorded {counted(len(self.measured), 'past day')}"]
        parts += [f"{len(self.incomplete)} of them with missing facts"] if self.incomplete else []
        parts += [f"{self.skipped} already recorded"] if self.skipped else []
        parts += [f"{len(self.failed)} could not be measured"] if self.failed else []
        return f"{', '.join(parts)}."


def day_ends(since: dt.date, until: dt.date, days: int) -> tuple[dt.datetime, ...]:
    """Return the ends of every `days`-th day from `since` to `until`, oldest first."""
    count = (until - since).days // days + 1
    return tuple(dt.datetime.combine(since + dt.timedelta(days=days * step), _DAY_END) for step in range(max(count, 0)))


def still_to_measure(
    wanted: Iterable[dt.datetime], recorded: Mapping[dt.datetime, Refresh], rules: str
) -> tuple[dt.datetime, ...]:
    """Return the times that are not yet recorded with these rules (`rules_fingerprint`) and without errors."""
    return tuple(
        moment
        for moment in wanted
        if moment not in recorded or recorded[moment].rules != rules or recorded[moment].errors
    )
