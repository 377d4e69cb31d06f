"""`churn`: how many commits touched these surfaces in the window, compared with limits and the busiest window before?

A commit counts by its date. If it touches two surfaces, it counts once in the total and once for each surface.
"""

import asyncio
import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from pawtui.phrases import counted
from pawtui.probes.context import ProbeContext
from pawtui.probes.probe_facts import ChurnFacts, SurfaceFacts
from pawtui.probes.reading import Finding
from pawtui.probes.repo_view import RepoView, Surface, day_start, newest_first
from pawtui.probes.rules import (
    commit_evidence,
    incomplete_reasons,
    missing_path_notes,
    not_listed,
    unknown_if_incomplete,
    window_start,
)
from pawtui.probes.state import State, worst
from pawtui.probes.window import check_window
from pawtui.sources.facts import Commit
from pawtui.tracker.tracker_types import ChurnProbe, Limits, Policy


def weekly(commits: Iterable[Commit], start: dt.date, weeks: int) -> tuple[int, ...]:
    """Return commits per week of seven days from `start`; the last week includes all later days."""
    counts = [0] * weeks
    for commit in commits:
        week = (commit.at.date() - start).days // 7
        # Before the first day, floor division gives a negative week.
        if week >= 0:
            counts[min(week, weeks - 1)] += 1
    return tuple(counts)


def peak_window(commits: Iterable[Commit], start: dt.date, end: dt.date, days: int) -> tuple[int, dt.date | None]:
    """Return the most commits in any window of `days` between `start` and `end` (exclusive), and its first day."""
    dates = sorted(commit.at.date() for commit in commits if day_start(start) <= commit.at < day_start(end))
    best, opened, first = 0, None, 0
    for last, day in enumerate(dates):
        while (day - dates[first]).days > days:
            first += 1
        if last - first + 1 > best:
            best, opened = last - first + 1, dates[first]
    return best, opened


def judge(limits: Limits | ChurnProbe, total: int, peak: int) -> State:
    """Return the state by the limit of commits or of the peak.

    One is enough, because a surface with few commits has a low peak.
    """

    def within(count: int | None, share: float | None) -> bool:
        return (count is not None and total <= count) or (share is not None and total <= share * peak)

    if within(limits.met, limits.met_share):
        return "met"
    return "partial" if within(limits.partial, limits.partial_share) else "unmet"


def has_total_limit(probe: ChurnProbe) -> bool:
    """Return whether the probe limits all of its surfaces together."""
    return probe.met is not None or probe.met_share is not None


def rule(probe: ChurnProbe, _policy: Policy) -> str:
    """Return the rule in words."""
    words = [_limits(probe, probe.days)] if has_total_limit(probe) else []
    words += [f"{name}: {_limits(limits, probe.days)}" for name, limits in probe.limits.items()]
    return "; ".join(words)


def _limits(limits: Limits | ChurnProbe, days: int) -> str:
    def limit(count: int | None, share: float | None) -> str:
        parts = [counted(count, "commit")] if count is not None else []
        parts += [f"{share:.0%} of the earlier peak"] if share is not None else []
        return " or ".join(parts)

    met = f"met up to {limit(limits.met, limits.met_share)} in {days} days"
    partial = limit(limits.partial, limits.partial_share)
    return f"{met}, partial up to {partial}" if partial else met


# Limits, and the commits to which they apply.
_Limited = Sequence[tuple[Limits | ChurnProbe, Sequence[Commit]]]


def _state(limited: _Limited, days: int, today: dt.date, reach: dt.timedelta) -> State:
    """Return the state on a day, from commits only."""
    since = window_start(today, days)
    states = []
    for limits, commits in limited:
        recent = sum(day_start(since) <= commit.at for commit in commits)
        peak, _ = peak_window(commits, today - reach, since, days)
        states.append(judge(limits, recent, peak))
    return worst(states)


def _met_on(limited: _Limited, days: int, today: dt.date, reach: dt.timedelta) -> dt.date | None:
    """Return the first day that is met if no commit is added; the peak changes as its history moves out of reach."""
    later = (today + dt.timedelta(days=number) for number in range(1, days + 2))
    return next((day for day in later if _state(limited, days, day, reach) == "met"), None)


async def measure(probe: ChurnProbe, context: ProbeContext) -> Finding:
    """Count the commits per surface, in total, and in the busiest window before this window."""
    view = await context.repo(probe)
    since = window_start(view.today, probe.days)
    surfaces = await context.surfaces(view, probe.surfaces, since)
    by_surface = {surface.name: (*surface.commits, *surface.earlier) for surface in surfaces}
    every = newest_first(commit for found in by_surface.values() for commit in found)
    limited: list[tuple[Limits | ChurnProbe, Sequence[Commit]]] = [(probe, every)] if has_total_limit(probe) else []
    limited += [(limits, by_surface[name]) for name, limits in probe.limits.items()]
    reach = view.today - view.history_start
    recent = [commit for commit in every if commit.at >= day_start(since)]
    peak, peak_from = peak_window(every, view.history_start, since, probe.days)
    incomplete = incomplete_reasons(view, surfaces)
    judged = unknown_if_incomplete(_state(limited, probe.days, view.today, reach), incomplete)

    async def judge_with(others: Sequence[Surface], _late: Collection[str]) -> State:
        total = len(newest_first(commit for surface in others for commit in surface.commits))
        states = [judge(probe, total, peak)] if has_total_limit(probe) else []
        for surface in others:
            if surface.name in probe.limits:
                surface_peak = peak_window(by_surface[surface.name], view.history_start, since, probe.days)[0]
                states.append(judge(probe.limits[surface.name], len(surface.commits), surface_peak))
        return worst(states)

    window = await check_window(context, view, surfaces, since, judged, judge_with)
    state: State = "unmet" if window.young else "unknown" if window.causes else judged
    met_day = None
    if state not in ("met", "unknown") and not window.young:
        met_day = await asyncio.to_thread(_met_on, limited, probe.days, view.today, reach)
    weeks = context.tracker.policy.history_weeks
    weeks_from = view.today - dt.timedelta(days=weeks * 7)
    return Finding(
        state=state,
        summary=_summary(surfaces, len(recent), probe.days, peak, window.young),
        facts=ChurnFacts(
            days=probe.days,
            since=since,
            total=len(recent),
            peak=peak,
            peak_from=peak_from,
            weeks=weekly(every, weeks_from, weeks),
            weeks_from=weeks_from,
            surfaces=tuple(_surface_facts(surface, probe, view, since, weeks_from, weeks) for surface in surfaces),
            young=window.young,
            met_on=met_day,
        ),
        evidence=commit_evidence(view, recent),
        cause=next(iter((*incomplete, *window.causes)), "") if state == "unknown" else "",
        gaps=(
            *incomplete,
            *_peak_gaps(surfaces),
            *window.causes,
            *missing_path_notes(view, surfaces),
            *not_listed(len(recent), "older commit"),
        ),
    )


def _peak_gaps(surfaces: Sequence[Surface]) -> tuple[str, ...]:
    """Return the paths for which the peak may be higher: a lower peak only makes the rule stricter."""
    paths = dict.fromkeys(path for surface in surfaces for path in surface.cut_earlier)
    return tuple(f"{path}: not all of its earlier commits were listed, so the peak is a minimum" for path in paths)


def _summary(surfaces: Sequence[Surface], total: int, days: int, peak: int, young: Sequence[str]) -> str:
    cut = any(surface.cut for surface in surfaces)
    commits = f"{counted(total, 'commit', at_least=cut)} in {days} days"
    if young:
        return f"{young[0]}, younger than the window of {days} days; {commits}"
    if not peak or cut:
        # Without exact counts a share of the peak is not known.
        return commits
    most = "at most " if any(surface.cut_earlier for surface in surfaces) else ""
    return f"{commits}, {most}{total / peak:.0%} of the earlier peak"


def _surface_facts(
    surface: Surface, probe: ChurnProbe, view: RepoView, since: dt.date, weeks_from: dt.date, weeks: int
) -> SurfaceFacts:
    commits = (*surface.commits, *surface.earlier)
    count = len(surface.commits)
    peak = peak_window(commits, view.history_start, since, probe.days)[0]
    limits = probe.limits.get(surface.name)
    return SurfaceFacts(
        name=surface.name,
        count=count,
        peak=peak,
        weeks=weekly(commits, weeks_from, weeks),
        state=judge(limits, count, peak) if limits else None,
    )
