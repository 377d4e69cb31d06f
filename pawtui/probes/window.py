"""Whether a window over surfaces may read as calm: they existed when it opened, and no merge hides what changed."""

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
    """`young` names the surfaces younger than the window; `causes` say why calm cannot be told."""

    young: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


async def unsteady(
    context: ProbeContext, view: RepoView, surfaces: Sequence[Surface], since: dt.date, judged: State
) -> Steadiness:
    """What speaks against calm besides the count; nothing is asked for where the count alone already does.

    What the branch held when the window opened decides; where that is not known, calm is not either.
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
