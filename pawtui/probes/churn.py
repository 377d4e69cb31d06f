"""`churn`: how many commits touched these surfaces in the window; against the peak window of as many days.

A commit that touches two surfaces counts once in the total and once in each.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Sequence

from pawtui.probes.context import ProbeContext, Surface, day_start, newest_first
from pawtui.probes.reading import ProbeReading, State
from pawtui.probes.rules import (
    commit_evidence,
    incomplete_reasons,
    missing_path_notes,
    not_listed,
    plural,
    unknown_if_incomplete,
    window_start,
)
from pawtui.sources.facts import Commit
from pawtui.tracker.model import ChurnProbe


def weekly(commits: Iterable[Commit], start: dt.date, weeks: int) -> list[int]:
    """Commits per week of seven days from `start`; the last week also holds the days after it."""
    counts = [0] * weeks
    for commit in commits:
        week = (commit.at.date() - start).days // 7
        # Before the first day, floor division gives a negative week.
        if week >= 0:
            counts[min(week, weeks - 1)] += 1
    return counts


def peak_window(commits: Iterable[Commit], start: dt.date, days: int) -> tuple[int, dt.date | None]:
    """The most commits in any window of so many days that opens on or after `start`, and the day it opened."""
    dates = sorted(commit.at.date() for commit in commits if commit.at >= day_start(start))
    best, opened, first = 0, None, 0
    for last, day in enumerate(dates):
        while (day - dates[first]).days > days:
            first += 1
        if last - first + 1 > best:
            best, opened = last - first + 1, dates[first]
    return best, opened


def judge(probe: ChurnProbe, total: int, peak: int) -> State:
    """Calm in commits or calm against the peak: either is enough, for a surface that never was busy has no peak."""

    def within(count: int | None, share: float | None) -> bool:
        return (count is not None and total <= count) or (share is not None and total <= share * peak)

    if within(probe.met, probe.met_share):
        return "met"
    return "partial" if within(probe.partial, probe.partial_share) else "unmet"


def rule(probe: ChurnProbe) -> str:
    """The rule in words."""

    def limit(count: int | None, share: float | None) -> str:
        parts = [plural(count, "commit")] if count is not None else []
        parts += [f"{share:.0%} of the busiest {probe.days} days"] if share is not None else []
        return " or ".join(parts)

    met = f"met up to {limit(probe.met, probe.met_share)} in {probe.days} days"
    partial = limit(probe.partial, probe.partial_share)
    return f"{met}, partial up to {partial}" if partial else met


def met_on(probe: ChurnProbe, commits: Sequence[Commit], context: ProbeContext) -> dt.date | None:
    """The first day on which it is calm if nothing more lands, the peak moving out of the history as days go by."""
    reach = context.today - context.history_start
    for later in range(1, probe.days + 2):
        day = context.today + dt.timedelta(days=later)
        start = day_start(day - dt.timedelta(days=probe.days))
        total = sum(commit.at >= start for commit in commits)
        if judge(probe, total, peak_window(commits, day - reach, probe.days)[0]) == "met":
            return day
    return None


def _surface_facts(surface: Surface, context: ProbeContext, probe: ChurnProbe, since: dt.date) -> dict[str, object]:
    weeks = context.tracker.policy.history_weeks
    return {
        "name": surface.name,
        "count": sum(commit.at >= day_start(since) for commit in surface.commits),
        "peak": peak_window(surface.commits, context.history_start, probe.days)[0],
        "weeks": weekly(surface.commits, _trend_start(context), weeks),
    }


def _trend_start(context: ProbeContext) -> dt.date:
    return context.today - dt.timedelta(days=context.tracker.policy.history_weeks * 7)


async def measure(probe: ChurnProbe, context: ProbeContext) -> ProbeReading:
    """Count per surface, in all, and in the busiest window of the history that is listed."""
    since = window_start(context, probe.days)
    surfaces = await asyncio.gather(*(context.surface(name, context.history_start) for name in probe.surfaces))
    ordered = newest_first({commit.sha: commit for surface in surfaces for commit in surface.commits}.values())
    recent = [commit for commit in ordered if commit.at >= day_start(since)]
    peak, peak_from = peak_window(ordered, context.history_start, probe.days)
    # A list that ends before the window opens leaves the count whole; the peak is then at least what was seen of it,
    # which can only make the rule stricter.
    window = await asyncio.gather(*(context.surface(name, since) for name in probe.surfaces))
    doubt = incomplete_reasons(context, window)
    state = unknown_if_incomplete(judge(probe, len(recent), peak), doubt)
    calm_on = None if state in ("met", "unknown") else await asyncio.to_thread(met_on, probe, ordered, context)
    shares = f", {len(recent) / peak:.0%} of the peak" if peak else ""
    return ProbeReading(
        kind="churn",
        state=state,
        summary=f"{plural(len(recent), 'commit')} in {probe.days} days{shares}",
        rule=rule(probe),
        facts={
            "days": probe.days,
            "since": since.isoformat(),
            "total": len(recent),
            "peak": peak,
            "peak_from": peak_from.isoformat() if peak_from else None,
            "weeks": weekly(ordered, _trend_start(context), context.tracker.policy.history_weeks),
            "weeks_from": _trend_start(context).isoformat(),
            "surfaces": [_surface_facts(surface, context, probe, since) for surface in surfaces],
            "met_on": calm_on.isoformat() if calm_on else None,
        },
        evidence=commit_evidence(context, recent),
        cause=doubt[0] if state == "unknown" else "",
        gaps=(
            *incomplete_reasons(context, surfaces),
            *missing_path_notes(context, surfaces),
            *not_listed(len(recent), "older commit"),
        ),
    )
