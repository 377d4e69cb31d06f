"""`subjects`: do commit subjects on these surfaces say that something breaks?"""

from __future__ import annotations

import asyncio

from pawtui.probes.context import ProbeContext, newest_first
from pawtui.probes.pattern import matching
from pawtui.probes.reading import ProbeReading
from pawtui.probes.rules import (
    commit_evidence,
    drops_to_on,
    incomplete_reasons,
    missing_path_notes,
    not_listed,
    plural,
    state_for_count,
    unknown_if_incomplete,
    window_start,
)
from pawtui.tracker.model import SubjectsProbe


def rule(probe: SubjectsProbe) -> str:
    """The rule in words; the pattern is among the facts."""
    many = plural(probe.met, "subject")
    return f"met up to {many} with a breaking word in {probe.days} days, partial up to {probe.partial}"


async def measure(probe: SubjectsProbe, context: ProbeContext) -> ProbeReading:
    """Count the commits whose subject matches; the subject is a promise of the author's, not a proof."""
    since = window_start(context, probe.days)
    surfaces = await asyncio.gather(*(context.surface(name, since) for name in probe.surfaces))
    ordered = newest_first({commit.sha: commit for surface in surfaces for commit in surface.commits}.values())
    hits = await matching(probe.pattern, [commit.subject for commit in ordered])
    found = [commit for commit, hit in zip(ordered, hits, strict=True) if hit]
    doubt = incomplete_reasons(context, surfaces)
    state = unknown_if_incomplete(state_for_count(len(found), probe.met, probe.partial), doubt)
    met_on = None if state == "unknown" else drops_to_on((commit.at.date() for commit in found), probe.met, probe.days)
    return ProbeReading(
        kind="subjects",
        state=state,
        summary=f"{len(found)} of {plural(len(ordered), 'subject')} in {probe.days} days with a breaking word",
        rule=rule(probe),
        facts={
            "days": probe.days,
            "since": since.isoformat(),
            "pattern": probe.pattern,
            "commits": len(ordered),
            "matching": len(found),
            "met_on": met_on.isoformat() if met_on else None,
        },
        evidence=commit_evidence(context, found),
        cause=doubt[0] if state == "unknown" else "",
        gaps=(*doubt, *missing_path_notes(context, surfaces), *not_listed(len(found), "such commit")),
    )
