"""`subjects`: how many commit subjects on these surfaces mention a breaking change?"""

import datetime as dt
from collections.abc import Sequence

from msgspec.structs import replace

from pawtui.phrases import counted
from pawtui.probes.context import ProbeContext
from pawtui.probes.probe_evidence import commit_evidence, not_listed
from pawtui.probes.probe_facts import SubjectsFacts
from pawtui.probes.reading import Finding
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.state import State, partial_clause, state_for_count, unknown_if_incomplete
from pawtui.probes.surface import breaking_commits, matching_commits
from pawtui.probes.surface_window import read_window
from pawtui.probes.windows import window_start
from pawtui.sources.facts import Commit
from pawtui.tracker.probe_types import SubjectsProbe
from pawtui.tracker.tracker_types import Policy


def rule(probe: SubjectsProbe, _policy: Policy) -> str:
    """Return the rule in words; the facts contain the pattern."""
    many = counted(probe.met, "commit subject that", "commit subjects that")
    met = f"met up to {many} {_matches(probe, probe.met)} in {probe.days} days"
    if probe.breaking:
        # With a breaking commit it is partial, also up to `met`.
        return f"{met}, none of them marked as breaking, partial up to {probe.partial}"
    return met + partial_clause(probe.met, probe.partial)


def _matches(probe: SubjectsProbe, count: int) -> str:
    """Return what the commit subjects have in common. A pattern may have nothing to do with breaking changes."""
    if probe.breaking or "breaking" in probe.pattern.lower():
        return f"{'mentions' if count == 1 else 'mention'} a breaking change"
    return f"{'matches' if count == 1 else 'match'} the pattern"


def judge(probe: SubjectsProbe, facts: SubjectsFacts) -> State:
    """Return the state for the number of matching commits; with a breaking commit it is at best partial."""
    state = state_for_count(facts.matching, probe.met, probe.partial)
    if state == "met" and facts.breaks:
        state = "partial"
    return unknown_if_incomplete(state, facts.incomplete)


async def measure(probe: SubjectsProbe, context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding: the commits whose subject matches. A subject is the statement of its author, not a proof."""
    since = window_start(reader.today, probe.days)
    window = await read_window(context, reader, probe.surfaces, since)
    matching, breaks = await _matching_and_breaks(probe, window.commits)
    facts = SubjectsFacts(
        days=probe.days,
        since=since,
        pattern=probe.pattern,
        commits=len(window.commits),
        matching=len(matching),
        breaking=probe.breaking,
        breaks=len(breaks),
        incomplete=window.incomplete,
    )
    by_count = judge(probe, facts)

    async def could_change(late: Sequence[Commit]) -> bool:
        more, more_breaks = map(len, await _matching_and_breaks(probe, late))
        return judge(probe, replace(facts, matching=len(matching) + more, breaks=len(breaks) + more_breaks)) != by_count

    check = await window.check(by_count, could_change)
    # A surface that is younger than the window may have few such commits for that reason alone.
    causes = (*facts.incomplete, *check.young, *check.causes)
    facts = replace(facts, incomplete=causes)
    state = judge(probe, facts)
    least = "at least " if window.is_cut else ""
    share = f"{least}{facts.matching} of {counted(facts.commits, 'subject')} in {probe.days} days"
    return Finding(
        state=state,
        summary=f"{share} {_matches(probe, facts.matching)}",
        facts=facts if state == "unknown" else replace(facts, met_on=_met_on(probe, matching, breaks)),
        evidence=commit_evidence(reader, matching),
        cause=causes[0] if state == "unknown" else "",
        gaps=(*causes, *check.path_gaps, *not_listed(facts.matching, "older commit")),
    )


async def _matching_and_breaks(probe: SubjectsProbe, commits: Sequence[Commit]) -> tuple[list[Commit], list[Commit]]:
    """Return the commits that match or are marked as breaking, and the breaking ones among them."""
    breaks = await breaking_commits(probe.breaking, commits) if probe.breaking else []
    shas = {commit.sha for commit in (*breaks, *await matching_commits(probe.pattern, commits))}
    return [commit for commit in commits if commit.sha in shas], breaks


def _met_on(probe: SubjectsProbe, matching: Sequence[Commit], breaks: Sequence[Commit]) -> dt.date | None:
    """Return the day on which few enough commits, and no breaking one, are left in the window; None if it is so now.

    Both lists have the newest commit first.
    """
    # The newest commits that must leave the window.
    leaving = [commits[limit] for commits, limit in ((matching, probe.met), (breaks, 0)) if len(commits) > limit]
    return max((commit.at.date() + dt.timedelta(days=probe.days + 1) for commit in leaving), default=None)
