"""Pre-releases, and branches of the next version, show what a ref is developed for."""

import datetime as dt
from collections.abc import Callable

import pytest

from tests.refresh.followed import (
    LATER_REMEDY,
    LINE,
    following,
    lacks,
    two_branches,
)
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
    assert (await following(open_source, "dev", lines=LINE, as_of=day)).doubt == lacks("dev", "v2.0.0-beta.9")
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


@pytest.mark.parametrize(
    ("later", "on", "is_rejected"),
    [
        ("v3.0.0", "2026-11-13", True),
        ("v3.0.0-beta.1", "2026-05-24", True),
        ("v4.0.0-rc.1", "2026-11-13", True),
        # From an attempt that was given up.
        ("v3.0.0-beta.1", "2026-05-23", False),
        ("v5.0.0", "2026-11-13", False),
    ],
)
async def test_a_ref_without_the_newest_release_is_rejected_if_the_next_version_was_released(
    up: FakeRepo, open_source: OpenSource, later: str, on: str, is_rejected: bool
) -> None:
    git = up.git
    git.tag("v2.0.0", "dev")
    git.branch("release", "dev")
    commit_on(git, "release", 2, 11)
    git.tag("v2.0.1", "release")
    commit_on(git, "dev", 3, 12)
    git.branch("next", "dev")
    commit_on(git, "next", 2, 13)
    for attempt in ("v4.0.0-alpha.9", "v3.0.0-rc.9"):
        git.tag(attempt, "next", annotated=True, on="2026-05-01")
    assert not (await following(open_source, "dev", lines=LINE)).doubt
    git.tag(later, "next", annotated=True, on=on)
    reason = f"{later}, a later version than v2.*, was released: dev may be developed for it"
    assert (await following(open_source, "dev", lines=LINE)).doubt == (f"{reason}{LATER_REMEDY}" if is_rejected else "")
    if is_rejected:
        found = await following(open_source, "dev", "release", lines=LINE)
        assert (found.head.ref, found.rejections) == ("release", (reason,))


@pytest.mark.parametrize(("on", "is_rejected"), [("2026-02-02", True), ("2026-01-31", False)])
async def test_an_old_pre_release_of_the_next_version_counts_if_it_is_newer_than_all_releases(
    up: FakeRepo, open_source: OpenSource, on: str, is_rejected: bool
) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.branch("release", "v2")
    commit_on(git, "release", 2, 11)
    git.tag("v2.0.1", "release", annotated=True, on="2026-02-01")
    git.tag("v3.0.0-beta.1", "dev", annotated=True, on=on)
    commit_on(git, "dev", 3, 12)
    reason = "v3.0.0-beta.1, a later version than v2.*, was released: dev may be developed for it"
    assert (await following(open_source, "dev", lines=LINE)).doubt == (f"{reason}{LATER_REMEDY}" if is_rejected else "")


async def test_a_pre_release_does_not_count_before_it_was_made(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.branch("release", "v2")
    commit_on(git, "release", 2, 11)
    git.tag("v2.0.1", "release")
    commit_on(git, "dev", 3, 12)
    git.tag("v4.0.0-alpha.1", "dev", annotated=True, on="2026-05-01")
    git.tag("v3.0.0-beta.1", "dev", annotated=True, on="2026-11-14")
    for day, is_rejected in ((13, False), (15, True)):
        then = dt.datetime(2026, 11, day, 23, tzinfo=dt.UTC)
        assert bool((await following(open_source, "dev", lines=LINE, now=then, as_of=then)).doubt) == is_rejected
