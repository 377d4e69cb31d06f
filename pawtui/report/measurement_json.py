"""Measurements of past days and of one probe as JSON: the shape of each object, and the function that makes it."""

import datetime as dt
from typing import TypedDict

import msgspec

from pawtui.probes.reading import ProbeReading
from pawtui.refresh.backfill import BackfillFailure, BackfillOutcome
from pawtui.review.backtest import Backtest, DatedDecision, Period


class ProbeResultJson(ProbeReading, frozen=True, kw_only=True):
    """The reading of a probe. `probe` is the id of the signal and the number of the probe, from 1: `low-churn.1`.

    `rule` is the rule in words, `gaps` lists the limits of the measurement, `cause` is the reason for the state
    `unknown`.
    """

    probe: str


def probe_result_json(probe: str, reading: ProbeReading) -> ProbeResultJson:
    """Return the result of a probe (`probe` is that of `ProbeResultJson`)."""
    return ProbeResultJson(**msgspec.structs.asdict(reading), probe=probe)


class BackfillJson(TypedDict):
    """The result of a backfill: the measured days, the number of skipped recorded days, and the failures."""

    measured: list[dt.date]
    skipped: int
    failed: tuple[BackfillFailure, ...]


def backfill_json(outcome: BackfillOutcome) -> BackfillJson:
    return {
        "measured": list(outcome.measured),
        "skipped": outcome.skipped,
        "failed": outcome.failed,
    }


class BacktestJson(TypedDict):
    """The decisions by the `needed` signals, with the thresholds that were given.

    `value` is the threshold in a sweep, otherwise null. `go` is the number of dates with a go, `shortest_wait` the
    fewest days from a break to the go after it. `never` lists the needed signals that were met on no date, `changed`
    the dates on which the tracker's own signals and thresholds decide otherwise.
    """

    value: float | None
    needed: tuple[str, ...]
    go: int
    first_go: dt.date | None
    shortest_wait: int | None
    never: tuple[str, ...]
    changed: tuple[dt.date, ...]
    dates: tuple[DatedDecision, ...]
    periods: tuple[Period, ...]


def backtest_json(backtest: Backtest, value: float | None = None) -> BacktestJson:
    return {
        "value": value,
        "needed": backtest.needed,
        "go": backtest.go_dates,
        "first_go": backtest.first_go,
        "shortest_wait": backtest.shortest_wait,
        "never": backtest.never,
        "changed": backtest.changed,
        "dates": backtest.decisions,
        "periods": backtest.periods,
    }
