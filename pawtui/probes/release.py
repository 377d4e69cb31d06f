"""`release`: is there a stable release of the line?

Tags of the line decide, never "the latest release": that badge can point at the old line for months.
"""

from __future__ import annotations

from pawtui.probes.look import Look
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import plural
from pawtui.probes.versions import minor_of, prefix_of, stable_tags
from pawtui.sources import links
from pawtui.tracker.model import ReleaseProbe


async def measure(probe: ReleaseProbe, look: Look) -> ProbeReading:
    """Count the stable tags of the line; the first and the newest are dated by their commits."""
    tags = await look.tags(prefix_of(probe.line))
    stable = stable_tags(probe.line, tags)
    rule = f"met with at least {plural(probe.met, 'stable tag')} of the line {probe.line}; pre-releases do not count"
    state: State = "met" if len(stable) >= probe.met else "unmet"
    facts: dict[str, object] = {
        "line": probe.line,
        "stable": len(stable),
        "prereleases": len(tags) - len(stable),
        "minors": len({minor_of(version) for version, _ in stable}),
    }
    if not stable:
        others = f" ({plural(len(tags), 'other tag')})" if tags else ""
        return ProbeReading(
            kind="release", state=state, said=f"no stable {probe.line} tag yet{others}", rule=rule, facts=facts
        )
    evidence = []
    for role, (_, tag) in (("first", stable[0]), ("newest", stable[-1])):
        commit = await look.tag_commit(tag)
        facts[role] = {"tag": tag.name, "sha": commit.sha, "at": commit.at.isoformat()}
        evidence.append(
            Evidence(
                text=f"{tag.name}  {role} stable tag of the line",
                url=links.tag_url(look.web, look.head.repo, tag.name),
                pin=look.commit_pin(commit.sha),
                at=commit.at,
            )
        )
    said = f"{stable[-1][1].name} is out, {plural(len(stable), 'stable release')} of the line"
    return ProbeReading(kind="release", state=state, said=said, rule=rule, facts=facts, evidence=tuple(evidence))
