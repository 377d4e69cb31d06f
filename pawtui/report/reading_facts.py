"""The facts of one type in the readings of signals, and the facts that a refresh could not fetch."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from pawtui.phrases import counted
from pawtui.probes.probe_facts import ChurnFacts, ProbeFacts, SoakFacts
from pawtui.refresh.refresh_types import SEE_ERRORS, Refresh, SignalReading

_Facts = TypeVar("_Facts", bound=ProbeFacts)


def facts_of(readings: Iterable[SignalReading], type_: type[_Facts]) -> Iterator[_Facts]:
    """Yield the facts of one type in these readings."""
    return (probe.facts for reading in readings for probe in reading.probes if isinstance(probe.facts, type_))


def churn_facts(reading: SignalReading | None) -> ChurnFacts | None:
    """Return the facts of the first churn probe that counted commits by week, or None."""
    if reading is None:
        return None
    return next((facts for facts in facts_of([reading], ChurnFacts) if facts.weeks), None)


def soak_facts(reading: SignalReading | None) -> SoakFacts | None:
    """Return the facts of the soak probe, or None if its window has not started."""
    if reading is None:
        return None
    facts = next(facts_of([reading], SoakFacts), None)
    return facts if facts and facts.anchor_at is not None else None


def errors_with_missing_facts(refresh: Refresh) -> Iterator[str]:
    """Yield each error of a refresh once, with the facts that are missing because of it, as far as they name it.

    Pins do not name their error: they are named only if there is one.
    """
    pins = sum(drift.summary.endswith(SEE_ERRORS) for drift in refresh.drift) if len(refresh.errors) == 1 else 0
    for error in refresh.errors:
        missing = ["the plan"] if refresh.plan and refresh.plan.cause == error else []
        if related := sum(status.cause == error for status in refresh.related):
            missing.append(counted(related, "related issue"))
        missing += [
            reading.id
            for reading in refresh.signals
            if any(error == probe.cause or error in probe.gaps for probe in reading.probes)
        ]
        missing += [counted(pins, "pin")] if pins else []
        yield f"{error} Missing: {', '.join(missing)}." if missing else error
