"""The facts of one kind in the reading of a signal."""

from __future__ import annotations

from pawtui.probes.probe_facts import ChurnFacts, SoakFacts
from pawtui.refresh.refresh_types import SignalReading


def churn_facts(reading: SignalReading | None) -> ChurnFacts | None:
    """Return the facts of the first churn probe that counted commits by week, or None."""
    for probe in reading.probes if reading else ():
        if isinstance(probe.facts, ChurnFacts) and probe.facts.weeks:
            return probe.facts
    return None


def soak_facts(reading: SignalReading | None) -> SoakFacts | None:
    """Return the facts of the soak probe, or None if its window has not started."""
    for probe in reading.probes if reading else ():
        if isinstance(probe.facts, SoakFacts):
            return probe.facts if probe.facts.anchor_at is not None else None
    return None
