"""`release`: is there a stable release of the line?

Tags of the line decide, never "the latest release": that badge can point at the old line for months.
"""

from __future__ import annotations

from pawtui.probes.context import ProbeContext
from pawtui.probes.reading import ProbeReading, State
from pawtui.probes.release_line import dated, line_of, tag_evidence
from pawtui.probes.rules import plural
from pawtui.tracker.model import ReleaseProbe


def rule(probe: ReleaseProbe) -> str:
    """The rule in words."""
    return f"met with at least {plural(probe.met, 'stable tag')} of the line {probe.line}; pre-releases do not count"


async def measure(probe: ReleaseProbe, context: ProbeContext) -> ProbeReading:
    """Count the stable tags of the line; the first and the newest are dated by their commits."""
    line = await line_of(context, probe.line)
    stable = line.releases
    state: State = "met" if len(stable) >= probe.met else "unmet"
    facts: dict[str, object] = {
        "line": probe.line,
        "stable": len(stable),
        "prereleases": line.others,
        "minors": line.minors,
    }
    if not stable:
        others = f" ({plural(line.others, 'other tag')})" if line.others else ""
        summary = f"no stable {probe.line} tag yet{others}"
        return ProbeReading(kind="release", state=state, summary=summary, rule=rule(probe), facts=facts, gaps=line.gaps)
    ends = (stable[0], stable[-1])
    commits = await dated(context, ends)
    for role, release, commit in zip(("first", "newest"), ends, commits, strict=True):
        facts[role] = {"tag": release.tag.name, "sha": commit.sha, "at": commit.at.isoformat()}
    evidence = [tag_evidence(context, stable[-1], commits[-1], "newest stable tag of the line")]
    if len(stable) > 1:
        evidence.insert(0, tag_evidence(context, stable[0], commits[0], "first stable tag of the line"))
    return ProbeReading(
        kind="release",
        state=state,
        summary=f"{stable[-1].tag.name} is out, {plural(len(stable), 'stable release')} of the line",
        rule=rule(probe),
        facts=facts,
        evidence=tuple(evidence),
        gaps=line.gaps,
    )
