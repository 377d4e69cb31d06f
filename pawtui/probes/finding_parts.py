"""Parts of findings that several kinds of probe share: states of counts, evidence, and sentences."""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Sequence

from pawtui.phrases import counted, join_names
from pawtui.probes.pattern import match_each
from pawtui.probes.probe_facts import CommitFacts
from pawtui.probes.reading import Evidence
from pawtui.probes.repo_view import RepoView
from pawtui.probes.state import State
from pawtui.probes.surface import Surface
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.facts import Commit
from pawtui.sources.source_errors import SourceError

MAX_EVIDENCE = 12  # listed items of one kind in a finding
_PATTERN_SHOWN = 48  # characters
_PATHS_SHOWN = 3


def state_for_count(count: int, met: int, partial: int) -> State:
    """Return `met` up to the first number, `partial` up to the second, `unmet` above."""
    return "met" if count <= met else "partial" if count <= partial else "unmet"


def partial_limit(met: int, partial: int) -> str:
    """Return `, partial up to 4` for a rule; empty if `partial` allows no more than `met`."""
    return f", partial up to {partial}" if partial > met else ""


def unknown_if_incomplete(state: State, incomplete: Sequence[str] | bool = True) -> State:
    """Return the state of a count. If the count is incomplete, it may be too low: then only `unmet` is certain."""
    return "unknown" if incomplete and state != "unmet" else state


def quote_pattern(pattern: str) -> str:
    """Return a quoted pattern for a sentence, with single backslashes; the facts contain what is cut."""
    shown = pattern if len(pattern) <= _PATTERN_SHOWN else f"{pattern[: _PATTERN_SHOWN - 1]}…"
    return repr(shown).replace("\\\\", "\\")


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
    """Return the first day on which a condition holds: not on `low`, but on `high`. None if a day cannot be read.

    `guesses` are the probable days: they are read first.
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
    hits = await match_each(pattern, [commit.full_subject for commit in commits])
    return [commit for commit, hit in zip(commits, hits, strict=True) if hit or commit.breaking]


def commit_evidence(view: RepoView, commits: Iterable[Commit], limit: int = MAX_EVIDENCE) -> tuple[Evidence, ...]:
    """Return the newest commits as evidence."""
    return tuple(
        Evidence(
            text=f"{commit.sha[:10]}  {commit.subject}{'  BREAKING CHANGE' if commit.breaking else ''}",
            url=view.commit_url(commit.sha),
            pin=view.commit_pin(commit.sha),
            at=commit.at,
        )
        for commit in tuple(commits)[:limit]
    )


def file_evidence(view: RepoView, text: str, path: str, line: int | None = None, sha: str = "") -> Evidence:
    """Return a file, or one line of it, as evidence: its page and a pin at a commit (default: the head)."""
    return Evidence(text=text, url=view.file_url(path, line, sha), pin=view.pin(path, line, sha))


def commit_facts(commit: Commit) -> CommitFacts:
    """Return a commit as the facts contain it."""
    return CommitFacts(sha=commit.sha, subject=commit.subject, at=commit.at)


def not_listed(count: int, noun: str, limit: int = MAX_EVIDENCE, *, of: str = "") -> tuple[str, ...]:
    """Return a note on the number of items (of something) beyond the evidence limit, or nothing."""
    return (f"{counted(count - limit, noun)}{f' of {of}' if of else ''} not listed",) if count > limit else ()


def incomplete_reasons(view: RepoView, surfaces: Sequence[Surface]) -> tuple[str, ...]:
    """Return why a count may be too low, as sentences: missing surfaces, submodules and links, and cut lists."""
    missing = (surface.name for surface in surfaces if surface.is_missing)
    cut = dict.fromkeys(path for surface in surfaces for path in surface.cut)
    outside = dict.fromkeys(what for surface in surfaces for what in surface.outside)
    return (
        *(f"{what} at {view.where}: the commits to the files inside are not counted" for what in outside),
        *(f"path missing: surface {name} has none of its paths at {view.where}" for name in missing),
        *(f"{path}: not all of its commits were listed, so the counts are minimums" for path in cut),
    )


def missing_path_notes(view: RepoView, surfaces: Sequence[Surface]) -> tuple[str, ...]:
    """Return one sentence about surface paths that do not exist at the head, or nothing."""
    paths = tuple(dict.fromkeys(path for surface in surfaces if not surface.is_missing for path in surface.missing))
    if not paths:
        return ()
    names = join_names(paths if len(paths) <= _PATHS_SHOWN else (*paths[: _PATHS_SHOWN - 1], f"{len(paths) - 2} more"))
    verb = "does" if len(paths) == 1 else "do"
    return (f"{names} {verb} not exist at {view.where}: only earlier commits are counted",)
