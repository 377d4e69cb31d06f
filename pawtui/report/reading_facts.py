"""The facts of one type in the readings of signals."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from pawtui.probes.probe_facts import ChurnFacts, ProbeFacts, SoakFacts
from pawtui.refresh.refresh_types import SignalReading

_Facts = TypeVar("_Facts", bound=ProbeFacts)


def facts_of(readings: Iterable[SignalReading | None], type_: type[_Facts]) -> Iterator[_Facts]:
    """Yield the facts of one type in these readings."""
    probes = (probe for reading in readings if reading for probe in reading.probes)
    return (probe.facts for probe in probes if isinstance(probe.facts, type_))


def churn_facts(reading: SignalReading | None) -> ChurnFacts | None:
    """Return the facts of the first churn probe that counted commits by week, or None."""
    return next((facts for facts in facts_of([reading], ChurnFacts) if facts.weeks), None)


def soak_facts(reading: SignalReading | None) -> SoakFacts | None:
    """Return the facts of the first soak probe whose window has started, or None."""
    return next((facts for facts in facts_of([reading], SoakFacts) if facts.anchor_at is not None), None)
