"""`churn`: how many commits touched these surfaces in the window; against the peak window of as many days.

A commit that touches two surfaces counts once in the total and once in each.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable

from pawtui.probes.look import Look, Surface, day_start
from pawtui.probes.reading import ProbeReading, State
from pawtui.probes.rules import EVIDENCE_LIMIT, commit_evidence, plural, window_start
from pawtui.sources.facts import Commit
from pawtui.tracker.model import ChurnProbe


def weekly(commits: Iterable[Commit], start: dt.date, weeks: int) -> list[int]:
    """Commits per week of seven days from `start`; the last week also holds the days after it."""
    counts = [0] * weeks
    for commit in commits:
        week = (commit.at.date() - start).days // 7
        if week >= 0:
            counts[min(week, weeks - 1)] += 1
    return counts


def peak_window(commits: Iterable[Commit], start: dt.date, today: dt.date, days: int) -> tuple[int, dt.date | None]:
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
    return "partly" if within(probe.partly, probe.partly_share) else "unmet"


def _rule(probe: ChurnProbe) -> str:
    def limit(count: int | None, share: float | None) -> str:
        parts = [plural(count, "commit")] if count is not None else []
        parts += [f"{share:.0%} of the busiest {probe.days} days"] if share is not None else []
        return " or ".join(parts)

    rule = f"met up to {limit(probe.met, probe.met_share)} in {probe.days} days"
    partly = limit(probe.partly, probe.partly_share)
    return f"{rule}, partly up to {partly}" if partly else rule


def _surface_facts(surface: Surface, look: Look, probe: ChurnProbe, since: dt.date) -> dict[str, object]:
    weeks = look.tracker.policy.history_weeks
    trend_start = look.today - dt.timedelta(days=weeks * 7)
    return {
        "name": surface.name,
        "count": sum(commit.at >= day_start(since) for commit in surface.commits),
        "peak": peak_window(surface.commits, look.history_start, look.today, probe.days)[0],
        "weeks": weekly((c for c in surface.commits if c.at >= day_start(trend_start)), trend_start, weeks),
    }


async def measure(probe: ChurnProbe, look: Look) -> ProbeReading:
    """Count per surface, in all, and in the busiest window of the history that is listed."""
    since = window_start(look, probe.days)
    surfaces = await asyncio.gather(*(look.surface(name, look.history_start) for name in probe.surfaces))
    every = {commit.sha: commit for surface in surfaces for commit in surface.commits}
    ordered = sorted(every.values(), key=lambda commit: (commit.at, commit.sha), reverse=True)
    recent = [commit for commit in ordered if commit.at >= day_start(since)]
    peak, peak_from = peak_window(ordered, look.history_start, look.today, probe.days)
    unseen = tuple(reason for surface in surfaces for reason in surface.unseen)
    state = judge(probe, len(recent), peak)
    weeks = look.tracker.policy.history_weeks
    trend_start = look.today - dt.timedelta(days=weeks * 7)
    shares = f", {len(recent) / peak:.0%} of the peak" if peak else ""
    return ProbeReading(
        kind="churn",
        state="unknown" if unseen and state == "met" else state,
        said=f"{plural(len(recent), 'commit')} in {probe.days} days{shares}",
        rule=_rule(probe),
        facts={
            "days": probe.days,
            "since": since.isoformat(),
            "total": len(recent),
            "peak": peak,
            "peak_from": peak_from.isoformat() if peak_from else None,
            "weeks": weekly((c for c in ordered if c.at >= day_start(trend_start)), trend_start, weeks),
            "weeks_from": trend_start.isoformat(),
            "surfaces": [_surface_facts(surface, look, probe, since) for surface in surfaces],
        },
        evidence=commit_evidence(look, recent),
        cause="not every commit was listed" if unseen and state == "met" else "",
        unseen=(*unseen, *_not_shown(len(recent))),
    )


def _not_shown(count: int) -> tuple[str, ...]:
    if count <= EVIDENCE_LIMIT:
        return ()
    return (f"{count - EVIDENCE_LIMIT} older commits are counted but not kept as evidence",)
