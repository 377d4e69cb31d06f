"""`soak`: how long the line has run, by days and by releases.

The days arm goes by quiet time: it opens at the anchor and again at every commit that breaks, and it closes `days`
later; age alone is shown beside it. The releases arm wants so many stable releases and new minors since the anchor.
`either` closes with one arm, as PawWork's #1253 words it; `both` needs the two (`[policy] soak`).
"""

from __future__ import annotations

import asyncio
import datetime as dt

import msgspec

from pawtui.probes.context import ProbeContext, day_start, newest_first
from pawtui.probes.pattern import matching
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.release_line import Line, Release, dated, line_of, since, tag_evidence
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
from pawtui.tracker.model import SoakProbe

_BREAKS_SHOWN = 5


class _Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """What the clock starts from."""

    name: str
    at: dt.datetime
    evidence: tuple[Evidence, ...] = ()


class _Releases(msgspec.Struct, frozen=True, kw_only=True):
    """The stable releases since the anchor, its own tag included, and the new minors among them."""

    count: int
    minors: int
    newest: str
    gaps: tuple[str, ...]


class Arms(msgspec.Struct, frozen=True, kw_only=True):
    """Both arms on one day. Days are whole UTC days; `*_on` is the day an arm closes if nothing breaks before."""

    age: int
    quiet: int
    age_on: dt.date
    quiet_on: dt.date
    releases: int
    minors: int
    days_closed: bool
    releases_closed: bool

    def state(self, probe: SoakProbe, mode: str) -> State:
        """The soak state: met when the window is closed; partial by quiet days, by age alone, or with one arm of two.

        Releases without their minors are no half way: thirteen patches can come out in ten days.
        """
        # Without a line there are no releases to count: the days decide alone.
        closed = (self.days_closed, self.releases_closed) if probe.line else (self.days_closed,)
        if all(closed) or (mode == "either" and any(closed)):
            return "met"
        halfway = self.quiet >= probe.days_partial or self.age >= probe.days
        return "partial" if any(closed) or halfway else "unmet"

    def met_on(self, probe: SoakProbe, mode: str) -> dt.date | None:
        """The day the window closes if nothing breaks before; None where only further releases can close it."""
        return self.quiet_on if mode == "either" or self.releases_closed or not probe.line else None


def count_arms(
    probe: SoakProbe, *, today: dt.date, anchor: dt.date, last_break: dt.date | None, releases: int, minors: int
) -> Arms:
    """Both arms, from dates and counts alone."""
    quiet_from = max(anchor, last_break) if last_break else anchor
    age, quiet = (today - anchor).days, (today - quiet_from).days
    return Arms(
        age=age,
        quiet=quiet,
        age_on=anchor + dt.timedelta(days=probe.days),
        quiet_on=quiet_from + dt.timedelta(days=probe.days),
        releases=releases,
        minors=minors,
        days_closed=quiet >= probe.days,
        releases_closed=releases >= probe.releases and minors >= probe.minors,
    )


def rule(probe: SoakProbe, mode: str) -> str:
    """The rule in words; `mode` is the policy's `soak`."""
    joiner = "or" if mode == "either" else "and"
    quiet = f"{probe.days} days without a commit that breaks"
    releases = plural(probe.releases, "stable release")
    minors = f" with {plural(probe.minors, 'new minor')}" if probe.minors else ""
    arms = f"{quiet} {joiner} {releases}{minors}" if probe.line else quiet
    return f"met after {arms}; partial from {probe.days_partial} quiet days, or {probe.days} days of age"


async def _anchor(probe: SoakProbe, context: ProbeContext) -> tuple[_Anchor | None, _Releases]:
    """What the clock starts from and the releases since; None where the line has no stable tag yet."""
    line = await line_of(context, probe.line) if probe.line else Line(releases=(), others=0)
    newest = line.releases[-1].tag.name if line.releases else ""
    if probe.date is None and not probe.commit:
        releases = _Releases(count=len(line.releases), minors=max(line.minors - 1, 0), newest=newest, gaps=line.gaps)
        return (await _first_tag(context, line.releases[0]) if line.releases else None), releases
    anchor = await _given(probe, context)
    count, minors = since(line.releases, await dated(context, line.releases), anchor.at)
    return anchor, _Releases(count=count, minors=minors, newest=newest, gaps=line.gaps)


async def _first_tag(context: ProbeContext, release: Release) -> _Anchor:
    commit = await context.tag_commit(release.tag)
    evidence = tag_evidence(context, release, commit, "the clock starts here")
    return _Anchor(name=release.tag.name, at=commit.at, evidence=(evidence,))


async def _given(probe: SoakProbe, context: ProbeContext) -> _Anchor:
    if probe.date is not None:
        return _Anchor(name=probe.date.isoformat(), at=day_start(probe.date))
    commit = await context.commit(probe.commit)
    return _Anchor(name=commit.sha[:10], at=commit.at, evidence=commit_evidence(context, [commit]))


class _Breaks(msgspec.Struct, frozen=True, kw_only=True):
    """The commits since the anchor whose subject says they break, newest first."""

    commits: tuple[Commit, ...] = ()
    incomplete_reasons: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


async def _breaks(probe: SoakProbe, context: ProbeContext, anchor: _Anchor) -> _Breaks:
    """What broke within the window: an older break cannot hold it open any more."""
    if not probe.breaking or not probe.surfaces:
        return _Breaks()
    start = max(anchor.at.date(), window_start(context, probe.days))
    surfaces = await asyncio.gather(*(context.surface(name, start) for name in probe.surfaces))
    commits = {commit.sha: commit for surface in surfaces for commit in surface.commits if commit.at > anchor.at}
    ordered = newest_first(commits.values())
    hits = await matching(probe.breaking, [commit.subject for commit in ordered])
    return _Breaks(
        commits=tuple(commit for commit, hit in zip(ordered, hits, strict=True) if hit),
        incomplete_reasons=incomplete_reasons(context, surfaces),
        gone=missing_path_notes(context, surfaces),
    )


async def measure(probe: SoakProbe, context: ProbeContext) -> ProbeReading:
    """Both arms as they stand today, and the day the window closes if nothing breaks before."""
    mode = context.tracker.policy.soak
    anchor, releases = await _anchor(probe, context)
    facts: dict[str, object] = {"mode": mode, "days": probe.days, "releases": releases.count, "minors": releases.minors}
    if anchor is None or anchor.at.date() > context.today:
        why = f"it starts on {anchor.at.date()}" if anchor else f"no stable {probe.line} tag yet"
        return ProbeReading(
            kind="soak",
            state="unmet",
            summary=f"the clock has not started: {why}",
            rule=rule(probe, mode),
            facts=facts,
            gaps=releases.gaps,
        )
    breaks = await _breaks(probe, context, anchor)
    last = breaks.commits[0] if breaks.commits else None
    arms = count_arms(
        probe,
        today=context.today,
        anchor=anchor.at.date(),
        last_break=last.at.date() if last else None,
        releases=releases.count,
        minors=releases.minors,
    )
    # A break that was not listed could only shorten the quiet time; the releases do not depend on it.
    by_releases = mode == "either" and arms.releases_closed
    state = (
        arms.state(probe, mode)
        if by_releases
        else unknown_if_incomplete(arms.state(probe, mode), breaks.incomplete_reasons)
    )
    met_on = None if state in ("met", "unknown") else arms.met_on(probe, mode)
    facts |= {
        "anchor": anchor.name,
        "anchor_at": anchor.at.isoformat(),
        "newest": releases.newest,
        "age_days": arms.age,
        "age_on": arms.age_on.isoformat(),
        "quiet_days": arms.quiet,
        "quiet_on": arms.quiet_on.isoformat(),
        "days_closed": arms.days_closed,
        "releases_closed": arms.releases_closed,
        "breaks": len(breaks.commits),
        "last_break": {"sha": last.sha, "subject": last.subject, "at": last.at.isoformat()} if last else None,
        "met_on": met_on.isoformat() if met_on else None,
        "breaking": probe.breaking,
    }
    return ProbeReading(
        kind="soak",
        state=state,
        summary=_summary(probe, arms, last),
        rule=rule(probe, mode),
        facts=facts,
        evidence=(*anchor.evidence, *commit_evidence(context, breaks.commits, _BREAKS_SHOWN)),
        cause=breaks.incomplete_reasons[0] if state == "unknown" else "",
        gaps=(
            *releases.gaps,
            *breaks.incomplete_reasons,
            *breaks.gone,
            *not_listed(len(breaks.commits), "commit that breaks", _BREAKS_SHOWN),
        ),
    )


def _summary(probe: SoakProbe, arms: Arms, last: Commit | None) -> str:
    days = f"{arms.quiet} of {probe.days} quiet days"
    if last is not None:
        days += f" since {last.sha[:10]} broke it"
    return f"{days}, {plural(arms.releases, 'release')}" if probe.line else days
