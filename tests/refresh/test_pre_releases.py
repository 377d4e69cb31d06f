"""Pre-releases show what a ref is developed for."""

import datetime as dt
from collections.abc import Callable

import pytest

from tests.refresh.followed import LINE, following, lacks, two_branches
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo, RepoCommit


@pytest.fixture
def up(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    return two_branches(fake, make_repo)


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


async def test_a_pre_release_that_is_older_than_the_one_before_is_tagged_on_a_wrong_commit(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    (old,) = commit_on(git, "dev", 1, 8)
    git.tag("v2.0.0-beta.9", commit_on(git, "v2", 2, 9)[-1])
    # GitHub's form for releases puts a tag on the default branch.
    git.tag("v2.0.0-rc.2", commit_on(git, "dev", 1, 12)[-1])
    git.tag("v2.0.0-rc.1", commit_on(git, "v2", 2, 13)[-1])
    assert (await following(open_source, "dev", lines=LINE)).doubt == lacks("dev", "v2.0.0-rc.1")
    assert (await following(open_source, "dev", "v2", lines=LINE)).head.ref == "v2"
    # On a day before the release candidates, the beta was the newest.
    day = dt.datetime(2026, 11, 12, 18, tzinfo=dt.UTC)
    remedy = "add the branch of v2.0.0-beta.9 to `refs`, or set `line` to the next version to measure dev"
    found = await following(open_source, "dev", lines=LINE, as_of=day)
    assert found.doubt == f"dev does not contain v2.0.0-beta.9 ({remedy})"
    assert not (await following(open_source, "dev", lines=("v3.*",), as_of=day)).doubt
    # A pre-release of another product or version may be older.
    git.tag("sdk-v2.0.0-rc.3", old)
    assert not (await following(open_source, "dev", lines=["v2.*", "sdk-v2.*"])).doubt
    git.tag("v2.1.0-alpha.1", old)
    assert not (await following(open_source, "dev", lines=LINE)).doubt


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


async def test_an_old_release_rejects_a_ref_that_does_not_contain_it(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.branch("release", "v2")
    commit_on(up.git, "release", 2, 9)
    up.git.tag("v2.0.0", "release", annotated=True, on="2026-05-23")
    assert (await following(open_source, "dev", lines=LINE)).doubt == lacks("dev", "v2.0.0")
