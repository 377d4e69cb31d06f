"""Evidence of commits, and its changes between two readings of a signal."""

import datetime as dt
from collections.abc import Iterable

from pawtui.probes.probe_facts import (
    ChurnFacts,
    Facts,
)
from pawtui.probes.reading import Evidence
from pawtui.refresh.refresh_types import SignalReading
from pawtui.report import evidence_changes
from pawtui.report.evidence_changes import ChangeKind, EvidenceChange
from tests.report import samples

REPO = "up/stream"
DAY = dt.date(2026, 11, 20)


def changes_between(
    before: SignalReading | None, after: SignalReading | None, *, same_tracker: bool = True
) -> tuple[EvidenceChange, ...]:
    """Return the changes of evidence alone."""
    return evidence_changes.evidence_changes(before, after, same_tracker=same_tracker)[0]


def incomplete_changes(before: SignalReading | None, after: SignalReading | None) -> tuple[ChangeKind, ...]:
    """Return the kinds of change of which there may be more."""
    return evidence_changes.evidence_changes(before, after)[1]


def at(day: dt.date) -> dt.datetime:
    """Return noon of a day (UTC)."""
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def commit(days_ago: int) -> Evidence:
    """Return a commit that many days before 20 November."""
    sha = f"{days_ago:040x}"
    return Evidence(
        text=f"{sha[:10]}  commit of day {days_ago}", pin=f"{REPO}@{sha}", at=at(DAY - dt.timedelta(days=days_ago))
    )


def changed(before: Facts, old: Iterable[Evidence], after: Facts, new: Iterable[Evidence]) -> dict[str, str]:
    """Return the kind of change by the text of the evidence."""
    first = samples.reading("calm", "met", "x", *old, facts=before)
    second = samples.reading("calm", "met", "x", *new, facts=after)
    return {item.evidence.text: item.change for item in changes_between(first, second)}


def window(total: int, since: dt.date) -> ChurnFacts:
    """Return the facts of a churn probe: the number of commits since a day."""
    return ChurnFacts(total=total, since=since)
