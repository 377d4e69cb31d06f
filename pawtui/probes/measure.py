"""Measure a probe, whatever its kind, and a signal, whatever its probes.

A probe whose facts could not be had is `unknown` with the cause; it drags no other down and fails no refresh.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pawtui.probes.context import ProbeContext
from pawtui.probes.facts import Facts
from pawtui.probes.finding import State
from pawtui.probes.kinds import kind_for
from pawtui.probes.pattern import PatternError, check_patterns
from pawtui.probes.reading import ProbeReading
from pawtui.probes.repo_view import PathGone, Unmeasurable
from pawtui.probes.rules import worst
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.model import Probe, Signal, kind_of


async def measure_probe(probe: Probe, context: ProbeContext) -> tuple[ProbeReading, SourceError | None]:
    """The reading, and the error that kept its facts away, if one did.

    What cannot be measured for what it is (a path that is gone, a binary file, a runaway pattern) is a finding, no
    error. Errors of probes that gave a reading all the same are in `context.missed`.
    """
    kind = kind_for(probe)
    rule = kind.rule(probe, context.tracker.policy)
    try:
        await check_patterns(probe)
        found = await kind.measure(probe, context)
    except (SourceError, Unmeasurable, PatternError) as error:
        reading = ProbeReading(
            kind=kind_of(probe),
            state="unknown",
            summary="path gone" if isinstance(error, PathGone) else "could not be measured",
            rule=rule,
            cause=str(error),
            gaps=(str(error),),
            part=probe.part,
            decides=probe.decides,
        )
        return reading, error if isinstance(error, SourceError) else None
    head = (await context.repo(probe)).head.sha
    facts: Facts = msgspec.structs.replace(found.facts, head=head)  # type: ignore[assignment]
    return ProbeReading(
        kind=kind_of(probe),
        state=found.state,
        summary=found.summary,
        rule=found.rule or rule,
        facts=facts,
        evidence=found.evidence,
        cause=found.cause,
        gaps=found.gaps,
        part=probe.part,
        decides=probe.decides,
    ), None


def part_states(signal: Signal, readings: Sequence[ProbeReading]) -> dict[str, State]:
    """The state of each of a signal's parts, by its id; unknown without any probe that decides."""
    deciding = [reading for reading in readings if reading.decides]
    return {part.id: _together([one.state for one in deciding if one.part == part.id]) for part in signal.parts}


def _together(states: Sequence[State]) -> State:
    """Met when all are, partial when some are at least partial, else the worst of what is known."""
    if any(state in ("met", "partial") for state in states):
        return "met" if all(state == "met" for state in states) else "partial"
    return worst(states)


def combine(signal: Signal, readings: Sequence[ProbeReading]) -> State:
    """A signal's state from its probes', by the tracker's `combine`."""
    deciding = [reading for reading in readings if reading.decides]
    states = [reading.state for reading in deciding]
    if signal.parts:
        # Probes that belong to no part are a part of their own, each.
        states = [*part_states(signal, readings).values(), *(one.state for one in deciding if not one.part)]
    return _together(states) if signal.combine == "parts" or signal.parts else worst(states)
