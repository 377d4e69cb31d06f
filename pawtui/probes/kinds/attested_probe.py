"""`attested`: nothing a machine can see. Only a person's verdict answers it."""

from __future__ import annotations

from pawtui.probes.context import ProbeContext
from pawtui.probes.finding import Finding
from pawtui.probes.probe_facts import AttestedFacts
from pawtui.tracker.tracker_types import AttestedProbe, Policy


def rule(_probe: AttestedProbe, _policy: Policy) -> str:
    """Say the rule in words. The question itself is in the cause: both are mostly shown together."""
    return "only a person's verdict answers it"


async def measure(probe: AttestedProbe, _context: ProbeContext) -> Finding:
    """Always unknown: the question, waiting for a verdict."""
    return Finding(
        state="unknown",
        summary="needs a person's verdict",
        facts=AttestedFacts(ask=probe.ask),
        cause=f"only a person can answer: {probe.ask}",
    )
