"""The made-up GitHub answers consistently with its world, as it stood at a moment."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from pawtui.demo import downstream, upstream
from pawtui.demo.answers import API
from pawtui.demo.repository import MadeCommit, MadeRepository
from pawtui.demo.server import HOUR_LIMIT, DemoTransport
from pawtui.demo.world import made_up_world
from pawtui.sources.github.source import GitHubSource
from pawtui.sources.github.token import Secret
from pawtui.sources.source_errors import NotFound

TODAY = dt.date(2026, 11, 24)
NOW = dt.datetime(2026, 11, 24, 15, 30, tzinfo=dt.UTC)
UP = f"/repos/{upstream.REPO}"
DOWN = f"/repos/{downstream.REPO}"


class Asker:
    """A plain HTTP client, and the moment it asks at."""

    def __init__(self) -> None:
        self.moment = NOW
        self.server = DemoTransport(made_up_world(TODAY), moment=lambda: self.moment, latency=0)
        self.http = httpx.AsyncClient(base_url=API, transport=self.server)

    async def get(self, path: str, /, **params: str | int) -> Any:
        answer = await self.http.get(API + path, params=params)
        answer.raise_for_status()
        return answer.json()

    async def pages(self, path: str, /, **params: str | int) -> list[Any]:
        answer = await self.http.get(API + path, params=params)
        items = list(answer.json())
        while "next" in answer.links:
            answer = await self.http.get(answer.links["next"]["url"])
            items += answer.json()
        return items


@pytest.fixture
async def ask() -> AsyncIterator[Asker]:
    asker = Asker()
    yield asker
    await asker.http.aclose()


def repository(name: str) -> MadeRepository:
    found = made_up_world(TODAY).repository(name)
    assert found is not None
    return found


def touching(repo: MadeRepository, tip: str, path: str) -> list[MadeCommit]:
    """The commits whose trees differ from their parents' at a path: a second way to count them."""

    def at(commit: MadeCommit | None) -> str:
        entry = repo.entries(commit.tree).get(path) if commit else None
        return entry.sha if entry else ""

    history = list(repo.history(tip))
    parents = [*history[1:], None]
    return [commit for commit, parent in zip(history, parents, strict=True) if at(commit) != at(parent)]


@pytest.mark.parametrize("name", [upstream.REPO, downstream.REPO])
def test_every_object_a_commit_names_exists(name: str) -> None:
    repo = repository(name)
    for commit in repo.commits.values():
        assert not commit.parent or commit.parent in repo.commits
        for entry in repo.entries(commit.tree).values():
            assert entry.sha in (repo.trees if entry.type == "tree" else repo.blobs)
    assert all(tag.commit in repo.commits for tag in repo.tags.values())


async def test_heads_trees_and_blobs_resolve(ask: Asker) -> None:
    for repo in (UP, DOWN):
        default = (await ask.get(repo))["default_branch"]
        head = await ask.get(f"{repo}/commits/heads%2F{default}")
        tree = await ask.get(f"{repo}/git/trees/{head['sha']}", recursive=1)
        assert tree == await ask.get(f"{repo}/git/trees/{head['commit']['tree']['sha']}", recursive=1)
        for item in tree["tree"]:
            if item["type"] == "blob":
                blob = await ask.get(f"{repo}/git/blobs/{item['sha']}")
                assert len(base64.b64decode(blob["content"])) == blob["size"] == item["size"]


@pytest.mark.parametrize("path", ["", upstream.RUNNER, upstream.EVENTS, upstream.SETTLEMENT, "packages", "pack"])
async def test_commits_of_a_path_page_by_page(ask: Asker, path: str) -> None:
    repo = repository(upstream.REPO)
    tip = repo.branches["v2"].tip
    expected = list(repo.history(tip)) if not path else touching(repo, tip, path)
    listed = await ask.pages(f"{UP}/commits", sha="heads/v2", path=path, per_page=37)
    assert [item["sha"] for item in listed] == [commit.sha for commit in expected]


async def test_since_and_until_bound_the_list(ask: Asker) -> None:
    since, until = NOW - dt.timedelta(days=60), NOW - dt.timedelta(days=20)
    listed = await ask.pages(f"{UP}/commits", sha="v2", since=since.isoformat(), until=until.isoformat(), per_page=100)
    dates = [dt.datetime.fromisoformat(item["commit"]["committer"]["date"]) for item in listed]
    expected = [c.at for c in repository(upstream.REPO).commits.values() if since <= c.at <= until]
    # The one commit on the old branch is not reachable from this one.
    assert len(dates) == len(expected) - 1
    assert dates == sorted(dates, reverse=True)


async def test_the_world_as_it_stood(ask: Asker) -> None:
    issue = f"{UP}/issues/503"
    tags = f"{UP}/git/matching-refs/tags/v2."
    newest = (await ask.get(f"{UP}/commits/v2"))["sha"]
    assert (await ask.get(issue))["state"] == "closed"
    names = {item["ref"] for item in await ask.get(tags)}
    ask.moment = NOW - dt.timedelta(days=7)
    assert (await ask.get(issue))["state"] == "open"
    assert names - {item["ref"] for item in await ask.get(tags)} == {"refs/tags/v2.2.0"}
    older = (await ask.get(f"{UP}/commits/v2"))["sha"]
    assert (await ask.get(f"{UP}/compare/{older}...{newest}"))["status"] == "ahead"
    assert (await ask.http.get(f"{API}{DOWN}/commits/heads%2Fdev")).status_code == 422
    ask.moment = NOW - dt.timedelta(days=50)
    assert (await ask.get(f"{DOWN}/commits/heads%2Fdev"))["sha"]


async def test_compare_counts_both_sides(ask: Asker) -> None:
    repo = repository(downstream.REPO)
    ours, theirs = (list(repo.history(repo.branches[name].tip)) for name in ("maint/v1", "main"))
    shared = {commit.sha for commit in ours} & {commit.sha for commit in theirs}
    found = await ask.get(f"{DOWN}/compare/main...maint%2Fv1", per_page=1, page=1)
    assert found["status"] == "diverged"
    assert (found["ahead_by"], found["behind_by"]) == (len(ours) - len(shared), len(theirs) - len(shared))
    assert len(found["commits"]) == 1
    assert {file["filename"] for file in found["files"]} == {
        path for commit in ours if commit.sha not in shared for path in commit.paths
    }
    assert (await ask.get(f"{DOWN}/compare/main...main"))["status"] == "identical"


async def test_a_move_is_named_in_its_commit(ask: Asker) -> None:
    listed = await ask.get(f"{UP}/commits", sha="v2", path=upstream.SETTLEMENT, per_page=1)
    detail = await ask.get(f"{UP}/commits/{listed[0]['sha']}")
    assert [(file["filename"], file["previous_filename"]) for file in detail["files"]] == [
        (upstream.SETTLEMENT_NOW, upstream.SETTLEMENT)
    ]


async def test_an_unchanged_answer_is_304_and_not_counted(ask: Asker) -> None:
    first = await ask.http.get(f"{API}{UP}/commits/v2")
    renewal = await ask.http.get(f"{API}{UP}/commits/v2", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, renewal.status_code, renewal.content) == (200, 304, b"")
    assert first.headers["etag"] == f"W/{renewal.headers['etag']}"
    left = [int(answer.headers["x-ratelimit-remaining"]) for answer in (first, renewal)]
    assert left == [HOUR_LIMIT - 1, HOUR_LIMIT - 1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/repos/example-upstream/none", 404),
        ("/repositories/7", 404),
        (f"{UP}/commits/none", 422),
        (f"{UP}/branches/none", 404),
        (f"{UP}/git/trees/{'0' * 40}", 404),
        (f"{UP}/git/blobs/{'0' * 40}", 404),
        (f"{UP}/git/tags/{'0' * 40}", 404),
        (f"{UP}/compare/v2...none", 404),
        (f"{UP}/issues/1", 404),
        (f"{UP}/releases/latest", 404),
        ("/zen", 404),
    ],
)
async def test_what_is_not_there_says_so(ask: Asker, path: str, status: int) -> None:
    answer = await ask.http.get(API + path)
    assert answer.status_code == status
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ('label:"2.0" is:issue is:open lost OR missing', [580, 572, 561]),
        ("is:closed label:core sessions", [503]),
        ("is:pr import", [549]),
        ("is:open is:issue in:title import lost", [561]),
        ("nothing like it", []),
    ],
)
async def test_search(ask: Asker, query: str, numbers: list[int]) -> None:
    found = await ask.get("/search/issues", q=f"repo:{upstream.REPO} {query}", per_page=30)
    assert [item["number"] for item in found["items"]] == numbers
    assert found["total_count"] == len(numbers)


async def test_issues_that_changed_since(ask: Asker) -> None:
    since = (NOW - dt.timedelta(days=10)).isoformat()
    listed = await ask.pages(f"{UP}/issues", state="all", since=since, per_page=2)
    assert {item["number"] for item in listed} == {412, 503, 549, 580}


async def test_comments_are_kept_in_memory(ask: Asker) -> None:
    source = GitHubSource(api_url=API, token=Secret("t"), cache=None, transport=ask.server, clock=lambda: NOW)
    async with source:
        before = await source.comments(downstream.REPO, 77)
        assert [comment.association for comment in before] == ["OWNER", "COLLABORATOR", "NONE", "OWNER"]
        posted = await source.post_comment(downstream.REPO, 77, "## Plan")
        ask.server.moment = lambda: NOW + dt.timedelta(hours=1)
        edited = await source.edit_comment(downstream.REPO, posted.id, "## A better plan")
        assert (edited.created_at, edited.updated_at) == (posted.created_at, NOW + dt.timedelta(hours=1))
        after = await source.comments(downstream.REPO, 77)
        assert edited.body == "## A better plan"
        assert [comment.body for comment in after] == [*(comment.body for comment in before), edited.body]
        with pytest.raises(NotFound):
            await source.post_comment(downstream.REPO, 1, "nowhere")
    assert await ask.pages(f"{DOWN}/issues/77/comments", per_page=2)


def test_the_same_day_has_the_same_world() -> None:
    first = made_up_world(TODAY)
    made_up_world.cache_clear()
    assert {n: r.branches for n, r in made_up_world(TODAY).repositories.items()} == {
        n: r.branches for n, r in first.repositories.items()
    }
    later = made_up_world(TODAY + dt.timedelta(days=100))
    moved = {c.at - dt.timedelta(days=100) for c in later.repositories[upstream.REPO].commits.values()}
    assert moved == {c.at for c in first.repositories[upstream.REPO].commits.values()}
    assert max(moved) < NOW
