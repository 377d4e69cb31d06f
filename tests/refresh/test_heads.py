"""The followed ref: the first that exists and contains the newest release, never an abandoned branch."""

import datetime as dt
from collections.abc import Callable
from typing import cast

import pytest

from pawtui.probes.error_log import ErrorLog
from pawtui.refresh.refresh_types import SEE_ERRORS
from pawtui.sources.facts import MissingRef
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import NotFound
from pawtui.tracker.probe_types import ReleaseProbe, SoakProbe
from pawtui.tracker.tracker_types import RefRule
from tests.probes.measuring import tracker_of
from tests.refresh.followed import BUSY, LINE, following, lacks, refs_of, two_branches
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

NOT_CHECKED = f"could not check whether v2 contains the newest release ({SEE_ERRORS})"


@pytest.fixture
def up(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    return two_branches(fake, make_repo)


async def test_the_first_ref_that_exists_is_followed(up: FakeRepo, open_source: OpenSource) -> None:
    up.renamed["main"] = "dev"
    found = await following(open_source, "v3", "main", "dev", "v2")
    assert (found.head.ref, found.head.sha) == ("dev", up.git.sha("dev"))
    assert found.missing == (MissingRef(name="v3"), MissingRef(name="main", renamed_to="dev"))
    assert (found.doubt, found.rejections) == ("", ())


async def test_if_no_ref_exists_the_error_names_the_refs(up: FakeRepo, open_source: OpenSource) -> None:
    with pytest.raises(NotFound, match=r"None of the refs v3, v4 exists in up/stream\. Check `refs`"):
        await following(open_source, "v3", "v4")
    with pytest.raises(NotFound, match=r"The ref origin/dev does not exist in up/stream\. .* write branches without"):
        await following(open_source, "origin/dev")
    with pytest.raises(NotFound, match=r"None of the refs \(no refs given\)"):
        await following(open_source)
    early = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    with pytest.raises(NotFound, match=r"with a commit before 2026-05-01 00:00 UTC\. Check `refs`"):
        await following(open_source, "dev", now=early, as_of=early)


@pytest.mark.parametrize(("day", "ref"), [("2026-06-27", "dev"), ("2026-06-28", "v2"), ("2026-11-01", "dev")])
async def test_an_entry_counts_on_its_days_only(up: FakeRepo, open_source: OpenSource, day: str, ref: str) -> None:
    rule = RefRule(name="v2", start=dt.date(2026, 6, 28), end=dt.date(2026, 11, 1))
    now = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    assert (await following(open_source, rule, "dev", now=now)).head.ref == ref


@pytest.mark.parametrize(
    ("tag", "start", "lines", "doubt"),
    [
        (
            "",
            dt.date(2026, 6, 28),
            LINE,
            "v3, which has the work since 2026-06-28, does not exist: dev may not have it",
        ),
        ("", dt.date(2026, 6, 28), (), "v3, which has the work since 2026-06-28, does not exist: dev may not have it"),
        # Without a first day, and before it, nothing shows that the work is on v3.
        ("", None, LINE, ""),
        ("", dt.date(2026, 12, 1), LINE, ""),
        # A release of the line shows that dev has the work.
        ("v2.0.0", dt.date(2026, 6, 28), LINE, ""),
        ("v2.0.0-rc.1", dt.date(2026, 6, 28), LINE, ""),
    ],
)
async def test_a_ref_after_a_missing_ref_with_a_first_day_is_in_doubt(
    up: FakeRepo, open_source: OpenSource, tag: str, start: dt.date | None, lines: tuple[str, ...], doubt: str
) -> None:
    if tag:
        up.git.tag(tag, "dev", annotated=True, on="2026-11-12")
    found = await following(open_source, RefRule(name="v3", start=start), "dev", lines=lines, upstream=True)
    assert found.head.ref == "dev"
    remedy = " (fetch v3 into a clone that lacks it, or remove it from `refs` if dev has the work)"
    assert found.doubt == (f"{doubt}{remedy}" if doubt else "")
    # In the downstream, the first ref that exists is followed.
    assert not (await following(open_source, RefRule(name="v3", start=start), "dev")).doubt


@pytest.mark.parametrize(
    ("when", "wanted"), [("2026-06-01T12:00", "dev~2"), ("2026-10-15T00:00", "dev~1"), ("2026-11-19T00:00", "dev")]
)
async def test_the_head_is_that_of_the_past_time(up: FakeRepo, open_source: OpenSource, when: str, wanted: str) -> None:
    at = dt.datetime.fromisoformat(when).replace(tzinfo=dt.UTC)
    found = await following(open_source, "v3", "dev", now=at, as_of=at)
    assert (found.head.ref, found.head.sha) == ("dev", up.git.sha(wanted))
    assert found.head.committed_at <= at


async def test_a_ref_without_the_newest_release_is_rejected(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.0.0", "v2")
    assert (await following(open_source, "v2", "dev", lines=LINE)).head.ref == "v2"
    git.commit({"a": "4"}, at="2026-11-11")
    git.tag("v2.1.0", "dev")
    found = await following(open_source, "v2", "dev", lines=LINE)
    assert (found.head.ref, found.rejections, found.doubt) == ("dev", ("v2 does not contain v2.1.0",), "")
    # At a past time, only the tags of that time count.
    then = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    assert (await following(open_source, "v2", "dev", lines=LINE, now=then, as_of=then)).head.ref == "v2"


async def test_if_no_ref_has_the_newest_release_the_first_is_in_doubt(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.commit({"own": "1"}, branch="v2", at="2026-10-10")
    git.branch("elsewhere", "v2")
    git.commit({"a": "5"}, branch="elsewhere", at="2026-11-12")
    git.commit({"a": "6"}, branch="elsewhere", at="2026-11-13")
    git.tag("v2.3.2", "elsewhere")
    found = await following(open_source, "v3", "v2", "dev", lines=LINE)
    assert (found.head.ref, found.doubt) == ("v2", lacks("v2", "v2.3.2"))
    assert found.missing == (MissingRef(name="v3"),)
    # A pre-release does not count after a stable release, nor does another line.
    git.delete_tag("v2.3.2")
    git.tag("v2.0.0", "v2")
    git.tag("v2.3.2-beta.1", "elsewhere")
    git.tag("v3.0.0", "elsewhere")
    assert not (await following(open_source, "v2", "dev", lines=LINE, now=BUSY)).doubt


async def test_a_release_may_be_one_commit_off_the_branch(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.branch("cut", "dev")
    git.commit({"version": "2.0.1"}, branch="cut", at="2026-11-11", message="release: v2.0.1")
    git.tag("v2.0.1", "cut", annotated=True)
    found = await following(open_source, "dev", lines=LINE)
    assert (found.head.ref, found.doubt) == ("dev", "")


async def test_patches_may_be_released_from_a_branch_of_their_own(up: FakeRepo, open_source: OpenSource) -> None:
    async def doubt() -> str:
        return (await following(open_source, "dev", lines=LINE)).doubt

    git = up.git
    git.tag("v2.5.0", "dev")
    git.branch("2.5-fixes", "dev")
    for day in (12, 13):
        git.commit({"fix": str(day)}, branch="2.5-fixes", at=f"2026-11-{day}")
    git.tag("v2.5.1", "2.5-fixes")
    assert await doubt() == lacks("dev", "v2.5.1")
    # `dev` moved on further.
    base, *_ = [git.commit({"next": str(day)}, branch="dev", at=f"2026-11-{day}") for day in (14, 15, 16)]
    assert not await doubt()
    # The first release of a minor version may be cut on a branch too.
    git.branch("2.6-fixes", base)
    for day in (17, 18):
        git.commit({"cut": str(day)}, branch="2.6-fixes", at=f"2026-11-{day}")
    git.tag("v2.6.0", "2.6-fixes", annotated=True)
    assert await doubt() == lacks("dev", "v2.6.0")
    git.commit({"next": "18"}, branch="dev", at="2026-11-18")
    assert not await doubt()
    # Without a release of the newest two minor versions, the line is made elsewhere.
    git.tag("v2.7.0", "2.6-fixes")
    assert await doubt() == lacks("dev", "v2.7.0")


@pytest.mark.parametrize("name", ["v2.5", "2.5", "k8s-v2.5"])
async def test_patches_of_a_line_of_one_minor_may_have_a_branch(
    up: FakeRepo, open_source: OpenSource, name: str
) -> None:
    git = up.git
    git.tag(f"{name}.0", "dev")
    git.branch("fixes", "dev")
    for number in range(2):
        git.commit({"fix": str(number)}, branch="fixes", at="2026-11-12")
    git.tag(f"{name}.1", "fixes")
    for number in range(3):
        git.commit({"next": str(number)}, branch="dev", at="2026-11-13")
    assert not (await following(open_source, "dev", lines=[f"{name}.*"])).doubt


async def test_a_release_from_a_branch_off_the_ref_shows_that_it_has_the_work(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.tag("v2.5.0", "dev", annotated=True, on="2026-01-01")
    git.branch("fixes", "dev")
    for number in range(2):
        git.commit({"fix": str(number)}, branch="fixes", at="2026-11-12")
    git.tag("v2.5.1", "fixes", annotated=True, on="2026-01-02")
    for number in range(3):
        git.commit({"next": str(number)}, branch="dev", at="2026-11-13")
    refs = (RefRule(name="v3", start=dt.date(2026, 6, 28)), "dev")
    found = await following(open_source, *refs, lines=LINE)
    assert (found.head.ref, found.doubt) == ("dev", "")


async def test_each_minor_may_be_released_from_a_branch_of_its_own(up: FakeRepo, open_source: OpenSource) -> None:
    async def doubt(line: str = "v2.*") -> str:
        return (await following(open_source, "dev", lines=[line])).doubt

    git = up.git
    git.tag("sdk/v2.5.0", "v2")
    for minor in (5, 6):
        git.commit({"start": str(minor)}, branch="dev", at="2026-11-10")
        branch = f"release-2.{minor}"
        git.branch(branch, "dev")
        for number in range(2):
            git.commit({"release": f"{minor} {number}"}, branch=branch, at="2026-11-11")
        git.tag(f"v2.{minor}.0", branch)
    assert await doubt() == lacks("dev", "v2.6.0")
    for number in range(3):
        git.commit({"next": str(number)}, branch="dev", at="2026-11-12")
    assert not await doubt()
    # The minor before a line of one minor is of another line.
    assert await doubt("v2.6.*") == lacks("dev", "v2.6.0")


async def test_releases_from_another_branch_do_not_come_from_the_ref(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.branch("next", "dev")
    for minor in (0, 1):
        git.commit({"next": str(minor)}, branch="next", at="2026-11-11")
        git.branch(f"release-2.{minor}", "next")
        git.commit({"release": str(minor)}, branch=f"release-2.{minor}", at="2026-11-12")
        git.tag(f"v2.{minor}.0", f"release-2.{minor}")
    for number in range(5):
        git.commit({"maintenance": str(number)}, branch="dev", at="2026-11-13")
    # Both minors lack the same commits of `dev`: they were made from a branch that left it.
    assert (await following(open_source, "dev", lines=LINE)).doubt == lacks("dev", "v2.1.0")


@pytest.mark.parametrize("sdk", ["sdk-v1.9.0", "sdk-v2.0.0"])
async def test_releases_of_another_line_do_not_show_where_the_newest_comes_from(
    up: FakeRepo, open_source: OpenSource, sdk: str
) -> None:
    git = up.git
    git.branch("next", "dev")
    for number in range(2):
        git.commit({"next": str(number)}, branch="next", at="2026-11-11")
    git.tag("v2.0.0", "next")
    git.tag(sdk, git.commit({"sdk": "1"}, branch="dev", at="2026-11-13"))
    for number in range(5):
        git.commit({"maintenance": str(number)}, branch="dev", at="2026-11-13")
    git.tag("v2.0.1", git.commit({"next": "2"}, branch="next", at="2026-11-14"))
    lines = ["v2.*", "sdk-v*"]
    assert (await following(open_source, "dev", lines=lines)).doubt == lacks("dev", "v2.0.1")


async def test_a_branch_that_was_squashed_into_the_next_ref_is_rejected(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    for day in (12, 13, 14, 15):
        git.commit({"own": str(day)}, branch="v2", at=f"2026-11-{day}")
    git.tag("v2.0.0", "v2")
    for day in (16, 17):
        git.commit({"squashed": str(day)}, branch="dev", at=f"2026-11-{day}")
    git.tag("v2.0.1", "dev")
    found = await following(open_source, "v2", "dev", lines=LINE)
    assert (found.head.ref, found.rejections) == ("dev", ("v2 does not contain v2.0.1",))
    # Without the other ref, it counts for some days.
    assert not (await following(open_source, "v2", lines=LINE)).doubt
    # It does not if the other ref could not be checked.
    git.commit({"later": "18"}, branch="dev", at="2026-11-18")
    up.fake.fail(f"...{git.sha('dev')}", 503, times=None)
    assert (await following(open_source, "v2", "dev", lines=LINE)).doubt == lacks("v2", "v2.0.1")


async def test_an_abandoned_branch_is_not_the_one_that_patches_branch_off(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    base = git.commit({"a": "5"}, branch="v2", at="2026-10-11")
    for day in (12, 13, 14, 15):
        git.commit({"own": str(day)}, branch="v2", at=f"2026-10-{day}")
    git.tag("v2.0.0", base)
    git.branch("fixes", base)
    for day in (20, 21):
        git.commit({"fix": str(day)}, branch="fixes", at=f"2026-10-{day}")
    git.tag("v2.0.1", "fixes")
    assert not (await following(open_source, "v2", lines=LINE, now=BUSY)).doubt
    assert (await following(open_source, "v2", lines=LINE)).doubt == lacks("v2", "v2.0.1")
    git.tag("v2.0.2", git.commit({"fix": "22"}, branch="fixes", at="2026-10-22"))
    found = await following(open_source, "v2", lines=LINE, now=BUSY)
    assert found.doubt == lacks("v2", "v2.0.2")


async def test_if_tags_cannot_be_fetched_the_head_is_in_doubt(up: FakeRepo, open_source: OpenSource) -> None:
    up.fake.fail("/git/matching-refs/", 503, times=None)
    errors = ErrorLog()
    found = await following(open_source, "v2", lines=LINE, errors=errors)
    assert found.doubt == NOT_CHECKED
    assert len(errors.messages) == 1


@pytest.mark.parametrize(("status", "text"), [(503, ""), (404, "Not Found")])
async def test_a_later_ref_is_not_followed_while_the_first_could_not_be_checked(
    up: FakeRepo, open_source: OpenSource, status: int, text: str
) -> None:
    git = up.git
    git.commit({"own": "1"}, branch="v2", at="2026-10-10")
    git.tag("v2.0.0", "v2")
    # GitHub responds so for a commit that was pushed a moment ago, too.
    up.fake.fail(f"...{git.sha('v2')}", status, text, times=None)
    errors = ErrorLog()
    found = await following(open_source, "v2", "dev", lines=LINE, errors=errors)
    assert (found.head.ref, found.doubt) == ("v2", NOT_CHECKED)
    assert len(errors.messages) == 1
    up.fake.clear()
    assert (await following(open_source, "v2", "dev", lines=LINE, now=BUSY)).doubt == ""


async def test_a_ref_without_a_common_history_is_rejected(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.tag("v2.1.0", "dev")
    up.git.commit({"b": "1"}, branch="orphan", at="2026-11-12")
    found = await following(open_source, "orphan", "dev", lines=LINE)
    assert (found.head.ref, found.rejections) == ("dev", ("orphan does not contain v2.1.0",))


def test_release_lines_come_from_upstream_probes() -> None:
    tracker = tracker_of(
        ReleaseProbe(line="v2.*"),
        SoakProbe(line="v2.*"),
        SoakProbe(date=dt.date(2026, 6, 1)),
        ReleaseProbe(line="v1.*", side="downstream"),
        SoakProbe(line="cli-*"),
    )
    source = cast(Source, None)
    assert refs_of(tracker, source).lines == ("v2.*", "cli-*")
    assert refs_of(tracker, source, side="downstream").lines == ()
