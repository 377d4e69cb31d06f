"""`soak`: how long has the line been in use, in days and in releases?

Two conditions can close the window. Days: `days` have passed since the start, and since the last breaking commit.
Releases: enough stable releases and new minors were made since the start. With `either`, one condition is enough, as in
PawWork's #1253; `both` needs both (`[policy] soak`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from pawtui.phrases import counted, quote_pattern, short_sha
from pawtui.probes.context import ProbeContext
from pawtui.probes.matching_days import matching_since
from pawtui.probes.probe_evidence import commit_evidence, not_listed
from pawtui.probes.probe_facts import FileRead, SoakFacts
from pawtui.probes.reading import Finding
from pawtui.probes.release_line import ReleaseLine, count_new, read_release_line
from pawtui.probes.repo_reader import RESERVED_REQUESTS, RepoReader, alternatives
from pawtui.probes.soak_start import SoakStart, find_start, start_again
from pawtui.probes.state import State, unknown_if_incomplete
from pawtui.probes.surface import breaking_commits, commit_facts
from pawtui.probes.surface_window import SurfaceWindow, WindowCheck, read_window
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.facts import Commit
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.probe_types import SoakProbe
from pawtui.tracker.tracker_types import Policy

_BREAKS_SHOWN = 5


def judge(probe: SoakProbe, facts: SoakFacts) -> State:
    """Return the state: met if the window is closed; partial by one condition, the age, or a limit for partial.

    Releases without new minors are not partial: thirteen patches can be released in ten days.
    """
    # The state follows from the counts: facts may be judged again with other thresholds.
    closed = [facts.quiet_days >= probe.days]
    # Without a line, only the days decide.
    if probe.line:
        closed.append(_are_enough_releases(probe, facts.releases, facts.minors))
    if all(closed) or (facts.mode == "either" and any(closed)):
        return "met"
    by_days = probe.days_partial > 0 and (facts.quiet_days >= probe.days_partial or facts.age_days >= probe.days)
    by_releases = 0 < probe.releases_partial <= facts.releases and facts.minors >= probe.minors
    return "partial" if any(closed) or by_days or by_releases else "unmet"


def _are_enough_releases(probe: SoakProbe, releases: int, minors: int) -> bool:
    """Return whether these numbers of releases and new minors close the window; False without a line."""
    return bool(probe.line) and releases >= probe.releases and minors >= probe.minors


def certain_state(probe: SoakProbe, facts: SoakFacts, incomplete: Sequence[str] | bool) -> State:
    """Return the state; unknown for `incomplete` breaks, unless it would be the same with a break today."""
    state = judge(probe, facts)
    with_break_today = msgspec.structs.replace(facts, quiet_days=0)
    return state if state == judge(probe, with_break_today) else unknown_if_incomplete(state, incomplete)


def rule(probe: SoakProbe, policy: Policy) -> str:
    joiner = "or" if policy.soak == "either" else "and"
    quiet = f"{probe.days} days without a breaking commit"
    minors = f" with {counted(probe.minors, 'new minor')}" if probe.minors else ""
    releases = f"{counted(probe.releases, 'stable release')}{minors}"
    closed = f"{quiet} {joiner} {releases}" if probe.line else quiet
    if probe.file:
        closed += f", while {' or '.join(alternatives(probe.file))} matches {quote_pattern(probe.pattern)}"
    partial = []
    if probe.days_partial:
        partial += [f"{probe.days_partial} quiet days", f"{probe.days} days of age"]
    if probe.line and probe.releases_partial:
        partial.append(f"{counted(probe.releases_partial, 'stable release')}{minors}")
    if probe.line and policy.soak == "both":
        # One condition of two is enough for `partial`; a partial limit already says so with a smaller number.
        if not probe.days_partial:
            partial.append(quiet)
        if not probe.releases_partial:
            partial.append(releases)
    return f"met after {closed}; partial from {', or '.join(partial)}" if partial else f"met after {closed}"


async def measure(probe: SoakProbe, context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding: both conditions today, and the day on which the window closes without another break."""
    if probe.surfaces:
        reader.refuse_doubt()
    line = await read_release_line(reader, probe.line)
    start = await find_start(probe, context.tracker.policy, line)
    if start is None or start.at.date() > reader.today:
        reason = f"it opens on {start.at.date()}" if start else f"no stable {probe.line} tag yet"
        releases, minors = (start.releases, start.minors) if start else (0, 0)
        return Finding(
            state="unmet",
            summary=f"the window is not open: {reason}",
            facts=SoakFacts(mode=context.tracker.policy.soak, days=probe.days, releases=releases, minors=minors),
            gaps=(*line.gaps, *(start.gaps if start else ())),
        )
    window = _OpenWindow(probe, context, line, start)
    return await (window.measure_with_file() if probe.file else window.measure())


class _Breaks(msgspec.Struct, frozen=True, kw_only=True):
    """The breaking commits since the start or a later day, newest first.

    `incomplete` are the reasons why a break that decides the state may not be listed; `gaps` are about other breaks.
    """

    window: SurfaceWindow | None = None
    commits: tuple[Commit, ...] = ()
    incomplete: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class _OpenWindow:
    """The measurement of a window that has opened."""

    probe: SoakProbe
    context: ProbeContext
    line: ReleaseLine
    start: SoakStart

    @property
    def reader(self) -> RepoReader:
        return self.line.reader

    async def measure_with_file(self) -> Finding:
        """Return the finding of the window, which opened again if the file did not match on a later day."""
        found = await self.measure()
        read = await self._needed_read(found)
        matching = await matching_since(self.reader, self.probe.file, self.probe.pattern, read.since)
        if matching.cause:
            self.context.error_log.add(matching.cause)
            return await self.measure(matching.cause)
        if matching.since and matching.since > self.start.at.date():
            start = await start_again(self.probe, self.line, self.start, matching.since)
            return await replace(self, start=start).measure()
        is_all_read = (read.since - self.start.at.date()).days <= 1
        return found if is_all_read else await self.measure(read=read)

    async def _needed_read(self, finding: Finding) -> FileRead:
        """Return the day since which the file must match, so that the days and releases that decide count.

        Those are `days` days and, if the state is worse without releases, the newest ones that are enough.
        """
        probe, start, releases = self.probe, self.start, self.line.releases
        opened_on = start.at.date()
        # Days are whole, so the file may begin to match on the day before.
        first_day = max(opened_on, self.reader.today - dt.timedelta(days=probe.days)) + dt.timedelta(days=1)
        if (first_day - opened_on).days <= 1 or not self._depends_on_releases(finding):
            return FileRead(since=first_day)
        are_enough = _are_enough_releases(probe, start.releases, start.minors)
        wanted = probe.releases if are_enough else probe.releases_partial
        for number in range(wanted, len(releases) + 1):
            count, minors = count_new(releases[:-number], releases[-number:])
            if count >= wanted and minors >= probe.minors:
                # The lowest version is the oldest. The dates of the others would cost a request each.
                (tag,) = await self.line.dated(releases[-number])
                since = max(opened_on, min(first_day, tag.at.date()))
                return FileRead(since=since, releases=count, minors=minors)
        return FileRead(since=first_day)

    def _depends_on_releases(self, finding: Finding) -> bool:
        facts = finding.facts
        if not isinstance(facts, SoakFacts) or not self.probe.line or finding.state not in ("met", "partial"):
            return False
        certain_days = 0 if facts.quiet_at_most else facts.quiet_days
        only_days = msgspec.structs.replace(facts, releases=0, minors=0, quiet_days=certain_days)
        return judge(self.probe, only_days) != finding.state

    async def measure(self, file_cause: str = "", read: FileRead | None = None) -> Finding:
        """Return the finding, from the days, breaks and releases since the start.

        `file_cause` is the reason why some of the days and releases may not count. `read` is that of `SoakFacts`.
        """
        probe, start = self.probe, self.start
        breaks = await self._find_breaks()
        facts = self._facts(breaks.commits)
        check = WindowCheck()
        # An unlisted break can only shorten the quiet time; releases do not depend on it.
        if facts.mode == "both" or not facts.releases_closed:
            check = await self._check_breaks(breaks, facts)
        unlisted = (*breaks.incomplete, *check.young, *check.causes)
        state = certain_state(probe, facts, unlisted)
        causes = (*unlisted, *filter(None, [file_cause]))
        cause = unlisted[0] if state == "unknown" else file_cause
        state = unknown_if_incomplete(state, bool(file_cause))
        # If only releases can close the window, the day is not known.
        by_days = facts.mode == "either" or facts.releases_closed or not probe.line
        facts = msgspec.structs.replace(
            facts,
            quiet_at_most=bool(causes),
            met_on=facts.quiet_on if by_days and state in ("partial", "unmet") else None,
            file_read=read,
        )
        unread = (
            [f"{probe.file} was not read before {read.since}: earlier days and releases may not count"] if read else []
        )
        return Finding(
            state=state,
            summary=_summary(probe, facts, state),
            facts=facts,
            evidence=(*start.evidence, *commit_evidence(self.reader, breaks.commits, _BREAKS_SHOWN)),
            cause=cause if state == "unknown" else "",
            gaps=(*self.line.gaps, *start.gaps, *unread, *causes, *check.path_gaps, *breaks.gaps),
        )

    def _facts(self, breaks: Sequence[Commit]) -> SoakFacts:
        """Return the facts if all breaks are listed and the whole window counts. `breaks` are the newest first.

        The age counts from the start, the quiet time from the last breaking commit or the start.
        """
        probe, start, today = self.probe, self.start, self.reader.today
        opened_on, days = start.at.date(), dt.timedelta(days=probe.days)
        last = breaks[0] if breaks else None
        quiet_from = last.at.date() if last else opened_on
        # The clock of a committer may be ahead.
        quiet = max(0, (today - quiet_from).days)
        return SoakFacts(
            mode=self.context.tracker.policy.soak,
            days=probe.days,
            releases=start.releases,
            minors=start.minors,
            anchor=start.name,
            anchor_at=start.at,
            newest=self.line.releases[-1].tag.name if self.line.releases else "",
            age_days=(today - opened_on).days,
            age_on=opened_on + days,
            quiet_days=quiet,
            quiet_on=quiet_from + days,
            days_closed=quiet >= probe.days,
            releases_closed=_are_enough_releases(probe, start.releases, start.minors),
            breaks=len(breaks),
            last_break=commit_facts(last) if last else None,
            breaking=probe.breaking,
        )

    async def _find_breaks(self) -> _Breaks:
        """Return the breaks since the start; those before `history_start` are listed only without a later one."""
        probe, reader, opened_on = self.probe, self.reader, self.start.at.date()
        if not probe.breaking or not probe.surfaces:
            return _Breaks()
        breaks = await self._read_breaks(max(opened_on, reader.history_start))
        if opened_on >= reader.history_start:
            return breaks
        if breaks.commits:
            earlier = f"breaking commits before {reader.history_start} are not counted"
            return msgspec.structs.replace(breaks, gaps=(earlier, *breaks.gaps))
        if breaks.incomplete:
            return breaks
        paths = [path for name in probe.surfaces for path in self.context.tracker.surfaces[name]]
        if reader.source.requests_left() < len(paths) + RESERVED_REQUESTS:
            # This costs a request per path. An unlisted break can only shorten the quiet time.
            cause = f"the commits before {reader.history_start} were not listed: the budget of requests is too small"
            return msgspec.structs.replace(breaks, incomplete=(cause,))
        return await self._read_breaks(opened_on)

    async def _read_breaks(self, since: dt.date) -> _Breaks:
        """Return the breaking commits after the start that are dated on the day `since` or later."""
        window = await read_window(self.context, self.reader, self.probe.surfaces, since)
        listed = [commit for commit in window.commits if commit.at > self.start.at]
        commits = await breaking_commits(self.probe.breaking, listed)
        return _Breaks(
            window=window,
            commits=tuple(commits),
            incomplete=window.incomplete,
            gaps=not_listed(len(commits), "older breaking commit", _BREAKS_SHOWN),
        )

    async def _late_start_cause(self, since: dt.date, state: State) -> tuple[str, ...]:
        """Return the cause if the branch did not have the commit of the start on that day, or if this is not known."""
        if not self.start.sha or state == "unmet":
            return ()
        try:
            is_there = await self.reader.contains(self.start.sha, (await self.reader.past(since)).sha)
        except (SourceError, Unmeasurable) as error:
            self.context.error_log.add(error)
            return (str(error),)
        return () if is_there else (f"{self.start.name} was merged on {since} or later, after its own date",)

    async def _check_breaks(self, breaks: _Breaks, facts: SoakFacts) -> WindowCheck:
        """Return why a breaking commit in the days that decide may not be listed."""
        if facts.quiet_days == 0:
            # No other break can shorten the quiet time.
            return WindowCheck()
        # The quiet days decide, at most `days` of them. A change on the first of them cannot shorten the quiet time:
        # days are whole.
        since = self.reader.today - dt.timedelta(days=min(facts.quiet_days, self.probe.days) - 1)
        state = unknown_if_incomplete(judge(self.probe, facts), breaks.incomplete)
        late_start = await self._late_start_cause(since, state)
        if breaks.window is None:
            return WindowCheck(causes=late_start)

        async def has_break(late: Sequence[Commit]) -> bool:
            # While the window is open, a listed break counts by its date, even if it was merged later.
            known = set() if state == "met" else {commit.sha for commit in breaks.commits}
            found = await breaking_commits(self.probe.breaking, late)
            return any(commit.sha not in known for commit in found)

        check = await replace(breaks.window, since=since).check(state, has_break)
        return msgspec.structs.replace(check, causes=(*late_start, *check.causes))


def _summary(probe: SoakProbe, facts: SoakFacts, state: State) -> str:
    of_days = f" of {probe.days}" if facts.quiet_days <= probe.days else ""
    days = f"{'at most ' if facts.quiet_at_most else ''}{facts.quiet_days:,}{of_days} quiet days"
    if facts.file_read and not of_days and not facts.quiet_at_most:
        # The file was read only on as many days as are needed: more are not certain.
        days = f"{probe.days} or more quiet days"
    if facts.last_break is not None:
        days += f" since the break {short_sha(facts.last_break.sha)}"
    if state == "met" and (facts.quiet_at_most or not facts.days_closed):
        # Name the condition that is met first. Uncertain days alone are never met.
        return f"{counted(facts.releases, 'release is enough', 'releases are enough')}, {days}"
    return f"{days}, {counted(facts.releases, 'release')}" if probe.line else days
