"""`churn`: how many commits touched these surfaces in the window, compared with limits and the busiest window before?

A commit counts by its date. If it touches two surfaces, it counts once in the total and once for each surface.
"""

import asyncio
import datetime as dt
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from pawtui.phrases import counted
from pawtui.probes.context import ProbeContext
from pawtui.probes.probe_evidence import commit_evidence, not_listed
from pawtui.probes.probe_facts import ChurnFacts, SurfaceFacts
from pawtui.probes.reading import Finding
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.state import State, unknown_if_incomplete, worst
from pawtui.probes.surface_window import SurfaceWindow, read_window
from pawtui.probes.windows import window_start
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Commit
from pawtui.tracker.probe_types import ChurnProbe, Limits
from pawtui.tracker.tracker_types import Policy


def rule(probe: ChurnProbe, _policy: Policy) -> str:
    clauses = {name: _limits_clause(limits, probe.days) for name, limits in limits_by_surface(probe).items()}
    if "" not in clauses and probe.met_week is not None:
        clauses[""] = f"met up to {counted(probe.met_week, 'commit')} in each week"
    return "; ".join(f"{name}: {clause}" if name else clause for name, clause in clauses.items())


def _limits_clause(limits: Limits | ChurnProbe, days: int) -> str:
    """Return limits in words: `met up to 8 commits in 28 days, partial up to 20 commits`."""

    def either_limit(count: int | None, share: float | None) -> str:
        parts = [counted(count, "commit")] if count is not None else []
        parts += [f"{share:.0%} of the earlier peak"] if share is not None else []
        return " or ".join(parts)

    met = f"met up to {either_limit(limits.met, limits.met_share)} in {days} days"
    if isinstance(limits, ChurnProbe) and limits.met_week is not None:
        met += f" and {limits.met_week:,} in each week"
    partial = either_limit(limits.partial, limits.partial_share)
    return f"{met}, partial up to {partial}" if partial else met


def limits_by_surface(probe: ChurnProbe) -> dict[str, Limits | ChurnProbe]:
    """Return the limits of each surface by its name; the limits of all surfaces together have an empty name."""
    total = {"": probe} if probe.met is not None or probe.met_share is not None else {}
    return {**total, **probe.limits}


def judge(probe: ChurnProbe, facts: ChurnFacts) -> State:
    """Return the worst state by all limits; unmet for a surface that is younger than the window.

    It did not exist for all of the window: its few commits prove nothing.
    """
    if facts.young:
        return "unmet"
    counts = {
        "": (facts.total, facts.peak),
        **{surface.name: (surface.count, surface.peak) for surface in facts.surfaces},
    }
    limits = limits_by_surface(probe)
    state = worst(judge_count(limits[name], *counts[name]) for name in limits if name in counts)
    if state == "met" and not facts.busiest_week and _is_busy(probe, facts.total):
        # A record of an older version does not have the busiest week: that week had at most all commits.
        return "unknown"
    if state == "met" and _is_busy(probe, facts.busiest_week):
        state = "partial"
    return unknown_if_incomplete(state, facts.incomplete)


def judge_count(limits: Limits | ChurnProbe, total: int, peak: int) -> State:
    """Return the state of a count by its limits: a number of commits, or a share of the peak.

    Either is enough, because a share alone would be too strict for a surface with few commits, whose peak is low.
    """

    def within(count: int | None, share: float | None) -> bool:
        return (count is not None and total <= count) or (share is not None and total <= share * peak)

    if within(limits.met, limits.met_share):
        return "met"
    return "partial" if within(limits.partial, limits.partial_share) else "unmet"


def _is_busy(probe: ChurnProbe, busiest_week: int) -> bool:
    """Return whether a week has too many commits: the low sum of the window may be due to holidays."""
    return probe.met_week is not None and busiest_week > probe.met_week


async def measure(probe: ChurnProbe, context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding: the commits per surface, in total, and in the busiest window before this window."""
    window = await read_window(context, reader, probe.surfaces, window_start(reader.today, probe.days))
    counts = _count_commits(probe, window)
    by_count = judge(probe, counts)

    async def could_change(late: Sequence[Commit]) -> bool:
        more = len(late)
        # They may all be on one surface, and in one week.
        surfaces = tuple(replace(surface, count=surface.count + more) for surface in counts.surfaces)
        week = counts.busiest_week + more
        total = counts.total + more
        return judge(probe, replace(counts, total=total, busiest_week=week, surfaces=surfaces)) != by_count

    check = await window.check(by_count, could_change)
    causes = (*counts.incomplete, *check.causes)
    facts = replace(counts, young=check.young, incomplete=causes)
    state = judge(probe, facts)
    if state in ("partial", "unmet") and not facts.young:
        facts = replace(facts, met_on=await asyncio.to_thread(_met_on, probe, window))
    return Finding(
        state=state,
        summary=_summary(probe, facts, window),
        facts=facts,
        evidence=commit_evidence(reader, window.commits),
        cause=causes[0] if state == "unknown" else "",
        gaps=(*causes, *check.path_gaps, *not_listed(facts.total, "older commit")),
    )


def _count_commits(probe: ChurnProbe, window: SurfaceWindow) -> ChurnFacts:
    reader, since, listed = window.reader, window.since, window.listed
    weeks = window.context.tracker.policy.history_weeks
    weeks_from = reader.today - dt.timedelta(days=weeks * 7)

    surfaces = []
    for surface in window.surfaces:
        count, limits = len(surface.commits), probe.limits.get(surface.name)
        peak, _ = peak_window(surface.listed, reader.history_start, since, probe.days)
        surfaces.append(
            SurfaceFacts(
                name=surface.name,
                count=count,
                peak=peak,
                weeks=weekly_counts(surface.listed, weeks_from, weeks),
                state=judge_count(limits, count, peak) if limits else None,
            )
        )
    peak, peak_from = peak_window(listed, reader.history_start, since, probe.days)
    return ChurnFacts(
        days=probe.days,
        since=since,
        total=len(window.commits),
        busiest_week=busiest_week(listed, since),
        peak=peak,
        peak_from=peak_from,
        weeks=weekly_counts(listed, weeks_from, weeks),
        weeks_from=weeks_from,
        surfaces=tuple(surfaces),
        incomplete=window.incomplete,
    )


def weekly_counts(commits: Iterable[Commit], start: dt.date, weeks: int) -> tuple[int, ...]:
    """Return commits per week of seven days from `start`; the last week includes all later days."""
    counts = [0] * weeks
    for commit in commits:
        week = (commit.at.date() - start).days // 7
        # Before the first day, floor division gives a negative week.
        if week >= 0:
            counts[min(week, weeks - 1)] += 1
    return tuple(counts)


def peak_window(commits: Iterable[Commit], start: dt.date, end: dt.date, days: int) -> tuple[int, dt.date | None]:
    """Return the most commits in any window of `days` between `start` and `end` (exclusive), and its first day.

    Like the measured window, which includes today, a window has `days + 1` days: with 6, it is a week. Its first day is
    that of its first commit; None if there are no commits.
    """
    dates = sorted(day for commit in commits if start <= (day := commit.at.date()) < end)
    best, opened, first = 0, None, 0
    for last, day in enumerate(dates):
        while (day - dates[first]).days > days:
            first += 1
        if last - first + 1 > best:
            best, opened = last - first + 1, dates[first]
    return best, opened


def busiest_week(commits: Iterable[Commit], since: dt.date) -> int:
    """Return the most commits in any seven days since the day `since`."""
    return peak_window(commits, since, dt.date.max, 6)[0]


def _met_on(probe: ChurnProbe, window: SurfaceWindow) -> dt.date | None:
    """Return the first day that is met if no commit is added; None if there is no such day while it has commits."""
    today, all_commits = window.reader.today, window.listed
    commits_on: dict[str, Sequence[Commit]] = {surface.name: surface.listed for surface in window.surfaces}
    commits_on[""] = all_commits
    # How long before a day commits are listed: the peak changes as its history moves out of reach.
    reach = today - window.reader.history_start

    def is_met(name: str, limits: Limits | ChurnProbe, day: dt.date) -> bool:
        since = window_start(day, probe.days)
        recent = sum(day_start(since) <= commit.at for commit in commits_on[name])
        peak, _ = peak_window(commits_on[name], day - reach, since, probe.days)
        return judge_count(limits, recent, peak) == "met"

    limits_on = limits_by_surface(probe)
    for number in range(1, probe.days + 2):
        day = today + dt.timedelta(days=number)
        if _is_busy(probe, busiest_week(all_commits, window_start(day, probe.days))):
            continue
        if all(is_met(name, limits, day) for name, limits in limits_on.items()):
            return day
    return None


def _summary(probe: ChurnProbe, facts: ChurnFacts, window: SurfaceWindow) -> str:
    week = f", {facts.busiest_week:,} in one week" if _is_busy(probe, facts.busiest_week) else ""
    commits = f"{counted(facts.total, 'commit', at_least=window.is_cut)} in {facts.days} days{week}"
    if facts.young:
        return f"{facts.young[0]}; {commits}"
    if not facts.peak or window.is_cut:
        # Without exact counts a share of the peak is not known.
        return commits
    listings = [listing for surface in window.surfaces for listing in surface.listings]
    # A list that is cut before the window: the peak is a minimum.
    most = "" if all(listing.complete for listing in listings) else "at most "
    return f"{commits}, {most}{facts.total / facts.peak:.0%} of the earlier peak"
