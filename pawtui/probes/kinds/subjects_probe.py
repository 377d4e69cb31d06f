"""`subjects`: how many commit subjects on these surfaces mention a breaking change?"""

import datetime as dt
from collections.abc import Collection, Sequence

from pawtui.phrases import counted
from pawtui.probes.context import ProbeContext
from pawtui.probes.pattern import match_each
from pawtui.probes.probe_facts import SubjectsFacts
from pawtui.probes.reading import Finding
from pawtui.probes.repo_view import Surface, newest_first
from pawtui.probes.rules import (
    commit_evidence,
    first_day_with_at_most,
    incomplete_reasons,
    missing_path_notes,
    not_listed,
    state_for_count,
    unknown_if_incomplete,
    window_start,
)
from pawtui.probes.state import State
from pawtui.probes.window import check_window
from pawtui.sources.facts import Commit
from pawtui.tracker.tracker_types import Policy, SubjectsProbe


def rule(probe: SubjectsProbe, _policy: Policy) -> str:
    """Return the rule in words; the facts contain the pattern."""
    many = counted(probe.met, "commit subject")
    none = ", none of them marked as breaking" if probe.breaking else ""
    return f"met up to {many} that mention a breaking change in {probe.days} days{none}, partial up to {probe.partial}"


async def measure(probe: SubjectsProbe, context: ProbeContext) -> Finding:
    """Count the commits whose subject matches; a subject is the author's statement, not a proof."""
    view = await context.repo(probe)
    since = window_start(view.today, probe.days)
    surfaces = await context.surfaces(view, probe.surfaces, since)
    ordered = newest_first(commit for surface in surfaces for commit in surface.commits)
    found, breaks = await _found(probe, ordered)
    incomplete = incomplete_reasons(view, surfaces)
    judged = unknown_if_incomplete(_state(probe, len(found), len(breaks)), incomplete)

    async def judge(others: Sequence[Surface], _late: Collection[str]) -> State:
        found, breaks = await _found(probe, newest_first(commit for surface in others for commit in surface.commits))
        return _state(probe, len(found), len(breaks))

    window = await check_window(context, view, surfaces, since, judged, judge)
    young = tuple(f"{surface}, younger than the window of {probe.days} days" for surface in window.young)
    causes = (*incomplete, *(() if judged == "unmet" else young), *window.causes)
    state: State = "unknown" if causes and judged != "unmet" else judged
    met_on = None if state == "unknown" else _met_on(probe, found, breaks)
    least = "at least " if any(surface.cut for surface in surfaces) else ""
    subjects = f"{least}{len(found)} of {counted(len(ordered), 'subject')} in {probe.days} days"
    return Finding(
        state=state,
        summary=f"{subjects} {'mentions' if len(found) == 1 else 'mention'} a breaking change",
        facts=SubjectsFacts(
            days=probe.days,
            since=since,
            pattern=probe.pattern,
            commits=len(ordered),
            matching=len(found),
            breaking=probe.breaking,
            breaks=len(breaks),
            met_on=met_on,
        ),
        evidence=commit_evidence(view, found),
        cause=causes[0] if state == "unknown" else "",
        gaps=(*causes, *missing_path_notes(view, surfaces), *not_listed(len(found), "older commit")),
    )


async def _found(probe: SubjectsProbe, commits: Sequence[Commit]) -> tuple[list[Commit], list[Commit]]:
    """Return the commits whose subject matches, and those among them that are marked as breaking."""
    breaks = await _matching(probe.breaking, commits)
    mention = {commit.sha for commit in (*breaks, *await _matching(probe.pattern, commits))}
    return [commit for commit in commits if commit.sha in mention], breaks


async def _matching(pattern: str, commits: Sequence[Commit]) -> list[Commit]:
    """Return the commits whose subject matches; none without a pattern."""
    hits = await match_each(pattern, [commit.full_subject for commit in commits]) if pattern else [False] * len(commits)
    return [commit for commit, hit in zip(commits, hits, strict=True) if hit]


def _state(probe: SubjectsProbe, found: int, breaks: int) -> State:
    state = state_for_count(found, probe.met, probe.partial)
    return "partial" if state == "met" and breaks else state


def _met_on(probe: SubjectsProbe, found: Sequence[Commit], breaks: Sequence[Commit]) -> dt.date | None:
    """Return the day on which few enough commits are left in the window, and no breaking commit."""
    days = (
        first_day_with_at_most((commit.at.date() for commit in found), probe.met, probe.days),
        first_day_with_at_most((commit.at.date() for commit in breaks), 0, probe.days),
    )
    return max((day for day in days if day is not None), default=None)
