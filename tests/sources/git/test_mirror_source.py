"""A source that reads mirrors: their updates, their files, and the waits for their host."""

import asyncio
import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.sources.git.git_source import GitSource, HeadsFrom
from pawtui.sources.git.mirror import Mirror
from pawtui.sources.source_errors import NotInClone, SourceError
from tests.sources.git.clones import NOW, UP, silent
from tests.support.fake_git_host import FakeGitHost
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

MakeMirror = Callable[..., Mirror]


@pytest.fixture
def fake(host: FakeGitHost) -> FakeGitHost:
    """The host, also for `open_source`."""
    return host


@pytest.fixture
def up(hosted: GitRepo) -> GitRepo:
    """The repository of the host."""
    return hosted


@pytest.mark.parametrize("heads_from", ["clone", "github"])
async def test_a_mirror_without_its_host_is_read_as_it_was(
    up: GitRepo,
    make_mirror: MakeMirror,
    host: FakeGitHost,
    open_source: OpenSource,
    heads_from: HeadsFrom,
) -> None:
    await make_mirror().update(silent)
    sha = up.sha("dev:src/a")
    host.fail("/git-upload-pack", 503, times=None)
    host.fail("/info/refs", 503, times=None)
    later = NOW + dt.timedelta(hours=1)
    async with (
        open_source() as api,
        GitSource(api, [make_mirror()], heads_from=heads_from, web=host.url, since=later) as source,
    ):
        assert (await source.tree(UP, up.sha("dev"))).entries["src/a"].sha == sha
        description = source.origin(UP, "dev").description
        assert ("; it could not be updated: " in description) == (heads_from == "clone")
        if heads_from == "github":
            assert await source.blob(UP, sha) == b"19\n"
        else:
            with pytest.raises(NotInClone, match="is not in the mirror and could not be fetched"):
                await source.blob(UP, sha)


async def test_a_mirror_is_updated_once_if_it_lacks_a_commit(
    up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost, open_source: OpenSource
) -> None:
    await make_mirror().update(silent)
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    pause = host.pause("git-upload-pack")
    async with (
        open_source() as api,
        GitSource(api, [make_mirror()], heads_from="github", web=host.url, since=NOW) as source,
    ):
        assert (await source.tree(UP, up.sha("v2"))).entries
        reading = asyncio.create_task(source.compare(UP, up.sha("v2"), up.sha("dev")))
        await asyncio.to_thread(pause.arrived.wait)
        assert source.waiting() is not None
        pause.released.set()
        assert (await reading).behind == 1
        assert not host.requests("/compare/")
        assert source.origin(UP, "dev").description == f"history and files from the mirror, fetched {NOW:%F %H:%M} UTC"
        updates = len(host.requests("/info/refs"))
        with pytest.raises(SourceError):
            await source.tree(UP, "f" * 40)
        assert len(host.requests("/info/refs")) == updates


async def test_a_closed_source_fetches_no_more_files(
    up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost, open_source: OpenSource
) -> None:
    await make_mirror().update(silent)
    pause = host.pause("git-upload-pack")
    async with open_source() as api:
        others = asyncio.all_tasks()
        async with GitSource(api, [make_mirror()], heads_from="github", web=host.url, since=NOW) as source:
            reading = asyncio.create_task(source.blob(UP, up.sha("dev:src/a")))
            await asyncio.to_thread(pause.arrived.wait)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
        assert asyncio.all_tasks() == others
    pause.released.set()


async def test_a_mirror_is_not_damaged_if_git_is_missing(
    up: GitRepo, make_mirror: MakeMirror, host: FakeGitHost, open_source: OpenSource
) -> None:
    await make_mirror().update(silent)
    mirror = make_mirror(env={"PATH": "/nowhere"})
    async with open_source() as api, GitSource(api, [mirror], heads_from="github", web=host.url, since=NOW) as source:
        assert (await source.tree(UP, up.sha("dev"))).entries
        assert source.origin(UP, "dev").description.startswith("all from GitHub: git was not found")
    assert mirror.updated_at() == NOW
