"""The facts of one kind in the readings of signals."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from pawtui.probes.probe_facts import ChurnFacts, ProbeFacts, SoakFacts
from pawtui.refresh.refresh_types import SignalReading

_Facts = TypeVar("_Facts", bound=ProbeFacts)


def facts_of(readings: Iterable[SignalReading], kind: type[_Facts]) -> Iterator[_Facts]:
    """Yield the facts of one kind in these readings."""
    return (probe.facts for reading in readings for probe in reading.probes if isinstance(probe.facts, kind))


def churn_facts(reading: SignalReading | None) -> ChurnFacts | None:
    """Return the facts of the first churn probe that counted commits by week, or None."""
    return next((facts for facts in facts_of([reading], ChurnFacts) if facts.weeks), None) if reading else None


def soak_facts(reading: SignalReading | None) -> SoakFacts | None:
    """Return the facts of the soak probe, or None if its window has not started."""
    facts = next(facts_of([reading], SoakFacts), None) if reading else None
    return facts if facts and facts.anchor_at is not None else None
