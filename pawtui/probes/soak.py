"""`soak`: how long the line has run, by days and by releases.

The days arm goes by quiet time: it opens at the anchor and again at every commit that breaks, and it closes `days`
later; age alone is shown beside it. The releases arm wants so many stable releases and new minors since the anchor.
`either` closes with one arm, as PawWork's #1253 words it; `both` needs the two (`[policy] soak`).
"""

from __future__ import annotations

import asyncio
import datetime as dt

import msgspec

from pawtui.probes.look import Look
from pawtui.probes.pattern import matching
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import commit_evidence, plural, window_start
from pawtui.probes.versions import minor_of, prefix_of, stable_tags
from pawtui.sources import links
from pawtui.sources.facts import Commit
from pawtui.tracker.model import SoakProbe


class _Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """What the clock starts from."""

    name: str
    at: dt.datetime
    evidence: tuple[Evidence, ...] = ()


class _Releases(msgspec.Struct, frozen=True, kw_only=True):
    count: int = 0
    minors: int = 0
    newest: str = ""


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
        """The soak state: met when the window is closed; partly when one arm or half the days are."""
        closed = (self.days_closed, self.releases_closed)
        if all(closed) or (mode == "either" and any(closed)):
            return "met"
        halfway = self.quiet >= probe.days_partly or self.age >= probe.days or self.releases >= probe.releases
        return "partly" if any(closed) or halfway else "unmet"

    def met_on(self, mode: str) -> dt.date | None:
        """The day the window closes if nothing breaks before; None where only further releases can close it."""
        return self.quiet_on if mode == "either" or self.releases_closed else None


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


def _rule(probe: SoakProbe, mode: str) -> str:
    joiner = "or" if mode == "either" else "and"
    arms = f"{probe.days} days without a commit that breaks {joiner} {plural(probe.releases, 'stable release')}"
    return f"met after {arms} with {plural(probe.minors, 'new minor')}; partly from {probe.days_partly} quiet days"


async def _anchor(probe: SoakProbe, look: Look) -> tuple[_Anchor | None, _Releases]:
    """What the clock starts from and the releases since; None where the line has no stable tag yet."""
    stable = stable_tags(probe.line, await look.tags(prefix_of(probe.line))) if probe.line else []
    releases = _Releases(
        count=len(stable),
        minors=max(len({minor_of(version) for version, _ in stable}) - 1, 0),
        newest=stable[-1][1].name if stable else "",
    )
    if probe.date is not None:
        at = dt.datetime.combine(probe.date, dt.time(), dt.UTC)
        return _Anchor(name=probe.date.isoformat(), at=at), releases
    if probe.commit:
        commit = await look.commit(probe.commit)
        return _Anchor(name=commit.sha[:10], at=commit.at, evidence=commit_evidence(look, [commit])), releases
    if not stable:
        return None, releases
    tag = stable[0][1]
    commit = await look.tag_commit(tag)
    evidence = Evidence(
        text=f"{tag.name}  the clock starts here",
        url=links.tag_url(look.web, look.head.repo, tag.name),
        pin=look.commit_pin(commit.sha),
        at=commit.at,
    )
    return _Anchor(name=tag.name, at=commit.at, evidence=(evidence,)), releases


async def _breaks(probe: SoakProbe, look: Look, anchor: _Anchor) -> tuple[list[Commit], tuple[str, ...]]:
    """The commits since the anchor whose subject says they break, newest first; and what could not be looked at."""
    if not probe.breaking or not probe.surfaces:
        return [], ()
    since = max(anchor.at.date(), window_start(look, probe.days))
    surfaces = await asyncio.gather(*(look.surface(name, since) for name in probe.surfaces))
    commits = {commit.sha: commit for surface in surfaces for commit in surface.commits if commit.at > anchor.at}
    ordered = sorted(commits.values(), key=lambda commit: (commit.at, commit.sha), reverse=True)
    hits = await matching(probe.breaking, [commit.subject for commit in ordered])
    unseen = tuple(reason for surface in surfaces for reason in surface.unseen)
    return [commit for commit, hit in zip(ordered, hits, strict=True) if hit], unseen


async def measure(probe: SoakProbe, look: Look) -> ProbeReading:
    """Both arms as they stand today, and the day the window closes if nothing breaks before."""
    mode = look.tracker.policy.soak
    rule = _rule(probe, mode)
    anchor, releases = await _anchor(probe, look)
    facts: dict[str, object] = {"mode": mode, "days": probe.days, "releases": releases.count, "minors": releases.minors}
    if anchor is None:
        said = f"the clock has not started: no stable {probe.line} tag yet"
        return ProbeReading(kind="soak", state="unmet", said=said, rule=rule, facts=facts)
    breaks, unseen = await _breaks(probe, look, anchor)
    arms = count_arms(
        probe,
        today=look.today,
        anchor=anchor.at.date(),
        last_break=breaks[0].at.date() if breaks else None,
        releases=releases.count,
        minors=releases.minors,
    )
    state = arms.state(probe, mode)
    met_on = None if state == "met" else arms.met_on(mode)
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
        "breaks": len(breaks),
        "last_break": {"sha": breaks[0].sha, "subject": breaks[0].subject, "at": breaks[0].at.isoformat()}
        if breaks
        else None,
        "met_on": met_on.isoformat() if met_on else None,
    }
    said = f"{arms.quiet} of {probe.days} quiet days, {plural(releases.count, 'release')}"
    if breaks:
        said += f"; {breaks[0].sha[:10]} broke it"
    return ProbeReading(
        kind="soak",
        state=state,
        said=said,
        rule=rule,
        facts=facts,
        evidence=(*anchor.evidence, *commit_evidence(look, breaks, 5)),
        unseen=unseen,
    )
