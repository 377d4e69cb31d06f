"""Measure single probes without recording anything, to try a tracker's rules."""

import datetime as dt
from collections.abc import Sequence

from pawtui.probes.measure import measure_probes
from pawtui.probes.reading import ProbeReading
from pawtui.refresh.refresh_run import RefreshRun
from pawtui.refresh.refresh_types import RefreshBaseline
from pawtui.sources.protocol import Source
from pawtui.tracker.probe_types import Probe
from pawtui.tracker.tracker_types import Tracker


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
    run = RefreshRun(
        tracker, source, RefreshBaseline(), clock=lambda: now, as_of=as_of, web=web, on_progress=lambda _step: None
    )
    try:
        return await measure_probes(probes, await run.context())
    finally:
        await run.aclose()
