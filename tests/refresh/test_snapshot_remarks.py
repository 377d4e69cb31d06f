"""The recorded form of a followed head, and remarks on it."""

import datetime as dt
from typing import cast

import pytest
from msgspec.structs import replace

from pawtui.probes.error_log import ErrorLog
from pawtui.refresh.heads import FollowedHead
from pawtui.refresh.snapshots import range_since, runtime_remark, snapshot_of, upstream_remark
from pawtui.sources.dates import EARLIEST, day_start
from pawtui.sources.facts import Commit, Commits, Comparison, Head, MissingRef, Tree, TreeEntry
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import NotFound
from pawtui.tracker.tracker_types import Side
from tests.refresh.followed import followed_tracker, refs_of

TODAY = dt.date(2026, 11, 29)
HEAD = Head(repo="Up/stream", requested_repo="up/Stream", ref="v2", sha="0" * 40, committed_at=day_start(TODAY))


def test_a_snapshot_has_the_former_name_and_all_remarks() -> None:
    followed = FollowedHead(head=HEAD, rejections=("dev does not contain v2.1.0",), doubt="quiet")
    found = snapshot_of(replace(followed, missing=(MissingRef(name="v3"), MissingRef(name="a", renamed_to="b"))), "why")
    assert (found.renamed_from, found.doubt, found.missing) == ("", "quiet", ("v3", "a (now b)"))
    assert found.remark == "dev does not contain v2.1.0; why"
    renamed = replace(HEAD, requested_repo="old/name", committed_at=EARLIEST)
    found = snapshot_of(replace(followed, head=renamed), source="a clone")
    assert (found.renamed_from, found.source) == ("old/name", "a clone")
    assert found.remark.endswith("; the newest commit of v2 is dated 1970-01-01 or earlier, which is not plausible")


@pytest.mark.parametrize(
    ("days", "doubt", "is_remarked"), [(27, "", False), (28, "", True), (28, "it may be the wrong one", False)]
)
async def test_an_inactive_branch_has_a_remark_unless_it_is_in_doubt(days: int, doubt: str, is_remarked: bool) -> None:
    async def remark(committed_at: dt.datetime) -> str:
        head = replace(HEAD, committed_at=committed_at)
        refs = refs_of(followed_tracker("v2"), cast(Source, None), now=day_start(TODAY))
        return await upstream_remark(refs, FollowedHead(head=head, doubt=doubt))

    remarked = f"v2 has had no commit for {days} days: is it still the active branch?" if is_remarked else ""
    assert await remark(day_start(TODAY) - dt.timedelta(days=days)) == remarked
    assert await remark(EARLIEST) == ""


def test_a_ref_without_every_runtime_path_has_a_remark() -> None:
    side = Side(repo="up/stream", refs=("v2",), runtime=("packages/core", "src"))
    tree = Tree(sha="c" * 40, entries={"packages/core": TreeEntry("1" * 40, "tree")})
    without = Tree(sha="c" * 40, entries={"README": TreeEntry("1" * 40, "blob")})
    assert runtime_remark(side, HEAD, tree) == ""
    assert runtime_remark(side, HEAD, without) == (
        "v2 has no packages/core or src: the tracked runtime is not in this ref"
    )
    assert runtime_remark(side, HEAD, None) == ""
    assert runtime_remark(side, HEAD, replace(without, truncated=True)) == ""
    assert runtime_remark(replace(side, runtime=()), HEAD, without) == ""


class Reset:
    """A branch that was reset `behind` commits; `listed` are the commits before the reset, newest first."""

    def __init__(self, behind: int, listed: str | None, commits: int = 0) -> None:
        self._behind, self._listed, self._commits = behind, listed, commits

    async def compare(self, repo: str, base: str, head: str) -> Comparison:
        return Comparison(base=base, head=head, commits=self._commits, behind=self._behind, files=3)

    async def commits(self, repo: str, sha: str, path: str, since: dt.date) -> Commits:
        if self._listed is None:
            raise NotFound("gone")
        items = tuple(Commit(sha=name * 40, at=HEAD.committed_at, subject=name) for name in self._listed)
        return Commits(path=path, since=since, items=items)


@pytest.mark.parametrize(
    ("behind", "listed", "undone"),
    [
        (2, "ab0c", ["a", "b"]),
        (6, "abcdef0", ["a", "b", "c", "d", "e"]),
        # Merges make it ambiguous which commits were removed, or the list is not known.
        (2, "abc0", []),
        (2, "abc", []),
        (2, None, []),
    ],
)
async def test_a_reset_names_at_most_five_undone_commits(behind: int, listed: str | None, undone: list[str]) -> None:
    before = replace(snapshot_of(FollowedHead(head=HEAD)), sha="9" * 40)
    source = cast(Source, Reset(behind, listed))
    found = await range_since(source, ErrorLog(), HEAD, [before])
    assert found is not None
    assert found.undone == tuple(f"{name * 10} {name}" for name in undone)
    assert (found.behind, found.files, found.ref_before) == (behind, 3, "")
    # A rewritten branch has new commits: they replace the others.
    rewritten = await range_since(cast(Source, Reset(behind, listed, commits=1)), ErrorLog(), HEAD, [before])
    assert rewritten is not None
    assert rewritten.undone == ()


async def test_the_range_to_the_same_commit_is_empty_also_from_another_ref() -> None:
    before = snapshot_of(FollowedHead(head=replace(HEAD, ref="dev")))
    found = await range_since(cast(Source, None), ErrorLog(), HEAD, [before])
    assert found is not None
    assert (found.ancestor, found.commits, found.files, found.ref_before) == (True, 0, 0, "dev")
    assert await range_since(cast(Source, None), ErrorLog(), HEAD, []) is None
