"""Measure a probe, whatever its kind, and a signal, whatever its probes.

A probe whose facts could not be had is `unknown` with the cause; it drags no other down and fails no refresh.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pawtui.probes import attested, churn, issues, names, new_files, paths, release, soak, subjects, text
from pawtui.probes.context import PathGone, ProbeContext, Unmeasurable
from pawtui.probes.pattern import PatternError
from pawtui.probes.reading import ProbeReading, State
from pawtui.probes.rules import worst
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.model import (
    AttestedProbe,
    ChurnProbe,
    IssuesProbe,
    NamesProbe,
    NewFilesProbe,
    PathsProbe,
    Policy,
    Probe,
    ReleaseProbe,
    Signal,
    SoakProbe,
    SubjectsProbe,
    TextProbe,
    kind_of,
)


async def _measure(probe: Probe, context: ProbeContext) -> ProbeReading:
    match probe:
        case ReleaseProbe():
            return await release.measure(probe, context)
        case SoakProbe():
            return await soak.measure(probe, context)
        case PathsProbe():
            return await paths.measure(probe, context)
        case TextProbe():
            return await text.measure(probe, context)
        case ChurnProbe():
            return await churn.measure(probe, context)
        case SubjectsProbe():
            return await subjects.measure(probe, context)
        case NamesProbe():
            return await names.measure(probe, context)
        case NewFilesProbe():
            return await new_files.measure(probe, context)
        case IssuesProbe():
            return await issues.measure(probe, context)
        case AttestedProbe():
            return await attested.measure(probe, context)


def rule_of(probe: Probe, policy: Policy) -> str:
    """The probe's rule in words, whether or not it could be measured."""
    match probe:
        case ReleaseProbe():
            return release.rule(probe)
        case SoakProbe():
            return soak.rule(probe, policy.soak)
        case PathsProbe():
            return paths.rule(probe)
        case TextProbe():
            return text.rule(probe)
        case ChurnProbe():
            return churn.rule(probe)
        case SubjectsProbe():
            return subjects.rule(probe)
        case NamesProbe():
            return names.rule(probe)
        case NewFilesProbe():
            return new_files.rule(probe)
        case IssuesProbe():
            return issues.rule(probe)
        case AttestedProbe():
            return attested.rule(probe)


async def measure_probe(probe: Probe, context: ProbeContext) -> tuple[ProbeReading, SourceError | None]:
    """The reading, and the error that kept its facts away, if one did.

    What cannot be measured for what it is (a path that is gone, a binary file, a runaway pattern) is a finding, no
    error. Errors of probes that gave a reading all the same are in `look.missed`.
    """
    try:
        reading = await _measure(probe, context)
    except (SourceError, Unmeasurable, PatternError) as error:
        reading = ProbeReading(
            kind=kind_of(probe),
            state="unknown",
            summary="path gone" if isinstance(error, PathGone) else "could not be measured",
            rule=rule_of(probe, context.tracker.policy),
            cause=str(error),
            gaps=(str(error),),
        )
        return reading, error if isinstance(error, SourceError) else None
    return msgspec.structs.replace(reading, facts={"head": context.head.sha, **reading.facts}), None


def combine(signal: Signal, readings: Sequence[ProbeReading]) -> State:
    """A signal's state from its probes', by the tracker's `combine`."""
    states = [reading.state for reading in readings]
    if signal.combine == "parts" and any(state in ("met", "partial") for state in states):
        return "met" if all(state == "met" for state in states) else "partial"
    # Of parts none of which is even partial met, the worst is what is known: unmet, or unknown where all of them are.
    return worst(states)
