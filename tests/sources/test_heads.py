"""Refs: which is followed, what it stands at, and what is said where there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.sources.source_errors import Empty, NotFound, Refused
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

MakeRepo = Callable[..., GitRepo]


@pytest.fixture
def up(fake: FakeGitHub, make_repo: MakeRepo) -> GitRepo:
    """`dev` with three commits, `maint/v1` at its first, the tag `v1.0` at its second."""
    repo = make_repo("up", default="dev")
    first = repo.commit({"a": "1"}, at="2026-06-01", message="feat: one\n\nbody")
    second = repo.commit({"a": "2"}, at="2026-07-01", message="feat: two")
    repo.commit({"a": "3"}, at="2026-08-01", message="feat: three")
    repo.branch("maint/v1", first)
    repo.tag("v1.0", second)
    repo.tag("v1.1", second, annotated=True)
    fake.add("up/stream", repo)
    return repo


async def test_the_first_ref_that_exists_is_followed(up: GitRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        head = await source.head("up/stream", ["v2", "dev", "maint/v1"])
    assert (head.ref, head.sha, head.missing) == ("dev", up.sha("dev"), ("v2",))
    assert (head.repo, head.asked) == ("up/stream", "up/stream")
    assert head.committed_at == dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
    assert head.subject == "feat: three"


@pytest.mark.parametrize(
    ("ref", "is_"),
    [("maint/v1", "maint/v1"), ("refs/heads/dev", "dev"), ("v1.0", "v1.0"), ("tags/v1.1", "v1.1^{commit}")],
)
async def test_every_spelling_of_a_ref(up: GitRepo, open_source: OpenSource, ref: str, is_: str) -> None:
    async with open_source() as source:
        assert (await source.head("up/stream", [ref])).sha == up.sha(is_)


async def test_a_full_sha_is_a_ref(up: GitRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    async with open_source() as source:
        assert (await source.head("up/stream", [up.sha("dev~1")])).sha == up.sha("dev~1")
    assert len(fake.log) == 1


async def test_a_branch_goes_before_a_tag_of_its_name(up: GitRepo, open_source: OpenSource) -> None:
    up.tag("dev", "maint/v1")
    async with open_source() as source:
        assert (await source.head("up/stream", ["dev"])).sha == up.sha("refs/heads/dev")


async def test_a_missing_ref_is_asked_for_as_a_tag_once_a_day(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    now = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
    for clock, requests in ((now, 3), (now + dt.timedelta(hours=1), 2), (now + dt.timedelta(days=2), 3)):
        fake.clear()
        async with open_source(clock=lambda at=clock: at) as source:
            assert (await source.head("up/stream", ["v2", "dev"])).ref == "dev"
        assert len(fake.log) == requests
    # A branch of that name is found at once.
    up.branch("v2", "dev")
    async with open_source(clock=lambda: now + dt.timedelta(days=2)) as source:
        assert (await source.head("up/stream", ["v2", "dev"])).ref == "v2"


async def test_no_ref_and_no_repository_are_told_apart(up: GitRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        with pytest.raises(NotFound, match=r"None of the refs v2, v3 exists in up/stream\. Check `refs`"):
            await source.head("up/stream", ["v2", "v3"])
        with pytest.raises(NotFound, match="Repository up/nowhere was not found on"):
            await source.head("up/nowhere", ["dev"])
        with pytest.raises(NotFound, match=r"None of the refs \(no refs given\)"):
            await source.head("up/stream", [])


async def test_a_repository_without_commits_says_so(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    fake.add("up/empty", make_repo("empty"))
    async with open_source() as source:
        with pytest.raises(Empty, match="Ref main of up/empty cannot be had: the repository is empty"):
            await source.head("up/empty", ["main"])


@pytest.mark.parametrize("name", ["stream", "a/b/c", "../x", "a/..", "up/str eam", "up/\x1b[31m", ""])
async def test_what_is_no_repository_name_is_not_asked_for(
    open_source: OpenSource, fake: FakeGitHub, name: str
) -> None:
    async with open_source() as source:
        with pytest.raises(Refused, match="is not a repository's name") as caught:
            await source.head(name, ["main"])
    assert fake.log == []
    assert "\x1b" not in str(caught.value)


async def test_a_private_repository_needs_the_token(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    fake.repos["up/stream"].private = True
    async with open_source() as source:
        assert (await source.head("up/stream", ["dev"])).sha == up.sha("dev")
    # The answer is in the cache now, but it is not this visitor's.
    async with open_source(anonymous=True) as source:
        with pytest.raises(NotFound, match="it is private and no token is set"):
            await source.head("up/stream", ["dev"])


@pytest.mark.parametrize(
    ("when", "is_"), [("2026-06-01T12:00", "dev~2"), ("2026-07-15T00:00", "dev~1"), ("2027-01-01T00:00", "dev")]
)
async def test_a_ref_as_it_stood(up: GitRepo, open_source: OpenSource, when: str, is_: str) -> None:
    at = dt.datetime.fromisoformat(when).replace(tzinfo=dt.UTC)
    async with open_source() as source:
        head = await source.head_at("up/stream", ["v2", "dev"], at)
        before = await source.commit_before("up/stream", up.sha("dev"), at)
    assert (head.ref, head.sha, head.missing) == ("dev", up.sha(is_), ("v2",))
    assert before is not None
    assert before.sha == up.sha(is_)


async def test_before_the_first_commit_there_is_nothing(up: GitRepo, open_source: OpenSource) -> None:
    at = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    async with open_source() as source:
        assert await source.commit_before("up/stream", up.sha("dev"), at) is None
        with pytest.raises(NotFound, match="with a commit before 2026-05-01 00:00 UTC"):
            await source.head_at("up/stream", ["dev"], at)


async def test_a_renamed_repository_is_followed_and_its_new_name_used(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.rename("up/stream", "New/Place")
    async with open_source() as source:
        head = await source.head("up/stream", ["dev"])
        assert (head.repo, head.asked, head.sha) == ("New/Place", "up/stream", up.sha("dev"))
        fake.clear()
        for name in ("up/stream", "New/Place"):
            await source.tree(name, head.sha)
            commits = await source.commits(name, head.sha, "a", dt.date(2026, 1, 1))
            assert len(commits.items) == 3
            assert commits.items[0].url.endswith(f"/New/Place/commit/{head.sha}")
    assert {seen.status for seen in fake.log} == {200}
    assert all(seen.path.startswith("/repos/New/Place/") for seen in fake.log)


async def test_a_rename_met_elsewhere_than_at_the_head_is_learnt(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.rename("up/stream", "new/place")
    async with open_source() as source:
        await source.tree("up/stream", up.sha("dev"))
        await source.tree("up/stream", up.sha("dev~1"))
        head = await source.head("up/stream", ["dev"])
    assert [seen.status for seen in fake.log] == [301, 200, 200, 200]
    assert head.repo == "new/place"
