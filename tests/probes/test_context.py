"""The issues that probes share, and merges into other branches."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import cast

import pytest

from pawtui.probes.context import ProbeContext
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.repo_reader import RepoReader
from pawtui.sources.facts import Comparison, Head, Issue, MergedPull
from pawtui.tracker.probe_types import IssuesProbe
from pawtui.tracker.tracker_types import Related
from tests.probes.measuring import TODAY, tracker_of

ISSUE = Issue(repo="new/up", number=7, title="t", state="open", url="https://git.example/7")


class MemorySource:
    """A source of issues and of one pull request that was merged into `v2`."""

    def __init__(self, behind: int = 0) -> None:
        self._behind = behind
        self.read: list[str] = []

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue]:
        self.read.append(f"{repo} {list(numbers)}")
        return dict.fromkeys(numbers, ISSUE)

    async def merged_pull(self, repo: str, number: int) -> MergedPull:
        return MergedPull(base="v2", sha="a" * 40)

    async def compare(self, repo: str, base: str, head: str, *, files: bool = True) -> Comparison:
        assert not files
        self.read.append("compare")
        return Comparison(base=base, head=head, commits=1, behind=self._behind, files=0)


def context_of(source: MemorySource, ref: str = "v2") -> tuple[ProbeContext, RepoReader]:
    """Return the context, and its upstream."""
    when = dt.datetime.combine(TODAY, dt.time(), dt.UTC)
    head = Head(repo="new/up", requested_repo="up/stream", ref=ref, sha="c" * 40, committed_at=when)
    reader = cast(RepoReader, SimpleNamespace(source=source, head=head, today=TODAY, refuse_doubt=lambda: None))

    async def downstream() -> RepoReader:
        return cast(RepoReader, SimpleNamespace(head=head))

    tracker = tracker_of(IssuesProbe(watch=(1, 2)), related=(Related(ref="new/up#3"), Related(ref="up/stream#4")))
    context = ProbeContext(tracker, upstream=reader, read_downstream=downstream, error_log=ErrorLog())
    return context, reader


async def test_all_watched_issues_share_one_request_by_the_first_name() -> None:
    source = MemorySource()
    context, reader = context_of(source)
    assert list(await context.issues(reader, [2])) == [2]
    other = await context.reader_of(IssuesProbe(side="downstream"))
    assert list(await context.issues(other, [2])) == [2]
    assert source.read == ["up/stream [1, 2, 3, 4]", "up/stream [2]"]
    assert await context.reader_of(IssuesProbe()) is reader


@pytest.mark.parametrize("ref", ["v2", "heads/v2", "refs/heads/v2"])
async def test_a_merge_into_the_followed_branch_is_not_elsewhere(ref: str) -> None:
    source = MemorySource(behind=1)
    context, reader = context_of(source, ref)
    assert await context.merged_elsewhere(reader, ISSUE) == ""
    assert source.read == []


@pytest.mark.parametrize(("behind", "branch"), [(0, ""), (1, "v2")])
async def test_a_merge_that_the_followed_commit_lacks_is_elsewhere(behind: int, branch: str) -> None:
    context, reader = context_of(MemorySource(behind), "dev")
    assert await context.merged_elsewhere(reader, ISSUE) == branch
