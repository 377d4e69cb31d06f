"""`attested`: a question that only a maintainer's verdict can answer."""

from pawtui.probes.context import ProbeContext
from pawtui.probes.probe_facts import AttestedFacts
from pawtui.probes.reading import Finding
from pawtui.probes.repo_reader import RepoReader
from pawtui.tracker.probe_types import AttestedProbe
from pawtui.tracker.tracker_types import Policy


def rule(_probe: AttestedProbe, _policy: Policy) -> str:
    """Return the rule in words. The cause contains the question; both are usually shown together."""
    return "only a maintainer's verdict decides"


async def measure(probe: AttestedProbe, _context: ProbeContext, _reader: RepoReader) -> Finding:
    """Return an unknown state with the question as its cause."""
    return Finding(
        state="unknown",
        summary="needs a maintainer's verdict",
        facts=AttestedFacts(ask=probe.ask),
        cause=f"needs a verdict: {probe.ask}",
    )
