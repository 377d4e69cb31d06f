"""The paths and issues that probes share, and merges into other branches."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import cast

import pytest

from pawtui.probes.context import ProbeContext
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.probe_inputs import history_start, listed_paths, paths_of, watched_issues
from pawtui.probes.repo_view import RepoView
from pawtui.sources.facts import Comparison, Head, Issue, MergedPull
from pawtui.sources.protocol import Source
from pawtui.tracker.tracker_types import (
    ChurnProbe,
    IssuesProbe,
    NamesProbe,
    NewFilesProbe,
    PathsProbe,
    Policy,
    Probe,
    Related,
    TextProbe,
)
from tests.probes.measuring import TODAY, tracker_of

ISSUE = Issue(repo="new/up", number=7, title="t", state="open", url="https://git.example/7")


def test_watched_and_related_issues_of_the_upstream_are_known_by_both_names() -> None:
    related = tuple(Related(ref=ref) for ref in ("New/Up#9", "up/Stream#3", "else/where#4"))
    tracker = tracker_of(IssuesProbe(watch=(5, 1)), IssuesProbe(watch=(6,), side="downstream"), related=related)
    assert watched_issues(tracker, ("up/stream", "new/UP")) == (1, 3, 5, 9)


@pytest.mark.parametrize(
    ("probe", "paths"),
    [
        (ChurnProbe(surfaces=("core", "none")), ["a", "b"]),
        (PathsProbe(exist=("c | d",), absent=("e",)), ["c", "d", "e"]),
        (NamesProbe(files=("f",)), ["f"]),
        (NewFilesProbe(paths=("g",)), ["g"]),
        (TextProbe(file="h | i"), ["h", "i"]),
    ],
)
def test_a_probe_reads_the_paths_of_its_surfaces_and_its_own(probe: Probe, paths: list[str]) -> None:
    assert list(paths_of(tracker_of(surfaces={"core": ("a", "b")}), probe)) == paths


def test_commits_are_listed_on_each_path_of_a_side_once() -> None:
    tracker = tracker_of(
        ChurnProbe(surfaces=("core",)),
        NamesProbe(files=("a",)),
        NewFilesProbe(paths=("mig/*.sql",)),
        NamesProbe(files=("x",), side="downstream"),
        TextProbe(file="text"),
        PathsProbe(exist=("path",)),
        surfaces={"core": ("a", "b")},
    )
    assert listed_paths(tracker, "upstream") == ("a", "b", "mig")
    assert listed_paths(tracker, "downstream") == ("x",)


@pytest.mark.parametrize(("weeks", "windows", "days"), [(10, (28,), 70), (4, (28, 56), 112), (0, (), 1), (0, (1,), 2)])
def test_history_has_the_weeks_of_the_policy_or_two_of_the_longest_window(
    weeks: int, windows: tuple[int, ...], days: int
) -> None:
    probes = (NamesProbe(files=("a",), days=window) for window in windows)
    tracker = tracker_of(*probes, policy=Policy(history_weeks=weeks))
    assert history_start(tracker, TODAY) == TODAY - dt.timedelta(days=days)


class Facts:
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


def context_of(facts: Facts, ref: str = "v2") -> tuple[ProbeContext, RepoView]:
    """Return the context, and its upstream."""
    when = dt.datetime.combine(TODAY, dt.time(), dt.UTC)
    head = Head(repo="new/up", requested_repo="up/stream", ref=ref, sha="c" * 40, committed_at=when)
    view = cast(RepoView, SimpleNamespace(head=head, today=TODAY, refuse_doubt=lambda: None))

    async def downstream() -> RepoView:
        return cast(RepoView, SimpleNamespace(head=head))

    tracker = tracker_of(IssuesProbe(watch=(1, 2)), related=(Related(ref="new/up#3"), Related(ref="up/stream#4")))
    context = ProbeContext(tracker, cast(Source, facts), upstream=view, downstream=downstream, error_log=ErrorLog())
    return context, view


async def test_all_watched_issues_share_one_request_by_the_first_name() -> None:
    facts = Facts()
    context, view = context_of(facts)
    assert list(await context.issues(view, [2])) == [2]
    other = await context.view_of(IssuesProbe(side="downstream"))
    assert list(await context.issues(other, [2])) == [2]
    assert facts.read == ["up/stream [1, 2, 3, 4]", "up/stream [2]"]
    assert await context.view_of(IssuesProbe()) is view


@pytest.mark.parametrize("ref", ["v2", "heads/v2", "refs/heads/v2"])
async def test_a_merge_into_the_followed_branch_is_not_elsewhere(ref: str) -> None:
    facts = Facts(behind=1)
    context, view = context_of(facts, ref)
    assert await context.merged_elsewhere(view, ISSUE) == ""
    assert facts.read == []


@pytest.mark.parametrize(("behind", "branch"), [(0, ""), (1, "v2")])
async def test_a_merge_that_the_followed_commit_lacks_is_elsewhere(behind: int, branch: str) -> None:
    context, view = context_of(Facts(behind), "dev")
    assert await context.merged_elsewhere(view, ISSUE) == branch
