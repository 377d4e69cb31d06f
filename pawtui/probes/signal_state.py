"""The state of a signal and of its parts, from the readings of its probes, and the summary that decides it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import WORST_FIRST, State, worst
from pawtui.tracker.tracker_types import JsonProbe, PathsProbe, Probe, Signal, TextProbe


class _Part(NamedTuple):
    """The state of a part. `absence`: only the absence of something was measured, which is no progress."""

    state: State
    absence: bool


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
    return {part_id: part.state for part_id, part in _parts(signal, readings).items()}


def signal_state(signal: Signal, readings: Sequence[ProbeReading]) -> State:
    """Return the state of a signal from its probes, by the tracker's `combine`."""
    deciding = [reading for reading in readings if reading.decides]
    if not signal.parts and signal.combine == "worst":
        return worst(reading.state for reading in deciding)
    parts = _parts(signal, readings)
    # Each probe without a part counts as a separate part.
    return _combine([*parts.values(), *(reading for reading in deciding if reading.part not in parts)]).state


def deciding_summary(readings: Iterable[ProbeReading]) -> str:
    """Return the summary of the worst deciding probe, or its cause if it is unknown; empty if no probe decides."""
    deciding = [reading for reading in readings if reading.decides]
    if not deciding:
        return ""
    decisive = min(deciding, key=lambda reading: WORST_FIRST.index(reading.state))
    return decisive.cause or decisive.summary if decisive.state == "unknown" else decisive.summary


def _parts(signal: Signal, readings: Sequence[ProbeReading]) -> dict[str, _Part]:
    return {
        part.id: _combine([reading for reading in readings if reading.decides and reading.part == part.id])
        for part in signal.parts
    }


def _combine(items: Sequence[ProbeReading | _Part]) -> _Part:
    """Return met if all are met; partial if one that is progress is at least partial; else the worst state."""
    state = worst(item.state for item in items)
    if state != "met" and any(not item.absence and item.state in ("met", "partial") for item in items):
        state = "partial"
    return _Part(state, all(item.absence for item in items))
