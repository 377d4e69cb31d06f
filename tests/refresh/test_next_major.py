"""A ref that moved on to the next version of a line is not followed."""

import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.refresh.snapshots import upstream_remark
from tests.refresh.followed import (
    LATER_REMEDY,
    LINE,
    NEWER_DEV,
    NOW,
    followed_tracker,
    following,
    refs_of,
    two_branches,
)
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo


@pytest.fixture
def up(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    return two_branches(fake, make_repo)


async def test_a_ref_that_moved_on_to_the_next_major_version_is_rejected(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.commit({"v2": "1"}, branch="v2", at="2026-11-09")
    git.commit({"v3": "1"}, at="2026-11-11")
    assert (await following(open_source, "dev", "v2", lines=LINE)).head.ref == "dev"
    git.tag("v3.0.0", "dev")
    reason = "dev contains v3.0.0, a later version than v2.*"
    found = await following(open_source, "dev", "v2", lines=LINE)
    assert (found.head.ref, found.rejections, found.doubt) == ("v2", (reason,), "")
    doubt = f"{reason}{LATER_REMEDY}"
    assert (await following(open_source, "dev", lines=LINE)).doubt == doubt
    # A later release of the line comes from another branch.
    git.tag("v2.0.1", git.commit({"v2": "2"}, branch="v2", at="2026-11-12"))
    for number in range(4):
        git.commit({"v3": str(number)}, at="2026-11-13")
    git.tag("v3.0.1", "dev")
    assert (await following(open_source, "dev", lines=LINE)).doubt == doubt
    # At a past time, only the tags of that time count.
    then = dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC)
    assert (await following(open_source, "dev", lines=LINE, now=then, as_of=then)).doubt == ""


async def test_a_later_version_of_another_product_is_not_that_of_the_line(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.tag("v2.0.0-vscode", "dev")
    up.git.tag("v3.0.0", "dev")
    assert (await following(open_source, "dev", lines=("v2.*-vscode",))).doubt == ""
    up.git.tag("v3.0.0-vscode", "dev")
    reason = "dev contains v3.0.0-vscode, a later version than v2.*-vscode"
    assert (await following(open_source, "dev", lines=("v2.*-vscode",))).doubt == f"{reason}{LATER_REMEDY}"


async def test_the_first_release_of_the_next_major_version_may_be_on_a_branch_that_was_never_merged(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.branch("stable", "dev")
    for number in range(2):
        git.commit({"release": str(number)}, branch="stable", at="2026-11-11")
    git.tag("v3.0.0", "stable")
    assert not (await following(open_source, "dev", lines=LINE)).doubt
    git.tag("v3.0.1", git.commit({"a": "4"}, branch="dev", at="2026-11-12"))
    found = await following(open_source, "dev", lines=LINE)
    assert found.doubt == f"dev contains v3.0.1, a later version than v2.*{LATER_REMEDY}"


@pytest.mark.parametrize(
    ("day", "found", "most"), [("2026-11-10", "", 1), ("2026-11-13", "v3.0.0", 7), ("2026-11-19", "v3.0.0", 3)]
)
async def test_no_date_is_read_twice_and_only_one_before_the_next_major_version(
    up: FakeRepo, open_source: OpenSource, day: str, found: str, most: int
) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    for number in range(8):
        git.tag(f"v3.{number}.0", git.commit({"v3": str(number)}, at=f"2026-11-{11 + number}"), annotated=True)
    then = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    doubt = (await following(open_source, "dev", lines=LINE, now=then, as_of=then)).doubt
    assert doubt == (f"dev contains {found}, a later version than v2.*{LATER_REMEDY}" if found else "")
    assert len(up.fake.requests("/git/tags/")) <= most


@pytest.mark.parametrize("refs", [("dev", "v2"), ("v2", "dev")])
async def test_an_inactive_branch_of_the_line_is_not_outdated_by_the_next_major_version(
    up: FakeRepo, open_source: OpenSource, refs: tuple[str, str]
) -> None:
    up.git.tag("v2.0.0", "v2")
    for day in (11, 12):
        up.git.commit({"v3": str(day)}, at=f"2026-11-{day}")
    inactive = f"v2 has had no commit for 40 days, {NEWER_DEV}"
    assert (await following(open_source, "v2", "dev", lines=LINE)).doubt == inactive
    up.git.tag("v3.0.0", "dev")
    found = await following(open_source, *refs, lines=LINE)
    assert (found.head.ref, found.doubt) == ("v2", "")


async def test_an_inactive_branch_is_in_doubt_if_the_next_major_version_was_released_without_the_line(
    up: FakeRepo, open_source: OpenSource
) -> None:
    for day in (11, 12):
        up.git.commit({"v3": str(day)}, at=f"2026-11-{day}")
    up.git.tag("v3.0.0", "dev")
    found = await following(open_source, "v2", "dev", lines=LINE)
    assert found.doubt == f"v2 has had no commit for 40 days, {NEWER_DEV}"


@pytest.mark.parametrize("lines", [["v2.*", "v3.*"], ["v*"], ["v2.0.0*"], ["v[23].*"]])
async def test_a_next_major_version_that_the_lines_allow_is_no_doubt(
    up: FakeRepo, open_source: OpenSource, lines: list[str]
) -> None:
    up.git.tag("v2.0.0", "v2")
    up.git.tag("v3.0.0", "dev")
    assert not (await following(open_source, "dev", lines=lines)).doubt


@pytest.mark.parametrize("tag", ["v3.0.0-beta.1", "sdk-v3.0.0", "v4.0.0", "v30.0.0"])
async def test_only_a_stable_release_of_the_next_major_version_is_a_doubt(
    up: FakeRepo, open_source: OpenSource, tag: str
) -> None:
    up.git.tag("v2.0.0", "v2")
    up.git.tag(tag, "dev")
    assert not (await following(open_source, "dev", lines=["v2*"])).doubt


async def test_the_next_major_version_of_another_project_is_no_doubt(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.tag("v2.0.0", "v2")
    up.git.tag("v3.0.0", up.git.commit({"b": "1"}, branch="orphan", at="2026-11-12"))
    assert not (await following(open_source, "dev", lines=LINE)).doubt


async def test_a_branch_with_the_next_major_version_may_merge_later_releases_of_the_line(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.tag("v3.0.0", "dev")
    fix = git.commit({"fix": "1"}, branch="v2", at="2026-11-12")
    git.tag("v2.0.1", fix)
    git.commit({"fix": "1"}, branch="dev", at="2026-11-13", merge=[fix])
    found = await following(open_source, "dev", lines=LINE)
    assert found.doubt == f"dev contains v3.0.0, a later version than v2.*{LATER_REMEDY}"


async def test_a_line_of_one_minor_is_behind_the_next_minor(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.tag("v2.1.0", git.commit({"v2.1": "1"}, at="2026-11-11"))
    doubt = f"dev contains v2.1.0, a later version than v2.0.*{LATER_REMEDY}"
    assert (await following(open_source, "dev", lines=["v2.0.*"])).doubt == doubt
    # The branch of the line may be inactive.
    found = await following(open_source, "v2", "dev", lines=["v2.0.*"])
    assert (found.head.ref, found.doubt) == ("v2", "")


@pytest.mark.parametrize(
    ("line", "own", "later"),
    [
        ("v2.12.*", "v2.12.0", "v2.14.0"),
        ("v2.12.*", "v2.12.0", "v3.0.0"),
        ("v0.9.*", "v0.9.0", "v1.0.0"),
    ],
)
async def test_a_line_of_one_minor_is_behind_a_skipped_minor_and_the_next_major(
    up: FakeRepo, open_source: OpenSource, line: str, own: str, later: str
) -> None:
    git = up.git
    git.tag(own, "v2")
    assert not (await following(open_source, "dev", lines=[line])).doubt
    git.tag(later, git.commit({"later": "1"}, at="2026-11-11"))
    assert (await following(open_source, "dev", lines=[line])).doubt == (
        f"dev contains {later}, a later version than {line}{LATER_REMEDY}"
    )


async def test_the_newest_later_minor_counts_also_after_the_next_major_version(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    for version, day in (("v2.1.0", 11), ("v3.0.0", 12)):
        git.branch(version, "v2")
        for number in range(2):
            git.commit({version: str(number)}, branch=version, at=f"2026-11-{day}")
        git.tag(version, version)
    git.tag("v2.2.0", git.commit({"v2.2": "1"}, branch="dev", at="2026-11-11"))
    found = await following(open_source, "dev", lines=["v2.0.*"])
    doubt = f"dev contains v2.2.0, a later version than v2.0.*{LATER_REMEDY}"
    assert found.doubt == doubt
    # A still later minor version does not count before it was made.
    git.tag("v2.3.0", git.commit({"v2.3": "1"}, branch="v2.1.0", at="2026-11-16"))
    then = dt.datetime(2026, 11, 15, tzinfo=dt.UTC)
    assert (await following(open_source, "dev", lines=["v2.0.*"], now=then, as_of=then)).doubt == doubt


async def test_the_first_release_of_each_later_version_counts(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    git.tag("v3.0.0", git.commit({"v3": "1"}, branch="dev", at="2026-11-11"), annotated=True)
    for version, day in (("v2.1.0", 12), ("v3.0.1", 13)):
        git.branch(version, "dev")
        for number in range(2):
            git.commit({version: str(number)}, branch=version, at=f"2026-11-{day}")
        git.tag(version, version, annotated=True)
    doubt = f"dev contains v3.0.0, a later version than v2.0.*{LATER_REMEDY}"
    assert (await following(open_source, "dev", lines=["v2.0.*"])).doubt == doubt
    # On this day there was no later minor version yet.
    then = dt.datetime(2026, 11, 11, 12, tzinfo=dt.UTC)
    assert (await following(open_source, "dev", lines=["v2.0.*"], now=then, as_of=then)).doubt == doubt


async def test_a_line_without_a_release_can_be_behind_too(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.tag("v2.0.0", "v2")
    up.git.tag("sdk-v2.0.0", "dev")
    found = await following(open_source, "dev", lines=["v2.*", "sdk-v1.*"])
    assert found.doubt == f"dev contains sdk-v2.0.0, a later version than sdk-v1.*{LATER_REMEDY}"


async def test_a_maintenance_branch_may_begin_one_commit_before_the_next_major_version(
    up: FakeRepo, open_source: OpenSource
) -> None:
    async def doubt() -> str:
        return (await following(open_source, "maint", lines=LINE)).doubt

    git = up.git
    git.tag("v2.0.0", "v2")
    git.branch("maint", "dev")
    git.tag("v3.0.0", git.commit({"version": "3"}, at="2026-11-11"))
    assert await doubt() == f"maint contains v3.0.0, a later version than v2.*{LATER_REMEDY}"
    git.tag("v2.1.0", git.commit({"fix": "1"}, branch="maint", at="2026-11-12"))
    assert not await doubt()
    # The branch itself was not released.
    git.branch("elsewhere", "v2")
    for number in range(2):
        git.commit({"own": str(number)}, branch="elsewhere", at="2026-11-13")
    git.tag("v2.1.1", "elsewhere")
    for number in range(3):
        git.commit({"fix": f"again {number}"}, branch="maint", at="2026-11-13")
    assert await doubt() == f"maint contains v3.0.0, a later version than v2.*{LATER_REMEDY}"


@pytest.mark.parametrize(
    ("tag", "on", "is_named"),
    [
        ("v3.0.0", "2026-01-13", True),
        ("v3.0.0-beta.1", "2026-11-13", False),
        ("v4.0.0", "2026-11-13", False),
        ("v2.1.0-beta.1", "2026-11-13", False),
    ],
)
async def test_a_release_of_the_next_major_version_elsewhere_is_a_remark(
    up: FakeRepo, open_source: OpenSource, tag: str, on: str, is_named: bool
) -> None:
    up.git.tag("v2.0.0", "dev")
    up.git.branch("next", "dev")
    up.git.commit({"next": "1"}, branch="next", at="2026-11-12")
    up.git.tag(tag, up.git.commit({"next": "2"}, branch="next", at="2026-11-13"), annotated=True, on=on)
    found = await following(open_source, "dev", lines=LINE)
    assert not found.doubt
    async with open_source(clock=lambda: NOW) as source:
        remark = await upstream_remark(refs_of(followed_tracker("dev", lines=LINE), source), found)
    assert remark == (f"{tag}, a later version than v2.*, was released" if is_named else "")
