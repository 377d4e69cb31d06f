"""Facts of one kind out of a signal's reading, for what charts and tables them."""

from __future__ import annotations

from pawtui.probes.probe_facts import ChurnFacts, SoakFacts
from pawtui.refresh.refresh_types import SignalReading


def churn_facts(reading: SignalReading | None) -> ChurnFacts | None:
    """Return the facts of the signal's first churn probe that counted commits by week, or None."""
    for probe in reading.probes if reading else ():
        if isinstance(probe.facts, ChurnFacts) and probe.facts.weeks:
            return probe.facts
    return None


def soak_facts(reading: SignalReading | None) -> SoakFacts | None:
    """Return the facts of the signal's soak probe, or None where its window is not open yet."""
    for probe in reading.probes if reading else ():
        if isinstance(probe.facts, SoakFacts):
            return probe.facts if probe.facts.anchor_at is not None else None
    return None
