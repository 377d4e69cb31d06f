"""The recorded parts of a signal, and the finding that decides a state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pawtui.probes.reading import ProbeReading
from pawtui.probes.rules import WORST_FIRST
from pawtui.probes.signal_state import part_states
from pawtui.refresh.refresh_types import PartReading
from pawtui.tracker.tracker_types import Signal


def part_readings(signal: Signal, readings: Sequence[ProbeReading]) -> tuple[PartReading, ...]:
    """Return each part with its state and its deciding finding, in the tracker's order."""
    states = part_states(signal, readings)
    return tuple(
        PartReading(
            id=part.id,
            title=part.title,
            state=states[part.id],
            summary=deciding_summary(reading for reading in readings if reading.part == part.id),
        )
        for part in signal.parts
    )


def deciding_summary(readings: Iterable[ProbeReading]) -> str:
    """Return the finding of the worst deciding probe, or its cause if it is unknown; empty if no probe decides."""
    deciding = [reading for reading in readings if reading.decides]
    if not deciding:
        return ""
    worst = min(deciding, key=lambda reading: WORST_FIRST.index(reading.state))
    return worst.cause or worst.summary if worst.state == "unknown" else worst.summary
