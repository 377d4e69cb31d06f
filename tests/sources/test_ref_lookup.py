"""The heads of refs, and missing refs."""

import contextlib
import datetime as dt
from collections.abc import Callable

import httpx
import pytest

from pawtui.sources.facts import Head, MissingRef
from pawtui.sources.source_errors import BadResponse, NotFound, Refused, Undetermined
from tests.sources.mock_server import source_of
from tests.sources.ref_head import ref_head
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo
from tests.support.hostile_values import SHA

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


async def test_the_head_of_a_branch_has_its_commit_and_date(up: GitRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        head = await ref_head(source, "up/stream", "dev")
    assert (head.ref, head.sha) == ("dev", up.sha("dev"))
    assert (head.repo, head.requested_repo) == ("up/stream", "up/stream")
    assert head.committed_at == dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize("archived", [False, True])
async def test_a_repository_may_be_archived(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource, archived: bool
) -> None:
    fake.repos["up/stream"].archived = archived
    async with open_source() as source:
        assert await source.is_archived("up/stream") == archived


@pytest.mark.parametrize(
    ("ref", "expected"),
    [("maint/v1", "maint/v1"), ("refs/heads/dev", "dev"), ("v1.0", "v1.0"), ("tags/v1.1", "v1.1^{commit}")],
)
async def test_every_spelling_of_a_ref_is_found(up: GitRepo, open_source: OpenSource, ref: str, expected: str) -> None:
    async with open_source() as source:
        assert (await ref_head(source, "up/stream", ref)).sha == up.sha(expected)


async def test_a_full_sha_is_a_ref(up: GitRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    async with open_source() as source:
        assert (await ref_head(source, "up/stream", up.sha("dev~1"))).sha == up.sha("dev~1")
    assert len(fake.log) == 1


async def test_a_commit_of_another_sha_is_refused(up: GitRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    person = {"name": "Ada", "date": "2026-06-01T12:00:00Z"}
    other = {"sha": "1" * 40, "commit": {"message": "x", "author": person, "committer": person}}
    fake.fail("/commits/", 200, body=other)
    async with open_source() as source:
        with pytest.raises(BadResponse, match=rf"with another commit \({'1' * 10}\)\. Try again\."):
            await source.ref_head("up/stream", up.sha("dev"))


async def test_a_ref_in_a_response_that_a_proxy_changed_exists(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    person = {"name": "Ada", "date": "2026-06-01T12:00:00Z"}
    commit = {"sha": "1" * 40, "commit": {"message": "x", "author": person, "committer": person}}
    # 203: Non-Authoritative Information (RFC 9110, section 15.3.4).
    fake.fail("/commits/", 203, body=commit)
    async with open_source() as source:
        assert (await ref_head(source, "up/stream", "dev")).sha == "1" * 40


async def test_the_new_name_of_a_branch_in_a_response_that_a_proxy_changed_is_returned(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    fake.fail("/branches/", 203, body={"name": "dev"})
    async with open_source() as source:
        assert await source.ref_head("up/stream", "old") == MissingRef(name="old", renamed_to="dev")


@pytest.mark.parametrize(("ref", "requests"), [("dev", 0), ("heads/dev", 0), ("refs/heads/dev", 0), ("v1.0", 1)])
async def test_a_ref_that_was_found_as_a_branch_is_not_requested_as_one_again(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub, ref: str, requests: int
) -> None:
    async with open_source() as source:
        head = await ref_head(source, "up/stream", ref)
        with contextlib.suppress(Undetermined):
            assert (await source.open_pulls("up/stream", head.ref)).items == ()
    assert len(fake.requests("/branches/")) == requests


async def test_a_branch_has_priority_over_a_tag(up: GitRepo, open_source: OpenSource) -> None:
    up.tag("dev", "maint/v1")
    async with open_source() as source:
        assert (await ref_head(source, "up/stream", "dev")).sha == up.sha("refs/heads/dev")


async def test_a_missing_ref_is_requested_again_after_hours(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    now = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)

    async def requested(hours: float) -> tuple[Head | MissingRef, int]:
        fake.clear()
        fake.now = lambda: now + dt.timedelta(hours=hours)
        async with open_source(clock=fake.now) as source:
            return await source.ref_head("up/stream", "v2"), len(fake.log)

    v2 = MissingRef(name="v2")
    # Requested as a branch, as a tag or SHA, and as a renamed branch.
    assert await requested(0) == (v2, 3)
    # Not twice within hours.
    assert await requested(2) == (v2, 0)
    assert await requested(4) == (v2, 3)
    # A later refresh finds a new tag, or a new branch.
    up.tag("v2", "maint/v1")
    for hours, sha in ((8, up.sha("maint/v1")), (9, up.sha("dev"))):
        found, _ = await requested(hours)
        assert isinstance(found, Head)
        assert found.sha == sha
        up.branch("v2", "dev")


@pytest.mark.parametrize(("ahead", "refused"), [(dt.timedelta(hours=20), False), (dt.timedelta(days=40), True)])
async def test_no_head_is_read_with_a_clock_that_is_days_ahead(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub, ahead: dt.timedelta, refused: bool
) -> None:
    now = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
    fake.now = lambda: now
    async with open_source(clock=lambda: now + ahead) as source:
        if not refused:
            assert isinstance(await source.ref_head("up/stream", "dev"), Head)
            return
        with pytest.raises(BadResponse, match=r"is dated 2026-11-20 09:00 UTC, but .* 2026-12-30 09:00 UTC\. Correct"):
            await source.ref_head("up/stream", "dev")


async def test_the_new_name_of_a_renamed_branch_is_returned(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    fake.repos["up/stream"].renamed["old"] = "dev"
    for _ in range(2):
        async with open_source() as source:
            assert await source.ref_head("up/stream", "old") == MissingRef(name="old", renamed_to="dev")


async def test_a_missing_ref_and_a_missing_repository_differ(up: GitRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        assert await source.ref_head("up/stream", "v2") == MissingRef(name="v2")
        assert await source.ref_head("up/stream", "0" * 40) == MissingRef(name="0" * 40)
        with pytest.raises(NotFound, match=r"Cannot find repository up/nowhere on .* not accessible with"):
            await source.ref_head("up/nowhere", "dev")


async def test_a_repository_without_commits_is_empty(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    fake.add("up/empty", make_repo("empty"))
    async with open_source() as source:
        with pytest.raises(Refused, match="Cannot read ref main of up/empty: the repository is empty"):
            await ref_head(source, "up/empty", "main")


@pytest.mark.parametrize("name", ["stream", "a/b/c", "../x", "a/..", "up/str eam", "up/\x1b[31m", ""])
async def test_an_invalid_repository_name_is_not_requested(
    open_source: OpenSource, fake: FakeGitHub, name: str
) -> None:
    async with open_source() as source:
        with pytest.raises(Refused, match="is not a repository name") as caught:
            await source.ref_head(name, "main")
    assert fake.log == []
    assert "\x1b" not in str(caught.value)


async def test_a_private_repository_needs_the_token(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    fake.repos["up/stream"].private = True
    async with open_source() as source:
        assert (await ref_head(source, "up/stream", "dev")).sha == up.sha("dev")
    # The cached response belongs to the token.
    async with open_source(anonymous=True) as source:
        with pytest.raises(NotFound, match="no token is set"):
            await ref_head(source, "up/stream", "dev")


async def test_a_renamed_repository_is_followed_and_its_new_name_used(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.rename("up/stream", "New/Place")
    async with open_source() as source:
        head = await ref_head(source, "up/stream", "dev")
        assert (head.repo, head.requested_repo, head.sha) == ("New/Place", "up/stream", up.sha("dev"))
        fake.clear()
        for name in ("up/stream", "New/Place"):
            await source.tree(name, head.sha)
            commits = await source.commits(name, head.sha, "a", dt.date(2026, 1, 1))
            assert len(commits.items) == 3
    assert {request.status for request in fake.log} == {200}
    assert all(request.path.startswith("/repos/New/Place/") for request in fake.log)


async def test_every_redirect_reveals_a_rename(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    fake.rename("up/stream", "new/place")
    async with open_source() as source:
        await source.tree("up/stream", up.sha("dev"))
        await source.tree("up/stream", up.sha("dev~1"))
        head = await ref_head(source, "up/stream", "dev")
    assert [request.status for request in fake.log] == [301, 200, 200, 200, 200]
    assert [request.path.rpartition("/")[2] for request in fake.log][2].isdigit(), "its description has the new name"
    assert head.repo == "new/place"


@pytest.mark.parametrize(
    ("full_name", "repo"), [("new/place", "new/place"), ("\u202eevil/x", "up/stream"), ("up", "up/stream")]
)
async def test_only_a_valid_new_name_of_a_repository_is_used(full_name: str, repo: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.startswith("/repos/"):
            return httpx.Response(301, headers={"Location": path.replace("/repos/up/stream", "/repositories/7")})
        commit = {"sha": SHA, "commit": {"message": "x"}}
        return httpx.Response(200, json={"full_name": full_name} if path == "/repositories/7" else commit)

    async with source_of(httpx.MockTransport(answer)) as opened:
        assert (await ref_head(opened, "up/stream", "main")).repo == repo
