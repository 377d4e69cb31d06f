"""Records and readings for the tests of the decision."""

import datetime as dt

import msgspec

from pawtui.probes.probe_facts import SoakFacts
from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Drift, DriftState, SignalReading
from pawtui.review.gate_actions import set_gate
from pawtui.review.record_types import Record
from tests.review.review_samples import NOON, UP, apply, context_of, reading, record, refresh

TODAY = NOON.date()
PIN = f"up/stream@{UP}:src/a.ts"


def measured(calm: State = "met", default: State = "met", *, met_on: dt.date | None = None) -> Record:
    """Return a record with one refresh of both signals."""
    return record(refresh(reading("calm", calm, met_on=met_on), reading("default", default)))


def satisfied(now: Record) -> Record:
    """Return the record with both gates satisfied by the same pin."""
    for gate in ("plan", "value"):
        now = apply(now, set_gate(context_of(now), gate, "satisfied", pins=[PIN]))
    return now


def with_drift(now: Record, state: DriftState) -> Record:
    """Return the record with that state of the pin."""
    last = msgspec.structs.replace(now.refreshes[-1], drift=(Drift(pin=PIN, state=state),))
    return msgspec.structs.replace(now, refreshes=(last,))


def probe_of(
    state: State, *, met_on: dt.date | None = None, decides: bool = True, summary: str = "a finding"
) -> ProbeReading:
    """Return the reading of a probe, which may be met on a day."""
    facts = SoakFacts(met_on=met_on)
    return ProbeReading(kind="soak", state=state, summary=summary, rule="r", facts=facts, decides=decides)


def reading_of(*probes: ProbeReading, name: str = "calm", state: State = "partial") -> SignalReading:
    """Return the reading of a signal with these probes."""
    return SignalReading(id=name, state=state, probes=probes)
