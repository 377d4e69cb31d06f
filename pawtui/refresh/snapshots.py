"""The two repositories of a refresh: where each stood, what is odd about it, and what lies since the last look."""

from __future__ import annotations

import datetime as dt

from pawtui.refresh.error_log import ErrorLog
from pawtui.refresh.model import Range, RepoSnapshot
from pawtui.sources.facts import Head, Tree
from pawtui.sources.protocol import Source
from pawtui.tracker.model import Side

# A branch that nobody commits to for so long may no longer be the one the work goes on at.
QUIET_DAYS = 28


def snapshot_of(head: Head, remark: str = "") -> RepoSnapshot:
    """A head as it is recorded."""
    renamed = head.asked if head.asked.lower() != head.repo.lower() else ""
    return RepoSnapshot(
        repo=head.repo, ref=head.ref, sha=head.sha, committed_at=head.committed_at, asked=renamed, remark=remark
    )


def quiet_remark(head: Head, today: dt.date) -> str:
    """What to say of an upstream branch without commits: calm, or left behind? Nothing for a busy one."""
    days = (today - head.committed_at.date()).days
    if days < QUIET_DAYS:
        return ""
    return f"{head.ref} has had no commit for {days} days: is it still the branch the work goes on at?"


def runtime_remark(side: Side, head: Head, tree: Tree | None) -> str:
    """What to say where none of the side's `runtime` paths exists at the head. Nothing where that is not known."""
    if tree is None or tree.truncated or not side.runtime or any(path in tree.entries for path in side.runtime):
        return ""
    return f"{head.ref} has no {' or '.join(side.runtime)}: what is tracked is not in this ref"


async def range_since(source: Source, error_log: ErrorLog, head: Head, before: RepoSnapshot | None) -> Range | None:
    """What lies between an earlier refresh's commit and this head; None where there is none or it cannot be had."""
    if before is None:
        return None
    if before.sha == head.sha:
        return Range(from_=before.sha, to=head.sha, ancestor=True, commits=0, files=0)
    found = await error_log.value_or_none(source.compare(head.repo, before.sha, head.sha))
    if found is None:
        return None
    return Range(
        from_=found.base,
        to=found.head,
        ancestor=found.ancestor,
        commits=found.commits,
        files=found.files,
        commits_at_least=found.commits_at_least,
        files_at_least=found.files_at_least,
    )
