"""`attested`: nothing a machine can see. Only a person's verdict answers it."""

from __future__ import annotations

from pawtui.probes.look import Look
from pawtui.probes.reading import ProbeReading
from pawtui.tracker.model import AttestedProbe


def rule(probe: AttestedProbe) -> str:
    """The rule in words."""
    return f"only a person's verdict answers: {probe.ask}"


async def measure(probe: AttestedProbe, look: Look) -> ProbeReading:
    """Always unknown: the question, waiting for a verdict."""
    return ProbeReading(
        kind="attested",
        state="unknown",
        said="waits for a person's verdict",
        rule=rule(probe),
        facts={"ask": probe.ask},
        cause="no machine can see it: it waits for a person's verdict",
    )
