"""The limits of the followed ref: ages in days, missing commits, old clones, and the tags of a past time."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import cast

import pytest

from pawtui.probes.error_log import ErrorLog
from pawtui.refresh.heads import FollowedHead, follow
from pawtui.refresh.refresh_types import SEE_ERRORS
from pawtui.sources.dates import EARLIEST
from pawtui.sources.facts import (
    Commit,
    Comparison,
    DatedTag,
    Head,
    MissingRef,
    Origin,
    PastHead,
    RecordedHead,
    Tag,
    Tree,
)
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import NoCommonAncestor, NotFound, Refused, SourceError
from pawtui.tracker.probe_types import ReleaseProbe
from pawtui.tracker.tracker_types import RefRule, Side, Signal, Tracker
from tests.refresh.followed import lacks, refs_of

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
PUT_FIRST = "put dev first in `refs`, or list only v2"
RELEASED = "v2 has had no commit for 28 days, while v9.0.0 was released (add the branch of v9.0.0 to `refs`)"
NOT_CHECKED = f"v2 has had no commit for 28 days, and could not check whether a later tag was released ({SEE_ERRORS})"
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)


class Branches:
    """The branches of one repository by their newest commit, and its tags.

    `behind` is the number of commits of a tag that a branch lacks, or the error of the comparison.
    """

    def __init__(
        self,
        heads: dict[str, dt.datetime],
        tags: dict[str, dt.datetime] | None = None,
        behind: dict[tuple[str, str], int | SourceError] | None = None,
        known_until: dt.datetime | None = None,
        archived: bool | SourceError = False,
        *,
        without_remote: bool = False,
    ) -> None:
        self._heads = heads
        self._archived = archived
        self._tags = tags or {}
        self._behind = behind or {}
        self._origin = Origin(known_until=known_until, without_remote=without_remote)

    def origin(self, repo: str, ref: str) -> Origin:
        return self._origin

    async def ref_head(self, repo: str, ref: str) -> Head | MissingRef:
        if ref not in self._heads:
            return MissingRef(name=ref)
        return Head(repo=repo, requested_repo=repo, ref=ref, sha=ref, committed_at=self._heads[ref])

    async def is_archived(self, repo: str) -> bool:
        if isinstance(self._archived, SourceError):
            raise self._archived
        return self._archived

    async def past_head(self, head: Head, when: dt.datetime, recorded: Sequence[RecordedHead] = ()) -> PastHead:
        return PastHead(sha=head.sha, found_by="first parents")

    async def tree(self, repo: str, sha: str) -> Tree:
        return Tree(sha=sha, entries={})

    async def commit(self, repo: str, sha: str) -> Commit:
        return Commit(sha=sha, at=self._heads[sha], subject="c")

    async def tags(self, repo: str, prefix: str) -> tuple[Tag, ...]:
        return tuple(Tag(name=name, sha=name) for name in self._tags if name.startswith(prefix))

    async def dated_tag(self, repo: str, tag: Tag, *, optional: bool = False) -> DatedTag:
        return DatedTag(name=tag.name, sha=tag.sha, at=self._tags[tag.name])

    async def compare(self, repo: str, base: str, head: str, *, files: bool = True) -> Comparison:
        assert not files, "changed files are not needed"
        behind = self._behind.get((base, head), 0)
        if isinstance(behind, SourceError):
            raise behind
        only_in_head = self._behind.get((head, base), 0)
        assert isinstance(only_in_head, int)
        return Comparison(base=base, head=head, commits=only_in_head, behind=behind, files=0)


async def following(
    branches: Branches,
    *lines: str,
    refs: Sequence[str | RefRule] = ("v2", "dev"),
    as_of: dt.datetime | None = None,
    checked_sha: str = "",
    errors: ErrorLog | None = None,
) -> FollowedHead:
    """Return the head to follow of the upstream."""
    side = Side(repo="up/stream", refs=tuple(refs))
    signal = Signal(id="s", title="S", probes=tuple(ReleaseProbe(line=line) for line in lines))
    tracker = Tracker(id="t", title="T", upstream=side, downstream=side, signals=(signal,))
    upstream = refs_of(tracker, cast(Source, branches), now=as_of or NOW, as_of=as_of, errors=errors)
    return await follow(dataclasses.replace(upstream, checked_sha=checked_sha))


@pytest.mark.parametrize("checked_sha", ["", "v2"])
async def test_a_branch_of_an_archived_repository_is_in_doubt_after_a_week(checked_sha: str) -> None:
    week = {"v2": NOW - 7 * DAY}
    archived = "up/stream is archived: its work has ended, or continues in another repository (then change `repo`)"
    found = await following(Branches(week, archived=True), refs=["v2"], checked_sha=checked_sha)
    assert found.doubt == archived
    assert not (await following(Branches({"v2": NOW - 7 * DAY + SECOND}, archived=True), refs=["v2"])).doubt
    # Neither a past day nor a clone shows whether it is archived.
    assert not (await following(Branches(week, archived=True), refs=["v2"], as_of=NOW)).doubt
    assert not (await following(Branches(week, archived=True, known_until=NOW), refs=["v2"])).doubt
    assert "archived" not in (await following(Branches(week, archived=True, without_remote=True), refs=["v2"])).doubt


@pytest.mark.parametrize("checked_sha", ["", "v2"])
async def test_a_clone_without_a_remote_is_in_doubt_after_a_week_without_commits(checked_sha: str) -> None:
    week = {"v2": NOW - 7 * DAY}
    found = await following(Branches(week, without_remote=True), refs=["v2"], checked_sha=checked_sha)
    why = "its clone has no remote: the clone may be outdated (fetch it from GitHub)"
    assert found.doubt == f"v2 has had no commit for 7 days, and {why}"
    newer = {"v2": NOW - 7 * DAY + SECOND}
    assert not (await following(Branches(newer, without_remote=True), refs=["v2"], checked_sha=checked_sha)).doubt
    assert not (await following(Branches(week), refs=["v2"], checked_sha=checked_sha)).doubt


async def test_whether_a_repository_is_archived_could_not_be_checked() -> None:
    errors = ErrorLog()
    week = Branches({"v2": NOW - 7 * DAY}, archived=Refused("GitHub refused."))
    assert not (await following(week, refs=["v2"], errors=errors)).doubt
    assert errors.messages == ["GitHub refused."]


@pytest.mark.parametrize("behind", [0, NoCommonAncestor("no common ancestor")])
async def test_an_old_pre_release_elsewhere_does_not_show_that_a_branch_has_the_work(behind: int | SourceError) -> None:
    branches = Branches({"v2": NOW}, {"v2.0.0-rc.1": NOW - 180 * DAY}, {("v2.0.0-rc.1", "v2"): behind})
    found = await following(branches, "v2.*", refs=(RefRule(name="v3", start=NOW.date()), "v2"))
    assert found.doubt.startswith("v3, which has the work since ") == isinstance(behind, SourceError)


@pytest.mark.parametrize(("first_day", "is_in_doubt"), [(NOW.date(), True), (NOW.date() + DAY, False)])
async def test_a_first_day_in_the_future_says_nothing_about_a_missing_ref(
    first_day: dt.date, is_in_doubt: bool
) -> None:
    found = await following(Branches({"v2": NOW}), refs=(RefRule(name="v3", start=first_day), "v3", "v2"))
    assert bool(found.doubt) == is_in_doubt


@pytest.mark.parametrize(
    ("days_without_commit", "newer_days", "doubt"),
    [
        (28, 7, f"v2 has had no commit for 28 days, while dev has newer commits ({PUT_FIRST})"),
        (28, 6, ""),
        (27, 7, ""),
    ],
)
async def test_a_branch_is_in_doubt_after_28_days_if_another_one_is_7_days_newer(
    days_without_commit: int, newer_days: int, doubt: str
) -> None:
    inactive = NOW - days_without_commit * DAY
    heads = {"v2": inactive, "dev": inactive + newer_days * DAY}
    assert (await following(Branches(heads, behind={("v2", "dev"): 1}))).doubt == doubt


@pytest.mark.parametrize(
    ("days", "newer", "doubt"),
    [
        (8, "dev", f"v2 has had no commit for 8 days, while its work continues in dev ({PUT_FIRST})"),
        (
            28,
            "main",
            f"v2 has had no commit for 28 days, while main has newer commits ({PUT_FIRST.replace('dev', 'main')})",
        ),
    ],
)
async def test_where_the_work_of_an_idle_branch_continues_is_not_checked_again(
    days: int, newer: str, doubt: str
) -> None:
    branches = Branches({"v2": NOW - days * DAY, newer: NOW})
    assert (await following(branches)).doubt == doubt
    assert (await following(branches, checked_sha="v2")).doubt == ""


async def test_the_usual_branch_is_another_one_than_the_followed_branch() -> None:
    branches = Branches({"main": NOW - 28 * DAY, "develop": NOW})
    remedy = "put develop first in `refs`, or list only main"
    doubt = f"main has had no commit for 28 days, while develop has newer commits ({remedy})"
    assert (await following(branches, refs=("main", "gone"))).doubt == doubt


async def test_an_inactive_branch_is_compared_with_the_other_refs_in_each_refresh() -> None:
    branches = Branches({"v2": NOW - 28 * DAY, "dev": NOW})
    doubt = f"v2 has had no commit for 28 days, while dev has newer commits ({PUT_FIRST})"
    assert (await following(branches, checked_sha="v2")).doubt == doubt


@pytest.mark.parametrize(
    ("later_days", "behind", "doubt"),
    [
        (7, 2, RELEASED),
        (6, 2, ""),
        (7, 1, ""),
        (7, NoCommonAncestor("no common ancestor"), RELEASED),
        # GitHub responds so for a commit that was pushed a moment ago.
        (7, NotFound("no"), NOT_CHECKED),
    ],
)
async def test_an_inactive_branch_is_in_doubt_if_it_lacks_two_commits_of_a_release_7_days_later(
    later_days: int, behind: int | SourceError, doubt: str
) -> None:
    inactive = NOW - 28 * DAY
    released = Branches({"v2": inactive}, {"v9.0.0": inactive + later_days * DAY}, {("v9.0.0", "v2"): behind})
    assert (await following(released)).doubt == doubt
    # Releases of other lines do not matter if the tracker names lines.
    assert (await following(released, "v2.*")).doubt == ""


async def test_an_inactive_branch_is_in_doubt_if_there_are_too_many_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tags(_branches: Branches, _repo: str, _prefix: str) -> tuple[Tag, ...]:
        raise Refused("too many tags")

    monkeypatch.setattr(Branches, "tags", tags)
    found = await following(Branches({"v2": NOW - 28 * DAY}))
    assert found.doubt == NOT_CHECKED


async def test_a_branch_whose_newest_commit_has_no_usable_date_is_named_so() -> None:
    found = await following(Branches({"v2": EARLIEST, "dev": NOW}))
    assert found.doubt == f"the newest commit of v2 has no usable date, while dev has newer commits ({PUT_FIRST})"


@pytest.mark.parametrize(
    ("as_of", "age", "is_in_doubt"),
    [
        (None, DAY, False),
        (None, DAY + SECOND, True),
        (NOW - 7 * DAY, 7 * DAY, False),
        (NOW - 7 * DAY, 7 * DAY + SECOND, True),
    ],
)
async def test_a_clone_is_old_after_a_day_and_for_a_past_time_if_it_was_fetched_before(
    as_of: dt.datetime | None, age: dt.timedelta, is_in_doubt: bool
) -> None:
    branches = Branches({"v2": NOW - 10 * DAY}, known_until=NOW - age)
    doubt = (await following(branches, as_of=as_of)).doubt
    assert doubt.startswith("the clone was last updated on 2026-11-") == is_in_doubt
    assert bool(doubt) == is_in_doubt


@pytest.mark.parametrize(
    ("behind", "rejection"),
    [
        (1, ""),
        (2, "v2 does not contain v2.1.0"),
        (NoCommonAncestor("no common ancestor"), "v2 does not contain v2.1.0"),
    ],
)
async def test_a_ref_may_lack_one_commit_of_the_newest_release(behind: int | SourceError, rejection: str) -> None:
    heads, tags = dict.fromkeys(("v2", "dev"), NOW), dict.fromkeys(("v2.0.0", "v2.1.0"), NOW)
    found = await following(Branches(heads, tags, {("v2.1.0", "v2"): behind}), "v2.*")
    assert found.rejections == ((rejection,) if rejection else ())
    assert found.head.ref == ("dev" if rejection else "v2")


@pytest.mark.parametrize(("days", "doubt"), [(179, lacks("v2", "v2.0.0-rc.1")), (180, "")])
async def test_an_old_pre_release_of_another_history_is_no_doubt(days: int, doubt: str) -> None:
    tags, behind = {"v2.0.0-rc.1": NOW - days * DAY}, {("v2.0.0-rc.1", "v2"): NoCommonAncestor("no common ancestor")}
    assert (await following(Branches({"v2": NOW}, tags, {**behind}), "v2.*")).doubt == doubt


async def test_releases_of_two_lines_can_have_one_version() -> None:
    branches = Branches({"v2": NOW}, {"v2.0.0": NOW, "cli-2.0.0": NOW, "v1.9.0": NOW})
    assert (await following(branches, "v*", "cli-*")).doubt == ""


@pytest.mark.parametrize(("later", "ref"), [(dt.timedelta(), "dev"), (SECOND, "v2")])
async def test_at_a_past_time_the_releases_made_by_then_count(later: dt.timedelta, ref: str) -> None:
    as_of = NOW - 10 * DAY
    heads = dict.fromkeys(("v2", "dev"), as_of)
    branches = Branches(heads, {"v2.1.0": as_of + later}, {("v2.1.0", "v2"): 2})
    found = await following(branches, "v2.*", as_of=as_of)
    assert found.head.ref == ref
