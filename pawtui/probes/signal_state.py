"""The state of a signal and of its parts, from the readings of its probes, and the summary that decides it."""

from collections.abc import Iterable, Sequence

from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import WORST_FIRST, State, worst
from pawtui.tracker.probe_types import JsonProbe, PathsProbe, Probe, TextProbe
from pawtui.tracker.tracker_types import Signal


def asks_for_absence(probe: Probe) -> bool:
    """Return whether a probe is met if something does not exist: it is met even before any work began."""
    match probe:
        case TextProbe() | JsonProbe():
            return probe.expect == "absent"
        case PathsProbe():
            return not probe.exist
        case _:
            return False


def part_states(signal: Signal, readings: Sequence[ProbeReading]) -> dict[str, State]:
    """Return the state of each part of a signal by its id; unknown without a deciding probe."""
    deciding = [reading for reading in readings if reading.decides]
    return {part.id: _combine([reading for reading in deciding if reading.part == part.id]) for part in signal.parts}


def signal_state(signal: Signal, readings: Sequence[ProbeReading]) -> State:
    """Return the state of a signal from its probes, by the tracker's `combine`."""
    deciding = [reading for reading in readings if reading.decides]
    if not signal.parts and signal.combine == "worst":
        return worst(reading.state for reading in deciding)
    # The probes combine to the same state as the parts. Only a part without a deciding probe must be added.
    measured = {reading.part for reading in deciding}
    unknown: list[State] = ["unknown" for part in signal.parts if part.id not in measured]
    return _combine(deciding, unknown)


def deciding_summary(readings: Iterable[ProbeReading]) -> str:
    """Return the summary of the worst deciding probe, or its cause if it is unknown; empty if no probe decides."""
    deciding = [reading for reading in readings if reading.decides]
    if not deciding:
        return ""
    decisive = min(deciding, key=lambda reading: WORST_FIRST.index(reading.state))
    if decisive.state == "unknown" and decisive.cause:
        return decisive.cause
    return decisive.summary


def _combine(readings: Sequence[ProbeReading], others: Sequence[State] = ()) -> State:
    """Return met if all are met; partial if a probe is at least partial, except one for an absence; else the worst."""
    state = worst([*(reading.state for reading in readings), *others])
    has_progress = any(reading.state in ("met", "partial") and not reading.absence for reading in readings)
    return "partial" if state != "met" and has_progress else state
