"""`release`: is there a stable release of the line?

Tags of the line decide, not GitHub's "Latest" release, which can be of the old line for months.
"""

import msgspec

from pawtui.phrases import counted
from pawtui.probes.context import ProbeContext
from pawtui.probes.probe_evidence import tag_evidence
from pawtui.probes.probe_facts import ReleaseFacts, TagFacts
from pawtui.probes.reading import Finding
from pawtui.probes.release_line import read_release_line
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.state import State
from pawtui.tracker.probe_types import ReleaseProbe
from pawtui.tracker.tracker_types import Policy


def rule(probe: ReleaseProbe, _policy: Policy) -> str:
    return f"met with at least {counted(probe.met, 'stable tag')} of the line {probe.line}; pre-releases do not count"


def judge(probe: ReleaseProbe, facts: ReleaseFacts) -> State:
    """Return the state for the number of stable releases."""
    return "met" if facts.stable >= probe.met else "unmet"


async def measure(probe: ReleaseProbe, _context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding: the number of stable tags of the line, and the dates of the first and the newest."""
    line = await read_release_line(reader, probe.line)
    stable = line.releases
    facts = ReleaseFacts(line=probe.line, stable=len(stable), prereleases=line.others, minors=line.minors)
    state = judge(probe, facts)
    if not stable:
        others = f" ({counted(line.others, 'other tag')} of the line)" if line.others else ""
        return Finding(state=state, summary=f"no stable {probe.line} tag yet{others}", facts=facts, gaps=line.gaps)
    first, newest = await line.dated(stable[0], stable[-1])
    evidence = [tag_evidence(reader, newest, "newest stable tag of the line")]
    if len(stable) > 1:
        evidence.insert(0, tag_evidence(reader, first, "first stable tag of the line"))
    return Finding(
        state=state,
        summary=f"{newest.name} is out, {counted(len(stable), 'stable release')} of the line",
        facts=msgspec.structs.replace(
            facts,
            first=TagFacts(tag=first.name, sha=first.sha, at=first.at),
            newest=TagFacts(tag=newest.name, sha=newest.sha, at=newest.at),
        ),
        evidence=tuple(evidence),
        gaps=(*line.gaps, *line.date_gaps(first)),
    )
