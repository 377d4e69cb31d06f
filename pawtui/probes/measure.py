"""Measure a probe, whatever its kind, and a signal, whatever its probes.

A probe whose facts could not be had is `unknown` with the cause; it drags no other down and fails no refresh.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pawtui.probes import attested, churn, issues, names, new_files, paths, release, soak, subjects, text
from pawtui.probes.look import Look
from pawtui.probes.pattern import PatternError
from pawtui.probes.reading import ProbeReading, State
from pawtui.probes.rules import worst
from pawtui.sources.errors import SourceError
from pawtui.tracker.model import (
    AttestedProbe,
    ChurnProbe,
    IssuesProbe,
    NamesProbe,
    NewFilesProbe,
    PathsProbe,
    Probe,
    ReleaseProbe,
    Signal,
    SoakProbe,
    SubjectsProbe,
    TextProbe,
    kind_of,
)


async def _measure(probe: Probe, look: Look) -> ProbeReading:
    match probe:
        case ReleaseProbe():
            return await release.measure(probe, look)
        case SoakProbe():
            return await soak.measure(probe, look)
        case PathsProbe():
            return await paths.measure(probe, look)
        case TextProbe():
            return await text.measure(probe, look)
        case ChurnProbe():
            return await churn.measure(probe, look)
        case SubjectsProbe():
            return await subjects.measure(probe, look)
        case NamesProbe():
            return await names.measure(probe, look)
        case NewFilesProbe():
            return await new_files.measure(probe, look)
        case IssuesProbe():
            return await issues.measure(probe, look)
        case AttestedProbe():
            return await attested.measure(probe, look)


async def measure_probe(probe: Probe, look: Look) -> tuple[ProbeReading, SourceError | None]:
    """The reading, and the error that kept its facts away, if one did."""
    try:
        reading = await _measure(probe, look)
    except (SourceError, PatternError) as error:
        reading = ProbeReading(
            kind=kind_of(probe),
            state="unknown",
            said="could not be measured",
            rule=probe.why or "see the tracker",
            cause=str(error),
            unseen=(str(error),),
        )
        return reading, error if isinstance(error, SourceError) else None
    return msgspec.structs.replace(reading, facts={"head": look.head.sha, **reading.facts}), None


def combine(signal: Signal, readings: Sequence[ProbeReading]) -> State:
    """A signal's state from its probes', by the tracker's `combine`."""
    states = [reading.state for reading in readings]
    if signal.combine == "worst" or not states:
        return worst(states)
    if all(state == "met" for state in states):
        return "met"
    if any(state in ("met", "partly") for state in states):
        return "partly"
    return "unknown" if "unknown" in states else "unmet"
