"""Measure single probes without recording anything, to try a tracker's rules."""

import datetime as dt
from collections.abc import Sequence
from functools import partial

from pawtui.probes.context import ProbeContext, history_start
from pawtui.probes.measure import measure_probes
from pawtui.probes.reading import ProbeReading
from pawtui.probes.repo_view import RepoView
from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.heads import follow
from pawtui.sources.protocol import Source
from pawtui.tracker.tracker_types import Probe, Tracker


async def try_probes(
    tracker: Tracker,
    source: Source,
    probes: Sequence[Probe],
    *,
    now: dt.datetime,
    web: str,
    as_of: dt.datetime | None = None,
) -> list[ProbeReading]:
    """Return the readings of these probes at the present heads, or at the heads `as_of`.

    Raises `SourceError` if a head cannot be fetched.
    """
    moment = as_of or now

    async def repo_view(*, upstream: bool) -> RepoView:
        followed = await follow(tracker, source, ErrorLog(), upstream=upstream, now=moment, as_of=as_of)
        return RepoView(
            source,
            followed.head,
            today=moment.date(),
            history_start=history_start(tracker, moment.date()),
            web=web,
            doubt=followed.doubt,
        )

    upstream = await repo_view(upstream=True)
    context = ProbeContext(
        tracker, source, upstream=upstream, downstream=partial(repo_view, upstream=False), as_of=as_of
    )
    measured = await measure_probes(probes, context)
    return [reading for reading, _ in measured]
