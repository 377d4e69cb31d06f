"""`attested`: nothing a machine can see. Only a person's verdict answers it."""

from __future__ import annotations

from pawtui.probes.context import ProbeContext
from pawtui.probes.reading import ProbeReading
from pawtui.tracker.model import AttestedProbe


def rule(_probe: AttestedProbe) -> str:
    """The rule in words. The question itself is in the cause: both are mostly shown together."""
    return "only a person's verdict answers it"


async def measure(probe: AttestedProbe, context: ProbeContext) -> ProbeReading:
    """Always unknown: the question, waiting for a verdict."""
    return ProbeReading(
        kind="attested",
        state="unknown",
        summary="waits for a person's verdict",
        rule=rule(probe),
        facts={"ask": probe.ask},
        cause=f"no machine can answer “{probe.ask}”",
    )
