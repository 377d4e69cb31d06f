"""The refs of one repository of a tracker, with their heads and release tags at the measured time."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from pawtui.probes.error_log import ErrorLog
from pawtui.probes.probe_facts import ReleaseFacts
from pawtui.refresh.refresh_types import Refresh, RepoSnapshot, SideName
from pawtui.refresh.release_tags import ReleaseTags
from pawtui.sources.facts import Head, MissingRef, RecordedHead
from pawtui.sources.protocol import CLONES_ONLY, Source
from pawtui.sources.source_errors import BeginsLater
from pawtui.tracker.probe_types import ReleaseProbe, SoakProbe
from pawtui.tracker.tracker_types import Side, Tracker


@dataclass(frozen=True, kw_only=True)
class SideRefs:
    """The refs of one `side` of a tracker at the time `now`, which is `as_of` if that is given.

    `started` is the time at which they are read, also if `as_of` is given.
    `refreshes` are earlier refreshes, oldest first, each with the heads of the branches at its time. `checked_sha` is
    the head that the last refresh of the same day followed without doubt: its next version and whether it was merged
    are not checked again.
    """

    tracker: Tracker
    side: SideName
    source: Source
    error_log: ErrorLog
    now: dt.datetime
    started: dt.datetime
    as_of: dt.datetime | None = None
    refreshes: Sequence[Refresh] = ()
    checked_sha: str = ""

    @property
    def tracked(self) -> Side:
        """The repository and its refs as the tracker names them."""
        return self.tracker.upstream if self.side == "upstream" else self.tracker.downstream

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the refs that are valid at that time, in the tracker's order."""
        return self.tracked.ref_names(self.now.date())

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of upstream tags that probes name, in the tracker's order; empty for a downstream."""
        if self.side == "downstream":
            return ()
        lines = (
            probe.line
            for probe in self.tracker.probes
            if isinstance(probe, ReleaseProbe | SoakProbe) and probe.side == "upstream" and probe.line
        )
        return tuple(dict.fromkeys(lines))

    async def head(self, name: str) -> Head | MissingRef:
        """Return the head of a ref at that time; `MissingRef` also if its history begins later."""
        head = await self.source.ref_head(self.tracked.repo, name)
        if self.as_of is None or isinstance(head, MissingRef):
            return head
        try:
            past = await self.source.past_head(head, self.as_of, self.recorded_heads(head))
        except BeginsLater:
            return MissingRef(name=name)
        commit = await self.source.commit(head.repo, past.sha)
        return replace(head, sha=commit.sha, committed_at=commit.at)

    def idle_days(self, head: Head) -> int:
        """Return the number of days since the head's commit."""
        return (self.now - head.committed_at).days

    def release_tags(self, head: Head) -> ReleaseTags:
        """Return the release tags at the measured time, with their places on a head."""
        return ReleaseTags(self.source, head, self.lines, self.now, self.as_of)

    async def moved_on_reason(self, head: Head) -> str:
        """Return the reason of `ReleaseTags.moved_on_reason`; empty for the checked head."""
        return "" if head.sha == self.checked_sha else await self.release_tags(head).moved_on_reason()

    def _recorded(self, head: Head) -> Iterator[tuple[Refresh, RepoSnapshot]]:
        """Yield the earlier refreshes of the head's repository, each with the snapshot of that repository."""
        names = (head.repo.lower(), head.requested_repo.lower())
        for refresh in self.refreshes:
            snapshot = refresh.snapshot(self.side)
            if snapshot.repo.lower() in names:
                yield refresh, snapshot

    def recorded_heads(self, head: Head) -> tuple[RecordedHead, ...]:
        """Return the commits of the head's ref that earlier refreshes recorded, oldest first."""
        return tuple(
            RecordedHead(sha=snapshot.sha, at=refresh.at, committed_at=snapshot.committed_at)
            for refresh, snapshot in self._recorded(head)
            if snapshot.ref == head.ref
        )

    def unreleased_lines(self, head: Head, present: dt.datetime) -> dict[str, dt.datetime]:
        """Return the lines of tags, each with the time of the last refresh that found no stable release of it.

        No release of such a line can be older; a lightweight tag has no date of its own, and its commit may be. A
        refresh that is dated after the `present` time does not count, and neither does one that read only clones: a
        clone may lack tags.
        """
        found: dict[str, dt.datetime] = {}
        for refresh, _ in self._recorded(head):
            if refresh.at <= present and refresh.source != CLONES_ONLY:
                found |= dict.fromkeys(self._lines_without_release(refresh), refresh.at)
        return found

    def _lines_without_release(self, refresh: Refresh) -> Iterator[str]:
        """Yield the lines of which a refresh found no stable release."""
        for signal in self.tracker.signals:
            measured = refresh.signal(signal.id)
            for probe, reading in zip(signal.probes, measured.probes if measured else (), strict=False):
                facts = reading.facts
                if not isinstance(probe, ReleaseProbe) or not isinstance(facts, ReleaseFacts):
                    continue
                # The tracker may have had another line at that refresh.
                if probe.side == self.side and facts.line == probe.line and facts.stable == 0:
                    yield probe.line
