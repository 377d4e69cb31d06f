"""`subjects`: do commit subjects on these surfaces say that something breaks?"""

from __future__ import annotations

import asyncio

from pawtui.probes.look import Look, newest_first
from pawtui.probes.pattern import matching
from pawtui.probes.reading import ProbeReading
from pawtui.probes.rules import (
    at_least,
    at_most,
    commit_evidence,
    doubts,
    gone_paths,
    leaves_on,
    not_shown,
    plural,
    window_start,
)
from pawtui.tracker.model import SubjectsProbe


def rule(probe: SubjectsProbe) -> str:
    """The rule in words; the pattern is among the facts."""
    many = plural(probe.met, "subject")
    return f"met up to {many} with a breaking word in {probe.days} days, partly up to {probe.partly}"


async def measure(probe: SubjectsProbe, look: Look) -> ProbeReading:
    """Count the commits whose subject matches; the subject is a promise of the author's, not a proof."""
    since = window_start(look, probe.days)
    surfaces = await asyncio.gather(*(look.surface(name, since) for name in probe.surfaces))
    ordered = newest_first({commit.sha: commit for surface in surfaces for commit in surface.commits}.values())
    hits = await matching(probe.pattern, [commit.subject for commit in ordered])
    found = [commit for commit, hit in zip(ordered, hits, strict=True) if hit]
    doubt = doubts(look, surfaces)
    state = at_least(at_most(len(found), probe.met, probe.partly), doubt)
    met_on = None if state == "unknown" else leaves_on((commit.at.date() for commit in found), probe.met, probe.days)
    return ProbeReading(
        kind="subjects",
        state=state,
        said=f"{len(found)} of {plural(len(ordered), 'subject')} in {probe.days} days with a breaking word",
        rule=rule(probe),
        facts={
            "days": probe.days,
            "since": since.isoformat(),
            "pattern": probe.pattern,
            "commits": len(ordered),
            "matching": len(found),
            "met_on": met_on.isoformat() if met_on else None,
        },
        evidence=commit_evidence(look, found),
        cause=doubt[0] if state == "unknown" else "",
        unseen=(*doubt, *gone_paths(look, surfaces), *not_shown(len(found), "such commit")),
    )
