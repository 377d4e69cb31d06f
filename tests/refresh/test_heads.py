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
    with pytest.raises(NotFound, match=r"before 2026-05-01 00:00 UTC\. Measure a later day, or check"):
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
    # Without the other ref, its head is in doubt.
    assert (await following(open_source, "v2", lines=LINE)).doubt == lacks("v2", "v2.0.1")


async def test_a_release_from_a_branch_off_the_ref_is_not_contained(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.tag("v2.5.0", "dev")
    git.branch("2.5-fixes", "dev")
    for day in (12, 13):
        git.commit({"fix": str(day)}, branch="2.5-fixes", at=f"2026-11-{day}")
    git.tag("v2.5.1", "2.5-fixes")
    for day in (14, 15):
        git.commit({"next": str(day)}, branch="dev", at=f"2026-11-{day}")
    assert (await following(open_source, "dev", lines=LINE)).doubt == lacks("dev", "v2.5.1")
    found = await following(open_source, "dev", "2.5-fixes", lines=LINE)
    assert (found.head.ref, found.rejections) == ("2.5-fixes", ("dev does not contain v2.5.1",))
    assert found.doubt == ""


@pytest.mark.parametrize(("tagged_on", "is_doubted"), [("2026-11-13", True), ("2026-11-16", False)])
async def test_the_branch_of_a_patch_is_in_doubt_while_the_work_continues_in_the_ref_before_it(
    up: FakeRepo, open_source: OpenSource, tagged_on: str, is_doubted: bool
) -> None:
    git = up.git
    git.branch("2.5-fixes", "dev")
    for day in (12, 13):
        git.commit({"fix": str(day)}, branch="2.5-fixes", at=f"2026-11-{day}")
    git.tag("v2.5.1", "2.5-fixes", annotated=True, on=tagged_on)
    for day in (14, 15, 16):
        git.commit({"next": str(day)}, branch="dev", at=f"2026-11-{day}")
    found = await following(open_source, "dev", "2.5-fixes", lines=LINE)
    assert (found.head.ref, found.rejections) == ("2.5-fixes", ("dev does not contain v2.5.1",))
    doubt = "the work continues in dev (list only 2.5-fixes in `refs` to measure that branch)"
    assert found.doubt == (doubt if is_doubted else "")
    if is_doubted:
        other = "or set `line` to the next version to measure dev"
        remedy = f"list only the branch of v2.5.1 in `refs` to measure that branch, {other}"
        assert (await following(open_source, "dev", lines=LINE)).doubt == f"dev does not contain v2.5.1 ({remedy})"
    assert not (await following(open_source, "2.5-fixes", lines=LINE)).doubt
    assert not (await following(open_source, "dev", lines=["v2.6.*"])).doubt


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


async def test_a_branch_that_lacks_only_the_merges_of_releases_is_followed(
    up: FakeRepo, open_source: OpenSource
) -> None:
    git = up.git
    git.branch("stable", "v2")
    for number in range(2):
        work = git.commit({"a": f"work {number}"}, branch="dev", at=f"2026-11-{11 + number}")
        release = git.commit({"a": f"work {number}"}, branch="stable", merge=(work,), at=f"2026-11-{11 + number}")
        git.tag(f"v2.{number}.0", release)
    assert not (await following(open_source, "dev", lines=LINE)).doubt
    # The next version is released in the same way.
    assert (await following(open_source, "dev", lines=("v2.0.*",))).doubt.startswith("dev contains v2.1.0, a later")
    git.commit({"a": "fix 1"}, branch="stable", at="2026-11-13")
    git.tag("v2.1.1", git.commit({"a": "fix 2"}, branch="stable", at="2026-11-13"))
    assert (await following(open_source, "dev", lines=LINE)).doubt.startswith("dev does not contain v2.1.1")
