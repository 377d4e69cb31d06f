"""Doubts about a branch without recent commits: it may have been merged, squashed or abandoned."""

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest

from pawtui.probes.error_log import ErrorLog
from pawtui.refresh.heads import follow
from pawtui.refresh.refresh_types import SEE_ERRORS, SideName
from tests.refresh.followed import BUSY, LINE, NEWER_DEV, NOW, followed_tracker, following, refs_of, two_branches
from tests.sources.git.clones import git_source
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo


@pytest.fixture
def up(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    return two_branches(fake, make_repo)


@pytest.mark.parametrize(
    ("match", "reason"),
    [("/commits/heads/dev", "dev has newer commits"), ("/git/matching-refs/", "a later tag was released")],
)
async def test_an_inactive_branch_is_in_doubt_if_another_ref_could_not_be_checked(
    up: FakeRepo, open_source: OpenSource, match: str, reason: str
) -> None:
    refs = ("dev",) if "heads" in match else ()
    up.git.tag("v9.0.0", "dev")
    up.fake.fail(match, 502, times=None)
    errors = ErrorLog()
    found = await following(open_source, "v2", *refs, upstream=True, errors=errors)
    assert found.doubt == f"v2 has had no commit for 40 days, and could not check whether {reason} ({SEE_ERRORS})"
    assert len(errors.messages) == 1


async def test_an_inactive_branch_is_in_doubt_if_another_ref_is_newer(up: FakeRepo, open_source: OpenSource) -> None:
    found = await following(open_source, "v2", "dev", upstream=True)
    assert (found.head.ref, found.doubt) == ("v2", f"v2 has had no commit for 40 days, {NEWER_DEV}")
    # A downstream may be inactive, and so may a branch if no ref is newer.
    assert not (await following(open_source, "v2", "dev")).doubt
    assert not (await following(open_source, "v2", upstream=True)).doubt
    assert not (await following(open_source, "dev", "v2", upstream=True)).doubt
    up.git.commit({"own": "1"}, branch="v2", at="2026-10-10")
    assert not (await following(open_source, "v2", "dev", upstream=True, now=BUSY)).doubt


async def test_an_idle_branch_that_another_ref_contains_is_in_doubt_after_a_week(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"a": "3"}, branch="dev", at="2026-10-17")
    remedy = "put dev first in `refs`, or list only v2"
    idle = f"v2 has had no commit for 7 days, while its work continues in dev ({remedy})"
    week = dt.datetime(2026, 10, 17, 23, tzinfo=dt.UTC)
    assert (await following(open_source, "v2", "dev", upstream=True, now=week)).doubt == idle
    day_before = week - dt.timedelta(days=1)
    assert not (await following(open_source, "v2", "dev", upstream=True, now=day_before)).doubt
    # The next version may continue in the other ref.
    up.git.tag("v2.0.0", "v2")
    up.git.tag("v3.0.0", "dev")
    assert not (await following(open_source, "v2", "dev", lines=LINE, now=BUSY)).doubt
    assert not (await following(open_source, "v2", upstream=True, now=BUSY)).doubt


@pytest.mark.parametrize("refs", [("dev", "release"), ("release", "dev")])
async def test_a_ref_that_is_rejected_need_not_be_put_first(
    up: FakeRepo, open_source: OpenSource, refs: tuple[str, str]
) -> None:
    git = up.git
    # The first release of the line is not on `dev`, from which its branch starts.
    git.branch("release", "dev")
    for number in range(2):
        git.commit({"release": f"{number}"}, branch="release", at="2026-11-10")
    git.tag("v2.0.0", "release")
    git.commit({"b": "1"}, branch="dev", at="2026-11-19")
    doubt = "release has had no commit for 9 days, while its work continues in dev (list only release in `refs`)"
    tracker = msgspec.structs.replace(followed_tracker(*refs, lines=LINE), surfaces={"code": ("a",)})
    async with open_source() as source:
        found = await follow(refs_of(tracker, source))
    assert (found.head.ref, found.doubt) == ("release", doubt)
    tracker = msgspec.structs.replace(tracker, upstream=msgspec.structs.replace(tracker.upstream, refs=("release",)))
    async with open_source() as source:
        assert not (await follow(refs_of(tracker, source))).doubt


@pytest.mark.parametrize(("same", "is_merged"), [(2, True), (1, False)])
async def test_an_idle_branch_is_in_doubt_if_another_ref_has_most_of_its_watched_files(
    up: FakeRepo, same: int, is_merged: bool
) -> None:
    git = up.git
    files = {f"src/{number}": f"v2 {number}" for number in range(3)}
    git.commit(files, branch="v2", at="2026-10-11")
    squashed = {path: text for path, text in files.items() if path < f"src/{same}"}
    git.commit({**squashed, "src/new": "1"}, branch="dev", at="2026-11-10")
    tracker = msgspec.structs.replace(followed_tracker("v2", "dev"), surfaces={"code": ("src/**",)})
    now = dt.datetime(2026, 11, 7, tzinfo=dt.UTC)
    async with git_source(("up/stream", git)) as source:
        found = await follow(refs_of(tracker, source, now=now))
    assert ("its work continues in dev" in found.doubt) == is_merged


async def test_an_idle_branch_is_in_doubt_if_its_work_is_in_the_usual_branch_instead_of_a_missing_ref(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.branch("main", "dev")
    refs = ("v2", "next")
    found = await following(open_source, *refs, upstream=True, now=BUSY)
    remedy = "put main first in `refs`, or list only v2"
    assert found.doubt == f"v2 has had no commit for 26 days, while its work continues in main ({remedy})"
    inactive = await following(open_source, *refs, upstream=True)
    assert inactive.doubt == f"v2 has had no commit for 40 days, while main has newer commits ({remedy})"
    # Without a missing ref, other branches do not matter.
    assert not (await following(open_source, "v2", upstream=True)).doubt


async def test_an_idle_branch_is_followed_if_the_other_ref_cannot_be_checked(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.fake.fail("/compare/", 503, times=None)
    errors = ErrorLog()
    found = await following(open_source, "v2", "dev", upstream=True, now=BUSY, errors=errors)
    assert (found.doubt, len(errors.messages)) == ("", 1)


async def test_an_idle_branch_is_in_doubt_if_its_clone_has_no_remote(up: FakeRepo) -> None:
    async def doubt(side: SideName = "upstream", *, now: dt.datetime = NOW, as_of: dt.datetime | None = None) -> str:
        async with git_source(("up/stream", up.git)) as source:
            found = await follow(refs_of(followed_tracker("v2"), source, side=side, now=now, as_of=as_of))
        return found.doubt

    why = "its clone has no remote: the clone may be outdated (fetch it from GitHub)"
    assert await doubt() == f"v2 has had no commit for 40 days, and {why}"
    assert await doubt(now=BUSY) == f"v2 has had no commit for 26 days, and {why}"
    assert not await doubt(now=NOW - dt.timedelta(days=34))
    # A downstream may be inactive.
    assert not await doubt("downstream")
    # A past day is known from the clone if its branch has a later commit.
    assert await doubt(as_of=NOW) == f"v2 has had no commit for 40 days, and {why}"
    up.git.commit({"a": "4"}, branch="v2", at="2026-12-01")
    assert not await doubt(as_of=NOW)


async def test_an_inactive_branch_is_in_doubt_if_it_lacks_a_later_tag(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.branch("elsewhere", "v2")
    git.commit({"a": "5"}, branch="elsewhere", at="2026-11-12")
    git.commit({"a": "6"}, branch="elsewhere", at="2026-11-13")
    git.tag("v9.0.0", "elsewhere")
    found = await following(open_source, "v2", upstream=True)
    remedy = "add the branch of v9.0.0 to `refs`"
    assert found.doubt == f"v2 has had no commit for 40 days, while v9.0.0 was released ({remedy})"
    # A tag in the branch itself does not count.
    git.delete_tag("v9.0.0")
    git.tag("v9.0.1", "v2", annotated=True, on="2026-11-13")
    assert not (await following(open_source, "v2", upstream=True)).doubt


async def test_the_upstream_is_in_doubt_if_github_marks_it_as_archived(up: FakeRepo, open_source: OpenSource) -> None:
    up.archived = True
    archived = "up/stream is archived: its work has ended, or continues in another repository (then change `repo`)"
    assert (await following(open_source, "v2", "dev", upstream=True)).doubt == archived
    assert not (await following(open_source, "v2", "dev")).doubt
