"""Check a window without many commits: its surfaces existed when it opened, and no merge hides a change."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pawtui.phrases import counted
from pawtui.probes.context import ProbeContext
from pawtui.probes.repo_view import Past, RepoView, Surface, TooYoung, Unmeasurable, day_start
from pawtui.probes.state import State
from pawtui.sources import globs
from pawtui.sources.source_errors import SourceError


class WindowCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The result: `young` names the surfaces younger than the window; `causes` are reasons against the count."""

    young: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


async def check_window(
    context: ProbeContext, view: RepoView, surfaces: Sequence[Surface], since: dt.date, state: State
) -> WindowCheck:
    """Return the reasons why few commits do not mean few changes.

    `state` is the state by the count alone: if it is unmet or unknown, nothing is requested. Otherwise the branch's
    tree at the start of the window is compared. If the tree cannot be read, that is a cause.
    """
    young = tuple(_young_surfaces(surfaces, since, None, view.today))
    if young or state in ("unmet", "unknown"):
        return WindowCheck(young=young)
    try:
        past = await view.past(since)
    except TooYoung:
        return WindowCheck(young=(f"the history is younger than {since}",))
    except (SourceError, Unmeasurable) as error:
        context.add_failure(error)
        return WindowCheck(causes=(str(error),))
    tree = await view.tree()
    now = {path: entry.sha for path, entry in tree.entries.items()}
    return WindowCheck(
        young=tuple(_young_surfaces(surfaces, since, past, view.today)),
        causes=tuple(_uncounted_changes(surfaces, past, now)),
    )


def _young_surfaces(surfaces: Sequence[Surface], since: dt.date, past: Past | None, today: dt.date) -> Iterator[str]:
    """Yield the surfaces that did not exist when the window opened: their few commits prove nothing.

    This uses the first commit of each list and, if known, the branch's tree at that time (`past`): commits of a side
    branch may be older than their merge.
    """
    for surface in surfaces:
        if surface.is_missing:
            continue
        if surface.first is not None and surface.first >= since:
            yield f"surface {surface.name} is {counted((today - surface.first).days, 'day')} old"
        elif past is not None and not any(path in past.tree.entries for path in surface.paths):
            yield f"surface {surface.name} was not in the branch on {since}"


def _uncounted_changes(surfaces: Sequence[Surface], past: Past, tree_now: Mapping[str, str]) -> Iterator[str]:
    """Yield, as sentences, the changes in the window that no counted commit shows.

    A merge can bring in commits dated before the window, and a glob lists only existing files. `tree_now` maps each
    path to the SHA of its object at the head.
    """
    start = day_start(past.day)
    for surface in surfaces:
        for listing in surface.lists:
            path, then = listing.path, past.tree.entries.get(listing.path)
            counted_one = any(commit.at >= start for commit in listing.items)
            if not counted_one and (then.sha if then else None) != tree_now.get(path):
                yield f"{path} changed since {past.day} by a merge of older commits, which are not counted"
        for glob in surface.globs:
            gone = [path for path in past.tree.entries if path not in tree_now and globs.matches(glob, path)]
            if gone:
                yield f"{gone[0]} is gone since {past.day}: the commits to it are not counted"
