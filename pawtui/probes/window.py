"""Checks before a window counts as calm: its surfaces existed when it opened, and no merge hides a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from pawtui.probes.context import ProbeContext
from pawtui.probes.finding import State
from pawtui.probes.repo_view import RepoView, Surface, TooYoung, Unmeasurable
from pawtui.probes.rules import merged_unseen, young_surfaces
from pawtui.sources.source_errors import SourceError


class Steadiness(msgspec.Struct, frozen=True, kw_only=True):
    """The result: `young` names the surfaces younger than the window; `causes` are the reasons why calm is unknown."""

    young: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


async def unsteady(
    context: ProbeContext, view: RepoView, surfaces: Sequence[Surface], since: dt.date, judged: State
) -> Steadiness:
    """Return the reasons against calm other than the count; no request is sent if the count alone decides.

    The branch's tree at the start of the window decides. If it is not known, calm is unknown.
    """
    young = young_surfaces(surfaces, since, None, view.today)
    if young or judged in ("unmet", "unknown"):
        return Steadiness(young=young)
    try:
        past = await view.past(since)
    except TooYoung:
        return Steadiness(young=(f"the history is younger than {since}",))
    except (SourceError, Unmeasurable) as error:
        if isinstance(error, SourceError):
            context.missed.append(error)
        return Steadiness(causes=(str(error),))
    young = young_surfaces(surfaces, since, past, view.today)
    tree = await view.tree()
    now = {path: entry.sha for path, entry in tree.entries.items()}
    return Steadiness(young=young, causes=merged_unseen(surfaces, past, now))
