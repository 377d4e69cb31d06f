"""The recorded form of a followed head, and remarks on it."""

import datetime as dt
from typing import cast

import pytest
from msgspec.structs import replace

from pawtui.refresh.heads import FollowedHead
from pawtui.refresh.snapshots import range_since, runtime_remark, snapshot_of, upstream_remark
from pawtui.sources.dates import EARLIEST, day_start
from pawtui.sources.facts import Commit, Comparison, Head, MissingRef, Tree, TreeEntry
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
    """A branch that was reset; `removed` are the removed commits, the newest first. None: they cannot be listed."""

    def __init__(self, removed: str | None, commits: int = 0) -> None:
        self._removed, self._commits = removed, commits

    async def compare(self, repo: str, base: str, head: str) -> Comparison:
        return Comparison(base=base, head=head, commits=self._commits, behind=len(self._removed or "ab"), files=3)

    async def late_commits(self, repo: str, base: str, head: str, before: dt.date) -> dict[str, dt.datetime]:
        assert (base, head, before) == (HEAD.sha, "9" * 40, dt.date.max)
        if self._removed is None:
            raise NotFound("gone")
        hours = {name: len(self._removed) - number for number, name in enumerate(self._removed)}
        # Sources list them in another order.
        return {name * 40: HEAD.committed_at + dt.timedelta(hours=hours[name]) for name in sorted(hours)}

    async def commit(self, repo: str, sha: str) -> Commit:
        return Commit(sha=sha, at=HEAD.committed_at, subject=sha[0])


@pytest.mark.parametrize(("removed", "undone"), [("ba", ["b", "a"]), ("fedcba", ["f", "e", "d", "c", "b"]), (None, [])])
async def test_a_reset_names_at_most_five_undone_commits(removed: str | None, undone: list[str]) -> None:
    before = replace(snapshot_of(FollowedHead(head=HEAD)), sha="9" * 40)
    source = cast(Source, Reset(removed))
    found = await range_since(source, HEAD, before)
    assert found.undone == tuple(f"{name * 10} {name}" for name in undone)
    assert (found.behind, found.files, found.ref_before) == (len(removed or "ab"), 3, "")
    # A rewritten branch has new commits: they replace the others.
    rewritten = await range_since(cast(Source, Reset(removed, commits=1)), HEAD, before)
    assert rewritten.undone == ()


async def test_the_range_to_the_same_commit_is_empty_also_from_another_ref() -> None:
    before = snapshot_of(FollowedHead(head=replace(HEAD, ref="dev")))
    found = await range_since(cast(Source, None), HEAD, before)
    assert (found.ancestor, found.commits, found.files, found.ref_before) == (True, 0, 0, "dev")
