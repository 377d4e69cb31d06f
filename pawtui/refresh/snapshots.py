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


async def upstream_remark(refs: SideRefs, followed: FollowedHead) -> str:
    """Return remarks on the upstream's head: it has no recent commits, or the next version was released.

    They are empty if the head is in doubt.
    """
    if followed.doubt:
        return ""
    head, remarks = followed.head, []
    days = refs.idle_days(head)
    if days >= INACTIVE_DAYS and not is_out_of_range(head.committed_at):
        remarks.append(f"{head.ref} has had no commit for {days} days: is it still the active branch?")
    tags, error_log = refs.release_tags(head), refs.error_log
    # Before the first release of the line, the tags of the next version are not read otherwise: they cost a request.
    if await error_log.value_or_none(tags.find_releases(tags.lines)):
        remarks.append(await error_log.value_or_none(tags.next_version_remark()) or "")
    return "; ".join(filter(None, remarks))


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
    if not range_.was_reset:
        return range_
    try:
        dates = await source.late_commits(head.repo, head.sha, range_.from_, dt.date.max)
        newest = sorted(dates, key=dates.__getitem__, reverse=True)[:_MAX_UNDONE]
        undone = [await source.commit(head.repo, sha) for sha in newest]
    except SourceError:
        # Only the number of commits is known then.
        return range_
    return replace(range_, undone=tuple(f"{short_sha(commit.sha)} {commit.subject}" for commit in undone))
