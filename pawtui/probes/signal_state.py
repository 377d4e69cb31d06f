"""The state of a signal and of its parts, from the readings of its probes, and the summary that decides it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import WORST_FIRST, State, worst
from pawtui.tracker.tracker_types import JsonProbe, PathsProbe, Probe, Signal, TextProbe


class _Measured(NamedTuple):
    """The state of a probe or a part. It is no progress if only the absence of something was measured."""

    state: State
    is_progress: bool


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
    return {name: _state_of(items) for name, items in _parts(signal, readings).items()}


def signal_state(signal: Signal, readings: Sequence[ProbeReading]) -> State:
    """Return the state of a signal from its probes, by the tracker's `combine`."""
    deciding = [reading for reading in readings if reading.decides]
    if not signal.parts and signal.combine == "worst":
        return worst(reading.state for reading in deciding)
    by_part = _parts(signal, readings)
    parts = [_Measured(_state_of(items), any(item.is_progress for item in items)) for items in by_part.values()]
    # Each probe without a part counts as a separate part.
    return _state_of([*parts, *(_measured(reading) for reading in deciding if reading.part not in by_part)])


def deciding_summary(readings: Iterable[ProbeReading]) -> str:
    """Return the summary of the worst deciding probe, or its cause if it is unknown; empty if no probe decides."""
    deciding = [reading for reading in readings if reading.decides]
    if not deciding:
        return ""
    decisive = min(deciding, key=lambda reading: WORST_FIRST.index(reading.state))
    return decisive.cause or decisive.summary if decisive.state == "unknown" else decisive.summary


def _parts(signal: Signal, readings: Iterable[ProbeReading]) -> dict[str, list[_Measured]]:
    parts: dict[str, list[_Measured]] = {part.id: [] for part in signal.parts}
    for reading in readings:
        if reading.decides and reading.part in parts:
            parts[reading.part].append(_measured(reading))
    return parts


def _measured(reading: ProbeReading) -> _Measured:
    return _Measured(reading.state, not reading.absence)


def _state_of(items: Sequence[_Measured]) -> State:
    """Return met if all are met; partial if an item that is progress is at least partial; else the worst state."""
    states = [item.state for item in items]
    if items and all(state == "met" for state in states):
        return "met"
    if any(item.is_progress and item.state in ("met", "partial") for item in items):
        return "partial"
    return worst(states)
