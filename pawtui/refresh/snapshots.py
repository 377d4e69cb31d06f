"""The two repositories of a refresh: the followed commit, remarks, and the range since the previous refresh."""

import datetime as dt

from msgspec.structs import replace

from pawtui.phrases import short_sha
from pawtui.probes.repo_reader import entries_at
from pawtui.refresh.head_doubts import INACTIVE_DAYS
from pawtui.refresh.heads import FollowedHead
from pawtui.refresh.refresh_types import Range, RepoSnapshot
from pawtui.refresh.side_refs import SideRefs
from pawtui.sources.dates import describe_out_of_range, is_out_of_range
from pawtui.sources.facts import Head, Tree
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import SourceError
from pawtui.tracker.tracker_types import Side

_MAX_UNDONE = 5  # commits removed by a reset that are named


def snapshot_of(followed: FollowedHead, remark: str = "", source: str = "") -> RepoSnapshot:
    """Return the recorded form of a followed head. `source` lists the facts that came from a clone."""
    head = followed.head
    dated = ""
    if is_out_of_range(head.committed_at):
        date = describe_out_of_range(head.committed_at)
        dated = f"the newest commit of {head.ref} is dated {date}, which is not plausible"
    return RepoSnapshot(
        repo=head.repo,
        ref=head.ref,
        sha=head.sha,
        committed_at=head.committed_at,
        renamed_from=head.requested_repo if head.requested_repo.lower() != head.repo.lower() else "",
        remark="; ".join(filter(None, (*followed.rejections, dated, remark))),
        doubt=followed.doubt,
        missing=tuple(f"{ref.name} (now {ref.renamed_to})" if ref.renamed_to else ref.name for ref in followed.missing),
        source=source,
    )


def idle_remark(refs: SideRefs, followed: FollowedHead) -> str:
    """Return a remark if the followed branch has no recent commits; empty if it has, or if it is in doubt."""
    head, days = followed.head, refs.idle_days(followed.head)
    if followed.doubt or days < INACTIVE_DAYS or is_out_of_range(head.committed_at):
        return ""
    return f"{head.ref} has had no commit for {days} days: is it still the active branch?"


def runtime_remark(side: Side, head: Head, tree: Tree | None) -> str:
    """Return a remark if none of the side's `runtime` paths exists at the head; empty if one does or if not known."""
    if tree is None or tree.truncated or not side.runtime:
        return ""
    if any(entries_at(tree, path) for path in side.runtime):
        return ""
    return f"{head.ref} has no {' or '.join(side.runtime)}: the tracked runtime is not in this ref"


async def range_since(source: Source, head: Head, before: RepoSnapshot) -> Range:
    """Return the range from the commit of a snapshot to this head. Raises `SourceError`."""
    ref_before = before.ref if before.ref != head.ref else ""
    if before.sha == head.sha:
        return Range(from_=before.sha, to=head.sha, ancestor=True, commits=0, files=0, ref_before=ref_before)
    comparison = await source.compare(head.repo, before.sha, head.sha)
    range_ = Range(
        from_=comparison.base,
        to=comparison.head,
        ancestor=comparison.ancestor,
        commits=comparison.commits,
        files=comparison.files,
        behind=comparison.behind,
        files_at_least=comparison.files_at_least,
        ref_before=ref_before,
    )
    return replace(range_, undone=await _find_undone(source, head, range_)) if range_.was_reset else range_


async def _find_undone(source: Source, head: Head, range_: Range) -> tuple[str, ...]:
    """Return the newest commits that a reset removed; empty if they cannot be read."""
    try:
        dates = await source.late_commits(head.repo, head.sha, range_.from_, dt.date.max)
        newest = sorted(dates, key=dates.__getitem__, reverse=True)[:_MAX_UNDONE]
        commits = [await source.commit(head.repo, sha) for sha in newest]
    except SourceError:
        # Only the number of commits is known then.
        return ()
    return tuple(f"{short_sha(commit.sha)} {commit.subject}" for commit in commits)
