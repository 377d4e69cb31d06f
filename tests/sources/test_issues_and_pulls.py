"""Issues, pull requests, searches and comments."""

import datetime as dt
from collections.abc import Callable
from typing import Literal

import pytest

from pawtui.sources.facts import Issue
from pawtui.sources.source_errors import NotFound, Refused, Undetermined
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

MakeRepo = Callable[..., GitRepo]
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def up(fake: FakeGitHub, make_repo: MakeRepo) -> FakeRepo:
    """Five issues: open, closed, a pull request, a merged one, and one with labels."""
    fake.now = lambda: NOW
    repo = fake.add("up/stream", make_repo("up"))
    repo.issue(1, "Crash on \x1b[31mstart", at="2026-06-01")
    repo.issue(2, "Done", state="closed", at="2026-06-02")
    repo.issue(3, "A change", is_pull=True, at="2026-06-03")
    repo.issue(4, "A merged change", merged=True, at="2026-06-04")
    repo.issue(5, "Recovery fails", labels=("bug", "core/v2"), at="2026-06-05")
    return repo


def later(fake: FakeGitHub, **ago: int) -> Callable[[], dt.datetime]:
    """Advance the fake's clock, and return the same clock for the source."""
    now = NOW + dt.timedelta(**ago)
    fake.now = lambda: now
    return lambda: now


async def states(open_source: OpenSource, clock: Callable[[], dt.datetime], numbers: list[int]) -> dict[int, str]:
    """Return the state of each issue, or the class of its error."""
    async with open_source(clock=clock) as source:
        found = await source.issues("up/stream", numbers)
    return {
        number: issue.state if isinstance(issue, Issue) else type(issue).__name__ for number, issue in found.items()
    }


async def test_issues_are_read_by_number(up: FakeRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        found = await source.issues("up/stream", [5, 4, 3, 2, 1, 99])
    assert list(found) == [5, 4, 3, 2, 1, 99]
    one, two, three, four, five, none = (found[number] for number in (1, 2, 3, 4, 5, 99))
    assert isinstance(one, Issue)
    assert (one.state, one.title, one.is_pull) == ("open", "Crash on ␛[31mstart", False)
    assert one.created_at == dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
    assert one.url.endswith("/up/stream/issues/1")
    assert isinstance(two, Issue)
    assert (two.state, two.closed_at) == ("closed", dt.datetime(2026, 6, 2, 12, tzinfo=dt.UTC))
    assert isinstance(three, Issue)
    assert (three.is_pull, three.merged, three.state) == (True, False, "open")
    assert isinstance(four, Issue)
    assert (four.is_pull, four.merged, four.state) == (True, True, "closed")
    assert isinstance(five, Issue)
    assert five.labels == ("bug", "core/v2")
    assert isinstance(none, NotFound)
    assert "Cannot find issue #99 of up/stream on" in str(none)


async def test_unchanged_issues_cost_one_request(up: FakeRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    numbers = [1, 2, 3, 4, 5]
    first = await states(open_source, later(fake), numbers)
    fake.clear()
    assert await states(open_source, later(fake, days=3), numbers) == first
    assert [request.path for request in fake.log] == ["/repos/up/stream/issues"]
    # Changed issues still cost one request.
    fake.clear()
    up.set_issue_state(1, state="closed", at=NOW + dt.timedelta(days=4))
    up.set_issue_state(2, state="open", at=NOW + dt.timedelta(days=4))
    assert await states(open_source, later(fake, days=6), numbers) == first | {1: "closed", 2: "open"}
    assert len(fake.log) == 1
    # The list begins a minute before the issues were requested.
    assert fake.log[0].query["since"] == "2026-11-20T08:59:00Z"
    # A new number is requested alone.
    fake.clear()
    up.issue(6, at=NOW)
    assert (await states(open_source, later(fake, days=6, hours=1), [*numbers, 6]))[6] == "open"
    assert [request.path for request in fake.log] == ["/repos/up/stream/issues", "/repos/up/stream/issues/6"]


async def test_after_many_changes_each_issue_is_requested(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    await states(open_source, later(fake), [1, 2, 3])
    for number in range(100, 250):
        up.issue(number, at=NOW + dt.timedelta(days=2))
    up.set_issue_state(3, state="closed", at=NOW + dt.timedelta(days=1))
    fake.clear()
    assert await states(open_source, later(fake, days=7), [1, 2, 3]) == {1: "open", 2: "closed", 3: "closed"}
    assert sorted(request.status for request in fake.log) == [200, 200, 304, 304]


async def test_a_change_in_the_second_of_the_last_refresh_is_found(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    await states(open_source, later(fake), [1, 2])
    up.set_issue_state(1, state="closed", at=NOW)
    assert await states(open_source, later(fake, minutes=5), [1, 2]) == {1: "closed", 2: "closed"}


async def test_a_clock_that_was_ahead_hides_no_change(up: FakeRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    assert await states(open_source, lambda: NOW + dt.timedelta(days=60), [2, 4]) == {2: "closed", 4: "closed"}
    up.set_issue_state(2, state="open", at=NOW + dt.timedelta(hours=1))
    assert await states(open_source, later(fake, days=1), [2, 4]) == {2: "open", 4: "closed"}


@pytest.mark.parametrize(("state", "reason"), [("open", None), ("closed", "not_planned")])
async def test_the_events_of_a_locked_issue_are_read_only_if_it_seems_done(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource, state: Literal["open", "closed"], reason: str | None
) -> None:
    up.set_issue_state(2, state=state, reason=reason)
    up.issues[2].locked = True
    assert await states(open_source, later(fake), [2]) == {2: state}
    assert not fake.requests("/events")


async def test_the_events_of_a_locked_issue_leave_requests_for_others(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    up.issues[2].locked = True
    async with open_source(clock=later(fake), budget=5) as source:
        found = (await source.issues("up/stream", [2]))[2]
    assert isinstance(found, Undetermined)
    assert not fake.requests("/events")


@pytest.mark.parametrize(
    ("body", "association", "original"),
    [
        ("Duplicate of #4", "MEMBER", "up/stream#4"),
        ("Duplicate of #4", "NONE", ""),
        ("Duplicate of other/place#4", "MEMBER", "other/place#4"),
        ("Duplicate of https://github.com/other/place/issues/4", "MEMBER", "other/place#4"),
        # The issue itself, or no repository.
        ("Duplicate of #2", "MEMBER", ""),
        ("Duplicate of UP/stream#2", "MEMBER", ""),
        ("Duplicate of other/..#4", "MEMBER", ""),
    ],
)
async def test_a_maintainer_names_the_original_of_a_duplicate(
    up: FakeRepo, open_source: OpenSource, body: str, association: str, original: str
) -> None:
    up.set_issue_state(2, state="closed", reason="duplicate")
    up.comment(2, body, association=association)
    async with open_source() as source:
        found = (await source.issues("up/stream", [2]))[2]
    assert isinstance(found, Issue)
    assert found.original == original


async def test_the_comments_of_a_duplicate_leave_requests_for_others(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    up.set_issue_state(2, state="closed", reason="duplicate")
    up.comment(2, "Duplicate of #4", association="MEMBER")
    async with open_source(clock=later(fake), budget=5) as source:
        found = (await source.issues("up/stream", [2]))[2]
    assert isinstance(found, Issue)
    assert (found.original, fake.requests("/comments")) == ("", [])
    # A known original costs no request.
    assert await states(open_source, later(fake), [2]) == {2: "closed"}
    async with open_source(clock=later(fake), budget=5) as source:
        found = (await source.issues("up/stream", [2]))[2]
    assert isinstance(found, Issue)
    assert found.original == "up/stream#4"


async def test_a_duplicate_without_its_comments_is_not_known(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    up.set_issue_state(2, state="closed", reason="duplicate")
    fake.fail("/issues/2/comments", 502, times=None)
    assert await states(open_source, later(fake), [2]) == {2: "BadResponse"}


async def test_the_merge_of_an_open_pull_request_is_not_known(up: FakeRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        with pytest.raises(Undetermined, match="its merge is not known"):
            await source.merged_pull("up/stream", 3)


async def test_a_merge_without_its_commit_is_not_known(up: FakeRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    pull = {"number": 4, "merged": True, "merge_commit_sha": None, "base": {"ref": "main", "sha": "b" * 40}}
    fake.fail("/pulls/4", 200, body=pull)
    async with open_source() as source:
        with pytest.raises(Undetermined, match="its merge is not known"):
            await source.merged_pull("up/stream", 4)


@pytest.mark.parametrize(("pages", "is_known"), [(30, True), (31, False)])
async def test_the_files_of_a_pull_request_are_known_only_if_all_pages_were_read(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource, pages: int, is_known: bool
) -> None:
    tail = "/pulls/3/files?per_page=100"
    for page in range(pages, 0, -1):
        more = {"Link": f'<{fake.url}/repos/up/stream{tail}&page={page + 1}>; rel="next"'} if page < pages else {}
        fake.fail(tail if page == 1 else f"{tail}&page={page}", 200, body=[{"filename": f"a{page}"}], headers=more)
    fake.fail("/pulls/5/files", 200, body=[{"filename": "new", "previous_filename": "old"}])
    async with open_source() as source:
        if is_known:
            assert len(await source.pull_files("up/stream", 3, "c" * 40)) == 30
            assert await source.pull_files("up/stream", 5, "c" * 40) == ("new", "old")
        else:
            with pytest.raises(Undetermined, match="are too many to be listed"):
                await source.pull_files("up/stream", 3, "c" * 40)


async def test_a_deleted_issue_is_detected_after_a_week(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    await states(open_source, later(fake), [1, 2])
    up.issues[1].deleted = True
    assert await states(open_source, later(fake, days=8), [1, 2]) == {1: "Deleted", 2: "closed"}
    async with open_source() as source:
        gone = (await source.issues("up/stream", [1]))[1]
    assert "(This issue was deleted). Remove it from the tracker." in str(gone)
    # If it is requested alone, at once. Then it is not read from the cache again.
    await states(open_source, later(fake, days=9), [4, 5])
    up.issues[5].deleted = True
    for numbers in ([5], [4, 5]):
        assert (await states(open_source, later(fake, days=10), numbers))[5] == "Deleted"


async def test_a_moved_issue_is_followed(
    up: FakeRepo, fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    fake.add("up/other", make_repo("other")).issue(1, "Moved here", state="closed", at="2026-06-09")
    up.issues[1].moved_to = ("up/other", 1)
    for days in (0, 7):
        async with open_source(clock=later(fake, days=days)) as source:
            found = (await source.issues("up/stream", [1, 2]))[1]
            # Its repository has not moved.
            third = (await source.issues("up/stream", [3]))[3]
        assert isinstance(found, Issue)
        assert (found.repo, found.number, found.state) == ("up/other", 1, "closed")
        assert isinstance(third, Issue)
        assert third.repo == "up/stream"


async def test_pull_requests_are_read_if_issues_are_disabled(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    await states(open_source, later(fake), [3, 4])
    up.issues_off = True
    assert await states(open_source, later(fake, days=1), [3, 4]) == {3: "open", 4: "closed"}


async def test_a_failed_issue_does_not_affect_the_others(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.fail("/issues/3", 200, body="<html>")
    assert await states(open_source, later(fake), [1, 2, 3]) == {1: "open", 2: "closed", 3: "BadResponse"}


async def test_if_the_changed_issues_cannot_be_listed_each_issue_is_requested(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    await states(open_source, later(fake), [1, 2, 4])
    fake.fail("/issues?", 403, "Forbidden")
    assert await states(open_source, later(fake, days=1), [1, 2, 4]) == {1: "open", 2: "closed", 4: "closed"}
    assert len([request for request in fake.log if request.status == 304]) == 3
    fake.fail("/issues", 403, "Forbidden", times=None)
    assert set((await states(open_source, later(fake, days=1), [1, 2, 4])).values()) == {"Unauthorized"}


async def test_a_search_stays_within_its_repository(up: FakeRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    async with open_source() as source:
        found = await source.search("up/stream", "is:issue is:open label:core/v2")
        assert (found.total, found.complete) == (1, True)
        assert [issue.number for issue in found.items] == [5]
        assert (await source.search("up/stream", "is:pr")).total == 2
        assert (await source.search("up/stream", "nothing like it")).total == 0
        for query in ("repo:other/place is:open", "is:open org:other", "-user:me", "REPO:other/place"):
            with pytest.raises(Refused, match="contains repo:, org: or user:"):
                await source.search("up/stream", query)
        with pytest.raises(Refused, match=r"refused the search .* status 422"):
            await source.search("up/stream", "x" * 300)
    assert len(fake.requests("/search")) == 4


async def test_a_search_in_a_renamed_repository_uses_its_new_name(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    up.git.commit({"a": "1"}, at="2026-06-01")
    fake.rename("up/stream", "new/stream")
    async with open_source(clock=lambda: NOW) as source:
        await source.ref_head("up/stream", "main")
        assert (await source.search("up/stream", "is:open")).total == 3


async def test_comments_of_all_pages_are_read_and_made_safe(up: FakeRepo, open_source: OpenSource) -> None:
    for number in range(230):
        up.comment(1, f"comment {number}\n\x1b[2J", author="eve", association="MEMBER")
    async with open_source() as source:
        comments = await source.comments("up/stream", 1)
        assert [comment.body for comment in comments] == [f"comment {number}\n␛[2J" for number in range(230)]
        assert {comment.author for comment in comments} == {"eve"}
        assert {comment.association for comment in comments} == {"MEMBER"}
        assert comments[0].url.endswith(f"/up/stream/issues/1#issuecomment-{comments[0].id}")
        # The same source finds a new comment.
        up.comment(1, "one more")
        assert len(await source.comments("up/stream", 1)) == 231


@pytest.mark.parametrize("ref", ["main", "heads/main", "refs/heads/main"])
async def test_a_branch_in_another_spelling_has_the_same_pull_requests(
    up: FakeRepo, open_source: OpenSource, ref: str
) -> None:
    up.pull(80, "a change", "src/a")
    async with open_source() as source:
        assert [pull.number for pull in (await source.open_pulls("up/stream", ref)).items] == [80]


@pytest.mark.parametrize("ref", ["tags/v1", "v1", "a" * 40, "HEAD", "old"])
async def test_the_pull_requests_of_a_ref_that_is_no_branch_are_unknown(
    up: FakeRepo, open_source: OpenSource, ref: str
) -> None:
    up.git.commit({"a": "1"})
    up.git.tag("v1")
    up.renamed["old"] = "main"
    async with open_source() as source:
        assert (await source.open_pulls("up/stream", "main")).items == ()
        with pytest.raises(Undetermined, match="is not a branch"):
            await source.open_pulls("up/stream", ref)


async def test_a_minimized_comment_is_hidden(up: FakeRepo, open_source: OpenSource) -> None:
    up.comment(1, "visible")
    up.comment(1, "hidden").minimized = "outdated"
    async with open_source() as source:
        assert [comment.hidden for comment in await source.comments("up/stream", 1)] == [False, True]


async def test_a_full_page_of_changed_issues_hides_no_other(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    assert await states(open_source, later(fake), [1, 2]) == {1: "open", 2: "closed"}
    up.set_issue_state(2, state="open", at=NOW + dt.timedelta(hours=1))
    # Without its `Link`.
    page = [up.issue(number, at=NOW).response(up.full_name, fake.url) for number in range(100, 200)]
    fake.fail("/issues?", 200, body=page)
    assert await states(open_source, later(fake, hours=2), [1, 2]) == {1: "open", 2: "open"}


async def test_a_comment_after_a_full_page_is_found(up: FakeRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    for number in range(100):
        up.comment(1, f"comment {number}")
    for known in (100, 101, 102):
        # The ETag of the first page stays the same.
        async with open_source() as source:
            assert len(await source.comments("up/stream", 1)) == known
        up.comment(1, "one more")
    # The page after a full page is requested.
    assert [request.status for request in fake.log] == [200, 200, 304, 200, 304, 200]
    assert fake.log[1].query["page"] == "2"


async def test_the_address_of_a_comment_is_that_of_the_moved_issue(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    moved = up.comment(1, "a comment")
    moved.number = 70
    async with open_source() as source:
        (comment,) = await source.comments("up/stream", 1)
    assert comment.url.endswith(f"/up/stream/issues/70#issuecomment-{moved.id}")
