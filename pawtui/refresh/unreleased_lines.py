"""Lines of tags without a release at an earlier refresh: no release of such a line can be older.

A lightweight tag has no date of its own, and its commit may be much older than the tag.
"""

import datetime as dt
from collections.abc import Iterator

from pawtui.probes.probe_facts import ReleaseFacts
from pawtui.refresh.refresh_types import Refresh
from pawtui.refresh.side_refs import SideRefs
from pawtui.sources.facts import Head
from pawtui.sources.protocol import CLONES_ONLY
from pawtui.tracker.probe_types import ReleaseProbe
from pawtui.tracker.tracker_types import Tracker


def unreleased_lines(refs: SideRefs, head: Head, now: dt.datetime) -> dict[str, dt.datetime]:
    """Return the lines of tags, each with the time of the last refresh that found no stable release of it.

    `now` is the present time, even if the head is that of a past time. A refresh dated later does not count, and
    neither does one that read only clones: a clone may lack tags.
    """
    found: dict[str, dt.datetime] = {}
    for refresh, _ in refs.snapshots(head):
        if refresh.at > now or refresh.source == CLONES_ONLY:
            continue
        for probe, facts in _release_facts(refs.tracker, refresh):
            # The tracker may have had another line at that refresh.
            if probe.side == refs.side and facts.line == probe.line and facts.stable == 0:
                found[probe.line] = refresh.at
    return found


def _release_facts(tracker: Tracker, refresh: Refresh) -> Iterator[tuple[ReleaseProbe, ReleaseFacts]]:
    """Yield each `release` probe of the tracker with its facts at a refresh."""
    for signal in tracker.signals:
        measured = refresh.signal(signal.id)
        for probe, reading in zip(signal.probes, measured.probes if measured else (), strict=False):
            if isinstance(probe, ReleaseProbe) and isinstance(reading.facts, ReleaseFacts):
                yield probe, reading.facts
