"""Commits per surface and week, read out of the churn readings of a signal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from pawtui.refresh.model import SignalReading


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """One surface, or all of them: commits in the window, in its busiest one, and per week (oldest first)."""

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


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _weeks(value: object) -> tuple[int, ...]:
    return tuple(_number(one) for one in value) if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _trend(facts: Mapping[str, Any], name: str, count: str) -> Trend:
    return Trend(
        name=name, count=_number(facts.get(count)), peak=_number(facts.get("peak")), weeks=_weeks(facts.get("weeks"))
    )


def churn_of(reading: SignalReading | None) -> Churn | None:
    """The signal's first churn reading with weeks in it, or None. Facts of another shape count as none."""
    for probe in reading.probes if reading else ():
        facts = probe.facts
        if probe.kind != "churn" or not _weeks(facts.get("weeks")):
            continue
        surfaces = facts.get("surfaces")
        listed = surfaces if isinstance(surfaces, Sequence) else ()
        return Churn(
            days=_number(facts.get("days")),
            start=_day(facts.get("weeks_from")),
            total=_trend(facts, "all surfaces", "total"),
            surfaces=tuple(
                _trend(one, str(one.get("name", "?")), "count") for one in listed if isinstance(one, Mapping)
            ),
        )
    return None
