"""Pre-releases, and branches of the next version, show what a ref is developed for."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from pawtui.refresh.heads import FollowedHead
from pawtui.refresh.snapshots import upstream_remark
from pawtui.sources.protocol import Source
from pawtui.tracker.tracker_types import Tracker
from tests.refresh.followed import (
    LATER_REMEDY,
    LINE,
    NEWER_DEV,
    NOW,
    followed_tracker,
    following,
    lacks,
    refs_of,
    two_branches,
)
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo, RepoCommit


@pytest.fixture
def up(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    return two_branches(fake, make_repo)


async def remark_on(tracker: Tracker, source: Source, found: FollowedHead) -> str:
    """Return the remark on the pre-releases of the tracker's lines."""
    return await upstream_remark(refs_of(tracker, source), found)


def commit_on(git: GitRepo, branch: str, count: int, day: int) -> list[RepoCommit]:
    """Make this number of commits on a branch."""
    return [git.commit({branch: f"{day} {number}"}, branch=branch, at=f"2026-11-{day:02}") for number in range(count)]


async def test_before_the_first_release_the_newest_pre_release_counts(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    first, newest = commit_on(git, "v2", 2, 9)
    git.tag("v2.0.0-beta.2", first)
    git.tag("v2.0.0-beta.10", newest)
    found = await following(open_source, "dev", "v2", lines=LINE)
    assert (found.head.ref, found.rejections) == ("v2", ("dev does not contain v2.0.0-beta.10",))
    # A pre-release without a common history is of another project.
    git.tag("v2.0.0-rc.1", git.commit({"b": "1"}, branch="orphan", at="2026-11-12"))
    assert (await following(open_source, "dev", lines=LINE)).doubt == lacks("dev", "v2.0.0-rc.1")
    git.tag("v2.0.0", "dev")
    assert (await following(open_source, "dev", "v2", lines=LINE)).head.ref == "dev"


@pytest.mark.parametrize(("on", "is_old"), [("2026-05-24", False), ("2026-05-23", True)])
async def test_a_pre_release_may_be_from_an_attempt_that_was_given_up(
    up: FakeRepo, open_source: OpenSource, on: str, is_old: bool
) -> None:
    git = up.git
    git.branch("attempt", "v2")
    commit_on(git, "attempt", 2, 9)
    git.tag("v2.0.0-alpha.1", "attempt", annotated=True, on=on)
    found = await following(open_source, "dev", lines=LINE)
    assert found.doubt == ("" if is_old else lacks("dev", "v2.0.0-alpha.1"))
    async with open_source() as source:
        remark = await remark_on(followed_tracker("dev", lines=LINE), source, found)
    lacked = f"dev does not contain v2.0.0-alpha.1 of {on}: is it the branch of that version?"
    assert remark == (lacked if is_old else "")
    git.tag("v2.0.0", "dev")
    found = await following(open_source, "dev", lines=LINE)
    async with open_source() as source:
        assert await remark_on(followed_tracker("dev", lines=LINE), source, found) == ""


async def test_an_old_release_rejects_a_ref_that_does_not_contain_it(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.branch("release", "v2")
    commit_on(up.git, "release", 2, 9)
    up.git.tag("v2.0.0", "release", annotated=True, on="2026-05-23")
    assert (await following(open_source, "dev", lines=LINE)).doubt == lacks("dev", "v2.0.0")


async def test_the_first_minor_may_be_released_from_a_branch_that_began_after_its_pre_release(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    base = git.commit({"a": "4"}, at="2026-11-10")
    git.branch("release", base)
    _, candidate, release = commit_on(git, "release", 3, 11)
    git.tag("v2.0.0", release)
    commit_on(git, "dev", 4, 12)
    assert (await following(open_source, "dev", lines=LINE)).doubt == lacks("dev", "v2.0.0")
    git.tag("v2.0.0-rc.1", candidate)
    git.tag("sdk-v2.0.0-beta.1", "dev")
    lines = ["v2.*", "sdk-v2.*"]
    assert (await following(open_source, "dev", lines=lines)).doubt == lacks("dev", "v2.0.0")
    git.tag("v2.0.0-beta.1", base)
    assert not (await following(open_source, "dev", lines=lines)).doubt


async def test_a_new_pre_release_of_the_line_on_a_branch_is_no_remark(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    base = git.commit({"a": "4"}, at="2026-11-10")
    git.tag("v2.0.0-beta.1", base)
    git.branch("release", base)
    git.tag("v2.0.0-rc.1", commit_on(git, "release", 2, 11)[1])
    commit_on(git, "dev", 3, 12)
    found = await following(open_source, "dev", lines=LINE)
    assert (found.head.ref, found.rejections, found.doubt) == ("dev", (), "")
    async with open_source() as source:
        assert await remark_on(followed_tracker("dev", lines=LINE), source, found) == ""


async def test_a_dev_release_shows_where_the_development_of_a_version_began(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    base = git.commit({"a": "4"}, at="2026-11-10")
    git.branch("release", base)
    _, candidate, release = commit_on(git, "release", 3, 11)
    git.tag("v2.0.0b1", candidate)
    git.tag("v2.0.0", release)
    commit_on(git, "dev", 4, 12)
    assert (await following(open_source, "dev", lines=LINE)).doubt == lacks("dev", "v2.0.0")
    git.tag("v2.0.0.dev0", base)
    assert not (await following(open_source, "dev", lines=LINE)).doubt


async def test_releases_branch_off_the_ref_that_lacks_the_fewest_of_their_commits(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.tag("v2.0.0-alpha.1", "v2")
    commit_on(git, "v2", 1, 11)
    git.branch("beta", "v2")
    git.tag("v2.0.0-beta.1", commit_on(git, "beta", 2, 12)[-1])
    # The first pre-release is on `dev` too, which still has releases of the line before.
    commit_on(git, "dev", 4, 13)
    assert (await following(open_source, "v2", "dev", lines=LINE)).doubt == lacks("v2", "v2.0.0-beta.1")
    commit_on(git, "v2", 3, 14)
    found = await following(open_source, "dev", "v2", lines=LINE)
    assert (found.head.ref, found.rejections) == ("v2", ("dev does not contain v2.0.0-beta.1",))


@pytest.mark.parametrize("later", ["v3.0.0", "v3.0.0-beta.1", "v4.0.0-rc.1"])
async def test_a_ref_from_which_the_next_version_branches_off_is_rejected(
    up: FakeRepo, open_source: OpenSource, later: str
) -> None:
    git = up.git
    git.tag("v2.0.0", "dev")
    git.branch("release", "dev")
    commit_on(git, "release", 2, 11)
    git.tag("v2.0.1", "release")
    commit_on(git, "dev", 3, 12)
    git.branch("next", "dev")
    commit_on(git, "next", 2, 13)
    _, after, _ = commit_on(git, "dev", 3, 14)
    assert not (await following(open_source, "dev", lines=LINE)).doubt
    git.tag(later, "next")
    reason = f"{later}, a later version than v2.*, branches off dev after v2.0.1"
    found = await following(open_source, "dev", "release", lines=LINE)
    assert (found.head.ref, found.rejections) == ("release", (reason,))
    assert (await following(open_source, "dev", lines=LINE)).doubt == f"{reason}{LATER_REMEDY}"
    # A later release of the line branches off again.
    git.branch("release-2.1", after)
    commit_on(git, "release-2.1", 2, 15)
    git.tag("v2.1.0", "release-2.1")
    commit_on(git, "dev", 3, 16)
    assert not (await following(open_source, "dev", lines=LINE)).doubt


@pytest.mark.parametrize("refs", [("dev", "v2"), ("v2", "dev")])
async def test_an_inactive_branch_of_the_line_is_not_outdated_by_a_pre_release_of_the_next_version(
    up: FakeRepo, open_source: OpenSource, refs: tuple[str, str]
) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.commit({"v2": "1"}, branch="v2", at="2026-10-11")
    git.tag("v2.0.1", git.commit({"v2": "2"}, branch="v2", at="2026-10-12"))
    newest = commit_on(git, "dev", 4, 12)[-1]
    inactive = f"v2 has had no commit for 38 days, {NEWER_DEV}"
    assert (await following(open_source, "v2", "dev", lines=LINE)).doubt == inactive
    # A branch of the next version does not show what is developed on `dev`.
    git.branch("next", "dev")
    git.tag("v3.0.0-beta.1", commit_on(git, "next", 2, 13)[-1])
    assert (await following(open_source, "v2", "dev", lines=LINE)).doubt == inactive
    git.tag("v3.0.0-beta.2", newest)
    found = await following(open_source, *refs, lines=LINE)
    assert (found.head.ref, found.doubt) == ("v2", "")


async def test_the_lowest_pre_release_of_the_next_version_may_be_made_last(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.tag("v2.0.0", "dev")
    git.branch("release", "dev")
    commit_on(git, "release", 2, 11)
    git.tag("v2.0.1", "release")
    *_, beta = commit_on(git, "dev", 3, 12)
    git.tag("v3.0.0-beta.1", beta)
    then = NOW.replace(day=13)
    doubt = f"v3.0.0-beta.1, a later version than v2.*, is on dev after v2.0.1{LATER_REMEDY}"
    assert (await following(open_source, "dev", lines=LINE, now=then, as_of=then)).doubt == doubt
    # A test of one pull request.
    git.tag("v3.0.0-alpha-issue-1.0", commit_on(git, "dev", 2, 15)[-1])
    assert (await following(open_source, "dev", lines=LINE, now=then, as_of=then)).doubt == doubt


async def test_the_next_version_may_branch_off_a_ref_where_the_newest_release_does(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    base = git.commit({"a": "4"}, at="2026-11-10")
    git.tag("v2.0.0", base)
    for branch, tag in (("release", "v2.0.1"), ("next", "v3.0.0-beta.1")):
        git.branch(branch, base)
        git.tag(tag, commit_on(git, branch, 2, 11)[-1])
    commit_on(git, "dev", 3, 12)
    assert not (await following(open_source, "dev", lines=LINE)).doubt


async def test_the_next_version_of_another_project_is_not_a_branch_of_a_ref(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.tag("v2.0.0", "dev")
    git.branch("release", "dev")
    commit_on(git, "release", 2, 11)
    git.tag("v2.0.1", "release")
    commit_on(git, "dev", 3, 12)
    git.tag("v3.0.0", git.commit({"b": "1"}, branch="orphan", at="2026-11-13"))
    assert not (await following(open_source, "dev", lines=LINE)).doubt


@pytest.mark.parametrize(
    ("newest", "remark"),
    [
        ("dev", "dev contains v3.0.0-beta.2, a pre-release of a later version than v2.*"),
        # A maintenance branch may begin after the first pre-releases.
        ("next", "v3.0.0-beta.2, a pre-release of a later version than v2.*, was released from another branch"),
    ],
)
async def test_the_newest_pre_release_of_the_next_version_is_a_remark(
    up: FakeRepo, open_source: OpenSource, newest: str, remark: str
) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.tag("v3.0.0-beta.1", "dev")
    git.branch("next", "dev")
    commit_on(git, "next", 2, 13)
    git.tag("v3.0.0-beta.2", newest)
    found = await following(open_source, "dev", lines=LINE)
    assert not found.doubt
    async with open_source() as source:
        tracker = followed_tracker("dev", lines=LINE)
        assert await remark_on(tracker, source, found) == remark
        in_doubt = replace(found, doubt="the ref may be the wrong one")
        assert await remark_on(tracker, source, in_doubt) == ""


async def test_the_newest_pre_release_has_the_highest_version(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    for name in ("v3.0.0-alpha.1", "v3.0.0-beta.1", "v3.1.0-alpha.1"):
        git.tag(name, "dev")
    found = await following(open_source, "dev", lines=LINE)
    async with open_source() as source:
        remark = await remark_on(followed_tracker("dev", lines=LINE), source, found)
    assert remark == "dev contains v3.1.0-alpha.1, a pre-release of a later version than v2.*"


async def test_the_newest_pre_release_of_the_next_minor_is_a_remark_also_after_one_of_the_next_major_version(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.branch("next", "dev")
    commit_on(git, "next", 2, 13)
    git.tag("v3.0.0-alpha.1", "next")
    for name in ("v2.1.0-rc.1", "v2.1.0-rc.2"):
        git.tag(name, "dev")
    lines = ["v2.0.*"]
    found = await following(open_source, "dev", lines=lines)
    async with open_source() as source:
        remark = await remark_on(followed_tracker("dev", lines=lines), source, found)
    assert remark == "dev contains v2.1.0-rc.2, a pre-release of a later version than v2.0.*"


async def test_a_release_of_the_next_version_from_another_branch_is_a_remark(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.commit({"a": "3"}, branch="v2", at="2026-11-11")

    async def remark(*rejections: str, line: str = "v2.*") -> str:
        found = replace(await following(open_source, "v2", lines=[line]), rejections=rejections)
        async with open_source() as source:
            return await remark_on(followed_tracker("v2", lines=[line]), source, found)

    git.tag("v3.0.0-beta.1", "dev", annotated=True, on="2026-05-23")
    assert await remark() == ""
    git.tag("v3.0.0-beta.2", "dev", annotated=True, on="2026-05-24")
    # It was made before the line.
    assert await remark() == ""
    git.tag("v3.0.0-beta.3", commit_on(git, "dev", 2, 12)[-1])
    beta = "v3.0.0-beta.3, a pre-release of a later version than v2.*, was released from another branch"
    assert await remark() == beta
    git.tag("v3.1.0", "dev")
    git.tag("v3.0.0", "dev")
    assert await remark() == "v3.0.0, a later version than v2.*, was released from another branch"
    # The reason against another ref names it already.
    assert await remark("dev contains v3.0.0, a later version than v2.*") == ""
    # No release of the line.
    assert await remark(line="v1.*") == ""
