"""Parts of findings that several kinds of probe share: states of counts, windows, and commits with a subject."""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Sequence

from pawtui.phrases import shortened
from pawtui.probes.pattern import match_each
from pawtui.probes.probe_facts import CommitFacts
from pawtui.probes.state import State
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.facts import Commit
from pawtui.sources.source_errors import SourceError

_PATTERN_SHOWN = 48  # characters


def state_for_count(count: int, met: int, partial: int) -> State:
    """Return `met` up to the first number, `partial` up to the second, `unmet` above."""
    if count <= met:
        return "met"
    return "partial" if count <= partial else "unmet"


def partial_limit(met: int, partial: int) -> str:
    """Return `, partial up to 4` for a rule; empty if `partial` allows no more than `met`."""
    return f", partial up to {partial}" if partial > met else ""


def unknown_if_incomplete(state: State, incomplete: Sequence[str] | bool = True) -> State:
    """Return the state of a count. If the count is incomplete, it may be too low: then only `unmet` is certain."""
    return "unknown" if incomplete and state != "unmet" else state


def quote_pattern(pattern: str) -> str:
    """Return a quoted pattern for a sentence, with single backslashes; the facts contain what is cut."""
    return repr(shortened(pattern, _PATTERN_SHOWN)).replace("\\\\", "\\")


def window_start(today: dt.date, days: int) -> dt.date:
    """Return the day on which a window of `days` opens."""
    return today - dt.timedelta(days=days)


def first_day_with_at_most(dates: Iterable[dt.date], limit: int, days: int) -> dt.date | None:
    """Return the first day on which a window of `days` contains at most `limit` of these dates, if no more are added.

    Return None if there are never more than `limit`.
    """
    newest = sorted(dates, reverse=True)
    return newest[limit] + dt.timedelta(days=days + 1) if len(newest) > limit else None


async def first_day_when(
    holds: Callable[[dt.date], Awaitable[bool]], low: dt.date, high: dt.date, guesses: Sequence[dt.date]
) -> dt.date | None:
    """Return the first day on which a condition holds, by bisection; None if a day cannot be read.

    It does not hold on `low`, and holds on `high`. `guesses` are the probable days: they are read first.
    """
    while (high - low).days > 1:
        day = next((day for day in guesses if low < day < high), low + (high - low) // 2)
        try:
            is_true = await holds(day)
        except (SourceError, Unmeasurable):
            return None
        low, high = (low, day) if is_true else (day, high)
    return high


async def matching_commits(pattern: str, commits: Sequence[Commit]) -> list[Commit]:
    """Return the commits whose subject matches."""
    hits = await match_each(pattern, [commit.full_subject for commit in commits])
    return [commit for commit, hit in zip(commits, hits, strict=True) if hit]


async def breaking_commits(pattern: str, commits: Sequence[Commit]) -> list[Commit]:
    """Return the commits whose subject matches, or whose message has the footer `BREAKING CHANGE`."""
    matching = {commit.sha for commit in await matching_commits(pattern, commits)}
    return [commit for commit in commits if commit.breaking or commit.sha in matching]


def commit_facts(commit: Commit) -> CommitFacts:
    """Return a commit as the facts contain it."""
    return CommitFacts(sha=commit.sha, subject=commit.subject, at=commit.at)
