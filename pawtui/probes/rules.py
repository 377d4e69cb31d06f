"""Rules and phrases that several kinds of probe share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pawtui.probes.finding import Evidence, State
from pawtui.sources import globs
from pawtui.sources.facts import Commit

if TYPE_CHECKING:
    from pawtui.probes.repo_view import Past, RepoView, Surface

EVIDENCE_LIMIT = 12
_PATTERN_SHOWN = 48
_PATHS_SHOWN = 3


def state_for_count(count: int, met: int, partial: int) -> State:
    """Return `met` up to the first number, `partial` up to the second, `unmet` above."""
    return "met" if count <= met else "partial" if count <= partial else "unmet"


def unknown_if_incomplete(state: State, reasons: Iterable[str]) -> State:
    """Return the state of a count that may be too low if there are reasons: then only `unmet` is certain."""
    return "unknown" if any(True for _ in reasons) and state != "unmet" else state


def worst(states: Iterable[State]) -> State:
    """Return the worst state in the order unmet, unknown, partial, met; `unknown` without any state."""
    found = set(states)
    order: tuple[State, ...] = ("unmet", "unknown", "partial")
    return next((state for state in order if state in found), "met" if found else "unknown")


def plural(count: int, noun: str, many: str = "") -> str:
    """Return `1 commit`, `2 commits`."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def join_names(names: Iterable[str]) -> str:
    """Return `a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def quote_pattern(pattern: str) -> str:
    """Return a quoted pattern for a sentence; a long pattern is cut, because the facts contain it."""
    return repr(pattern if len(pattern) <= _PATTERN_SHOWN else f"{pattern[: _PATTERN_SHOWN - 1]}…")


def window_start(today: dt.date, days: int) -> dt.date:
    """Return the day on which a window of `days` opens."""
    return today - dt.timedelta(days=days)


def drops_to_on(happened: Iterable[dt.date], keep: int, days: int) -> dt.date | None:
    """Return the first day on which a window of `days` contains at most `keep` of these dates, if no more are added.

    Return None if there are never more than `keep`.
    """
    newest = sorted(happened, reverse=True)
    return newest[keep] + dt.timedelta(days=days + 1) if len(newest) > keep else None


def commit_evidence(view: RepoView, commits: Iterable[Commit], limit: int = EVIDENCE_LIMIT) -> tuple[Evidence, ...]:
    """Return the newest commits as evidence."""
    return tuple(
        Evidence(
            text=f"{commit.sha[:10]}  {commit.subject}",
            url=view.commit_url(commit.sha),
            pin=view.commit_pin(commit.sha),
            at=commit.at,
        )
        for commit in tuple(commits)[:limit]
    )


def not_listed(count: int, what: str, limit: int = EVIDENCE_LIMIT) -> tuple[str, ...]:
    """Return a note on the number of items beyond the evidence limit, or nothing."""
    return (f"{plural(count - limit, what)} not listed",) if count > limit else ()


def incomplete_reasons(view: RepoView, surfaces: Sequence[Surface]) -> tuple[str, ...]:
    """Return why a count over these surfaces may be too low: a sentence per missing surface and per cut list."""
    vanished = tuple(
        f"path gone: surface {surface.name} has none of its paths at {view.where}"
        for surface in surfaces
        if surface.vanished
    )
    cut = dict.fromkeys(path for surface in surfaces for path in surface.cut)
    return (*vanished, *(f"{path}: not all of its commits were listed, so the counts are minimums" for path in cut))


def missing_path_notes(view: RepoView, surfaces: Sequence[Surface]) -> tuple[str, ...]:
    """Return one sentence about surface paths that do not exist at the head, or nothing."""
    paths = tuple(dict.fromkeys(path for surface in surfaces if not surface.vanished for path in surface.gone))
    if not paths:
        return ()
    names = join_names(paths if len(paths) <= _PATHS_SHOWN else (*paths[: _PATHS_SHOWN - 1], f"{len(paths) - 2} more"))
    verb = "does" if len(paths) == 1 else "do"
    return (f"{names} {verb} not exist at {view.where}: only earlier commits are counted",)


def young_surfaces(surfaces: Sequence[Surface], since: dt.date, past: Past | None, today: dt.date) -> tuple[str, ...]:
    """Return the surfaces that did not exist when the window opened: their few commits do not mean calm.

    This uses the first commit of each list and, if known, the branch's tree at that time (`past`): commits of a side
    branch may be older than their merge.
    """
    young = []
    for surface in surfaces:
        if surface.vanished:
            continue
        if surface.first is not None and surface.first >= since:
            young.append(f"surface {surface.name} is {plural((today - surface.first).days, 'day')} old")
        elif past is not None and not any(path in past.tree.entries for path in surface.paths):
            young.append(f"surface {surface.name} was not in the branch on {since}")
    return tuple(young)


def merged_unseen(surfaces: Sequence[Surface], past: Past, tree_now: Mapping[str, str]) -> tuple[str, ...]:
    """Return the changes in the window that no counted commit shows, as sentences.

    A merge can bring in commits dated before the window, and a glob lists only existing files. `tree_now` maps each
    path to its object at the head.
    """
    changed = []
    for surface in surfaces:
        for path in surface.quiet:
            then = past.tree.entries.get(path)
            if (then.sha if then else None) != tree_now.get(path):
                changed.append(f"{path} changed since {past.day} by a merge of older commits, which are not counted")
        for pattern in surface.patterns:
            gone = [path for path in past.tree.entries if path not in tree_now and globs.matches(pattern, path)]
            if gone:
                changed.append(f"{gone[0]} is gone since {past.day}: the commits to it are not counted")
    return tuple(changed)
