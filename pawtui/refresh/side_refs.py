"""The refs of one repository of a tracker, with their heads and release tags at the measured time."""

import datetime as dt
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from pawtui.probes.error_log import ErrorLog
from pawtui.refresh.release_tags import ReleaseTags
from pawtui.sources.facts import Head, MissingRef, RecordedHead
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import BeginsLater

# The usual names of default branches.
_USUAL_BRANCHES = ("main", "master", "dev", "develop", "trunk")

# Returns the commits of a ref that earlier refreshes recorded, oldest first.
FindRecorded = Callable[[Head], Sequence[RecordedHead]]


@dataclass(frozen=True)
class SideRefs:
    """The refs of the repository `repo` at the time `now`, which is `as_of` if that is given.

    A downstream has no `lines`. `checked_sha` is that of the head that the last refresh of the same day followed
    without doubt: its next version and whether it was merged are not checked again.
    """

    source: Source
    error_log: ErrorLog
    repo: str
    lines: Sequence[str]
    now: dt.datetime
    as_of: dt.datetime | None
    find_recorded: FindRecorded
    checked_sha: str

    async def head(self, name: str) -> Head | MissingRef:
        """Return the head of a ref at that time; `MissingRef` also if its history begins later."""
        head = await self.source.ref_head(self.repo, name)
        if self.as_of is None or isinstance(head, MissingRef):
            return head
        try:
            past = await self.source.past_head(head, self.as_of, self.find_recorded(head))
        except BeginsLater:
            return MissingRef(name=name)
        commit = await self.source.commit(head.repo, past.sha)
        return replace(head, sha=commit.sha, committed_at=commit.at)

    async def usual_branch(self, known: Container[str] = ()) -> str:
        """Return the first usual default branch that exists, except those that are known; empty if there is none."""
        for name in _USUAL_BRANCHES:
            if name not in known and isinstance(await self.head(name), Head):
                return name
        return ""

    def idle_days(self, head: Head) -> int:
        """Return the number of days since the head's commit."""
        return (self.now - head.committed_at).days

    def release_tags(self, head: Head) -> ReleaseTags:
        """Return the release tags at the measured time, with their places on a head."""
        return ReleaseTags(self.source, head, self.lines, self.as_of)

    async def later_version(self, head: Head) -> str:
        """Return why a head has moved on from a line: it contains a release of the next version; else empty."""
        return "" if head.sha == self.checked_sha else await self.release_tags(head).later_version()
