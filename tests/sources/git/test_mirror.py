"""Mirrors: made, updated, finished after a break, made again where damaged; read only when whole."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pawtui.sources.git.mirror import Mirror
from pawtui.sources.git.repository import Repository
from pawtui.sources.git.stamp import STAMP
from pawtui.sources.github.token import Secret
from pawtui.sources.source_errors import CloneUnusable, NotInClone, Offline, Refused, SourceError, Unauthorized
from tests.sources.git.clones import NOW, UP
from tests.support.fake_git_host import FakeForge
from tests.support.git_repo import GitRepo

MakeMirror = Callable[..., Mirror]


@pytest.fixture
def forge() -> Iterator[FakeForge]:
    with FakeForge() as fake:
        yield fake


@pytest.fixture
def up(forge: FakeForge, make_repo: Callable[..., GitRepo]) -> GitRepo:
    repo = make_repo("up", default="dev")
    for number in range(20):
        repo.commit({"src/a": f"{number}\n", f"b/{number}": "b\n" * 200}, at=NOW - dt.timedelta(days=30 - number))
    repo.tag("v1.0", annotated=True)
    repo.branch("v2", "dev")
    repo.commit({"src/a": "v2\n"}, branch="v2", at=NOW - dt.timedelta(days=1))
    repo.branch("gone", "dev")
    forge.add(UP, repo)
    return repo


@pytest.fixture
def make_mirror(forge: FakeForge, tmp_path: Path) -> MakeMirror:
    def make(*, token: bool = False, web: str = "", env: dict[str, str] | None = None) -> Mirror:
        return Mirror(
            UP,
            tmp_path / "cache",
            web=web or forge.url,
            env={**os.environ, **(env or {})},
            token=Secret(forge.token) if token else None,
            clock=lambda: NOW,
        )

    return make


def silent(line: str) -> None:
    """Report nothing."""


async def facts(mirror: Mirror) -> tuple[list[str], list[str]]:
    """The mirror's branches and tags, by name and SHA."""
    refs = (await mirror.open()).refs
    return [f"{name} {ref.sha}" for name, ref in refs.branches.items()], list(refs.tags)


def told(repo: GitRepo) -> tuple[list[str], list[str]]:
    """What git says of the repository itself."""
    heads = repo.git("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads").splitlines()
    return heads, repo.git("for-each-ref", "--format=%(refname:short)", "refs/tags").splitlines()


async def test_it_holds_every_branch_and_tag_and_no_files(up: GitRepo, make_mirror: MakeMirror) -> None:
    mirror = make_mirror()
    lines: list[str] = []
    state = await mirror.update(lines.append)
    assert (state.branches, state.tags, state.updated_at) == (3, 1, NOW)
    assert await facts(mirror) == told(up)
    assert "fetching all branches and tags" in lines
    clone = await mirror.open()
    assert (clone.mirror, clone.updated_at, clone.git.partial) == (True, NOW, True)
    missing = await clone.git.read("rev-list", "--objects", "--missing=print", "--all", what="objects")
    assert missing.count(b"\n?") == len({up.sha(f"dev~{number}:src/a") for number in range(20)}) + 2


async def test_an_update_brings_what_is_new_and_takes_away_what_is_gone(up: GitRepo, make_mirror: MakeMirror) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    up.delete_branch("gone")
    up.branch("v2", "dev")
    up.tag("v1.1")
    await mirror.update(silent)
    assert await facts(mirror) == told(up)


async def test_a_half_made_mirror_is_not_read_and_then_finished(up: GitRepo, make_mirror: MakeMirror) -> None:
    """Broken off after the first ref: what came by then is not fetched again."""
    mirror = make_mirror()

    def break_off(line: str) -> None:
        if line.startswith("fetching all"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await mirror.update(break_off, first=("v2", "no-such"))
    with pytest.raises(CloneUnusable, match=r"There is no mirror of up/stream\. Run `pawtui mirror`"):
        await mirror.open()
    held = mirror.path / "refs" / "heads"
    assert {path.name for path in held.iterdir()} == {"v2"}
    packs = set((mirror.path / "objects" / "pack").glob("*.pack"))
    await mirror.update(silent, first=("v2",))
    assert await facts(mirror) == told(up)
    assert packs <= set((mirror.path / "objects" / "pack").glob("*.pack"))


async def test_what_a_killed_git_left_behind_does_no_harm(up: GitRepo, make_mirror: MakeMirror) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    for name in ("packed-refs.lock", "refs/heads/dev.lock", "config.lock", "objects/pack/tmp_pack_x", "shallow.lock"):
        path = mirror.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    (mirror.path / "objects" / "incoming-x").mkdir()
    await mirror.update(silent)
    assert await facts(mirror) == told(up)
    assert not list(mirror.path.rglob("*.lock"))
    assert not list(mirror.path.rglob("tmp_pack_*"))


@pytest.mark.parametrize("ruin", ["truncate", "config", "empty folder", "garbage stamp"])
async def test_a_damaged_mirror_is_made_again(up: GitRepo, make_mirror: MakeMirror, ruin: str) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    if ruin == "truncate":
        for pack in (mirror.path / "objects" / "pack").iterdir():
            pack.chmod(0o600)
            pack.write_bytes(pack.read_bytes()[:40])
    elif ruin == "config":
        (mirror.path / "config").write_text("[core\n")
    elif ruin == "empty folder":
        shutil.rmtree(mirror.path)
        mirror.path.mkdir()
    else:
        (mirror.path / STAMP).write_text("{")
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    await mirror.update(silent)
    assert await facts(mirror) == told(up)


async def test_files_are_fetched_when_they_are_asked_for(
    up: GitRepo, make_mirror: MakeMirror, forge: FakeForge
) -> None:
    mirror = make_mirror()
    await mirror.update(silent)
    repository = Repository(await mirror.open(), web="https://github.com")
    shas = [up.sha(f"dev~{number}:src/a") for number in range(5)]
    try:
        with pytest.raises(NotInClone):
            await repository.blob(shas[0])
        assert await repository.missing(shas) == shas
        before = forge.uploads
        await mirror.fetch_files(shas)
        assert forge.uploads == before + 1
        assert await repository.missing(shas) == []
        assert [await repository.blob(sha) for sha in shas] == [f"{19 - number}\n".encode() for number in range(5)]
    finally:
        await repository.close()


async def test_the_token_goes_only_where_it_is_needed(up: GitRepo, make_mirror: MakeMirror, forge: FakeForge) -> None:
    await make_mirror(token=True).update(silent)
    assert not any(seen.had_auth for seen in forge.log)
    forge.repos[UP].private = True
    up.commit({"src/a": "more\n"}, branch="dev", at=NOW)
    with pytest.raises(Unauthorized, match=r"did not let git read up/stream: it is private and no token is set"):
        await make_mirror().update(silent)
    forge.clear()
    mirror = make_mirror(token=True)
    await mirror.update(silent)
    assert await facts(mirror) == told(up)
    # Once it is known, it is not asked without it again.
    assert [seen.had_auth for seen in forge.log].count(False) == 1
    for path in mirror.path.rglob("*"):
        assert not path.is_file() or forge.token.encode() not in path.read_bytes()


async def test_what_went_wrong_is_one_sentence(up: GitRepo, make_mirror: MakeMirror, forge: FakeForge) -> None:
    del forge.repos[UP]
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:\d+ did not let git read up/stream"):
        await make_mirror().update(silent)
    with pytest.raises(Offline, match=r"127\.0\.0\.1:9 could not be reached for up/stream"):
        await make_mirror(web="http://127.0.0.1:9").update(silent)
    with pytest.raises(Refused, match=r"A mirror is fetched over https, and example\.org is not"):
        await make_mirror(web="http://example.org").update(silent)
    with pytest.raises(CloneUnusable, match=r"git was not found\. Install git"):
        await make_mirror(env={"PATH": "/nowhere"}).update(silent)


@pytest.mark.parametrize("name", ["../../elsewhere", "owner/..", "owner", "a/b/c", "owner/na me", ""])
def test_a_name_that_is_none_leads_nowhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="is not a repository's name"):
        Mirror(name, tmp_path, web="https://github.com", env={}, token=None, clock=lambda: NOW)


async def test_two_updates_do_not_run_beside_each_other(up: GitRepo, make_mirror: MakeMirror, forge: FakeForge) -> None:
    hold = forge.hold("git-upload-pack")
    first = asyncio.create_task(make_mirror().update(silent))
    await asyncio.to_thread(hold.arrived.wait)
    with pytest.raises(Refused, match=r"Another process is updating the mirror of up/stream"):
        await make_mirror().update(silent, wait=0)
    hold.released.set()
    await first


async def test_a_cancelled_update_leaves_no_git_running(up: GitRepo, make_mirror: MakeMirror, forge: FakeForge) -> None:
    hold = forge.hold("git-upload-pack")
    mirror = make_mirror()
    update = asyncio.create_task(mirror.update(silent))
    await asyncio.to_thread(hold.arrived.wait)
    update.cancel()
    with pytest.raises(asyncio.CancelledError):
        await update
    # The lock is free: neither git nor a helper of its holds it.
    hold.released.set()
    await mirror.update(silent, wait=0)
    assert await facts(mirror) == told(up)
