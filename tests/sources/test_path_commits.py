"""The commits to a path are equal to git's, and their lists are cached."""

import asyncio
import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.sources.facts import Commits
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo


def within(commits: Commits, since: str) -> list[str]:
    """Return the listed commits since that day."""
    start = dt.datetime.combine(dt.date.fromisoformat(since), dt.time(), dt.UTC)
    return [commit.sha for commit in commits.items if commit.at >= start]


def counted(repo: GitRepo, path: str, since: str) -> list[str]:
    """Return git's list of the commits."""
    return repo.git("log", "--format=%H", f"--since={since}T00:00:00Z", "main", "--", path).split()


@pytest.mark.parametrize("path", ["src", "src/a", "src/b/f4.py", "one.txt", "not/there"])
async def test_commits_of_a_path_in_a_window_equal_those_of_git(
    up: GitRepo, open_source: OpenSource, path: str
) -> None:
    every = counted(up, path, "2000-01-01")
    for since in ("2026-01-01", "2026-03-15", "2026-07-19", "2027-01-01"):
        async with open_source() as source:
            commits = await source.commits("up/stream", up.sha("main"), path, dt.date.fromisoformat(since))
        assert within(commits, since) == counted(up, path, since), since
        assert commits.complete, since
        # Older commits may follow, without a gap; `has_first`: the list is complete.
        assert [commit.sha for commit in commits.items] == every[: len(commits.items)], since
        assert commits.has_first == (len(commits.items) == len(every)), since


async def test_a_list_that_was_cut_off_is_incomplete(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pawtui.sources.github.path_commits.MAX_PAGES", 2)
    for _ in range(2):
        async with open_source() as source:
            cut = await source.commits("up/stream", up.sha("main"), "src", dt.date(2026, 1, 1))
        assert (len(cut.items), cut.complete) == (200, False)
        assert len(fake.log) == 2
    # The list is complete for a window within the read commits.
    async with open_source() as source:
        inside = await source.commits("up/stream", up.sha("main"), "src", dt.date(2026, 7, 1))
    assert inside.complete
    assert within(inside, "2026-07-01") == counted(up, "src", "2026-07-01")
    assert len(fake.log) == 2


async def test_only_the_pages_of_a_window_are_read(up: GitRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    requests = []
    # A list is continued for an earlier day. The whole history of a file is on one page.
    for path, since in (
        ("src", "2026-07-01"),
        ("src", "2026-05-01"),
        ("one.txt", "2026-07-01"),
        ("one.txt", "2026-01-01"),
    ):
        fake.clear()
        async with open_source() as source:
            found = await source.commits("up/stream", up.sha("main"), path, dt.date.fromisoformat(since))
        assert found.complete
        assert within(found, since) == counted(up, path, since)
        requests.append(len(fake.log))
    assert requests == [1, 1, 1, 0]


async def test_a_commit_without_a_date_does_not_end_a_list(
    fake: FakeGitHub, make_repo: Callable[..., GitRepo], open_source: OpenSource
) -> None:
    repo = make_repo("odd")
    for number in range(120):
        # The last commit of the first page.
        at = (
            "1970-01-01T00:00" if number == 20 else dt.datetime(2026, 11, 1, tzinfo=dt.UTC) + dt.timedelta(hours=number)
        )
        repo.commit({"a": f"{number}"}, at=at)
    fake.add("up/odd", repo)
    async with open_source() as source:
        found = await source.commits("up/odd", repo.sha("main"), "a", dt.date(2026, 1, 1))
    assert (len(found.items), found.complete, found.has_first) == (120, True, True)


async def test_a_page_that_ends_at_the_start_of_the_day_does_not_end_a_list(
    fake: FakeGitHub, make_repo: Callable[..., GitRepo], open_source: OpenSource
) -> None:
    repo = make_repo("midnight")
    for number in range(120):
        # The commits of the second page are of the same second as the last one of the first page.
        at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC) + dt.timedelta(hours=max(0, number - 20))
        repo.commit({"a": f"{number}"}, at=at)
    fake.add("up/midnight", repo)
    async with open_source() as source:
        found = await source.commits("up/midnight", repo.sha("main"), "a", dt.date(2026, 11, 1))
    assert (len(within(found, "2026-11-01")), found.complete) == (120, True)


async def test_one_source_lists_different_paths_days_and_heads(up: GitRepo, open_source: OpenSource) -> None:
    main, earlier = up.sha("main"), up.sha("main~250")
    async with open_source() as source:
        for head, path, since in (
            (main, "src", "2026-07-01"),
            (main, "src", "2026-01-01"),
            (main, "src/a", "2026-01-01"),
            (earlier, "src/a", "2026-01-01"),
        ):
            found = await source.commits("up/stream", head, path, dt.date.fromisoformat(since))
            expected = up.git("log", "--format=%H", f"--since={since}T00:00:00Z", head, "--", path).split()
            assert within(found, since) == expected


async def test_a_list_that_was_cut_off_by_the_budget_is_continued(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    every, lists = counted(up, "src", "2026-01-01"), []
    # The first page, then the pages that the budget allows, then the rest; the last refresh needs no request.
    for budget, requests in ((7, 1), (8, 2), (45, 2), (45, 0)):
        fake.clear()
        async with open_source(budget=budget) as source:
            lists.append(await source.commits("up/stream", up.sha("main"), "src", dt.date(2026, 1, 1)))
        assert len(fake.log) == requests
    assert [listing.complete for listing in lists] == [False, False, True, True]
    assert [[commit.sha for commit in listing.items] for listing in lists] == [
        every[:100],
        every[:300],
        every,
        every,
    ]


@pytest.mark.parametrize(("budget", "pages"), [(45, 5), (20, 1)])
async def test_with_few_requests_left_later_pages_wait_for_other_requests(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub, budget: int, pages: int
) -> None:
    pause = fake.pause("/git/trees")
    async with open_source(cache=None, budget=budget) as source:
        tree = asyncio.create_task(source.tree("up/stream", up.sha("main")))
        await asyncio.to_thread(pause.arrived.wait)
        listing = asyncio.create_task(source.commits("up/stream", up.sha("main"), "src", dt.date(2026, 1, 1)))
        # More turns of the event loop than all pages need.
        for _ in range(500):
            await asyncio.sleep(0)
        assert len(fake.requests("/commits")) == pages
        pause.released.set()
        await tree
        assert (await listing).complete


async def test_a_cached_list_is_used_while_its_path_is_unchanged(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    since, fail_comparisons = dt.date(2026, 3, 1), False

    async def requested() -> bool:
        """List the commits at the present head, and return whether a list was requested."""
        fake.clear()
        if fail_comparisons:
            fake.fail("/compare/", 404, "Not Found", times=None)
        async with open_source() as source:
            # Cached for the next head, as every refresh reads it.
            await source.tree("up/stream", up.sha("main"))
            found = await source.commits("up/stream", up.sha("main"), "src", since)
        assert within(found, f"{since}") == counted(up, "src", f"{since}")
        return bool(fake.requests("/commits"))

    assert await requested()
    for number in range(3):
        since += dt.timedelta(days=7)
        before = up.sha("main")
        up.commit({"elsewhere": f"{number}"})
        assert not await requested()
        assert len(fake.log) == 2, "the comparison and the tree of the head"
        assert fake.requests(f"/compare/{before}...")
    up.commit({"src/a/new.py": "x"})
    assert await requested()
    up.commit({"elsewhere": "x"}, message="Revert something")
    assert await requested()
    up.commit({"elsewhere": "y"})
    fail_comparisons = True
    assert await requested()
    fail_comparisons = False
    since = dt.date(2026, 1, 1)
    up.commit({"elsewhere": "z"})
    assert await requested()


async def test_the_cached_list_of_a_rewritten_branch_is_not_used(up: GitRepo, open_source: OpenSource) -> None:
    since = dt.date(2026, 1, 1)
    lists = []
    for branch in ("main", "side"):
        up.branch("new", branch)
        up.commit({"src": None}, branch="new")
        up.commit({"src/a": "the same"}, branch="new")
        async with open_source() as source:
            found = await source.commits("up/stream", up.sha("new"), "src", since)
        lists.append([commit.sha for commit in found.items])
        assert lists[-1] == up.git("log", "--format=%H", "new", "--", "src").split()
    assert lists[0] != lists[1]


async def test_a_cached_list_is_used_for_a_week(up: GitRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    requested = []
    for days in (0, 7, 8):
        now = dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC) + dt.timedelta(days=days)
        up.commit({"elsewhere": f"{days}"})
        fake.clear()
        async with open_source(clock=lambda now=now: now) as source:
            await source.commits("up/stream", up.sha("main"), "src", dt.date(2026, 3, 1))
        requested.append(bool(fake.requests("/commits")))
    assert requested == [True, False, True]


async def test_a_file_added_and_deleted_between_two_refreshes_is_listed(up: GitRepo, open_source: OpenSource) -> None:
    since = dt.date(2026, 1, 1)
    async with open_source() as source:
        assert (await source.commits("up/stream", up.sha("main"), "new", since)).items == ()
    up.commit({"new": "x"})
    up.commit({"new": None})
    async with open_source() as source:
        found = await source.commits("up/stream", up.sha("main"), "new", since)
    assert [commit.sha for commit in found.items] == counted(up, "new", "2026-01-01")
    assert len(found.items) == 2
