"""The times at which earlier refreshes found no release of a line: no release of it can be older.

A lightweight tag has no date of its own, and its commit may be much older than the tag.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from pawtui.probes.probe_facts import ReleaseFacts
from pawtui.refresh.backfill import CLONES_ONLY
from pawtui.refresh.refresh_types import Refresh
from pawtui.sources.facts import Head
from pawtui.tracker.tracker_types import ReleaseProbe, Tracker


def unreleased_lines(
    tracker: Tracker, head: Head, live: Iterable[Refresh], now: dt.datetime, *, upstream: bool
) -> dict[str, dt.datetime]:
    """Return the lines of tags, each with the time of the last of these refreshes that found no stable release of it.

    A refresh of another repository does not count, and neither does one dated later than now, or one that read only
    clones: a clone may lack tags.
    """
    found: dict[str, dt.datetime] = {}
    for refresh in live:
        side = refresh.upstream if upstream else refresh.downstream
        is_same = side.repo.lower() in (head.repo.lower(), head.requested.lower())
        if is_same and refresh.at <= now and refresh.source != CLONES_ONLY:
            facts = _release_facts(tracker, refresh, upstream=upstream)
            found |= {known.line: refresh.at for known in facts if known.stable == 0}
    return found


def _release_facts(tracker: Tracker, refresh: Refresh, *, upstream: bool) -> Iterator[ReleaseFacts]:
    """Yield the facts of a side's release probes whose line is still that of the tracker."""
    for signal in tracker.signals:
        measured = refresh.signal(signal.id)
        for probe, reading in zip(signal.probes, measured.probes if measured else (), strict=False):
            if not isinstance(probe, ReleaseProbe) or (probe.side == "upstream") != upstream:
                continue
            if isinstance(reading.facts, ReleaseFacts) and reading.facts.line == probe.line:
                yield reading.facts
