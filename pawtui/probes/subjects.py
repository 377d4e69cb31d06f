"""`subjects`: do commit subjects on these surfaces say that something breaks?"""

from __future__ import annotations

import asyncio

from pawtui.probes.look import Look
from pawtui.probes.pattern import matching
from pawtui.probes.reading import ProbeReading
from pawtui.probes.rules import at_most, commit_evidence, plural, window_start
from pawtui.tracker.model import SubjectsProbe


async def measure(probe: SubjectsProbe, look: Look) -> ProbeReading:
    """Count the commits whose subject matches; the subject is a promise of the author's, not a proof."""
    since = window_start(look, probe.days)
    surfaces = await asyncio.gather(*(look.surface(name, since) for name in probe.surfaces))
    every = {commit.sha: commit for surface in surfaces for commit in surface.commits}
    ordered = sorted(every.values(), key=lambda commit: (commit.at, commit.sha), reverse=True)
    hits = await matching(probe.pattern, [commit.subject for commit in ordered])
    found = [commit for commit, hit in zip(ordered, hits, strict=True) if hit]
    unseen = tuple(reason for surface in surfaces for reason in surface.unseen)
    state = at_most(len(found), probe.met, probe.partly)
    doubtful = bool(unseen) and state == "met"
    return ProbeReading(
        kind="subjects",
        state="unknown" if doubtful else state,
        said=f"{len(found)} of {plural(len(ordered), 'subject')} in {probe.days} days say so",
        rule=f"met up to {plural(probe.met, 'subject')} that matches {probe.pattern!r} in {probe.days} days, "
        f"partly up to {probe.partly}",
        facts={
            "days": probe.days,
            "since": since.isoformat(),
            "commits": len(ordered),
            "matching": len(found),
        },
        evidence=commit_evidence(look, found),
        cause="not every commit was listed" if doubtful else "",
        unseen=unseen,
    )
