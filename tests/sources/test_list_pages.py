"""Lists in pages: every page is read, and a list that may be cut is never called complete."""

import datetime as dt
from pathlib import Path

import httpx
import pytest

from pawtui.sources.source_errors import Refused, Undetermined
from tests.sources.mock_server import server_with, source_of
from tests.support.hostile_values import API, SHA

pytestmark = pytest.mark.network


async def test_a_list_without_an_end_is_refused() -> None:
    sent: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url)
        files = [{"filename": "a"}] * (len(sent) % 2)
        return httpx.Response(200, headers={"Link": f'<{API}/x?page=2>; rel="next"'}, json=files)

    async with source_of(httpx.MockTransport(answer)) as opened:
        with pytest.raises(Undetermined, match="are too many to be listed"):
            await opened.pull_files("up/stream", 7, SHA)
    assert len(sent) == 30


async def test_each_page_is_read_at_the_link_of_the_page_before() -> None:
    # Two pages are empty, as if their items were filtered.
    pages = {"": ["a"], "x": [], "y": [], "z": ["b"]}

    def answer(request: httpx.Request) -> httpx.Response:
        cursor = request.url.params.get("after", "")
        later = list(pages)[list(pages).index(cursor) + 1 :]
        links = {"Link": f'<{API}/files?after={later[0]}>; rel="next"'} if later else {}
        return httpx.Response(200, headers=links, json=[{"filename": name} for name in pages[cursor]])

    async with source_of(httpx.MockTransport(answer)) as opened:
        assert await opened.pull_files("up/stream", 7, SHA) == ("a", "b")


async def test_a_page_that_is_not_modified_still_has_a_next_page(tmp_path: Path) -> None:
    link = f'<{API}/x?page=2>; rel="next"'
    first = httpx.Response(200, headers={"ETag": '"1"', "Link": link}, json=[])
    second = httpx.Response(200, headers={"ETag": '"2"'}, json=[])
    same = [httpx.Response(304, headers={"ETag": etag}) for etag in ('"1"', '"2"')]
    for responses in ([first, second], same):
        async with source_of(server_with(*responses), tmp_path) as opened:
            assert await opened.comments("up/stream", 7) == ()
            assert opened.usage().sent == 2


async def test_the_next_page_of_a_page_that_is_not_modified_is_read(tmp_path: Path) -> None:
    first = httpx.Response(200, headers={"ETag": '"1"'}, json=[])
    link = f'<{API}/x?page=2>; rel="next"'
    later = [httpx.Response(304, headers={"ETag": '"1"', "Link": link}), httpx.Response(200, json=[])]
    for sent, responses in ((1, [first]), (2, later)):
        async with source_of(server_with(*responses), tmp_path) as opened:
            assert await opened.comments("up/stream", 7) == ()
            assert opened.usage().sent == sent


@pytest.mark.parametrize("headers", [{}, {"ETag": '"2"'}])
async def test_a_304_about_another_response_is_not_trusted(tmp_path: Path, headers: dict[str, str]) -> None:
    first = httpx.Response(200, headers={"ETag": 'W/"1"'}, json=[])
    tag = {"ref": "refs/tags/v2.0", "object": {"sha": SHA, "type": "commit"}}
    later = [httpx.Response(304, headers=headers), httpx.Response(200, json=[tag])]
    for names, responses in (([], [first]), (["v2.0"], later)):
        async with source_of(server_with(*responses), tmp_path) as opened:
            assert [found.name for found in await opened.tags("up/stream", "v2.")] == names


@pytest.mark.parametrize("rest", [0, 1, 100])
async def test_a_full_page_without_a_link_is_not_taken_for_the_whole_list(rest: int) -> None:
    refs = [{"ref": f"refs/tags/v2.{minor}", "object": {"sha": SHA, "type": "commit"}} for minor in range(101)]
    second = refs[:100] if rest == 100 else refs[100 : 100 + rest]
    async with source_of(server_with(httpx.Response(200, json=refs[:100]), httpx.Response(200, json=second))) as opened:
        # GitHub lists all refs on each page.
        assert len(await opened.tags("up/stream", "v2.")) == (101 if rest == 1 else 100)
        assert opened.usage().sent == 2


async def test_too_many_pages_of_tags_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pawtui.sources.github.api.MAX_PAGES", 1)
    tag = {"ref": "refs/tags/v2.0", "object": {"sha": SHA, "type": "commit"}}
    page = httpx.Response(200, headers={"Link": f'<{API}/x?page=2>; rel="next"'}, json=[tag])
    async with source_of(server_with(page)) as opened:
        with pytest.raises(Refused, match=r"more than 3,000 tags v2\.\*\. Give the probe a longer `line`\."):
            await opened.tags("up/stream", "v2.")


def listed_commits(count: int) -> list[dict[str, object]]:
    return [
        {
            "sha": f"{number:040x}",
            "html_url": f"https://github.com/up/stream/commit/{number:040x}",
            "commit": {"message": "fix: it", "committer": {"date": "2026-11-01T00:00:00Z"}, "author": None},
            "author": None,
            "parents": [],
        }
        for number in range(count)
    ]


async def test_the_commits_after_a_full_page_without_a_link_are_not_ignored() -> None:
    pages = [httpx.Response(200, json=listed_commits(count)) for count in (100, 1)]
    async with source_of(server_with(*pages)) as opened:
        found = await opened.commits("up/stream", SHA, "src", dt.date(2026, 10, 1))
        assert (len(found.items), found.complete, found.has_first) == (101, True, True)
    # 100 commits are all, or are enough.
    for since, has_first, sent in ((dt.date(2026, 10, 1), True, 2), (dt.date(2026, 11, 2), False, 1)):
        async with source_of(server_with(pages[0], httpx.Response(200, json=[]))) as opened:
            found = await opened.commits("up/stream", SHA, "src", since)
            assert (len(found.items), found.complete, found.has_first) == (100, True, has_first)
            assert opened.usage().sent == sent


async def test_the_next_page_of_commits_is_read_at_its_link() -> None:
    # A redirect may drop the query with the size of a page.
    commits = listed_commits(50)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/repos/"):
            return httpx.Response(301, headers={"Location": f"{API}/repositories/1/commits"})
        if request.url.path == "/repositories/1":
            return httpx.Response(200, json={"full_name": "new/place"})
        size, page = (int(request.url.params.get(name, value)) for name, value in (("per_page", 30), ("page", 1)))
        more = page * size < len(commits)
        link = f'<{API}/repositories/1/commits?per_page={size}&page={page + 1}>; rel="next"'
        listed = commits[(page - 1) * size : page * size]
        return httpx.Response(200, headers={"Link": link} if more else {}, json=listed)

    async with source_of(httpx.MockTransport(answer)) as opened:
        found = await opened.commits("up/stream", SHA, "src", dt.date(2026, 10, 1))
    assert (len(found.items), found.complete, found.has_first) == (50, True, True)


@pytest.mark.parametrize(("count", "complete"), [(49, True), (50, False)])
async def test_a_full_page_of_pull_requests_may_not_be_all(count: int, complete: bool) -> None:
    pulls = [
        {
            "number": number,
            "title": "T",
            "state": "open",
            "html_url": f"https://github.com/up/stream/pull/{number}",
            "updated_at": "2026-11-01T00:00:00Z",
            "head": {"sha": SHA},
        }
        for number in range(1, count + 1)
    ]
    async with source_of(server_with(httpx.Response(200, json=pulls))) as opened:
        assert (await opened.open_pulls("up/stream", "main")).complete == complete


async def test_the_files_after_a_full_page_without_a_link_are_not_ignored() -> None:
    pages = [httpx.Response(200, json=[{"filename": f"{number}"} for number in files]) for files in (range(100), [100])]
    async with source_of(server_with(*pages)) as opened:
        assert len(await opened.pull_files("up/stream", 3, SHA)) == 101


async def test_a_list_without_pages_is_revalidated(tmp_path: Path) -> None:
    refs = [{"ref": f"refs/tags/v2.{minor}", "object": {"sha": SHA, "type": "commit"}} for minor in range(101)]
    headers = {"ETag": '"1"'}
    for response in (httpx.Response(200, headers=headers, json=refs), httpx.Response(304, headers=headers)):
        async with source_of(server_with(response), tmp_path) as opened:
            assert len(await opened.tags("up/stream", "v2.")) == 101
            assert opened.usage().sent == 1


async def test_a_tag_on_two_pages_is_listed_once() -> None:
    refs = [{"ref": f"refs/tags/v2.{minor}", "object": {"sha": SHA, "type": "commit"}} for minor in range(3)]
    link = f'<{API}/x?page=2>; rel="next"'
    pages = [httpx.Response(200, headers={"Link": link}, json=refs[:2]), httpx.Response(200, json=refs[1:])]
    async with source_of(server_with(*pages)) as opened:
        assert [tag.name for tag in await opened.tags("up/stream", "v2.")] == ["v2.0", "v2.1", "v2.2"]
