"""Commits per surface and week, read out of the churn readings of a signal."""

from __future__ import annotations

import datetime as dt

import msgspec

from pawtui.probes.facts import ChurnFacts
from pawtui.refresh.model import SignalReading


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """One surface, or all of them: commits in the window, in the busiest one before, and per week (oldest first)."""

    name: str
    count: int
    peak: int
    weeks: tuple[int, ...]


class Churn(msgspec.Struct, frozen=True, kw_only=True):
    """What a churn probe counted. `start` is the first day of the first week, `days` the length of the window."""

    days: int
    start: dt.date | None
    total: Trend
    surfaces: tuple[Trend, ...]


def churn_of(reading: SignalReading | None) -> Churn | None:
    """The signal's first churn reading with weeks in it, or None."""
    for probe in reading.probes if reading else ():
        facts = probe.facts
        if isinstance(facts, ChurnFacts) and facts.weeks:
            return Churn(
                days=facts.days,
                start=facts.weeks_from,
                total=Trend(name="all surfaces", count=facts.total, peak=facts.peak, weeks=facts.weeks),
                surfaces=tuple(
                    Trend(name=one.name, count=one.count, peak=one.peak, weeks=one.weeks) for one in facts.surfaces
                ),
            )
    return None
