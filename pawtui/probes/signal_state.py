"""How the readings of a signal's probes make its state and the states of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pawtui.probes.finding import State
from pawtui.probes.reading import ProbeReading
from pawtui.probes.rules import worst
from pawtui.tracker.tracker_types import JsonProbe, PathsProbe, Probe, Signal, TextProbe


class _Item(NamedTuple):
    """A state, and whether it shows that something is there: what is only absent is no part of a story."""

    state: State
    shows: bool


def asks_for_absence(probe: Probe) -> bool:
    """Return whether a probe is met by what is not there: that holds before anything was built, too."""
    match probe:
        case TextProbe() | JsonProbe():
            return probe.expect == "absent"
        case PathsProbe():
            return not probe.exist
        case _:
            return False


def part_states(signal: Signal, readings: Sequence[ProbeReading]) -> dict[str, State]:
    """Return the state of each of a signal's parts, by its id; unknown without any probe that decides."""
    return {name: _together(items) for name, items in _parts(signal, readings).items()}


def combine(signal: Signal, readings: Sequence[ProbeReading]) -> State:
    """Return a signal's state from its probes', by the tracker's `combine`."""
    deciding = [reading for reading in readings if reading.decides]
    if not signal.parts:
        items = [_item(reading) for reading in deciding]
        return _together(items) if signal.combine == "parts" else worst(reading.state for reading in deciding)
    parts = [_Item(_together(items), any(item.shows for item in items)) for items in _parts(signal, readings).values()]
    # Probes that belong to no part are a part of their own, each.
    return _together([*parts, *(_item(reading) for reading in deciding if not reading.part)])


def _parts(signal: Signal, readings: Iterable[ProbeReading]) -> dict[str, list[_Item]]:
    parts: dict[str, list[_Item]] = {part.id: [] for part in signal.parts}
    for reading in readings:
        if reading.decides and reading.part in parts:
            parts[reading.part].append(_item(reading))
    return parts


def _item(reading: ProbeReading) -> _Item:
    return _Item(reading.state, not reading.absence)


def _together(items: Sequence[_Item]) -> State:
    """Met when all are; partial when some that show something are at least partial; else the worst of them."""
    states = [item.state for item in items]
    if items and all(state == "met" for state in states):
        return "met"
    if any(item.shows and item.state in ("met", "partial") for item in items):
        return "partial"
    return worst(states)
