"""Clones together with GitHub: the origin of each fact, and the errors if one of them lacks it."""

import asyncio
import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pawtui.sources.facts import Head, Issue, MissingRef, Origin
from pawtui.sources.git.clone import OwnClone
from pawtui.sources.git.git_source import GitSource
from pawtui.sources.git.process import Git, GitProcess, GitResult
from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.source_errors import BadResponse, CloneUnusable, NotInClone, Offline, RateLimited
from tests.sources.git.clones import NOW, UP, git, git_source
from tests.sources.ref_head import ref_head
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

MakeRepo = Callable[..., GitRepo]
DAY = dt.date(2026, 1, 1)


async def test_refs_come_from_github_and_commits_from_the_clone(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    async with git_source((UP, up), api=open_source(), heads_from="github") as source:
        head = await ref_head(source, UP, "main")
        assert await source.ref_head(UP, "v9") == MissingRef(name="v9")
        tags = await source.tags(UP, "v")
        requests = len(fake.log)
        tree = await source.tree(UP, head.sha)
        await source.blob(UP, tree.entries["src/a"].sha)
        await source.commits(UP, head.sha, "src", DAY)
        await source.commit(UP, head.sha)
        await source.compare(UP, up.sha("main~2"), head.sha)
        await source.past_head(head, dt.datetime(2026, 6, 2, 13, tzinfo=dt.UTC))
        await source.dated_tag(UP, tags[0])
        assert len(fake.log) == requests
        assert (await source.issues(UP, [3]))[3]
        assert source.label == "live and git"
        assert source.origin(UP, "main") == Origin(description="history and files from a clone")
        assert source.origin("some/other", "main") == Origin()


HEAD = Head(repo=UP, requested_repo=UP, ref="main", sha="a" * 40, committed_at=NOW)


@pytest.mark.parametrize(
    ("name", "args", "options"),
    [
        ("past_head", (HEAD, NOW, ()), {}),
        ("commits", (UP, HEAD.sha, "src", DAY), {}),
        ("compare", (UP, "b" * 40, HEAD.sha), {"files": False}),
        ("tree", (UP, HEAD.sha), {"optional": True}),
        ("blob", (UP, HEAD.sha), {"optional": True}),
        ("glob_commits", (UP, HEAD.sha, "src/*", DAY), {}),
        ("late_commits", (UP, "b" * 40, HEAD.sha, DAY), {}),
    ],
)
async def test_a_fact_without_a_clone_is_requested_with_the_same_arguments(
    name: str, args: tuple[Any, ...], options: dict[str, bool], open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def requested(*args: Any, **options: Any) -> object:
        return args, options

    async with git_source(api=open_source(), heads_from="github") as source:
        monkeypatch.setattr(source.api, name, requested)
        assert await getattr(source, name)(*args, **options) == (args, options)


async def test_facts_that_a_clone_lacks_come_from_github(
    up: GitRepo, behind: Path, fake: FakeGitHub, open_source: OpenSource
) -> None:
    git(behind, "remote", "set-url", "origin", "/mirrors/up/stream")
    up.tag("v1.1")
    async with git_source((UP, behind), api=open_source(), heads_from="github") as source:
        head = await ref_head(source, UP, "main")
        assert head.sha == up.sha("main")
        assert [tag.name for tag in await source.tags(UP, "v")] == ["v1.0", "v1.1"]
        assert len((await source.commits(UP, head.sha, "src", DAY)).items) == 5
        between = await source.compare(UP, up.sha("main~1"), head.sha)
        assert (between.commits, len(fake.requests("/compare"))) == (1, 1)
        fake.clear()
        older = up.sha("main~1")
        assert len((await source.commits(UP, older, "src", DAY)).items) == 4
        assert (await source.tree(UP, older)).entries
        assert fake.log == []
        assert (source.origin(UP, "main").known_until, source.origin(UP, "main").from_copy) == (None, False)


async def test_a_clone_alone_lacks_later_commits(up: GitRepo, behind: Path) -> None:
    async with git_source((UP, behind)) as source:
        assert (await ref_head(source, UP, "main")).sha == up.sha("main~1")
        error = rf"{up.sha('main')[:10]} .*is not in the clone of up/stream\. (?:Check the SHA, or f|F)etch it there\."
        for read in (
            lambda: source.tree(UP, up.sha("main")),
            lambda: source.commit(UP, up.sha("main")),
            lambda: source.commits(UP, up.sha("main"), "src", DAY),
            lambda: source.compare(UP, up.sha("main~1"), up.sha("main")),
            lambda: source.compare(UP, up.sha("main"), up.sha("main")),
        ):
            with pytest.raises(NotInClone, match=error):
                await read()
        origin = source.origin(UP, "main")
        known = origin.known_until
        assert known is not None
        assert (
            origin.description
            == f"refs, history and files from a clone of fork/stream, fetched {known:%Y-%m-%d %H:%M} UTC"
        )


@pytest.mark.parametrize(
    ("url", "of"),
    [
        ("https://github.com/ada/Fork.git", " of ada/fork"),
        ("git@github.com:ada/fork", " of ada/fork"),
        ("https://github.com/UP/stream", ""),
        ("../stream-copy", ""),
    ],
)
async def test_a_clone_of_another_repository_is_named(behind: Path, url: str, of: str) -> None:
    git(behind, "remote", "set-url", "origin", url)
    async with git_source((UP, behind), heads_from="clone") as source:
        await ref_head(source, UP, "main")
        assert source.origin(UP, "main").description.startswith(f"refs, history and files from a clone{of}, fetched ")


async def test_without_network_the_error_names_the_source_that_needs_none(up: GitRepo) -> None:
    async with git_source((UP, up), heads_from="github") as source:
        with pytest.raises(Offline, match=r"With `--source git`, `pawtui refresh` reads your clones instead\.$"):
            await ref_head(source, UP, "main")
        with pytest.raises(Offline, match=r"then try again\.$"):
            await source.ref_head("other/repo", "main")


async def test_a_rate_limit_names_the_source_that_needs_no_requests(
    up: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise RateLimited("The rate limit is used up until 15:00.")

    monkeypatch.setattr(GitHubSource, "ref_head", refuse)
    async with git_source((UP, up), heads_from="github") as source:
        hint = r"until 15:00\. With `--source git`, `pawtui refresh` reads your clones instead"
        with pytest.raises(RateLimited, match=hint):
            await ref_head(source, UP, "main")


async def test_a_clone_of_the_other_repository_is_read_only_for_its_commits(
    up: GitRepo, behind: Path, open_source: OpenSource
) -> None:
    async with git_source((UP, behind), ("fork/stream", behind)) as source:
        with pytest.raises(CloneUnusable, match=r"The clone of up/stream is one of fork/stream, .* add up/stream as a"):
            await ref_head(source, UP, "main")
    async with git_source((UP, behind), ("fork/stream", behind), api=open_source(), heads_from="github") as source:
        await source.commit(UP, up.sha("main~1"))
        assert source.origin(UP, "main").description.startswith("history and files from a clone of fork/stream")
    git(behind, "remote", "add", "upstream", "https://github.com/up/stream")
    git(behind, "update-ref", "refs/remotes/upstream/main", "main~1")
    async with git_source((UP, behind), ("fork/stream", behind)) as source:
        heads = [await ref_head(source, repo, "main") for repo in (UP, "fork/stream")]
        assert [head.sha for head in heads] == [up.sha("main~2"), up.sha("main~1")]


async def test_a_renamed_repository_is_read_from_its_clone(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.rename(UP, "new/name")
    async with git_source((UP, up), api=open_source(), heads_from="github") as source:
        head = await ref_head(source, UP, "main")
        assert (head.repo, head.requested_repo) == ("new/name", UP)
        fake.clear()
        assert (await source.tree(head.repo, head.sha)).entries
        assert source.origin(head.repo, "main") == source.origin(UP, "main")
        assert fake.log == []


async def test_an_unusable_clone_is_reported_and_not_read(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{up.path}", "shallow")
    async with git_source((UP, tmp_path / "shallow"), api=open_source(), heads_from="github") as source:
        head = await ref_head(source, UP, "main")
        assert len((await source.commits(UP, head.sha, "src", DAY)).items) == 4
        assert source.origin(UP, "main").description == (
            "all from GitHub: The clone of up/stream is shallow: its history is cut off. "
            "Run `git fetch --unshallow` in it."
        )
    async with git_source((UP, tmp_path / "shallow"), api=open_source()) as source:
        for read in (lambda: source.ref_head(UP, "main"), lambda: source.tags(UP, "v")):
            with pytest.raises(CloneUnusable, match="is shallow"):
                await read()


async def test_a_clone_that_is_damaged_while_it_is_read_is_replaced_by_github(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource, behind: Path
) -> None:
    sha = up.sha("main~1")
    async with git_source((UP, behind), api=open_source(), heads_from="github") as source:
        assert (await source.commit(UP, sha)).sha == sha
        for file in (behind / "objects").rglob("*.*"):
            file.unlink()
        assert (await source.tree(UP, sha)).entries
        assert len(fake.log) == 1
        assert source.origin(UP, "main").description.startswith("all from GitHub: ")


async def test_a_file_that_a_partial_clone_lacks_comes_from_github(
    up: GitRepo, open_source: OpenSource, tmp_path: Path
) -> None:
    up.git("config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{up.path}", "partial")
    blob = up.sha("main:src/a")
    async with git_source((UP, tmp_path / "partial"), api=open_source(), heads_from="github") as source:
        assert await source.blob(UP, blob) == b"3\n"
    async with git_source((UP, tmp_path / "partial"), api=open_source()) as source:
        with pytest.raises(NotInClone, match="a partial clone"):
            await source.blob(UP, blob)


async def test_an_unreachable_github_is_tried_once(up: GitRepo) -> None:
    async with git_source((UP, up)) as source:
        assert len((await source.tree(UP, up.sha("main"))).entries) == 2
        with pytest.raises(Offline) as first:
            await source.search(UP, "is:open")
        sent = source.usage().sent
        for call in (
            lambda: source.is_archived(UP),
            lambda: source.search(UP, "label:bug"),
            lambda: source.comments(UP, 3),
            lambda: source.open_pulls(UP, "main"),
            lambda: source.pull_files(UP, 1, "0" * 40),
            lambda: source.ref_head("some/other", "main"),
        ):
            with pytest.raises(Offline) as again:
                await call()
            assert str(again.value) == str(first.value)
        issues = await source.issues(UP, [3, 4])
        assert all(isinstance(issue, Offline) for issue in issues.values())
        assert source.usage().sent == sent
    async with git_source((UP, up)) as source:
        await source.issues(UP, [3])
        sent = source.usage().sent
        with pytest.raises(Offline):
            await source.search(UP, "is:open")
        assert source.usage().sent == sent


async def test_after_an_incomplete_response_github_is_still_read(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.truncate("/pulls", times=None)
    async with git_source((UP, up), api=open_source()) as source:
        with pytest.raises(BadResponse, match="returned no complete response"):
            await source.open_pulls(UP, "main")
        assert isinstance((await source.issues(UP, [3]))[3], Issue)


async def test_comments_are_written_to_github(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    async with git_source((UP, up), api=open_source(), heads_from="github") as source:
        assert source.can_write
        assert await source.user() == "maintainer"
        posted = await source.post_comment(UP, 3, "A word")
        assert (await source.edit_comment(UP, posted.id, "Another")).body == "Another"
    assert [comment.body for comment in fake.repos[UP].issues[3].comments] == ["Another"]


async def test_equal_facts_are_read_once(up: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = []
    run = Git.run

    async def counted(git: Git, args: list[str], **options: Any) -> GitResult:
        commands.append(args[0])
        return await run(git, args, **options)

    monkeypatch.setattr(Git, "run", counted)
    sha = up.sha("main")
    async with git_source((UP, up)) as source:
        await asyncio.gather(
            *(source.tree(UP, sha) for _ in range(5)), *(source.ref_head(UP, "main") for _ in range(5))
        )
        await source.tree(UP, sha, optional=False)
        assert commands.count("ls-tree") == 1
        assert commands.count("for-each-ref") == 1
        # Other facts about the same ref or commits.
        assert await source.tags(UP, "main") == ()
        compared = [await source.compare(UP, up.sha("main~1"), sha, files=files) for files in (False, True)]
        assert [bool(comparison.files) for comparison in compared] == [False, True]


async def test_cancelling_leaves_no_process(up: GitRepo, open_source: OpenSource) -> None:
    """A read that is cancelled at any point leaves a usable source."""
    place = OwnClone(UP, up.path, os.environ)
    async with open_source() as api:
        for turns in range(0, 60, 6):
            async with GitSource(api, [place], heads_from="clone", web="https://github.com", since=NOW) as source:
                reading = asyncio.create_task(read_everything(source, up.sha("main")))
                for _ in range(turns):
                    await asyncio.sleep(0)
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
                assert isinstance(await source.ref_head(UP, "main"), Head)
                assert len((await source.commits(UP, up.sha("main"), "src", DAY)).items) == 4


async def test_closing_ends_all_reads_and_processes(up: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = []
    start = Git.start

    async def recorded(git: Git, args: list[str], **options: Any) -> GitProcess:
        commands.append(await start(git, args, **options))
        return commands[-1]

    monkeypatch.setattr(Git, "start", recorded)
    async with git_source((UP, up)) as source:
        await source.blob(UP, up.sha("main:src/a"))
        reading = asyncio.create_task(source.tree(UP, up.sha("main")))
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert commands
    assert all(command.process.returncode is not None for command in commands)


async def read_everything(source: GitSource, sha: str) -> None:
    await source.ref_head(UP, "main")
    await asyncio.gather(source.tree(UP, sha), source.commits(UP, sha, "src", DAY), source.commit(UP, sha))
